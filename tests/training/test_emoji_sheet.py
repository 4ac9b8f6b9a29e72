"""The script that writes the sheet of test emoji."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from space.pictures import sheets
from space.pictures.sheets import EMOJI_SHEETS
from training import emoji_sheet as script
from training.train_cyclegan import DOMAINS


@pytest.mark.parametrize(("dataset", "domains"), DOMAINS.items())
def test_the_sheet_is_what_the_script_writes(
    tmp_path: Path, dataset: str, domains: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = EMOJI_SHEETS[domains]
    for domain, level in (("testA", 0), ("testB", 100)):
        (tmp_path / dataset / domain).mkdir(parents=True)
        for i, one in enumerate(sheet.emoji):
            picture = Image.new("RGB", (sheet.side, sheet.side), (level + i, 0, 0))
            picture.save(tmp_path / dataset / domain / f"{script.file_name(one)}.png")
    monkeypatch.setattr(sheets, "FOLDER", tmp_path)
    monkeypatch.setattr(script, "DOMAINS", {dataset: domains})
    monkeypatch.setattr("sys.argv", ["emoji_sheet", "--data_dir", str(tmp_path)])
    script.main()
    written = np.asarray(Image.open(tmp_path / sheet.path.name))
    assert written.shape == (2 * sheet.side, sheet.side * len(sheet.emoji), 3)
    assert (written[0, :: sheet.side, 0] == np.arange(len(sheet.emoji))).all()
    assert (written[sheet.side, :: sheet.side, 0] == 100 + np.arange(len(sheet.emoji))).all()


def test_files_are_named_by_code_points() -> None:
    assert [script.file_name(one) for one in ("🐸", "☯️", "🇨🇭")] == ["1f438", "262f-fe0f", "1f1e8-1f1ed"]
