"""Metrics of an exact density of binary images: nats, Bayes' rule, samples, and what is likely.

Images are binarised at random, a pixel being white with its grey value as probability. The test images are
the very ones of the deep VAE's `iw_nll_1000`, so that its bound stands beside an exact number.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from space.models import roles
from space.models.classifier import Classifier
from space.models.layers import standard_normal
from space.models.pixelcnn import PixelCNN
from space.models.vae import VAE, importance_weighted_nll
from space.weights.hub import BUNDLED
from space.weights.model_folder import load_folder
from training.built_in import BUILT_IN
from training.data import Images, to_float
from training.measure.counting import Counting
from training.measure.diffusion import class_accuracy
from training.measure.metric import Metrics, metric
from training.measure.samples import copies, generate, judged, look

NUM_LIKELY = 1000
"""test images that are altered, and asked for their log p"""
IW_SAMPLES = 64
"""samples of z an image in the VAE's bound on an altered image"""
GUIDANCE = 1.25
"""with which conditional samples are measured besides those of the density itself"""
INK = 0.13
"""share of white pixels in noise: that of MNIST's digits"""


def binarised(pixels: Tensor, seed: int) -> Tensor:
    """uint8 images (N, 1, H, W) as zeros and ones: those that the deep VAE's `iw_nll_1000` is measured on.

    That measurement takes the numbers for z from the same generator, after each 500 images; they are drawn
    here, too.
    """
    rng, parts = torch.Generator().manual_seed(seed), []
    for some in pixels.cpu().split(500):
        x = to_float(some)
        parts.append((torch.rand(x.shape, generator=rng) < x).float())
        for images in x.split(20):
            for _ in range(20):
                torch.randn(50, len(images), 20, generator=rng)
    return torch.cat(parts)


def counted(pixels: Tensor, seed: int) -> Tensor:
    """The uint8 training images (N, 1, H, W) as zeros and ones, in which `Counting` counts."""
    rng = torch.Generator().manual_seed(seed)
    return (torch.rand(pixels.shape, generator=rng) < to_float(pixels.cpu())).float()


@torch.no_grad()
def evaluate_pixels(
    model: PixelCNN,
    train: Images,
    test: Images,
    classifier: Classifier | None,
    seed: int,
    inception_fid: bool = False,
) -> Metrics:
    """All metrics of the model, with as many samples as there are test images."""
    model.eval()
    device = next(model.parameters()).device
    x = binarised(test.pixels, seed).to(device)
    known = counted(train.pixels, seed)
    how = f"pixels binarised at random with their grey value as probability, seed {seed}"
    on = f"{how}; {test.description}"

    nats = -model.log_prob(x).double().cpu()
    error = nats.std(correction=0).item() / math.sqrt(len(x))
    metrics = {
        "nll": metric(
            nats.mean().item(),
            "nats/image",
            "lower",
            f"-log p(x), exact, no class given; standard error {error:.2g}; {on}",
        )
    }
    if model.config.num_classes and test.labels is not None:
        metrics |= with_classes(model, x, test.labels, on)
    counting = Counting.fit(known)
    for key, by_place in (("nll_counting", True), ("nll_counting_shared", False)):
        what = "16 nearest pixels before a pixel, and what its place adds given the nearest 10"
        what = what if by_place else "16 nearest pixels before a pixel"
        metrics[key] = metric(
            -counting.log_prob(x.cpu(), by_place).mean().item(),
            "nats/image",
            "lower",
            f"-log p(x), exact, by counting in {len(known):,} training images: the {what}; no network; {on}",
        )
    metrics |= likely(model, counting, x, test, classifier, seed, how)

    latents = standard_normal(len(test), model.config.latent_dim, torch.Generator().manual_seed(seed))
    samples = generate(model.decode, latents.to(device))
    usual = f"{len(samples):,} samples, pixels drawn at random, seed {seed}"
    real, known = (
        replace(
            images, pixels=(255 * some).byte(), stored=None, description=f"{images.description}, binarised"
        )
        for images, some in ((test, x.cpu()), (train, known))
    )
    if classifier and model.config.num_classes:
        asked = model.read_latents(latents)[1]
        metrics["class_accuracy"] = class_accuracy(look(classifier, samples)[1], asked, usual)
        metrics |= guided(model, latents.to(device), known, real, classifier, seed)
    if classifier and test.labels is not None:
        metrics["classifier_accuracy"] = metric(
            100 * (look(classifier, real.pixels)[1].argmax(1) == test.labels.cpu()).float().mean().item(),
            "%",
            "higher",
            f"test images that a LeNet-like classifier, trained on grey ones, tells right; {on}",
        )
    metrics |= judged(samples, known, real, classifier, seed, usual, inception_fid)
    return metrics | copies(samples, train, real, f"{usual}; training images in grey")


def guided(
    model: PixelCNN, latents: Tensor, train: Images, test: Images, classifier: Classifier, seed: int
) -> Metrics:
    """What guidance buys, and what it costs: class accuracy, and how far samples are from real images."""
    samples = generate(partial(model.decode, guidance=GUIDANCE), latents)
    how = f"{len(samples):,} samples, pixels drawn at random with guidance {GUIDANCE}, seed {seed}"
    asked = model.read_latents(latents)[1].cpu()
    found = judged(samples, train, test, classifier, seed, how, inception_fid=False)
    found["class_accuracy"] = class_accuracy(look(classifier, samples)[1], asked, how)
    keys = ("class_accuracy", "lenet_fid", "precision", "recall")
    return {f"{key}_guided": found[key] for key in keys}


def with_classes(model: PixelCNN, x: Tensor, labels: Tensor, on: str) -> Metrics:
    """Nats given the class, nats of the mixture of all classes, and the class by Bayes' rule."""
    by_class = model.class_log_probs(x).double().cpu()  # (N, classes)
    labels = labels.cpu()
    given = by_class.gather(1, labels[:, None]).mean().item()
    mixture = (by_class.logsumexp(1) - math.log(by_class.shape[1])).mean().item()
    right = (by_class.argmax(1) == labels).float().mean().item()
    return {
        "nll_given_class": metric(-given, "nats/image", "lower", f"-log p(x | y), exact; {on}"),
        "nll_mixture": metric(
            -mixture,
            "nats/image",
            "lower",
            f"-log of the mean of p(x | y) over the {by_class.shape[1]} classes, exact; {on}",
        ),
        "bayes_accuracy": metric(
            100 * right,
            "%",
            "higher",
            f"test images whose class has the highest p(x | y), which is Bayes' rule with equal priors; {on}",
        ),
    }


def altered(x: Tensor, seed: int) -> dict[str, Tensor]:
    """Name -> binary images (N, 1, H, W) made of test images `x`, and such as no digit is."""
    rng = torch.Generator().manual_seed(seed)
    size = x.shape[-1]
    order = torch.randperm(size * size, generator=rng)
    line = torch.zeros_like(x[:1])
    line[..., size // 7 : -(size // 7), size // 2] = 1
    noise = torch.rand(x.shape, generator=rng)
    return {
        "upside_down": x.flip(2),
        "mirrored": x.flip(3),
        "shuffled": x.flatten(1)[:, order].view_as(x),
        "blank": torch.zeros_like(x[:1]),
        "line": line,
        "noise": (noise < INK).float(),
        "coins": (noise < 0.5).float(),
        "inverted": 1 - x,
    }


def likely(
    model: PixelCNN,
    counting: Counting,
    x: Tensor,
    test: Images,
    classifier: Classifier | None,
    seed: int,
    how: str,
) -> Metrics:
    """What three densities think of pictures: mean nats, and whether nats tell them from digits.

    Each `likely_NAME` has seven numbers: -log p of the network, of counting and of the deep VAE; then of each
    the area under the ROC curve of 'fewer nats: a test digit', 1 where every digit is likelier; and how many
    pictures there are. Where there is no deep VAE of these images its two numbers are left out.
    """
    digits = x[:NUM_LIKELY].cpu()
    device = x.device
    vae = deep_vae(test, device)
    densities: list[Callable[[Tensor], Tensor]] = [
        lambda some: -model.log_prob(some.to(device)),
        lambda some: -counting.log_prob(some),
    ]
    if vae:
        rng = torch.Generator(device).manual_seed(seed)
        densities.append(
            lambda some: torch.cat(
                [importance_weighted_nll(vae, p, IW_SAMPLES, rng) for p in some.to(device).split(50)]
            )
        )
    names = "PixelCNN, counting" + (f", vae-mnist-20d (at most, IW k = {IW_SAMPLES})" if vae else "")
    pictures = {"digits": digits, **altered(digits, seed)}
    if classifier and test.labels is not None and len(test.labels.unique()) == 10:
        for name, label in (("ones", 1), ("eights", 8)):
            pictures[name] = digits[test.labels[:NUM_LIKELY].cpu() == label]
    found = {name: [density(some).double().cpu() for density in densities] for name, some in pictures.items()}
    metrics: Metrics = {}
    for name, nats in found.items():
        areas = [likelier(ours, theirs) for ours, theirs in zip(found["digits"], nats)]
        values = [*(some.mean().item() for some in nats), *areas, len(nats[0])]
        metrics[f"likely_{name}"] = metric(
            values,
            "",
            None,
            f"mean -log p in nats by {names}; of each the area under the ROC curve that tells test digits "
            f"by fewer nats; number of pictures. Of the first {len(digits):,} test images, {how}",
        )
    return metrics


def likelier(digits: Tensor, others: Tensor) -> float:
    """Area under the ROC curve: the share of pairs in which the digit has fewer nats, ties counted half."""
    labels = torch.cat([torch.zeros(len(digits)), torch.ones(len(others))])
    return roc_auc_score(labels, torch.cat([digits, others]).nan_to_num(posinf=1e30))


def deep_vae(test: Images, device: torch.device) -> VAE | None:
    """The bundled deep VAE, if these images are those that it was trained on."""
    there = (BUNDLED / roles.VAE_DEEP).exists() and test.description.startswith(f"{BUILT_IN['mnist']},")
    return load_folder(VAE, BUNDLED / roles.VAE_DEEP).to(device).eval() if there else None
