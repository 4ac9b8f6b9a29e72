"""What a run says of itself: at its start what it will do, at its end what to do next."""

import shlex
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType

FORMATS = {"no": "float32", "bf16": "bf16, weights in float32", "fp16": "fp16, weights in float32"}


def say_start(config: Any, accelerator: Accelerator, num_images: int, done: int, total: int) -> None:
    """Print device, precision, parameters, steps, and where the run writes.

    `config` is a `LoopConfig`; `num_images` is 0 for a stream; `done` steps of `total` are made.
    """
    weights = {p for model in accelerator._models for p in model.parameters()}
    images = config.batch_size * config.gradient_accumulation_steps
    steps = f"{total - done:,} optimizer steps" + (f" to go after {done:,}" if done else "")
    seen = total * images
    epochs = f", {seen / num_images:.3g} epochs of {num_images:,} images" if num_images else ""
    parameters, numbers = sum(p.numel() for p in weights), FORMATS[accelerator.mixed_precision]
    print(
        f"training: {parameters:,} parameters, {numbers}, on {_device(accelerator)}\n"
        f"training: {steps} of {images:,} images{epochs}\n"
        f"writing to {config.output_dir.resolve()}: a checkpoint every {config.checkpointing_steps:,} steps, "
        "the model at the end",
        flush=True,
    )


def _device(accelerator: Accelerator) -> str:
    """Where the run computes."""
    if accelerator.device.type == "cuda":
        name = torch.cuda.get_device_name(accelerator.device)
    elif accelerator.device.type == "cpu":
        count = torch.get_num_threads()
        name = f"the CPU ({count} thread{'s' * (count > 1)})"
    else:
        name = accelerator.device.type.upper()
    count = accelerator.num_processes
    return (
        name if accelerator.distributed_type == DistributedType.NO else f"{count} processes, each on {name}"
    )


def next_steps(config: Any, family: str, pushed: bool) -> list[str]:
    """What to do with the model folder of a `LoopConfig`, as lines to copy."""
    folder = config.output_dir
    root = str(folder.resolve().parent) if folder.parent == Path() else str(folder.parent)
    how = ["python", "-m", "training.evaluate", "--model", str(folder), "--data_dir", str(config.data_dir)]
    how += ["--streaming"] * config.streaming
    push = ["python", "-m", "training.publish", "--folder", str(folder), "--hub_model_id"]
    model = f"{family}.from_pretrained({str(folder)!r})"
    lines = {
        "look at it, in the tab Models": f"MODELS_DIR={shlex.quote(root)} python app.py",
        "measure it again": shlex.join(how),
        "push it": f"{shlex.join(push)} OWNER/{shlex.quote(folder.resolve().name)}",
        "use it": shlex.join(["python", "-c", f"from space.models import {family}; print({model})"]),
    }
    if pushed:
        del lines["push it"]
    return [f"{what}:\n    {line}" for what, line in lines.items()]
