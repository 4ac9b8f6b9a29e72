"""What diagrams show of networks and of a VAE's loss, against the networks and the loss themselves."""

import json
import random
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from space.models import MODELS, roles
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.ddpm import DDPM, Block, DDPMConfig
from space.models.gan import GAN, GANConfig
from space.models.pixelcnn import PixelCNN, PixelCNNConfig
from space.models.vae import VAE, VAEConfig, elbo_terms
from space.page.diagram import drawn_from
from tests.node import run_in_node

LAYERS = """
import { readFileSync } from "node:fs";
import { decoderLayers, diagramOf, encoderLayers, ganLayers } from "./space/browser/architectures.js";
const layersOf = ({ family, config }) => family.endsWith("GAN")
    ? Object.values(ganLayers(config)) : [encoderLayers(config), decoderLayers(config)];
const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((one) => ({
    layers: layersOf(one), drawing: diagramOf(one.family, one.config),
}))));
"""


def drawn_at_random(seed: int) -> list[tuple[type, Any]]:
    """Configs of all families that have a diagram, none of them shipped."""
    rng = random.Random(seed)
    image = lambda: {"in_channels": rng.choice((1, 3)), "image_size": rng.choice((12, 28, 32, 64))}  # noqa: E731
    networks = lambda kind: {  # noqa: E731
        **image(),
        "architecture": kind,
        "hidden_dim": rng.randint(3, 40),
        "num_layers": rng.randint(1, 4),
        "base_channels": rng.randint(1, 5),
        "latent_dim": rng.randint(1, 9),
    }
    found: list[tuple[type, Any]] = []
    for kind in ("mlp", "conv") * 3:
        found.append((Autoencoder, AutoencoderConfig(**networks(kind))))
        found.append((VAE, VAEConfig(**networks(kind))))
    for size in (28, 32, 64, 128):
        found.append((DCGAN, DCGANConfig(1, size, latent_dim=5, base_channels=rng.randint(1, 4))))
        found.append((GAN, GANConfig(1, 28, 5, rng.randint(2, 30), rng.randint(1, 5))))
    return found


def sizes_of(network: nn.Module, given: Tensor) -> list[tuple[int, ...]]:
    """The shape of what each layer with weights puts out, but for the last: z, a picture or a score."""
    shapes: list[tuple[int, ...]] = []
    kinds = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
    hooks = [
        layer.register_forward_hook(lambda _, __, out: shapes.append(tuple(out.shape[1:])))
        for layer in network.modules()
        if isinstance(layer, kinds)
    ]
    network(given)
    for hook in hooks:
        hook.remove()
    return shapes[:-1]


@torch.inference_mode()
def test_a_diagram_has_the_layers_of_the_network() -> None:
    made = [(family, config, family(config).eval()) for family, config in drawn_at_random(5)]
    cases = [{"family": family.__name__, "config": vars(config)} for family, config, _ in made]
    found = run_in_node(LAYERS, json.dumps(cases))
    for (family, config, model), one in zip(made, found, strict=True):
        names = ("encoder", "decoder") if hasattr(model, "encoder") else ("generator", "discriminator")
        for name, layers in zip(names, one["layers"], strict=True):
            from_z = name in ("decoder", "generator")
            given = torch.zeros(2, config.latent_dim) if from_z else torch.zeros(2, *config.image_shape)
            wanted = sizes_of(getattr(model, name), given)
            assert len(layers) == len(wanted), (family, name, config)
            for layer, shape in zip(layers, wanted):
                if "channels" in layer:  # the linear layer before a deconvolution has them in a row
                    channels, size = layer["channels"], layer["size"]
                    assert shape in ((channels, size, size), (channels * size**2,)), (family, name, config)
                else:
                    assert shape == (layer["units"],), (family, name, config)
        vectors = [part["length"] for part in one["drawing"]["columns"] if part["kind"] == "vector"]
        assert set(vectors) == {config.latent_dim}


@torch.inference_mode()
def test_a_diagram_has_the_layers_of_a_pixelcnn() -> None:
    configs = [
        PixelCNNConfig(1, size, num_classes, context, hidden, blocks)
        for size, num_classes, context, hidden, blocks in (
            (28, 10, 20, 128, 3),
            (12, 0, 3, 9, 1),
            (8, 2, 1, 5, 4),
        )
    ]
    script = LAYERS.replace("layers: layersOf(one),", "")
    cases = [{"family": "PixelCNN", "config": vars(config)} for config in configs]
    for config, one in zip(configs, run_in_node(script, json.dumps(cases)), strict=True):
        model = PixelCNN(config).eval()
        columns = {part["key"]: part for part in one["drawing"]["columns"]}
        assert (columns["seen"]["high"], columns["seen"]["wide"]) == model.context.kernel_size
        assert columns["context"]["layers"] == [{"units": model.context.out_channels}]
        wanted = sizes_of(model, torch.zeros(2, *config.image_shape))
        assert columns["blocks"]["layers"] == [{"units": shape[-1]} for shape in wanted]
        assert columns["blocks"]["links"] == [[2 * i, 2 * i + 1] for i in range(len(model.blocks))]
        assert ("y" in columns) == (config.num_classes > 0)


def calls_of(network: nn.Module, kind: type[nn.Module]) -> list[tuple[Tensor, Tensor]]:
    """A list that grows by what goes into each layer of a kind and what comes out, as the network runs."""
    calls: list[tuple[Tensor, Tensor]] = []
    for layer in network.modules():
        if isinstance(layer, kind):
            layer.register_forward_hook(lambda _, inputs, out: calls.append((inputs[0], out)))
    return calls


@torch.inference_mode()
@pytest.mark.parametrize("prediction", ["noise", "x_start", "velocity", "flow"])
def test_a_diagram_has_the_blocks_of_a_unet(prediction: Any) -> None:
    """In the order in which they are called; a link leads from what is kept to the block that is given it."""
    configs = [
        DDPMConfig(1, size, classes, prediction=prediction, base_channels=channels, num_blocks=blocks)
        for size, classes, channels, blocks in ((28, 10, 32, 2), (64, 0, 8, 1), (12, 3, 4, 3))
    ]
    cases = [{"family": "DDPM", "config": vars(config)} for config in configs]
    script = LAYERS.replace("layers: layersOf(one),", "")
    for config, one in zip(configs, run_in_node(script, json.dumps(cases)), strict=True):
        model = DDPM(config).eval()
        calls = calls_of(model.unet, Block)
        rng = torch.Generator().manual_seed(1)
        x, time = torch.randn(1, *config.image_shape, generator=rng), torch.tensor([3])
        model.unet(x, time, torch.tensor([config.num_classes]))
        given, made = zip(*calls)
        columns = {part["key"]: part for part in one["drawing"]["columns"]}
        unet = columns["unet"]
        shapes = [(layer["channels"], layer["size"], layer["size"]) for layer in unet["layers"]]
        assert shapes == [tuple(out.shape[1:]) for out in made]
        around = [
            (i + 1, j - 1)
            for i, out in enumerate(made)
            for j in range(i + 2, len(given))
            if _ends_with(given[j], out)
        ]
        assert sorted(map(tuple, unet["links"])) == around and len(around) == len(config.sizes) - 1
        assert ("start" in columns) == (prediction != "x_start") and ("y" in columns) == (
            config.num_classes > 0
        )


def _ends_with(given: Tensor, kept: Tensor) -> bool:
    channels = kept.shape[1]
    return given.shape[1] == 2 * channels and torch.equal(given[:, channels:], kept)


SEEN = """
import { readFileSync } from "node:fs";
globalThis.ImageData = class {};
const { seenFrom } = await import("./space/lessons/pixels/flow.js");
const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([i, context]) => seenFrom((pixel) => [0, 0, pixel], i, context))));
"""


def test_what_is_drawn_of_the_pixels_before_is_what_the_convolution_sees() -> None:
    """A gradient tells which pixels reach a pixel's features, and through which places of the kernel."""
    cases = [(0, 20), (430, 20), (27, 3), (756, 5), (783, 2)]
    for (i, edge), window in zip(cases, run_in_node(SEEN, json.dumps(cases)), strict=True):
        model = PixelCNN(PixelCNNConfig(1, 28, context=edge, hidden_dim=1, num_blocks=1))
        x = torch.zeros(1, 1, 28, 28, requires_grad=True)
        (gradient,) = torch.autograd.grad(model._see_all(x)[0, i, 0], x)
        weight = (model.context.weight * model.mask).flatten()
        wanted = {
            pixel: gradient.flatten()[pixel].item()
            for pixel in gradient.flatten().nonzero().flatten().tolist()
        }
        found = {colour[2]: weight[at].item() for at, colour in enumerate(window) if colour[:2] == [0, 0]}
        assert found == wanted, (i, edge)


def test_every_shipped_model_of_these_families_has_a_diagram() -> None:
    families = {"Autoencoder", "VAE", "GAN", "DCGAN", "PixelCNN", "DDPM"}
    names = [name for name in MODELS if MODELS[name].__name__ in families]
    assert roles.VAE_DEEP in names and len(names) == 14
    models = list(drawn_from(names)["models"].values())
    other = {"family": "CycleGAN", "config": {}}
    script = LAYERS.replace("layers: layersOf(one),", "")
    found = [one["drawing"] for one in run_in_node(script, json.dumps([*models, other]))]
    assert found[-1] is None and all(found[:-1])
    for drawing in found[:-1]:
        keys = {key for part in drawing["columns"] for key in (part["key"], *part.get("keys", ()))}
        assert all(set(term["lights"]) <= keys for term in drawing["terms"])


def test_the_terms_of_a_vae_are_those_of_its_loss() -> None:
    rng = torch.Generator().manual_seed(4)
    x = torch.rand(3, 1, 6, 6, generator=rng).round(decimals=2)
    logits = 5 * torch.randn(3, 1, 6, 6, generator=rng)
    logits[0] *= 20  # pixels that are certain, whose logarithm has a bound
    mu, logvar = torch.randn(2, 3, 5, generator=rng)
    wanted = elbo_terms(logits.double(), x.double(), mu.double(), logvar.double())
    rows = [
        [one.flatten().tolist() for one in case]
        for case in zip(x.double(), logits.double().sigmoid(), mu.double(), (0.5 * logvar.double()).exp())
    ]
    script = """
    import { readFileSync } from "node:fs";
    import { klTerm, reconstructionTerm } from "./space/browser/elbo.js";
    const cases = JSON.parse(readFileSync(0, "utf8"));
    const terms = ([x, p, mu, sigma]) => [reconstructionTerm(x, p), klTerm(mu, sigma)];
    console.log(JSON.stringify(cases.map(terms)));
    """
    found = torch.tensor(run_in_node(script, json.dumps(rows)), dtype=torch.float64)
    assert found[:, 1] == pytest.approx(wanted[1], rel=1e-9)
    assert found[1:, 0] == pytest.approx(wanted[0][1:], rel=1e-9)
    bounded = F.binary_cross_entropy(logits[0].double().sigmoid(), x[0].double(), reduction="sum")
    assert found[0, 0] == pytest.approx(bounded.item(), rel=1e-9)
