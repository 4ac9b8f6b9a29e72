"""Metrics of generated images: fidelity, diversity, and the classes they fall into.

A classifier trained on such images (`space.models.classifier`) gives the features by which generated images
are compared with test images. Published values use Inception's features: do not compare them with these.
"""

import math
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

from space.models import roles
from space.models.classifier import Classifier
from space.models.gan import GAN, value_function
from space.models.layers import standard_normal
from space.weights.hub import BUNDLED
from space.weights.model_folder import ModelUnavailable, load_folder
from training.data import Images, to_float
from training.errors import TrainingError
from training.measure.metric import Metrics, metric, progress

NEIGHBOURS = 3
NUM_COMPARED = 2000
"""images whose nearest training image is looked for"""


def find_classifier(folder: str, dataset: str, shape: tuple[int, int]) -> Classifier | None:
    """The classifier in `folder`; for folder '' the shipped classifier of `dataset`, or None.

    `shape` is (in_channels, image_size) of the images to be measured; a shipped classifier of another shape
    counts as none. One that averages over the image takes any size. Raises `TrainingError`.
    """
    place = Path(folder) if folder else _shipped_classifier(dataset)
    if place is None:
        return None
    try:
        classifier = load_folder(Classifier, place)
    except ModelUnavailable as error:
        raise TrainingError(f"--classifier {place}: {error.reason}") from error
    size = shape[1] if classifier.config.pooling == "mean" else classifier.config.image_size
    if (classifier.config.in_channels, size) == shape:
        return classifier
    if not folder:
        return None
    raise TrainingError(
        f"--classifier {folder} takes images of {classifier.config.in_channels} channels and "
        f"{classifier.config.image_size} pixels, the model makes {shape[0]} and {shape[1]}; "
        "train one for them with training.train_classifier"
    )


def _shipped_classifier(dataset: str) -> Path | None:
    """The folder of the bundled classifier that judges images like those of `dataset`."""
    judge = roles.JUDGES.get(dataset)
    return BUNDLED / judge if judge and (BUNDLED / judge).exists() else None


@torch.no_grad()
def generate(decode: Callable[[Tensor], Tensor], latents: Tensor) -> Tensor:
    """Decode latent vectors (N, latent_dim) to uint8 images (N, C, H, W), rounded as in a picture file."""
    parts = []
    with progress(len(latents), "samples") as bar:
        for z in latents.split(500):
            parts.append((255 * decode(z).float()).round().byte())
            bar.update(len(z))
    return torch.cat(parts)


@torch.no_grad()
def look(classifier: Classifier, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Features (N, F) and class probabilities (N, classes) of uint8 images (N, C, H, W), on the CPU."""
    device = next(classifier.parameters()).device
    features = torch.cat([classifier.features(to_float(p.to(device))) for p in pixels.split(500)])
    return features.cpu(), classifier.head(features).softmax(1).cpu()


def frechet_distance(real: Tensor, fake: Tensor) -> float:
    """Fréchet distance of two sets of features (N, F) (Heusel et al. 2017, https://arxiv.org/abs/1706.08500)."""
    identity = nn.Identity()
    identity.num_features = real.shape[1]
    distance = FrechetInceptionDistance(feature=identity)
    distance.update(real, real=True)
    distance.update(fake, real=False)
    return distance.compute().item()


def kernel_distance(real: Tensor, fake: Tensor, seed: int, subset_size: int = 1000) -> float:
    """Kernel distance (KID) of features, over 100 subsets (Binkowski et al. 2018)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Metric `Kernel Inception Distance` will save all")
        distance = KernelInceptionDistance(feature=nn.Identity(), subsets=100, subset_size=subset_size)
    distance.update(real, real=True)
    distance.update(fake, real=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return distance.compute()[0].item()


def covered(points: Tensor, manifold: Tensor, k: int = NEIGHBOURS) -> float:
    """Share of `points` on the manifold that the points `manifold` span; both are features (N, F).

    Each point of `manifold` is the centre of a ball that reaches to its k-th nearest neighbour; the balls are
    the manifold. With generated points and a real manifold the share is precision, the other way round recall
    (Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991, eq. 1 and 2).
    """
    # k + 1: the nearest neighbour of a point is the point itself
    radii = torch.cat([torch.cdist(p, manifold).kthvalue(k + 1, dim=1).values for p in manifold.split(1000)])
    inside = [(torch.cdist(p, manifold) <= radii).any(1) for p in points.split(1000)]
    return torch.cat(inside).float().mean().item()


def entropy(shares: Tensor) -> float:
    """Entropy of a distribution (K,) in nats; log K for a uniform one."""
    return torch.special.entr(shares.double()).sum().item()


@torch.no_grad()
def evaluate_samples(
    model: nn.Module,
    train: Images,
    test: Images,
    classifier: Classifier | None,
    seed: int,
    inception_fid: bool = False,
) -> Metrics:
    """Metrics of `model.decode(z)` for z ~ N(0, I), with as many samples as there are test images.

    Without a `classifier`, metrics that need its features are left out.
    """
    model.eval()
    device = next(model.parameters()).device
    latents = standard_normal(len(test), model.config.latent_dim, torch.Generator().manual_seed(seed))
    samples = generate(model.decode, latents.to(device))
    how = f"{len(samples):,} samples, z ~ N(0, I), seed {seed}"
    metrics = game(model, samples, test, how) if hasattr(model, "discriminate") else {}
    metrics |= judged(samples, train, test, classifier, seed, how, inception_fid)
    return metrics | copies(samples, train, test, how)


def judged(
    samples: Tensor,
    train: Images,
    test: Images,
    classifier: Classifier | None,
    seed: int,
    how: str,
    inception_fid: bool,
) -> Metrics:
    """Metrics of uint8 images (N, C, H, W) by features: a classifier's, if there is one, and Inception's."""
    metrics: Metrics = {}
    if classifier:
        metrics |= compare(samples, train, test, classifier.to(samples.device), seed, how)
    if inception_fid:
        metrics["inception_fid"] = metric(
            inception_distance(test.pixels, samples),
            "",
            "lower",
            f"Fréchet distance, 2,048 Inception features; {how}, against {test.description}",
        )
    return metrics


def game(model: GAN, samples: Tensor, test: Images, how: str) -> Metrics:
    """The state of the game after training: mean D(x) and D(G(z)), and the value, with D in `eval()`."""
    device = next(model.parameters()).device
    real, fake = (
        torch.cat([model.discriminate(to_float(part.to(device))).float() for part in pixels.split(500)])
        for pixels in (test.pixels, samples)
    )
    return {
        "d_real": metric(real.sigmoid().mean().item(), "", None, f"mean D(x); {test.description}"),
        "d_fake": metric(fake.sigmoid().mean().item(), "", None, f"mean D(G(z)); {how}"),
        "value": metric(
            value_function(real, fake).item(),
            "nats",
            None,
            f"V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))]; {how}; {test.description}",
        ),
    }


@torch.no_grad()
def compare(
    samples: Tensor, train: Images, test: Images, classifier: Classifier, seed: int, how: str
) -> Metrics:
    """Metrics of the uint8 images `samples` (N, C, H, W) against the test images; `how` describes them."""
    real, _ = look(classifier, test.pixels)
    fake, probabilities = look(classifier, samples)
    # random images: sorted data begins with one class, and every other image of MNIST has an eighth more ink
    shuffled = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
    known, _ = look(classifier, train.pixels[shuffled[: len(test)].sort().values])
    subset_size = min(1000, len(real), len(fake))
    eyes = f"{real.shape[1]} features of a LeNet-like classifier"
    against = f"{eyes}; {how}, against {test.description}"
    judged = f"judged by a LeNet-like classifier; {how}"
    shares = probabilities.argmax(1).bincount(minlength=probabilities.shape[1]) / len(samples)
    return {
        "lenet_fid": metric(frechet_distance(real, fake), "", "lower", f"Fréchet distance, {against}"),
        "lenet_fid_floor": metric(
            frechet_distance(real, known),
            "",
            None,
            f"lenet_fid of real images instead of samples: {len(known):,} training images drawn at random, "
            f"seed {seed}",
        ),
        "lenet_kid": metric(
            kernel_distance(real, fake, seed, subset_size),
            "",
            "lower",
            f"kernel distance, mean of 100 subsets of {subset_size:,}, {against}",
        ),
        "precision": metric(
            covered(fake, real),
            "",
            "higher",
            f"share of samples on the manifold of real images, k = 3, {against}",
        ),
        "recall": metric(
            covered(real, fake),
            "",
            "higher",
            f"share of real images on the manifold of samples, k = 3, {against}",
        ),
        "class_entropy": metric(
            entropy(shares),
            "nats",
            "higher",
            f"entropy of class_histogram, {math.log(len(shares)):.3f} where all are equal; {judged}",
        ),
        "class_histogram": metric(
            [100 * share for share in shares.tolist()], "%", None, f"share of each class; {judged}"
        ),
        "classifier_confidence": metric(
            100 * probabilities.amax(1).mean().item(),
            "%",
            None,
            f"mean probability of the likeliest class; {judged}",
        ),
    }


def inception_distance(real: Tensor, fake: Tensor) -> float:
    """Fréchet distance of uint8 images (N, C, H, W) by Inception's 2,048 features.

    Inception's weights are downloaded once. Raises `TrainingError` if they cannot be.
    """
    try:
        distance = FrechetInceptionDistance(feature=2048)
    except ModuleNotFoundError as error:
        raise TrainingError("--inception_fid needs one more package: pip install torch-fidelity") from error
    except OSError as error:
        raise TrainingError(
            f"--inception_fid needs Inception's weights, and they cannot be had: {error}"
        ) from error
    for pixels, is_real in ((real, True), (fake, False)):
        for part in pixels.cpu().split(250):
            distance.update(part.expand(-1, 3, -1, -1), real=is_real)
    return distance.compute().item()


def nearest(pixels: Tensor, others: Tensor) -> Tensor:
    """Distance (N,) of images to the nearest of `others`, both uint8 (N, C, H, W), with pixels in [0, 1]."""
    x = to_float(pixels).flatten(1)
    found = [torch.cdist(x, to_float(part.to(x.device)).flatten(1)).amin(1) for part in others.split(2000)]
    return torch.stack(found).amin(0)


def copies(samples: Tensor, train: Images, test: Images, how: str) -> Metrics:
    """Whether samples repeat training images: they would lie nearer to them than test images do."""
    count = min(NUM_COMPARED, len(samples))
    of_samples, of_test = (nearest(some[:count].cpu(), train.pixels) for some in (samples, test.pixels))
    limit = of_test.quantile(0.01)
    what = f"Euclidean distance in pixels of [0, 1] to the nearest of {len(train):,} training images"
    return {
        "nearest_train": metric(of_samples.median().item(), "", None, f"{what}, median of {count:,}; {how}"),
        "nearest_train_of_test": metric(
            of_test.median().item(), "", None, f"{what}, median of {count:,} of {test.description}"
        ),
        "copies": metric(
            100 * (of_samples < limit).float().mean().item(),
            "%",
            "lower",
            f"samples nearer to a training image than all but 1 % of test images; {count:,} of each; {how}",
        ),
    }
