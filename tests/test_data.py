"""Data sets as uint8 tensors: built-in ones, folders, and what is said where there is none."""

import gzip
import io
import struct
from pathlib import Path

import pytest
import torch
from datasets import ClassLabel, Dataset, Features
from datasets import Image as ImageFeature
from PIL import Image
from torchvision import datasets as tv

from tests.hub_server import HubServer, Repo, start_client
from training.data import DataError, load_images, to_float


def write_idx(path: Path, array: torch.Tensor) -> None:
    """A uint8 array in the IDX format of MNIST's files."""
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + array.numpy().tobytes())


@pytest.fixture
def mnist(tmp_path):
    """Thirty random digits where torchvision looks for MNIST."""
    rng = torch.Generator().manual_seed(0)
    for prefix, n in (("train", 20), ("t10k", 10)):
        raw = tmp_path / "MNIST" / "raw"
        images = torch.randint(256, (n, 28, 28), generator=rng, dtype=torch.uint8)
        write_idx(raw / f"{prefix}-images-idx3-ubyte", images)
        write_idx(raw / f"{prefix}-labels-idx1-ubyte", torch.arange(n, dtype=torch.uint8) % 10)
    return tmp_path


def test_mnist_is_read_as_it_is(mnist):
    train = load_images("mnist", mnist, "train", 1, 28)
    assert train.pixels.shape == (20, 1, 28, 28) and train.pixels.dtype == torch.uint8
    assert torch.equal(train.pixels[:, 0], tv.MNIST(mnist, train=True).data)
    assert train.labels.tolist() == [*range(10), *range(10)]
    test = load_images("mnist", mnist, "test", 1, 28)
    assert len(test) == 10 and test.description == "MNIST, test split, 10 images"
    x = to_float(test.pixels)
    assert x.dtype == torch.float32 and x.min() >= 0 and x.max() <= 1


def test_mnist_in_colour_and_at_another_size(mnist):
    train = load_images("mnist", mnist, "train", 3, 64)
    assert train.pixels.shape == (20, 3, 64, 64)
    assert torch.equal(train.pixels[:, 0], train.pixels[:, 2])


@pytest.mark.parametrize("dataset", ["mnist", "fashion-mnist"])
def test_no_data_and_no_network_is_one_sentence(tmp_path, monkeypatch, dataset):
    for name in ("http_proxy", "https_proxy"):  # nothing listens there: no download, on any machine
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(DataError, match=r"is not in .* could not be downloaded\. Point --data_dir"):
        load_images(dataset, tmp_path, "train", 1, 28)


def test_a_damaged_mnist_file_is_one_sentence(mnist):
    path = mnist / "MNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(DataError, match="cannot be read"):
        load_images("mnist", mnist, "train", 1, 28)


def test_a_folder_of_images(tmp_path):
    for split, n in (("train", 4), ("test", 2)):
        for label in ("cat", "dog"):
            folder = tmp_path / split / label
            folder.mkdir(parents=True)
            for i in range(n):
                colour = (200, 0, 0) if label == "cat" else (0, 0, 200)
                Image.new("RGB", (40, 30 + i), colour).save(folder / f"{i}.png")
    train = load_images(str(tmp_path), Path("unused"), "train", 3, 32)
    assert train.pixels.shape == (8, 3, 32, 32) and train.pixels.dtype == torch.uint8
    assert sorted(train.labels.tolist()) == [0] * 4 + [1] * 4
    for pixels, label in zip(train.pixels, train.labels):
        assert pixels[:, 0, 0].tolist() == ([200, 0, 0], [0, 0, 200])[label]
    assert len(load_images(str(tmp_path), Path("unused"), "test", 1, 28)) == 4


def test_a_folder_without_splits_holds_a_tenth_out(tmp_path):
    for i in range(20):
        Image.new("L", (28, 28), i).save(tmp_path / f"{i}.png")
    parts = [load_images(str(tmp_path), Path("unused"), split, 1, 28) for split in ("train", "test")]
    values = [set(part.pixels[:, 0, 0, 0].tolist()) for part in parts]
    assert len(values[0]) == 18 and len(values[1]) == 2 and values[0].isdisjoint(values[1])
    assert parts[0].labels is None


def read_from_hub(dataset: str) -> tuple[list[int], list[int], str]:
    images = load_images(dataset, Path("unused"), "train", 3, 28)
    return list(images.pixels.shape), images.labels.tolist(), images.description


def test_a_data_set_of_the_hub(tmp_path):
    pictures = []
    for value in range(20):
        buffer = io.BytesIO()
        Image.new("RGB", (40, 30), (value, 0, 0)).save(buffer, "PNG")
        pictures.append({"bytes": buffer.getvalue(), "path": f"{value}.png"})
    features = Features({"image": ImageFeature(), "label": ClassLabel(names=["even", "odd"])})
    table = Dataset.from_dict({"image": pictures, "label": [v % 2 for v in range(20)]}, features)
    table.to_parquet(tmp_path / "train.parquet")
    with HubServer() as hub, start_client(hub, tmp_path / "home") as client:
        hub.repos["lab/stripes"] = Repo()
        parquet = (tmp_path / "train.parquet").read_bytes()
        hub.repos["lab/stripes"].commit("data", {"train.parquet": parquet})
        shape, labels, description = client.submit(read_from_hub, "lab/stripes").result(timeout=120)
    assert shape == [18, 3, 28, 28] and set(labels) == {0, 1}  # a tenth is held out
    assert description == "lab/stripes, train split, 18 images"


def test_an_empty_folder_and_an_unknown_name_are_one_sentence(tmp_path):
    for dataset in (str(tmp_path), "no/such-dataset"):
        with pytest.raises(DataError, match="is neither one of mnist, fashion-mnist, fake"):
            load_images(dataset, Path("unused"), "train", 1, 28)


@pytest.mark.parametrize("split", ["train", "test"])
def test_fake_images_are_the_same_each_time(split):
    one, two = (load_images("fake", Path("unused"), split, 3, 32) for _ in range(2))
    assert torch.equal(one.pixels, two.pixels)
    assert one.pixels.shape[1:] == (3, 32, 32) and one.pixels.max() > 100
