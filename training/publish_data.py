"""Data sets of two domains as data sets of the Hub: a Parquet file a split, and a card with the licences.

The splits are trainA, trainB, testA and testB, the columns `image` (the file as it is) and `name` (the
file's name without its ending; equal names in testA and testB are counterparts). `--dataset NAMESPACE/NAME`
trains from there.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from training.errors import DataError
from training.folders import domains_folder, open_domains
from training.push import Plan, PublishError, hashes_of, hashes_there, look_up, one_sentence, push, stamp_card


@dataclass(frozen=True)
class DataCard:
    """What the card says of a data set that we made."""

    title: str
    licences: tuple[str, ...]
    """as the Hub names them"""
    about: str
    sources: str


CARDS = {
    "twemoji2fluent": DataCard(
        "Twemoji to Fluent Emoji 3D",
        ("cc-by-4.0", "mit"),
        "Emoji of two styles, for translation without pairs: A is Twemoji, flat, B is Fluent Emoji 3D, "
        "rendered. RGB PNG of 64x64 pixels on white, named by their code points. All variants of an emoji "
        "in skin and gender are on one side of the split. The same name in testA and testB is the same "
        "emoji; training must not use that.",
        "A: Twemoji, Twitter, Inc and other contributors, CC-BY 4.0. B: Fluent Emoji, Microsoft, MIT.",
    ),
    "flat2fluent": DataCard(
        "Fluent Emoji, flat to 3D",
        ("mit",),
        "Emoji of two styles by the same designers, for translation without pairs: A is Fluent Emoji Flat, "
        "B is Fluent Emoji 3D. RGB PNG of 128x128 pixels on white, without variants in skin. The same name "
        "in testA and testB is the same emoji; training must not use that.",
        "Fluent Emoji, Microsoft, MIT; A rendered from SVG, both scaled down by Lanczos.",
    ),
    "hangul": DataCard(
        "Hangul syllables in two fonts",
        ("ofl-1.1", "gpl-2.0"),
        "Korean syllables in two fonts, for translation without pairs: A is Nanum Gothic, B is UnGungseo, "
        "a brush style. Grey PNG of 64x64 pixels, black on white, named by their code points. No syllable "
        "is in both trainA and trainB; those of the test splits are in both, for measuring only.",
        "A: Nanum Gothic, SIL Open Font License 1.1. B: UnGungseo, GPL-2. These are pictures of glyphs, "
        "not the fonts.",
    ),
}
CARD = """---
pretty_name: {title}
license:
{licences}
task_categories:
- image-to-image
tags:
- unpaired-image-translation
- generative-lab
configs:
- config_name: default
  data_files:
{files}
---

# {title}

{about}

{counts}

```sh
python -m training.train_cyclegan --dataset {repo_id} --output_dir runs/{name}
```

## Sources and licences

{sources}
"""
SPLITS = "trainA", "trainB", "testA", "testB"


Content = dict[str, Path | bytes]
"""path in the repository -> content"""


def push_data(content: Content, repo_id: str, private: bool | None = None) -> str:
    """Push what `data_files` gives in one commit; returns the commit's URL. Raises `PublishError`."""
    return push(repo_id, lambda: plan_data(content, repo_id), private, "Upload data set")


def plan_data(content: Content, repo_id: str) -> Plan:
    """Compare what `data_files` gives with its repository; only reads. Raises `PublishError`."""
    with one_sentence(repo_id):
        info = look_up(repo_id, "dataset")
        if info is None:
            return Plan(repo_id, None, content, [], [], "dataset")
        there = hashes_there(info)
        add = {path: data for path, data in content.items() if there.get(path) not in hashes_of(data)}
        return Plan(repo_id, info.sha, add, [], [], "dataset", bool(info.private))


def data_files(name: str, data_dir: Path, repo_id: str) -> Content:
    """The files of a data set of `CARDS`. Raises `PublishError` where there is no such set, or none here."""
    if name not in CARDS:
        raise PublishError(f"There is no data set {name} to publish; choose from: {', '.join(CARDS)}.")
    folder = domains_folder(name, data_dir)
    if folder is None:
        raise PublishError(f"{data_dir / name} has no folders trainA trainB testA testB; give --data_dir.")
    try:
        parts = {part: open_domains(folder, part) for part in ("train", "test")}
    except DataError as error:
        raise PublishError(f"{error}.") from error
    content: Content = {}
    counts = []
    for split in SPLITS:
        rows = parts[split[:-1]]["AB".index(split[-1])].splits[split[:-1]]
        content[f"data/{split}.parquet"] = _parquet(rows)
        counts.append(f"{split} {len(rows):,}")
    card, licences = CARDS[name], "\n".join(f"- {licence}" for licence in CARDS[name].licences)
    files = "\n".join(f"  - split: {split}\n    path: data/{split}.parquet" for split in SPLITS)
    values = vars(card) | {"licences": licences, "files": files, "counts": f"Images: {', '.join(counts)}."}
    content["README.md"] = stamp_card(CARD.format(**values, name=name, repo_id=repo_id)).encode()
    return content


def _parquet(rows: object) -> bytes:
    """Rows of files as Parquet, with the files' bytes within."""
    from datasets import Dataset, Features, Image, Value

    pictures = [
        {"bytes": Path(one["path"]).read_bytes(), "path": Path(one["path"]).name} for one in rows["image"]
    ]
    table = {"image": pictures, "name": list(rows["name"])}
    features = Features({"image": Image(), "name": Value("string")})
    file = io.BytesIO()
    Dataset.from_dict(table, features).to_parquet(file)
    return file.getvalue()
