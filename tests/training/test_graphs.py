"""A model's ONNX graphs compute what PyTorch computes, from the weights beside them, or refuse."""

import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from space.models import DCGAN, GAN, MODELS, VAE, Autoencoder, CycleGAN, roles
from space.models.ddpm import DDPM
from space.models.samplers import CLEAN
from space.weights import model_folder
from space.weights.hub import BUNDLED
from space.weights.model_folder import load_folder
from tests.processes import ROOT
from tests.small_models import small
from training import graphs
from training.errors import TrainingError
from training.graphs import FILES, GUARD, METHODS, check_graphs, methods_of, read_header, write_graphs
from training.push import PublishError, check_folder

WORST = 1e-5
WORST_OF = {roles.FLOW: 3e-5}
"""of a model whose network is more sensitive: on one image of eight the runtime's rounding of 32 bits alone,
against PyTorch in 64 bits, is 1.9e-5, and 3e-6 on the others"""
onnxruntime.set_default_logger_severity(4)  # a refusal is an exception; it need not be printed too


def numbers(model: nn.Module, method: graphs.Method, count: int, size: Any = None) -> dict[str, torch.Tensor]:
    """Inputs of a method: images in [0, 1] that are neither smooth nor even, latents from N(0, I)."""
    rng, values = torch.Generator().manual_seed(count), graphs.examples(model, method, count)
    for name, zeros in values.items():
        shape = [*zeros.shape[:2], *(size or zeros.shape[2:])]
        if zeros.dtype == torch.int64:
            bounds = 0, model.config.num_classes + 1  # the last class is none
            if name == "t":  # at both ends of time a small error is divided by a small number
                steps = model.config.num_timesteps
                bounds = steps // 4, 3 * steps // 4
            values[name] = torch.randint(*bounds, (count,), generator=rng)
        else:
            draw = torch.rand if name == "x" else torch.randn
            values[name] = draw(shape, generator=rng)
    return values


@torch.inference_mode()
def difference(model: nn.Module, path: Path, size: Any = None) -> float:
    """The largest difference of ONNX Runtime from PyTorch, at one image and at seven."""
    method, session = methods_of(model)[path.stem], onnxruntime.InferenceSession(path)
    assert tuple(one.name for one in session.get_inputs()) == method.inputs
    assert tuple(one.name for one in session.get_outputs()) == method.outputs
    worst = 0.0
    for count in (1, 7):
        inputs = numbers(model, method, count, size)
        wanted = method.call(model, *inputs.values())
        made = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        for ours, theirs in zip([wanted] if isinstance(wanted, torch.Tensor) else wanted, made, strict=True):
            assert theirs.shape == tuple(ours.shape) and theirs.shape[0] == count
            large = ours.abs().clamp(min=1).numpy()  # a float has 7 digits
            worst = max(worst, float((np.abs(ours.numpy() - theirs) / large).max()))
    return worst


def assert_same_constants(made: onnx.ModelProto, written: onnx.ModelProto) -> None:
    """Numbers that were computed agree but for their last bit, which differs between processors.

    Those of `made` then become those of `written`.
    """
    for ours, theirs in zip(made.graph.initializer, written.graph.initializer, strict=True):
        if ours.data_type == onnx.TensorProto.FLOAT and not ours.external_data:
            np.testing.assert_allclose(
                *map(onnx.numpy_helper.to_array, (ours, theirs)), rtol=3e-7, strict=True
            )
            ours.raw_data = theirs.raw_data


@pytest.mark.parametrize("name", MODELS)
def test_every_graph_of_a_bundled_model_computes_what_pytorch_computes(name: str) -> None:
    folder, model = BUNDLED / name, load_folder(MODELS[name], BUNDLED / name)
    files = sorted(path.name for path in folder.glob("*.onnx"))
    assert files and files == sorted(f"{method}.onnx" for method in methods_of(model))
    check_graphs(folder)
    for method in methods_of(model).items():
        path = folder / f"{method[0]}.onnx"
        assert difference(model, path) < WORST_OF.get(name, WORST)
        made = graphs.make_graph(model, method[1], read_header(folder / "model.safetensors"))
        written = onnx.load(path, load_external_data=False)
        held = sum(one.ByteSize() for one in written.graph.initializer if not one.external_data)
        assert held < (folder / "model.safetensors").stat().st_size / 20  # no weights
        assert_same_constants(made, written)
        assert made == written  # what the code makes, not what it made


def variants() -> Iterator[Any]:
    choices = {
        Autoencoder: {"variant": ("sparse", "k_sparse", "denoising"), "architecture": ("mlp", "conv")},
        VAE: {"architecture": ("mlp", "conv")},
        GAN: {"spectral_norm": (False, True)},
        DCGAN: {"spectral_norm": (False, True), "image_size": (28, 64)},
        CycleGAN: {"zoom": (1.0, 0.7), "skip": ("logit", "mask", "palette", "colours", "none")},
        DDPM: {"prediction": ("noise", "x_start", "velocity", "flow"), "num_classes": (0, 10)},
    }
    for family, options in choices.items():
        for values in product(*options.values()):
            named = dict(zip(options, values))
            yield pytest.param(family, named, id="-".join([family.__name__, *map(str, values)]))


@pytest.mark.parametrize(("family", "choices"), list(variants()))
def test_a_graph_of_every_family_and_variant_computes_what_pytorch_computes(
    family: type[nn.Module], choices: dict[str, Any], tmp_path: Path
) -> None:
    model = small(family, **{"in_channels": 3, "image_size": 32} | choices)
    rng = torch.Generator().manual_seed(1)
    for weight in model.parameters():  # some begin at 0
        weight.data += 0.05 * torch.randn(weight.shape, generator=rng)
    model.train().save_pretrained(tmp_path)  # a run may end in either mode
    model.train()
    files = write_graphs(tmp_path, model)
    assert model.training and {path.name for path in tmp_path.glob("*.onnx")} == set(files) <= set(FILES)
    check_graphs(tmp_path)
    model.eval()
    for file in files:
        assert difference(model, tmp_path / file) < WORST
        if METHODS[Path(file).stem].any_size:
            assert difference(model, tmp_path / file, (50, 37)) < WORST


def test_a_diffusion_model_is_sampled_from_its_graph_alone(tmp_path: Path) -> None:
    """The sampler of docs/graphs.md, against the Python one."""
    model = small(DDPM, num_inference_steps=4)
    model.unet.head.weight.data.normal_(generator=torch.Generator().manual_seed(0))
    model.save_pretrained(tmp_path)
    write_graphs(tmp_path, model)
    text = (ROOT / "docs/graphs.md").read_text()
    code = next(block for block in re.findall(r"```python\n(.*?)```", text, re.S) if "denoise.onnx" in block)
    made: dict[str, Any] = {}
    exec(code.replace("ddpm-mnist", str(tmp_path)), made)
    x, labels = torch.from_numpy(made["start"]), torch.from_numpy(made["label"])
    assert len(made["times"]) == 17 and made["times"][0] == 999 and made["times"][-1] == CLEAN
    with torch.inference_mode():
        wanted = model.denoise(x, labels, made["times"], guidance=1.0, sampler="ddim")
    assert np.abs(made["images"] - wanted.numpy()).max() < 1e-4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete model folder."""
    return Path(shutil.copytree(BUNDLED / roles.VAE_MAP, tmp_path / roles.VAE_MAP))


def save_anew(folder: Path, change: str) -> None:
    """Write the weights file again, with its tensors elsewhere."""
    path = folder / "model.safetensors"
    weights = load_file(path)
    if change == "another note in the header":
        save_file(weights, path, metadata={"format": "pt", "note": "hello"})
    elif change == "a tensor more":
        save_file(weights | {"decoder.0.scale": torch.ones(3)}, path)
    elif change == "half as many bytes":
        save_file({name: value.half() for name, value in weights.items()}, path)
    else:  # two tensors of one shape change places; the header is as long as before
        content, names = path.read_bytes(), (b'"decoder.0.bias"', b'"encoder.1.bias"')
        head, body = content[: len(read_header(path).raw)], content[len(read_header(path).raw) :]
        head = head.replace(names[0], b"?").replace(names[1], names[0]).replace(b"?", names[1])
        path.write_bytes(head + body)


CHANGES = ["another note in the header", "a tensor more", "half as many bytes", "two tensors change places"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_graph_whose_weights_have_moved_does_not_run_and_is_not_pushed(folder: Path, change: str) -> None:
    save_anew(folder, change)
    for file in ("decode.onnx", "encode.onnx"):
        with pytest.raises(Exception, match=re.escape(GUARD) + "|out of bounds"):
            (given,) = (session := onnxruntime.InferenceSession(folder / file)).get_inputs()
            session.run(None, {given.name: np.zeros([1, *given.shape[1:]], np.float32)})
    sentence = r"decode\.onnx was made for another model\.safetensors than the one beside it; write it again"
    with pytest.raises(TrainingError, match=sentence + f": python -m training.graphs --model {folder}$"):
        check_graphs(folder)
    with pytest.raises(PublishError, match=sentence):
        check_folder(folder)
    if change in (CHANGES[0], CHANGES[3]):  # with the others the app refuses the folder, too
        graphs.main(graphs.GraphsConfig((str(folder),)))
        graphs.main(graphs.GraphsConfig((str(folder),), check=True))
        assert difference(load_folder(VAE, folder), folder / "decode.onnx") < WORST


@pytest.mark.parametrize("left", [0, 5, 100])
def test_a_weights_file_that_is_cut_off_or_absent_is_named(folder: Path, left: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(TrainingError, match=r"model\.safetensors is cut off or damaged: its header"):
        check_graphs(folder)
    with pytest.raises(Exception, match=r"out of bounds|External"):
        onnxruntime.InferenceSession(folder / "decode.onnx")
    path.unlink()
    with pytest.raises(Exception, match=r"does not exist.*model\.safetensors"):
        onnxruntime.InferenceSession(folder / "decode.onnx")


@pytest.mark.parametrize("content", [b"", b"no graph", None])
def test_a_damaged_graph_is_named(folder: Path, content: bytes | None) -> None:
    path = folder / "encode.onnx"
    path.write_bytes(path.read_bytes()[:-40] if content is None else content)
    with pytest.raises(TrainingError, match=r"encode\.onnx (is no ONNX graph|was made for another)"):
        check_graphs(folder)


def test_a_folder_without_graphs_gets_them_by_the_command(folder: Path, capsys: Any) -> None:
    def content() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.glob("[!.]*.*")}

    kept = content()
    for file in ("decode.onnx", "encode.onnx"):
        (folder / file).unlink()
    assert "decode.onnx" not in check_folder(folder)  # an older folder can still be pushed
    graphs.main(graphs.GraphsConfig((str(folder),)))
    assert "decode.onnx, encode.onnx" in capsys.readouterr().out
    assert content() == kept
    assert {"decode.onnx", "encode.onnx"} < check_folder(folder).keys()
    with pytest.raises(TrainingError, match="is no model folder"):
        graphs.main(graphs.GraphsConfig((str(folder / "samples"),)))


def test_a_model_that_no_graph_can_hold_is_refused_before_it_is_trained() -> None:
    class Sorting(VAE):
        def decode(self, z: torch.Tensor) -> torch.Tensor:
            return super().decode(z).sort()[0]

    with pytest.raises(TrainingError, match=r"Sorting cannot become decode\.onnx: .* no node .* sort$"):
        graphs.check_methods(small(Sorting))
    model, before = small(VAE), torch.random.get_rng_state()
    graphs.check_methods(model)
    assert torch.equal(before, torch.random.get_rng_state())  # the run's own numbers are untouched


def test_the_app_never_asks_for_a_graph() -> None:
    assert not [file for file in FILES if any(fnmatch(file, one) for one in model_folder.FILES)]
    assert [path for path in (ROOT / "space").rglob("*.py") if "onnx" in path.read_text().lower()] == []
