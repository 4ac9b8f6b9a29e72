"""The start and end of every script: parse the flags, and print one sentence for an expected error."""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from space.weights.proxies import ProxyError, use_proxies
from training.data import DataError
from training.errors import ProcessError, TrainingError, reader_ended
from training.push import PublishError


def run(main: Callable[[Any], None], config_class: type) -> None:
    """Parse the flags of `config_class`, call `main`, and exit with one sentence for an expected error."""
    import tyro

    try:
        use_proxies()
        main(tyro.cli(config_class))
    except (ProcessError, DataError, OSError) as error:  # OSError: a full disk
        _exit(error, alone=True)
    except (TrainingError, PublishError, ProxyError) as error:
        _exit(error)
    except RuntimeError as error:  # torch's signal handler raises it anywhere when a worker is killed
        if "DataLoader worker" not in str(error):
            raise
        _exit(reader_ended(error), alone=True)


def _exit(error: Exception | str, alone: bool = False) -> NoReturn:
    """Print the sentence and exit with 1.

    One process of each machine prints an error that all of them hit. An error that a process may have hit
    `alone` is printed by every process that hits it.
    """
    if alone or os.environ.get("LOCAL_RANK", "0") == "0":
        rank = f"[rank {os.environ['RANK']}] " if os.environ.get("WORLD_SIZE", "1") != "1" else ""
        print(f"{rank}error: {error}", file=sys.stderr)
    sys.exit(1)
