"""Data sets as uint8 tensors: built-in ones, folders, and what is said where there is none."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import datasets as tv

from tests.hub_server import HubServer, commit_images, start_client
from training.data import DataError, load_domains, load_images, to_float


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
    monkeypatch.setattr("urllib.request._opener", None)  # else made here, it would keep the proxies for good
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


def test_folders_of_splits_are_no_classes(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        Image.new("L", (28, 28)).save(tmp_path / split / "0.png")
    train, test = (load_images(str(tmp_path), Path("unused"), split, 1, 28) for split in ("train", "test"))
    assert len(train) == len(test) == 1 and train.labels is test.labels is None


@pytest.mark.parametrize("in_channels", [1, 3])
def test_deep_and_transparent_images_are_read_alike_wherever_they_lie(tmp_path, in_channels):
    deep = np.linspace(0, 65535, 32 * 32).astype(np.uint16).reshape(32, 32)
    clear = Image.new("P", (32, 32), 1)
    clear.putpalette([0, 0, 0, 250, 20, 40])
    clear.paste(0, (0, 0, 16, 32))
    places = [tmp_path / "one" / "train", tmp_path / "one" / "test"]
    places += [tmp_path / "two" / name for name in ("trainA", "trainB")]
    for place in places:
        place.mkdir(parents=True)
        Image.fromarray(deep).save(place / "0.png")
        clear.save(place / "1.png", transparency=0)
    one = load_images(str(tmp_path / "one"), Path("no"), "train", in_channels, 32)
    read = load_images(str(tmp_path / "one"), Path("no"), "train", in_channels, 32, max_resident_gb=0)
    domain, _ = load_domains("two", tmp_path, "train", in_channels, 32)
    assert torch.equal(one.pixels, domain.pixels)
    assert read.stored and torch.equal(one.pixels, read.stored[torch.arange(2)][0])
    assert one.pixels[0, 0].tolist() == (deep // 257).tolist()
    ink = {1: [91], 3: [250, 20, 40]}[in_channels]  # 0.299 R + 0.587 G + 0.114 B
    assert one.pixels[1, :, 8, 8].tolist() == [255] * in_channels and one.pixels[1, :, 8, 24].tolist() == ink


def test_a_folder_without_splits_holds_a_tenth_out(tmp_path):
    for i in range(20):
        Image.new("L", (28, 28), i).save(tmp_path / f"{i}.png")
    parts = [load_images(str(tmp_path), Path("unused"), split, 1, 28) for split in ("train", "test")]
    values = [set(part.pixels[:, 0, 0, 0].tolist()) for part in parts]
    assert len(values[0]) == 18 and len(values[1]) == 2 and values[0].isdisjoint(values[1])
    assert parts[0].labels is None


@pytest.fixture
def two_domains(tmp_path):
    """Red images in A and blue ones in B, with a transparent corner; trainA has one more."""
    for domain, colour in (("A", (200, 0, 0, 255)), ("B", (0, 0, 200, 255))):
        for split, n in (("train", 5 if domain == "A" else 4), ("test", 2)):
            folder = tmp_path / "shapes" / f"{split}{domain}"
            folder.mkdir(parents=True)
            for i in range(n):
                image = Image.new("RGBA", (64, 64), colour)
                image.paste((0, 0, 0, 0), (0, 0, 32, 32))
                image.save(folder / f"{i}.png")
    return tmp_path


@pytest.mark.parametrize("by_path", [True, False])
def test_a_folder_of_two_domains(two_domains, by_path):
    dataset, data_dir = ("shapes", two_domains) if not by_path else (str(two_domains / "shapes"), Path("no"))
    a, b = load_domains(dataset, data_dir, "train", 3, 32)
    assert a.pixels.shape == (5, 3, 32, 32) and b.pixels.shape == (4, 3, 32, 32)
    assert a.pixels[0, :, 30, 30].tolist() == [200, 0, 0] and b.pixels[0, :, 30, 30].tolist() == [0, 0, 200]
    assert a.pixels[0, :, 2, 2].tolist() == [255, 255, 255]  # transparency is on white
    assert a.names == ("0", "1", "2", "3", "4")
    assert a.description == "shapes, train split, domain A, 5 images"
    grey, _ = load_domains(dataset, data_dir, "test", 1, 32)
    assert grey.pixels.shape == (2, 1, 32, 32)
    both = load_images(dataset, data_dir, "train", 3, 32)  # to tell the domains apart
    assert both.labels.tolist() == [0] * 5 + [1] * 4 and torch.equal(both.pixels[:5], a.pixels)


def test_hidden_files_are_no_images(two_domains):
    (two_domains / "shapes" / "trainA" / ".DS_Store").write_text("")
    assert len(load_domains("shapes", two_domains, "train", 3, 32)[0]) == 5


def test_what_is_wrong_with_two_domains_is_one_sentence(two_domains):
    (two_domains / "shapes" / "trainB" / "0.png").write_text("no picture")
    with pytest.raises(DataError, match=r"trainB/0\.png of 'shapes' cannot be read: it is no picture"):
        load_domains("shapes", two_domains, "train", 3, 32)
    for path in (two_domains / "shapes" / "testB").iterdir():
        path.unlink()
    with pytest.raises(DataError, match="testB holds no images"):
        load_domains("shapes", two_domains, "test", 3, 32)
    with pytest.raises(DataError, match="mnist has one domain"):
        load_domains("mnist", two_domains, "train", 3, 32)
    with pytest.raises(DataError, match=r"is neither one of .* nor is there a folder .*such-dataset/trainA"):
        load_domains("no/such-dataset", two_domains, "train", 3, 32)


def test_fake_domains_are_unrelated_in_training_and_pairs_in_the_test_split():
    a, b = load_domains("fake", Path("unused"), "train", 3, 32)
    assert len(a) == len(b) == 256 and not torch.equal(a.pixels, b.pixels)
    a, b = load_domains("fake", Path("unused"), "test", 3, 32)
    assert a.names == b.names and len(a) == 128
    assert ((b.pixels > 0) <= (a.pixels > 0)).all() and not torch.equal(a.pixels, b.pixels)


def read_domains_from_hub(dataset: str) -> tuple[list[int], list[int], str]:
    a, b = load_domains(dataset, Path("unused"), "train", 3, 28)
    return [len(a), len(b)], a.pixels[0, :, 0, 0].tolist() + b.pixels[0, :, 0, 0].tolist(), b.description


def read_from_hub(dataset: str) -> tuple[list[int], list[int], str]:
    images = load_images(dataset, Path("unused"), "train", 3, 28)
    return list(images.pixels.shape), images.labels.tolist(), images.description


def test_a_data_set_of_the_hub(tmp_path):
    pictures = {"image": [Image.new("RGB", (40, 30), (value, 0, 0)) for value in range(20)]}
    with HubServer() as hub, start_client(hub, tmp_path / "home") as client:
        commit_images(hub, "lab/stripes", pictures, [value % 2 for value in range(20)])
        shape, labels, description = client.submit(read_from_hub, "lab/stripes").result(timeout=120)
    assert shape == [18, 3, 28, 28] and set(labels) == {0, 1}  # a tenth is held out
    assert description == "lab/stripes, train split, 18 images"


def test_a_data_set_of_the_hub_with_two_columns_of_images(tmp_path):
    colours = {"imageA": (9, 0, 0), "imageB": (0, 0, 7)}
    pictures = {name: [Image.new("RGB", (40, 30), colour)] * 20 for name, colour in colours.items()}
    with HubServer() as hub, start_client(hub, tmp_path / "home") as client:
        commit_images(hub, "lab/two", pictures)
        lengths, colours, description = client.submit(read_domains_from_hub, "lab/two").result(timeout=120)
    assert lengths == [18, 18] and colours == [9, 0, 0, 0, 0, 7]
    assert description == "lab/two, train split, domain B, 18 images"


def test_an_unknown_name_is_one_sentence():
    with pytest.raises(DataError, match="is neither one of mnist, fashion-mnist, fake"):
        load_images("no/such-dataset", Path("unused"), "train", 1, 28)


@pytest.mark.parametrize("split", ["train", "test"])
def test_fake_images_are_the_same_each_time(split):
    one, two = (load_images("fake", Path("unused"), split, 3, 32) for _ in range(2))
    assert torch.equal(one.pixels, two.pixels)
    assert one.pixels.shape[1:] == (3, 32, 32) and one.pixels.max() > 100
