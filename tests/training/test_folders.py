"""A folder of pictures as strangers have it: every picture counts, or the run says how many do not."""

import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.pictures import PICTURES, png
from tests.processes import ROOT
from training import folders
from training.data import DataError, Images, counterparts, load_domains, load_images

NO = Path("unused")
NFC, NFD = (unicodedata.normalize(form, "한글 사진") for form in ("NFC", "NFD"))


def fill(folder: Path, *paths: str) -> Path:
    """A picture of 8x8 at each path, each of a grey of its own; a path may say how many: `cat/ 3`."""
    number = 0
    for path in paths:
        place, _, count = path.partition(" * ")
        names = [f"{place}/{i}.png" for i in range(int(count))] if count else [place]
        for name in names:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (8, 8), number % 256).save(file, "PNG")
            number += 1
    return folder


def read(folder: Path | str, **more) -> tuple[Images, Images]:
    train, test = (load_images(str(folder), NO, split, 1, 8, **more) for split in ("train", "test"))
    assert test.notes[: len(train.notes)] == train.notes
    return train, test


def greys(*parts: Images) -> list[int]:
    return sorted(value for part in parts for value in part.pixels[:, 0, 0, 0].tolist())


def said(images: Images) -> str:
    return "\n".join(images.notes)


def test_a_class_may_be_named_like_a_split(tmp_path):
    train, test = read(fill(tmp_path / "photos", "bus * 18", "car * 18", "train * 18"))
    assert greys(train, test) == list(range(54)) and len(test) == 6
    assert {0, 1, 2} == {*train.labels.tolist(), *test.labels.tolist()}
    assert all(label == grey // 18 for label, grey in zip(train.labels, train.pixels[:, 0, 0, 0]))
    assert "photos: 54 files found, 54 pictures used, 0 left out" in train.notes
    assert "photos: labels: 3 classes, bus, car, train" in train.notes
    assert "train: no splits, for there are other folders beside them (bus, car)" in said(train)
    assert "(48 images to train on, 6 to test on)" in said(train)


@pytest.mark.parametrize("name", ["my_test_{}.png", "train/{}-val.png", "a/test/{}.png", "dev.{}.png"])
def test_words_in_names_of_files_and_deeper_folders_are_no_splits(tmp_path, name):
    paths = [f"photo {i}.png" if "/" not in name else f"a/b/photo {i}.png" for i in range(100)]
    train, test = read(fill(tmp_path, *paths, *(name.format(i) for i in range(12))))
    assert greys(train, test) == list(range(112)) and len(test) == 12


@pytest.mark.parametrize("name", ["one.png", "my_test_1.png", "train/one.png", "train/cat/one.png"])
def test_one_picture_is_one_sentence(tmp_path, name):
    fill(tmp_path, name)
    with pytest.raises(DataError, match="has 1 image; training takes two, of which one is held out"):
        read(tmp_path)
    with pytest.raises(DataError, match="has no images in its train split"):
        read(tmp_path, streaming=True)


@pytest.mark.parametrize(
    ("paths", "numbers", "says"),
    [
        (("train * 3", "test * 2"), (3, 2), ""),
        (("Train * 3", "TEST * 2"), (3, 2), ""),
        (("training/cat * 3", "training/dog * 3", "testing/cat * 2"), (6, 2), ""),
        (("train * 3", "valid * 2"), (3, 2), "the split valid is used for testing"),
        (("TRAIN * 3", "Dev * 2"), (3, 2), "the split valid is used for testing"),
        (("train * 3", "val * 4", "test * 2"), (3, 2), "4 of the split valid, for there is a test split"),
        (("train * 3", "Train * 2", "test * 2"), (5, 2), ""),
        (("train * 20",), (18, 2), "no test split"),
        (("test * 20",), (18, 2), "no test split"),
        (("train * 3", "test * 2", "a.png", "b.png"), (3, 2), "2 beside the folders of the splits"),
        (("train * 9", "test * 6", "extra * 5"), (18, 2), "test, train: no splits"),
        (("train * 3", "test * 2", ".git * 3", "@eaDir * 2"), (3, 2), "5 left out: 5 hidden"),
    ],
    ids=str,
)
def test_splits_are_folders_at_the_top(tmp_path, paths, numbers, says):
    train, test = read(fill(tmp_path / "some", *paths))
    assert (len(train), len(test)) == numbers and says in said(train)
    streamed = read(tmp_path / "some", streaming=True)
    assert sum(map(len, streamed)) == sum(numbers) and greys(*streamed) == greys(train, test)


def test_folders_without_pictures_are_no_splits_and_are_named(tmp_path):
    fill(tmp_path, "cat * 9", "dog * 9")
    (tmp_path / "train").mkdir()
    (tmp_path / "bird").mkdir()
    (tmp_path / "bird" / "notes.txt").touch()
    train, test = read(tmp_path)
    assert len(train) + len(test) == 18 and train.num_classes == 2
    assert "no pictures in bird, train" in said(train)


def test_no_split_to_train_on_is_one_sentence(tmp_path):
    with pytest.raises(DataError, match="has the splits test and valid, but no pictures to train on"):
        read(fill(tmp_path, "test * 2", "val * 2"))


@pytest.mark.parametrize(
    ("paths", "classes"),
    [
        (("cat/old * 9", "cat/new * 2", "dog * 9"), {"cat": 11, "dog": 9}),
        (("animals/cat * 9", "animals/dog * 9"), {"cat": 9, "dog": 9}),
        (("train/x/cat * 9", "train/x/dog * 9", "test/x/dog * 2"), {"cat": 9, "dog": 11}),
        ((f"{NFC} * 9", f"{NFC} 2 * 9"), {NFC: 9, f"{NFC} 2": 9}),
        ((f"train/{NFC} * 9", "train/a * 9", f"test/{NFD} * 2", "test/a * 2"), {"a": 11, NFC: 11}),
        (("cat * 9",), None),
        (("cat * 9", "loose.png"), None),
        (("cat * 9", "dog * 9", "loose.png"), None),
    ],
    ids=str,
)
def test_the_first_folder_on_the_way_to_a_picture_is_its_class(tmp_path, paths, classes):
    train, test = read(fill(tmp_path, *paths))
    if classes is None:
        assert train.labels is test.labels is None
        assert ("no labels, for 1 pictures" in said(train)) == ("loose.png" in paths)
        return
    numbers = [*train.labels.tolist(), *test.labels.tolist()]
    assert {name: numbers.count(i) for i, name in enumerate(sorted(classes))} == classes


NO_PICTURES = [
    "Thumbs.db",
    "desktop.ini",
    "notes.TXT",
    "labels.csv",
    "metadata.jsonl",
    "clip.mp4",
    "plan.SVG",
]


def add_what_is_no_picture(folder: Path) -> int:
    """Files that lie among pictures everywhere; returns how many."""
    for name in (*NO_PICTURES, "LICENSE", ".DS_Store", "._0.png"):
        (folder / name).write_bytes(b"some bytes")
    with zipfile.ZipFile(folder / "zeros.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.png", bytes(10**6))
    fill(folder, ".ipynb_checkpoints/0-checkpoint.png", "@eaDir/0.png/SYNOPHOTO_THUMB_M.png")
    return len(NO_PICTURES) + 6


def test_what_is_no_picture_is_passed_over_and_counted(tmp_path):
    number = add_what_is_no_picture(fill(tmp_path / "photos", "cat * 9", "dog * 9") / "cat")
    train, test = read(tmp_path / "photos")
    assert len(train) + len(test) == 18 and train.num_classes == 2
    assert train.notes[0] == (
        f"photos: {18 + number} files found, 18 pictures used, {number} left out: "
        "9 no pictures by their names (1 .csv, 1 .db, 1 .ini, 1 .jsonl, 1 .mp4, 1 .svg, 1 .txt, 1 .zip and "
        "1 more), 4 hidden"
    )
    with pytest.raises(
        DataError, match=r"holds no pictures: 1 no pictures by their names \(1 \.zip\)\. Give"
    ):
        only = tmp_path / "only"
        only.mkdir()
        (tmp_path / "photos" / "cat" / "zeros.zip").rename(only / "zeros.zip")
        read(only)
    (only / "zeros.zip").unlink()
    with pytest.raises(DataError, match="holds no pictures: it is empty"):
        read(only)


def test_pictures_of_every_format_are_read_whatever_their_names_end_with(tmp_path):
    middles = {}
    for number, (content, colour) in enumerate(PICTURES.values()):
        ending = (".png", ".JPG", ".jpeg", ".TIF", ".gif", ".Bmp")[number % 6]  # says nothing
        (tmp_path / f"{number:02}{ending}").write_bytes(content)
        middles[number] = colour
    plain = Image.new("RGB", (40, 40), (200, 100, 50))
    more = {"BMP": "bmp", "TIFF": "tiff", "WEBP": "webp", "PPM": "ppm", "TGA": "tga", "JPEG2000": "jp2"}
    more |= {"AVIF": "avif"}
    for number, (format, ending) in enumerate(more.items(), len(PICTURES)):
        plain.save(tmp_path / f"{number:02}.{ending}", format)
        middles[number] = (200, 100, 50)
    train, test = (load_images(str(tmp_path), NO, split, 3, 8) for split in ("train", "test"))
    assert len(train) + len(test) == len(middles)
    left = dict(enumerate(middles.values()))
    for pixels in (*train.pixels, *test.pixels):
        middle = pixels[:, 4, 4].int()
        near = [i for i, colour in left.items() if (middle - torch.tensor(colour)).abs().max() <= 3]
        assert near, middle
        del left[near[0]]


BROKEN = {
    "cut.png": lambda good: good[: len(good) // 2],
    "empty.jpg": lambda good: b"",
    "page.jpg": lambda good: b"<!DOCTYPE html><html><body>404</body></html>",
    "pointer.png": lambda good: b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 7\n",
}


def test_damaged_pictures_are_named_together_in_one_sentence(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    good = io.BytesIO()
    Image.fromarray(noise).save(good, "PNG")
    fill(tmp_path / "some", "train * 20", "test * 2")
    reasons = ["is truncated|broken", "it is empty", "it is no picture, whatever its name", "git lfs pull"]
    for (name, damage), why in zip(BROKEN.items(), reasons, strict=True):
        path = tmp_path / "some" / "train" / name
        path.write_bytes(damage(good.getvalue()))
        with pytest.raises(DataError, match=rf"^\S+/{name} of '\S+' cannot be read: .*({why})[^\n]*$"):
            read(tmp_path / "some")
        path.unlink()
    for name, damage in BROKEN.items():
        (tmp_path / "some" / "train" / name).write_bytes(damage(good.getvalue()))
    with pytest.raises(
        DataError, match=r"cut\.png of .*; nor can 3 more: \S+empty\.jpg, \S+page\.jpg, \S+poin"
    ):
        read(tmp_path / "some")


def test_links_are_followed_and_never_without_end(tmp_path):
    elsewhere = fill(tmp_path / "elsewhere", "a * 4", "one.png")
    photos = fill(tmp_path / "photos", "cat * 9")
    (photos / "dog").symlink_to(elsewhere / "a")
    (photos / "cat" / "linked.png").symlink_to(elsewhere / "one.png")
    (photos / "cat" / "missing.png").symlink_to(tmp_path / "nothing.png")
    (photos / "cat" / "itself.png").symlink_to(photos / "cat" / "itself.png")
    (photos / "cat" / "up").symlink_to(photos)
    os.mkfifo(photos / "cat" / "pipe.png")  # opening it would wait for ever
    for folder in (photos, tmp_path / "link to photos"):
        if not folder.exists():
            folder.symlink_to(photos)
        train, test = read(folder)
        assert len(train) + len(test) == 14 and train.num_classes == 2
        assert "18 files found, 14 pictures used, 4 left out" in train.notes[0]
        for what in ("2 links to nothing", "1 no files, but devices", "1 links to a folder that they lie in"):
            assert what in train.notes[0]


def test_links_that_multiply_a_folder_are_one_sentence(tmp_path):
    for number in range(12):  # 2^12 ways to the last folder
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in "ab":
            (folder / name).symlink_to(tmp_path / str(number + 1))
    fill(tmp_path, "12/0.png")
    with pytest.raises(DataError, match=r"links in \S+ lead to \S+ again and again"):
        read(tmp_path / "0")


ODD = ["a [b]", "[0-9]", "*", "what?", "~", "#1", "100%25", "two  spaces ", NFC, NFD, "가" * 80, "a\nb",
       "x" * 250, "$HOME", "`ls`", "a,b:c;d", "-x", "train*", "{x}", "back\\slash",
       os.fsdecode(b"\xb0\xa1 latin")]  # fmt: skip


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_odd_names_of_folders_and_files_are_names(tmp_path, name):
    ending = ".png" if len(os.fsencode(name)) < 250 else ""
    paths = [f"{name}/{name}/{i}/{name}{ending}" for i in range(9)] + [f"{name}/b * 9"]
    fill(tmp_path, *paths)
    train, test = read(tmp_path / name)
    assert len(train) + len(test) == (18 if ending else 9)
    assert train.num_classes == (2 if ending else 0)
    assert all(note.isprintable() and note.encode() for note in train.notes)
    (tmp_path / name / "b" / f"{name}.png"[-200:]).write_text("broken")
    with pytest.raises(DataError, match="cannot be read: it is no picture") as raised:
        read(tmp_path / name)
    assert str(raised.value).encode().decode().isprintable()


def test_a_folder_is_found_in_the_other_normal_form_and_at_home(tmp_path, monkeypatch):
    fill(tmp_path / NFD / "속", "a * 4", "b * 4")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / NFC / "속", Path(NFC) / "속", Path("~") / NFC / "속", Path("~") / NFD / "속"):
        assert sum(map(len, read(path))) == 8
    for name in ("trainA", "trainB", "testA", "testB"):
        fill(tmp_path / "data" / NFD / name, "0.png")
    assert len(load_domains(NFC, Path("~/data"), "train", 1, 8)) == 2


def test_what_is_no_folder_is_one_sentence(tmp_path, monkeypatch):
    fill(tmp_path, "one.png")
    zipfile.ZipFile(tmp_path / "all.zip", "w").close()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    monkeypatch.chdir(tmp_path)
    for dataset, says in {
        "one.png": "is a file, no folder; give the folder that holds the picture",
        "./all.zip": "is a file, no folder; unpack it, and give the folder",
        "notes.txt": "is a file, no folder; give a folder of images",
        "link": "is a link to nothing",
        "": "--dataset is empty",
        str(tmp_path / "gone"): "there is no folder .*gone, and a data set of the Hub is named OWNER/NAME",
        "~/gone": "there is no folder",
        "./gone/[a]*": "there is no folder",
        "x" * 5000: "there is no folder",
        "https://huggingface.co/datasets/ylecun/mnist": "there is no folder",
    }.items():
        for load in (load_images, load_domains):
            with pytest.raises(DataError, match=says) as raised:
                load(dataset, NO, "train", 1, 8)
            assert "\n" not in str(raised.value)
    with pytest.raises(DataError, match=r"has no folder trainA; translation needs trainA trainB testA testB"):
        load_domains(".", NO, "train", 1, 8)


def test_a_folder_that_cannot_be_listed_is_one_sentence(tmp_path, monkeypatch):
    fill(tmp_path, "a * 2", "b * 2")

    def scandir(path, scandir=os.scandir):
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(folders.os, "scandir", scandir)
    with pytest.raises(DataError, match="/b cannot be listed: Permission denied"):
        read(tmp_path)


def test_two_domains_pass_over_what_is_no_picture_and_find_what_is_nested(tmp_path):
    fill(tmp_path, "trainA * 4", "TrainB/more/deeper * 3", "testA/0.png", f"testA/{NFC}/1.png", "testA/2.png")
    fill(
        tmp_path, f"testb/{NFD}/1.PNG", "testb/2.jpg", "testb/2.png", "testb/x/0.png", "extra/0.png", "0.png"
    )
    number = sum(add_what_is_no_picture(tmp_path / name) for name in ("trainA", "testA"))
    a, b = load_domains(str(tmp_path), NO, "train", 1, 8)
    assert (len(a), len(b)) == (4, 3)
    assert f"{16 + number} files found, 14 pictures used, {number + 2} left out" in a.notes[0]
    assert "2 .db" in a.notes[0] and "2 outside of trainA trainB testA testB" in a.notes[0]
    a, b = load_domains(str(tmp_path), NO, "test", 1, 8)
    both = [[domain.names.index(f"{NFC}/1")] for domain in (a, b)]  # 2.jpg and 2.png: which is it?
    assert [rows.tolist() for rows in counterparts(a, b)] == both
    assert "1 test images have a counterpart" in b.notes[-1] and "of 3 in A and 4 in B" in b.notes[-1]
    assert load_images(str(tmp_path), NO, "train", 1, 8).labels.tolist() == [0] * 4 + [1] * 3
    fill(tmp_path / "val", "trainA * 2", "trainB * 2", "valA * 1", "devB * 1")
    assert list(map(len, load_domains(str(tmp_path / "val"), NO, "test", 1, 8))) == [1, 1]


def test_errors_of_two_domains_speak_of_the_command_line(tmp_path):
    fill(tmp_path, "trainA * 2", "trainB * 2", "testA * 2", "testB/notes.txt")
    with pytest.raises(DataError, match="testB holds no images; two domains need the folders trainA trainB"):
        load_domains(str(tmp_path), NO, "test", 1, 8)
    for content in (b"no picture", b"", PICTURES["plain"][0][:70]):
        (tmp_path / "trainB" / "1.png").write_bytes(content)
        with pytest.raises(DataError, match=r"trainB/1\.png of '\S+' cannot be read: ") as raised:
            load_domains(str(tmp_path), NO, "train", 1, 8)
        assert "pload" not in str(raised.value)


PEAKS = """
import resource, sys
from pathlib import Path
from training.data import DataError, load_images
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
load_images(sys.argv[1], Path("no"), "train", 1, 28)
for folder in sys.argv[2:]:
    before = peak()
    try:
        said = len(load_images(folder, Path("no"), "train", 1, 28))
    except DataError as error:
        said = error
    print(peak() - before, said)
"""


def test_hostile_pictures_and_archives_cost_no_memory(tmp_path):
    places = [fill(tmp_path / name, "train * 2", "test * 1") for name in ("small", "pixels", "bytes", "zip")]
    (places[1] / "train" / "x.png").write_bytes(png(13_000, 13_000, 1, 0, bytes(1625)))  # decoded 676 MB
    with (places[2] / "train" / "x.png").open("wb") as file:
        file.truncate(1_400_000_000)
    with zipfile.ZipFile(places[3] / "train" / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.png", bytes(300_000_000))
    command = [sys.executable, "-c", PEAKS, *map(str, places)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=240, check=True)
    rises, said = zip(*(line.split(" ", 1) for line in done.stdout.splitlines()))
    assert "it has 169 megapixels; at most 40 are read. Scale it down" in said[0]
    assert "it has 1,400 MB; at most 240 are read" in said[1] and said[2] == "2"
    assert max(map(int, rises)) < 150  # MB
