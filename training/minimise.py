"""The run of a family that minimises one objective with one optimizer (autoencoders, VAE, classifier)."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.utils import make_grid

from training.card import check_described
from training.data import Images, load_images, to_float
from training.evaluate import measure
from training.loop import (
    Batch,
    Batches,
    LoopConfig,
    Noise,
    adamw,
    fit,
    load_splits,
    make_accelerator,
    moving_average,
    update,
    warmup_cosine,
)
from training.measure.metrics import Metrics
from training.measure.samples import find_classifier
from training.model_folder import finish


def minimise(
    config: Any,
    model_class: type[nn.Module],
    objective_of: Callable[[nn.Module, Any], nn.Module],
    picture: Callable[[nn.Module, Tensor], Tensor],
    iw_samples: int = 0,
    load: Callable[..., Images] = load_images,
) -> None:
    """Build, train, evaluate and save `model_class(config.model)`; `config` is a `LoopConfig` with `model`.

    `objective_of(model, config)` is a module that maps a `Batch` to a dict of scalars with 'loss';
    `picture(model, x)` gives the images (B, C, H, W) of a snapshot, ten a row, from ten test images;
    `iw_samples` goes to `measure`; `load` is `load_images`, or that and a look at what it gives.
    """
    assert isinstance(config, LoopConfig)
    accelerator = make_accelerator(config)
    shape = config.model.in_channels, config.model.image_size
    train, test = load_splits(config, accelerator, load, *shape)

    model = model_class(config.model)
    check_described(config, accelerator, model, train)
    if getattr(config.model, "architecture", "") == "conv":
        model = model.to(memory_format=torch.channels_last)
    optimizer = adamw(model.parameters(), config)
    scheduler = warmup_cosine(optimizer, config, config.total_steps(train.num_images))
    objective, optimizer = accelerator.prepare(objective_of(model, config), optimizer)
    average = moving_average(model, config)
    best = average.module if average else model

    def step(batch: Batch) -> dict[str, Tensor]:
        with accelerator.accumulate(objective):
            terms = objective(batch)
            update(accelerator, config, optimizer, terms["loss"], model)
        return terms

    def after_step() -> None:
        if average:
            average.update_parameters(model)

    test_pixels = test.pixels.to(accelerator.device)
    test_objective = objective_of(best, config)

    def validate() -> dict[str, float]:
        training = best.training
        test_objective.eval()
        noise = Noise(torch.Generator(accelerator.device).manual_seed(config.seed))
        means: dict[str, float] = {}
        for rows in torch.arange(len(test)).split(1000):
            labels = None if test.labels is None else test.labels[rows].to(accelerator.device)
            batch = Batch(to_float(test_pixels[rows]), labels, noise)
            for key, value in test_objective(batch).items():
                means[key] = means.get(key, 0.0) + value.item() * len(rows) / len(test)
        test_objective.train(training)
        return means

    @torch.no_grad()
    def snapshot() -> Tensor:
        images = picture(best, to_float(test_pixels[:10]))
        return make_grid(images.float().cpu(), nrow=10, padding=1)

    progress = fit(
        config,
        accelerator,
        Batches(train, config, accelerator),
        step,
        schedulers=[scheduler],
        after_step=after_step,
        validate=validate,
        snapshot=snapshot,
        to_checkpoint=[average] if average else [],
    )

    def figures() -> Metrics:
        return measure(best, train, test, find_classifier("", config.dataset, shape), config.seed, iw_samples)

    finish(config, accelerator, best, progress, train, test, figures)
