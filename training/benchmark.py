"""Time the training step of a DCGAN against the textbook's, and sampling, in one run on one machine.

    python -m training.benchmark

The textbook step is that of the usual tutorial: float32, contiguous tensors, a DataLoader that transforms
image by image, gradients of D computed (and thrown away) on G's step. Both steps train the same networks
at the same batch size. They take turns, so that a noisy neighbour slows both; the figures are medians.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
import tyro
from accelerate import Accelerator
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.v2 import Compose, Normalize, ToDtype, ToImage

from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN
from training.data import Images
from training.loop import Batches
from training.train_gan import TrainConfig, make_optimizers, make_step

NUM_IMAGES = 4096


@dataclass(frozen=True)
class BenchmarkConfig:
    """Time the training step of a DCGAN against the textbook's, and sampling."""

    batch_size: int = 64
    """images a step"""
    num_steps: int = 20
    """steps each side takes in its turn"""
    num_rounds: int = 7
    """turns; the median counts"""
    mixed_precision: Literal["no", "bf16"] = "bf16"
    """number format of our step; the textbook's is float32"""
    compile: bool = torch.cuda.is_available()
    """time our step with torch.compile too"""
    cpu_threads: int = 0
    """threads of CPU arithmetic; 0: torch's choice"""


class Pictures(Dataset):
    """Images as MNIST's own class hands them out: one at a time, through PIL and transforms to [-1, 1]."""

    def __init__(self, pixels: Tensor) -> None:
        self.pixels = pixels
        self.transform = Compose([ToImage(), ToDtype(torch.float32, scale=True), Normalize([0.5], [0.5])])

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        return self.transform(Image.fromarray(self.pixels[index, 0].numpy()))


def textbook_step(model: GAN, pixels: Tensor, batch_size: int, device: torch.device) -> Callable[[], None]:
    """One step of the tutorial's GAN a call."""
    loader = DataLoader(Pictures(pixels), batch_size, shuffle=True, drop_last=True)
    generator, discriminator = model.generator, model.discriminator
    optimizer_g, optimizer_d = (
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for network in (generator, discriminator)
    )
    ones, zeros = torch.ones(batch_size, device=device), torch.zeros(batch_size, device=device)

    def forever() -> Iterator[Tensor]:
        while True:
            yield from loader

    batches = forever()

    def step() -> None:
        discriminator.zero_grad()
        real = (next(batches).to(device) + 1) / 2  # our networks take [0, 1]
        F.binary_cross_entropy_with_logits(discriminator(real), ones).backward()
        fake = generator(torch.randn(batch_size, model.config.latent_dim, device=device))
        F.binary_cross_entropy_with_logits(discriminator(fake.detach()), zeros).backward()
        optimizer_d.step()
        generator.zero_grad()
        F.binary_cross_entropy_with_logits(discriminator(fake), ones).backward()
        optimizer_g.step()

    return step


def our_step(model: GAN, pixels: Tensor, config: TrainConfig, accelerator: Accelerator) -> Callable[[], None]:
    """One step of `training.train_gan` a call."""
    model = model.to(accelerator.device, memory_format=torch.channels_last)
    step = make_step(config, accelerator, model, make_optimizers(config, model))
    batches, number = Batches(Images(pixels, None, ""), config, accelerator), iter(range(10**9))
    return lambda: step(batches[next(number)])


def compiled_step(step_of: Callable[[GAN], Callable[[], None]], model: GAN) -> Callable[[], None]:
    """The step with both networks compiled."""
    model.generator.compile()
    model.discriminator.compile()
    return step_of(model)


def seconds(work: Callable[[], object], times: int, device: torch.device) -> float:
    """Seconds a call, the device's work included."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - started) / times


def main(config: BenchmarkConfig) -> None:
    if config.cpu_threads:
        torch.set_num_threads(config.cpu_threads)
    accelerator = Accelerator(mixed_precision=config.mixed_precision)
    device = accelerator.device
    shape = DCGANConfig()
    pixels = torch.randint(256, (NUM_IMAGES, *shape.image_shape), dtype=torch.uint8)
    ours = TrainConfig(output_dir=Path(), batch_size=config.batch_size)

    def make_ours(model: GAN) -> Callable[[], None]:
        return our_step(model, pixels, ours, accelerator)

    steps = {
        "textbook": textbook_step(DCGAN(shape).to(device), pixels, config.batch_size, device),
        f"ours, {config.mixed_precision}": make_ours(DCGAN(shape)),
    }
    if config.compile:
        steps["ours, compiled"] = compiled_step(make_ours, DCGAN(shape).to(device))
    times: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(config.num_rounds + 1):
        for name, step in steps.items():
            taken = seconds(step, config.num_steps, device)
            if turn:  # the first turn warms up
                times[name].append(taken)
    place = (
        torch.cuda.get_device_name() if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    )
    print(f"DCGAN {shape.image_size} px, {shape.base_channels} channels, batch {config.batch_size}, {place}")
    for name, taken in times.items():
        speed = config.batch_size / statistics.median(taken)
        ratio = statistics.median(a / b for a, b in zip(times["textbook"], taken))
        print(f"{name:16} {speed:10,.0f} images/s   {ratio:.2f} x the textbook step")

    model, z = DCGAN(shape).to(device).eval(), torch.randn(64, shape.latent_dim, device=device)
    with torch.inference_mode():
        taken = [seconds(lambda: model.decode(z), 5, device) for _ in range(config.num_rounds + 1)][1:]
    print(f"sampling 64 images: {1000 * statistics.median(taken):.1f} ms, float32")


if __name__ == "__main__":
    main(tyro.cli(BenchmarkConfig))
