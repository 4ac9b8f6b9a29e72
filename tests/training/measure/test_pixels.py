"""Figures of an exact density: the images are the VAE's, counting counts, and AUROC is a share of pairs."""

import json
import math
from itertools import product

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from space.models import roles
from space.models.vae import VAE, VAEConfig, importance_weighted_nll
from space.pictures.sheets import digit_sheet
from space.weights.hub import BUNDLED
from tests.small_models import small
from training import fit_counting
from training.data import Images, to_float
from training.errors import TrainingError
from training.measure import codes, counting, pixels
from training.measure.counting import Counting
from training.measure.pixels import altered, binarised, likelier


def digits() -> Tensor:
    return digit_sheet().flatten(0, 1)[:, None]


def shipped() -> Counting:
    tables = load_file(BUNDLED / roles.PIXELS / "counting.safetensors")
    assert tables["offsets"].tolist() == [list(one) for one in counting.offsets()]
    return Counting(tables["log_odds"], tables["place"])


def test_the_images_are_those_of_the_vae(monkeypatch: pytest.MonkeyPatch):
    """Whatever is asked of the VAE for `iw_nll_1000`, this density is asked for the very same pictures."""
    vae = VAE(VAEConfig(hidden_dim=2, latent_dim=20)).eval()
    grey = digits().repeat(3, 1, 1, 1)[:530]  # more than are made binary at a time
    real, drawn = (torch.Generator().manual_seed(0) for _ in range(2))
    with torch.no_grad():
        importance_weighted_nll(vae, to_float(grey[:20]).round(), 50, real)
    seen = []

    def nll(_: VAE, x: Tensor, num_samples: int, rng: torch.Generator) -> Tensor:
        seen.append(x)
        torch.randn(num_samples, len(x), 20, generator=rng)
        return torch.zeros(len(x))

    nll(vae, grey[:20], 50, drawn)
    assert torch.equal(real.get_state(), drawn.get_state())  # it draws as many numbers as the real one
    seen.clear()
    monkeypatch.setattr(codes, "importance_weighted_nll", nll)
    codes._Figures(vae, Images(grey, None, "digits"), 0).importance_weighted_nll(1000)
    assert torch.equal(torch.cat(seen[::20]), binarised(grey, 0))


def test_counting_by_hand(monkeypatch: pytest.MonkeyPatch):
    """A white pixel after a white one, always: one neighbour, shares of one table, with one count of the
    shorter pattern's."""
    monkeypatch.setattr(counting, "NUM_NEIGHBOURS", 1)
    monkeypatch.setattr(counting, "NUM_AT_PLACE", 0)
    monkeypatch.setattr(counting, "offsets", lambda count=1: [(0, -1)])
    x = torch.ones(3, 1, 1, 4)
    x[0, ..., 0] = 0
    white = (11 + 0.5) / 13  # of 12 pixels, and one count of a half
    after = {0: (3 - 1 + 1 + white) / (4 + 1), 1: (8 + white) / (8 + 1)}
    table = Counting.fit(x)
    assert table.log_odds.tolist() == [round(1000 * math.log(p / (1 - p))) for p in after.values()]
    first = (2 + 30 * white) / 33  # of the three pixels at the first place
    added = 16 * (math.log(first / (1 - first)) - math.log(white / (1 - white)))
    assert table.place[0].tolist() == [round(added)]


def test_counting_is_a_density(monkeypatch: pytest.MonkeyPatch):
    """Its probabilities of all images of 3x3 sum to 1, by one table and by place."""
    rng = torch.Generator().manual_seed(0)
    table = Counting.fit((torch.rand(500, 1, 3, 3, generator=rng) < 0.4).float())
    every = torch.tensor(list(product([0.0, 1.0], repeat=9))).view(-1, 1, 3, 3)
    for by_place in (False, True):
        assert table.log_prob(every, by_place).exp().sum().item() == pytest.approx(1, abs=1e-9)
    assert not torch.equal(table.log_prob(every), table.log_prob(every, by_place=False))


def test_what_is_likely_is_a_share_of_pairs():
    ours, theirs = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, math.inf])
    pairs = [(b > a) + 0.5 * (b == a) for a in ours for b in theirs]
    assert likelier(ours, theirs) == pytest.approx(sum(map(float, pairs)) / 9)
    x = binarised(digits(), 0)
    made = altered(x, 0)
    assert all(set(one.unique().tolist()) <= {0, 1} for one in made.values())
    assert torch.equal(made["shuffled"].sum((1, 2, 3)), x.sum((1, 2, 3)))
    assert torch.equal(made["upside_down"].flip(2), x) and torch.equal(made["mirrored"].flip(3), x)
    assert made["blank"].sum() == 0 and len(made["line"]) == 1 and torch.equal(1 - made["inverted"], x)
    assert abs(made["noise"].mean().item() - pixels.INK) < 0.01


def test_the_shipped_counts_are_near_their_figure_and_know_a_blank_sheet():
    metrics = json.loads((BUNDLED / roles.PIXELS / "metrics.json").read_text())
    table, x = shipped(), binarised(digits(), 0)
    mean, error = -table.log_prob(x).mean().item(), table.log_prob(x).std().item() / len(x) ** 0.5
    assert abs(mean - metrics["nll_counting"]["value"]) < 4 * error
    blank = -table.log_prob(torch.zeros(1, 1, 28, 28)).item()
    assert blank == pytest.approx(metrics["likely_blank"]["value"][1], abs=1e-3)


def test_counts_are_written_into_the_folder_of_a_pixelcnn_alone(tmp_path, monkeypatch: pytest.MonkeyPatch):
    grey = digits()
    monkeypatch.setattr(fit_counting, "load_images", lambda *_: Images(grey, None, "200 digits"))
    facts = {"family": "PixelCNN", "dataset": "mnist", "seed": 3}
    folder = tmp_path / "pixels"
    small(pixels.PixelCNN).save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(facts))
    fit_counting.main(fit_counting.CountingConfig(str(folder)))
    found = load_file(folder / "counting.safetensors")
    rng = torch.Generator().manual_seed(3)
    wanted = Counting.fit((torch.rand(grey.shape, generator=rng) < to_float(grey)).float())
    assert torch.equal(found["log_odds"], wanted.log_odds) and torch.equal(found["place"], wanted.place)
    with pytest.raises(TrainingError, match="holds a Classifier; counts stand beside a PixelCNN"):
        fit_counting.main(fit_counting.CountingConfig(roles.DIGIT_JUDGE))
