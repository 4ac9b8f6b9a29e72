"""Tensors as pictures: blocks, grids, the colours of errors and of a discriminator's scores."""

import numpy as np
import pytest
import torch
from torch import nn

from space.models.cyclegan import CycleGANConfig, Discriminator
from space.pictures.outputs import patch_map, to_grid, to_heat, to_pil


def test_pixels_survive_the_way_to_pil_and_are_enlarged_as_blocks():
    pixels = torch.arange(48, dtype=torch.uint8).reshape(3, 4, 4) * 5
    image = to_pil(pixels / 255, scale=3)
    assert image.mode == "RGB" and image.size == (12, 12)
    expected = pixels.permute(1, 2, 0).numpy().repeat(3, 0).repeat(3, 1)
    assert np.array_equal(np.asarray(image), expected)
    assert to_pil(torch.full((1, 1, 2, 2), 1.5)).getextrema() == (255, 255)  # out of range is clipped


def test_a_grid_puts_images_row_by_row():
    images = torch.arange(1, 6).float()[:, None, None, None].expand(5, 1, 2, 2) / 10
    grid = np.asarray(to_grid(images, columns=3, padding=1))
    assert grid.shape == (5, 8)
    assert grid[0, 0] == round(25.5) and grid[0, 3] == 51 and grid[3, 0] == 102 and grid[3, 3] == 128
    assert (grid[:, 2] == 128).all() and (grid[3:, 6:] == 128).all()  # between them, and where none is left
    assert to_grid(images, columns=5, padding=0, scale=4).size == (40, 8)


def test_the_error_map_runs_from_black_to_pale() -> None:
    assert to_heat(torch.tensor([[0.0, 1.0, 7.0]]), 2).size == (6, 2)
    colours = [to_heat(torch.tensor([[value]])).getpixel((0, 0)) for value in (0.0, 1.0, 7.0)]
    assert colours == [(0, 0, 4), (252, 253, 191), (252, 253, 191)]


def test_a_map_covers_the_picture() -> None:
    scores = torch.arange(14 * 14.0).reshape(14, 14)
    drawn = patch_map(scores, 64, 4)
    assert drawn.shape == (64, 64) and set(drawn.flatten().tolist()) == set(scores.flatten().tolist())
    assert (drawn[0, 0], drawn[-1, -1]) == (0, 195)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_score_is_drawn_where_its_patch_lies(layers: int) -> None:
    discriminator = Discriminator(CycleGANConfig(discriminator_channels=2, discriminator_layers=layers))
    for i, module in enumerate(discriminator.network):
        if not isinstance(module, nn.Conv2d):  # what remains sees its patch and nothing else
            discriminator.network[i] = nn.Identity()
    x = torch.rand(1, 3, 128, 128, requires_grad=True)
    (scores,) = discriminator(x)[0]
    middle = len(scores) // 2
    for row, column in ((middle, middle), (middle - 1, middle + 1)):
        (gradient,) = torch.autograd.grad(scores[row, column], x, retain_graph=True)
        one = torch.zeros_like(scores)
        one[row, column] = 1
        drawn = patch_map(one, 128, 2**layers)
        for axis in (0, 1):
            seen, block = (pixels.sum(axis).nonzero()[:, 0] for pixels in (gradient[0].abs().sum(0), drawn))
            assert seen.min() > 0 and seen.max() < 127  # the whole patch lies within the picture
            assert block.float().mean() == (seen.min() + seen.max()) / 2
            assert len(block) == 2**layers
