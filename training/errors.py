"""The errors that end a run with one sentence (`training.command_line` prints it)."""


class TrainingError(Exception):
    """A run that cannot start or go on; the message says what to do."""


class ProcessError(TrainingError):
    """An error that one process may hit alone (full disk, killed worker); that process prints it, whatever
    its rank."""


class DataError(ValueError):
    """The data is missing or cannot be read; the message says what to do."""


class RunStopped(TrainingError):
    """A run that a signal has stopped, with its checkpoint saved."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


def one_line(error: Exception) -> str:
    """An error's message without line breaks; the name of its class if the message is empty."""
    return " ".join(str(error).split()) or type(error).__name__


def reader_ended(error: Exception) -> str:
    """The sentence for a DataLoader worker that was killed."""
    return (
        f"a process that reads images ended ({one_line(error)}). If memory is short, "
        "--dataloader_num_workers 0 takes less; --resume_from_checkpoint latest goes on"
    )
