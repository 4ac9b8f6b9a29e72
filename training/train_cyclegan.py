"""Learn to translate between two sets of images without pairs (Zhu et al. 2017, https://arxiv.org/abs/1703.10593).

    accelerate launch -m training.train_cyclegan --output_dir runs/cyclegan --data_dir data

The commands, times and results of the shipped models are in README.md.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import Optimizer
from torchvision.utils import make_grid

from space.models.cyclegan import CycleGAN, CycleGANConfig, discriminator_loss, generator_loss, l1_loss
from training.card import check_described
from training.data import Images, load_domains, sample, to_float
from training.evaluate import measure
from training.loop import (
    Batch,
    LoopConfig,
    Noise,
    TrainingError,
    UnpairedBatches,
    adamw,
    descend,
    fit,
    linear_decay,
    load_splits,
    make_accelerator,
    moving_average,
    run,
)
from training.measure.metrics import Metrics
from training.measure.samples import find_classifier
from training.measure.translations import translation_losses
from training.model_folder import finish

NUM_PICTURED = 8


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a CycleGAN; a step is one of both generators, then one of both discriminators."""

    model: CycleGANConfig = field(default_factory=CycleGANConfig)
    """shape of the networks"""
    dataset: str = "twemoji2fluent"
    """folder with trainA trainB testA testB, also one in data_dir; the id of a data set on the Hub with two
    columns of images; or fake"""
    match_size: bool = False
    """set model.zoom to how much larger the training images of B draw things than those of A, on white"""
    lambda_cycle: float = 10.0
    """weight of the way round the cycle"""
    lambda_identity: float = 0.0
    """weight of E|G_AB(b) - b| + E|G_BA(a) - a|, which keeps colours (section 5.2; there 5 for paintings)"""
    pool_size: int = 50
    """generated images remembered of each domain, half of which D sees again; 0: none"""
    random_flip: bool = True
    """mirror half of the images"""
    random_crop: int = 2
    """move images by up to this many pixels each way, the border reflected"""
    adam_beta1: float = 0.5
    """decay of Adam's mean gradient"""
    learning_rate: float = 2e-4
    """learning rate of AdamW: linear warm-up, constant up to decay_start, then linear down to 0"""
    decay_start: float = 0.5
    """share of the run after which the learning rate falls (section 4); 1: never"""
    batch_size: int = 8
    """images of each domain a step, over all processes together"""
    num_epochs: int = 40
    """passes over the larger domain"""
    warmup_steps: int = 100
    """optimizer steps of warm-up"""
    classifier: str = ""
    """folder of the classifier that tells the domains apart; '': the shipped one on its own data set, on
    others no such figures"""
    ema_decay: float = 0.999
    """decay a step of the moving average of both generators, which is then what is saved; 0: none"""
    num_snapshots: int = 24
    """pictures of the learning, as many as `training.loop.snapshot_steps` says"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pool_size and self.pool_size < self.batch_size:
            raise ValueError(
                f"pool_size is {self.pool_size}; allowed: 0, or the batch_size {self.batch_size} or more"
            )
        for name in ("lambda_cycle", "lambda_identity", "random_crop"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0 or more")
        if self.random_crop >= self.model.image_size:
            raise ValueError(f"random_crop is {self.random_crop}; allowed: less than the image_size")
        if self.match_size and self.model.zoom != 1:
            raise ValueError(f"match_size and model.zoom {self.model.zoom} cannot both be given")
        if not 0 <= self.decay_start <= 1:
            raise ValueError(f"decay_start is {self.decay_start}; allowed: 0 to 1")
        if not 0 <= self.adam_beta1 < 1:
            raise ValueError(f"adam_beta1 is {self.adam_beta1}; allowed: 0 up to, but not, 1")


def spread(pixels: Tensor) -> float:
    """How far what is not white reaches from its middle, root mean square pixels; uint8 (N, C, H, W)."""
    ink = 1 - to_float(pixels).mean(1)
    places = torch.arange(ink.shape[1], device=ink.device).float()
    deviations = []
    for profile in (ink.sum(2), ink.sum(1)):  # vertical, horizontal: (N, size)
        share = profile / profile.sum(1, keepdim=True).clamp_min(1e-6)
        middle = (share * places).sum(1, keepdim=True)
        deviations.append((share * (places - middle).square()).sum(1).sqrt())
    return torch.cat(deviations).mean().item()


def relative_size(a: Images, b: Images) -> float:
    """How much larger B draws things than A, to three digits; `TrainingError` where that is no zoom."""
    # of no more images than are in memory at any rate: the zoom must not depend on how much there is
    spreads = [spread(images.pixels[sample(len(images))]) for images in (a, b)]
    if min(spreads) == 0 or not 0.25 <= spreads[1] / spreads[0] <= 4:
        raise TrainingError(
            "--match_size finds no sensible factor between what is not white in A and in B; give --model.zoom"
        )
    return round(spreads[1] / spreads[0], 3)


class ReplayBuffer:
    """Generated images of earlier steps (Shrivastava et al. 2017, https://arxiv.org/abs/1612.07828).

    D then cannot forget what G did a moment ago. Part of each checkpoint.
    """

    def __init__(self, size: int) -> None:
        self.size, self.images = size, torch.empty(0)

    def exchange(self, fake: Tensor, rng: torch.Generator) -> Tensor:
        """`fake` (B, C, H, W) with about half of the images swapped for remembered ones, once it is full."""
        self.images = self.images.to(fake.device) if len(self.images) else fake[:0]
        room = self.size - len(self.images)
        if room:  # a full one stays where it is: a CUDA graph knows its place
            self.images = torch.cat([self.images, fake[:room]])
        fresh = fake[room:]  # the images that find it full
        if not len(fresh):
            return fake
        slots = torch.randperm(self.size, generator=rng, device=fake.device)[: len(fresh)]
        swap = torch.rand(len(fresh), 1, 1, 1, generator=rng, device=fake.device) < 0.5
        remembered = self.images[slots]
        self.images[slots] = torch.where(swap, fresh, remembered)
        return torch.cat([fake[:room], torch.where(swap, remembered, fresh)])

    def state_dict(self) -> dict[str, Tensor]:
        return {"images": self.images.cpu()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        self.images = state["images"].clone()


def augment(x: Tensor, noise: Noise, flip: bool, crop: int) -> Tensor:
    """Images (B, C, H, W): half of them mirrored, all moved by up to `crop` pixels, the border reflected."""
    chance, *place = noise.uniform_like(x.new_empty(len(x), 3)).unbind(1)
    if flip:
        x = torch.where(chance.view(-1, 1, 1, 1) < 0.5, x.flip(3), x)
    if crop:
        height, width = x.shape[2:]
        top, left = ((u * (2 * crop + 1)).long()[:, None] for u in place)
        rows = (top + torch.arange(height, device=x.device))[:, None, :, None]  # (B, 1, H, 1)
        columns = (left + torch.arange(width, device=x.device))[:, None, None, :]  # (B, 1, 1, W)
        images = torch.arange(len(x), device=x.device).view(-1, 1, 1, 1)
        channels = torch.arange(x.shape[1], device=x.device).view(1, -1, 1, 1)
        x = F.pad(x, [crop] * 4, mode="reflect")[images, channels, rows, columns]
    return x


def make_both(accelerator: Accelerator) -> Callable[..., list[Any]]:
    """A function that takes the gradients of both games.

    `both(networks, side, arguments_a, arguments_b, ...)` calls `side`, which gives a loss and what else is to
    be known, for either game, adds the gradients to the `networks`, and returns the rest. The games share
    nothing but weights, so on a CPU each has half of the threads to itself: small convolutions gain little
    from several. The gradients are added in one order, so that the number of threads changes no bit.
    """

    def together(networks: tuple[nn.Module, ...], side: Callable, *arguments: Any) -> list[Any]:
        losses, known = zip(*map(side, *arguments))
        accelerator.backward(sum(losses))  # once: processes wait for one another in it
        return list(known)

    if accelerator.device.type != "cpu" or accelerator.num_processes > 1 or accelerator.scaler:
        return together
    threads, beside = torch.get_num_threads(), map
    if threads > 1:
        beside = ThreadPoolExecutor(2, initializer=torch.set_num_threads, initargs=(threads // 2,)).map

    def gradients(parameters: list[nn.Parameter], side: Callable, *arguments: Any) -> tuple[Any, Any]:
        loss, known = side(*arguments)
        loss = loss / accelerator.gradient_accumulation_steps
        return torch.autograd.grad(loss, parameters, allow_unused=True), known

    def apart(networks: tuple[nn.Module, ...], side: Callable, *arguments: Any) -> list[Any]:
        parameters = [parameter for network in networks for parameter in network.parameters()]
        found = list(beside(partial(gradients, parameters, side), *arguments))
        for of_side, _ in found:
            for parameter, gradient in zip(parameters, of_side):
                if gradient is not None:
                    before = parameter.grad
                    parameter.grad = gradient if before is None else before + gradient
        return [known for _, known in found]

    return apart


@contextmanager
def following_scale(accelerator: Accelerator, networks: tuple[nn.Module, ...]) -> Iterator[None]:
    """Where a step within changes fp16's scale of losses, gradients of the `networks` change with it.

    There is one scale, and each optimizer's step may change it while another's gradients are accumulated.
    """
    if not accelerator.scaler:
        yield
        return
    before = accelerator.scaler.get_scale()
    yield
    factor = accelerator.scaler.get_scale() / before
    for parameter in chain(*(network.parameters() for network in networks)):
        if parameter.grad is not None:
            parameter.grad *= factor


def make_step(
    config: TrainConfig,
    accelerator: Accelerator,
    model: CycleGAN,
    optimizers: tuple[Optimizer, Optimizer],
    pools: tuple[ReplayBuffer, ReplayBuffer],
) -> Callable[[tuple[Batch, Batch]], dict[str, Tensor]]:
    """Both games and the cycle: a step of the generators with D fixed, then one of D with images fixed."""
    generator_ab, generator_ba, discriminator_a, discriminator_b, optimizer_g, optimizer_d = (
        accelerator.prepare(
            model.generator_ab, model.generator_ba, model.discriminator_a, model.discriminator_b, *optimizers
        )
    )
    generators, discriminators = (generator_ab, generator_ba), (discriminator_a, discriminator_b)
    both = make_both(accelerator)
    # D where none of its gradients are wanted or waited for
    judge_a, judge_b = (accelerator.unwrap_model(network) for network in discriminators)

    def remembered(pool: ReplayBuffer, fake: Tensor, noise: Noise) -> Tensor:
        """This process's rows of what D sees; all processes keep the same pool of all generated images."""
        if not pool.size:
            return fake
        every = pool.exchange(accelerator.gather(fake), noise.rng)
        return every[noise.rank * len(fake) : (noise.rank + 1) * len(fake)]

    def way_round(
        x: Tensor, other: Tensor, there: nn.Module, back: nn.Module, judge: nn.Module
    ) -> tuple[Tensor, dict[str, Any]]:
        """What the generators lose on one of the two ways, and what becomes of `x`."""
        if config.lambda_identity:
            fake, same = there(torch.cat([x, other])).chunk(2)
            identity = l1_loss(same, other)
        else:
            fake, identity = there(x), 0.0
        cycle, game = l1_loss(back(fake), x), generator_loss(judge(fake))
        loss = game + config.lambda_cycle * cycle + config.lambda_identity * identity
        return loss, {"fake": fake.detach(), "game": game, "cycle": cycle, "identity": identity}

    def judged(discriminator: nn.Module, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        loss = discriminator_loss(*discriminator(torch.cat([real, fake])).chunk(2))
        return loss, loss

    def step(batch: tuple[Batch, Batch]) -> dict[str, Tensor]:
        a, b = (augment(part.x, part.noise, config.random_flip, config.random_crop) for part in batch)
        with accelerator.accumulate(*generators, *discriminators):
            judge_a.requires_grad_(False), judge_b.requires_grad_(False)
            from_a, from_b = both(
                generators, way_round, (a, b), (b, a), generators, generators[::-1], (judge_b, judge_a)
            )
            with following_scale(accelerator, discriminators):
                descend(accelerator, config, optimizer_g, *generators)

            judge_a.requires_grad_(True), judge_b.requires_grad_(True)
            seen = [
                remembered(pool, way["fake"], part.noise)
                for pool, way, part in zip(pools, (from_b, from_a), batch)
            ]
            loss_d_a, loss_d_b = both(discriminators, judged, discriminators, (a, b), seen)
            descend(accelerator, config, optimizer_d, *discriminators)
        logged = {
            "loss_d_a": loss_d_a,
            "loss_d_b": loss_d_b,
            "loss_g_ab": from_a["game"],
            "loss_g_ba": from_b["game"],
            "cycle_loss": from_a["cycle"] + from_b["cycle"],
        }
        if config.lambda_identity:
            logged["identity_loss"] = from_a["identity"] + from_b["identity"]
        return logged

    return step


def main(config: TrainConfig) -> None:
    accelerator = make_accelerator(config)
    shape = config.model.in_channels, config.model.image_size
    train, test = load_splits(config, accelerator, load_domains, *shape)
    shape_of_model = config.model
    if config.match_size:
        shape_of_model = replace(shape_of_model, zoom=relative_size(*train))
    model = CycleGAN(shape_of_model).to(accelerator.device)
    check_described(config, accelerator, model, train)
    batches = UnpairedBatches(*train, config, accelerator)
    classifier = find_classifier(config.classifier, config.dataset, shape)

    # copies, made before `prepare` wraps the originals
    generators = model.generator_ab, model.generator_ba
    averages = [average for network in generators if (average := moving_average(network, config))]
    best = [average.module.eval() for average in averages] or list(generators)
    betas = (config.adam_beta1, 0.999)
    optimizers = (
        adamw(chain(*(network.parameters() for network in generators)), config, betas),
        adamw(chain(model.discriminator_a.parameters(), model.discriminator_b.parameters()), config, betas),
    )
    total_steps = config.total_steps(batches.num_images)
    pools = ReplayBuffer(config.pool_size), ReplayBuffer(config.pool_size)
    schedulers = [
        linear_decay(optimizer, config, total_steps, config.decay_start) for optimizer in optimizers
    ]
    step = make_step(config, accelerator, model, optimizers, pools)

    def after_step() -> None:
        for average, network in zip(averages, generators):
            average.update_parameters(network)

    def validate() -> dict[str, float]:
        return translation_losses(*best, *test, classifier)

    chosen = torch.linspace(0, min(map(len, test)) - 1, NUM_PICTURED).long()
    pictured = [to_float(images.pixels[chosen]).to(accelerator.device) for images in test]

    @torch.no_grad()
    def snapshot() -> Tensor:
        rows = [row for network, x in zip(best, pictured) for row in (x, network(x).float())]
        return make_grid(torch.cat(rows).cpu(), nrow=NUM_PICTURED, padding=1)

    progress = fit(
        config,
        accelerator,
        batches,
        step,
        schedulers=schedulers,
        after_step=after_step,
        validate=validate,
        snapshot=snapshot,
        to_checkpoint=[*averages, *pools],
        first_steps=math.ceil(config.pool_size / config.batch_size),  # then the pools are full
    )
    for network in (*generators, model.discriminator_a, model.discriminator_b):  # measured in float32
        accelerator.unwrap_model(network, keep_fp32_wrapper=False)
    for network, averaged in zip(generators, best):
        network.load_state_dict(averaged.state_dict())

    def figures() -> Metrics:
        return measure(model, train, test, classifier, config.seed)

    finish(config, accelerator, model, progress, train, test, figures)


if __name__ == "__main__":
    run(main, TrainConfig)
