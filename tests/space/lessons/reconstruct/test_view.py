"""What the endpoint of the reconstruction lesson draws: error maps."""

from space.lessons.reconstruct import view, work
from space.models import roles


def test_the_error_map_runs_from_black_to_pale(bundled, x):
    result = work.reconstruct(x, x, roles.PLAIN)
    exact = work.Reconstruction(result.loaded, x, x, x, [0.0], None)
    opposite = work.Reconstruction(result.loaded, x * 0, x, x * 0 + 1, [0.0], None)
    assert view.error_map(exact, 2).size == (56, 56)
    assert view.error_map(exact).getpixel((0, 0)) == (0, 0, 4)
    assert view.error_map(opposite).getpixel((0, 0)) == (252, 253, 191)
