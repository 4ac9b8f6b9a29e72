"""What PyTorch computes, in files for the tests of the browser's networks: layers, models, random numbers."""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from space.models import MODELS
from space.models.autoencoder import Autoencoder
from space.models.classifier import Classifier
from space.models.cyclegan import CycleGAN
from space.models.dcgan import DCGAN
from space.models.ddpm import DDPM
from space.models.gan import GAN
from space.models.latents import walk
from space.models.layers import scale_about_centre
from space.models.pixelcnn import PixelCNN
from space.models.samplers import SAMPLERS, Known, step_noise
from space.models.vae import VAE
from space.pictures.sheets import digit_sheet
from space.weights.hub import BUNDLED, load
from tests.small_models import small

SEEDS = (0, 1, 4242, 2**31 + 5, 2**32 + 3)
DRAWS = (2, 20, 3, 64, 3, 16, 17, 1, 100)
"""how many normal numbers are drawn, one after another; an odd number below 16 leaves one for the next"""
BELOW = (10, 2**27, 2**28, 2**31, 3 * 2**31 + 1, 2**53, 7)
"""what random whole numbers are below"""
HELD = {"guidance": 2.0, "guidance_low": 0.2, "guidance_high": 0.6}
"""guidance, and where it acts"""
CALLS: dict[str, list[tuple[Any, ...]]] = {
    "encode": [("encode", "images")],
    "code": [("code", "images")],
    "posterior": [("posterior", "images")],
    "decode": [("decode", "codes")],
    "decode_logits": [("decode_logits", "codes")],
    "sample": [("sample", 5, 7)],
    "discriminate": [("discriminate", "images")],
    "translate": [("translate", "images", "ab"), ("translate", "images", "ba"), ("translate", "odd", "ba")],
    "score_patches": [("score_patches", "images", "a"), ("score_patches", "odd", "b")],
    "features": [("features", "images")],
    "predict": [
        ("predict", "noise", t, "labels", guidance) for t, guidance in ((999, 1.5), (300, 0), (20, 1))
    ],
    "denoise": [("denoise", "noise", "labels", {"sampler": sampler, "seed": 3}) for sampler in SAMPLERS],
    "trajectory": [
        ("trajectory", "noise", "labels", {"seed": 5, **more})
        for more in (
            {"sampler": "ddpm", "guidance": 0.5},
            {"resamplings": 3, "times": [700, 300, 40, -1], **HELD},
        )
    ],
    "logits": [("logits", "digits", "labels"), ("logits", "digits")],
    "class_log_probs": [("class_log_probs", "digits")],
    "complete": [
        ("complete", "digits", "top", {"seed": 5, "labels": "labels", "temperature": 0.8}),
        ("complete", "digits", "scattered", {"seed": 2**32 - 1}),
        ("complete", "digits", "top", {"seed": 7, "labels": "labels", "guidance": 1.5}),
    ],
    "forward": [("forward", "codes or images")],
}
"""method -> calls that are compared, of every model that has it; words name inputs"""
WORDS = ("images", "codes", "codes or images", "odd", "noise", "labels", "digits", "top", "scattered")
"""inputs that calls name"""
RGB = {"in_channels": 3}
CODED = [
    {"architecture": "mlp", "image_size": 20, **RGB},
    {"architecture": "mlp", "image_size": 64, "num_layers": 1},
    {"architecture": "conv", "image_size": 20, **RGB},
    {"architecture": "conv", "image_size": 64},
]
NOISY = {"num_inference_steps": 3, "num_blocks": 1, "base_channels": 6}
SMALL: list[tuple[type[nn.Module], dict[str, Any]]] = [
    *((family, config) for family in (Autoencoder, VAE) for config in CODED),
    (Autoencoder, {"architecture": "conv", "variant": "denoising"}),
    (Autoencoder, {"architecture": "mlp", "variant": "k_sparse", "image_size": 12, "latent_dim": 24}),
    (Autoencoder, {"architecture": "mlp", "variant": "denoising", "image_size": 12, **RGB}),
    *((GAN, {"spectral_norm": normed, "image_size": 12, **RGB}) for normed in (False, True)),
    *((DCGAN, {"spectral_norm": True, "image_size": size, **RGB}) for size in (28, 32)),
    *((DCGAN, {"image_size": size, **RGB}) for size in (28, 64)),
    (CycleGAN, {"image_size": 32, "discriminator_layers": 1, "in_channels": 1, "zoom": 1.3}),
    (CycleGAN, {"image_size": 32, "discriminator_layers": 3}),
    (CycleGAN, {"image_size": 24, "skip": "mask", "zoom": 0.8}),
    (CycleGAN, {"image_size": 24, "skip": "palette", "skip_ba": "colours", "palette_size": 5}),
    (CycleGAN, {"image_size": 24, "skip": "none", "in_channels": 1}),
    (Classifier, {"image_size": 20, **RGB}),
    (Classifier, {"image_size": 20, "pooling": "mean", "num_convolutions": 3, "kernel_size": 3, **RGB}),
    (Classifier, {"image_size": 20, "pooling": "mean", "input": "differences", **RGB}),
    *((DDPM, {"prediction": one, **NOISY}) for one in ("noise", "x_start", "velocity", "flow")),
    (DDPM, {"schedule": "linear", "image_size": 32, **NOISY, **RGB, **HELD}),
    (DDPM, {"num_classes": 0, "image_size": 12, **NOISY}),
    (PixelCNN, {"hidden_dim": 12, "context": 3}),
    (PixelCNN, {"num_classes": 0, "image_size": 12, "num_blocks": 2}),
]
"""untrained models, besides the bundled ones: colours, other sizes, what can be set"""


def channels_last(x: Tensor) -> Tensor:
    return x.movedim(1, -1) if x.ndim == 4 else x


class Files:
    """Tensors by name, to be one safetensors file; images with their channels last, as in the browser."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}

    def put(self, name: str, x: Tensor) -> dict[str, Any]:
        """Keeps a tensor, and gives what a case says of it."""
        self.tensors[name] = channels_last(x).contiguous().clone()
        return {"name": name, "shape": list(self.tensors[name].shape)}


def randomise(network: nn.Module, rng: torch.Generator) -> nn.Module:
    """Biases, norms and last layers, which begin as nothing, become something."""
    for name, values in network.state_dict().items():
        if values.ndim > 1 and not values.any():
            values.copy_(torch.randn(values.shape, generator=rng) / 5)
        if values.ndim == 1 and "parametrizations" not in name:
            values.copy_(torch.rand(values.shape, generator=rng) + (0.5 if "var" in name else -0.5))
    return network.eval()


def behind(channels: int, draw: random.Random) -> list[list[Any]]:
    """Layers behind one with weights, as the browser's tests name them."""
    groups = draw.choice([one for one in (1, 2, channels) if channels % one == 0])
    norm = draw.choice([[], [["BatchNorm", channels]], [["GroupNorm", groups, channels]]])
    activation = draw.choice([[], [["ReLU"]], [["LeakyReLU", 0.2]], [["SiLU"]], [["Tanh"]], [["Sigmoid"]]])
    return draw.choice([[*norm, *activation], [*activation, *norm]])


def layer_cases() -> Iterator[tuple[list[list[Any]], nn.Module, tuple[int, ...]]]:
    """Layers by their JavaScript names with arguments, the same in PyTorch, and the shape of an input."""
    draw = random.Random(0)
    for kind, _ in itertools.product(("Conv2d", "ConvTranspose2d"), range(40)):
        a, b = draw.choice([1, 2, 3, 5, 8, 16]), draw.choice([1, 3, 7, 8, 9, 16, 20])
        kernel_size, stride = draw.randint(1, 5), draw.randint(1, 4)
        padding, reflect = draw.randint(0, kernel_size - 1), kind == "Conv2d" and draw.random() < 0.4
        least = max(1, kernel_size - 2 * padding, padding + 1 if reflect else 0)
        if kind == "ConvTranspose2d":
            least = 1 + max(0, -(-(2 * padding + 1 - kernel_size) // stride))
        size = draw.randint(least, least + 9), draw.randint(least, least + 9)
        options = {"stride": stride, "padding": padding, "bias": draw.random() < 0.7}
        if reflect:
            options["reflect"] = True
        layers = [[kind, a, b, kernel_size, options], *behind(b, draw)]
        yield layers, build(layers), (draw.randint(1, 5), a, *size)
    for _ in range(12):
        a, b = draw.randint(1, 40), draw.randint(1, 40)
        normed = draw.random() < 0.3
        layers = [["Linear", a, b, {"bias": draw.random() < 0.7, "spectralNorm": normed}]]
        after = [layer for layer in behind(b, draw) if layer[0] != "GroupNorm"]
        yield [*layers, *after], build([*layers, *after]), (draw.randint(1, 9), a)
    layers = [["Conv2d", 3, 5, 3, {"spectralNorm": True}], ["LeakyReLU", 0.1]]
    yield layers, build(layers), (40, 3, 60, 64)  # more than is computed at once
    layers = [
        ["BatchNorm", 6],
        ["ReLU"],
        ["MaxPool2d", 3],
        ["Flatten"],
        ["Unflatten", [6, 2, 4]],
        ["GroupNorm", 3, 6],
    ]
    yield layers, build(layers), (2, 6, 7, 13)


def build(layers: list[list[Any]]) -> nn.Module:
    """The same layers in PyTorch."""

    def one(kind: str, *values: Any) -> nn.Module:
        *numbers, last = values or [None]
        options = dict(last) if isinstance(last, dict) else {}
        numbers = numbers if isinstance(last, dict) else [value for value in values if value is not None]
        normed = options.pop("spectralNorm", False)
        if options.pop("reflect", False):
            options["padding_mode"] = "reflect"
        if kind == "Unflatten":
            return nn.Unflatten(1, numbers[0])
        if kind == "BatchNorm":
            kind = "BatchNorm2d" if layers[0][0] != "Linear" else "BatchNorm1d"
        layer = getattr(nn, kind)(*numbers, **options)
        return spectral_norm(layer) if normed else layer

    return nn.Sequential(*(one(*layer) for layer in layers))


def write_layers(folder: Path) -> None:
    """`layers.json` and `layers.safetensors`: an input and an output of each case, and its weights."""
    rng, files, cases = torch.Generator().manual_seed(0), Files(), []
    torch.manual_seed(0)
    for i, (layers, network, shape) in enumerate(layer_cases()):
        x = torch.randn(shape, generator=rng)
        randomise(network, rng)
        for name, values in network.state_dict().items():
            files.tensors[f"{i}.{name}"] = values.contiguous().clone()
        cases.append({"layers": layers, "x": files.put(f"{i}.x", x), "y": files.put(f"{i}.y", network(x))})
    functions = []
    for factor, shape in ((1.3, (2, 3, 7, 10)), (0.4, (1, 1, 8, 8)), (0.878, (1, 3, 64, 64))):
        x, name = torch.rand(shape, generator=rng), f"scale {len(functions)}"
        y = scale_about_centre(x, factor)
        functions.append({"scale": factor, "x": files.put(f"{name} x", x), "y": files.put(f"{name} y", y)})
    for size, shape in (((7, 10), (2, 3, 4, 5)), ((65, 13), (1, 2, 33, 7)), ((3, 5), (1, 1, 7, 6))):
        x, name = torch.rand(shape, generator=rng), f"nearest {len(functions)}"
        y = F.interpolate(x, size=size, mode="nearest")
        functions.append({"nearest": size, "x": files.put(f"{name} x", x), "y": files.put(f"{name} y", y)})
    save_file(files.tensors, folder / "layers.safetensors")
    (folder / "layers.json").write_text(json.dumps({"layers": cases, "functions": functions}))


def models(folder: Path) -> Iterator[tuple[str, nn.Module, Path]]:
    """Bundled and small models: name, model, weights file."""
    for name in MODELS:
        yield name, load(name).model, BUNDLED / name / "model.safetensors"
    rng = torch.Generator().manual_seed(1)
    for i, (family, config) in enumerate(SMALL):
        model = small(family, **config)
        randomise(model, rng)
        path = folder / f"small-{i}.safetensors"
        save_file(model.state_dict(), path)
        yield f"{family.__name__} {config}", model, path


def has(model: nn.Module, method: str) -> bool:
    """Whether the family has the method in the browser, `forward` of its own included."""
    if method == "decode_logits" and not isinstance(model, VAE):
        return False  # nobody asks for those of other autoencoders
    if method == "forward" and isinstance(model, PixelCNN):
        return False  # another name of `logits`
    return hasattr(model, method) and getattr(type(model), method) is not nn.Module.forward


def call(model: nn.Module, method: str, values: list[Any]) -> tuple[Tensor, ...]:
    """What a method gives, in a tuple; seeds and labels are given as in the browser."""
    options = {}
    if method == "sample":
        values[1] = torch.Generator().manual_seed(values[1])
    if method == "complete":
        *values, options = values
        options = {**options, "rng": torch.Generator().manual_seed(options["seed"])}
        del options["seed"]
        if "labels" in options:
            options["labels"] = torch.tensor(options["labels"])
    if method in ("predict", "denoise", "trajectory", "logits"):
        values = [torch.tensor(value) if isinstance(value, list) else value for value in values]
    if method in ("denoise", "trajectory"):
        *values, sampling = values
        options = dict(sampling)
        rng = torch.Generator().manual_seed(options.pop("seed"))
        options["noise"] = step_noise(2, values[0].shape[1:], rng)
        if "known" in options:
            options["known"] = Known(**options["known"])
    outputs = getattr(model, method)(*values, **options)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def from_pure_noise(model: nn.Module, values: list[Any]) -> bool:
    """Whether a way begins where x_start, out of predicted noise, is not known to more than two digits: see
    `share`. What such a way leads to is compared by `denoise`."""
    return model.config.prediction == "noise" and "times" not in values[-1]


def share(model: nn.Module, method: str, given: list[Any]) -> float:
    """Of a difference in x_start, how large it is in the network's own output, if that is the noise:
    x_start = (x_t - sigma noise) / a divides that output's rounding by an `a` that is near 0 at first."""
    if method != "predict" or model.config.prediction != "noise":
        return 1.0
    a, sigma = model.levels[:, given[1] + 1]
    return min(1.0, (a / sigma).item())


def read(value: Any, inputs: dict[str, Any]) -> Any:
    """What a call says of an argument: an input, an image of which half is known, or itself."""
    if isinstance(value, dict) and "labels" in value:
        return {**value, "labels": inputs["labels"]}
    if isinstance(value, dict) and "resamplings" in value:
        image = inputs["images"]
        mask = (torch.arange(image.shape[-1]) < image.shape[-1] // 2).float().expand_as(image)
        known = {"image": image, "mask": mask, "resamplings": value["resamplings"]}
        return {**{k: v for k, v in value.items() if k != "resamplings"}, "known": known}
    return inputs[value] if isinstance(value, str) and value in WORDS else value


def put(files: Files, name: str, value: Any) -> Any:
    """An argument as the browser's tests read it, its tensors in `files`."""
    if isinstance(value, dict):
        return {key: put(files, f"{name} {key}", one) for key, one in value.items()}
    return files.put(name, value) if isinstance(value, Tensor) else value


def write_models(folder: Path) -> None:
    """`models.json` and `models.safetensors`: what each method of each model gives."""
    rng, files, cases = torch.Generator().manual_seed(0), Files(), []
    for name, model, path in models(folder):
        config = model.config
        inputs = {"images": torch.rand(2, *config.image_shape, generator=rng)}
        inputs["images"][0] = inputs["images"][0].round()  # nothing strictly between 0 and 1
        inputs["odd"] = torch.rand(1, config.in_channels, 37, 50, generator=rng)
        if hasattr(config, "latent_dim"):
            inputs["codes"] = torch.randn(2, config.latent_dim, generator=rng)
        inputs["codes or images"] = inputs["codes" if isinstance(model, GAN) else "images"]
        inputs["noise"] = torch.randn(2, *config.image_shape, generator=rng)
        inputs["labels"] = [0, getattr(config, "num_classes", 0)]
        grey = F.interpolate(digit_sheet()[[3, 8], 0][:, None] / 255, config.image_size)
        inputs["digits"] = (grey > 0.5).float()
        inputs["scattered"] = (inputs["images"][:, :1] > 0.6).float()
        inputs["top"] = torch.ones_like(inputs["digits"])
        inputs["top"][..., config.image_size // 2 :, :] = 0
        made = []
        for method, *values in [call for calls in CALLS.values() for call in calls if has(model, call[0])]:
            if method == "trajectory" and from_pure_noise(model, values):
                continue
            at = f"{len(cases)} {len(made)}"
            given = [read(v, inputs) for v in values]
            outputs = call(model, method, list(given))
            sent = [put(files, f"{at} {i}", v) for i, v in enumerate(given)]
            got = [files.put(f"{at} got {i}", output) for i, output in enumerate(outputs)]
            of_output = share(model, method, given)
            made.append({"method": method, "values": sent, "outputs": got, "share": of_output})
        description = {"family": type(model).__name__, "config": asdict(config)}
        cases.append({"name": name, "description": description, "weights": str(path), "calls": made})
    save_file(files.tensors, folder / "models.safetensors")
    (folder / "models.json").write_text(json.dumps(cases))


def write_random(folder: Path) -> None:
    """`random.json`: numbers that generators give, one after another."""
    found = []
    for seed in SEEDS:
        rng = torch.Generator().manual_seed(seed)
        uniform = torch.rand(40, generator=rng).tolist()
        normal = [torch.randn(number, generator=rng).tolist() for number in DRAWS]
        integers = [[below, int(torch.randint(below, (), generator=rng))] for below in BELOW]
        found.append({"seed": seed, "uniform": uniform, "normal": normal, "integers": integers})
    (folder / "random.json").write_text(json.dumps(found))


def write_paths(folder: Path) -> None:
    """`paths.json`: walks between latent vectors, also equal, opposite and zero ones."""
    rng, paths = torch.Generator().manual_seed(0), []
    for width in (1, 2, 20):
        a, b = torch.randn(2, width, generator=rng)
        for stops in ([a, b, a / 2], [a, a], [a, -a], [a, -2 * a, 0 * a], [0 * a, 0 * a]):
            path = walk(torch.stack(stops), 5)
            paths.append({"stops": [stop.tolist() for stop in stops], "path": path.flatten().tolist()})
    (folder / "paths.json").write_text(json.dumps(paths))


@torch.inference_mode()
def write(folder: Path) -> None:
    """All of it."""
    write_layers(folder)
    write_models(folder)
    write_random(folder)
    write_paths(folder)
