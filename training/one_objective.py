"""The run of a family that has one objective and one optimizer (autoencoders, VAE, classifier)."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torchvision.utils import make_grid

from space.models.classifier import Classifier
from training.batches import Batch, Batches, Noise
from training.card import check_described
from training.data import Images, load_images, to_float
from training.evaluate import measure
from training.loop import LoopConfig, fit, load_splits, make_accelerator
from training.measure.metric import Metrics
from training.measure.samples import find_classifier
from training.model_folder import finish
from training.optimizers import adamw, moving_average, update, warmup_cosine
from training.sync_batch_norm import synchronise_batch_norm
from training.trained import start_weights


def train_one_objective(
    config: Any,
    model_class: type[nn.Module],
    objective_of: Callable[[nn.Module, Any], nn.Module],
    picture: Callable[[nn.Module, Tensor], Tensor],
    iw_samples: int = 0,
    load: Callable[..., Images] = load_images,
    schedule: Callable[[Optimizer, int, int], LambdaLR] = warmup_cosine,
    watch: Callable[[nn.Module, Images, Classifier], dict[str, float]] | None = None,
) -> None:
    """Build, train, evaluate and save `model_class(config.model)`; `config` is a `LoopConfig` with `model`.

    `objective_of(model, config)` is a module that maps a `Batch` to a dict of scalars with 'loss';
    `picture(model, x)` gives the images (B, C, H, W) of a snapshot, ten a row, from ten test images;
    `iw_samples` goes to `measure`; `load` is `load_images`, or a function that also checks what that gives;
    `schedule(optimizer, warmup_steps, total_steps)` is that of the learning rate; `watch(model, test,
    classifier)` gives more figures for each snapshot, where there is a classifier for these images.
    """
    assert isinstance(config, LoopConfig)
    accelerator = make_accelerator(config)
    shape = config.model.in_channels, config.model.image_size
    train, test = load_splits(config, accelerator, load, *shape)
    test_pixels = test.pixels.to(accelerator.device)

    model = model_class(config.model)
    start_weights(config, model)
    check_described(config, accelerator, model, train)
    if getattr(config.model, "architecture", "") == "conv":
        model = model.to(memory_format=torch.channels_last)
    if accelerator.num_processes > 1:
        model = synchronise_batch_norm(model)
    optimizer = adamw(model.parameters(), config.learning_rate, config.weight_decay)
    scheduler = schedule(optimizer, config.warmup_steps, config.total_steps(train.num_images))
    objective, optimizer = accelerator.prepare(objective_of(model, config), optimizer)
    average = moving_average(model, config.ema_decay)
    best = average.module if average else model
    test_objective = objective_of(best, config)
    classifier = find_classifier("", config.dataset, shape)

    def step(batch: Batch) -> dict[str, Tensor]:
        with accelerator.accumulate(objective):
            terms = objective(batch)
            update(accelerator, optimizer, terms["loss"], model, max_grad_norm=config.max_grad_norm)
        return terms

    def after_step() -> None:
        if average:
            average.update_parameters(model)

    def validate() -> dict[str, float]:
        training = best.training
        means = losses_on_test_images(test_objective.eval(), test_pixels, test.labels, config.seed)
        if watch and classifier:
            means |= watch(best, test, classifier.to(accelerator.device))
        test_objective.train(training)
        return means

    @torch.no_grad()
    def snapshot() -> Tensor:
        training = best.training
        images = picture(best.eval(), to_float(test_pixels[:10]))
        best.train(training)
        return make_grid(images.float().cpu(), nrow=10, padding=1)

    progress = fit(
        config,
        accelerator,
        Batches(train, config.batch_plan, accelerator),
        step,
        schedulers=[scheduler],
        after_step=after_step,
        validate=validate,
        snapshot=snapshot,
        to_checkpoint=[average] if average else [],
    )

    def figures() -> Metrics:
        return measure(best, train, test, classifier, config.seed, iw_samples)

    finish(config, accelerator, best, progress, train, test, figures)


def losses_on_test_images(
    objective: nn.Module, pixels: Tensor, labels: Tensor | None, seed: int
) -> dict[str, float]:
    """Each term of the `objective`, averaged over the test images; uint8 `pixels` (N, C, H, W)."""
    noise = Noise(torch.Generator(pixels.device).manual_seed(seed))
    means: dict[str, float] = {}
    for rows in torch.arange(len(pixels)).split(1000):
        some = None if labels is None else labels[rows].to(pixels.device)
        for key, value in objective(Batch(to_float(pixels[rows]), some, noise)).items():
            means[key] = means.get(key, 0.0) + value.item() * len(rows) / len(pixels)
    return means
