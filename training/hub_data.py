"""A data set of the Hub: which of its splits and columns are used, and what is left out."""

import re
from typing import Any

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import httpx, validate_repo_id  # the client's own httpx, as in weights/hub.py

from training.built_in import BUILT_IN
from training.errors import DataError, one_line
from training.folders import SPLIT_NAMES, domain_named, split_named
from training.found import listed, shown
from training.rows import Source

IMAGE_NAMES = ("image", "img", "picture", "photo", "pixel_values")
LABEL_NAMES = ("label", "labels", "class", "category", "target")
"""columns that are taken before others, and also where nothing but the name says what they hold"""
MOST_CLASSES = 1000
"""different values of a column that are classes; a column of more holds numbers or texts"""


def load_all(dataset: str, streaming: bool) -> dict[str, Any]:
    """All splits of a data set of the Hub, by their names there; raises `DataError`."""
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError

    try:
        validate_repo_id(dataset)
    except HFValidationError as error:
        raise DataError(
            f"there is no folder {shown(dataset)}, and a data set of the Hub is named OWNER/NAME"
        ) from error
    try:
        return load_dataset(dataset, streaming=streaming)
    except (DatasetsError, OSError, ValueError, RuntimeError, httpx.HTTPError) as error:
        reason = one_line(error)
        if "scripts are no longer supported" in reason:
            (script,) = re.findall(r"found (.+)$", reason) or ["a script"]
            raise DataError(
                f"the data set {dataset!r} comes with a program, {script}, and programs of data sets are not "
                "run; use one that holds its images, as Parquet or as files"
            ) from error
        raise DataError(
            f"{dataset!r} is neither one of {', '.join(BUILT_IN)}, nor a folder of images, nor a data set "
            f"that can be read from the Hub ({reason})"
        ) from error


def from_splits(found: dict[str, Any], dataset: str, streaming: bool) -> Source:
    """A data set whose splits `load_all` found."""
    splits, notes = choose_splits(found, dataset)
    columns = image_columns(splits["train"].features)
    if not columns:
        raise DataError(
            f"{dataset!r} has no column of images; its columns: {', '.join(splits['train'].features or ())}"
        )
    label, classes, more = choose_label(splits, streaming)
    return Source(splits, columns, label, classes, (*notes, *more))


def hub_domains(found: dict[str, Any], dataset: str) -> tuple[Source, Source] | None:
    """Two domains of a data set whose splits are named like trainA and testB; None if it has none."""
    by_domain: dict[str, dict[str, Any]] = {"A": {}, "B": {}}
    for name, rows in found.items():
        if place := domain_named(name):
            split, domain = place
            by_domain[domain][split] = rows
    if not all("train" in splits for splits in by_domain.values()):
        return None
    a, b = (from_splits(splits, dataset, False) for splits in by_domain.values())
    return a, b


def choose_splits(found: dict[str, Any], source: str) -> tuple[dict[str, Any], list[str]]:
    """The splits to train and to test on, 'train' and perhaps 'test'; and what there is to say."""
    from datasets import concatenate_datasets

    by_meaning: dict[str | None, list[str]] = {}
    for name in found:
        word = re.split(r"[\W\d_]", name)[0]  # train_2017
        by_meaning.setdefault(split_named(word), []).append(name)
    train = by_meaning.get("train") or by_meaning.get(None) or (list(found) if len(found) == 1 else [])
    if not train:
        raise DataError(f"{source!r} has the splits {listed(found)}, but none to train on")
    test = [name for name in by_meaning.get("test") or by_meaning.get("valid") or [] if name not in train]
    chosen = {split: names for split, names in (("train", train), ("test", test)) if names}
    notes = []
    if any(names != [split] for split, names in chosen.items()):
        notes.append("splits: " + ", ".join(f"{split} is {listed(names)}" for split, names in chosen.items()))
    if spare := [name for name in found if name not in (*train, *test)]:
        rows = {name: f" ({len(found[name]):,} rows)" for name in spare if hasattr(found[name], "data")}
        notes.append("left out: the splits " + listed(f"{name}{rows.get(name, '')}" for name in spare))
    try:
        return {
            split: concatenate_datasets([found[n] for n in names]) if len(names) > 1 else found[names[0]]
            for split, names in chosen.items()
        }, notes
    except ValueError as error:
        raise DataError(
            f"the splits {listed(train)} of {source!r} do not go together: {one_line(error)}"
        ) from error


def image_columns(features: dict[str, Any] | None) -> list[str]:
    """The columns that hold images, by their type or else by their name."""
    from datasets import Image

    features = features or {}
    if typed := [name for name, feature in features.items() if isinstance(feature, Image)]:
        return typed
    return [
        name
        for name, feature in features.items()
        if (isinstance(feature, dict) and "bytes" in feature)
        or (name in IMAGE_NAMES and getattr(feature, "dtype", "") in ("binary", "large_binary"))
    ]


def first_of(names: list[str], preferred: tuple[str, ...]) -> str:
    """The first of the `preferred` names, else the first name."""
    return next((name for name in preferred if name in names), names[0])


def choose_label(splits: dict[str, Any], streaming: bool) -> tuple[str | None, tuple[Any, ...], list[str]]:
    """The column of labels, its values if these are no numbers of classes, and what there is to say."""
    features = splits["train"].features
    classes = [name for name, feature in features.items() if _holds_classes(feature)]
    if classes:
        label = first_of(classes, LABEL_NAMES)
        spare = [name for name in classes if name != label]
        return label, (), [f"labels: {label}; left out: {listed(spare)}"] if spare else []
    for label in (name for name in LABEL_NAMES if name in features):
        kind = str(getattr(features[label], "dtype", ""))
        if not re.fullmatch(r"u?int\d+|(large_)?string|bool", kind):
            continue
        if streaming:
            if "int" in kind:
                return label, (), []
            return (
                None,
                (),
                [f"no labels: of a stream, the classes of the column {label} are not known beforehand"],
            )
        values = {value for rows in splits.values() if label in rows.features for value in rows.unique(label)}
        values = {value for value in values if value is not None and value not in (-1, "")}
        if len(values) > MOST_CLASSES:
            return None, (), [f"no labels: the column {label} has {len(values):,} different values"]
        return label, tuple(sorted(values)), [f"labels: the {len(values)} values of the column {label}"]
    return None, (), []


def _holds_classes(feature: Any) -> bool:
    """Whether a column holds classes. `datasets` invents a column whose classes are split names."""
    from datasets import ClassLabel

    splits = {name for names in SPLIT_NAMES.values() for name in names}
    return isinstance(feature, ClassLabel) and not set(feature.names) <= splits
