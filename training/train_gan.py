"""Train a GAN: a generator against a discriminator (Goodfellow et al. 2014, algorithm 1).

    accelerate launch -m training.train_gan --output_dir runs/dcgan --model dcgan
    accelerate launch -m training.train_gan --output_dir runs/gan --model gan

docs/training.md has the commands of the shipped models, docs/speed.md their times, docs/results.md their
results.
"""

from dataclasses import dataclass, field
from typing import Literal

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import Optimizer
from torchvision.utils import make_grid

from space.models.classifier import Classifier
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import (
    GAN,
    GANConfig,
    discriminator_loss,
    generator_loss,
    r1_penalty,
    value_function,
)
from space.models.layers import standard_normal
from training.batches import Batch, Batches, Noise
from training.card import check_described
from training.command_line import run
from training.data import Images, load_images, to_float
from training.errors import TrainingError
from training.evaluate import measure
from training.loop import LoopConfig, fit, load_splits, make_accelerator
from training.measure.metric import Metrics
from training.measure.samples import find_classifier, frechet_distance, generate, look
from training.model_folder import finish
from training.optimizers import adamw, moving_average, update, warmup_cosine
from training.sync_batch_norm import synchronise_batch_norm
from training.trained import start_weights

NUM_PICTURED = 60
NUM_MEASURED = 2000
"""samples for the Fréchet distance during training; after training it is measured with as many as there are
test images, which makes it lower"""


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a GAN; a step updates the discriminator `num_d_steps` times, then the generator once."""

    model: Literal["gan", "dcgan"] = "dcgan"
    """MLPs or convolutional networks"""
    gan: GANConfig = field(default_factory=GANConfig)
    """shape of the networks with --model gan"""
    dcgan: DCGANConfig = field(default_factory=DCGANConfig)
    """shape of the networks with --model dcgan"""
    loss: Literal["non_saturating", "saturating"] = "non_saturating"
    """loss of G: -log D(G(z)) (non_saturating), or its part of the value function, log(1 - D(G(z)))"""
    num_d_steps: int = 1
    """steps of D for one of G, each on a part of the batch"""
    label_smoothing: float = 0.0
    """D learns that real images are real with probability 1 minus this"""
    r1_weight: float = 0.0
    """weight of the penalty on D's slope at real images, E |dD/dx|^2 / 2 (R1 of Mescheder et al. 2018,
    https://arxiv.org/abs/1801.04406, eq. 9); it makes the game converge where both sides would circle"""
    adam_beta1: float = 0.5
    """decay of Adam's mean gradient; 0.5 as in DCGAN, because gradients of a game change direction"""
    learning_rate: float = 2e-4
    """peak learning rate of both AdamW optimizers; linear warm-up, then cosine decay to 0"""
    batch_size: int = 64
    """real images a step, over all processes together"""
    classifier: str = ""
    """folder of the classifier whose features measure the samples; '': the shipped one if it was trained on
    this data set, else no metrics of it"""
    inception_fid: bool = False
    """measure with Inception's features too; needs torch-fidelity and downloads weights"""
    ema_decay: float = 0.999
    """decay a step of the moving average of G's weights; the average is saved; 0: no average"""
    num_snapshots: int = 48
    """pictures during training; `training.loop.snapshot_steps` says after which steps"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_d_steps < 1 or self.batch_size % self.num_d_steps:
            raise ValueError(
                f"num_d_steps is {self.num_d_steps}; allowed: 1, or another divisor of the "
                f"batch_size {self.batch_size}"
            )
        if self.num_d_steps > 1 and self.gradient_accumulation_steps > 1:
            raise ValueError("num_d_steps and gradient_accumulation_steps cannot both be more than 1")
        if not self.r1_weight >= 0:
            raise ValueError(f"r1_weight is {self.r1_weight}; allowed: 0 or more")
        for name in ("label_smoothing", "adam_beta1"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0 up to, but not, 1")


def make_model(config: TrainConfig, accelerator: Accelerator) -> GAN:
    """Both networks, on the device; BatchNorm spans the batches of all processes."""
    model = GAN(config.gan) if config.model == "gan" else DCGAN(config.dcgan)
    start_weights(config, model)
    model = model.to(accelerator.device, memory_format=torch.channels_last)
    return synchronise_batch_norm(model) if accelerator.num_processes > 1 else model


def make_optimizers(config: TrainConfig, model: GAN) -> tuple[Optimizer, Optimizer]:
    """An optimizer of the generator and one of the discriminator."""
    betas = (config.adam_beta1, 0.999)
    generator, discriminator = (
        adamw(network.parameters(), config.learning_rate, config.weight_decay, betas)
        for network in (model.generator, model.discriminator)
    )
    return generator, discriminator


class Game:
    """The training step: update D `num_d_steps` times with G fixed, then G once with D fixed."""

    def __init__(
        self,
        config: TrainConfig,
        accelerator: Accelerator,
        model: GAN,
        optimizers: tuple[Optimizer, Optimizer],
    ) -> None:
        self.config, self.accelerator = config, accelerator
        self.generator, self.discriminator, self.optimizer_g, self.optimizer_d = accelerator.prepare(
            model.generator, model.discriminator, *optimizers
        )
        # D without the DDP wrapper: frozen on G's step, so no gradients to synchronise
        self.frozen_d = accelerator.unwrap_model(self.discriminator)
        self.zeros = torch.zeros(config.batch_size, model.config.latent_dim, device=accelerator.device)
        self.fakes: list[Tensor] = []  # generated images of accumulated batches; G's step uses them again
        # one pass of D is quicker, but BatchNorm and R1 need real and generated images in separate passes
        self.one_pass = config.model == "gan" and not config.r1_weight

    def __call__(self, batch: Batch) -> dict[str, Tensor]:
        with self.accelerator.accumulate(self.generator, self.discriminator):
            for part in range(self.config.num_d_steps):
                real = batch.x[part :: self.config.num_d_steps]  # (B / num_d_steps, C, H, W)
                fake, terms = self.step_d(real, batch.noise)
            self.fakes.append(fake)
            if self.accelerator.sync_gradients:  # D has just been updated, with all accumulated batches
                terms |= self.step_g()
        return terms

    def step_d(self, real: Tensor, noise: Noise) -> tuple[Tensor, dict[str, Tensor]]:
        """Update D to tell `real` from as many generated images; returns these and the terms to log."""
        config = self.config
        real.requires_grad_(config.r1_weight > 0)
        fake = self.generator(noise.normal_like(self.zeros[: len(real)]))  # z (B, latent_dim) -> (B, C, H, W)
        if self.one_pass:
            logits_real, logits_fake = self.discriminator(torch.cat([real, fake.detach()])).chunk(2)  # (B,)
        else:
            logits_real, logits_fake = self.discriminator(real), self.discriminator(fake.detach())  # (B,)
        loss_d = discriminator_loss(logits_real, logits_fake, config.label_smoothing)
        if config.r1_weight:
            loss_d = loss_d + config.r1_weight * r1_penalty(logits_real, real)
        self._update(self.optimizer_d, loss_d, self.discriminator)
        return fake, {
            "loss_d": loss_d,
            "d_real": logits_real.sigmoid().mean(),
            "d_fake": logits_fake.sigmoid().mean(),
            "value": value_function(logits_real, logits_fake),
        }

    def step_g(self) -> dict[str, Tensor]:
        """Update G so that D takes its images for real; returns the terms to log."""
        self.frozen_d.requires_grad_(False)
        logits_after = [self.frozen_d(fake) for fake in self.fakes]
        # sums over the accumulated batches: `update` and `fit` divide by their number
        loss_g = sum(generator_loss(logits, self.config.loss == "saturating") for logits in logits_after)
        self._update(self.optimizer_g, loss_g, self.generator)
        self.frozen_d.requires_grad_(True)
        self.fakes.clear()
        return {"loss_g": loss_g, "d_fake_after": sum(logits.sigmoid().mean() for logits in logits_after)}

    def _update(self, optimizer: Optimizer, loss: Tensor, network: nn.Module) -> None:
        update(self.accelerator, optimizer, loss, network, max_grad_norm=self.config.max_grad_norm)


class Gallery:
    """Pictures and Fréchet distances during training, of the same latent vectors each time."""

    def __init__(
        self,
        generator: nn.Module,
        latent_dim: int,
        device: torch.device,
        classifier: Classifier | None,
        test: Images,
    ) -> None:
        self.generator, self.classifier = generator, classifier
        latents = standard_normal(NUM_MEASURED, latent_dim, torch.Generator().manual_seed(0))
        self.latents = latents.to(device)
        if classifier:
            self.real_features, _ = look(classifier.to(device), test.pixels)  # (N, F)

    def draw(self, num_images: int) -> Tensor:
        """Images of the first `num_images` latent vectors, uint8 (num_images, C, H, W)."""
        training = self.generator.training
        pixels = generate(self.generator.eval(), self.latents[:num_images])
        self.generator.train(training)
        return pixels

    def validate(self) -> dict[str, float]:
        if self.classifier is None:
            return {}
        features, _ = look(self.classifier, self.draw(NUM_MEASURED))
        return {"lenet_fid": frechet_distance(self.real_features, features)}

    def snapshot(self) -> Tensor:
        return make_grid(to_float(self.draw(NUM_PICTURED)).cpu(), nrow=10, padding=1)


def main(config: TrainConfig) -> None:
    accelerator = make_accelerator(config)
    if config.batch_size % (config.num_d_steps * accelerator.num_processes):
        raise TrainingError(
            f"batch_size {config.batch_size} cannot be split over {accelerator.num_processes} processes "
            f"and num_d_steps {config.num_d_steps}"
        )
    model = make_model(config, accelerator)
    shape = model.config.in_channels, model.config.image_size
    train, test = load_splits(config, accelerator, load_images, *shape)
    check_described(config, accelerator, model, train)
    classifier = find_classifier(config.classifier, config.dataset, shape)

    # a copy, made before `prepare` wraps the original
    average = moving_average(model.generator, config.ema_decay)
    best = average.module.eval() if average else model.generator
    gallery = Gallery(best, model.config.latent_dim, accelerator.device, classifier, test)
    optimizers = make_optimizers(config, model)
    total_steps = config.total_steps(train.num_images)
    schedulers = [warmup_cosine(optimizer, config.warmup_steps, total_steps) for optimizer in optimizers]

    def after_step() -> None:
        if average:
            average.update_parameters(model.generator)

    progress = fit(
        config,
        accelerator,
        Batches(train, config.batch_plan, accelerator),
        Game(config, accelerator, model, optimizers),
        schedulers=schedulers,
        after_step=after_step,
        validate=gallery.validate,
        snapshot=gallery.snapshot,
        to_checkpoint=[average] if average else [],
    )
    model.generator.load_state_dict(best.state_dict())
    for network in (model.generator, model.discriminator):  # metrics are in float32, as the app uses them
        accelerator.unwrap_model(network, keep_fp32_wrapper=False)

    def figures() -> Metrics:
        return measure(model, train, test, classifier, config.seed, inception_fid=config.inception_fid)

    finish(config, accelerator, model, progress, train, test, figures)


if __name__ == "__main__":
    run(main, TrainConfig)
