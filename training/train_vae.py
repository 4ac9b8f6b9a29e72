"""Train a variational autoencoder on -ELBO.

    accelerate launch -m training.train_vae --output_dir runs/vae
    accelerate launch -m training.train_vae --output_dir runs/vae-20d \\
        --model.latent_dim 20 --model.architecture conv --mixed_precision bf16

docs/training.md has the commands of the shipped models, docs/speed.md their times, docs/results.md their
results.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from space.models.layers import standard_normal
from space.models.vae import VAE, VAEConfig, elbo_terms
from training.batches import Batch
from training.command_line import run
from training.loop import LoopConfig
from training.one_objective import train_one_objective


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a VAE; all times in steps are optimizer steps."""

    model: VAEConfig = field(default_factory=VAEConfig)
    """shape of the network"""
    beta: float = 1.0
    """weight of the KL term (Higgins et al. 2017); 1 is the ELBO"""
    kl_warmup_steps: int = 0
    """optimizer steps in which the weight of the KL term grows linearly from 0 to beta (Bowman et al. 2016);
    test losses always use beta"""
    input_dropout: float = 0.0
    """share of pixels hidden from the encoder in training, against overfitting; the ELBO is still a bound,
    for q may depend on anything"""
    iw_samples: int = 1000
    """samples of z an image for the importance-weighted NLL after training; on a CPU it takes about as long
    as the training; 0: leave it out"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.input_dropout < 1:
            raise ValueError(f"input_dropout is {self.input_dropout}; allowed: 0 up to, but not, 1")
        for name in ("beta", "kl_warmup_steps", "iw_samples"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0 or more")


class NegativeELBO(nn.Module):
    """recon + kl_weight * kl, averaged over the batch, in nats an image."""

    def __init__(self, model: VAE, config: TrainConfig) -> None:
        super().__init__()
        self.model, self.beta, self.input_dropout = model, config.beta, config.input_dropout
        self.kl_warmup_steps = config.kl_warmup_steps

    def kl_weight(self, batch: Batch) -> float | Tensor:
        """beta; in the first `kl_warmup_steps` steps of training it grows from 0 to beta."""
        if not (self.training and self.kl_warmup_steps):
            return self.beta
        return self.beta * (batch.step / self.kl_warmup_steps).clamp(max=1)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        x, noise, seen = batch.x, batch.noise, batch.x
        if self.training and self.input_dropout:
            seen = x * (noise.uniform_like(x) >= self.input_dropout)
        mu, logvar = (t.float() for t in self.model.encode(seen))  # (B, latent_dim) each
        z = self.model.reparameterize(mu, logvar, noise.normal_like(mu))
        recon, kl = elbo_terms(self.model.decode_logits(z).float(), x, mu, logvar)  # (B,) each
        return {"loss": (recon + self.kl_weight(batch) * kl).mean(), "recon": recon.mean(), "kl": kl.mean()}


def picture(model: VAE, x: Tensor) -> Tensor:
    """A row of test images, a row of their reconstructions, three rows of samples from fixed z."""
    latents = standard_normal(30, model.config.latent_dim, torch.Generator().manual_seed(0))
    return torch.cat([x, model(x), model.decode(latents.to(x))])


def main(config: TrainConfig) -> None:
    train_one_objective(config, VAE, NegativeELBO, picture, config.iw_samples)


if __name__ == "__main__":
    run(main, TrainConfig)
