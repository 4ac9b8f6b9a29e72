"""Training images that are read while training: the same batches, the same weights, wherever they lie."""

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import datasets
import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import DistributedType
from PIL import Image

from space.models.vae import VAEConfig
from tests.hub_server import HubServer, commit_images, start_client
from tests.processes import free_port
from tests.small_runs import (
    assert_same_weights,
    become_one_of_two,
    classifier_config,
    cyclegan_config,
    history,
    start_script,
    vae_config,
    without_speed,
)
from training import data, train_classifier, train_cyclegan, train_vae
from training.batches import Batch, Batches, Order, UnpairedBatches
from training.bench import scaling
from training.command_line import run
from training.data import DataError, load_domains, load_images
from training.errors import TrainingError
from training.loop import LoopConfig, make_accelerator

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # torch's workers are forks
BATCH = 8
OPTIONS = {
    "plain": {},
    "everything": {
        **{"ema_decay": 0.9, "gradient_accumulation_steps": 2, "mixed_precision": "bf16"},
        **{"max_grad_norm": 1.0, "weight_decay": 0.01},
    },
}


def picture(number: int) -> Image.Image:
    """A gradient whose colours say its number; the size differs from any that is trained on."""
    x = torch.arange(40).repeat(32, 1)
    return Image.fromarray(torch.stack([x + number, 5 * x, 255 - number + 0 * x], 2).byte().numpy())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """44 training images of two kinds and 12 test images."""
    root = tmp_path_factory.mktemp("pictures")
    for number in range(56):
        place = root / ("train" if number < 44 else "test") / ("odd" if number % 2 else "even")
        place.mkdir(parents=True, exist_ok=True)
        picture(number).save(place / f"{number:02}.png")
    return root


def splits(folder: Path, max_resident_gb: float, **more) -> data.Images:
    return load_images(str(folder), Path("unused"), "train", 3, 28, max_resident_gb, **more)


def batches(images: data.Images, rank: int = 0, num_processes: int = 1, **more) -> Batches:
    place = SimpleNamespace(device=torch.device("cpu"), process_index=rank, num_processes=num_processes)
    config = LoopConfig(output_dir=Path("unused"), batch_size=BATCH, seed=3, **more)
    return Batches(images, config.batch_plan, place)


def assert_same_batches(found: Batches, expected: Batches | list[Batch], numbers: range) -> None:
    for number in numbers:
        one, other = found[number], expected[number]
        assert torch.equal(one.x, other.x) and torch.equal(one.labels, other.labels), number
        assert one.noise.rng.initial_seed() == other.noise.rng.initial_seed()
        assert one.step == other.step


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(("rank", "num_processes"), [(0, 1), (0, 2), (1, 2)])
def test_batches_from_disk_are_those_from_memory(folder, workers, rank, num_processes):
    held, stored = splits(folder, 1), splits(folder, 0)
    assert held.stored is None and held.num_images == stored.num_images == 44
    expected = batches(held, rank, num_processes)
    found = batches(stored, rank, num_processes, dataloader_num_workers=workers)
    assert_same_batches(found, expected, range(13))  # 5 an epoch: into the third one
    resumed = batches(stored, rank, num_processes, dataloader_num_workers=workers)
    assert_same_batches(resumed, expected, range(7, 13))
    assert len(found[13].x) == BATCH // num_processes


def test_labels_follow_their_images_and_figures_have_a_sample(folder, monkeypatch):
    monkeypatch.setattr(data, "SAMPLE", 10)
    stored = splits(folder, 0)
    assert stored.description.endswith("train split, 44 images, read from disk")
    assert len(stored) == len(stored.labels) == 10 and set(stored.labels.tolist()) == {0, 1}
    reader = batches(stored)
    for number in range(5):
        batch = reader[number]
        assert torch.equal(torch.round(batch.x[:, 2, 0, 0] * 255).long() % 2 == 0, batch.labels == 1)
    test = load_images(str(folder), Path("unused"), "test", 3, 28)
    assert len(test) == len(test.labels) == 10 and test.description.endswith("12 images, of which 10")


def test_a_sample_is_at_random_but_always_the_same(monkeypatch):
    total = 3 * 10**9
    chosen = data.sample(total)
    assert torch.equal(chosen, data.sample(total)) and len(chosen.unique()) == data.SAMPLE
    assert chosen[0] >= 0 and chosen[-1] < total and torch.equal(chosen, chosen.sort().values)
    assert (chosen % 2).float().mean() == pytest.approx(0.5, abs=0.02)  # of rows that take turns
    assert (chosen / total).mean() == pytest.approx(0.5, abs=0.02)
    monkeypatch.setattr(data, "SAMPLE", 4)
    assert data.sample(3).tolist() == [0, 1, 2] and len(data.sample(10)) == 4


def test_both_domains_from_disk_are_those_from_memory(folder, tmp_path):
    shutil.copytree(folder / "train" / "even", tmp_path / "trainA")
    shutil.copytree(folder / "train" / "odd", tmp_path / "trainB")
    plan = cyclegan_config(Path("unused"), batch_size=BATCH).batch_plan
    place = SimpleNamespace(device=torch.device("cpu"), process_index=0, num_processes=1)
    held, stored = (
        UnpairedBatches(*load_domains(str(tmp_path), Path("no"), "train", 3, 16, limit), plan, place)
        for limit in (1, 0)
    )
    assert stored.a.stored and not held.a.stored and stored.per_epoch == 2
    for domain in "ab":
        one, other = getattr(stored, domain), getattr(held, domain)
        assert all(torch.equal(one[number].x, other[number].x) for number in range(5))
    both = load_images(str(tmp_path), Path("no"), "train", 3, 16, 0)
    labelled = batches(both)[0]
    assert set(labelled.labels.tolist()) == {0, 1}


SCRIPTS = {
    "vae": (train_vae, vae_config, {"model": VAEConfig(hidden_dim=16, in_channels=3)}),
    "classifier": (train_classifier, classifier_config, {}),
    "cyclegan": (train_cyclegan, cyclegan_config, {"match_size": True, "pool_size": 8}),
}


@pytest.mark.parametrize(("module", "make", "more"), SCRIPTS.values(), ids=SCRIPTS.keys())
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_a_run_from_disk_ends_with_the_weights_of_one_from_memory_and_resumes(
    folder, tmp_path, module, make, more, options
):
    dataset = folder
    if make is cyclegan_config:
        dataset = tmp_path / "two"
        for split in ("train", "test"):
            for kind, domain in (("even", "A"), ("odd", "B")):
                shutil.copytree(folder / split / kind, dataset / f"{split}{domain}")
    config = make(
        tmp_path / "held",
        **{"dataset": str(dataset), "batch_size": BATCH, "max_steps": 7, "checkpointing_steps": 4},
        **{**options, **more},
    )
    module.main(config)
    AcceleratorState._reset_state(True)
    stored = replace(config, output_dir=tmp_path / "stored", max_resident_gb=0)
    module.main(stored)
    assert_same_weights(config.output_dir, stored.output_dir)
    rows = [[without_speed(row) for row in history(c.output_dir)] for c in (config, stored)]
    assert rows[0] == rows[1]

    shutil.rmtree(stored.output_dir / "checkpoints" / "checkpoint-7")
    (stored.output_dir / "model.safetensors").unlink()
    AcceleratorState._reset_state(True)
    module.main(replace(stored, resume_from_checkpoint="latest"))
    assert_same_weights(config.output_dir, stored.output_dir)
    assert "read from disk" in (stored.output_dir / "README.md").read_text()


def run_as(config: LoopConfig, rank: int, port: int) -> None:
    """A run of train_vae as one of two processes."""
    become_one_of_two(rank, port)
    os.environ.update(ACCELERATE_USE_CPU="true", TQDM_DISABLE="1")
    sys.argv = ["train_vae", "--output_dir", str(config.output_dir)]
    run(lambda _: train_vae.main(config), type(config))


@pytest.mark.parametrize("streaming", [False, True], ids=["disk", "stream"])
def test_two_processes_that_read_give_the_losses_of_one(folder, tmp_path, streaming):
    one, two = (
        vae_config(
            tmp_path / name,
            **{"dataset": str(folder), "batch_size": BATCH, "max_steps": 6, "logging_steps": 2},
            **{"model": VAEConfig(hidden_dim=16, in_channels=3), "max_resident_gb": 0},
            **({"streaming": True, "shuffle_buffer": 20} if streaming else {}),
        )
        for name in ("one", "two")
    )
    processes = multiprocessing.get_context("forkserver")  # it imports once, and each run is a fork of it
    processes.set_forkserver_preload(["training.train_vae"])
    port = free_port()
    ranks = [processes.Process(target=run_as, args=(two, rank, port)) for rank in (0, 1)]
    for process in ranks:
        process.start()
    train_vae.main(one)
    for process in ranks:
        process.join(240)
        process.kill()
    assert [process.exitcode for process in ranks] == [0, 0]
    assert len(list((two.output_dir / "checkpoints" / "checkpoint-6").glob("random_states_*"))) == 2
    for of_one, of_two in zip(history(one.output_dir), history(two.output_dir), strict=True):
        for key in ("loss", "test_loss"):
            same = of_one[key] == of_two[key] == ""
            assert same or float(of_one[key]) == pytest.approx(float(of_two[key]), rel=1e-4)


def run_with_stderr(config: LoopConfig, rank: int, port: int) -> None:
    """The same, with few images in the sample and the errors in a file."""
    data.SAMPLE = 2
    sys.stderr = config.output_dir.with_name(f"errors-{rank}.txt").open("w")
    run_as(config, rank, port)


def test_a_process_that_meets_a_damaged_image_alone_says_so(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "pictures")
    config = vae_config(
        tmp_path / "run",
        **{"dataset": str(tmp_path / "pictures"), "batch_size": BATCH, "max_steps": 5, "max_resident_gb": 0},
        **{"model": VAEConfig(hidden_dim=16, in_channels=3), "num_snapshots": 2, "dataloader_num_workers": 0},
    )
    reader = batches(splits(tmp_path / "pictures", 0), 1, 2)
    of_rank_1 = Order(44, BATCH, reader.share, config.seed, torch.device("cpu"))[1].tolist()
    number = next(number for number in of_rank_1 if number % 22)  # 0 and 22 are the sample
    path = Path(reader.stored.rows[number]["image"]["path"])
    path.write_bytes(path.read_bytes()[:60])
    processes, port = multiprocessing.get_context("forkserver"), free_port()
    ranks = [processes.Process(target=run_with_stderr, args=(config, rank, port)) for rank in (0, 1)]
    for process in ranks:
        process.start()
    for process in ranks:
        process.join(240)
        process.kill()
    assert ranks[1].exitcode == 1 and ranks[0].exitcode != 0
    errors = (tmp_path / "errors-1.txt").read_text()
    assert re.fullmatch(rf"\[rank 1\] error: {path} of '\S+' cannot be read: [^\n]+\n", errors)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_image_is_one_sentence_when_its_turn_comes(folder, tmp_path, monkeypatch, workers):
    monkeypatch.setattr(data, "SAMPLE", 2)
    shutil.copytree(folder, tmp_path / "pictures")
    path = tmp_path / "pictures" / "train" / "odd" / "21.png"
    path.write_bytes(path.read_bytes()[:60])
    reader = batches(splits(tmp_path / "pictures", 0), dataloader_num_workers=workers)
    with pytest.raises(DataError, match=r"^\S+/train/odd/21\.png of '\S+' cannot be read: [^\n]+$"):
        for number in range(15):  # an epoch leaves four images out
            reader[number]
    with pytest.raises(DataError, match=r"21\.png of '\S+' cannot be read"):
        splits(tmp_path / "pictures", 1)


def test_a_reading_process_that_dies_is_one_sentence(folder, tmp_path):
    flags = ["--dataset", folder, "--batch_size", BATCH, "--max_steps", 10**6, "--max_resident_gb", 0,
             "--cpu", "--model.hidden_dim", 16, "--model.in_channels", 3]  # fmt: skip
    process = start_script("train_vae", "--output_dir", tmp_path / "run", *flags)
    started = tmp_path / "run" / "samples" / "step-000003.png"
    wait_for(started, process)
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(workers[0]), signal.SIGKILL)  # as Linux does where memory is short
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    (sentence,) = (line for line in errors.splitlines() if line.startswith("error: "))
    assert "a process that reads images ended" in sentence and "--dataloader_num_workers 0" in sentence


def test_reading_processes_need_nothing_that_windows_lacks(folder, monkeypatch):
    monkeypatch.delattr(os, "setpgrp")
    reader, expected = (batches(splits(folder, 0), dataloader_num_workers=workers) for workers in (2, 0))
    assert_same_batches(reader, expected, range(3))

    class Broken:
        def __next__(self):
            raise EOFError

    monkeypatch.delattr(signal, "SIGCHLD")
    reader._reader = Broken()
    with pytest.raises(TrainingError, match="a process that reads images ended"):
        reader[3]


def wait_for(path: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < deadline and process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def test_control_c_reaches_the_run_and_not_the_processes_that_read(folder, tmp_path):
    config = vae_config(
        tmp_path / "stopped",
        **{"dataset": str(folder), "batch_size": BATCH, "max_steps": 300, "max_resident_gb": 0},
        **{"model": VAEConfig(hidden_dim=16, in_channels=3), "logging_steps": 10},
    )
    flags = ["--dataset", folder, "--batch_size", BATCH, "--max_steps", 300, "--max_resident_gb", 0, "--cpu",
             "--model.hidden_dim", 16, "--model.in_channels", 3, "--iw_samples", 10, "--logging_steps", 10,
             "--warmup_steps", 2]  # fmt: skip
    process = start_script("train_vae", "--output_dir", config.output_dir, *flags, start_new_session=True)
    wait_for(config.output_dir / "samples" / "step-000002.png", process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1 and "checkpoint saved" in errors and "Traceback" not in errors, errors
    train_vae.main(replace(config, resume_from_checkpoint="latest"))
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, output_dir=tmp_path / "straight", max_resident_gb=1))
    assert_same_weights(config.output_dir, tmp_path / "straight")


STREAM = {"max_steps": 9, "streaming": True, "shuffle_buffer": 20}


def stream_of(dataset: str | Path) -> data.Images:
    return load_images(str(dataset), Path("unused"), "train", 3, 28, streaming=True)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stream_is_a_function_of_seed_and_buffer(folder, workers):
    images = stream_of(folder)
    assert images.num_images == 0 and len(images) == 44 and images.description.endswith("streamed")
    reader = batches(images, **STREAM, dataloader_num_workers=0)
    expected = [reader[number] for number in range(10)]
    for first in (0, 6):
        found = batches(images, **STREAM, dataloader_num_workers=workers)
        assert_same_batches(found, expected, range(first, 10))
    shares = [batches(images, rank, 2, **STREAM, dataloader_num_workers=workers) for rank in (0, 1)]
    for number in range(10):
        halves = [share[number] for share in shares]
        assert torch.equal(torch.cat([half.x for half in halves]), expected[number].x)
    seen = [[batch.x[:, 2, 0, 0] for batch in expected[first : first + 5]] for first in (0, 5)]
    epochs = [torch.cat(parts).mul(255).round().int().tolist() for parts in seen]
    assert all(len(set(numbers)) == 40 for numbers in epochs) and epochs[0] != epochs[1]
    assert epochs[0] != sorted(epochs[0]) and epochs[0] != sorted(epochs[0], reverse=True)


def test_a_stream_holds_a_tenth_out_where_there_is_one_split(tmp_path, monkeypatch):
    for number in range(40):
        picture(number).save(tmp_path / f"{number:02}.png")
    train, test = (
        load_images(str(tmp_path), Path("no"), split, 3, 28, streaming=True) for split in ("train", "test")
    )
    numbers = [set((255 - part.pixels[:, 2, 0, 0].int()).tolist()) for part in (train, test)]
    assert numbers[1] == {0, 10, 20, 30} and numbers[0] == set(range(40)) - numbers[1]
    assert train.labels is None and test.description.endswith("test split, its first 4 images")


@pytest.mark.parametrize("missing", [None, -1])
@pytest.mark.parametrize("streaming", [False, True])
def test_a_split_with_missing_labels_has_none(tmp_path, monkeypatch, missing, streaming):
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["a", "b"])})
    for split, labels in (("train", [0, 1, 0]), ("test", [1, missing, 0])):
        paths = [str(tmp_path / f"{split}-{number}.png") for number in range(3)]
        for number, path in enumerate(paths):
            picture(number).save(path)
        rows = datasets.Dataset.from_dict({"image": paths, "label": labels}, features)
        (tmp_path / "rows").mkdir(exist_ok=True)
        rows.to_parquet(tmp_path / "rows" / f"{split}.parquet")
    found = datasets.load_dataset(str(tmp_path / "rows"), streaming=streaming)
    monkeypatch.setattr(data, "_all_splits", lambda *_: found)
    train, test = (
        load_images("lab/some", Path("no"), split, 3, 28, streaming=streaming) for split in ("train", "test")
    )
    assert train.labels.tolist() == [0, 1, 0] and test.labels is None and len(test) == 3
    with pytest.raises(DataError, match="some are missing"):
        train_classifier.check_labels(test, 2)


def test_a_stream_of_several_files_never_shows_what_is_held_out(tmp_path, monkeypatch):
    for first in range(0, 65, 13):
        paths = [str(tmp_path / f"{number}.png") for number in range(first, first + 13)]
        for number, path in enumerate(paths, first):
            picture(number).save(path)
        rows = datasets.Dataset.from_dict({"image": paths}, datasets.Features({"image": datasets.Image()}))
        rows.to_parquet(tmp_path / "rows" / f"train-{first:02}.parquet")
    found = datasets.load_dataset(str(tmp_path / "rows"), streaming=True)
    assert found["train"].num_shards == 5
    monkeypatch.setattr(data, "_all_splits", lambda *_: found)
    train, test = (
        load_images("lab/five", Path("no"), split, 3, 28, streaming=True) for split in ("train", "test")
    )
    held_out = set((255 - test.pixels[:, 2, 0, 0].int()).tolist())
    assert held_out == {0, 10, 20, 30, 40, 50, 60}
    orders = set()
    for seed in range(4):
        reader = iter(replace(train.stored, shuffle_buffer=20, seed=10 * seed))
        for _ in range(3):  # epochs
            order = tuple(255 - next(reader)[0][0, 2, 0, 0].item() for _ in range(58))
            assert set(order) == set(range(65)) - held_out
            orders.add(order)
    assert len(orders) == 12


def test_a_streamed_run_resumes_exactly(folder, tmp_path):
    config = vae_config(
        tmp_path / "straight",
        **{"dataset": str(folder), "batch_size": BATCH, "checkpointing_steps": 4},
        **{"model": VAEConfig(hidden_dim=16, in_channels=3), **STREAM, **OPTIONS["everything"]},
    )
    train_vae.main(config)
    stopped = replace(config, output_dir=tmp_path / "stopped", resume_from_checkpoint="latest")
    shutil.copytree(config.output_dir, stopped.output_dir)
    shutil.rmtree(stopped.output_dir / "checkpoints" / "checkpoint-9")
    (stopped.output_dir / "model.safetensors").unlink()
    AcceleratorState._reset_state(True)
    train_vae.main(stopped)
    assert_same_weights(config.output_dir, stopped.output_dir)


def first_of_stream(dataset: str) -> tuple[list[list[int]], str]:
    """What the client process of the Hub sees: numbers of the images of each batch, and the description."""
    images = stream_of(dataset)
    reader = batches(images, **STREAM, dataloader_num_workers=1)
    return [reader[n].x[:, 2, 0, 0].mul(255).round().int().tolist() for n in range(9)], images.description


def test_a_data_set_of_the_hub_is_streamed_and_not_kept(tmp_path):
    pictures = {"image": [picture(number) for number in range(40)]}
    with HubServer() as hub, start_client(hub, tmp_path / "home") as client:
        commit_images(hub, "lab/gradients", pictures, [number % 2 for number in range(40)])
        seen, description = client.submit(first_of_stream, "lab/gradients").result(timeout=120)
    assert description == "lab/gradients, train split, streamed"
    assert [len(batch) for batch in seen] == [BATCH] * 9
    held_out = {255, 245, 235, 225}
    assert not held_out & {value for batch in seen for value in batch}
    kept = [path for path in (tmp_path / "home").rglob("*") if path.suffix in (".arrow", ".parquet")]
    assert kept == []


def test_what_cannot_be_streamed_is_one_sentence(folder, tmp_path):
    with pytest.raises(ValueError, match="streaming needs max_steps"):
        vae_config(tmp_path, streaming=True)
    for load, dataset in ((load_images, "fake"), (load_domains, "two/domains")):
        with pytest.raises(DataError, match="leave out --streaming"):
            load(dataset, Path("no"), "train", 3, 28, streaming=True)
    with pytest.raises(DataError, match=r"batch_size 64 is more than .* holds"):
        batches_of_64 = batches(stream_of(folder), **STREAM, dataloader_num_workers=0)
        batches_of_64.plan = replace(batches_of_64.plan, batch_size=64)
        batches_of_64[0]


@pytest.mark.parametrize("how", [{}, {"max_resident_gb": 0}, STREAM], ids=["held", "disk", "stream"])
def test_more_classes_than_the_model_has_are_named_before_training(folder, tmp_path, monkeypatch, how):
    for name in ("SAMPLE", "STREAMED_SAMPLE"):
        monkeypatch.setattr(data, name, 1)  # which is not of the last class
    config = classifier_config(tmp_path / "run", dataset=str(folder), batch_size=BATCH, **how)
    config = replace(config, model=replace(config.model, num_classes=1))
    says = "train split.* has 2 classes, the model tells 1 apart; give --model.num_classes 2$"
    with pytest.raises(TrainingError, match=says):
        train_classifier.main(config)


def test_a_classifier_of_images_without_labels_is_one_sentence(folder, tmp_path):
    config = classifier_config(tmp_path / "run", dataset=str(folder / "train" / "even"), batch_size=BATCH)
    with pytest.raises(
        DataError, match="needs a label for every image; some are missing in even, train split"
    ):
        train_classifier.main(config)


def test_weights_in_parts_are_refused_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(Accelerator, "distributed_type", DistributedType.FSDP)
    with pytest.raises(TrainingError, match=r"FSDP splits the weights, .* launch with --multi_gpu"):
        make_accelerator(vae_config(tmp_path / "run"))


def test_what_grows_is_printed_and_the_images_go(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(scaling, "grow_processes", lambda config: None)  # they take a minute to start
    small = {"num_images": 320, "base_channels": 1, "batch_size": 4, "num_steps": 1, "workers": (0, 1)}
    scaling.main(scaling.ScalingConfig(data_dir=tmp_path, **small))
    printed = capsys.readouterr().out
    first, second = (
        [line[2:-2].split(" | ") for line in part.splitlines() if line.startswith("| ")]
        for part in printed.split("| what grows |")
    )
    assert [row[0] for row in first[1:]] == ["0", "1"]
    assert {row[-1] for row in first[1:]} <= {"reading", "the step"}
    assert [row[1] for row in second[:5]] == ["20", "80", "320", "3,200", "320"]
    assert all(re.search("measured|computed", row[-1]) for row in second)
    assert list(tmp_path.iterdir()) == []
