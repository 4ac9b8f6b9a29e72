"""The start and end of every script: parse the flags, and print one sentence for an expected error."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from huggingface_hub.constants import HF_HOME

from space.weights.proxies import ProxyError, use_proxies
from training.checkpoints import list_checkpoints
from training.data import DataError
from training.disk import disk_trouble
from training.errors import ProcessError, RunStopped, TrainingError, reader_ended
from training.flags import foreign_flags
from training.push import PublishError
from training.signals import Stopped, exit_code, raise_stopped


def data_parser(description: str | None, what: str) -> argparse.ArgumentParser:
    """The parser of a script that reads `what` from `--data_dir`; `description` is the script's docstring."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data_dir", type=Path, default=Path("data"), help=f"where {what} (default: data)")
    return parser


def run(main: Callable[[Any], None], config_class: type) -> None:
    """Parse the flags of `config_class`, call `main`, and exit with one sentence for an expected error."""
    import tyro

    config = None
    try:
        use_proxies()
        if foreign := foreign_flags(sys.argv[1:], config_class):
            raise TrainingError(f"{'; '.join(foreign)}. --help explains every flag")
        config = tyro.cli(config_class, use_underscores=True)
        raise_stopped()
        try:
            main(config)
        finally:
            _let_signals_in()
    except Stopped as stopped:
        _exit(_stopped(str(stopped), config), code=exit_code(stopped.number))
    except KeyboardInterrupt:
        _exit(_stopped("Ctrl-C", config), code=130)
    except RunStopped as stopped:
        _exit(stopped, code=exit_code(stopped.number))
    except ProcessError as error:
        _exit(error, alone=True)
    except (TrainingError, PublishError, ProxyError) as error:
        _exit(error)
    except Exception as error:
        _exit_if_expected(error, config)
        raise


def _exit_if_expected(error: Exception, config: Any) -> None:
    """One sentence for an error that a library raises anywhere: a full disk, a killed worker."""
    written = [getattr(config, name, None) for name in ("output_dir", "data_dir")]
    folders = [*(folder for folder in written if folder), HF_HOME, tempfile.gettempdir(), "/dev/shm"]
    if trouble := disk_trouble(error, [folder for folder in folders if Path(folder).exists()]):
        _exit(f"{trouble}. What was saved before is whole; make room and start again", alone=True)
    if isinstance(error, DataError | OSError):
        _exit(error, alone=True)
    # torch's signal handler raises it anywhere when a worker is killed
    if isinstance(error, RuntimeError) and "DataLoader worker" in str(error):
        _exit(reader_ended(error), alone=True)


def _let_signals_in() -> None:
    """A signal that came while a library waited, for another process say, is heard at the latest here."""


def _stopped(by: str, config: Any) -> str:
    folder = getattr(config, "output_dir", None)
    if folder and list_checkpoints(folder):
        return f"stopped by {by}. Go on with the same command and --resume_from_checkpoint latest"
    return f"stopped by {by}"


def _exit(error: Exception | str, alone: bool = False, code: int = 1) -> NoReturn:
    """Print the sentence and exit with `code`.

    One process of each machine prints an error that all of them hit. An error that a process may have hit
    `alone` is printed by every process that hits it.
    """
    if alone or os.environ.get("LOCAL_RANK", "0") == "0":
        rank = f"[rank {os.environ['RANK']}] " if os.environ.get("WORLD_SIZE", "1") != "1" else ""
        print(f"{rank}error: {error}", file=sys.stderr)
    sys.exit(code)
