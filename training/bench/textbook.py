"""Training loops as tutorials write them, to measure ours against: same networks, losses and batches.

A DataLoader takes every image through PIL and torchvision's transforms. Arithmetic is float32 on contiguous
tensors. Adam updates one tensor at a time. G's step also computes gradients of D, which are thrown away. Real
and generated images go through D in separate calls. Every step calls `.item()` on every loss.

Each loop is an endless generator that yields the losses of each step. It uses nothing of `training.loop`.
"""

import random
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.v2 import Compose, Pad, RandomCrop, RandomHorizontalFlip, ToDtype, ToImage

from space.models.autoencoder import Autoencoder
from space.models.cyclegan import CycleGAN
from space.models.gan import GAN
from space.models.vae import VAE
from training.data import DataError

Losses = Iterator[dict[str, float]]


class Pictures(Dataset):
    """uint8 pixels (N, C, H, W), read as torchvision's data sets do it: one image at a time, through PIL."""

    def __init__(self, pixels: Tensor, *augmentation: nn.Module) -> None:
        self.pixels = pixels
        self.transform = Compose([*augmentation, ToImage(), ToDtype(torch.float32, scale=True)])

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        pixels = self.pixels[index]
        picture = pixels[0] if len(pixels) == 1 else pixels.permute(1, 2, 0)
        return self.transform(Image.fromarray(picture.numpy()))


def batches(pictures: Pictures, batch_size: int, device: torch.device) -> Iterator[Tensor]:
    """Float images (B, C, H, W) in [0, 1], epoch after epoch."""
    loader = DataLoader(pictures, batch_size, shuffle=True, drop_last=True)
    if not len(loader):
        raise DataError(f"batch_size {batch_size} is more than the {len(pictures)} training images; lower it")
    while True:
        for x in loader:
            yield x.to(device)


def adam(network: nn.Module, *others: nn.Module, lr: float, beta1: float = 0.9) -> torch.optim.Adam:
    parameters = [parameter for part in (network, *others) for parameter in part.parameters()]
    return torch.optim.Adam(parameters, lr=lr, betas=(beta1, 0.999))


def train_autoencoder(config: Any, pixels: Tensor, device: torch.device) -> Losses:
    model = Autoencoder(config.model).to(device)
    optimizer = adam(model, lr=config.learning_rate)
    for x in batches(Pictures(pixels), config.batch_size, device):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), x, reduction="sum") / len(x)
        loss.backward()
        optimizer.step()
        yield {"loss": loss.item()}


def train_vae(config: Any, pixels: Tensor, device: torch.device) -> Losses:
    model = VAE(config.model).to(device)
    optimizer = adam(model, lr=config.learning_rate)
    for x in batches(Pictures(pixels), config.batch_size, device):
        optimizer.zero_grad()
        mu, logvar = model.encode(x)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        recon = F.binary_cross_entropy(model.decode(z), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        loss = (recon + kl) / len(x)
        loss.backward()
        optimizer.step()
        yield {"loss": loss.item()}


def train_gan(config: Any, pixels: Tensor, device: torch.device, model: GAN) -> Losses:
    generator, discriminator = model.to(device).generator, model.discriminator
    optimizer_g, optimizer_d = (
        adam(network, lr=config.learning_rate, beta1=config.adam_beta1)
        for network in (generator, discriminator)
    )
    ones, zeros = (make(config.batch_size, device=device) for make in (torch.ones, torch.zeros))
    for real in batches(Pictures(pixels), config.batch_size, device):
        discriminator.zero_grad()
        loss_real = F.binary_cross_entropy_with_logits(discriminator(real), ones)
        loss_real.backward()
        fake = generator(torch.randn(len(real), model.config.latent_dim, device=device))
        loss_fake = F.binary_cross_entropy_with_logits(discriminator(fake.detach()), zeros)
        loss_fake.backward()
        optimizer_d.step()
        generator.zero_grad()
        loss_g = F.binary_cross_entropy_with_logits(discriminator(fake), ones)
        loss_g.backward()
        optimizer_g.step()
        yield {"loss_d": loss_real.item() + loss_fake.item(), "loss_g": loss_g.item()}


class ImagePool:
    """A replay buffer that handles one image at a time: D sees a remembered image in half of the cases."""

    def __init__(self, size: int) -> None:
        self.size, self.images = size, []

    def query(self, images: Tensor) -> Tensor:
        shown = []
        for image in images.detach():
            if len(self.images) < self.size:
                self.images.append(image.clone())
            elif random.random() < 0.5:
                place = random.randrange(self.size)
                image, self.images[place] = self.images[place], image.clone()
            shown.append(image)
        return torch.stack(shown)


def train_cyclegan(config: Any, pixels: tuple[Tensor, Tensor], device: torch.device) -> Losses:
    model = CycleGAN(config.model).to(device)
    g_ab, g_ba = model.generator_ab, model.generator_ba
    d_a, d_b = model.discriminator_a, model.discriminator_b
    optimizer_g = adam(g_ab, g_ba, lr=config.learning_rate, beta1=config.adam_beta1)
    optimizer_d = adam(d_a, d_b, lr=config.learning_rate, beta1=config.adam_beta1)
    crop = config.random_crop
    moved = (
        Pad(crop, padding_mode="reflect"),
        RandomCrop(config.model.image_size),
        RandomHorizontalFlip(),
    )
    both = zip(*(batches(Pictures(part, *moved), config.batch_size, device) for part in pixels))
    pools = ImagePool(config.pool_size), ImagePool(config.pool_size)

    def is_real(scores: Tensor, real: bool) -> Tensor:
        return F.mse_loss(scores, torch.full_like(scores, float(real)))

    for a, b in both:
        optimizer_g.zero_grad()
        fake_b, fake_a = g_ab(a), g_ba(b)
        games = is_real(d_b(fake_b), True), is_real(d_a(fake_a), True)
        # on [-1, 1], as in the paper
        cycles = 2 * F.l1_loss(g_ba(fake_b), a), 2 * F.l1_loss(g_ab(fake_a), b)
        (sum(games) + config.lambda_cycle * sum(cycles)).backward()
        optimizer_g.step()
        optimizer_d.zero_grad()
        losses_d = []
        for discriminator, real, fake, pool in ((d_a, a, fake_a, pools[0]), (d_b, b, fake_b, pools[1])):
            seen = pool.query(fake)
            losses_d.append(is_real(discriminator(real), True) + is_real(discriminator(seen), False))
            losses_d[-1].backward()
        optimizer_d.step()
        names = "loss_g_ab", "loss_g_ba", "cycle_a", "cycle_b", "loss_d_a", "loss_d_b"
        losses = {name: loss.item() for name, loss in zip(names, (*games, *cycles, *losses_d), strict=True)}
        yield losses | {"cycle_loss": losses["cycle_a"] + losses["cycle_b"]}
