"""What Accelerate reads from the environment cannot change a run without a word."""

import ast
import os
import re
from pathlib import Path
from unittest.mock import patch

import accelerate
import pytest

from tests.processes import ROOT
from tests.small_runs import vae_config
from training import environment
from training.errors import TrainingError
from training.loop import make_accelerator

WITHOUT_EFFECT = (
    # settings of what is refused
    *("ACCELERATE_DEEPSPEED_", "ACCELERATE_CONFIG_DS_FIELDS", "ACCELERATE_GRADIENT_CLIPPING"),
    *("FSDP_", "MEGATRON_LM_", "PARALLELISM_CONFIG_", "ACCELERATE_ALLOW_CP_STANDALONE"),
    "ACCELERATE_FP8_",  # --mixed_precision has no fp8
    # what the scripts never use: big models in parts, a notebook's launcher, trackers that they do not offer
    *("ACCELERATE_BYPASS_DEVICE_MAP", "ACCELERATE_INIT_INCLUDE_BUFFERS", "FORK_LAUNCHED"),
    *("ACCELERATE_DEBUG_RDV_FILE", "TPU_NAME", "PJRT_DEVICE", "NODE_RANK", "NPROC", "MLFLOW_", "CLEARML_"),
    # what is printed
    *("ACCELERATE_LOG_LEVEL", "ACCELERATE_ENABLE_RICH"),
    # which process this is, and how processes reach one another and their device
    *("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"),
    *("PMI_", "MPI_LOCAL", "MV2_COMM_WORLD_", "OMPI_COMM_WORLD_", "ACCELERATE_SAGEMAKER_DISTRIBUTED_TYPE"),
    *("OMP_NUM_THREADS", "NCCL_", "PT_HPU_LAZY_MODE", "USE_TORCH_XLA", "systemdrive"),
)
"""names, or beginnings of names, of variables that Accelerate reads and that no run depends on"""
READERS = {"parse_flag_from_env", "parse_choice_from_env", "get_int_from_env", "getenv"}


def names_in(node: ast.expr, function: ast.AST) -> set[str]:
    """The variables that an argument names; what is computed otherwise is given as `? its source`."""
    match node:
        case ast.Constant(value=str(name)):
            return {name}
        case ast.List(elts=items):
            return set().union(*(names_in(item, function) for item in items))
        case ast.BinOp(left=ast.Name(id=prefix), op=ast.Add(), right=ast.Constant(value=str(suffix))):
            return {
                f"{found.value.value}{suffix}"
                for found in ast.walk(function)
                if isinstance(found, ast.Assign) and [ast.unparse(name) for name in found.targets] == [prefix]
            }
    return {f"? {ast.unparse(node)}"}


def variables_read(node: ast.AST, function: ast.AST) -> set[str]:
    """All variables of the environment that the code below a node reads."""
    if isinstance(node, ast.FunctionDef):
        function = node
    found: set[str] = set()
    match node:
        case ast.Call(func=ast.Name(id=reader) | ast.Attribute(attr=reader), args=[name, *_]):
            if reader in READERS or (reader == "get" and ast.unparse(node.func) == "os.environ.get"):
                found = names_in(name, function)
        case (
            ast.Subscript(value=value, slice=name, ctx=ast.Load())
            | ast.Compare(left=name, comparators=[value])
        ) if ast.unparse(value) == "os.environ":
            found = names_in(name, function)
    return found.union(*(variables_read(child, function) for child in ast.iter_child_nodes(node)))


def test_every_variable_that_the_installed_accelerate_reads_is_known():
    root, read = Path(accelerate.__file__).parent, set()
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] not in ("commands", "test_utils"):  # the launcher's own; its tests
            tree = ast.parse(path.read_text(encoding="utf-8"))
            read |= variables_read(tree, tree)
    known = {*environment.SAME_AS_FLAG, *environment.REFUSED, *environment.OBEYED}
    assert known <= read
    assert {name for name in read if name.startswith("?")} == {
        "? e",
        "? key",
        "? env_var_name",
    }  # its readers
    assert {n for n in read - known if not n.startswith((*WITHOUT_EFFECT, "?"))} == set()


@pytest.fixture
def launched():
    """The environment, without what a launcher may have set."""
    with patch.dict(os.environ):
        for name in [name for name in os.environ if name.startswith("ACCELERATE_")]:
            del os.environ[name]
        yield os.environ


AS_LAUNCHED = {
    "ACCELERATE_USE_CPU": "False",
    "ACCELERATE_MIXED_PRECISION": "no",
    "ACCELERATE_DYNAMO_BACKEND": "NO",
    "ACCELERATE_DYNAMO_MODE": "default",
    "ACCELERATE_DYNAMO_USE_FULLGRAPH": "False",
    "ACCELERATE_DYNAMO_USE_DYNAMIC": "False",
    "ACCELERATE_DYNAMO_USE_REGIONAL_COMPILATION": "False",
    "ACCELERATE_USE_DEEPSPEED": "false",
}
"""what `accelerate launch` sets without a flag"""


@pytest.mark.parametrize(
    ("variables", "flags", "says"),
    [
        (
            {"ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "2"},
            {},
            "told gradient_accumulation_steps 2, the script 1; give --gradient_accumulation_steps 2 after",
        ),
        (
            {"ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "1"},
            {"gradient_accumulation_steps": 4},
            "told gradient_accumulation_steps 1, the script 4; .* or unset ACCELERATE_GRADIENT_ACCUMULATION",
        ),
        ({"ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "auto"}, {}, "steps auto, the script 1"),
        ({"ACCELERATE_MIXED_PRECISION": "BF16"}, {}, "told mixed_precision bf16, the script no"),
        ({"ACCELERATE_MIXED_PRECISION": "fp8"}, {"mixed_precision": "bf16"}, "fp8, the script bf16"),
        *(
            ({name: value}, {}, f"^{name} asks for {what}, .* launch with --multi_gpu")
            for value, (name, what) in zip(("true", "1", "yes", "True", "on"), environment.REFUSED.items())
        ),
        ({"ACCELERATE_TORCH_DEVICE": "graphics"}, {}, "DEVICE is graphics, which cannot be used here: "),
        ({"ACCELERATE_TORCH_DEVICE": "meta"}, {"cpu": True}, "DEVICE is meta, which cannot be used here: "),
        ({"ACCELERATE_USE_CPU": "perhaps"}, {}, "cannot start: .* ACCELERATE_USE_CPU=perhaps"),
        ({"ACCELERATE_DYNAMO_BACKEND": "magic"}, {}, "cannot start: .* ACCELERATE_DYNAMO_BACKEND=magic"),
        ({"ACCELERATE_FP8_BACKEND": "magic"}, {}, "cannot start: .* ACCELERATE_FP8_BACKEND=magic"),
        ({"LOCAL_RANK": "0", "WORLD_SIZE": "two"}, {}, "cannot start: .* WORLD_SIZE=two"),
        ({"LOCAL_RANK": "1", "WORLD_SIZE": "2"}, {}, "cannot start: .* LOCAL_RANK=1, "),
        ({"OMPI_COMM_WORLD_SIZE": "4"}, {"cpu": False}, "started 4 processes, and each would"),
    ],
)
@pytest.mark.parametrize("before", [{}, AS_LAUNCHED], ids=["alone", "launched"])
def test_what_would_change_a_run_is_one_sentence(tmp_path, launched, before, variables, flags, says):
    launched.update(before | variables)
    with pytest.raises(TrainingError, match=says) as raised:
        make_accelerator(vae_config(tmp_path / "run", **flags))
    assert "\n" not in str(raised.value) and not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({}, ""),
        ({"ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "2"}, ""),
        ({"ACCELERATE_DEEPSPEED_ZERO_STAGE": "3", "FSDP_VERSION": "2", "ACCELERATE_USE_FSDP": "0"}, ""),
        ({"ACCELERATE_USE_CPU": "true"}, "from the environment: ACCELERATE_USE_CPU=true\n"),
        ({"ACCELERATE_TORCH_DEVICE": "cpu"}, "from the environment: ACCELERATE_TORCH_DEVICE=cpu\n"),
        (
            {"ACCELERATE_DYNAMO_BACKEND": "EAGER", "ACCELERATE_DYNAMO_MODE": "default"},
            "from the environment: ACCELERATE_DYNAMO_BACKEND=EAGER, ACCELERATE_DYNAMO_MODE=default\n",
        ),
    ],
)
def test_what_says_where_to_compute_is_obeyed_aloud(tmp_path, launched, capsys, variables, line):
    launched.update(AS_LAUNCHED | variables)
    accelerator = make_accelerator(vae_config(tmp_path / "run", gradient_accumulation_steps=2))
    assert capsys.readouterr().out == line
    assert (accelerator.gradient_accumulation_steps, accelerator.device.type) == (2, "cpu")


def test_what_accelerate_takes_from_elsewhere_is_seen(tmp_path, launched, monkeypatch):
    """A later version may read a variable that nobody here knows."""
    monkeypatch.setattr(accelerate.Accelerator, "gradient_accumulation_steps", 8)
    with pytest.raises(TrainingError, match="--gradient_accumulation_steps is 1, but Accelerate took 8"):
        make_accelerator(vae_config(tmp_path / "run"))


def test_the_guide_names_them():
    guide = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"## Launchers and their variables\n(.*?)\n## ", guide, re.DOTALL)
    rows = [set(re.findall(r"ACCELERATE_\w+", row)) for row in section.splitlines() if row.startswith("| `")]
    obeyed = {name for name in environment.OBEYED if not name.startswith("ACCELERATE_DYNAMO_")}
    obeyed.add("ACCELERATE_DYNAMO_BACKEND")  # 'and its settings'
    assert rows == [set(environment.SAME_AS_FLAG), set(environment.REFUSED), obeyed]
