"""Train a CycleGAN to translate between two sets of images (Zhu et al. 2017, https://arxiv.org/abs/1703.10593).

    accelerate launch -m training.train_cyclegan --output_dir runs/cyclegan --data_dir data

docs/training.md has the commands of the shipped models, docs/speed.md their times, docs/results.md their
results.
"""

import math
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import Optimizer
from torchvision.utils import make_grid

from space.models.classifier import Classifier
from space.models.cyclegan import (
    MIN_SIZE,
    CycleGAN,
    CycleGANConfig,
    discriminator_loss,
    generator_loss,
    l1_loss,
)
from training.augment import augment
from training.batches import Batch, Noise, UnpairedBatches
from training.card import check_described
from training.command_line import run
from training.data import Images, load_domains, to_float
from training.evaluate import measure
from training.loop import LoopConfig, fit, load_splits, make_accelerator
from training.match_size import relative_size
from training.measure.samples import find_classifier
from training.measure.translations import translation_losses
from training.model_folder import finish
from training.optimizers import adamw, descend, linear_decay, moving_average
from training.replay_buffer import ReplayBuffer
from training.run_log import write_picture
from training.trained import mix_weights, start_weights
from training.two_games import Views, following_scale, make_both

NUM_PICTURED = 8
DOMAINS = {"twemoji2fluent": ("Twemoji", "Fluent 3D"), "flat2fluent": ("Fluent Flat", "Fluent 3D")}
"""data set -> what its domains are called; of others, --model.domain_a and --model.domain_b say it"""


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a CycleGAN; a step updates both generators, then both discriminators."""

    model: CycleGANConfig = field(default_factory=CycleGANConfig)
    """shape of the networks"""
    dataset: str = "twemoji2fluent"
    """folder with trainA trainB testA testB, or its name in data_dir; the id of a data set on the Hub with
    two columns of images; or fake"""
    match_size: bool = False
    """set model.zoom to the size of things in B relative to A, measured on training images; white is
    background"""
    lambda_cycle: float = 10.0
    """weight of the cycle loss"""
    lambda_identity: float = 0.0
    """weight of E|G_AB(b) - b| + E|G_BA(a) - a|, which keeps colours (section 5.2; there 5 for paintings)"""
    lambda_self: float = 0.0
    """weight of E|G_AB(a) - a| + E|G_BA(b) - b|: only what pays in the game is changed (self-regularization,
    Shrivastava et al. 2017, https://arxiv.org/abs/1612.07828)"""
    lambda_self_ba: float | None = None
    """the weight of the second of both, where it is to be another one"""
    gradient_game: bool = False
    """beside each D another one, of the run alone, that sees how neighbouring pixels differ, however little:
    so shades come, and go where areas are flat"""
    style_game: bool = False
    """beside each D another one, of the run alone, that gives a single score, by averages over the image of
    how pixels differ: so the whole is of the other style, not each patch alone"""
    pool_size: int = 50
    """generated images remembered of each domain; D sees one of them in place of about every second new
    image; 0: none"""
    random_flip: bool = True
    """mirror half of the images; --no-random_flip where left and right differ, as in writing"""
    random_crop: int = 2
    """move images by up to this many pixels in each direction, with the border reflected"""
    crop_size: int = 0
    """train on random windows of this many pixels a side, cut out of the images; 0: on whole images"""
    coarse_size: int = 0
    """in the first coarse_steps train on whole images, shrunk to this many pixels a side: large forms first,
    details afterwards (progressive growing, Karras et al. 2018)"""
    coarse_steps: int = 0
    """optimizer steps at coarse_size; 0: none"""
    coarse_every: int = 0
    """after them, of how many steps one is at coarse_size still, so that forms are not forgotten over windows
    of that size; 0: none"""
    adam_beta1: float = 0.5
    """decay of Adam's mean gradient"""
    learning_rate: float = 2e-4
    """learning rate of AdamW, of both sides unless learning_rate_d is given: linear warm-up, constant up to
    decay_start, then linear down to 0"""
    learning_rate_d: float | None = None
    """learning rate of the discriminators, where it is to be another one: the game is uneven where one side
    learns too fast (two time-scales, Heusel et al. 2017, https://arxiv.org/abs/1706.08500)"""
    learning_rate_d_from: int = 0
    """optimizer steps after which the discriminators learn at learning_rate_d, until then at learning_rate"""
    decay_start: float = 0.5
    """share of the run after which the learning rate starts to fall (section 4); 1: never"""
    batch_size: int = 8
    """images of each domain a step, over all processes together"""
    num_epochs: int = 40
    """passes over the larger domain"""
    warmup_steps: int = 100
    """optimizer steps of warm-up"""
    classifier: str = ""
    """folder of the classifier that tells the domains apart; '': the shipped one if it was trained on this
    data set, else no metrics of it"""
    interpolate: float = 1.0
    """share of the trained weights in those that are saved, the rest from interpolate_with: between two
    states of a network lie networks of a style in between (Wang et al. 2019,
    https://arxiv.org/abs/1811.10515); 1: the trained ones"""
    interpolate_with: str = ""
    """folder or id of a model from which the run descends; '': pretrained_model_name_or_path"""
    ema_decay: float = 0.999
    """decay a step of the moving average of both generators; the average is saved; 0: no average"""
    num_snapshots: int = 24
    """pictures during training; `training.loop.snapshot_steps` says after which steps"""

    @property
    def other_weights(self) -> str:
        """What `interpolate` mixes the trained weights with."""
        return self.interpolate_with or self.pretrained_model_name_or_path

    @property
    def change_weights(self) -> tuple[float, float]:
        """What a change costs from A to B, and from B to A."""
        return self.lambda_self, self.lambda_self if self.lambda_self_ba is None else self.lambda_self_ba

    @property
    def drop_d(self) -> tuple[int, float]:
        """After how many steps the discriminators learn at another rate, and that rate / learning_rate."""
        rate = self.learning_rate if self.learning_rate_d is None else self.learning_rate_d
        return self.learning_rate_d_from, rate / self.learning_rate

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pool_size and self.pool_size < self.batch_size:
            raise ValueError(
                f"pool_size is {self.pool_size}; allowed: 0, or the batch_size {self.batch_size} or more"
            )
        for name in ("lambda_cycle", "lambda_identity", "lambda_self", "lambda_self_ba", "random_crop"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise ValueError(f"{name} is {value}; allowed: 0 or more")
        least, most = max(MIN_SIZE, 3 * 2**self.model.discriminator_layers), self.model.image_size
        for name in ("crop_size", "coarse_size"):
            if getattr(self, name) and not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0, or {least} to {most}")
        coarse = self.coarse_steps, self.coarse_every
        if min(coarse) < 0 or any(coarse) != bool(self.coarse_size):
            raise ValueError("coarse_size needs coarse_steps or coarse_every, and they need coarse_size")
        if self.coarse_every and self.coarse_size != (self.crop_size or self.model.image_size):
            raise ValueError(
                f"coarse_every needs windows of the coarse_size; allowed: crop_size {self.coarse_size}"
            )
        if self.random_crop >= self.model.image_size:
            raise ValueError(f"random_crop is {self.random_crop}; allowed: less than the image_size")
        if not 0 < self.interpolate <= 1:
            raise ValueError(f"interpolate is {self.interpolate}; allowed: above 0, up to 1")
        if self.interpolate < 1 and not self.other_weights:
            raise ValueError("interpolate needs pretrained_model_name_or_path, the weights that it goes from")
        if self.match_size and self.model.zoom != 1:
            raise ValueError(f"match_size and model.zoom {self.model.zoom} cannot both be given")
        if not 0 <= self.decay_start <= 1:
            raise ValueError(f"decay_start is {self.decay_start}; allowed: 0 to 1")
        if self.learning_rate_d is not None and not 0 < self.learning_rate_d < math.inf:
            raise ValueError(f"learning_rate_d is {self.learning_rate_d}; allowed: more than 0")
        if self.learning_rate_d_from < 0 or (self.learning_rate_d_from and self.learning_rate_d is None):
            raise ValueError("learning_rate_d_from needs learning_rate_d, and is 0 or more")
        if not 0 <= self.adam_beta1 < 1:
            raise ValueError(f"adam_beta1 is {self.adam_beta1}; allowed: 0 up to, but not, 1")


def make_optimizers(config: TrainConfig, *players: Iterable[nn.Module]) -> list[Optimizer]:
    """An optimizer for the networks of each player: of both generators, and of both discriminators."""
    betas = (config.adam_beta1, 0.999)
    return [
        adamw(
            chain(*(network.parameters() for network in networks)),
            config.learning_rate,
            config.weight_decay,
            betas,
        )
        for networks in players
    ]


class Games:
    """The training step: update both generators with D_A and D_B fixed, then both discriminators."""

    def __init__(
        self,
        config: TrainConfig,
        accelerator: Accelerator,
        generators: tuple[nn.Module, nn.Module],
        discriminators: tuple[nn.Module, nn.Module],
        pools: tuple[ReplayBuffer, ReplayBuffer],
    ) -> None:
        self.config, self.accelerator, self.pools = config, accelerator, pools
        self.optimizers = make_optimizers(config, generators, discriminators)
        *networks, self.optimizer_g, self.optimizer_d = accelerator.prepare(
            *generators, *discriminators, *self.optimizers
        )
        self.generators, self.discriminators = tuple(networks[:2]), tuple(networks[2:])
        # without the DDP wrapper: frozen on the generators' step, so no gradients to synchronise
        self.frozen_d = tuple(accelerator.unwrap_model(network) for network in self.discriminators)
        self.both = make_both(accelerator)

    def __call__(self, batch: tuple[Batch, Batch]) -> dict[str, Tensor]:
        a, b = (self.augmented(part) for part in batch)  # (B, C, H, W) each
        with self.accelerator.accumulate(*self.generators, *self.discriminators):
            from_a, from_b = self.step_g(a, b)
            # fakes of domain A are translations of B, and those of B translations of A
            fakes = [
                self.remembered(pool, way["fake"], part.noise)
                for pool, way, part in zip(self.pools, (from_b, from_a), batch)
            ]
            loss_d_a, loss_d_b = self.step_d((a, b), fakes)
        terms = {
            "loss_d_a": loss_d_a,
            "loss_d_b": loss_d_b,
            "loss_g_ab": from_a["game"],
            "loss_g_ba": from_b["game"],
            "cycle_loss": from_a["cycle"] + from_b["cycle"],
        }
        for name, weight in (
            ("identity", self.config.lambda_identity),
            ("change", any(self.config.change_weights)),
        ):
            if weight:
                terms[f"{name}_loss"] = from_a[name] + from_b[name]
        return terms

    def augmented(self, part: Batch) -> Tensor:
        """Images (B, C, H, W): mirrored and moved, or windows of them if they are not shrunk."""
        config = self.config
        window = config.crop_size if part.x.shape[-1] == config.model.image_size else 0
        return augment(part.x, part.noise, config.random_flip, config.random_crop, window)

    def step_g(self, a: Tensor, b: Tensor) -> list[dict[str, Any]]:
        """Update both generators; returns the values of `loss_g` for A to B and for B to A."""
        ab, ba = self.generators
        frozen_a, frozen_b = self.frozen_d
        for frozen in self.frozen_d:
            frozen.requires_grad_(False)
        ways = self.both(
            self.generators,
            self.loss_g,
            *((a, b), (b, a), (ab, ba), (ba, ab), (frozen_b, frozen_a)),
            self.config.change_weights,
        )
        with following_scale(self.accelerator, self.discriminators):
            self._descend(self.optimizer_g, self.generators)
        for frozen in self.frozen_d:
            frozen.requires_grad_(True)
        return ways

    def loss_g(
        self,
        x: Tensor,
        other: Tensor,
        there: nn.Module,
        back: nn.Module,
        judge: nn.Module,
        change_weight: float,
    ) -> tuple[Tensor, dict[str, Any]]:
        """The loss of translating `x` `there` and `back`, and a dict of its terms and the translation."""
        config = self.config
        if config.lambda_identity:
            fake, same = there(torch.cat([x, other])).chunk(2)  # (B, C, H, W) each
            identity = l1_loss(same, other)
        else:
            fake, identity = there(x), 0.0
        cycle, game = l1_loss(back(fake), x), generator_loss(judge(fake))
        change = l1_loss(fake, x) if change_weight else 0.0
        loss = game + config.lambda_cycle * cycle + config.lambda_identity * identity
        loss = loss + change_weight * change
        return loss, {
            "fake": fake.detach(),
            "game": game,
            "cycle": cycle,
            "identity": identity,
            "change": change,
        }

    def step_d(self, real: tuple[Tensor, Tensor], fakes: list[Tensor]) -> list[Tensor]:
        """Update both discriminators to tell `real` images from `fakes`; returns their losses."""
        losses = self.both(self.discriminators, self.loss_d, self.discriminators, real, fakes)
        self._descend(self.optimizer_d, self.discriminators)
        return losses

    def loss_d(self, discriminator: nn.Module, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of one discriminator, twice: `make_both` takes a loss and a value to return."""
        loss = discriminator_loss(*discriminator(torch.cat([real, fake])).chunk(2))  # scores (B, 1, H', W')
        return loss, loss

    def remembered(self, pool: ReplayBuffer, fake: Tensor, noise: Noise) -> Tensor:
        """What D sees in place of `fake`. All processes keep the same pool, of all their generated images."""
        if not pool.size:
            return fake
        every = pool.exchange(self.accelerator.gather(fake), noise.rng)  # (B of all processes, C, H, W)
        return every[noise.first_row(len(fake)) :][: len(fake)]

    def _descend(self, optimizer: Optimizer, networks: tuple[nn.Module, ...]) -> None:
        descend(self.accelerator, optimizer, *networks, max_grad_norm=self.config.max_grad_norm)


class CoarseFirst(UnpairedBatches):
    """The batches of a run: at coarse_size in the first `coarse_steps`, then in one of `coarse_every`."""

    def __init__(self, config: TrainConfig, train: tuple[Images, Images], accelerator: Accelerator) -> None:
        super().__init__(*train, config.batch_plan, accelerator)
        self.config = config

    def __getitem__(self, number: int) -> tuple[Batch, Batch]:
        pair, config = super().__getitem__(number), self.config
        step = number // config.gradient_accumulation_steps
        again = config.coarse_every and (step - config.coarse_steps) % config.coarse_every == 0
        if step >= config.coarse_steps and not again:
            return pair
        a, b = (replace(part, x=F.adaptive_avg_pool2d(part.x, config.coarse_size)) for part in pair)
        return a, b


class Gallery:
    """Pictures and metrics during training: the same few test images each time, and metrics of all."""

    def __init__(
        self,
        generators: list[nn.Module],
        test: tuple[Images, Images],
        classifier: Classifier | None,
        device: torch.device,
    ) -> None:
        self.generators, self.test, self.classifier = generators, test, classifier
        chosen = torch.linspace(0, min(map(len, test)) - 1, NUM_PICTURED).long()
        self.pictured = [to_float(images.pixels[chosen]).to(device) for images in test]

    def validate(self) -> dict[str, float]:
        return translation_losses(*self.generators, *self.test, self.classifier)

    @torch.no_grad()
    def snapshot(self) -> Tensor:
        """A grid (C, H, W) of four rows: images of A, their translations, images of B, their translations."""
        rows = [row for network, x in zip(self.generators, self.pictured) for row in (x, network(x).float())]
        return make_grid(torch.cat(rows).cpu(), nrow=NUM_PICTURED, padding=1)


def how_to_judge(config: TrainConfig) -> str:
    """What is not measured without a classifier of the two domains, and how to get one."""
    folder = f"runs/classifier-{Path(config.dataset).name}"
    return (
        "no classifier of these domains: the figures domain_accuracy and domain_fid are left out. "
        f"To have them, accelerate launch -m training.train_classifier --output_dir {shlex.quote(folder)} "
        f"--dataset {shlex.quote(config.dataset)} --data_dir {shlex.quote(str(config.data_dir))} "
        f"--model.num_classes 2 --model.in_channels {config.model.in_channels} "
        f"--model.image_size {config.model.image_size} and then --classifier {shlex.quote(folder)}"
    )


def named(model: CycleGANConfig, dataset: str) -> CycleGANConfig:
    """The config with the names of a data set's domains, unless it has names already."""
    names = DOMAINS.get(Path(dataset).name)
    if names is None or (model.domain_a, model.domain_b) != ("A", "B"):
        return model
    return replace(model, domain_a=names[0], domain_b=names[1])


def main(config: TrainConfig) -> None:
    accelerator = make_accelerator(config)
    shape = config.model.in_channels, config.model.image_size
    train, test = load_splits(config, accelerator, load_domains, *shape)
    zoom = relative_size(*train) if config.match_size else config.model.zoom
    model = CycleGAN(named(replace(config.model, zoom=zoom), config.dataset))
    start_weights(config, model)
    model = model.to(accelerator.device)
    check_described(config, accelerator, model, train)
    batches = CoarseFirst(config, train, accelerator)
    classifier = find_classifier(config.classifier, config.dataset, shape)
    if classifier is None:
        accelerator.print(how_to_judge(config))

    # copies, made before `prepare` wraps the originals
    generators = model.generator_ab, model.generator_ba
    averages = [average for network in generators if (average := moving_average(network, config.ema_decay))]
    best = [average.module.eval() for average in averages] or list(generators)
    gallery = Gallery(best, test, classifier, accelerator.device)
    pools = ReplayBuffer(config.pool_size), ReplayBuffer(config.pool_size)
    discriminators = model.discriminator_a, model.discriminator_b
    views = config.gradient_game, config.style_game
    judges = tuple(Views(network, model.config, *views).to(accelerator.device) for network in discriminators)
    games = Games(config, accelerator, generators, judges, pools)
    total_steps = config.total_steps(batches.num_images)
    schedulers = [
        linear_decay(optimizer, config.warmup_steps, total_steps, config.decay_start, *drop)
        for optimizer, drop in zip(games.optimizers, ((), config.drop_d))
    ]

    def after_step() -> None:
        for average, network in zip(averages, generators):
            average.update_parameters(network)

    progress = fit(
        config,
        accelerator,
        batches,
        games,
        schedulers=schedulers,
        after_step=after_step,
        validate=gallery.validate,
        snapshot=gallery.snapshot,
        to_checkpoint=[*averages, *pools],
        # until the pools are full, of images of the last size
        first_steps=config.coarse_steps + math.ceil(config.pool_size / config.batch_size),
    )
    for network in (*generators, *discriminators):  # metrics are in float32
        accelerator.unwrap_model(network, keep_fp32_wrapper=False)
    for network, averaged in zip(generators, best):
        network.load_state_dict(averaged.state_dict())
    if config.interpolate < 1:
        flag = "interpolate_with" if config.interpolate_with else "pretrained_model_name_or_path"
        mix_weights(model, config.interpolate, config.other_weights, flag)
        if accelerator.is_main_process:  # the last picture shows the weights that are saved
            gallery.generators = [network.eval() for network in generators]
            write_picture(config.output_dir, progress.step, gallery.snapshot())

    figures = partial(measure, model, train, test, classifier, config.seed)
    finish(config, accelerator, model, progress, train, test, figures)


if __name__ == "__main__":
    run(main, TrainConfig)
