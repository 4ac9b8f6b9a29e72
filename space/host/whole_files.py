"""Files that Gradio makes for visitors: under its final name a file is always whole.

Gradio names a picture by its hash and writes it in place, truncating it first. Two visitors who look at the
same picture share that file, and one would read it while it is written for the other. Importing this module
lets Gradio write each file in a folder of its own and rename it.
"""

import inspect
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from gradio import processing_utils

WRITERS = ("save_pil_to_cache", "save_bytes_to_cache", "save_base64_to_cache", "save_audio_to_cache")
"""Gradio's functions that write in place: below `cache_dir`, and return the path. The others of this kind
call one of these, or rename their file themselves."""


def renamed_into_place(save: Callable[..., str]) -> Callable[..., str]:
    """One of `WRITERS`, but a reader never finds half of its file."""
    signature = inspect.signature(save)

    @wraps(save)
    def save_whole(*values: Any, **named: Any) -> str:
        arguments = signature.bind(*values, **named).arguments
        folder = Path(arguments["cache_dir"]).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as unseen:
            made = Path(save(**arguments | {"cache_dir": unseen}))
            final = folder / made.relative_to(unseen)
            while True:
                final.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # the folder was empty and is swept away again
                    return str(made.replace(final))

    return save_whole


for _name in WRITERS:
    setattr(processing_utils, _name, renamed_into_place(getattr(processing_utils, _name)))
