"""The manifold lesson's computations: codes of test digits, axes, blends."""

from pathlib import Path

import pytest
import torch

from space.lessons.manifold import work
from space.weights import hub
from tests.space.lessons.manifold.fakes import AUTOENCODER_2D, VAE_2D, digit

pytestmark = pytest.mark.usefixtures("models")


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "z1,z2,label\n",
        "z1,z2,label\n1,2\n",
        "z1,z2,label\nnan,1,2\n",
        "z1,z2,label\n0,0,12\n",
        "a\nb",
    ],
)
def test_a_map_works_without_sound_codes(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "latents.csv").write_text(content)
    loaded = hub.load(VAE_2D)
    loaded = hub.LoadedModel(VAE_2D, loaded.model, "bundled", None, None, tmp_path)
    assert len(work.read_latents(tmp_path)[0]) == 0
    assert work.axes(loaded) == [[-3, 3], [-3, 3]]
    assert work.active_dimensions(loaded) == [(0, None), (1, None)]


def test_a_blend_starts_and_ends_at_the_reconstructions() -> None:
    for name in (VAE_2D, AUTOENCODER_2D, work.DEEP):
        model = hub.load(name).model
        strip = work.blend(model, digit(1), digit(7), 6)
        torch.testing.assert_close(strip[[0, -1]], model(torch.cat([digit(1), digit(7)])))
