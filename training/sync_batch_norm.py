"""BatchNorm over the whole batch when several processes share it.

PyTorch's SyncBatchNorm refuses the CPU, and its backward cannot be differentiated again, which the R1 penalty
needs. This one was tested on CPUs with gloo, but not on GPUs with NCCL.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


class _Sum(torch.autograd.Function):
    """The sum of x over all processes. Its gradient is the sum of their gradients, to any order."""

    @staticmethod
    def forward(_: Any, x: Tensor) -> Tensor:
        total = x.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, slope: Tensor) -> Tensor:
        return _Sum.apply(slope)


class SyncBatchNorm(nn.modules.batchnorm._BatchNorm):
    """BatchNorm by the mean and variance of all processes' images, twice differentiable through both."""

    def _check_input_dim(self, x: Tensor) -> None:
        if x.dim() not in (2, 4):
            raise ValueError(f"the input has {x.dim()} dimensions; allowed: 2 or 4")

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        self._check_input_dim(x)
        dims, shape = [0, *range(2, x.dim())], [1, -1, *[1] * (x.dim() - 2)]
        count = x.numel() // x.shape[1] * dist.get_world_size()
        values = x.float()
        # two exchanges, though E[x^2] - E[x]^2 would need only one: that loses digits
        mean = _Sum.apply(values.sum(dims)) / count  # (C,)
        centred = values - mean.view(shape)  # (B, C, ...)
        variance = _Sum.apply(centred.square().sum(dims)) / count  # (C,)
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centred * scale.view(shape) + self.bias.view(shape)).to(x.dtype)


def synchronise_batch_norm(model: nn.Module) -> nn.Module:
    """Replace every BatchNorm in `model` by a `SyncBatchNorm`; the names of the weights stay."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
                synced = SyncBatchNorm(child.num_features, child.eps, child.momentum).to(child.weight.device)
                synced.load_state_dict(child.state_dict())
                synced.requires_grad_(child.weight.requires_grad)
                setattr(module, name, synced)
    return model
