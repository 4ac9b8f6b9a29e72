"""The nodes of an ONNX graph, noted while a network runs once on an example.

`Nodes` hears of every function of torch that is called with a tensor it knows, and has a method of the same
name that adds what ONNX calls that. The size of the batch stays open. Weights are only named.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

OPSET, IR_VERSION = 18, 8
"""the version of ONNX's operators, and of its file format; runtimes have known both since early 2023"""
TWO_OPERANDS = {
    **{"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "truediv": "Div"},
    **{"gt": "Greater", "ge": "GreaterOrEqual", "lt": "Less", "and": "And", "mv": "MatMul", "vdot": "MatMul"},
}
ONE_OPERAND = {
    **{"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"},
    **{"exp": "Exp", "sin": "Sin", "cos": "Cos", "asinh": "Asinh"},
}
SAME_VALUE = ("clone", "contiguous")


def dtype_of(tensor: Tensor) -> int:
    """ONNX's number for the dtype of a tensor."""
    return helper.np_dtype_to_tensor_dtype(torch.empty(0, dtype=tensor.dtype).numpy().dtype)


class Nodes(TorchFunctionMode):
    """While it is entered, a torch function of a known tensor becomes nodes; raises `NotImplementedError`."""

    def __init__(self, known: dict[str, Tensor]) -> None:
        super().__init__()
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[TensorProto] = []
        self._names: dict[int, str] = {}
        self._kept: list[Tensor] = []
        for name, tensor in known.items():
            self.learn(tensor, name)
        self._result = torch.empty(0)

    def name_of(self, value: Tensor | str | float | Iterable[int] | None, like: Tensor | None = None) -> str:
        """The name in the graph of a tensor, which may be new to it; numbers get the dtype of `like`."""
        if value is None or isinstance(value, str):
            return value or ""  # an input that is left out
        if id(value) in self._names:
            return self._names[id(value)]
        if isinstance(value, Tensor):
            array = value.detach().numpy()
        elif like is not None:
            array = torch.tensor(value, dtype=like.dtype).numpy()
        else:
            array = np.array(value, np.int64)  # a shape
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def learn(self, tensor: Tensor, name: str) -> Tensor:
        """From now on the tensor is known by this name."""
        self._names[id(tensor)] = name
        self._kept.append(tensor)  # an id stands for a tensor only as long as that lives
        return tensor

    def add_output(self, name: str, tensor: Tensor) -> None:
        """Let the graph put out a tensor by this name."""
        last = self.name_of(tensor)
        if name == "images":  # the tanh of a runtime may leave [-1, 1] by a rounding error
            last = self.add("Clip", last, torch.tensor(0.0), torch.tensor(1.0))
        self.nodes.append(helper.make_node("Identity", [last], [name]))

    def add(self, operator: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; returns the name of its output, or a list of names if there are more `outputs`."""
        names = [f"{operator}_{len(self.nodes)}" + f"_{i}" * (outputs > 1) for i in range(outputs)]
        given = [self.name_of(value) for value in inputs]
        self.nodes.append(helper.make_node(operator, given, names, f"node_{len(self.nodes)}", **attributes))
        return names if outputs > 1 else names[0]

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        values, name = kwargs or {}, function.__name__.strip("_")
        result = function(*args, **values)
        made = [result] if isinstance(result, Tensor) else result
        if not isinstance(made, list | tuple) or not all(isinstance(one, Tensor) for one in made):
            return result  # a size, a dtype, ...
        if not any(id(leaf) in self._names for leaf in tree_leaves((args, values))):
            return result  # made of constants alone
        self._result = made[0]
        names = self._translate(name, args, values)
        for tensor, name in zip(made, [names] if isinstance(names, str) else names, strict=True):
            self.learn(tensor, name)
        return result

    def _translate(self, name: str, args: tuple[Any, ...], values: dict[str, Any]) -> str | list[str]:
        if name in ONE_OPERAND:
            return self.add(ONE_OPERAND[name], args[0])
        if name in SAME_VALUE:
            return self.name_of(args[0])
        backwards = name.startswith("r") and name[1:] in TWO_OPERANDS
        if backwards or name in TWO_OPERANDS:
            a, b = args[::-1] if backwards else args
            like = a if isinstance(a, Tensor) else b
            operator = TWO_OPERANDS[name[1:] if backwards else name]
            return self.add(operator, self.name_of(a, like), self.name_of(b, like))
        translate: Callable[..., str | list[str]] | None = getattr(self, f"_{name}", None)
        if translate is None:
            raise NotImplementedError(f"{type(self).__name__} has no node for torch's {name}")
        return translate(*args, **values)

    # layers, with the arguments of torch's functions

    def _linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> str:
        if x.dim() == 2:
            return self.add("Gemm", x, weight, bias, transB=1)
        return self.add("Add", self.add("MatMul", x, self.add("Transpose", weight, perm=[1, 0])), bias)

    def _conv2d(self, x, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1) -> str:
        return self.add(
            "Conv", x, weight, bias, strides=stride, pads=[*padding] * 2, dilations=dilation, group=groups
        )

    def _conv_transpose2d(self, x, weight, bias, stride, padding, output_padding, groups, dilation) -> str:
        how = {"strides": stride, "pads": [*padding] * 2, "output_padding": output_padding}
        return self.add("ConvTranspose", x, weight, bias, **how, group=groups, dilations=dilation)

    def _embedding(self, index: Tensor, weight: Tensor, **_: Any) -> str:
        return self.add("Gather", weight, index)

    def _max_pool2d(self, x, kernel_size, stride, padding, dilation, ceil_mode, return_indices) -> str:
        assert (padding, dilation, ceil_mode, return_indices) == (0, 1, False, False)
        return self.add("MaxPool", x, kernel_shape=[kernel_size] * 2, strides=[stride] * 2)

    def _adaptive_avg_pool2d(self, x: Tensor, output_size: int) -> str:
        assert output_size == 1
        return self.add("GlobalAveragePool", x)

    def _batch_norm(self, x, mean, variance, weight, bias, training, momentum, eps) -> str:
        assert not training
        return self.add("BatchNormalization", x, weight, bias, mean, variance, epsilon=eps)

    def _group_norm(self, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> str:
        channels = x.shape[1]
        if groups == channels:
            return self.add("InstanceNormalization", x, weight, bias, epsilon=eps)
        rows = self.add("Reshape", x, [0, groups, -1])  # 0: as large as it was
        rows = self.add("InstanceNormalization", rows, torch.ones(groups), torch.zeros(groups), epsilon=eps)
        weight, bias = (self.add("Reshape", one, [channels, 1, 1]) for one in (weight, bias))
        return self.add("Add", self.add("Mul", self.add("Reshape", rows, [0, *x.shape[1:]]), weight), bias)

    def _softmax(self, x: Tensor, dim: int) -> str:
        return self.add("Softmax", x, axis=dim)

    def _clamp(self, x: Tensor, least: float, most: float) -> str:
        return self.add("Clip", x, torch.tensor(float(least)), torch.tensor(float(most)))

    def _silu(self, x: Tensor, inplace: bool = False) -> str:
        return self.add("Mul", x, self.add("Sigmoid", x))

    def _leaky_relu(self, x: Tensor, negative_slope: float, inplace: bool = False) -> str:
        return self.add("LeakyRelu", x, alpha=negative_slope)

    def _logit(self, x: Tensor, epsilon: float) -> str:
        inside = self.add("Clip", x, torch.tensor(epsilon), torch.tensor(1 - epsilon))
        return self.add("Log", self.add("Div", inside, self.add("Sub", torch.tensor(1.0), inside)))

    def _addcmul(self, x: Tensor, a: Tensor, b: Tensor) -> str:
        return self.add("Add", x, self.add("Mul", a, b))

    def _topk(self, x: Tensor, k: int, dim: int) -> list[str]:
        return self.add("TopK", x, [k], outputs=2, axis=dim)

    def _amin(self, x: Tensor, dim: int, keepdim: bool) -> str:
        return self.add("ReduceMin", x, [dim], keepdims=int(keepdim))

    # what moves pixels about

    def _pad(self, x: Tensor, sides: list[int], mode: str, value: None = None) -> str:
        left, right, top, bottom = sides
        return self.add("Pad", x, [0, 0, top, left, 0, 0, bottom, right], mode=mode)

    def _interpolate(self, x: Tensor, size: torch.Size, mode: str, **_: Any) -> str:
        """The size is taken from the first tensor that has it, so that images may be of any."""
        of = next(one for one in self._kept if one.dim() == 4 and one.shape[2:] == size)
        sizes = self.add(
            "Concat", self.add("Shape", x, start=0, end=2), self.add("Shape", of, start=2), axis=0
        )
        how = {"mode": mode, "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return self.add("Resize", x, None, None, sizes, **how)

    def _scale_about_centre(self, x: Tensor, factor: float) -> str:
        """The grid of the Python function, at the image's own size."""
        batch, rows, columns = (self.add("Shape", x, start=axis, end=axis + 1) for axis in (0, 2, 3))
        size, axes = self.add("Concat", batch, rows, columns, [1], axis=0), []
        for count, shape in ((columns, [1, 1, -1, 1]), (rows, [1, -1, 1, 1])):
            count = self.add("Cast", self.add("Squeeze", count), to=TensorProto.FLOAT)
            axis = self.add("Range", torch.tensor(0.0), count, torch.tensor(1.0))
            axis = self.add("Add", self.add("Mul", axis, torch.tensor(2.0)), torch.tensor(1.0))
            axis = self.add("Sub", self.add("Div", axis, count), torch.tensor(1.0))
            axis = self.add("Div", axis, torch.tensor(factor))
            axes.append(self.add("Expand", self.add("Reshape", axis, shape), size))
        grid = self.add("Concat", *axes, axis=3)  # (B, H, W, 2)
        one = torch.tensor(1.0)
        return self.add("Sub", one, self.add("GridSample", self.add("Sub", one, x), grid))

    def _pixel_shuffle(self, x: Tensor, factor: int) -> str:
        return self.add("DepthToSpace", x, blocksize=factor, mode="CRD")

    def _pixel_unshuffle(self, x: Tensor, factor: int) -> str:
        c, h, w = x.shape[1:]
        tiles = self.add("Reshape", x, [0, c, h // factor, factor, w // factor, factor])
        tiles = self.add("Transpose", tiles, perm=[0, 1, 3, 5, 2, 4])
        return self.add("Reshape", tiles, [0, *self._result.shape[1:]])

    # shapes and dtypes

    def _flatten(self, x: Tensor, start: int = 0, end: int = -1) -> str:
        return self.add("Reshape", x, [*[0] * start, -1])

    def _unflatten(self, x: Tensor, dim: int, sizes: tuple[int, ...]) -> str:
        return self.add("Reshape", x, [*[0] * dim, *sizes])

    def _transpose(self, x: Tensor, one: int, other: int) -> str:
        axes = list(range(x.dim()))
        axes[one], axes[other] = axes[other], axes[one]
        return self.add("Transpose", x, perm=axes)

    def _squeeze(self, x: Tensor, dim: int) -> str:
        return self.add("Squeeze", x, [dim])

    def _cat(self, tensors: list[Tensor], dim: int) -> str:
        return self.add("Concat", *tensors, axis=dim)

    def _chunk(self, x: Tensor, chunks: int, dim: int) -> list[str]:
        return self.add("Split", x, outputs=chunks, axis=dim, num_outputs=chunks)

    def _split(self, x: Tensor, sizes: list[int], dim: int) -> list[str]:
        return self.add("Split", x, sizes, outputs=len(sizes), axis=dim)

    def _unbind(self, x: Tensor, dim: int) -> list[str]:
        return [self.add("Gather", x, torch.tensor(index), axis=dim) for index in range(x.shape[dim])]

    def _getitem(self, x: Tensor, index: tuple[Any, ...]) -> str:
        """Of slices without steps, None and tensors of indices."""
        name = self.name_of(x)
        for axis, one in enumerate(index):
            if one is None:
                name = self.add("Unsqueeze", name, [axis])
            elif isinstance(one, Tensor):
                name = self.add("Gather", name, one, axis=axis)
            elif one != slice(None):
                assert one.step is None
                stop = np.iinfo(np.int64).max if one.stop is None else one.stop
                name = self.add("Slice", name, [one.start or 0], [stop], [axis])
        return name

    def _to(self, x: Tensor, *_: Any) -> str:
        if x.dtype == self._result.dtype:
            return self.name_of(x)
        return self.add("Cast", x, to=dtype_of(self._result))

    _float = _to
