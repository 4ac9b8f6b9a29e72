"""Model folders with the pictures and the history of a training run, and the run as the page gets it."""

import base64
import csv
import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from space.lessons.timeline import view
from space.models import roles
from space.models.cyclegan import CycleGAN, CycleGANConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.vae import VAE, VAEConfig
from space.weights import hub

GAN_NAME, VAE_NAME, BARE_NAME = roles.DCGAN, roles.VAE_MAP, roles.PLAIN
CYCLEGAN_NAME = roles.TRANSLATOR
STEPS = [0, 1, 2, 4, 9, 19, 40, 86, 186, 400]
GAN_COLUMNS = ["loss_d", "loss_g", "d_real", "d_fake", "d_fake_after", "value"]


def grid(step: int, columns: int = 10, rows: int = 6) -> Image.Image:
    """A grid as training draws it, with digit-sized cells that tell step, column and row apart."""
    pixels = np.zeros((29 * rows + 1, 29 * columns + 1, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            level = 20 + (STEPS.index(step) * 60 + row * columns + column) % 230
            pixels[1 + 29 * row : 29 * (row + 1), 1 + 29 * column : 29 * (column + 1)] = level
    return Image.fromarray(pixels)


def write_gan(folder: Path) -> None:
    """A run as `training.train_gan` leaves it: losses every 10 steps, a metric with each picture."""
    torch.manual_seed(0)
    DCGAN(DCGANConfig(latent_dim=4, base_channels=8)).save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in STEPS:
        grid(step).save(folder / "samples" / f"step-{step:06d}.png")
    with (folder / "history.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["step", "epoch", "learning_rate", "images_per_second", *GAN_COLUMNS, "test_lenet_fid"]
        )
        for step in sorted({*STEPS, *range(10, 401, 10)}):
            logged = [0.5, 2.0, 0.75, 0.25, 0.2, -0.6] if step and step % 10 == 0 else [""] * 6
            fid = [300 / (1 + step)] if step in STEPS else [""]
            writer.writerow([step, step / 100, "2e-4", 500, *logged, *fid])


def write_vae(folder: Path) -> None:
    """A run of another family, with half the rows of pictures."""
    VAE(VAEConfig(latent_dim=2, hidden_dim=8)).save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in STEPS[::2]:
        grid(step, rows=5).save(folder / "samples" / f"step-{step:06d}.png")
    (folder / "history.csv").write_text(
        "step,epoch,loss,recon,kl,test_loss,test_recon,test_kl\n"
        "0,0,,,,530,530,0.01\n10,1,300,290,10,,,\n20,2,100,80,20,110,89,21\n"
    )


def write_cyclegan(folder: Path) -> None:
    """A run as `training.train_cyclegan` leaves it: two games, their cycle, and what is measured of both."""
    small = CycleGANConfig(base_channels=4, num_blocks=1, discriminator_channels=4)
    CycleGAN(small).save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in (0, 10, 20):
        Image.new("RGB", (8 * 65 + 1, 4 * 65 + 1), (200, step, 0)).save(folder / f"samples/step-{step}.png")
    measured = [f"test_{key}_{way}" for key in ("l1", "ssim", "domain") for way in ("ab", "ba")]
    columns = ["loss_d_a", "loss_d_b", "loss_g_ab", "loss_g_ba", "cycle_loss"]
    measured = ["test_cycle_l1_a", "test_cycle_l1_b", *measured]
    rows = [[0, 0, *[""] * 5, *[0.1 * i for i in range(8)]], [10, 1, *[0.5 + 0.1 * i for i in range(5)]]]
    lines = [["step", "epoch", *columns, *measured], *rows, [20, 2, *[0.4 - 0.05 * i for i in range(13)]]]
    (folder / "history.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))


def write_models(root: Path) -> None:
    write_gan(root / GAN_NAME)
    write_cyclegan(root / CYCLEGAN_NAME)
    write_vae(root / VAE_NAME)


def run_of(name: str) -> dict:
    return view.training_run(hub.load(name))


def panels_of(run: dict) -> dict[str, dict]:
    return {panel["group"]: panel for panel in run["panels"]}


def opened(source: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/png;base64,"))))
