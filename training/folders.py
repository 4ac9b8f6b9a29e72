"""A folder of pictures as a data set: which files count, what are its splits, classes and domains.

Every picture below the folder counts. Splits are the folders at its top, if all that hold pictures are named
like splits; or `trainA trainB testA testB` for two domains. Names of other folders and of files mean nothing
but the class: the first folder on the way to a picture. Nothing is written, and no archive is opened.
"""

import os
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from training.errors import DataError
from training.found import counted, listed, shown, text_of
from training.rows import Source, extensions

SPLIT_NAMES = {
    "train": ("train", "training"),
    "valid": ("valid", "validation", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
"""split -> names that folders of it have, and splits on the Hub, in small or capital letters"""
OF_THE_SYSTEM = {"@eadir", "#recycle", "$recycle.bin", "__macosx"}
"""folders that systems add, some with small copies of all pictures"""
MOST_VISITS = 100
"""how often links may lead to one folder: they could multiply it without end"""


def real_path(text: str | Path) -> Path:
    """The path that `text` means: `~` is the home folder, and Korean is found in either normal form."""
    if os.path.lexists(text):
        return Path(text)
    path = Path(text)
    with suppress(RuntimeError):  # there is no such home
        path = path.expanduser()
    found = Path(path.anchor)
    for part in path.parts[1 if path.anchor else 0 :]:
        step = found / part
        if not os.path.lexists(step) and is_folder(found):
            alike = (other for other in found.iterdir() if text_of(other.name) == text_of(part))
            step = next(alike, step)
        found = step
    return found


def is_folder(path: Path) -> bool:
    """Whether it is one; a name that no file can have is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def split_named(name: str) -> str | None:
    """'train', 'valid' or 'test', if the name means a split."""
    name = name.casefold()
    return next((split for split, names in SPLIT_NAMES.items() if name in names), None)


def open_folder(folder: Path, streaming: bool = False) -> Source:
    """The pictures of a folder; they have labels if each has a class."""
    listing = Listing(folder)
    parts = _by_split(listing)
    below = {split: [path.split("/")[depth:] for path in paths] for split, (paths, depth) in parts.items()}
    every = [place for places in below.values() for place in places]
    while all(len(place) > 1 for place in every) and len({place[0] for place in every}) == 1:
        for place in every:  # one folder around all others is no class
            del place[0]
    labels = {
        split: [text_of(place[0]) if len(place) > 1 else None for place in places]
        for split, places in below.items()
    }
    classes = sorted({label for part in labels.values() for label in part if label is not None})
    without = [
        path
        for split, (paths, _) in parts.items()
        for path, label in zip(paths, labels[split])
        if label is None
    ]
    if classes and without:
        listing.notes.append(
            f"no labels, for {len(without):,} pictures lie in no folder of a class: "
            + listed(map(shown, without))
        )
    elif len(classes) > 1:
        listing.notes.append(f"labels: {len(classes)} classes, {listed(map(shown, classes))}")
    labelled = len(classes) > 1 and not without
    splits = {
        split: _as_rows(folder, paths, labels[split] if labelled else None, classes)
        for split, (paths, _) in parts.items()
    }
    if streaming:
        splits = {split: rows.to_iterable_dataset() for split, rows in splits.items()}
    return Source(splits, ["image"], "label" if labelled else None, (), listing.said())


def _by_split(listing: "Listing") -> dict[str, tuple[list[str], int]]:
    """Split -> paths of its pictures, and how many folders of a path belong to the split."""
    tops = {path.split("/")[0] for path in listing.pictures if "/" in path}
    named = {top: split_named(top) for top in sorted(tops)}
    if not tops or None in named.values():
        if taken := [top for top, split in named.items() if split]:
            others = listed(shown(top) for top, split in named.items() if not split)
            listing.notes.append(
                f"{listed(map(shown, taken))}: no splits, for there are other folders beside them ({others})"
            )
        return {"train": (listing.pictures, 0)}
    found: dict[str, tuple[list[str], int]] = {}
    for path in listing.pictures:
        if "/" in path:
            found.setdefault(named[path.split("/")[0]], ([], 1))[0].append(path)
        else:
            listing.leave_out("beside the folders of the splits")
    if len(found) == 1:
        return {"train": found.popitem()[1]}
    if "train" not in found:
        raise DataError(
            f"{shown(str(listing.folder))} has the splits {' and '.join(found)}, "
            "but no pictures to train on: add a folder train"
        )
    if "test" not in found:
        listing.notes.append("the split valid is used for testing")
        found["test"] = found.pop("valid")
    elif "valid" in found:
        listing.leave_out("of the split valid, for there is a test split", len(found.pop("valid")[0]))
    return {split: found[split] for split in ("train", "test")}


def domains_folder(dataset: str, data_dir: Path) -> Path | None:
    """The folder of two domains, if `dataset` is the path of one, or the name of one in `data_dir`."""
    for folder in (real_path(dataset), real_path(data_dir / dataset)):
        inside = folder.iterdir() if is_folder(folder) else ()
        if any(domain_named(place.name) == ("train", "A") and is_folder(place) for place in inside):
            return folder
    return None


def domain_named(name: str) -> tuple[str, str] | None:
    """('train', 'A') of 'trainA', if the name means a split of a domain."""
    match = re.fullmatch(r"(.+)([AB])", name, re.IGNORECASE)
    split = split_named(match[1]) if match else None
    return (split, match[2].upper()) if match and split else None


def open_domains(folder: Path, split: str) -> tuple[Source, Source]:
    """The `split` of both domains of a folder; they have a column `name` besides."""
    listing = Listing(folder)
    found: dict[tuple[str, str], list[str]] = {}
    for path in listing.pictures:
        place = domain_named(path.split("/")[0]) if "/" in path else None
        if place:
            found.setdefault(place, []).append(path)
        else:
            listing.leave_out("outside of trainA trainB testA testB")
    if not any(("test", domain) in found for domain in "AB"):
        if any(("valid", domain) in found for domain in "AB"):
            listing.notes.append("the split valid is used for testing")
        found |= {("test", d): found.pop(("valid", d)) for d in "AB" if ("valid", d) in found}
    if spare := sum(len(found.pop(("valid", d), ())) for d in "AB"):
        listing.leave_out("of the split valid, for there is a test split", spare)
    for place in (f"{split}{domain}" for domain in "AB" if (split, domain) not in found):
        raise DataError(
            f"{shown(str(folder))}: {place} holds no images; two domains need the folders "
            "trainA trainB testA testB"
        )
    notes = listing.said()
    a, b = (
        Source(
            {part: _as_rows(folder, found.get((part, domain), []), names=True) for part in ("train", "test")},
            ["image"],
            notes=notes,
        )
        for domain in "AB"
    )
    return a, b


def both_domains(domains: tuple[Source, Source]) -> Source:
    """Two domains together, labelled 0 and 1."""
    from datasets import concatenate_datasets

    column, splits = domains[0].columns[0], {}
    for part in domains[0].splits.keys() & domains[1].splits.keys():
        rows = [
            domain.splits[part]
            .select_columns([column])
            .add_column("label", [number] * len(domain.splits[part]))
            for number, domain in enumerate(domains)
        ]
        splits[part] = concatenate_datasets(rows)
    return Source(splits, [column], "label", notes=domains[0].notes)


class Listing:
    """The files below a folder: the pictures among them, and how many are left out, with the reason."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pictures: list[str] = []
        """paths below the folder, with /, in the order of their names"""
        self.left_out: Counter[str] = Counter()
        self.notes: list[str] = []
        self._endings: Counter[str] = Counter()
        self._empty: set[str] = set()
        self._walk()
        self.pictures.sort()
        self.total = len(self.pictures) + self.left_out.total() + self._endings.total()
        if not self.pictures:
            raise DataError(
                f"{shown(str(folder))} holds no pictures: {self._why() or 'it is empty'}. "
                "Give a folder with .png, .jpg or .webp files, in it or in folders below"
            )

    def leave_out(self, why: str, number: int = 1) -> None:
        """Count files that are not used."""
        self.left_out[why] += number

    def said(self) -> tuple[str, ...]:
        """What a run says of the folder, a sentence each."""
        lost = self.left_out.total() + self._endings.total()
        counts = f"{self.total:,} files found, {self.total - lost:,} pictures used, {lost:,} left out"
        empty = [f"no pictures in {listed(sorted(map(shown, self._empty)))}"] if self._empty else []
        return counts + (f": {self._why()}" if lost else ""), *self.notes, *empty

    def _why(self) -> str:
        reasons = [f"{number:,} {why}" for why, number in self.left_out.items()]
        if self._endings:
            reasons.insert(
                0, f"{self._endings.total():,} no pictures by their names ({counted(self._endings)})"
            )
        return ", ".join(reasons)

    def _walk(self) -> None:
        endings, visits = extensions(), Counter[tuple[int, int]]()
        to_visit = [("", False, ())]  # folder, whether it is hidden, and the folders above
        while to_visit:
            place, hidden, above = to_visit.pop()
            try:
                here = (self.folder / place).stat()
                with os.scandir(self.folder / place) as found:
                    entries = list(found)
            except OSError as error:
                raise DataError(
                    f"{shown(str(self.folder / place))} cannot be listed: {error.strerror}"
                ) from error
            itself = here.st_dev, here.st_ino
            visits[itself] += 1
            if visits[itself] > MOST_VISITS:
                raise DataError(
                    f"links in {shown(str(self.folder))} lead to {shown(place)} again and again; remove some"
                )
            if itself in above:
                self.leave_out("links to a folder that they lie in")
                continue
            holds = False
            for entry in entries:
                path = f"{place}/{entry.name}" if place else entry.name
                kind = _kind(entry)
                out = hidden or entry.name.startswith(".") or entry.name.casefold() in OF_THE_SYSTEM
                if kind == "folder" and not (out and entry.is_symlink()):
                    to_visit.append((path, out, (*above, itself)))
                    holds = True
                elif out:
                    self.leave_out("hidden")
                elif kind == "other":
                    self.leave_out(
                        "links to nothing" if entry.is_symlink() else "no files, but devices or pipes"
                    )
                elif (ending := Path(entry.name).suffix.casefold()) not in endings:
                    self._endings[shown(ending) or "without ending"] += 1
                else:
                    self.pictures.append(path)
                    holds = True
            if place and not hidden and not holds:
                self._empty.add(place)


def _kind(entry: os.DirEntry) -> str:
    try:
        return "folder" if entry.is_dir() else "file" if entry.is_file() else "other"
    except OSError:  # a link to itself
        return "other"


def _image(path: str) -> dict[str, Any]:
    """A picture as `Rows` has it; Arrow takes only UTF-8."""
    raw = os.fsencode(path)
    text = raw.decode("utf-8", "backslashreplace")
    return {"path": text, "raw": None if text == path else raw}


def _as_rows(
    folder: Path,
    paths: list[str],
    labels: list[str | None] | None = None,
    classes: Sequence[str] = (),
    names: bool = False,
) -> Any:
    """The pictures as a `Dataset`, whose column `image` is as `Rows` has it."""
    from datasets import ClassLabel, Dataset, Features, Value

    columns: dict[str, list] = {"image": [_image(f"{folder}/{path}") for path in paths]}
    features = Features({"image": {"path": Value("string"), "raw": Value("binary")}})
    if labels:
        number = {name: i for i, name in enumerate(classes)}
        columns["label"] = [number[label] for label in labels]
        features["label"] = ClassLabel(names=list(classes))
    if names:
        columns["name"] = [text_of(path.split("/", 1)[1].rpartition(".")[0]) for path in paths]
        features["name"] = Value("string")
    return Dataset.from_dict(columns, features)
