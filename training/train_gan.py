"""Play the GAN game between a generator and a discriminator (Goodfellow et al. 2014, algorithm 1).

    accelerate launch -m training.train_gan --output_dir runs/dcgan --model dcgan
    accelerate launch -m training.train_gan --output_dir runs/gan --model gan

The commands, times and results of the shipped models are in README.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.optim import Optimizer
from torchvision.utils import make_grid

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
from training.card import check_described
from training.data import load_images, to_float
from training.evaluate import measure
from training.loop import (
    Batch,
    Batches,
    LoopConfig,
    TrainingError,
    adamw,
    fit,
    load_splits,
    make_accelerator,
    moving_average,
    run,
    update,
    warmup_cosine,
)
from training.measure.metrics import Metrics
from training.measure.samples import find_classifier, frechet_distance, generate, look
from training.model_folder import finish
from training.sync_batch_norm import synchronise_batch_norm

NUM_PICTURED = 60
NUM_MEASURED = 2000
"""samples for the Fréchet distance through training; the figure at the end takes as many as there are test
images, which makes it lower"""


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a GAN; a step is one of the generator after `num_d_steps` of the discriminator."""

    model: Literal["gan", "dcgan"] = "dcgan"
    """MLPs or convolutional networks"""
    gan: GANConfig = field(default_factory=GANConfig)
    """shape of the networks with --model gan"""
    dcgan: DCGANConfig = field(default_factory=DCGANConfig)
    """shape of the networks with --model dcgan"""
    loss: Literal["non_saturating", "saturating"] = "non_saturating"
    """what G minimises: -log D(G(z)), or its part of the value function, log(1 - D(G(z)))"""
    num_d_steps: int = 1
    """steps of D for one of G, each on its share of the batch"""
    label_smoothing: float = 0.0
    """real images are real with probability 1 minus this, to D"""
    r1_weight: float = 0.0
    """weight of the penalty on D's slope at real images, E |dD/dx|^2 / 2 (R1 of Mescheder et al. 2018,
    https://arxiv.org/abs/1801.04406, eq. 9): the game then converges where without it both sides circle"""
    adam_beta1: float = 0.5
    """decay of Adam's mean gradient; 0.5 as in DCGAN, for the gradients of a game turn"""
    learning_rate: float = 2e-4
    """peak learning rate of both AdamW; linear warm-up, then cosine decay to 0"""
    batch_size: int = 64
    """real images a step, over all processes together"""
    classifier: str = ""
    """folder of the classifier whose features measure the samples; '': the shipped one on its own data set,
    on others no such figures"""
    inception_fid: bool = False
    """measure with Inception's features too; needs torch-fidelity and downloads weights"""
    ema_decay: float = 0.999
    """decay a step of the moving average of G's weights, which is then what is saved; 0: none"""
    num_snapshots: int = 48
    """pictures of the learning, as many as `training.loop.snapshot_steps` says"""

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


def make_optimizers(config: TrainConfig, model: GAN) -> tuple[Optimizer, Optimizer]:
    """Of the generator and of the discriminator."""
    generator, discriminator = (
        adamw(network.parameters(), config, betas=(config.adam_beta1, 0.999))
        for network in (model.generator, model.discriminator)
    )
    return generator, discriminator


def make_step(
    config: TrainConfig, accelerator: Accelerator, model: GAN, optimizers: tuple[Optimizer, Optimizer]
) -> Callable[[Batch], dict[str, Tensor]]:
    """The game: D's steps with G's images fixed, then one of G with D fixed."""
    generator, discriminator, optimizer_g, optimizer_d = accelerator.prepare(
        model.generator, model.discriminator, *optimizers
    )
    judge = accelerator.unwrap_model(discriminator)  # D where none of its gradients are wanted or waited for
    zeros = torch.zeros(config.batch_size, model.config.latent_dim, device=accelerator.device)
    fakes: list[Tensor] = []  # that serve G's step too
    # one pass is quicker, but batch normalisation wants each kind of images alone, and R1 differentiates one
    at_once = config.model == "gan" and not config.r1_weight

    def step(batch: Batch) -> dict[str, Tensor]:
        with accelerator.accumulate(generator, discriminator):
            for part in range(config.num_d_steps):
                real = batch.x[part :: config.num_d_steps].requires_grad_(config.r1_weight > 0)
                fake = generator(batch.noise.normal_like(zeros[: len(real)]))
                if at_once:
                    logits_real, logits_fake = discriminator(torch.cat([real, fake.detach()])).chunk(2)
                else:
                    logits_real, logits_fake = discriminator(real), discriminator(fake.detach())
                loss_d = discriminator_loss(logits_real, logits_fake, config.label_smoothing)
                if config.r1_weight:
                    loss_d = loss_d + config.r1_weight * r1_penalty(logits_real, real)
                update(accelerator, config, optimizer_d, loss_d, discriminator)

            fakes.append(fake)
            of_g = {}
            if accelerator.sync_gradients:  # D has made its step, with all batches that are accumulated
                judge.requires_grad_(False)
                logits_after = [judge(fake) for fake in fakes]
                # sums over the batches: `update` and `fit` divide by their number
                loss_g = sum(generator_loss(logits, config.loss == "saturating") for logits in logits_after)
                update(accelerator, config, optimizer_g, loss_g, generator)
                of_g = {
                    "loss_g": loss_g,
                    "d_fake_after": sum(logits.sigmoid().mean() for logits in logits_after),
                }
                judge.requires_grad_(True)
                fakes.clear()
        return {
            "loss_d": loss_d,
            "d_real": logits_real.sigmoid().mean(),
            "d_fake": logits_fake.sigmoid().mean(),
            "value": value_function(logits_real, logits_fake),
            **of_g,
        }

    return step


def main(config: TrainConfig) -> None:
    accelerator = make_accelerator(config)
    if config.batch_size % (config.num_d_steps * accelerator.num_processes):
        raise TrainingError(
            f"batch_size {config.batch_size} cannot be split over {accelerator.num_processes} processes "
            f"and num_d_steps {config.num_d_steps}"
        )
    model = GAN(config.gan) if config.model == "gan" else DCGAN(config.dcgan)
    model = model.to(accelerator.device, memory_format=torch.channels_last)
    if accelerator.num_processes > 1:
        model = synchronise_batch_norm(model)
    shape = model.config.in_channels, model.config.image_size
    train, test = load_splits(config, accelerator, load_images, *shape)
    check_described(config, accelerator, model, train)
    classifier = find_classifier(config.classifier, config.dataset, shape)
    if classifier:
        real_features, _ = look(classifier.to(accelerator.device), test.pixels)

    average = moving_average(model.generator, config)  # a copy, made before `prepare` wraps the original
    best = average.module.eval() if average else model.generator
    optimizers = make_optimizers(config, model)
    schedulers = [
        warmup_cosine(optimizer, config, config.total_steps(train.num_images)) for optimizer in optimizers
    ]
    step = make_step(config, accelerator, model, optimizers)

    def after_step() -> None:
        if average:
            average.update_parameters(model.generator)

    latents = standard_normal(NUM_MEASURED, model.config.latent_dim, torch.Generator().manual_seed(0))
    latents = latents.to(accelerator.device)

    def draw(num_images: int) -> Tensor:
        training = best.training
        pixels = generate(best.eval(), latents[:num_images])
        best.train(training)
        return pixels

    def validate() -> dict[str, float]:
        if classifier is None:
            return {}
        features, _ = look(classifier, draw(NUM_MEASURED))
        return {"lenet_fid": frechet_distance(real_features, features)}

    def snapshot() -> Tensor:
        return make_grid(to_float(draw(NUM_PICTURED)).cpu(), nrow=10, padding=1)

    progress = fit(
        config,
        accelerator,
        Batches(train, config, accelerator),
        step,
        schedulers=schedulers,
        after_step=after_step,
        validate=validate,
        snapshot=snapshot,
        to_checkpoint=[average] if average else [],
    )
    model.generator.load_state_dict(best.state_dict())
    for network in (model.generator, model.discriminator):  # measured in float32, as they will be used
        accelerator.unwrap_model(network, keep_fp32_wrapper=False)

    def figures() -> Metrics:
        return measure(model, train, test, classifier, config.seed, inception_fid=config.inception_fid)

    finish(config, accelerator, model, progress, train, test, figures)


if __name__ == "__main__":
    run(main, TrainConfig)
