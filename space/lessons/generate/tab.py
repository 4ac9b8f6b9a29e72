"""The generate tab: samples of two models side by side, walks between them, and arithmetic with them.

`Samples` is the component of one model. Choosing samples and playing a walk happen in the browser
(`generate.js`); this module makes the pictures. At the end: the API.
"""

import json
import math
from functools import lru_cache
from typing import Any

import gradio as gr
import torch
from PIL import Image
from torch import Tensor, nn

from space.models import MODELS, models_that
from space.models.latents import walk
from space.models.layers import standard_normal
from space.page import code_behind, link
from space.page.components import asset, choice
from space.page.handlers import HEAVY, friendly
from space.page.markup import data_url, download, metric_tiles, metric_value, source_badge, tiles
from space.page.words import LATEX, i18n, words
from space.pictures.outputs import to_grid
from space.pictures.sheets import digit_sheet
from space.text import TEXT
from space.text.limits import MAX_SAMPLES, MAX_SCALE, MAX_SEED
from space.text.refusals import check_number
from space.weights.hub import LoadedModel, load
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import Metrics, read_metrics

MODEL, OTHER = "dcgan-mnist", "vae-mnist-20d"
"""what the page begins with"""
NOTHING = "nothing"
COLUMNS = 8
NUM_FRAMES = 12
"""pictures from one sample of a walk to the next"""
SLOTS = {"walk": 8, "a": 3, "b": 3, "c": 3}
"""what samples are chosen for, and how many at most"""
FIRST_CHOICE = {"walk": [0, 1, 2], "a": [], "b": [], "c": []}
FIGURES = ("lenet_fid", "lenet_fid_floor", "precision", "recall", "class_entropy")
MARKUP = f"""
<div class="about"></div>
<form class="controls">
  <fieldset class="slots"><legend data-text="slots"></legend></fieldset>
  <button type="button" class="clear" data-text="clear"></button>
  <label class="order"><input type="checkbox"> <span data-text="order"></span></label>
</form>
<div class="samples" role="group" data-label="samples"></div>
<p class="files">{download(".png", inline=True)}{download(".csv")}</p>
<div class="facts"></div>
<section class="walk">
  <h3 data-text="walk"></h3>
  <p class="hint" data-text="walk_hint"></p>
  <div class="film">
    <div class="player">
      <canvas role="img" data-label="walk"></canvas>
      <div>
        <button type="button" class="play"></button>
        <select class="speed" data-label="speed"></select>
      </div>
    </div>
    <div class="strip downloadable"><img data-label="strip"><i></i>{download(".png")}</div>
    <input type="range" class="position" min="0" value="0" step="1" data-label="position">
  </div>
</section>
<section class="sum">
  <h3 data-text="sum"></h3>
  <p class="hint" data-text="sum_hint"></p>
  <div class="downloadable"><div class="terms"></div>{download(".png")}</div>
  <p class="length"></p>
</section>
<div class="measured"></div>
"""
WORDS = {
    language: {
        key.removeprefix("samples."): text[index] for key, text in TEXT.items() if key.startswith("samples.")
    }
    for index, language in enumerate(("en", "ko"))
}
CONSTANTS = f"const WORDS = {json.dumps(WORDS)}, SLOTS = {json.dumps(SLOTS)};\n"
"""for the script; as props they would be lost where an update comes before the tab is open"""


class Samples(gr.HTML):
    """Samples of one model to choose from.

    `value` is what a visitor chose, {slot: [numbers of samples]} for `SLOTS`; `panel` is what `show_panel`
    returns, `journey` what `travel` returns.
    """

    def __init__(
        self, panel: dict[str, Any] | None = None, journey: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=asset("lessons/generate/generate.css"),
            js_on_load=CONSTANTS + asset("lessons/generate/generate.js"),
            apply_default_css=False,
            panel=panel,
            journey=journey,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def generators() -> list[str]:
    """Names of the models that turn latent vectors into images; those made for it come first."""

    def fitness(name: str) -> int:
        return hasattr(MODELS[name], "discriminate") + hasattr(MODELS[name], "sample")

    return sorted(models_that("decode"), key=fitness, reverse=True)


def draw_latents(model: nn.Module, number: float, seed: float, scale: float) -> Tensor:
    """z = scale * N(0, I), (number, latent_dim); sample i is the same at any number."""
    number = int(check_number("number", number, 1, MAX_SAMPLES))
    seed = int(check_number("seed", seed, 0, MAX_SEED))
    scale = check_number("scale", scale, 0, MAX_SCALE)
    return scale * standard_normal(number, model.config.latent_dim, torch.Generator().manual_seed(seed))


def score(model: nn.Module, images: Tensor) -> list[float] | None:
    """D(G(z)) of each image, in double precision so that few are exactly 0 or 1; None without a D."""
    if not hasattr(model, "discriminate"):
        return None
    return torch.sigmoid(model.discriminate(images).double()).tolist()


def travel(model: nn.Module, z: Tensor, chosen: Any) -> dict[str, Any]:
    """What is made of the chosen ones of the samples `z`: the walk's film and a - b + c.

    As many as three samples a term are averaged (Radford et al. 2016, section 6.3.2).
    """
    chosen = read_choice(chosen, len(z))
    film = arithmetic = None
    if len(chosen["walk"]) > 1:
        images = model.decode(walk(z[chosen["walk"]], NUM_FRAMES))
        picture = data_url(to_grid(images, NUM_FRAMES, padding=0))
        film = {"picture": picture, "columns": NUM_FRAMES, "rows": len(chosen["walk"])}
    if all(chosen[slot] for slot in "abc"):
        a, b, c = (z[chosen[slot]].mean(0) for slot in "abc")
        terms = torch.stack([a, b, c, a - b + c])
        arithmetic = {
            "picture": data_url(to_grid(model.decode(terms), len(terms), padding=0)),
            "lengths": terms.norm(dim=1).tolist(),
        }
    return {"walk": film, "sum": arithmetic}


def read_choice(chosen: Any, number: int) -> dict[str, list[int]]:
    """The chosen samples of each slot that are among the first `number`, whatever a page may send."""
    chosen = chosen if isinstance(chosen, dict) else {}
    found = {slot: chosen.get(slot) for slot in SLOTS}
    return {
        slot: [i for i in found[slot] if type(i) is int and 0 <= i < number][: SLOTS[slot]]
        if isinstance(found[slot], list)
        else []
        for slot in SLOTS
    }


def case_of(name: str, number: float, seed: float, scale: float) -> str:
    """What the files of some samples are called."""
    return f"{name}_seed{int(seed)}_{int(number)}" + ("" if scale == 1 else f"_scale{scale:g}")


def code_of(loaded: LoadedModel, number: float, seed: float, scale: float, chosen: Any) -> str:
    """The code behind the samples and what is made of those chosen; after `draw_latents`, which checks."""
    case, number = case_of(loaded.name, number, seed, scale), int(number)
    chosen = read_choice(chosen, number)
    return code_behind.generate(loaded, case, number, int(seed), scale, chosen, COLUMNS, NUM_FRAMES)


def show_panel(
    name: str, number: float, seed: float, scale: float, chosen: Any
) -> tuple[dict[str, Any], str]:
    """All that the panel of one model shows, as an update of `Samples`, and the code behind it."""
    try:
        loaded = load(name, "decode")
    except ModelUnavailable as error:  # the other panel goes on
        notice = f'<p class="notice">{words("source.unavailable", reason=error.reason)}</p>'
        return gr.update(panel={"about": f"{_title(name)}{notice}"}, journey=None), ""
    model, metrics = loaded.model, read_metrics(loaded.folder)
    z = draw_latents(model, number, seed, scale)
    images = model.decode(z)
    scores = score(model, images)
    panel = {
        "about": f"{_title(name)}<p>{words(f'generate.about.{type(model).__name__}')}</p>",
        "picture": data_url(to_grid(images, COLUMNS, padding=0)),
        "columns": COLUMNS,
        "rows": math.ceil(len(images) / COLUMNS),
        "number": len(images),
        "scores": scores,
        "file": case_of(name, number, seed, scale),
        "z": z.tolist(),
        "typical": scale * math.sqrt(model.config.latent_dim),
        "facts": _facts(images, scores, metrics),
        "measured": metric_tiles(metrics, FIGURES, words("generate.measured")) + source_badge(loaded),
    }
    journey = travel(model, z, chosen)
    return gr.update(panel=panel, journey=journey), code_of(loaded, number, seed, scale, chosen)


def _title(name: str) -> str:
    return f"<h2>{words(f'generate.model.{name}')}</h2>"


def _facts(images: Tensor, scores: list[float] | None, metrics: Metrics) -> str:
    """Two numbers computed from the samples shown: fidelity in D's eyes, and diversity."""
    found = []
    if scores is not None:
        key, values = "generate.mean_score.note", {}
        if "d_real" in metrics:
            key, values = "generate.mean_score.real", {"real": metric_value(metrics["d_real"])}
        mean = sum(scores) / len(scores)
        found.append((words("generate.mean_score"), f"{mean:.2f}", words(key, **values)))
    if len(images) > 1 and images[0].shape == (1, *digit_sheet().shape[2:]):
        note = words("generate.spread.note", real=f"{real_spread():.1f}")
        found.append((words("generate.spread"), f"{spread(images):.1f}", note))
    return tiles(found)


def spread(images: Tensor) -> float:
    """Mean Euclidean distance between two of the images (B, C, H, W)."""
    return torch.pdist(images.flatten(1)).mean().item()


@lru_cache
def real_spread() -> float:
    """`spread` of the 200 test digits that come with the app."""
    return spread(digit_sheet().flatten(0, 1) / 255)


def show(
    model: str, other: str, number: float, seed: float, scale: float, chosen: Any, other_chosen: Any
) -> list[Any]:
    """Both panels, each with the code behind it, and whether there is a second one."""
    alone = other == NOTHING
    return [
        *show_panel(model, number, seed, scale, chosen),
        *((gr.skip(), gr.skip()) if alone else show_panel(other, number, seed, scale, other_chosen)),
        gr.update(visible="hidden" if alone else True),  # False would take it from the page, with its props
    ]


def explore(model: str, number: float, seed: float, scale: float, chosen: Any) -> tuple[dict[str, Any], str]:
    """The walk and the arithmetic of a new choice, as an update of `Samples`; and the code behind all."""
    loaded = load(model, "decode")
    journey = travel(loaded.model, draw_latents(loaded.model, number, seed, scale), chosen)
    return gr.update(journey=journey), code_of(loaded, number, seed, scale, chosen)


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("generate.tab"), id="generate"):
        gr.Markdown(i18n("generate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        choices = [(i18n(f"generate.model.{name}"), name) for name in generators()]
        with gr.Row():
            model = gr.Dropdown(
                choices, value=MODEL, label=i18n("generate.model"), min_width=260, elem_id="generate-model"
            )
            other = gr.Dropdown(
                [*choices, (i18n("generate.nothing"), NOTHING)],
                value=OTHER,
                label=i18n("generate.other"),
                min_width=260,
                elem_id="generate-other",
            )
        with gr.Row():
            scale = gr.Slider(
                0,
                MAX_SCALE,
                1,
                step=0.05,
                scale=3,
                min_width=260,
                label=i18n("generate.scale"),
                info=i18n("generate.scale.info"),
                elem_id="generate-scale",
            )
            number = gr.Slider(
                1,
                MAX_SAMPLES,
                32,
                step=1,
                scale=3,
                min_width=260,
                label=i18n("generate.number"),
                info=i18n("generate.number.info"),
                elem_id="generate-number",
            )
            with gr.Column(min_width=160):
                seed = gr.Number(0, label=i18n("generate.seed"), elem_id="generate-seed")
                again = gr.Button(i18n("generate.again"), size="sm")
        with gr.Row():
            with gr.Column(min_width=320):
                panel = Samples(value=FIRST_CHOICE, elem_id="generate-panel")
                code = code_behind.code_panel("generate-code")
            with gr.Column(min_width=320) as second:
                other_panel = Samples(value=FIRST_CHOICE, elem_id="generate-other-panel")
                other_code = code_behind.code_panel("generate-other-code")
        gr.Markdown(i18n("generate.hints"), latex_delimiters=LATEX, elem_classes="reading")

        private: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress": "hidden",
            **HEAVY,
            "trigger_mode": "always_last",
        }
        settings = [number, seed, scale]
        refresh = {
            "fn": friendly(show),
            "inputs": [model, other, *settings, panel, other_panel],
            "outputs": [panel, code, other_panel, other_code, second],
            **private,
        }
        panel.ready(**refresh)  # when the tab is opened
        gr.on([control.change for control in (model, other, *settings)], **refresh)
        for name, chosen, behind in ((model, panel, code), (other, other_panel, other_code)):
            chosen.choose(friendly(explore), [name, *settings, chosen], [chosen, behind], **private)
        again.click(None, None, seed, js="() => Math.floor(Math.random() * 1e6)", api_visibility="private")
        _build_api()
    choosing = {
        slot: link.numbers(0, most, 0, MAX_SAMPLES - 1, whole=True, default=FIRST_CHOICE[slot])
        for slot, most in SLOTS.items()
    }
    return [
        link.value("model", model),
        link.value("other", other),
        link.value("scale", scale),
        link.value("number", number),
        link.value("seed", seed, link.number(0, MAX_SEED, whole=True)),
        link.Linked(panel, choosing, own=True),
        link.Linked(other_panel, choosing, own=True, prefix="other_"),
    ]


def generate(
    model: str, number: int = 16, seed: int = 0, scale: float = 1.0
) -> tuple[Image.Image, dict[str, Any]]:
    """Pictures of digits made from noise, and how real the model's discriminator takes each of them for.

    Args:
        model: the generator or decoder; a plain autoencoder was not made for it, and shows
        number: samples, an integer from 1 to 64
        seed: of the noise, an integer from 0 (default) to 4294967295; a sample is the same at any number
        scale: factor of the noise z ~ N(0, I), 0 to 2; below 1 samples are cleaner and more alike

    Returns:
        the samples row by row, at most eight in a row, 28x28 pixels each, without gaps
        source and commit of the model, the settings, and scores: D(G(z)) in [0, 1] of each sample, null for
            a model without a discriminator
    """
    loaded = load(model, "decode")
    images = loaded.model.decode(draw_latents(loaded.model, number, seed, scale))
    columns = min(len(images), COLUMNS)
    numbers = {
        "model": model,
        "source": loaded.source,
        "commit": loaded.commit,
        "reason": loaded.reason,
        "number": len(images),
        "seed": int(seed),
        "scale": scale,
        "columns": columns,
        "image_size": loaded.model.config.image_size,
        "scores": score(loaded.model, images),
    }
    return to_grid(images, columns, padding=0), numbers


def _build_api() -> None:
    """The endpoint /generate, by components that are not on the page."""
    with gr.Row(visible=False):
        inputs = [
            choice("model", generators(), MODEL),
            gr.Number(16, label="number"),
            gr.Number(0, label="seed"),
            gr.Number(1.0, label="scale"),
        ]
        outputs = [gr.Image(format="png", type="pil", label="samples"), gr.JSON(label="numbers")]
    gr.on([], friendly(generate), inputs, outputs, api_name="generate", **HEAVY)
