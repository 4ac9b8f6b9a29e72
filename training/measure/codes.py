"""Metrics of autoencoders and VAEs: how well they reconstruct, and what their codes tell of the images."""

import math
from collections.abc import Callable
from typing import Any, get_args

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from space.models.autoencoder import Autoencoder, NoiseKind, corrupt, jacobian_norm_squared
from space.models.vae import VAE, elbo_terms, importance_weighted_nll, kl_divergence
from training.data import Images, to_float
from training.measure.metric import Metrics, metric, progress, psnr

NOISE_LEVELS: dict[NoiseKind, float] = {
    "gaussian": 0.5,
    "masking": 0.5,
    "salt_and_pepper": 0.3,
    "coin_flip": 1.0,
}
SAMPLES_AT_ONCE = 50
"""samples of z an image that are held in memory at a time"""


def codes(model: Autoencoder | VAE, images: Images) -> Tensor:
    """The codes of all images, (N, latent_dim) on the CPU: z of an autoencoder, mu of a VAE."""
    device = next(model.parameters()).device
    return torch.cat(
        [model.code(to_float(part.to(device))).float().cpu() for part in images.pixels.split(1000)]
    )


@torch.no_grad()
def evaluate_codes(
    model: Autoencoder | VAE, train: Images, test: Images, seed: int, iw_samples: int = 1000
) -> Metrics:
    """All metrics of a model on the test split; only the linear probe is fitted, on `train`."""
    model.eval()
    figures = _Figures(model, test, seed)
    figures.reconstruction()
    for kind in get_args(NoiseKind):
        figures.denoising(kind)
    figures.size_of_codes()
    figures.jacobian()
    if train.labels is not None and test.labels is not None:
        figures.linear_probe(train)
    if hasattr(model, "posterior"):
        for num_samples in (1, 16):
            figures.negative_elbo(num_samples)
        figures.kl_per_dimension()
        if iw_samples:
            figures.importance_weighted_nll(iw_samples)
    return figures.metrics


class _Figures:
    """Measures one model; each method adds its metrics to `metrics`."""

    def __init__(self, model: Autoencoder | VAE, test: Images, seed: int) -> None:
        self.model, self.test, self.seed, self.on = model, test, seed, test.description
        self.device = next(model.parameters()).device
        self.z = codes(model, test)  # (N, latent_dim)
        self.metrics: Metrics = {}

    def put(self, key: str, value: Any, unit: str, better: str | None, protocol: str) -> None:
        self.metrics[key] = metric(value, unit, better, protocol)

    def rng(self) -> torch.Generator:
        return torch.Generator(self.device).manual_seed(self.seed)

    def mean(self, of_batch: Callable[[Tensor], Tensor]) -> Tensor:
        """The mean over all test images of `of_batch`, which maps images (B, C, H, W) to values (B, ...)."""
        parts = (of_batch(to_float(pixels.to(self.device))) for pixels in self.test.pixels.split(500))
        return sum(part.cpu().double().sum(0) for part in parts) / len(self.test)

    def reconstruction(self) -> None:
        def errors(x: Tensor) -> Tensor:
            y = self.model(x)
            return torch.stack([(y - x).square().flatten(1).mean(1), psnr(y, x)], 1)  # (B, 2)

        mse, decibel = self.mean(errors).tolist()
        self.put("reconstruction_mse", mse, "", "lower", f"mean squared error a pixel in [0, 1]; {self.on}")
        self.put(
            "reconstruction_psnr", decibel, "dB", "higher", f"mean of the images' PSNR, peak 1; {self.on}"
        )

    def denoising(self, kind: NoiseKind) -> None:
        rng, level = self.rng(), NOISE_LEVELS[kind]

        def before_and_after(x: Tensor) -> Tensor:
            uniform, normal = (
                draw(x.shape, generator=rng, device=self.device) for draw in (torch.rand, torch.randn)
            )
            noisy = corrupt(x, kind, level, uniform, normal)
            return torch.stack([psnr(noisy, x), psnr(self.model(noisy), x)], 1)  # (B, 2)

        before, after = self.mean(before_and_after).tolist()
        how = (
            f"{kind.replace('_', ' ')} noise of level {level}, clipped to [0, 1], seed {self.seed}; {self.on}"
        )
        self.put(
            f"noisy_psnr_{kind}", before, "dB", None, f"mean PSNR of the noisy image to the clean one; {how}"
        )
        self.put(
            f"denoised_psnr_{kind}",
            after,
            "dB",
            "higher",
            f"mean PSNR of the reconstruction of the noisy image to the clean one; {how}",
        )

    def size_of_codes(self) -> None:
        """How many units an image uses, and whether the units take turns: a code may be sparse because most
        of its units never do anything."""
        active = self.z.abs() > 1e-3  # (N, latent_dim)
        often = active.float().mean(0) * 100  # (latent_dim,), share of the images in which a unit is active
        rule = "a unit is active where it is above 0.001 in size"
        self.put(
            "active_fraction",
            often.mean().item(),
            "%",
            None,
            f"share of the code's units above 0.001 in size; {self.on}",
        )
        self.put(
            "most_active_units",
            active.sum(1).max().item(),
            "",
            None,
            f"active units of the image that has most; {rule}; {self.on}",
        )
        self.put(
            "units_ever_active",
            (often >= 0.5).float().mean().item() * 100,
            "%",
            None,
            f"share of the code's units that are active in at least 0.5 % of the images; {rule}; {self.on}",
        )
        self.put(
            "busiest_unit",
            often.max().item(),
            "%",
            None,
            f"share of the images in which the unit that is active most often is active; {rule}; {self.on}",
        )
        mean = self.z.abs().mean().item()
        self.put("mean_activation", mean, "", None, f"mean size of a unit of the code; {self.on}")

    def jacobian(self) -> None:
        def norms(x: Tensor) -> Tensor:
            with torch.enable_grad():
                x = x.requires_grad_()
                return jacobian_norm_squared(self.model.code(x), x).sqrt()  # (B,)

        norm, spread = self.mean(norms).item(), self.z.var(0).sum().sqrt().item()
        self.put("jacobian_norm", norm, "", None, f"mean Frobenius norm of dz/dx, exact; {self.on}")
        self.put(
            "jacobian_norm_relative",
            norm / spread,
            "",
            None,
            f"jacobian_norm over the codes' total standard deviation {spread:.3g}: free of its scale; "
            f"{self.on}",
        )

    def linear_probe(self, train: Images) -> None:
        z_train = codes(self.model, train)
        scaler = StandardScaler().fit(z_train)
        probe = LogisticRegression(max_iter=1000).fit(scaler.transform(z_train), train.labels.cpu())
        accuracy = probe.score(scaler.transform(self.z), self.test.labels.cpu())
        name = "mu" if hasattr(self.model, "posterior") else "z"
        self.put(
            "linear_probe_accuracy",
            100 * accuracy,
            "%",
            "higher",
            f"logistic regression on standardised {name}, fitted on {len(train):,} training images; "
            f"{self.on}",
        )

    def negative_elbo(self, num_samples: int) -> None:
        rng = self.rng()

        def terms(x: Tensor) -> Tensor:
            mu, logvar = self.model.encode(x)  # (B, latent_dim) each
            recon, kl = torch.zeros(len(x), device=self.device), None
            for _ in range(num_samples):
                noise = torch.randn(mu.shape, generator=rng, device=self.device)
                logits = self.model.decode_logits(self.model.reparameterize(mu, logvar, noise))
                one, kl = elbo_terms(logits, x, mu, logvar)  # (B,) each
                recon += one / num_samples
            return torch.stack([recon + kl, recon, kl], 1)  # (B, 3)

        loss, recon, kl = self.mean(terms).tolist()
        samples = "1 sample" if num_samples == 1 else f"{num_samples} samples"
        how = f"Bernoulli likelihood on grey values, {samples} of z, seed {self.seed}; {self.on}"
        self.put(f"neg_elbo_{num_samples}", loss, "nats/image", "lower", f"-ELBO = recon + kl; {how}")
        self.put(f"recon_{num_samples}", recon, "nats/image", "lower", f"-log p(x|z); {how}")
        self.put("kl", kl, "nats/image", None, f"KL(q(z|x) || N(0, I)), closed form; {self.on}")

    def kl_per_dimension(self) -> None:
        kl = self.mean(lambda x: kl_divergence(*self.model.encode(x))).tolist()  # (latent_dim,)
        self.put("kl_per_dimension", kl, "nats/image", None, f"kl by dimension; {self.on}")

    def importance_weighted_nll(self, iw_samples: int) -> None:
        rng, rounds = self.rng(), math.ceil(iw_samples / SAMPLES_AT_ONCE)
        each = [min(SAMPLES_AT_ONCE, iw_samples - i * SAMPLES_AT_ONCE) for i in range(rounds)]
        bar = progress(len(self.test), f"bound on the NLL, {iw_samples} samples of z")

        def nll(x: Tensor) -> Tensor:
            binary = (torch.rand(x.shape, generator=rng, device=self.device) < x).float()
            parts = []
            for images in binary.split(20):
                # of each round of k samples: the log of the sum of their importance weights, (B,)
                logs = [math.log(k) - importance_weighted_nll(self.model, images, k, rng) for k in each]
                parts.append(math.log(iw_samples) - torch.logsumexp(torch.stack(logs), 0))
                bar.update(len(images))
            return torch.cat(parts)  # (B,)

        with bar:
            mean = self.mean(nll).item()
        self.put(
            f"iw_nll_{iw_samples}",
            mean,
            "nats/image",
            "lower",
            f"importance-weighted bound on -log p(x), k = {iw_samples}, pixels binarised at random with "
            f"their grey value as probability, seed {self.seed}; {self.on}",
        )
