"""Metrics of a diffusion model: its samples, against the number of steps and against guidance, and copies."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from space.models.classifier import Classifier
from space.models.ddpm import DDPM, DDPMConfig
from space.models.layers import standard_normal
from space.models.samplers import inference_times
from training.data import Images
from training.measure.likelihood import bits_per_dim
from training.measure.metric import Metrics, metric
from training.measure.samples import copies, covered, frechet_distance, generate, judged, look

GUIDANCE = (0.0, 1.0, 1.25, 1.5, 2.0, 3.0)
NUM_CURVE = 1000
"""samples for each point of a curve; with fewer samples a Fréchet distance is higher"""


@torch.no_grad()
def evaluate_diffusion(
    model: DDPM,
    train: Images,
    test: Images,
    classifier: Classifier | None,
    seed: int,
    inception_fid: bool = False,
) -> Metrics:
    """All metrics of the model's samples, as many as there are test images; curves with fewer."""
    model.eval()
    config, device = model.config, next(model.parameters()).device
    latents = standard_normal(len(test), config.latent_dim, torch.Generator().manual_seed(seed)).to(device)

    def draw(count: int, num_steps: int, guidance: float) -> Tensor:
        times = inference_times(model.levels, num_steps)
        return generate(
            lambda z: model.denoise(*model.read_latents(z), times=times, guidance=guidance), latents[:count]
        )

    steps, guidance = config.num_inference_steps, config.guidance
    samples = draw(len(test), steps, guidance)
    weight = weighted(config)
    how = f"{len(samples):,} samples, noise N(0, I), seed {seed}"
    usual = f"{how}, {in_steps(steps)} of DPM-Solver++, {weight}"
    metrics = judged(samples, train, test, classifier, seed, usual, inception_fid)
    if classifier:
        real = look(classifier, test.pixels)[0]
        if steps > 1:
            fewer = look(classifier, draw(len(test), steps // 2, guidance))[0]
            half = frechet_distance(real, fewer)
            metrics["lenet_fid_half_steps"] = metric(
                half, "", "lower", f"lenet_fid with {in_steps(steps // 2)} of DPM-Solver++; {how}, {weight}"
            )
            metrics["half_steps_ratio"] = metric(
                half / metrics["lenet_fid"]["value"], "", "lower", "lenet_fid_half_steps / lenet_fid"
            )
        if config.num_classes:
            asked = model.read_latents(latents)[1].cpu()
            metrics["class_accuracy"] = class_accuracy(look(classifier, samples)[1], asked, usual)
        metrics |= curves(draw, model, latents, real, classifier)
    return metrics | copies(samples, train, test, usual) | bits_per_dim(model, train, test, seed)


def weighted(config: DDPMConfig, weights: Sequence[float] = ()) -> str:
    """Guidance in words, by default that of the config, and where it acts if not in every step."""
    low, high = config.guidance_low, config.guidance_high
    weights = weights or [config.guidance]
    said = f"guidance {', '.join(f'{weight:g}' for weight in weights)}"
    if (low, high) == (0, 1) or max(weights) <= 1:
        return said
    ends = (f"{round(share * config.num_timesteps):,}" for share in (low, high))
    return f"{said}{', above 1' if len(weights) > 1 else ''} from t = {' to '.join(ends)}"


def in_steps(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def class_accuracy(probabilities: Tensor, asked: Tensor, how: str) -> dict:
    """Share of the samples that the classifier takes for what was asked for."""
    right = 100 * (probabilities.argmax(1) == asked).float().mean().item()
    return metric(
        right, "%", "higher", f"samples that a LeNet-like classifier takes for the class asked for; {how}"
    )


def step_counts(config_steps: int, num_timesteps: int) -> list[int]:
    """From a quarter of the usual steps to four times as many: [4, 8, 16, 32, 64]."""
    counts = {max(1, config_steps // 4), max(1, config_steps // 2)}
    counts |= {min(num_timesteps, config_steps * factor) for factor in (1, 2, 4)}
    return sorted(counts)


def curves(
    draw: Callable[[int, int, float], Tensor],
    model: DDPM,
    latents: Tensor,
    real: Tensor,
    classifier: Classifier,
) -> Metrics:
    """Fréchet distance, precision, recall and class accuracy against the steps, and against guidance."""
    config, count = model.config, min(NUM_CURVE, len(latents))
    steps, guidance = config.num_inference_steps, config.guidance
    along = {"steps": [(n, guidance) for n in step_counts(steps, config.num_timesteps)]}
    if config.num_classes:
        along["guidance"] = [(steps, weight) for weight in GUIDANCE]
    asked = model.read_latents(latents[:count])[1].cpu()
    metrics: Metrics = {}
    for name, points in along.items():
        found: dict[str, list[float]] = {"lenet_fid": [], "precision": [], "recall": [], "class_accuracy": []}
        for point in points:
            fake, probabilities = look(classifier, draw(count, *point))
            found["lenet_fid"].append(frechet_distance(real, fake))
            found["precision"].append(covered(fake, real))
            found["recall"].append(covered(real, fake))
            if config.num_classes:
                right = (probabilities.argmax(1) == asked).float().mean().item()
                found["class_accuracy"].append(100 * right)
        if name == "steps":
            how = ", ".join(str(n) for n, _ in points) + f" steps of DPM-Solver++, {weighted(config)}"
        else:
            weights = weighted(config, [weight for _, weight in points])
            how = f"{weights}; {in_steps(steps)} of DPM-Solver++"
        at: list[float] = [point[0] if name == "steps" else point[1] for point in points]
        metrics[f"curve_{name}"] = metric(at, "", None, f"where the metrics ..._by_{name} were measured")
        for key, values in found.items():
            if values:
                metrics[f"{key}_by_{name}"] = metric(
                    values,
                    "%" if key == "class_accuracy" else "",
                    "lower" if key == "lenet_fid" else "higher",
                    f"{key} of {count:,} samples a value, the same noise each time: {how}",
                )
    return metrics
