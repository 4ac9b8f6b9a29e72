"""Write a model's methods as ONNX graphs: `python -m training.graphs --model NAME`.

A graph holds no weights. It says where in `model.safetensors`, which must lie beside it, each of them begins
(ONNX calls that external data). So any ONNX runtime runs the model without our code and without a second copy
of the weights:

    session = onnxruntime.InferenceSession("vae-mnist-2d/decode.onnx")
    (images,) = session.run(None, {"z": z})

Training writes the graphs of every model folder. This command writes them for a folder that has none, or
whose weights file was saved anew. Until then its graphs do not run: each sums up the header of that file, and
its node `GUARD` fails where the sum is another.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from training.durable import replacing
from training.errors import TrainingError
from training.graph_nodes import IR_VERSION, OPSET, Nodes, dtype_of
from training.lock import lock
from training.trained import folder_of, read_trained

WEIGHTS = "model.safetensors"
MAX_HEADER_BYTES = 100_000_000
"""what the library of safetensors reads at most"""
HEADER, CHECKSUM = "header", "checksum_of_header"
"""names in a graph of the first bytes of the weights file, and of what is to come out of them"""
GUARD = "model.safetensors was saved anew, write the graphs again: python -m training.graphs"
"""the name of the node that compares the two; runtimes repeat it when it fails"""


@dataclass(frozen=True)
class Method:
    """A method of a model, as a graph shows it."""

    of: str
    """an attribute of the models that have it"""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    call: Callable[..., Tensor | tuple[Tensor, ...]]
    """the method, of a model and the inputs"""
    any_size: bool = False
    """whether it takes images of any height and width"""


def _denoise(model: nn.Module, x: Tensor, t: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    return model.x_start_and_noise(model.unet(x, t, labels), x, t)


METHODS = {
    "translate_ab": Method("translate", ("x",), ("images",), lambda m, x: m.translate(x, "ab"), True),
    "translate_ba": Method("translate", ("x",), ("images",), lambda m, x: m.translate(x, "ba"), True),
    "score_patches_a": Method("translate", ("x",), ("scores",), lambda m, x: m.score_patches(x, "a"), True),
    "score_patches_b": Method("translate", ("x",), ("scores",), lambda m, x: m.score_patches(x, "b"), True),
    "classify": Method("features", ("x",), ("logits",), lambda m, x: m(x)),
    "features": Method("features", ("x",), ("features",), lambda m, x: m.features(x)),
    # one call of the network, without guidance; pixels are in [-1, 1]
    "denoise": Method("q_sample", ("x_t", "t", "label"), ("x_start", "pred_noise"), _denoise),
    # for each pixel, given those before it
    "log_odds": Method("log_prob", ("x", "label"), ("log_odds",), lambda m, x, label: m.logits(x, label)),
    "decode": Method("decode", ("z",), ("images",), lambda m, z: m.decode(z)),
    "encode": Method("encode", ("x",), ("z",), lambda m, x: m.encode(x)),
    "discriminate": Method("discriminate", ("x",), ("logits",), lambda m, x: m.discriminate(x)),
}
"""file `NAME.onnx` -> the method that it holds; the first that a model has is shown on its card"""
FILES = [f"{name}.onnx" for name in METHODS]


def methods_of(model: nn.Module) -> dict[str, Method]:
    """Those of `METHODS` that a model has."""
    found = {name: method for name, method in METHODS.items() if hasattr(model, method.of)}
    if "denoise" in found or "log_odds" in found:
        found.pop("decode", None)  # many calls of the network
    if hasattr(model, "posterior"):
        found["encode"] = replace(found["encode"], outputs=("mu", "logvar"))
    return found


def examples(model: nn.Module, method: Method, count: int) -> dict[str, Tensor]:
    """Zeros of the shape and dtype of each input, for `count` images."""
    shape, times = (count, *model.config.image_shape), torch.zeros(count, dtype=torch.int64)
    latents = torch.zeros(count, getattr(model.config, "latent_dim", 0))
    every = {"x": torch.zeros(shape), "x_t": torch.zeros(shape), "z": latents, "t": times, "label": times + 0}
    return {name: every[name] for name in method.inputs}


@dataclass(frozen=True)
class Header:
    """The header of a safetensors file, which says where each tensor lies."""

    raw: bytes
    """the file up to its first tensor"""
    tensors: dict[str, dict[str, Any]]
    """name -> shape, dtype, and `data_offsets` behind the header"""

    @property
    def checksum(self) -> int:
        """The sum of all bytes, each times its position."""
        return sum(position * byte for position, byte in enumerate(self.raw))

    def place(self, name: str) -> dict[str, str]:
        """Where a tensor lies, as ONNX says it."""
        begin, end = self.tensors[name]["data_offsets"]
        return _place(len(self.raw) + begin, end - begin)


def _place(offset: int, length: int) -> dict[str, str]:
    return {"location": WEIGHTS, "offset": str(offset), "length": str(length)}


def read_header(path: Path) -> Header:
    """The header of a safetensors file; raises `TrainingError`."""
    with path.open("rb") as file:
        size = file.read(8)
        text = file.read(min(int.from_bytes(size, "little"), MAX_HEADER_BYTES))
    try:
        tensors = json.loads(text)
    except ValueError as error:
        raise TrainingError(f"{path} is cut off or damaged: its header cannot be read") from error
    tensors.pop("__metadata__", None)
    return Header(size + text, tensors)


def snippet(model: nn.Module, folder: str) -> str:
    """Python that runs the first graph of a model in ONNX Runtime, for its card."""
    name, method = next(iter(methods_of(model).items()))
    lines = [f'session = onnxruntime.InferenceSession("{folder}/{name}.onnx")']
    for key, example in examples(model, method, 16).items():
        if key in ("t", "label"):
            value = f"np.full(16, {model.config.num_timesteps - 1 if key == 't' else 0})"
        else:
            draw = "rand" if key == "x" else "randn"
            binary = ".round()" if name == "log_odds" else ""
            value = f"np.random.{draw}{tuple(example.shape)}{binary}.astype(np.float32)"
        lines.append(f"{key} = {value}")
    outputs = ", ".join(method.outputs) if method.outputs[1:] else f"({method.outputs[0]},)"
    given = ", ".join(f'"{key}": {key}' for key in method.inputs)
    return "\n".join([*lines, f"{outputs} = session.run(None, {{{given}}})"])


def write_graphs(folder: Path, model: nn.Module) -> list[str]:
    """Write the graphs of a model on the CPU, whose weights are in the folder already; returns their names.

    Raises `AssertionError` if the file holds other weights than the model.
    """
    header = read_header(folder / WEIGHTS)
    with (folder / WEIGHTS).open("rb") as file:
        for name, tensor in model.state_dict().items():
            place = header.place(name)
            file.seek(int(place["offset"]))
            assert file.read(int(place["length"])) == tensor.contiguous().numpy().tobytes(), name
    methods = methods_of(model)
    for name, method in methods.items():
        with replacing(folder / f"{name}.onnx") as path:
            path.write_bytes(make_graph(model, method, header).SerializeToString(deterministic=True))
            onnx.checker.check_model(path)
    return [f"{name}.onnx" for name in methods]


@torch.no_grad()
def make_graph(model: nn.Module, method: Method, header: Header) -> onnx.ModelProto:
    """The graph of a method; raises `NotImplementedError` if it calls what has no node."""
    was_training = model.training
    model.eval()
    weights, inputs = model.state_dict(keep_vars=True), examples(model, method, 2)
    nodes = Nodes(inputs | weights)
    first, *others = inputs.values()
    guarded = nodes.learn(first.clone(), nodes.add("Add", first, _guard(nodes, header)))
    with nodes:
        results = method.call(model, guarded, *others)
    model.train(was_training)
    results = [results] if isinstance(results, Tensor) else results
    for name, result in zip(method.outputs, results, strict=True):
        nodes.add_output(name, result)
    used = {name for node in nodes.nodes for name in node.input}
    graph = helper.make_graph(
        nodes.nodes,
        "model",
        [_described(name, example, method.any_size) for name, example in inputs.items()],
        [_described(name, result, method.any_size) for name, result in zip(method.outputs, results)],
        [
            _outside(HEADER, torch.empty(len(header.raw), dtype=torch.uint8), _place(0, len(header.raw))),
            *(_outside(name, tensor, header.place(name)) for name, tensor in weights.items() if name in used),
            *nodes.constants,
        ],
    )
    opset = helper.make_opsetid("", OPSET)
    producer = {"producer_name": "generative-lab", "ir_version": IR_VERSION}
    return helper.make_model(graph, opset_imports=[opset], **producer)


def _guard(nodes: Nodes, header: Header) -> str:
    """The number 0, or an error where the weights file has another header, and other offsets maybe."""
    positions = nodes.add("Range", torch.tensor(0), torch.tensor(len(header.raw)), torch.tensor(1))
    products = nodes.add("Mul", nodes.add("Cast", HEADER, to=TensorProto.INT64), positions)
    nodes.constants.append(numpy_helper.from_array(torch.tensor(header.checksum).numpy(), CHECKSUM))
    difference = nodes.add("Sub", nodes.add("ReduceSum", products, keepdims=0), CHECKSUM)
    guard = nodes.add("Gather", torch.zeros(1), nodes.add("Abs", difference))  # only 0 is an index
    nodes.nodes[-1].name = GUARD
    return guard


def _described(name: str, tensor: Tensor, any_size: bool) -> onnx.ValueInfoProto:
    sizes = ["batch", *tensor.shape[1:]]
    if any_size:
        sizes[2:] = ["height", "width"] if name != "scores" else ["rows", "columns"]
    return helper.make_tensor_value_info(name, dtype_of(tensor), sizes)


def _outside(name: str, tensor: Tensor, place: dict[str, str]) -> TensorProto:
    """A tensor whose values lie in the weights file."""
    made = TensorProto(name=name, dims=tensor.shape, data_type=dtype_of(tensor))
    made.data_location = TensorProto.EXTERNAL
    for key, value in place.items():
        made.external_data.add(key=key, value=value)
    return made


def check_graphs(folder: Path) -> None:
    """Raise `TrainingError` if a graph in a model folder is damaged, or made for another weights file."""
    graphs = [folder / name for name in FILES if (folder / name).exists()]
    if not graphs:
        return
    header = read_header(folder / WEIGHTS)
    places = {name: header.place(name) for name in header.tensors} | {HEADER: _place(0, len(header.raw))}
    for path in graphs:
        again = f"write it again: python -m training.graphs --model {folder}"
        try:
            tensors = onnx.load(path, load_external_data=False).graph.initializer
        except DecodeError as error:
            raise TrainingError(f"{path} is no ONNX graph, or damaged; {again}") from error
        found = {one.name: one for one in tensors}
        checksum = found.get(CHECKSUM)
        fits = checksum is not None and int(numpy_helper.to_array(checksum)) == header.checksum
        for name, tensor in found.items():
            place = {entry.key: entry.value for entry in tensor.external_data}
            shape = header.tensors[name]["shape"] if name in header.tensors else list(tensor.dims)
            fits &= not place or (place == places.get(name) and list(tensor.dims) == shape)
        if not fits:
            raise TrainingError(f"{path} was made for another {WEIGHTS} than the one beside it; {again}")


def check_methods(model: nn.Module) -> None:
    """Raise `TrainingError` if a method of a model cannot become a graph."""
    with torch.random.fork_rng(devices=[]):
        twin = type(model)(model.config)  # on the CPU
    nowhere = Header(b"", {name: {"data_offsets": (0, 0)} for name in twin.state_dict()})
    for name, method in methods_of(twin).items():
        try:
            make_graph(twin, method, nowhere)
        except NotImplementedError as error:
            raise TrainingError(f"{type(model).__name__} cannot become {name}.onnx: {error}") from error


@dataclass(frozen=True)
class GraphsConfig:
    """Write the ONNX graphs of model folders."""

    model: tuple[str, ...]
    """folders, or names of those under space/pretrained/"""
    check: bool = False
    """write nothing; fail if a graph does not fit the weights beside it"""


def main(config: GraphsConfig) -> None:
    for folder in map(folder_of, config.model):
        if config.check:
            check_graphs(folder)
            print(f"{folder}: the graphs fit the weights")
            continue
        lock(folder)
        print(f"{folder}: {', '.join(write_graphs(folder, read_trained(folder)[0]))}")


if __name__ == "__main__":
    from training.command_line import run  # which imports `training.push`, and that this module

    run(main, GraphsConfig)
