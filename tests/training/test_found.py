"""What a run says of its data at the start."""

import pytest
import torch
import tyro
from PIL import Image

from space.models.cyclegan import CycleGANConfig
from tests.small_runs import cyclegan_config, gan_config, vae_config
from training import found, train_cyclegan, train_gan, train_vae
from training.data import Images, load_images

RED = (200, 10, 30)


def seen_of(folder, *pictures: tuple[tuple[int, int], tuple[int, int, int]], channels: int = 1) -> Images:
    """The training split of a folder with pictures of these sizes and colours."""
    for split in ("train", "test"):
        (folder / "photos" / split).mkdir(parents=True)
    for number, (size, colour) in enumerate(pictures):
        Image.new("RGB", size, colour).save(folder / "photos" / "train" / f"{number:03}.png")
    Image.new("L", (9, 9)).save(folder / "photos" / "test" / "0.png")
    return load_images(str(folder / "photos"), folder, "train", channels, 28)


GREY = (7, 7, 7)
VAE, DCGAN = (train_vae, vae_config, {}), (train_gan, gan_config, {"model": "dcgan"})
CYCLEGAN = (train_cyclegan, cyclegan_config, {"model": CycleGANConfig(in_channels=1, image_size=28)})
CASES = [
    (VAE, [((64, 64), RED)] * 153, "153 images of 64×64 RGB, read as 28×28 grey; "
     "--model.in_channels 3 --model.image_size 64 keeps them"),
    (VAE, [((28, 28), RED)] * 2, "2 images of 28×28 RGB, read as 28×28 grey; "
     "--model.in_channels 3 keeps them"),
    (VAE, [((64, 64), GREY)], "1 image of 64×64 grey, read as 28×28 grey; --model.image_size 64 keeps them"),
    (VAE, [((28, 28), GREY)], "1 image of 28×28 grey"),
    (VAE, [((16, 16), GREY)], "1 image of 16×16 grey, read as 28×28 grey"),
    (VAE, [((400, 300), GREY), ((50, 60), RED)], "2 images of 50×60 to 400×300 (1 RGB, 1 grey), read as "
     "their middle squares, 28×28 grey; --model.in_channels 3 --model.image_size 48 keeps more of them"),
    (VAE, [((999, 999), GREY)], "1 image of 999×999 grey, read as 28×28 grey; "
     "--model.image_size 256 keeps more of them"),
    (DCGAN, [((60, 60), RED)], "1 image of 60×60 RGB, read as 28×28 grey; "
     "--dcgan.in_channels 3 --dcgan.image_size 32 keeps more of them"),
    (CYCLEGAN, [((128, 128), RED)], "1 image of 128×128 RGB, read as 28×28 grey; "
     "--model.in_channels 3 --model.image_size 128 keeps them"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "pictures", "says"), CASES, ids=range(len(CASES)))
def test_what_pictures_lose_is_said_with_the_flags_that_keep_it(tmp_path, capsys, script, pictures, says):
    module, make, more = script
    images = seen_of(tmp_path, *pictures)
    found.report(make(tmp_path / "run", **more), [images])
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == f"photos, train split: {says}"
    if "--" in says:  # the script has these flags, and they read the pictures as they are
        flags = says[says.index("--") :].split(" keeps")[0].split()
        shape = tyro.cli(module.TrainConfig, args=["--output_dir", "x", *flags], use_underscores=True)
        shape = getattr(shape, flags[0].split(".")[0].strip("-"))
        size = shape.image_size if "--model.image_size" in flags else 28
        assert (shape.in_channels == 3) == any("in_channels" in flag for flag in flags)
        assert shape.image_size == size or "dcgan" in says


@pytest.mark.parametrize(("colour", "says"), [(GREY, "64×64 grey, read as 28×28 RGB; --model.in_channels 1 "
                         "trains on grey alone"), (RED, "64×64 RGB, read as 28×28 RGB")])  # fmt: skip
def test_grey_pictures_for_a_model_of_colours_are_said_with_the_flag(tmp_path, capsys, colour, says):
    images = seen_of(tmp_path, *[((64, 64), colour)] * 3, channels=3)
    model = CycleGANConfig(image_size=28)
    found.report(cyclegan_config(tmp_path / "run", model=model), [images])
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"photos, train split: 3 images of {says}")


def test_a_run_says_at_its_start_what_it_found(tmp_path, capsys):
    images = [Image.new("RGBA", (28, 28), (i, i, i, 200)) for i in range(19)]
    (tmp_path / "photos" / "train").mkdir(parents=True)
    for number, image in enumerate(images):
        image.save(tmp_path / "photos" / "train" / f"my_test_{number}.PNG")
    images[0].save(tmp_path / "photos" / "train" / "moves.gif", save_all=True, append_images=images[10:11])
    (tmp_path / "photos" / "Thumbs.db").touch()
    dataset = str(tmp_path / "photos")
    train_vae.main(vae_config(tmp_path / "run", dataset=dataset, batch_size=8, max_steps=1))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "photos: 21 files found, 20 pictures used, 1 left out: 1 no pictures by their names (1 .db)"
    )
    assert lines[1] == (
        "photos: no test split: a tenth, chosen at random, is held out for testing "
        "(18 images to train on, 2 to test on)"
    )
    (train,) = (line for line in lines if line.startswith("photos, train split"))
    (test,) = (line for line in lines if line.startswith("photos, test split"))
    assert "18 images of 28×28 grey" in train and "2 images of 28×28 grey" in test
    assert "with transparency, put on white" in train
    assert sum("1 of several frames, of which the first is read" in line for line in (train, test)) == 1


def test_a_terminal_of_another_encoding_is_no_error(tmp_path, monkeypatch, capsys):
    class Ascii:
        encoding, written = "ascii", ""

        def write(self, text: str) -> None:
            self.written += text.encode("ascii").decode()

        def flush(self) -> None:
            pass

    monkeypatch.setattr("sys.stdout", Ascii())
    images = Images(torch.zeros(1, 1, 8, 8), None, "", notes=("사진: 1 files found",))
    found.report(vae_config(tmp_path), [images])
    assert "\\uc0ac\\uc9c4: 1 files found" in found.sys.stdout.written


def test_a_name_is_printed_on_one_line_and_in_utf8():
    assert found.shown("a\nb\x1b[31m") == "a\ufffdb\ufffd[31m"
    assert found.shown("\udcb0\udca1") == "\\xb0\\xa1"
    assert found.listed(map(str, range(10))) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
