"""Snippets: the Python behind each picture, which makes the very same picture from the published weights.

There is one function for each kind of picture. The tabs have checked its arguments, which enter the snippet
by `repr`. A snippet saves its pictures under the names that the page's downloads have; a test runs the
snippets and compares the two.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from space.models import MODELS
from space.pictures.sheets import digit_sheet
from space.weights.hub import LoadedModel

IMPORTS = {
    "pathlib": ("Path",),
    "huggingface_hub": ("hf_hub_download", "snapshot_download"),
    "space.pictures": (
        *("digit_sheet", "emoji_sheet", "flat_emoji_sheet", "read_image", "sketch_to_digit"),
        *("sketch_to_square", "to_digit", "to_grid", "to_heat", "to_opinion", "to_pil", "to_square"),
    ),
    "generative_lab.latents": ("evenly", "grid", "quantiles", "straight", "walk"),
    "generative_lab": tuple(sorted({family.__name__ for family in MODELS.values()})),
    "generative_lab.autoencoder": ("corrupt",),
    "generative_lab.samplers": ("inference_times", "step_noise"),
    "generative_lab.layers": ("standard_normal",),
}
"""module -> names that a snippet may use; `generative_lab` is `space.models` as pip installs it"""
UPLOAD, DRAWING = '"your-picture.png"', '"your-drawing.png"'
"""file names of a visitor's own pictures, as expressions"""


def _script(*paragraphs: str) -> str:
    """A snippet: the paragraphs that are not blank, below the imports that they need."""
    body = "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph.strip())
    used = set(re.findall(r"\w+", body))
    imports = [
        f"from {module} import {', '.join(found)}"
        for module, names in IMPORTS.items()
        if (found := [name for name in names if name in used])
    ]
    own = [line for line in imports if line.startswith(("from space", "from generative_lab"))]
    foreign = [line for line in imports if line not in own]
    head = ["\n".join(foreign)] if foreign else []
    if used & {"torch", "from_pretrained"}:
        head, body = ["\n".join([*foreign, "import torch"])], f"torch.set_grad_enabled(False)\n{body}"
    return "\n\n".join([*head, "\n".join(own), body]).strip() + "\n"


def _quoted(text: str) -> str:
    """A string as an expression, in double quotes."""
    return json.dumps(text)


def _load(loaded: LoadedModel, variable: str = "model") -> str:
    """The line that loads these weights."""
    return f"{variable} = {_from_pretrained(loaded)}\n"


def _from_pretrained(loaded: LoadedModel) -> str:
    family = type(loaded.model).__name__
    if loaded.repo_id is None:
        return f"{family}.from_pretrained({_quoted(_folder(loaded))}, strict=True)"
    return f"{family}.from_pretrained({_commit(loaded)}, strict=True)"


def _folder(loaded: LoadedModel) -> str:
    """The folder of weights that no repository has: an operator's own, or one that comes with the app."""
    return str(loaded.folder) if loaded.source == "folder" else f"space/pretrained/{loaded.name}"


def _commit(loaded: LoadedModel) -> str:
    """The repository that the weights are from, as arguments of the Hub's client."""
    return f"{_quoted(loaded.repo_id)}, revision={_quoted(loaded.commit or 'main')}"


def _numbers(z: Sequence[float]) -> list[str]:
    """Each number as the shortest expression of the same float32."""
    return [str(np.float32(value)) for value in z]


def digit(x: Tensor) -> tuple[str, str]:
    """A digit (1, 1, 28, 28), of the sheet or drawn: its name in files, and the expression for it."""
    for label, row in (digit_sheet() / 255 == x[0]).flatten(2).all(2).nonzero().tolist():
        return f"digit-{label}-{row + 1}", f"digit_sheet()[{label}, {row}][None, None] / 255"
    return "drawing", f"sketch_to_digit({DRAWING})"


def reconstruct(
    models: Sequence[LoadedModel], x: str, case: str, noise: str, level: float, seed: int, scale: int
) -> str:
    """One model's reconstruction of x, or those of several side by side; `x` is an expression."""
    noisy = "noisy = x"
    if noise != "none":
        noisy = f"""
rng = torch.Generator().manual_seed({seed!r})
uniform, normal = torch.rand(x.shape, generator=rng), torch.randn(x.shape, generator=rng)
noisy = corrupt(x, {_quoted(noise)}, {level!r}, uniform, normal)
"""
    inputs = f"""
x = {x}  # (1, 1, 28, 28) in [0, 1]
{noisy.strip()}
to_pil(x, {scale}).save("{case}_x.png")
to_pil(noisy, {scale}).save("{case}_noisy.png")
"""
    if len(models) == 1:
        (loaded,) = models
        return _script(
            _load(loaded),
            inputs,
            f"""
z = model.code(noisy){"  # mu" if hasattr(loaded.model, "posterior") else ""}
output = model.decode(z)
to_pil(output, {scale}).save("{loaded.name}_{case}_reconstruction.png")
to_heat((output - x).abs()[0, 0], {scale}).save("{loaded.name}_{case}_error.png")
""",
        )
    family = "".join(f"    {_quoted(one.name)}: {_from_pretrained(one)},\n" for one in models)
    return _script(
        f"models = {{\n{family}}}",
        inputs,
        f"""
for name, model in models.items():
    output = model(noisy)  # encoded and decoded
    to_pil(output, {scale}).save(f"{{name}}_{case}_reconstruction.png")
    to_heat((output - x).abs()[0, 0], {scale}).save(f"{{name}}_{case}_error.png")
""",
    )


def generate(
    loaded: LoadedModel,
    case: str,
    number: int,
    seed: int,
    scale: float,
    chosen: Mapping[str, Sequence[int]],
    columns: int,
    num_frames: int,
) -> str:
    """Samples of a model, the walk through the selected ones, and a - b + c."""
    factor = "" if scale == 1 else f"{scale!r} * "
    samples = f"""
# the page computes in your browser, where a pixel may be rounded to the grey level next to it
rng = torch.Generator().manual_seed({seed!r})
z = {factor}standard_normal({number!r}, model.config.latent_dim, rng)
images = model.decode(z)
to_grid(images, columns={columns}, padding=0).save("{case}.png")
"""
    if hasattr(loaded.model, "discriminate"):
        samples += "scores = torch.sigmoid(model.discriminate(images).double())  # D(G(z))\n"
    film = arithmetic = ""
    if len(chosen["walk"]) > 1:
        film = f"""
film = model.decode(walk(z[{list(chosen["walk"])!r}], num_frames={num_frames}))
to_grid(film, columns={num_frames}, padding=0).save("{case}_walk.png")
"""
    if all(chosen[slot] for slot in "abc"):
        a, b, c = (f"z[{list(chosen[slot])!r}].mean(0)" for slot in "abc")
        arithmetic = f"""
a, b, c = {a}, {b}, {c}
terms = model.decode(torch.stack([a, b, c, a - b + c]))
to_grid(terms, columns=4, padding=0).save("{case}_arithmetic.png")
"""
    return _script(_load(loaded), samples, film, arithmetic)


def latent_map(loaded: LoadedModel, z: Sequence[float], axes: Sequence[str], point: str, case: str) -> str:
    """A point of a map, and the grid of decoded pictures below it; `axes` are expressions for z1 and z2."""
    return _script(
        _load(loaded),
        f"""
# the page decodes in your browser, where a pixel may be rounded to the grey level next to it
z = torch.tensor([[{", ".join(_numbers(z))}]])
to_pil(model.decode(z)).save("{point}.png")
""",
        f"""
z1 = {axes[0]}
z2 = {axes[1]}
pictures = model.decode(grid(z1, z2))  # z1 to the right, z2 upwards
to_grid(pictures, columns=len(z1), padding=0).save("{case}.png")
""",
    )


def between(
    models: Sequence[LoadedModel],
    start: Tensor,
    end: Tensor,
    seed: int,
    steps: int,
    samples: int,
    scale: int,
) -> str:
    """Two digits in the models of the maps: samples of q(z|x) of the first, and the way to the second."""
    (first, x), (last, y) = digit(start), digit(end)
    parts = [
        f"""
x = {x}
to_pil(x, {scale}).save("{first}_seen.png")
y = {y}
"""
    ]
    for loaded in models:
        resampled = f"""
mu, logvar = model.encode(x)
noise = torch.randn({samples}, mu.shape[1], generator=torch.Generator().manual_seed({seed!r}))
z = torch.cat([mu, model.reparameterize(mu, logvar, noise)])
to_grid(model.decode(z), columns={samples + 1}, scale=4).save("{loaded.name}_{first}_seed{seed}.png")
"""
        way = f"""
way = straight(model.code(x), model.code(y), {steps!r})
to_grid(model.decode(way), columns={steps!r}, scale=4).save("{loaded.name}_{first}_{last}_{steps}.png")
"""
        distribution = resampled if hasattr(loaded.model, "posterior") else ""
        parts.append(_load(loaded) + distribution.rstrip() + way)
    return _script(*parts)


def point(loaded: LoadedModel, z: Sequence[float], scale: int, case: str) -> str:
    """One point of a latent space."""
    numbers = "".join(f"    {', '.join(_numbers(z[i : i + 5]))},\n" for i in range(0, len(z), 5))
    return _script(
        _load(loaded),
        f"""
z = torch.tensor([[
{numbers.rstrip()}
]])
to_pil(model.decode(z), {scale}).save("{case}.png")
""",
    )


def file_of(loaded: LoadedModel, path: str) -> str:
    """The expression for a file of a model folder."""
    if loaded.repo_id is None:
        return _quoted(f"{_folder(loaded)}/{path}")
    return f"hf_hub_download({_commit(loaded)}, filename={_quoted(path)})"


def translate(
    loaded: LoadedModel,
    x: str,
    counterpart: str,
    direction: str,
    case: str,
    size: int,
    side: int,
    most: float,
) -> str:
    """A picture once round the cycle, and D's scores of it; `x` and `counterpart` (or "") are expressions."""
    source, target = direction
    scale = max(1, side // size)
    drawn = f"""
y = {counterpart}
to_pil(y, {scale}).save("{case}_counterpart.png")
"""
    return _script(
        _load(loaded),
        f"""
x = {x}
output = model.translate(x, "{direction}")  # G_{direction.upper()}(x)
back, identity = model.translate(torch.cat([output, x]), "{direction[::-1]}").split(1)  # and of x itself
error = (x - back).abs()[0].mean(0)
to_pil(x, {scale}).save("{case}_x.png")
to_pil(output, {scale}).save("{case}_translation.png")
to_pil(back, {scale}).save("{case}_back.png")
to_heat(error / {most}, {scale}).save("{case}_error.png")
to_pil(identity, {scale}).save("{case}_identity.png")
""",
        f"""
stride = 2**model.config.discriminator_layers  # pixels from one patch to the next
scores = model.score_patches(x, "{source}")[0, 0]
to_opinion(x, scores, stride, {scale}).save("{case}_judged_x.png")
scores = model.score_patches(output, "{target}")[0, 0]
to_opinion(output, scores, stride, {scale}).save("{case}_judged_translation.png")
""",
        drawn if counterpart else "",
    )


def upload(box: Sequence[float] | None) -> str:
    """The expression for a digit on a visitor's picture, cut from a box or found without."""
    return f"to_digit(read_image({UPLOAD}){f', {box}' if box else ''})"


def denoise(loaded: LoadedModel, case: str, asked: Mapping[str, Any]) -> str:
    """A trajectory from noise to a digit, with all its steps; `asked` as `Asked` of the lesson has it."""
    digit = asked["digit"]
    wanted = "" if digit is None else f"labels[:] = {digit}\n"
    return _script(
        _load(loaded),
        f"""
rng = torch.Generator().manual_seed({asked["seed"]!r})
x, labels = model.read_latents(standard_normal(1, model.config.latent_dim, rng))  # x_T, and a class
{wanted}image, *steps = model.trajectory(
    x,
    labels,
    times=inference_times(model.levels, {asked["steps"]!r}),
    guidance={asked["guidance"]!r},
    guidance_low={asked["guidance_low"]!r},  # where a guidance above 1 acts, as shares of T
    guidance_high={asked["guidance_high"]!r},
    sampler="{asked["sampler"]}",
    noise=step_noise(1, model.config.image_shape, rng),
)
to_pil(image).save("{case}_image.png")
strips = torch.cat(steps)  # x_t, the x_0 predicted in it, and the noise, in [-1, 1]
to_grid((strips + 1).clamp(0, 2) / 2, columns={asked["steps"]!r}).save("{case}.png")
""",
    )


def bring_back(loaded: LoadedModel, case: str, x: str, asked: Mapping[str, Any]) -> str:
    """A digit, an expression, that is noised as far as `start`, and what the model makes of it."""
    config, digit = loaded.model.config, asked["digit"]
    first = max(1, int(asked["start"] * config.num_timesteps + 0.5))
    steps = min(first, max(1, int(asked["start"] * asked["steps"] + 0.5)))
    label = "model.null_label" if digit is None else digit
    return _script(
        _load(loaded),
        f"""
x = {x}  # (1, 1, 28, 28) in [0, 1]
rng = torch.Generator().manual_seed({asked["seed"]!r})
noise, _ = model.read_latents(standard_normal(1, model.config.latent_dim, rng))
times = inference_times(model.levels, {steps}, {first - 1})
noised = model.q_sample(2 * x - 1, torch.tensor(times[:1]), noise)
image = model.denoise(
    noised,
    torch.tensor([{label}]),
    times,
    guidance={0.0 if digit is None else asked["guidance"]!r},
    guidance_low={asked["guidance_low"]!r},  # where a guidance above 1 acts, as shares of T
    guidance_high={asked["guidance_high"]!r},
)
to_pil(x).save("{case}_seen.png")
to_pil((noised[0] + 1) / 2).save("{case}_noised.png")
to_pil(image).save("{case}_made.png")
""",
    )


def draw_pixels(loaded: LoadedModel, asked: Mapping[str, Any]) -> str:
    """A digit that is drawn pixel by pixel, with what was said of each and its log p."""
    digit = asked["digit"]
    label, what = ("model.null_label", "any") if digit is None else (digit, f"digit-{digit}")
    temperature, guidance = asked["temperature"], asked["guidance"]
    log_odds = "model.logits(image, labels)"
    if guidance != 1 and digit is not None:
        log_odds = f"torch.lerp(model.logits(image), {log_odds}, {guidance!r})"
    case = f"{loaded.name}_{what}_seed{asked['seed']}_temperature{temperature:g}_guidance{guidance:g}"
    return _script(
        _load(loaded),
        f"""
labels = torch.tensor([{label}])
nothing = torch.zeros(1, 1, 28, 28)
rng = torch.Generator().manual_seed({asked["seed"]!r})
image = model.complete(nothing, nothing, rng, labels, temperature={temperature!r}, guidance={guidance!r})
shades = torch.sigmoid({log_odds} / {temperature!r})  # before the coin falls
print(model.log_prob(image, labels))  # nats
to_grid(torch.cat([image, shades]), columns=2).save("{case}.png")
""",
    )


def complete(loaded: LoadedModel, case: str, x: str, rows: int | None, asked: Mapping[str, Any]) -> str:
    """Completions of a digit, an expression, of which the first `rows` stay, or what a mask says."""
    label = "model.null_label" if asked["digit"] is None else asked["digit"]
    known = f"known[:, :, :{rows}] = 1"
    if rows is None:
        known = "known[:] = torch.rand(28, 28) < 0.5  # your strokes stay in the page: here is another mask"
    count = asked["count"]
    return _script(
        _load(loaded),
        f"""
grey = {x}  # (1, 1, 28, 28) in [0, 1]
x = (torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0)) < grey).float()
known = torch.zeros_like(x)
{known}
rng = torch.Generator().manual_seed({asked["seed"]!r})
labels = torch.full(({count},), {label})
images = model.complete(x.expand({count}, -1, -1, -1), known.expand({count}, -1, -1, -1), rng, labels)
to_grid(images, columns={count}, padding=0).save("{loaded.name}_{case}_completed.png")
print(model.log_prob(x))  # exact, in nats
print(model.class_log_probs(x).softmax(1))  # P(y|x) by Bayes, all classes as likely
""",
    )


def timeline(loaded: LoadedModel) -> str:
    """The snapshots and losses of training, from the model folder."""
    bundled = _quoted(_folder(loaded))
    folder = f"Path({bundled if loaded.repo_id is None else f'snapshot_download({_commit(loaded)})'})"
    return _script(
        f"""
folder = {folder}
for path in sorted(folder.glob("samples/step-*.png")):
    step = int(path.stem.removeprefix("step-"))
    read_image(path).save(f"{loaded.name}_step{{step}}.png")
print((folder / "history.csv").read_text())  # the curves
"""
    )
