"""Data sets of the Hub as strangers publish them: other names of columns and splits, gaps, programs."""

import io
from pathlib import Path
from typing import Any

import datasets
from PIL import Image

from tests.hub_server import HubServer, Repo, start_client
from training.data import DataError, load_domains, load_images

PICTURE, LABEL = datasets.Image(), datasets.ClassLabel(names=["even", "odd"])


def stored(value: int, size: int = 8) -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.new("L", (size, size), value).save(buffer, "PNG")
    return {"bytes": buffer.getvalue(), "path": f"{value}.png"}


def parquet(features: dict[str, Any], **columns: list) -> bytes:
    buffer = io.BytesIO()
    datasets.Dataset.from_dict(columns, datasets.Features(features)).to_parquet(buffer)
    return buffer.getvalue()


def pictures(first: int, number: int) -> list[dict[str, Any]]:
    return [stored(value) for value in range(first, first + number)]


RAW = {"bytes": datasets.Value("binary"), "path": datasets.Value("string")}
NUMBERS = [i % 2 for i in range(20)]
WORDS = ["cat" if i < 5 else "dog" for i in range(20)]
SPLIT = "{}.parquet".format


def card(files: dict[str, bytes]) -> bytes:
    """The card of a data set, which tells its splits."""
    splits = "".join(
        f"  - split: {Path(name).stem}\n    path: {name}\n" for name in files if name.endswith("parquet")
    )
    return f"---\nconfigs:\n- config_name: default\n  data_files:\n{splits}---\n".encode()


def repos() -> dict[str, dict[str, bytes]]:
    """Name of a data set -> its files."""
    twenty = pictures(0, 20)
    plain = parquet({"image": PICTURE}, image=twenty)
    two = parquet({"image": PICTURE}, image=pictures(100, 2))
    hole = [None, *twenty[1:]]
    text = datasets.Value("string")
    return {
        "img-class": {
            SPLIT("train"): parquet({"img": PICTURE, "class": LABEL}, img=twenty, **{"class": NUMBERS})
        },
        "words": {SPLIT("train"): parquet({"picture": PICTURE, "label": text}, picture=twenty, label=WORDS)},
        "texts": {
            SPLIT("train"): parquet(
                {"image": PICTURE, "label": text}, image=twenty * 60, label=[f"a {i}" for i in range(1200)]
            )
        },
        "two-labels": {
            SPLIT("train"): parquet(
                {"mask": PICTURE, "image": PICTURE, "coarse": LABEL, "label": LABEL},
                mask=pictures(50, 20),
                image=twenty,
                coarse=NUMBERS,
                label=NUMBERS[::-1],
            )
        },
        "raw": {SPLIT("train"): parquet({"photo": RAW}, photo=twenty)},
        "bytes": {
            SPLIT("train"): parquet({"image": datasets.Value("binary")}, image=[p["bytes"] for p in twenty])
        },
        "hole": {SPLIT("train"): parquet({"image": PICTURE}, image=hole)},
        "unpaired": {SPLIT("train"): parquet({"a": PICTURE, "b": PICTURE}, a=hole, b=pictures(50, 20))},
        "valid": {SPLIT("train"): plain, SPLIT("validation"): two},
        "extra": {SPLIT("train"): plain, SPLIT("test"): two, SPLIT("extra"): two, SPLIT("validation"): two},
        "halves": {SPLIT("easy"): plain, SPLIT("hard"): two},
        "no-train": {SPLIT("test"): plain, SPLIT("validation"): two},
        "one": {SPLIT("train"): parquet({"image": PICTURE}, image=twenty[:1])},
        "script": {"script.py": b"raise SystemExit('it ran')", "README.md": b"text"},
        "tables": {SPLIT("train"): parquet({"text": text}, text=WORDS)},
        "damaged": {
            SPLIT("train"): parquet({"image": PICTURE}, image=[{"bytes": b"no", "path": "x.png"}, *twenty])
        },
    }


def look(name: str, load=load_images, streaming: bool = False) -> tuple[list[int], list[int], str] | str:
    """Greys of both splits, their labels, and what is said; or the error. It runs in the Hub's client."""
    try:
        splits = [
            load(f"lab/{name}", Path("unused"), split, 1, 8, 1, streaming) for split in ("train", "test")
        ]
    except DataError as error:
        return str(error)
    parts = [part for split in splits for part in (split if isinstance(split, tuple) else (split,))]
    greys = [value for part in parts for value in part.pixels[:, 0, 0, 0].tolist()]
    labels = [value for part in parts if part.labels is not None for value in part.labels.tolist()]
    return greys, labels, "\n".join(dict.fromkeys(note for part in parts for note in part.notes))


def test_what_others_publish_is_read_or_one_sentence(tmp_path):
    with HubServer() as hub, start_client(hub, tmp_path / "home") as client:
        for name, files in repos().items():
            hub.repos[f"lab/{name}"] = Repo()
            hub.repos[f"lab/{name}"].commit("data", {"README.md": card(files), **files})
        said = {name: client.submit(look, name).result(timeout=120) for name in repos()}
        domains = client.submit(look, "unpaired", load_domains).result(timeout=120)
        streamed = {
            name: client.submit(look, name, load_images, True).result(timeout=120)
            for name in ("img-class", "words", "valid", "halves", "raw")
        }
    every = list(range(20))
    for name in ("img-class", "words", "two-labels", "raw", "bytes"):
        assert sorted(said[name][0]) == every, name
        assert "a tenth, chosen at random, is held out" in said[name][2]
    assert all(label == grey % 2 for grey, label in zip(*said["img-class"][:2]))
    assert all(label == (grey >= 5) for grey, label in zip(*said["words"][:2]))
    assert "labels: the 2 values of the column label" in said["words"][2]
    assert said["texts"][1] == [] and "the column label has 1,200 different values" in said["texts"][2]
    assert all(label == (grey + 1) % 2 for grey, label in zip(*said["two-labels"][:2]))
    assert "images: the column image; left out: mask" in said["two-labels"][2]
    assert "labels: label; left out: coarse" in said["two-labels"][2]
    assert sorted(said["hole"][0]) == every[1:] and "1 rows of the " in said["hole"][2]
    assert sorted(domains[0]) == [*every[1:], *range(50, 70)] and "1 rows of the " in domains[2]
    assert said["valid"][0] == [*every, 100, 101]
    assert "splits: train is train, test is validation" in said["valid"][2]
    assert said["extra"][0] == [*every, 100, 101]
    assert "left out: the splits extra (2 rows), validation (2 rows)" in said["extra"][2]
    assert sorted(said["halves"][0]) == [*every, 100, 101]
    assert "splits: train is easy, hard" in said["halves"][2]
    assert "has the splits" in said["no-train"] and "but none to train on" in said["no-train"]
    assert "has 1 image; training takes two" in said["one"]
    assert "comes with a program, script.py, and programs of data sets are not run" in said["script"]
    assert "has no column of images; its columns: text" in said["tables"]
    assert "x.png of 'lab/damaged' cannot be read: it is no picture" in said["damaged"]
    for name, (greys, labels, notes) in streamed.items():
        assert sorted(greys) == every + ([100, 101] if name in ("valid", "halves") else []), name
        assert (name == "img-class") == bool(labels)
        assert ("no labels: of a stream" in notes) == (name == "words")
