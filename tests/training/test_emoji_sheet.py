"""The script that writes the sheet of test emoji."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from space.pictures.sheets import EMOJI
from training import emoji_sheet as script


def test_the_sheet_is_what_the_script_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for domain, level in (("testA", 0), ("testB", 100)):
        (tmp_path / "twemoji2fluent" / domain).mkdir(parents=True)
        for i, one in enumerate(EMOJI):
            picture = Image.new("RGB", (64, 64), (level + i, 0, 0))
            picture.save(tmp_path / "twemoji2fluent" / domain / f"{script.file_name(one)}.png")
    monkeypatch.setattr(script, "EMOJI_SHEET", tmp_path / "emoji.png")
    monkeypatch.setattr("sys.argv", ["emoji_sheet", "--data_dir", str(tmp_path)])
    script.main()
    written = np.asarray(Image.open(tmp_path / "emoji.png"))
    assert written.shape == (128, 64 * len(EMOJI), 3)
    assert (written[0, ::64, 0] == np.arange(len(EMOJI))).all()
    assert (written[64, ::64, 0] == 100 + np.arange(len(EMOJI))).all()


def test_files_are_named_by_code_points() -> None:
    assert [script.file_name(one) for one in ("🐸", "☯️", "🇨🇭")] == ["1f438", "262f-fe0f", "1f1e8-1f1ed"]
