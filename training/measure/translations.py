"""Metrics of a translation between two domains that was learned without pairs.

Test images whose name both domains have are counterparts. Their translations are compared with them, and so
are three baselines: the untranslated image, the best change of colours alone, and the model's change of size
alone. Training never sees these pairs.
"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from skimage.metrics import structural_similarity
from torch import Tensor

from space.models.classifier import Classifier
from space.models.cyclegan import CycleGAN, mean_difference
from space.models.layers import scale_about_centre
from training.data import Images, counterparts, to_float
from training.measure.drawings import drawings
from training.measure.metric import Metrics, metric, psnr
from training.measure.samples import frechet_distance, look

Network = Callable[[Tensor], Tensor]
RENDERED = "Fluent 3D"
"""the domain of which drawings in flat colours are no pictures"""
ALIKE = 0.01
"""L1 of counterparts below which they are one picture to a judge of style, as most flags are"""
FLAT, WINDOW, PAPER = 2 / 255, 5, 0.98
"""what `flat_share` means by flat; a channel of white is larger than PAPER"""


@torch.no_grad()
def translate_all(network: Network, x: Tensor, device: torch.device) -> Tensor:
    """Translate all images (N, C, H, W), 50 at a time; float32 on the CPU."""
    return torch.cat([network(part.to(device)).float().cpu() for part in x.split(50)])


def ssim(x: Tensor, y: Tensor) -> float:
    """Mean structural similarity (Wang et al. 2004) of images (N, C, H, W) in [0, 1], windows of 7x7."""
    pairs = zip(x.permute(0, 2, 3, 1).numpy(), y.permute(0, 2, 3, 1).numpy())
    return float(np.mean([structural_similarity(*pair, channel_axis=2, data_range=1.0) for pair in pairs]))


def recolour(x: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """x with each channel shifted and scaled from the mean and deviation of `source` to those of `target`."""
    (mean, deviation), (wanted, spread) = (
        (images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True))
        for images in (source, target)
    )
    return ((x - mean) / deviation * spread + wanted).clamp(0, 1)


def flat_share(x: Tensor) -> float:
    """Share of the pixels of images (N, C, H, W) that differ from their window's mean by 2/255 at most.

    In each channel, in windows of 5x5. White pixels are left out.
    """
    means = F.avg_pool2d(x, WINDOW, stride=1, padding=WINDOW // 2, count_include_pad=False)
    flat = ((x - means).abs() <= FLAT).all(1)
    drawn = (x <= PAPER).any(1)
    return (flat & drawn).sum().item() / max(drawn.sum().item(), 1)


def judged(classifier: Classifier, x: Tensor) -> tuple[Tensor, Tensor]:
    """Features (N, F) and the domain (N,), 0 for A and 1 for B, of images (N, C, H, W)."""
    features, probabilities = look(classifier, (255 * x).round().byte())
    return features, probabilities.argmax(1)


def taken_for(domain: str, domains: Tensor) -> float:
    """Share of images that a classifier takes for the domain 'a' or 'b'; `domains` (N,) is from `judged`."""
    return (domains == "ab".index(domain)).float().mean().item()


def translation_losses(
    generator_ab: Network, generator_ba: Network, a: Images, b: Images, classifier: Classifier | None
) -> dict[str, float]:
    """Metrics of the test images that history.csv keeps during training."""
    device = next(generator_ab.parameters()).device
    x_a, x_b = to_float(a.pixels), to_float(b.pixels)
    fake_b, fake_a = translate_all(generator_ab, x_a, device), translate_all(generator_ba, x_b, device)
    losses = {
        "cycle_l1_a": mean_difference(translate_all(generator_ba, fake_b, device), x_a),
        "cycle_l1_b": mean_difference(translate_all(generator_ab, fake_a, device), x_b),
    }
    at_a, at_b = counterparts(a, b)
    if len(at_a):
        pairs = {"ab": (fake_b[at_a], x_b[at_b]), "ba": (fake_a[at_b], x_a[at_a])}
        losses |= {f"l1_{way}": mean_difference(*pair) for way, pair in pairs.items()}
        losses |= {f"ssim_{way}": ssim(*pair) for way, pair in pairs.items()}
    if classifier:
        classifier.to(device)
        losses["domain_ab"] = taken_for("b", judged(classifier, fake_b)[1])
        losses["domain_ba"] = taken_for("a", judged(classifier, fake_a)[1])
    return losses


@torch.no_grad()
def evaluate_translation(
    model: CycleGAN,
    train: tuple[Images, Images],
    test: tuple[Images, Images],
    classifier: Classifier | None,
) -> Metrics:
    """Metrics of both directions on the test split; the change of colours is fitted on `train`."""
    model.eval()
    device = next(model.parameters()).device
    metrics: Metrics = {}
    real = dict(zip("ab", (to_float(images.pixels) for images in test)))
    known = dict(zip("ab", (to_float(images.pixels) for images in train)))
    networks = {"ab": model.generator_ab, "ba": model.generator_ba}
    fake = {way: translate_all(network, real[way[0]], device) for way, network in networks.items()}
    zooms = {"ab": model.config.zoom, "ba": 1 / model.config.zoom} if model.config.zoom != 1 else {}
    scaled = {way: scale_about_centre(real[way[0]], zoom) for way, zoom in zooms.items()}
    on = dict(zip("ab", (images.description for images in test)))
    at = dict(zip("ab", counterparts(*test)))
    paired = len(at["a"]) > 0
    pairs = "" if all(len(at[d]) == len(real[d]) for d in at) else f"; on the {len(at['a']):,} counterparts"

    def put(key: str, value: float, unit: str, better: str | None, protocol: str) -> None:
        metrics[key] = metric(value, unit, better, protocol)

    def against_counterpart(name: str, images: Tensor, target: Tensor, what: str) -> None:
        how = f"{what} against its true counterpart, which training never saw as such, [0, 1]{pairs}"
        lower, higher = ("lower", "higher") if name in networks else (None, None)
        put(f"l1_{name}", mean_difference(images, target), "", lower, f"mean absolute error a pixel of {how}")
        put(f"psnr_{name}", psnr(images, target).mean().item(), "dB", higher, f"mean of the PSNR of {how}")
        put(
            f"ssim_{name}",
            ssim(images, target),
            "",
            higher,
            f"structural similarity, 7x7 windows (scikit-image's defaults), of {how}",
        )

    if paired:
        true = {domain: images[at[domain]] for domain, images in real.items()}
        against_counterpart("nothing", true["a"], true["b"], f"the untranslated image ({on['a']})")
    for way in ("ab", "ba"):
        source, target = way
        images = f"the translation {source.upper()} to {target.upper()} ({on[source]})"
        if paired:
            against_counterpart(way, fake[way][at[source]], true[target], images)
            if way in scaled:
                only = f"the image scaled by {zooms[way]:.3f} and no more ({on[source]})"
                against_counterpart(f"scaled_{way}", scaled[way][at[source]], true[target], only)
            put(
                f"l1_recoloured_{way}",
                mean_difference(recolour(true[source], known[source], known[target]), true[target]),
                "",
                None,
                "mean absolute error a pixel of the image with each channel's mean and standard deviation "
                f"moved to the other domain's, fitted on the unpaired training images; {on[source]}{pairs}",
            )
        back = translate_all(networks[way[::-1]], fake[way], device)
        put(
            f"cycle_l1_{source}",
            mean_difference(back, real[source]),
            "",
            "lower",
            f"mean absolute error a pixel of the way there and back, [0, 1]; {on[source]}",
        )
        if way in scaled:
            put(
                f"cycle_l1_scaled_{source}",
                mean_difference(scale_about_centre(scaled[way], zooms[way[::-1]]), real[source]),
                "",
                None,
                f"mean absolute error a pixel of scaling there and back and no more, [0, 1]; {on[source]}",
            )
        put(
            f"identity_l1_{target}",
            mean_difference(translate_all(networks[way], real[target], device), real[target]),
            "",
            None,
            f"mean absolute change a pixel of images that are in domain {target.upper()}; {on[target]}",
        )
    flat = "share of pixels within 2/255 of their window's mean, 5x5, white left out, of"
    for name, images in (real | fake).items():
        what = (
            f"images of {name.upper()}"
            if name in real
            else f"translations {name[0].upper()} to {name[1].upper()}"
        )
        put(f"flat_share_{name}", 100 * flat_share(images), "%", None, f"{flat} {what}; {on[name[0]]}")
    if classifier:
        classifier = classifier.to(device)
        recoloured = {way: recolour(real[way[0]], known[way[0]], known[way[1]]) for way in networks}
        unlike = {}
        if paired:
            differ = (true["a"] - true["b"]).abs().mean((1, 2, 3)) >= ALIKE
            unlike = {domain: at[domain][differ] for domain in real}
        metrics |= compare_domains(
            classifier, real, fake, {"scaled": scaled, "recoloured": recoloured}, unlike, on
        )
        if model.config.domain_b == RENDERED and model.config.in_channels == 3:
            metrics |= judge_drawings(classifier, model.generator_ab, model.config.image_size, device)
    return metrics


def judge_drawings(classifier: Classifier, generator_ab: Network, side: int, device: torch.device) -> Metrics:
    """Metrics by the domain classifier of drawings in flat colours, before and after their translation."""
    x = drawings(side)
    after, before = (
        100 * taken_for("b", judged(classifier, images)[1])
        for images in (translate_all(generator_ab, x, device), x)
    )
    on = f"of {len(x)} drawings in flat colours, made by training/measure/drawings.py, taken for domain B"
    return {
        "domain_accuracy_drawings": metric(after, "%", "higher", f"share {on} once translated"),
        "domain_accuracy_drawings_nothing": metric(before, "%", None, f"share {on} as they are"),
    }


def compare_domains(
    classifier: Classifier,
    real: dict[str, Tensor],
    fake: dict[str, Tensor],
    merely: dict[str, dict[str, Tensor]],
    unlike: dict[str, Tensor],
    on: dict[str, str],
) -> Metrics:
    """Metrics by a classifier of the two domains, of real and translated images, and of baselines.

    `merely` has, by what was done to them, images that were no more than scaled or recoloured, for each way;
    `unlike` the places of the test images that differ from their counterparts, if there are any.
    """
    metrics: Metrics = {}
    features, domains = {}, {}
    for name, images in (real | fake).items():
        features[name], domains[name] = judged(classifier, images)
    right = torch.cat([domains["a"] == 0, domains["b"] == 1]).float().mean().item()
    metrics["domain_accuracy_real"] = metric(
        100 * right,
        "%",
        None,
        f"share of real images put right by the domain classifier; {on['a']}; {on['b']}",
    )
    if unlike and len(unlike["a"]):
        right = (
            torch.cat([domains["a"][unlike["a"]] == 0, domains["b"][unlike["b"]] == 1]).float().mean().item()
        )
        metrics["domain_accuracy_unlike"] = metric(
            100 * right,
            "%",
            None,
            f"share of real images put right by the domain classifier, of the {len(unlike['a']):,} a domain "
            f"that differ from their counterparts by an L1 of {ALIKE} or more; {on['a']}; {on['b']}",
        )
    for way in ("ab", "ba"):
        source, target = way
        taken = taken_for(target, domains[way])
        metrics[f"domain_accuracy_{way}"] = metric(
            100 * taken,
            "%",
            "higher",
            f"share of translations taken for domain {target.upper()} by the domain classifier; {on[source]}",
        )
        for what, images in merely.items():
            if way not in images:
                continue
            taken = taken_for(target, judged(classifier, images[way])[1])
            metrics[f"domain_accuracy_{what}_{way}"] = metric(
                100 * taken,
                "%",
                None,
                f"share of images taken for domain {target.upper()} when {what} and no more; {on[source]}",
            )
        metrics[f"domain_fid_{way}"] = metric(
            frechet_distance(features[target], features[way]),
            "",
            "lower",
            f"Fréchet distance, {features[way].shape[1]} features of the domain classifier, not of a network "
            f"that knows digits or photographs, with few images for so many features; {on[source]}, "
            f"translated, against {on[target]}",
        )
    return metrics
