"""Components on Gradio's inside: drawings arrive unread, made files are kept once."""

from pathlib import Path

import pytest
from gradio.components.image_editor import EditorData
from gradio.data_classes import FileData

from space.page.components import Drawing, MadeFile
from space.pictures.inputs import sketch_to_digit
from space.text.refusals import Problem


def test_paper_hands_over_the_drawing_alone_and_unread(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    drawing = FileData(path=str(tmp_path / "a.png"))
    path = Drawing().preprocess(EditorData(background=drawing, layers=[drawing] * 50, composite=drawing))
    assert path == drawing.path
    with pytest.raises(Problem) as problem:  # no Ghostscript for an EPS that calls itself PNG
        sketch_to_digit(path)
    assert problem.value.key == "problem.not_an_image"
    assert Drawing().preprocess(None) is None


def test_a_made_file_is_kept_once_and_whole() -> None:
    component = MadeFile()
    first, again, other = (
        component.postprocess(("a.gif", content)) for content in (b"one", b"one", b"other")
    )
    path = Path(first.path)
    assert first.path == again.path != other.path and first.orig_name == "a.gif"
    assert path.read_bytes() == b"one" and list(path.parent.iterdir()) == [path]
    assert component.postprocess(None) is None
