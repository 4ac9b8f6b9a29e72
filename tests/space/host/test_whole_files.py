"""A file has its final name once it is whole: while it is written again, and when writing it fails."""

import base64
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio import processing_utils
from PIL import Image

from space.page.components import MadeFile

PICTURE = Image.fromarray(np.arange(10_000, dtype=np.uint8).reshape(100, 100))
CONTENT = bytes(range(256)) * 40
SAVED: dict[str, Callable[[str], str]] = {
    "png": lambda folder: processing_utils.save_pil_to_cache(PICTURE, folder, format="png"),
    "webp": lambda folder: processing_utils.save_pil_to_cache(PICTURE, cache_dir=folder, name="a"),
    "gif": lambda folder: processing_utils.save_pil_to_cache(PICTURE, folder, "b", "gif"),
    "array": lambda folder: processing_utils.save_img_array_to_cache(np.array(PICTURE), folder, format="png"),
    "bytes": lambda folder: processing_utils.save_bytes_to_cache(CONTENT, "a.json", folder),
    "base64": lambda folder: processing_utils.save_base64_to_cache(
        f"data:image/png;base64,{base64.b64encode(CONTENT).decode()}", folder
    ),
    "audio": lambda folder: processing_utils.save_audio_to_cache(
        np.zeros(9999, np.int16), 8000, "wav", folder
    ),
}


def shown(component: gr.Image | gr.Gallery | gr.File, value: Any, folder: str) -> str:
    """The path of a value's file."""
    component.GRADIO_CACHE = folder
    found = component.postprocess(value)
    return found.root[0].image.path if isinstance(component, gr.Gallery) else found.path


COMPONENTS = {
    "Image": partial(shown, gr.Image(format="png", render=False), PICTURE),
    "Gallery": partial(shown, gr.Gallery(render=False), [PICTURE]),
    "MadeFile": partial(shown, MadeFile(render=False), ("a.gif", CONTENT)),
}


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can have more than 100 bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("save", (SAVED | COMPONENTS).values(), ids=(SAVED | COMPONENTS).keys())
def test_a_file_is_whole_under_its_name(save: Callable[[str], str], tmp_path: Path) -> None:
    with full_disk(), pytest.raises(Exception):  # noqa: B017  of whatever kind
        save(str(tmp_path))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    path = Path(save(str(tmp_path)))
    content = path.read_bytes()
    assert len(content) > 100
    with path.open("rb") as read_by_another:
        read_by_another.read(10)
        assert Path(save(str(tmp_path))) == path
        assert os.fstat(read_by_another.fileno()).st_ino != path.stat().st_ino  # else: written in place
        with full_disk(), pytest.raises(Exception):  # noqa: B017
            save(str(tmp_path))
        assert path.read_bytes() == content
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


def test_the_folder_may_be_swept_away_before_the_file_arrives(tmp_path, monkeypatch):
    """`sweep` removes empty folders."""
    replace, swept = Path.replace, []

    def sweep_first(path: Path, target: Path) -> Path:
        if not swept:
            target.parent.rmdir()
            swept.append(target)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", sweep_first)
    assert Path(processing_utils.save_bytes_to_cache(CONTENT, "a.json", str(tmp_path))) == swept[0]
