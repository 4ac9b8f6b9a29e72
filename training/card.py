"""The model card: what a model is, how to use it, how it was trained, and its metrics.

The texts on a family come from `config.describe()`, beside the model. `check_described` makes the card of the
untrained model, so that missing texts are noticed before the first step.
"""

import os
import platform
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from torch import nn

from space.models.description import Description
from space.text.families import texts_of
from space.weights.side_files import frame_files
from training.checkpoints import Progress
from training.data import Images
from training.errors import TrainingError
from training.graphs import check_methods, methods_of, snippet
from training.loop import LoopConfig, defaults_of, flags_that_decide_the_weights
from training.measure.metric import Metrics
from training.push import stamp_card

DATA = {  # --dataset -> its name on the Hub, if it has one; source and licence as the card tells them
    "mnist": ("ylecun/mnist", "MNIST (Y. LeCun, C. Cortes, C. Burges)"),
    "fashion-mnist": ("zalando-datasets/fashion_mnist", "Fashion-MNIST (Zalando Research, MIT licence)"),
    "twemoji2fluent": (
        None,
        "A: Twemoji (Twitter, Inc and other contributors, CC-BY 4.0), B: Fluent Emoji 3D (Microsoft, MIT)",
    ),
    "flat2fluent": (None, "A: Fluent Emoji Flat, B: Fluent Emoji 3D (Microsoft, MIT)"),
}

ON_CARD = {  # metrics that the Hub shows beside the card
    "reconstruction_psnr": "Mean PSNR of reconstructions (dB)",
    "neg_elbo_1": "Negative ELBO (nats/image)",
    "linear_probe_accuracy": "Linear probe accuracy (%)",
    "nll": "Negative log-likelihood (nats/image)",
    "lenet_fid": "Fréchet distance of LeNet features",
    "precision": "Precision of samples (k = 3)",
    "recall": "Recall of samples (k = 3)",
    "class_accuracy": "Samples of the class asked for (%)",
    "class_accuracy_guided": "Samples of the class asked for, with guidance (%)",
    "bits_per_dim": "Bits per dimension",
    "accuracy": "Accuracy (%)",
    "l1_ab": "Mean absolute error to the true counterpart, A to B",
    "l1_ba": "Mean absolute error to the true counterpart, B to A",
    "cycle_l1_a": "Cycle error of domain A",
    "cycle_l1_b": "Cycle error of domain B",
}

CARD = """---
{{ card_data }}
---

# {{ name }}

{{ about }}

![{{ caption }}](samples/{{ last_sample }})

## Use

```sh
pip install git+https://huggingface.co/spaces/NAMESPACE/lab
```

```python
import torch
from generative_lab import {{ family }}

# the name of this folder, or of its repository on the Hub: "NAMESPACE/{{ name }}"
model = {{ family }}.from_pretrained("{{ name }}", strict=True)
{{ usage }}
```

In any ONNX runtime, without PyTorch and without this repository (`pip install onnxruntime`):

```python
import numpy as np
import onnxruntime

{{ graph_usage }}
```

Graphs: {{ graphs }}. None holds weights; each finds its own in `model.safetensors` beside it.

## Network

{{ network }}; {{ parameters }} parameters, float32 safetensors. `config.json` holds the shape.

## Training

```sh
{{ command }}
```

Data: {{ data }}; {{ train }}.
Seed {{ seed }}, {{ steps }} optimizer steps{{ ended }}, {{ minutes }} minutes on {{ hardware }}
({{ libraries }}). `history.csv` has every logged value, `samples/` the pictures.

## Figures

| figure | value | protocol |
|---|---|---|
{% for row in rows -%}
| `{{ row[0] }}` | {{ row[1] }} | {{ row[2] }} |
{% endfor %}
{%- if notes %}
## What was tried

{{ notes }}
{% endif %}
## Limits

{{ limits }}

## Links

- Paper: [{{ paper.title }}]({{ paper.url }})
- The lab that shows it, and its code: [spaces/NAMESPACE/lab](https://huggingface.co/spaces/NAMESPACE/lab)
- Data: {{ data_link }}

```bibtex
{{ paper.bibtex }}
```
"""


def training_command(config: LoopConfig) -> str:
    """The command that repeats a run, with each flag that decides the weights and is not at its default."""
    module = type(config).__module__
    if module == "__main__":  # the script itself was started, with -m or by its path
        spec = sys.modules["__main__"].__spec__
        module = spec.name if spec else f"training.{Path(sys.argv[0]).stem}"
    values = flags_that_decide_the_weights(config)
    defaults = flags_that_decide_the_weights(defaults_of(config))
    flags = [_flag(key, value) for key, value in values.items() if value != defaults[key]]
    place = f"runs/{config.output_dir.name}"
    return " ".join([f"accelerate launch -m {module} --output_dir {shlex.quote(place)}", *flags])


def _flag(key: str, value: object) -> str:
    """A flag as tyro reads it: a switch has no value, and `--part.no-switch` turns it off."""
    if value is True:
        return f"--{key}"
    if value is False:
        return "--" + ".".join([*key.split(".")[:-1], "no-" + key.split(".")[-1]])
    text = os.fsencode(str(value)).decode("utf-8", "backslashreplace")  # a path may have other bytes
    return f"--{key} {shlex.quote(text)}"


def hardware(device: torch.device) -> str:
    """The processor, in words: the GPU's name, or threads and name of the CPU."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    names = [
        line.split(":", 1)[1].strip()
        for line in _lines(Path("/proc/cpuinfo"))
        if line.startswith("model name")
    ]
    threads = torch.get_num_threads()
    count = "1 thread" if threads == 1 else f"{threads} threads"
    return f"{count} of {names[0] if names else platform.processor() or 'a CPU'}"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def run_facts(
    config: LoopConfig,
    accelerator: Accelerator,
    model: nn.Module,
    progress: Progress,
    train: Images | tuple[Images, Images],
) -> dict[str, Any]:
    """The facts of a run, for training.json and the card."""
    domains = train if isinstance(train, tuple) else (train,)
    processes = f", {accelerator.num_processes} processes" if accelerator.num_processes > 1 else ""
    return {
        "family": type(model).__name__,
        "command": training_command(config),
        "dataset": config.dataset,
        "train": "; ".join(images.description for images in domains),
        "seed": config.seed,
        "steps": progress.step,
        **({"ended": "finish_now"} if config.finish_now else {}),
        "seconds": round(progress.seconds),
        "hardware": hardware(accelerator.device) + processes,
        "libraries": f"torch {torch.__version__}, Python {platform.python_version()}",
    }


def check_described(
    config: LoopConfig, accelerator: Accelerator, model: nn.Module, train: Images | tuple[Images, Images]
) -> None:
    """Raise `TrainingError` if what its card, the page or a graph needs of `model` is missing."""
    if not hasattr(model.config, "describe"):
        raise TrainingError(f"{type(model.config).__name__} has no describe(), which the card is made from")
    description = model.config.describe()
    if empty := [part for part, text in asdict(description).items() if not (text and str(text).strip())]:
        raise TrainingError(f"{type(model.config).__name__}.describe() leaves empty: {', '.join(empty)}")
    try:
        texts_of(type(model), description.kind, getattr(model.config, "latent_dim", None))
    except KeyError as error:
        raise TrainingError(f"space.text.families lacks {error.args[0]}, which the page shows") from error
    check_methods(model)
    card(config.output_dir, model, {}, run_facts(config, accelerator, model, Progress(flags={}), train))


def _header(model: nn.Module, name: str, tag: str | None, source: str, metrics: Metrics) -> ModelCardData:
    """The card's YAML header, which the Hub reads; `tag` is the data set's name on the Hub, if it has one."""
    defaults = model._hub_mixin_info.model_card_data
    results = [
        EvalResult(
            task_type=defaults.pipeline_tag,
            dataset_type=tag or "other",
            dataset_name=source,
            dataset_split="test",
            metric_type=key,
            metric_name=label,
            metric_value=metrics[key]["value"],
        )
        for key, label in ON_CARD.items()
        if key in metrics
    ]
    return ModelCardData(
        license="mit",
        library_name="generative-lab",
        pipeline_tag=defaults.pipeline_tag,
        tags=sorted({*defaults.tags, "model_hub_mixin", "pytorch_model_hub_mixin"}),
        datasets=[tag] if tag else None,
        model_name=name,
        eval_results=results or None,
    )


def card(folder: Path, model: nn.Module, metrics: Metrics, run: dict[str, Any]) -> str:
    """The model card of a model, its metrics and its run.

    `run` is the content of training.json. Its `notes`, Markdown written by hand, become the section 'What was
    tried'.
    """
    family, name = type(model).__name__, folder.resolve().name
    description: Description = model.config.describe()
    tag, source = DATA.get(run["dataset"], (None, run["train"]))
    samples = frame_files(folder)
    text = ModelCard.from_template(
        _header(model, name, tag, source, metrics),
        template_str=CARD,
        name=name,
        about=description.about,
        family=family,
        last_sample=samples[-1][1].name if samples else "",
        usage=description.usage,
        graph_usage=snippet(model, name),
        graphs=", ".join(f"`{method}.onnx`" for method in methods_of(model)),
        caption=description.samples,
        network=description.networks,
        parameters=f"{sum(p.numel() for p in model.parameters()):,}",
        command=run["command"],
        data=source,
        train=run["train"],
        seed=run["seed"],
        steps=f"{run['steps']:,}",
        ended=f", where `--{run['ended']}` ended the run" if run.get("ended") else "",
        minutes=f"{run['seconds'] / 60:.1f}",
        hardware=run["hardware"],
        libraries=run["libraries"],
        rows=[
            (key, f"{in_digits(m['value'])} {m['unit']}".strip(), m["protocol"].replace("|", "\\|"))
            for key, m in metrics.items()
        ],
        notes=run.get("notes", ""),
        paper=description.paper,
        data_link=f"[{tag}](https://huggingface.co/datasets/{tag})" if tag else source,
        limits="Made for teaching: small images like those it was trained on, nothing else. "
        + description.limits,
    )
    return stamp_card(str(text))


def in_digits(value: float | list[float]) -> str:
    """The value of a metric as the card shows it."""
    return ", ".join(f"{v:.2f}" for v in value) if isinstance(value, list) else f"{value:.4g}"
