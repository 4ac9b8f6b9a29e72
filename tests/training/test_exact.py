"""What a run promises of its numbers, for every family and variant: the same again from the same seed, the
same after a resume, the same on two processes as on one, and the same in two halves of a batch as in one.
"""

import json
import math
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils._python_dispatch import TorchDispatchMode

from space.models.autoencoder import Autoencoder
from space.models.classifier import Classifier
from space.models.ddpm import UNet
from space.models.gan import GAN
from space.models.pixelcnn import PixelCNN
from space.models.vae import VAE
from tests.processes import free_port
from tests.small_models import small
from tests.small_runs import (
    SCRIPTS,
    assert_same_weights,
    become_one_of_two,
    config_of,
    history,
    script_of,
    train,
    without_speed,
)
from training import (
    batches,
    command_line,
    environment,
    evaluate,
    one_objective,
    optimizers,
    train_autoencoder,
    train_cyclegan,
    train_gan,
    train_vae,
)
from training.batches import Noise
from training.checkpoints import list_checkpoints
from training.data import Images, to_float
from training.errors import TrainingError
from training.measure.classifier import evaluate_classifier
from training.measure.codes import evaluate_codes
from training.measure.metric import Metrics
from training.measure.samples import evaluate_samples

FAMILIES = list(SCRIPTS)  # the last differs from the one before in what it measures before the first step
OPTIONS = {
    "plain": {},
    "everything": {
        "ema_decay": 0.9,
        "gradient_accumulation_steps": 2,
        "mixed_precision": "bf16",
        "max_grad_norm": 0.5,
        "weight_decay": 0.01,
    },
}
OPTIONS["everything, float32"] = OPTIONS["everything"] | {"mixed_precision": "no"}


def make(family: str, folder: Path, options: str, **more) -> Any:
    """13 steps with a checkpoint after 7: inside an epoch (8 batches) and between two rows of history. Half
    a batch is no whole number of fours (kinds of noise) or eights (images whose Jacobian is taken)."""
    size = {"batch_size": 8, "pool_size": 12} if script_of(family) is train_cyclegan else {"batch_size": 60}
    run = {
        "max_steps": 13,
        "checkpointing_steps": 7,
        "num_snapshots": 4,
        "logging_steps": 3,
        **size,
        **OPTIONS[options],
    }
    return config_of(family, folder, **{**run, **more})


def rows(folder: Path) -> list[dict[str, str]]:
    return [without_speed(row) for row in history(folder)]


# ---- in the other process: its imports are done, and each run is a fork of it


def run_apart(family: str, config: Any, *, rank: int = 0, port: int = 0, poison: int = 0) -> None:
    """A run in a process of its own, one of two where `port` is given; notes what happened beside the run.

    With `poison` the loss of the second process alone is not a number at that step.
    """
    sys.stderr = config.output_dir.with_name(f"{config.output_dir.name}-{rank}.txt").open("w")
    if port:
        become_one_of_two(rank, port)
    sys.argv = [family, "--output_dir", str(config.output_dir)]
    with recorded() as notes, pytest.MonkeyPatch.context() as patch:
        if poison and rank == 1:
            spoil(patch, family, poison)
        command_line.run(lambda _: train(family, config), type(config))
    text = json.dumps({key: getattr(notes, key) for key in ("gradients", "averaged", "measured")})
    config.output_dir.with_name(f"{config.output_dir.name}-{rank}.json").write_text(text)


def run_all(jobs: list[tuple[str, Any]], processes: int, poison: int = 0) -> list[tuple[int, ...]]:
    """Exit codes of the `processes` of each run, one run after the other."""
    fork, codes = multiprocessing.get_context("fork"), []
    for family, config in jobs:
        config.output_dir.parent.mkdir(parents=True, exist_ok=True)
        port = free_port()
        more = [{"rank": rank, "port": port, "poison": poison} for rank in range(processes)]
        more = more if processes > 1 else [{}]
        ranks = [fork.Process(target=run_apart, args=(family, config), kwargs=one) for one in more]
        for process in ranks:
            process.start()
        for process in ranks:
            process.join(120)
            process.kill()
        codes.append(tuple(process.exitcode for process in ranks))
    return codes


SPOILT: dict[str, tuple[Any, str, str]] = {  # family -> what is made NaN, and the first term to show it
    **dict.fromkeys(FAMILIES, (Autoencoder, "decode_logits", "loss is nan and recon")),
    "vae": (train_vae, "elbo_terms", "loss is nan and recon is nan and kl"),
    "vae-conv": (VAE, "decode_logits", "loss is nan and recon"),
    "autoencoder-sparse": (Autoencoder, "encode", "loss is nan and recon is nan and penalty"),
    "autoencoder-contractive": (train_autoencoder, "jacobian_norm_squared", "loss is nan and penalty"),
    "gan": (train_gan, "generator_loss", "loss_g"),
    "gan-two-d-steps": (train_gan, "discriminator_loss", "loss_d"),
    "dcgan": (train_gan, "r1_penalty", "loss_d"),
    "dcgan-spectral": (train_gan, "value_function", "value"),
    "classifier": (torch.nn.functional, "cross_entropy", "loss"),
    "ddpm": (UNet, "forward", "loss is nan and loss_quarter_1"),
    "pixelcnn": (PixelCNN, "logits_at", "loss"),
    "cyclegan": (train_cyclegan, "l1_loss", "cycle_loss is nan and identity_loss"),
    "cyclegan-match-size": (train_cyclegan, "discriminator_loss", "loss_d_a is nan and loss_d_b"),
}


def spoil(patch: pytest.MonkeyPatch, family: str, step: int) -> None:
    """Something that the step computes is NaN at one step."""
    owner, name, _ = SPOILT[family]
    function, batch_of, numbers = getattr(owner, name), batches.Batches.__getitem__, []

    def note(self: batches.Batches, number: int) -> batches.Batch:
        numbers.append(number)
        return batch_of(self, number)

    def spoilt(*arguments: Any, **options: Any) -> Any:
        found = function(*arguments, **options)
        factor = math.nan if numbers and numbers[-1] == step - 1 else 1
        return tuple(v * factor for v in found) if isinstance(found, tuple) else found * factor

    patch.setattr(batches.Batches, "__getitem__", note)
    patch.setattr(owner, name, spoilt)


def hash_of_a_word() -> int:
    return hash("seed")


class Notes:
    """What a run did: gradients by optimizer step, updates of averages, test images that were measured."""

    def __init__(self) -> None:
        self.vectors: list[Tensor] = []
        self.averaged, self.measured = 0, []

    @property
    def gradients(self) -> list[tuple[float, float]]:
        """Norm and one projection of each optimizer's gradient at each of its steps."""
        return [(g.norm().item(), (g @ torch.linspace(-1, 1, len(g))).item()) for g in self.vectors]


@contextmanager
def recorded() -> Iterator[Notes]:
    """The notes of what runs within."""
    notes = Notes()

    def look(optimizer: torch.optim.Optimizer, *_: Any) -> None:
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        notes.vectors.append(torch.cat([p.grad.flatten() for p in parameters if p.grad is not None]))

    def count(self: optimizers.MovingAverage, model: nn.Module) -> None:
        notes.averaged += 1
        update_parameters(self, model)

    update_parameters = optimizers.MovingAverage.update_parameters
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimizers.MovingAverage, "update_parameters", count)
        for script in (train_gan, train_cyclegan, one_objective):

            def measure(model, train, test, *more, original=script.measure, **options) -> Metrics:
                notes.measured += [len(part) for part in (test if isinstance(test, tuple) else (test,))]
                return original(model, train, test, *more, **options)

            patch.setattr(script, "measure", measure)
        hook = register_optimizer_step_pre_hook(look)
        yield notes
        hook.remove()


# ---- the tests


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Any, Notes]]:
    """An uninterrupted run of this process, made once."""
    made: dict[tuple[str, str], tuple[Any, Notes]] = {}

    def run(family: str, options: str) -> tuple[Any, Notes]:
        if (family, options) not in made:
            config = make(family, tmp_path_factory.mktemp("straight") / "run", options)
            with recorded() as notes:
                train(family, config)
            made[family, options] = config, notes
        return made[family, options]

    return run


@pytest.fixture(scope="module")
def other_process() -> Iterator[ProcessPoolExecutor]:
    """A process with another order of sets and of hashes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2")
        patch.setenv("ACCELERATE_USE_CPU", "true")
        patch.setenv("TQDM_DISABLE", "1")
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
            assert process.submit(hash_of_a_word).result(timeout=120) != hash_of_a_word()
            yield process


@pytest.mark.parametrize("options", ["plain", "everything"])
@pytest.mark.parametrize("family", FAMILIES)
def test_resume_in_the_middle_of_an_epoch_is_exact(tmp_path, straight, family, options):
    config, _ = straight(family, options)
    stopped = stopped_in_the_middle(config, tmp_path / "stopped")
    train(family, stopped)
    assert_same_weights(config.output_dir, stopped.output_dir)
    assert len(rows(config.output_dir)) > 5
    assert rows(config.output_dir) == rows(stopped.output_dir)


def stopped_in_the_middle(config: Any, folder: Path) -> Any:
    """A copy of a run as its checkpoint of step 7 finds it, and the config to go on with."""
    shutil.copytree(config.output_dir, folder)
    shutil.rmtree(folder / "checkpoints" / "checkpoint-13")
    (folder / "model.safetensors").unlink()
    return replace(config, output_dir=folder, resume_from_checkpoint="latest")


@pytest.mark.parametrize("options", OPTIONS)
def test_games_side_by_side_leave_the_weights_of_one_thread(tmp_path, straight, options):
    config, _ = straight("cyclegan", options)
    beside = replace(config, output_dir=tmp_path / "run", cpu_threads=2)
    try:
        train("cyclegan", beside)
    finally:
        torch.set_num_threads(1)
    assert_same_weights(config.output_dir, beside.output_dir)
    one, two = (
        [[value for key, value in row.items() if not key.startswith("test_")] for row in rows(folder)]
        for folder in (config.output_dir, beside.output_dir)
    )
    assert one == two


def test_another_process_leaves_the_same_bytes(tmp_path, straight, other_process):
    again = {family: make(family, tmp_path / family / "run", "everything") for family in FAMILIES}
    codes = other_process.submit(run_all, list(again.items()), 1).result(timeout=600)
    assert codes == [(0,)] * len(FAMILIES)
    for family, config in again.items():
        before, _ = straight(family, "everything")
        samples = sorted(path.relative_to(before.output_dir) for path in before.output_dir.glob("samples/*"))
        assert len(samples) >= 2
        names = ["model.safetensors", "config.json", "metrics.json", *samples]
        names += ["latents.csv"] if family == "vae" else []
        for name in names:
            same = (before.output_dir / name).read_bytes() == (config.output_dir / name).read_bytes()
            assert same, f"{family}: {name}"
        assert rows(before.output_dir) == rows(config.output_dir), family


BFLOAT16_ON_TWO = ("vae", "autoencoder-contractive", "gan", "dcgan", "cyclegan")
ON_TWO = [(family, "everything, float32") for family in FAMILIES[:-1]]
ON_TWO += [(family, "everything") for family in BFLOAT16_ON_TWO]


@pytest.fixture(scope="module")
def two_processes(
    other_process: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Any]:
    """Every family on two processes, some of them in bf16 too."""
    folder = tmp_path_factory.mktemp("two")
    found = {
        (family, options): make(family, folder / f"{family}-{options}" / "run", options)
        for family, options in ON_TWO
    }
    jobs = [(family, config) for (family, _), config in found.items()]
    codes = other_process.submit(run_all, jobs, 2).result(timeout=600)
    for (key, config), code in zip(found.items(), codes):
        errors = [path.read_text() for path in config.output_dir.parent.glob("*.txt")]
        assert code == (0, 0), (key, errors)
    return found


def notes_of(config: Any) -> list[dict[str, Any]]:
    paths = sorted(config.output_dir.parent.glob("run-?.json"))
    return [json.loads(path.read_text()) for path in paths]


@pytest.mark.parametrize(("family", "options"), ON_TWO, ids=lambda value: value)
def test_two_processes_give_the_losses_of_one(straight, two_processes, family, options):
    tolerance = {"everything, float32": 1e-3, "everything": 0.03}[options]  # bf16 has three digits
    (one, notes), two = straight(family, options), two_processes[family, options]
    assert len(rows(one.output_dir)) == len(rows(two.output_dir)) > 5
    for left, right in zip(rows(one.output_dir), rows(two.output_dir)):
        assert left.keys() == right.keys()
        for key in left:
            same = left[key] == right[key] or math.isclose(
                float(left[key]), float(right[key]), rel_tol=tolerance, abs_tol=tolerance / 100
            )
            assert same, (key, left, right)
    for rank in notes_of(two):
        assert rank["averaged"] == notes.averaged
        assert len(rank["gradients"]) == len(notes.gradients)
        if options != "everything":
            found, expected = (
                [value for step in gradients[:6] for value in step]  # later ones drift apart, as games do
                for gradients in (rank["gradients"], notes.gradients)
            )
            assert found == pytest.approx(expected, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("family", FAMILIES[:-1])
def test_two_processes_measure_each_test_image_once(two_processes, family):
    config = two_processes[family, "everything, float32"]
    measured = [rank["measured"] for rank in notes_of(config)]
    assert sorted(measured) == [[], [128, 128] if script_of(family) is train_cyclegan else [128]]
    before = (config.output_dir / "metrics.json").read_bytes()
    evaluate.main(evaluate.EvaluateConfig(model=str(config.output_dir), iw_samples=10, check=True))
    assert (config.output_dir / "metrics.json").read_bytes() == before


def test_a_run_of_two_processes_resumes_exactly(tmp_path, two_processes, other_process):
    families = ["vae", "dcgan", "cyclegan"]
    stopped = [
        stopped_in_the_middle(two_processes[family, "everything"], tmp_path / family / "run")
        for family in families
    ]
    codes = other_process.submit(run_all, list(zip(families, stopped)), 2).result(timeout=300)
    assert codes == [(0, 0)] * len(families)
    for family, config in zip(families, stopped):
        assert_same_weights(two_processes[family, "everything"].output_dir, config.output_dir)
        assert rows(two_processes[family, "everything"].output_dir) == rows(config.output_dir)


def test_each_image_has_the_same_weight_in_a_figure():
    """Also where the last batch is a small one, and other than the rest."""
    rng = torch.Generator().manual_seed(0)
    pixels = torch.randint(256, (1234, 1, 28, 28), generator=rng, dtype=torch.uint8)
    pixels[1000:] //= 8
    test = Images(pixels, torch.arange(1234) % 10, "noise")
    x, unlabelled = to_float(pixels), replace(test, labels=None)
    with torch.no_grad():
        model = small(Autoencoder)
        found = evaluate_codes(model, unlabelled, unlabelled, 0)
        mse, activation = (model(x) - x).square().mean().item(), model.encode(x).abs().mean().item()
        assert found["reconstruction_mse"]["value"] == pytest.approx(mse, rel=1e-5)  # six digits are kept
        assert found["mean_activation"]["value"] == pytest.approx(activation, rel=1e-5)
        judge = small(Classifier)
        right = (judge(x).argmax(1) == test.labels).float().mean().item()
        found = evaluate_classifier(judge, test)
        assert found["accuracy"]["value"] == pytest.approx(100 * right, rel=1e-5)
        game = small(GAN)
        found = evaluate_samples(game, test, test, None, 0)
        expected = game.discriminate(x).sigmoid().mean().item()
        assert found["d_real"]["value"] == pytest.approx(expected, rel=1e-5)


# ---- accumulation, clipping, averages


class Scaled(Accelerator):
    """What accelerate is on a GPU with fp16: autocast, and losses that are scaled."""

    growth_interval = 2000  # steps without overflow after which the scale is doubled

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.native_amp = True
        self.scaler = torch.amp.GradScaler("cpu", 1024.0, growth_interval=self.growth_interval)


def first_gradients(
    patch: pytest.MonkeyPatch, family: str, folder: Path, **more: Any
) -> tuple[list[Tensor], Notes]:
    """The gradients of the first steps; noise is the same for both halves of a batch."""

    def rows_of(draw: Callable[..., Tensor]) -> Callable[[Noise, Tensor], Tensor]:
        def like(_: Noise, x: Tensor) -> Tensor:
            four = draw(4, *x.shape[1:], generator=torch.Generator().manual_seed(7))
            return four[torch.arange(len(x)) % 4]

        return like

    patch.setattr(Noise, "normal_like", rows_of(torch.randn))
    patch.setattr(Noise, "uniform_like", rows_of(torch.rand))
    pool = {"pool_size": 0} if script_of(family) is train_cyclegan else {}
    run = {"max_steps": 2, "num_snapshots": 2, "warmup_steps": 0, "ema_decay": 0.9, **pool}
    with recorded() as notes:
        train(family, config_of(family, folder, **{**run, **more}))
    return notes.vectors, notes


def far(a: Tensor, b: Tensor) -> float:
    return ((a - b).norm() / b.norm()).item()


ALIKE = [name for name in FAMILIES[:-1] if name not in ("gan-two-d-steps", "dcgan", "dcgan-spectral")]


@pytest.mark.parametrize("family", ALIKE)
def test_two_batches_accumulated_are_one_of_twice_the_size(tmp_path, monkeypatch, family):
    """Where networks treat images apart: BatchNorm, which does not, is taken out of the MLP GAN."""

    class NoNorm(nn.Identity):
        """Neither BatchNorm nor anything else."""

    monkeypatch.setattr(nn, "BatchNorm1d", NoNorm)
    size = 16 if script_of(family) is train_cyclegan else 64
    whole, notes = first_gradients(monkeypatch, family, tmp_path / "whole", batch_size=size)
    halves = {"batch_size": size // 2, "gradient_accumulation_steps": 2}
    parts, of_parts = first_gradients(monkeypatch, family, tmp_path / "parts", **halves)
    players = 2 if script_of(family) in (train_gan, train_cyclegan) else 1
    assert len(whole) == len(parts) == 2 * players
    for a, b in zip(parts, whole):
        assert far(a, b) < 1e-4
    assert notes.averaged == of_parts.averaged == 2 * (1 + (script_of(family) is train_cyclegan))


@pytest.mark.parametrize(
    ("family", "precision"),
    [(family, precision) for family in FAMILIES[:-1] for precision in ("no", "bf16")]
    + [(family, "fp16") for family in ("vae", "gan", "cyclegan")],
)
def test_clipping_sees_the_norm_of_all_that_is_accumulated(tmp_path, monkeypatch, family, precision):
    if precision == "fp16":
        monkeypatch.setattr(environment, "Accelerator", Scaled)
    size = 8 if script_of(family) is train_cyclegan else 32
    more = {"batch_size": size, "gradient_accumulation_steps": 2, "mixed_precision": precision}
    free, _ = first_gradients(monkeypatch, family, tmp_path / "free", max_steps=1, **more)
    clipped, _ = first_gradients(
        monkeypatch, family, tmp_path / "clipped", max_steps=1, max_grad_norm=1e-3, **more
    )
    assert len(free) == len(clipped) >= 1
    for gradient in clipped:
        assert gradient.norm().item() == pytest.approx(1e-3, rel=1e-2)
    # CycleGAN's two players learn from the same images; G of a GAN meets a D that has made another step
    alike = len(free) if script_of(family) is train_cyclegan else 1
    for gradient, before in zip(clipped[:alike], free[:alike]):
        assert far(gradient / gradient.norm(), before / before.norm()) < 1e-3


def test_the_moving_average_is_that_of_torch_bit_by_bit():
    def average(ema: list[Tensor], current: list[Tensor], num_averaged: Tensor) -> None:
        count = int(num_averaged)
        get_ema_multi_avg_fn(min(0.9, (1 + count) / (10 + count)))(ema, current, num_averaged)

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Conv1d(7, 3, 1))
    expected = AveragedModel(model, multi_avg_fn=average, use_buffers=True)
    found = optimizers.MovingAverage(model, 0.9)
    for step in range(200):
        with torch.no_grad():
            for tensor in (*model.parameters(), *model.buffers()):
                tensor.copy_(torch.randn_like(tensor) if tensor.is_floating_point() else tensor + step)
        expected.update_parameters(model)
        found.update_parameters(model)
        if step == 99:  # as a checkpoint restores it
            state, found = found.state_dict(), optimizers.MovingAverage(model, 0.9)
            found.load_state_dict(state)
        states = expected.state_dict(), found.state_dict()
        assert states[0].keys() == states[1].keys()
        assert all(torch.equal(value, states[1][key]) for key, value in states[0].items())


def test_the_moving_average_does_not_wait_for_the_device():
    """Nothing goes to the device, and nothing comes from it: `meta` has no values to give."""
    copies = []

    class Copies(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, arguments=(), options=None):
            options = options or {}
            places = [part.device for part in arguments if isinstance(part, Tensor)]
            if len({str(place) for place in (*places, options.get("device")) if place}) > 1:
                copies.append(function.name())
            return function(*arguments, **options)

    model = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7)).to("meta")
    average = optimizers.MovingAverage(model, 0.9)
    with Copies():
        for _ in range(3):
            average.update_parameters(model)
    assert copies == [] and average.n_averaged == 3 and average.n_averaged.device.type == "cpu"


def test_a_scale_that_moves_between_two_players_moves_no_gradient(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "Accelerator", Scaled)
    more = {"batch_size": 8, "gradient_accumulation_steps": 3, "mixed_precision": "fp16"}
    more["max_grad_norm"] = 1e9  # clips nothing, but takes the scale out before the optimizer does
    found = []
    for steps in (1, 2000):
        monkeypatch.setattr(Scaled, "growth_interval", steps)
        found.append(first_gradients(monkeypatch, "cyclegan", tmp_path / str(steps), **more)[0])
    assert len(found[0]) == len(found[1]) == 4
    for moving, still in zip(*found):
        assert far(moving, still) < 1e-3


# ---- what is not a number


@pytest.mark.parametrize("family", FAMILIES)
def test_a_term_that_is_not_a_number_is_named_with_its_step(tmp_path, monkeypatch, family):
    spoil(monkeypatch, family, 5)
    often = {"max_steps": 9, "checkpointing_steps": 2, "logging_steps": 100, "num_snapshots": 2}
    config = make(family, tmp_path / "run", "plain", **often)
    with pytest.raises(TrainingError, match=rf"^{SPOILT[family][2]} is nan.* at step 5; the last checkpoint"):
        train(family, config)
    assert [path.name for path in list_checkpoints(config.output_dir)] == ["checkpoint-2", "checkpoint-4"]
    for path in (config.output_dir / "checkpoints" / "checkpoint-4").glob("*.safetensors"):
        assert all(weight.isfinite().all() for weight in load_file(path).values())
    assert not (config.output_dir / "model.safetensors").exists()


def test_a_loss_that_is_not_a_number_on_one_of_two_processes_stops_both(tmp_path, other_process):
    often = {"checkpointing_steps": 2, "logging_steps": 100, "num_snapshots": 2}
    config = make("vae", tmp_path / "run", "plain", **often)
    codes = other_process.submit(run_all, [("vae", config)], 2, poison=5).result(timeout=120)
    assert codes == [(1, 1)]
    said, silent = ((tmp_path / f"run-{rank}.txt").read_text() for rank in (0, 1))
    assert "error: loss is nan and recon is nan and kl is nan at step 5; the last checkpoint" in said
    assert silent == "" and "Traceback" not in said
    assert [path.name for path in list_checkpoints(config.output_dir)] == ["checkpoint-2", "checkpoint-4"]
