"""What Accelerate reads from the environment, beside or over the flags of a script: obeyed aloud, or refused.

A launcher sets such variables, from flags of its own or from the file that `accelerate config` wrote; others
come from a shell or a container. Variables that Accelerate reads and this file does not name cannot change a
run; `tests/training/test_environment.py` lists them all, and is red where a new Accelerate reads one more.
"""

import os
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import get_cpu_distributed_information

from training.errors import TrainingError, one_line

SAME_AS_FLAG = {
    "ACCELERATE_MIXED_PRECISION": "mixed_precision",
    "ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "gradient_accumulation_steps",
}
"""variable -> flag of the script; whoever sets both must give both the same value"""
REFUSED = {
    "ACCELERATE_USE_DEEPSPEED": "DeepSpeed",
    "ACCELERATE_USE_FSDP": "FSDP",
    "ACCELERATE_USE_MEGATRON_LM": "Megatron-LM",
    "ACCELERATE_USE_PARALLELISM_CONFIG": "a parallelism config",
    "ACCELERATE_DOWNCAST_BF16": "bfloat16 in place of float32",
}
"""variable that switches something on -> what; each changes what a step computes, or splits the weights"""
OBEYED = (
    "ACCELERATE_USE_CPU",
    "ACCELERATE_TORCH_DEVICE",
    "ACCELERATE_CPU_AFFINITY",
    "ACCELERATE_DEBUG_MODE",
    "ACCELERATE_USE_SAGEMAKER",
    "ACCELERATE_DYNAMO_BACKEND",
    "ACCELERATE_DYNAMO_MODE",
    "ACCELERATE_DYNAMO_USE_DYNAMIC",
    "ACCELERATE_DYNAMO_USE_FULLGRAPH",
    "ACCELERATE_DYNAMO_USE_REGIONAL_COMPILATION",
)
"""where and how fast a run computes; a line says which are set"""


def start_accelerator(
    mixed_precision: str, gradient_accumulation_steps: int, cpu: bool, **more: Any
) -> Accelerator:
    """An `Accelerator` that is as the flags of the script say; raises `TrainingError`."""
    flags = {
        "mixed_precision": mixed_precision,
        "gradient_accumulation_steps": gradient_accumulation_steps,
        "cpu": cpu,
    }
    try:
        started = get_cpu_distributed_information().world_size
        _check_environment(flags, started)
        accelerator = Accelerator(**flags, **more)
    except (ValueError, RuntimeError, ImportError, LookupError) as error:
        raise TrainingError(f"Accelerate cannot start: {one_line(error)}. {_variables()}") from error
    _check_accelerator(accelerator, flags, started)
    return accelerator


def _check_environment(flags: dict[str, Any], started: int) -> None:
    for variable, what in REFUSED.items():
        if not _is_off(variable):
            raise TrainingError(
                f"{variable} asks for {what}, but this script averages and saves whole float32 weights. "
                "Unset it, or launch with --multi_gpu, which keeps a copy on each GPU"
            )
    for variable, flag in SAME_AS_FLAG.items():
        told = os.environ.get(variable, "").strip().lower()
        if told not in ("", "no", str(flags[flag])):  # a launcher that is told no precision says "no"
            raise TrainingError(
                f"the launcher is told {flag} {told}, the script {flags[flag]}; give --{flag} {told} after "
                f"the name of the script, or unset {variable}, which a flag of the launcher, the file of "
                "`accelerate config` or your shell sets"
            )
    if device := os.environ.get("ACCELERATE_TORCH_DEVICE"):
        _check_device(device, flags["cpu"], started)


def _is_off(variable: str) -> bool:
    return os.environ.get(variable, "").strip().lower() in ("", "0", "n", "no", "f", "false", "off")


def _check_device(device: str, cpu: bool, started: int) -> None:
    told = f"ACCELERATE_TORCH_DEVICE is {device}"
    try:
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError) as error:
        raise TrainingError(f"{told}, which cannot be used here: {one_line(error)}") from error
    if torch.device(device).type != "cpu" and cpu:
        raise TrainingError(f"{told}, but the script is told --cpu; leave out one of the two")
    if torch.device(device).type != "cpu" and started > 1:
        raise TrainingError(f"{told}, for all processes; unset it, so that each takes a GPU of its own")


def _check_accelerator(accelerator: Accelerator, flags: dict[str, Any], started: int) -> None:
    """Whatever Accelerate read, it must be as the flags say; a line tells what else it obeys."""
    if started > 1 and accelerator.num_processes == 1:
        raise TrainingError(
            f"the launcher started {started} processes, and each would train a model of its own; "
            "give --cpu to train one on CPUs"
        )
    for flag in SAME_AS_FLAG.values():
        if getattr(accelerator, flag) != flags[flag]:
            found = getattr(accelerator, flag)
            raise TrainingError(f"--{flag} is {flags[flag]}, but Accelerate took {found}. {_variables()}")
    compiles = not _is_off("ACCELERATE_DYNAMO_BACKEND")
    obeyed = [name for name in OBEYED if not _is_off(name) and (compiles or "_DYNAMO_" not in name)]
    if obeyed:
        accelerator.print("from the environment:", ", ".join(f"{n}={os.environ[n]}" for n in obeyed))


def _variables() -> str:
    """What of the environment is meant for Accelerate, as a sentence."""
    prefixes = "ACCELERATE_", "FSDP_", "MASTER_", "PMI_", "OMPI_COMM_WORLD_", "MV2_COMM_WORLD_"
    places = "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"
    names = [name for name in sorted(os.environ) if name.startswith(prefixes) or name in places]
    found = {n: os.environ[n] for n in names if n in places or not os.environ[n] or not _is_off(n)}
    return "The environment has " + (", ".join(f"{n}={v}" for n, v in found.items()) or "nothing for it")
