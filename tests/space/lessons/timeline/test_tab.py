"""The training tab without a browser: which models it offers, and which hints it gives."""

from pathlib import Path

import pytest

from space.lessons.timeline import tab, work
from space.models import MODELS, roles
from space.text import TEXT
from space.text.refusals import Problem
from space.weights.hub import load
from tests.space.lessons.timeline.fakes import CYCLEGAN_NAME, GAN_NAME, VAE_NAME


def test_games_come_first_and_what_makes_no_pictures_not_at_all() -> None:
    assert work.NAMES[:3] == [roles.DCGAN, roles.GAN, roles.LIGHT]
    assert len(work.NAMES) == len(set(work.NAMES))
    assert roles.DIGIT_JUDGE not in work.NAMES and roles.VAE_MAP in work.NAMES
    for refuses in (lambda: tab.show_code(roles.DIGIT_JUDGE), lambda: tab.told(load(roles.DIGIT_JUDGE))):
        with pytest.raises(Problem, match="choose one of"):
            refuses()
    with pytest.raises(Problem, match="no model named"):
        tab.show_code("gan")


def test_the_run_comes_with_where_its_weights_are_from(root: Path) -> None:
    told = tab.told(load(GAN_NAME))
    assert told["run"]["model"] == GAN_NAME and GAN_NAME in told["badge"]
    assert f"space/pretrained/{GAN_NAME}" in tab.show_code(GAN_NAME)


def test_hints_fit_the_family() -> None:
    hints = [tab.hints_of(name).key for name in (GAN_NAME, CYCLEGAN_NAME, VAE_NAME)]
    assert hints == ["timeline.game", "timeline.translation", "timeline.coder"]
    assert {name: work.kind_of(name) for name in work.NAMES if not hasattr(MODELS[name], "code")} == {
        **dict.fromkeys((roles.GAN, roles.DCGAN), "game"),
        **dict.fromkeys((roles.DIFFUSION, roles.DIFFUSION_NOISE, roles.FLOW), "diffusion"),
        **dict.fromkeys((roles.LIGHT, roles.TRANSLATOR), "translation"),
        roles.PIXELS: "pixels",
    }  # others have no encoder to speak of
    assert all(f"timeline.{work.kind_of(name)}" in TEXT for name in work.NAMES)
