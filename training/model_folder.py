"""The model folder that a run leaves: weights, config, figures, card, history and samples.

One format for the run's output, the repository on the Hub and `space/pretrained/`.
"""

import csv
import json
import platform
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from torch import nn

from space.models.classifier import ClassifierConfig
from space.models.cyclegan import CycleGANConfig
from space.models.dcgan import DCGANConfig
from space.models.gan import GANConfig
from space.models.layers import ImageConfig, NetworkConfig
from space.weights.side_files import frame_files
from training.data import Images
from training.durable import put_in_place
from training.loop import NOT_MATHS, LoopConfig, Progress, flat, writing
from training.measure.metrics import Metrics, codes
from training.publish import push_folder, stamp_card

NUM_LATENTS = 5000  # codes in latents.csv: enough for a scatter plot, 100 kB

DATA = {  # tags, licence and source of the data that a card names
    "mnist": ("ylecun/mnist", "MNIST (Y. LeCun, C. Cortes, C. Burges)"),
    "fashion-mnist": ("zalando-datasets/fashion_mnist", "Fashion-MNIST (Zalando Research, MIT licence)"),
    "twemoji2fluent": (
        None,
        "A: Twemoji (Twitter, Inc and other contributors, CC-BY 4.0), B: Fluent Emoji 3D (Microsoft, MIT)",
    ),
}

ABOUT = {
    ("Autoencoder", "plain"): "A plain autoencoder: the image goes through a narrow code and must come back.",
    (
        "Autoencoder",
        "sparse",
    ): "A sparse autoencoder: the L1 norm of its non-negative code is penalised, so that"
    " few units are active at a time.",
    ("Autoencoder", "denoising"): "A denoising autoencoder: it sees a corrupted image and must give back the"
    " clean one (Vincent et al. 2008).",
    (
        "Autoencoder",
        "contractive",
    ): "A contractive autoencoder: the exact squared Frobenius norm of the encoder's"
    " Jacobian is penalised, so that the code ignores small changes of the image (Rifai et al. 2011).",
    ("GAN", ""): "A generative adversarial network of MLPs: a generator turns noise into images, and a"
    " discriminator learns to tell them from real ones (Goodfellow et al. 2014). Both are in this folder.",
    ("DCGAN", ""): "The GAN game between convolutional networks (Radford et al. 2016). The generator and the"
    " discriminator are both in this folder.",
    ("Classifier", ""): "A classifier after LeNet-5 (LeCun et al. 1998). Its features and classes measure the"
    " images that the generative models of this lab make.",
    ("CycleGAN", ""): "Translation between two sets of images without pairs, both ways (Zhu et al. 2017): two"
    " generators and two discriminators, all in this folder.",
    ("VAE", ""): "A variational autoencoder with a standard normal prior and Bernoulli pixels, trained on the"
    " evidence lower bound (Kingma & Welling 2014).",
}

LIMITS = {
    **dict.fromkeys(("Autoencoder", "VAE"), "Images are compared by pixel, so blur costs less than a shift."),
    **dict.fromkeys(
        ("GAN", "DCGAN"),
        "The discriminator judges against its own generator only: its score is no measure of other images.",
    ),
    "CycleGAN": "It changes style, not shape: nothing tells it which things of the two sets belong together.",
}

CAPTION = {
    **dict.fromkeys(
        ("GAN", "DCGAN"), "What the generator makes of the same latent vectors: the last snapshot"
    ),
    "CycleGAN": "Test images of A, their translations, test images of B, theirs: the last snapshot",
}

ON_CARD = {  # figures for the Hub's own display
    "reconstruction_psnr": "Mean PSNR of reconstructions (dB)",
    "neg_elbo_1": "Negative ELBO (nats/image)",
    "linear_probe_accuracy": "Linear probe accuracy (%)",
    "lenet_fid": "Fréchet distance of LeNet features",
    "precision": "Precision of samples (k = 3)",
    "recall": "Recall of samples (k = 3)",
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

```python
import torch
from space.models import {{ family }}  # from the generative-lab repository

# the name of this folder, or of its repository on the Hub: "NAMESPACE/{{ name }}"
model = {{ family }}.from_pretrained("{{ name }}", strict=True)
{{ usage }}
```

## Network

{{ network }}; {{ parameters }} parameters, float32 safetensors. `config.json` holds the shape.

## Training

```sh
{{ command }}
```

Data: {{ data }}; {{ train }}.
Seed {{ seed }}, {{ steps }} optimizer steps, {{ minutes }} minutes on {{ hardware }}
({{ libraries }}). `history.csv` has every logged value, `samples/` the pictures.

## Figures

| figure | value | protocol |
|---|---|---|
{% for row in rows -%}
| `{{ row[0] }}` | {{ row[1] }} | {{ row[2] }} |
{% endfor %}
## Limits

{{ limits }}
"""


def training_command(config: LoopConfig) -> str:
    """The command that repeats a run: every flag that differs from its default, but for places and pushes."""
    module = type(config).__module__
    if module == "__main__":  # the script itself was started, with -m or by its path
        spec = sys.modules["__main__"].__spec__
        module = spec.name if spec else f"training.{Path(sys.argv[0]).stem}"
    values, defaults = flat(asdict(config)), flat(asdict(type(config)(output_dir=config.output_dir)))
    flags = [
        _flag(key, value) for key, value in values.items() if value != defaults[key] and key not in NOT_MATHS
    ]
    place = f"runs/{config.output_dir.name}"
    return " ".join([f"accelerate launch -m {module} --output_dir {shlex.quote(place)}", *flags])


def _flag(key: str, value: object) -> str:
    """As a shell and tyro read it: a switch has no value, and says no at the end of its path."""
    if value is True:
        return f"--{key}"
    if value is False:
        return "--" + ".".join([*key.split(".")[:-1], "no-" + key.split(".")[-1]])
    return f"--{key} {shlex.quote(str(value))}"


def hardware(device: torch.device) -> str:
    """The processor that trained, in words."""
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


def finish(
    config: LoopConfig,
    accelerator: Accelerator,
    model: nn.Module,
    progress: Progress,
    train: Images | tuple[Images, Images],
    test: Images | tuple[Images, Images],
    figures: Callable[[], Metrics],
) -> None:
    """Measure with `figures`, write the model folder, and push it if the run wants that.

    The main process does all of it, so that every test image counts once.
    """
    if accelerator.is_main_process:
        run = {
            "family": type(model).__name__,
            "command": training_command(config),
            "dataset": config.dataset,
            "train": "; ".join(
                images.description for images in (train if isinstance(train, tuple) else (train,))
            ),
            "seed": config.seed,
            "steps": progress.step,
            "seconds": round(progress.seconds),
            "hardware": hardware(accelerator.device)
            + (f", {accelerator.num_processes} processes" if accelerator.num_processes > 1 else ""),
            "libraries": f"torch {torch.__version__}, Python {platform.python_version()}",
        }
        accelerator.print("evaluating on the test images ...")
        write_model_folder(config.output_dir, model, figures(), run, test)
        if config.push_to_hub:
            repo_id = config.hub_model_id or config.output_dir.name
            url = push_folder(
                config.output_dir, repo_id, config.hub_private or None, config.hub_overwrite_card
            )
            print(f"pushed: {url}")
        print(f"done: {config.output_dir}")
    accelerator.wait_for_everyone()
    accelerator.end_training()


def write_model_folder(
    folder: Path,
    model: nn.Module,
    metrics: Metrics,
    run: dict[str, Any],
    test: Images | tuple[Images, Images],
) -> None:
    """Write all files but history and samples, each whole or not at all."""
    fresh = folder / "partial"
    shutil.rmtree(fresh, ignore_errors=True)  # by a run that was killed
    fresh.mkdir()
    with writing("the model folder", fresh):
        # a card that stands is kept by save_pretrained: an empty one spares its template
        (fresh / "README.md").touch()
        model.to("cpu").save_pretrained(fresh)
        (fresh / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
        (fresh / "training.json").write_text(json.dumps(run, indent=1) + "\n")
        (fresh / "README.md").write_text(card(folder, model, metrics, run))
        if hasattr(model, "encode") and model.config.latent_dim == 2 and test.labels is not None:
            with (fresh / "latents.csv").open("w", newline="") as file:
                first = Images(test.pixels[:NUM_LATENTS], None, "")
                with torch.no_grad():
                    points = codes(model, first).tolist()
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["z1", "z2", "label"])
                writer.writerows(
                    [f"{a:.4g}", f"{b:.4g}", n] for (a, b), n in zip(points, test.labels.tolist())
                )
        # the weights come last: a new folder that has them has everything
        for path in sorted(fresh.iterdir(), key=lambda path: path.name == "model.safetensors"):
            put_in_place(path, folder / path.name)
        fresh.rmdir()


def network(config: ImageConfig) -> str:
    """A model's networks in words."""
    match config:
        case NetworkConfig(architecture="mlp"):
            layers = f"{config.num_layers} hidden layers of {config.hidden_dim} units on each side, SiLU"
        case NetworkConfig():
            layers = (
                f"convolutions from {config.base_channels} channels and one hidden layer of "
                f"{config.hidden_dim}, SiLU"
            )
        case GANConfig():
            layers = f"{config.num_layers} hidden layers of {config.hidden_dim} units in each network"
        case DCGANConfig():
            layers = (
                "transposed and strided convolutions over "
                + "-".join(map(str, config.channels[1:]))
                + " channels at "
                + "-".join(map(str, config.sizes[1:]))
                + " pixels"
            )
        case CycleGANConfig():
            return (
                f"generators with {config.num_blocks} residual blocks of {4 * config.base_channels} channels "
                f"at a quarter of the size, {config.base_channels} channels at full size, instance "
                "normalisation; "
                f"PatchGAN discriminators from {config.discriminator_channels} channels, "
                f"{config.discriminator_layers} halvings"
            )
        case ClassifierConfig():
            return (
                f"two 5x5 convolutions of {config.base_channels} and {2 * config.base_channels} channels, "
                f"max pooling, {config.num_features} hidden units, {config.num_classes} classes"
            )
    if getattr(config, "spectral_norm", False):
        layers += ", spectral normalisation in the discriminator"
    return f"{layers}, latent_dim = {config.latent_dim}"


def usage(model: nn.Module) -> str:
    """A line of Python that uses `model`, for its card."""
    shape = ", ".join(map(str, model.config.image_shape))
    if hasattr(model, "translate"):
        return (
            f'images = model.translate(torch.rand(16, {shape}), "ab")  # (16, {shape}) in [0, 1]; back: "ba"'
        )
    if hasattr(model, "sample"):
        return f"images = model.sample(16, torch.Generator().manual_seed(0))  # (16, {shape}) in [0, 1]"
    if hasattr(model, "decode"):
        return f"images = model(torch.rand(16, {shape}))  # (16, {shape}) in [0, 1]"
    return f"logits = model(torch.rand(16, {shape}))  # (16, {model.config.num_classes}), images in [0, 1]"


def card(folder: Path, model: nn.Module, metrics: Metrics, run: dict[str, Any]) -> str:
    """The model card, filled from the model, its figures and its run."""
    config, family, name = model.config, type(model).__name__, folder.resolve().name
    defaults = model._hub_mixin_info.model_card_data
    variant = getattr(config, "variant", "")
    tag, source = DATA.get(run["dataset"], (None, run["train"]))
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
    data = ModelCardData(
        license="mit",
        library_name="generative-lab",
        pipeline_tag=defaults.pipeline_tag,
        tags=sorted({*defaults.tags, "model_hub_mixin", "pytorch_model_hub_mixin"}),
        datasets=[tag] if tag else None,
        model_name=name,
        eval_results=results or None,
    )
    samples = frame_files(folder)
    text = ModelCard.from_template(
        data,
        template_str=CARD,
        name=name,
        about=ABOUT[family, variant],
        family=family,
        last_sample=samples[-1][1].name if samples else "",
        usage=usage(model),
        caption=CAPTION.get(family, "The same test images through training: the last snapshot"),
        network=network(config),
        parameters=f"{sum(p.numel() for p in model.parameters()):,}",
        command=run["command"],
        data=source,
        train=run["train"],
        seed=run["seed"],
        steps=f"{run['steps']:,}",
        minutes=f"{run['seconds'] / 60:.1f}",
        hardware=run["hardware"],
        libraries=run["libraries"],
        rows=[
            (key, f"{figure(m['value'])} {m['unit']}".strip(), m["protocol"].replace("|", "\\|"))
            for key, m in metrics.items()
        ],
        limits="Made for teaching: small images like those it was trained on, nothing else. "
        + LIMITS.get(family, ""),
    )
    return stamp_card(str(text))


def figure(value: float | list[float]) -> str:
    """A figure on a card."""
    return ", ".join(f"{v:.2f}" for v in value) if isinstance(value, list) else f"{value:.4g}"
