"""Measured figures of classifiers, autoencoders and VAEs, each with the protocol that gives it."""

import math
from collections.abc import Callable
from typing import Any, get_args

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from space.models.autoencoder import Autoencoder, NoiseKind, corrupt, jacobian_norm_squared
from space.models.classifier import Classifier
from space.models.vae import VAE, elbo_terms, importance_weighted_nll, kl_divergence
from training.data import Images, to_float

NOISE_LEVELS: dict[NoiseKind, float] = {
    "gaussian": 0.5,
    "masking": 0.5,
    "salt_and_pepper": 0.3,
    "coin_flip": 1.0,
}
Metrics = dict[str, dict[str, Any]]


def metric(value: float | list[float], unit: str, better: str | None, protocol: str) -> dict[str, Any]:
    """An entry of metrics.json; `better` is 'higher', 'lower' or None where neither is."""
    value = [round(v, 4) for v in value] if isinstance(value, list) else float(f"{value:.6g}")
    return {"value": value, "unit": unit, "better": better, "protocol": protocol}


def psnr(images: Tensor, target: Tensor) -> Tensor:
    """Peak signal-to-noise ratio in dB of each image (B,), peak 1."""
    return -10 * torch.log10((images - target).square().flatten(1).mean(1).clamp_min(1e-10))


def codes(model: Autoencoder | VAE, images: Images) -> Tensor:
    """`model.code` of all images: (N, latent_dim) on the CPU."""
    device = next(model.parameters()).device
    found = []
    for part in images.pixels.split(1000):
        found.append(model.code(to_float(part.to(device))).float().cpu())
    return torch.cat(found)


@torch.no_grad()
def evaluate_classifier(model: Classifier, test: Images) -> Metrics:
    """Accuracy on the test split."""
    model.eval()
    device = next(model.parameters()).device
    classes = torch.cat(
        [model(to_float(part.to(device))).argmax(1).cpu() for part in test.pixels.split(1000)]
    )
    accuracy = (classes == test.labels).float().mean().item()
    return {
        "accuracy": metric(100 * accuracy, "%", "higher", f"share of images put right; {test.description}")
    }


@torch.no_grad()
def evaluate_codes(
    model: Autoencoder | VAE, train: Images, test: Images, seed: int, iw_samples: int = 1000
) -> Metrics:
    """What an encoder keeps and a decoder restores of the test split; the linear probe learns on `train`."""
    model.eval()
    metrics: Metrics = {}

    def put(key: str, value: Any, unit: str, better: str | None, protocol: str) -> None:
        metrics[key] = metric(value, unit, better, protocol)

    device = next(model.parameters()).device
    on = test.description
    z_test = codes(model, test)

    def over_test(figures: Callable[[Tensor], Tensor]) -> Tensor:
        """`figures` of batches (B, ...) for all test images, averaged over the images."""
        total = sum(figures(to_float(p.to(device))).cpu().double().sum(0) for p in test.pixels.split(500))
        return total / len(test)

    def reconstruction(x: Tensor) -> Tensor:
        y = model(x)
        return torch.stack([(y - x).square().flatten(1).mean(1), psnr(y, x)], 1)

    mse, decibel = over_test(reconstruction).tolist()
    put("reconstruction_mse", mse, "", "lower", f"mean squared error a pixel in [0, 1]; {on}")
    put("reconstruction_psnr", decibel, "dB", "higher", f"mean of the images' PSNR, peak 1; {on}")

    for kind in get_args(NoiseKind):
        rng, level = torch.Generator(device).manual_seed(seed), NOISE_LEVELS[kind]

        def denoising(x: Tensor, kind: NoiseKind = kind, level: float = level, rng=rng) -> Tensor:
            uniform, normal = (f(x.shape, generator=rng, device=device) for f in (torch.rand, torch.randn))
            noisy = corrupt(x, kind, level, uniform, normal)
            return torch.stack([psnr(noisy, x), psnr(model(noisy), x)], 1)

        before, after = over_test(denoising).tolist()
        how = f"{kind.replace('_', ' ')} noise of level {level}, clipped to [0, 1], seed {seed}; {on}"
        put(f"noisy_psnr_{kind}", before, "dB", None, f"mean PSNR of the noisy image to the clean one; {how}")
        put(
            f"denoised_psnr_{kind}",
            after,
            "dB",
            "higher",
            f"mean PSNR of the reconstruction of the noisy image to the clean one; {how}",
        )

    active = (z_test.abs() > 1e-3).float().mean().item() * 100
    put("active_fraction", active, "%", None, f"share of the code's units above 0.001 in size; {on}")
    put("mean_activation", z_test.abs().mean().item(), "", None, f"mean size of a unit of the code; {on}")

    def jacobian(x: Tensor) -> Tensor:
        with torch.enable_grad():
            x = x.requires_grad_()
            return jacobian_norm_squared(model.code(x), x).sqrt()

    norm = over_test(jacobian).item()
    spread = z_test.var(0).sum().sqrt().item()
    put("jacobian_norm", norm, "", None, f"mean Frobenius norm of dz/dx, exact; {on}")
    put(
        "jacobian_norm_relative",
        norm / spread,
        "",
        None,
        f"jacobian_norm over the codes' total standard deviation {spread:.3g}: free of its scale; {on}",
    )

    if train.labels is not None and test.labels is not None:
        z_train = codes(model, train)
        scaler = StandardScaler().fit(z_train)
        probe = LogisticRegression(max_iter=1000).fit(scaler.transform(z_train), train.labels.cpu())
        accuracy = probe.score(scaler.transform(z_test), test.labels.cpu())
        put(
            "linear_probe_accuracy",
            100 * accuracy,
            "%",
            "higher",
            f"logistic regression on standardised {'mu' if hasattr(model, 'posterior') else 'z'}, fitted on "
            f"{len(train):,} training images; {on}",
        )

    if hasattr(model, "posterior"):
        _evaluate_vae(model, over_test, put, on, seed, iw_samples)
    return metrics


def _evaluate_vae(
    model: VAE,
    over_test: Callable[..., Tensor],
    put: Callable[..., None],
    on: str,
    seed: int,
    iw_samples: int,
) -> None:
    device = next(model.parameters()).device
    for num_samples in (1, 16):
        rng = torch.Generator(device).manual_seed(seed)

        def terms(x: Tensor, num_samples: int = num_samples, rng=rng) -> Tensor:
            mu, logvar = model.encode(x)
            recon, kl = torch.zeros(len(x), device=device), None
            for _ in range(num_samples):
                noise = torch.randn(mu.shape, generator=rng, device=device)
                logits = model.decode_logits(model.reparameterize(mu, logvar, noise))
                one, kl = elbo_terms(logits, x, mu, logvar)
                recon += one / num_samples
            return torch.stack([recon + kl, recon, kl], 1)

        loss, recon, kl = over_test(terms).tolist()
        samples = "1 sample" if num_samples == 1 else f"{num_samples} samples"
        how = f"Bernoulli likelihood on grey values, {samples} of z, seed {seed}; {on}"
        put(f"neg_elbo_{num_samples}", loss, "nats/image", "lower", f"-ELBO = recon + kl; {how}")
        put(f"recon_{num_samples}", recon, "nats/image", "lower", f"-log p(x|z); {how}")
        put("kl", kl, "nats/image", None, f"KL(q(z|x) || N(0, I)), closed form; {on}")

    def kl_per_dimension(x: Tensor) -> Tensor:
        mu, logvar = model.encode(x)
        return kl_divergence(mu, logvar)

    put(
        "kl_per_dimension", over_test(kl_per_dimension).tolist(), "nats/image", None, f"kl by dimension; {on}"
    )

    if iw_samples == 0:
        return
    rng = torch.Generator(device).manual_seed(seed)
    at_once = 50  # samples of z an image held at a time: bounds memory

    def nll(x: Tensor) -> Tensor:
        binary = (torch.rand(x.shape, generator=rng, device=device) < x).float()
        parts = []
        for images in binary.split(20):
            rounds = math.ceil(iw_samples / at_once)
            each = [min(at_once, iw_samples - i * at_once) for i in range(rounds)]
            # log mean exp over all samples, from the log mean exps of the rounds
            logs = [math.log(k) - importance_weighted_nll(model, images, k, rng) for k in each]
            parts.append(math.log(iw_samples) - torch.logsumexp(torch.stack(logs), 0))
        return torch.cat(parts)

    put(
        f"iw_nll_{iw_samples}",
        over_test(nll).item(),
        "nats/image",
        "lower",
        f"importance-weighted bound on -log p(x), k = {iw_samples}, pixels binarised at random with their "
        f"grey value as probability, seed {seed}; {on}",
    )
