"""What the reconstruction lesson draws: error maps and bars of latent vectors."""

import pytest

from space.lessons.reconstruct import view, work
from space.models import roles


def test_the_error_map_runs_from_black_to_pale(bundled, x):
    result = work.reconstruct(x, x, roles.PLAIN)
    exact = work.Reconstruction(result.loaded, x, x, x, [0.0], None)
    opposite = work.Reconstruction(result.loaded, x * 0, x, x * 0 + 1, [0.0], None)
    assert view.error_map(exact, 2).size == (56, 56)
    assert view.error_map(exact).getpixel((0, 0)) == (0, 0, 4)
    assert view.error_map(opposite).getpixel((0, 0)) == (252, 253, 191)


@pytest.mark.parametrize("count", [1, 2, 20, 32])
def test_bars_show_size_and_sign(count):
    z = [(-1) ** i * (i + 1.0) for i in range(count)]
    svg = view.latent_bars(z, [0.5] * count)
    assert svg.count('class="plus"') == (count + 1) // 2 and svg.count('class="minus"') == count // 2
    assert svg.count('class="whisker"') == count
    assert "z1 = 1.000 ± 0.500" in svg
    assert "nan" not in view.latent_bars([0.0] * count)
