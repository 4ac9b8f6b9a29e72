"""The training loop that every script shares: steps, logging, snapshots, checkpoints.

A script supplies `step(batch) -> dict[str, Tensor]` and does its own backward in it. So the algorithm stands
in the script, and this file knows nothing of models.
"""

import math
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import torch
from accelerate import Accelerator
from accelerate.tracking import get_available_trackers
from accelerate.utils import (
    DistributedType,
    InitProcessGroupKwargs,
    ProjectConfiguration,
    broadcast_object_list,
    set_seed,
)
from huggingface_hub import get_token
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from tqdm.auto import tqdm

from training.announce import say_start
from training.batches import Batches, BatchPlan, UnpairedBatches
from training.checkpoints import (
    Progress,
    list_checkpoints,
    load_checkpoint,
    remove_later,
    remove_old_checkpoints,
    save_checkpoint,
)
from training.cuda_graph import CapturedStep, can_capture
from training.data import MAX_RESIDENT_GB
from training.environment import start_accelerator
from training.errors import RunStopped, TrainingError
from training.found import report
from training.lock import check_unlocked, lock
from training.push import prepare_push
from training.push_checkpoints import fetch_checkpoint, push_checkpoint
from training.run_log import Log, Losses, Stopwatch, check_weights
from training.signals import stop_on_signal


@dataclass(frozen=True)
class LoopConfig:
    """Flags that all training scripts share."""

    output_dir: Path
    """the model folder to write; its name is the model's name"""
    dataset: str = "mnist"
    """mnist, fashion-mnist, fake, a folder of images, or the id of a data set on the Hub"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    max_resident_gb: float = MAX_RESIDENT_GB
    """largest training split to hold in memory, GB of uint8 pixels; a larger one of a folder or of the Hub is
    read from disk while training; the weights come out the same"""
    dataloader_num_workers: int = 2
    """processes that read images from disk for each training process; 0: the training process reads them"""
    streaming: bool = False
    """read a data set of the Hub while training, without a copy on disk; needs max_steps"""
    shuffle_buffer: int = 10_000
    """undecoded images that each process holds with `streaming`, to draw from at random"""
    num_epochs: int = 20
    """passes over the training images"""
    pretrained_model_name_or_path: str = ""
    """a model folder or a repository of the Hub whose weights the run starts from; default: random weights"""
    max_steps: int = 0
    """stop after this many optimizer steps; 0: after num_epochs"""
    batch_size: int = 128
    """images a forward pass, over all processes together"""
    gradient_accumulation_steps: int = 1
    """batches for one optimizer step"""
    learning_rate: float = 1e-3
    """peak learning rate of AdamW; linear warm-up, then cosine decay to 0"""
    warmup_steps: int = 200
    """optimizer steps of warm-up"""
    weight_decay: float = 0.0
    """decoupled weight decay of AdamW"""
    max_grad_norm: float = 0.0
    """clip gradients to this norm; 0: never"""
    ema_decay: float = 0.0
    """decay a step of the moving average of the weights; the average is saved; 0: no average"""
    mixed_precision: Literal["no", "fp16", "bf16"] = "no"
    """number format of the forward pass; weights and losses stay float32"""
    seed: int = 0
    """seed of weights, data order and noise"""
    cpu: bool = False
    """train on the CPU even if there is a GPU"""
    cpu_threads: int = 0
    """threads of CPU arithmetic; 0: torch's default, one a core. 1 suffers least from busy neighbours"""
    cuda_graph: bool = True
    """record a step as a CUDA graph and replay it: on one GPU only, and not with fp16, gradient accumulation
    or torch.compile"""
    logging_steps: int = 100
    """optimizer steps between rows of history.csv; each picture adds a row"""
    num_snapshots: int = 14
    """pictures during training: one before the first step, one after the last, and up to num_snapshots - 3
    between, at geometrically growing distances"""
    validation_share: float = 0.1
    """largest share of the run's time that test losses may take; a picture between the first and the last for
    which there is no time is taken without them. 0: first and last only, 1: with every picture"""
    checkpointing_steps: int = 1000
    """optimizer steps between checkpoints"""
    checkpoints_total_limit: int = 2
    """checkpoints kept"""
    resume_from_checkpoint: str = ""
    """'latest', a checkpoint folder, or 'hub' for what `push_every_checkpoint` has pushed; later checkpoints
    are then deleted, and written again by the run"""
    finish_now: bool = False
    """with resume_from_checkpoint: make no further step, but the model folder of that checkpoint"""
    report_to: tuple[Literal["tensorboard", "trackio", "wandb"], ...] = ()
    """trackers to log to"""
    push_to_hub: bool = False
    """push the model folder to the Hub at the end"""
    push_every_checkpoint: bool = False
    """with push_to_hub: push each checkpoint, too, in place of the one before, for jobs whose disk goes"""
    hub_model_id: str = ""
    """NAMESPACE/NAME; default: your account and the name of output_dir"""
    hub_private: bool = False
    """make the repository private"""
    hub_overwrite_card: bool = False
    """replace a model card that was edited on the Hub"""

    def __post_init__(self) -> None:
        at_least = {
            "num_epochs": 1,
            "max_steps": 0,
            "batch_size": 1,
            "gradient_accumulation_steps": 1,
            "warmup_steps": 0,
            "logging_steps": 1,
            "num_snapshots": 2,
            "checkpointing_steps": 1,
            "checkpoints_total_limit": 1,
            "cpu_threads": 0,
            "weight_decay": 0,
            "max_grad_norm": 0,
            "max_resident_gb": 0,
            "dataloader_num_workers": 0,
            "shuffle_buffer": 1,
        }
        for name, least in at_least.items():
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: {least} or more")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate is {self.learning_rate}; allowed: more than 0")
        if not 0 <= self.ema_decay < 1:
            raise ValueError(f"ema_decay is {self.ema_decay}; allowed: 0 up to, but not, 1")
        if not 0 <= self.validation_share <= 1:
            raise ValueError(f"validation_share is {self.validation_share}; allowed: 0 to 1")
        if self.finish_now and not self.resume_from_checkpoint:
            raise ValueError("finish_now needs resume_from_checkpoint: it ends a run that has begun")
        if self.push_every_checkpoint and not self.push_to_hub:
            raise ValueError("push_every_checkpoint needs push_to_hub")
        if self.streaming and not self.max_steps:
            raise ValueError("streaming needs max_steps: the number of images is not known beforehand")

    @property
    def repo_id(self) -> str:
        """Where the model folder is pushed to; without a namespace that of the account."""
        return self.hub_model_id or self.output_dir.name

    @property
    def batch_plan(self) -> BatchPlan:
        """How the run goes through its images."""
        return BatchPlan(
            batch_size=self.batch_size,
            seed=self.seed,
            accumulation=self.gradient_accumulation_steps,
            max_steps=self.max_steps,
            num_workers=self.dataloader_num_workers,
            shuffle_buffer=self.shuffle_buffer,
        )

    def total_steps(self, num_images: int) -> int:
        """Optimizer steps of the whole run.

        An epoch is its full batches. The remainder is dropped; which images those are changes every epoch.
        """
        batches = self.num_epochs * (num_images // self.batch_size)
        return self.max_steps or max(1, batches // self.gradient_accumulation_steps)


NO_EFFECT_ON_WEIGHTS = {
    "output_dir",
    "data_dir",
    "max_resident_gb",
    "dataloader_num_workers",
    "cpu",
    "cpu_threads",
    "cuda_graph",
    "num_snapshots",
    "validation_share",
    "finish_now",
    "checkpointing_steps",
    "checkpoints_total_limit",
    "resume_from_checkpoint",
    "report_to",
    "push_to_hub",
    "push_every_checkpoint",
    "hub_model_id",
    "hub_private",
    "hub_overwrite_card",
}
"""flags whose values may change when a run is resumed"""


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """{'model': {'latent_dim': 2}} -> {'model.latent_dim': 2}."""
    leaves: dict[str, Any] = {}
    for key, value in tree.items():
        leaves |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return leaves


def defaults_of(config: LoopConfig) -> LoopConfig:
    """The config of the same script without any flag but the place."""
    return type(config)(output_dir=config.output_dir)


def flags_that_decide_the_weights(config: LoopConfig) -> dict[str, Any]:
    """Flag -> value, without the flags that may change when a run is resumed."""
    return {key: value for key, value in flat(asdict(config)).items() if key not in NO_EFFECT_ON_WEIGHTS}


SPLITS_WEIGHTS = DistributedType.FSDP, DistributedType.DEEPSPEED, DistributedType.MEGATRON_LM


def make_accelerator(config: LoopConfig) -> Accelerator:
    """Check what can be checked before the data is read, make the output folder, and set the seed."""
    _check_flags(config)
    if config.cpu_threads:
        torch.set_num_threads(config.cpu_threads)
    accelerator = start_accelerator(
        config.mixed_precision,
        config.gradient_accumulation_steps,
        config.cpu,
        log_with=list(config.report_to) or None,
        # the other processes wait while the main process evaluates
        kwargs_handlers=[InitProcessGroupKwargs(timeout=timedelta(hours=12))],
        project_config=ProjectConfiguration(
            str(config.output_dir), logging_dir=str(config.output_dir / "logs")
        ),
    )
    _check_processes(config, accelerator)
    torch.backends.cudnn.benchmark = True  # all steps have the same shapes
    if config.push_to_hub and accelerator.is_main_process:  # a failure after hours of training helps nobody
        prepare_push(config.repo_id, config.hub_private or None)
    accelerator.wait_for_everyone()
    config.output_dir.mkdir(parents=True, exist_ok=True)
    _lock_together(config.output_dir, accelerator)
    if config.resume_from_checkpoint == "hub" and accelerator.is_local_main_process:
        fetch_checkpoint(config.output_dir, config.repo_id)
    set_seed(config.seed)
    return accelerator


def _lock_together(folder: Path, accelerator: Accelerator) -> None:
    """The main process holds the folder's lock; all raise `TrainingError` if it cannot."""
    refusal = [""]
    if accelerator.is_main_process:
        try:
            lock(folder)
        except TrainingError as error:
            refusal = [str(error)]
    broadcast_object_list(refusal)
    if refusal[0]:
        raise TrainingError(refusal[0])


def _check_flags(config: LoopConfig) -> None:
    if config.output_dir.exists() and not config.output_dir.is_dir():
        raise TrainingError(f"--output_dir {config.output_dir} is a file; give a folder")
    if config.push_to_hub and get_token() is None:
        raise TrainingError("--push_to_hub needs an access token: run `hf auth login`, or set HF_TOKEN")
    for tracker in config.report_to:
        if tracker not in map(str, get_available_trackers()):
            raise TrainingError(f"--report_to {tracker} needs `pip install {tracker}`; or leave it out")


def _check_processes(config: LoopConfig, accelerator: Accelerator) -> None:
    if accelerator.distributed_type in SPLITS_WEIGHTS:
        raise TrainingError(
            f"{accelerator.distributed_type.value} splits the weights, but this script averages and saves "
            "whole weights; launch with --multi_gpu, which keeps a copy on each GPU"
        )
    if config.mixed_precision == "fp16" and not accelerator.native_amp:
        raise TrainingError("--mixed_precision fp16 needs a GPU; on a CPU give bf16 or no")
    if config.batch_size % accelerator.num_processes:
        raise TrainingError(
            f"batch_size {config.batch_size} cannot be split over {accelerator.num_processes} processes"
        )
    check_unlocked(config.output_dir)
    if not config.resume_from_checkpoint and list_checkpoints(config.output_dir):
        raise TrainingError(
            f"{config.output_dir} holds a run already. Add --resume_from_checkpoint latest to go on with it, "
            "or choose another --output_dir"
        )


def load_splits(config: LoopConfig, accelerator: Accelerator, load: Callable[..., Any], *shape: int) -> Any:
    """Training and test split by `load`, a function like `load_images`; `shape` is (channels, size).

    Prints what was found, what is left out, and what the images lose.
    """
    how = config.max_resident_gb, config.streaming
    with accelerator.local_main_process_first():  # it downloads; others of its machine find the files
        splits = [load(config.dataset, config.data_dir, split, *shape, *how) for split in ("train", "test")]
    if accelerator.is_main_process:
        report(
            config, [part for split in splits for part in (split if isinstance(split, tuple) else (split,))]
        )
    return splits


def snapshot_steps(total_steps: int, num_snapshots: int) -> set[int]:
    """Steps after which a picture is taken: 0, `total_steps`, and n - 3 between, for n = `num_snapshots`.

    Those between are total^(i / (n - 2)), rounded, for i = 1 to n - 3. They are dense at the start, where
    most changes; equal steps count once.
    """
    last = num_snapshots - 2
    return {0, total_steps} | {round(total_steps ** (i / last)) for i in range(1, last)}


AFTER_STEP: list[Callable[[], None]] = []
"""functions that `fit` calls after each optimizer step; a CUDA graph does not call torch's own hooks"""


def fit(
    config: LoopConfig,
    accelerator: Accelerator,
    batches: Batches | UnpairedBatches,
    step: Callable[[Any], dict[str, Tensor]],
    *,
    schedulers: list[LambdaLR],
    after_step: Callable[[], None],
    validate: Callable[[], dict[str, float]],
    snapshot: Callable[[], Tensor],
    to_checkpoint: list[Any],
    first_steps: int = 0,
) -> Progress:
    """Train for the steps of `config`; returns the progress, whose `seconds` count all parts of the run.

    `step` trains on one of the `batches` and returns scalar tensors to log. After each optimizer step the
    `schedulers` step and `after_step` is called. At the `snapshot_steps`, `validate` returns test losses and
    `snapshot` a grid of images (C, H, W). Checkpoints also hold the objects of `to_checkpoint` (averages).
    The first `first_steps` steps of a run, and of each resumed part, may differ in shape; a CUDA graph is
    recorded after them.
    Raises `TrainingError`, also if a logged value or a weight to save is not finite: the last checkpoint is
    then good.
    """
    accumulation = config.gradient_accumulation_steps
    flags, defaults = (flags_that_decide_the_weights(one) for one in (config, defaults_of(config)))
    for values in (flags, defaults):
        for name in ("interpolate", "interpolate_with"):  # of the trained weights, once the run is over
            values.pop(name, None)
    progress = Progress(flags, defaults)
    log = Log(config.output_dir, accelerator, lambda step: step * accumulation / batches.per_epoch)
    accelerator.register_for_checkpointing(*schedulers, *to_checkpoint, progress)
    _start(config, accelerator, progress, log)
    losses = Losses(accelerator, progress)
    total = progress.step if config.finish_now else config.total_steps(batches.num_images)
    main, pictured = accelerator.is_main_process, snapshot_steps(total, config.num_snapshots)
    if main:
        say_start(config, accelerator, batches.num_images, progress.step, total)
    watch = Stopwatch(progress)

    def picture() -> None:
        tested = progress.step in (0, total) or watch.affords_validation(config.validation_share)
        log.snapshot(progress.step, watch.validate(validate) if tested else {}, snapshot())

    if main and (progress.step == 0 or config.finish_now):
        with watch.paused():
            picture()
    if config.cuda_graph and can_capture(accelerator):
        step = CapturedStep(step, accelerator._optimizers, accelerator.device, first_steps)
    bar = tqdm(total=total, initial=progress.step, disable=not main, unit="step", dynamic_ncols=True)
    with stop_on_signal() as asked_to_stop, bar:
        while progress.step < total:
            first = progress.step * accumulation
            terms = [step(batches[number]) for number in range(first, first + accumulation)]
            for scheduler in schedulers:
                scheduler.step()
            after_step()
            progress.step += 1
            bar.update()
            for told in AFTER_STEP:
                told()
            losses.add(terms)

            done, stop = progress.step, _all_stop(accelerator, progress.step, bool(asked_to_stop()))
            pictures = done in pictured
            logs = done % config.logging_steps == 0 or done == total or pictures
            saves = done % config.checkpointing_steps == 0 or done == total or stop
            if logs or saves:
                losses.check()
                progress.seconds = watch.seconds()
            if saves:
                check_weights(accelerator, done)
            if logs:
                images_per_second = watch.steps_per_second(done) * accumulation * config.batch_size
                means = losses.take_means()
                row = log.row(done, schedulers[0].get_last_lr()[0], images_per_second, means)
                bar.set_postfix({key: row[key] for key in means} | {"images/s": row["images_per_second"]})
            with watch.paused():
                if main and pictures:
                    picture()
                if saves:
                    if main:
                        log.history.write()
                    save_checkpoint(accelerator, config.output_dir, done, config.checkpoints_total_limit)
                    if main and config.push_every_checkpoint:
                        push_checkpoint(config.output_dir, config.repo_id, done)
            if stop:
                accelerator.end_training()
                raise RunStopped(
                    f"stopped at step {done} of {total}, checkpoint saved. "
                    "Go on with the same command and --resume_from_checkpoint latest; with --finish_now too, "
                    "that makes the model folder of this step",
                    asked_to_stop() or signal.SIGTERM,  # that came to another process
                )
    accelerator.wait_for_everyone()
    return progress


def _start(config: LoopConfig, accelerator: Accelerator, progress: Progress, log: Log) -> None:
    """Restore the checkpoint to resume from, if any, and delete later checkpoints and pictures."""
    if config.resume_from_checkpoint:
        load_checkpoint(accelerator, config.output_dir, config.resume_from_checkpoint, progress)
        log.history.keep_until(progress.step)
    accelerator.wait_for_everyone()  # until all have read the checkpoint
    if accelerator.is_main_process:  # here too: a run resumed at its last step saves, and so deletes, nothing
        remove_later(config.output_dir, progress.step)
        remove_old_checkpoints(config.output_dir, config.checkpoints_total_limit)
    accelerator.init_trackers(config.output_dir.name, config={k: str(v) for k, v in progress.flags.items()})


def _all_stop(accelerator: Accelerator, step: int, asked: bool) -> bool:
    """Whether any process was asked to stop; several processes tell one another every tenth step."""
    if accelerator.num_processes == 1:
        return asked
    if step % 10:
        return False
    return bool(accelerator.reduce(torch.tensor(float(asked), device=accelerator.device)) > 0)
