"""The model folder that a run writes: weights, config, metrics, card, history and samples.

The run's output, a model's repository on the Hub and `space/pretrained/` all have this format.
"""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from training.announce import next_steps
from training.card import card, run_facts
from training.checkpoints import Progress
from training.data import Images
from training.durable import put_in_place, writing
from training.graphs import write_graphs
from training.lock import unlock
from training.loop import LoopConfig
from training.measure.codes import codes
from training.measure.metric import Metrics
from training.push import PublishError, push_command, push_folder

NUM_LATENTS = 5000  # codes in latents.csv: enough for a scatter plot, 100 kB


def finish(
    config: LoopConfig,
    accelerator: Accelerator,
    model: nn.Module,
    progress: Progress,
    train: Images | tuple[Images, Images],
    test: Images | tuple[Images, Images],
    figures: Callable[[], Metrics],
) -> None:
    """Call `figures` for the metrics, write the model folder, and push it if `config.push_to_hub`.

    Only the main process does this, so that every test image counts once.
    """
    if accelerator.is_main_process:
        run = run_facts(config, accelerator, model, progress, train)
        accelerator.print("evaluating on the test images ...")
        write_model_folder(config.output_dir, model, figures(), run, test)
        failed = _push(config) if config.push_to_hub else None
        lines = next_steps(config, type(model).__name__, config.push_to_hub and not failed)
        print("\n".join([f"done: {config.output_dir}", *lines]))
    accelerator.wait_for_everyone()
    accelerator.end_training()
    unlock()
    if accelerator.is_main_process and failed:
        raise failed


def _push(config: LoopConfig) -> PublishError | None:
    """Push the model folder; returns an error that says how to push it later."""
    private, overwrite_card = config.hub_private, config.hub_overwrite_card
    try:
        print(f"pushed: {push_folder(config.output_dir, config.repo_id, private or None, overwrite_card)}")
    except PublishError as error:
        command = push_command(config.output_dir, config.repo_id, private, overwrite_card)
        return PublishError(f"{error} The model folder is complete; this command pushes it: {command}")
    return None


def write_model_folder(
    folder: Path,
    model: nn.Module,
    metrics: Metrics,
    run: dict[str, Any],
    test: Images | tuple[Images, Images],
) -> None:
    """Write all files but history and samples, each completely or not at all."""
    fresh = folder / "partial"
    shutil.rmtree(fresh, ignore_errors=True)  # a killed run may have left it
    fresh.mkdir()
    with writing("the model folder", fresh):
        # save_pretrained writes no card if there is one: the empty file keeps it from filling its template
        (fresh / "README.md").touch()
        model.to("cpu").save_pretrained(fresh)
        write_graphs(fresh, model)
        (fresh / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
        (fresh / "training.json").write_text(json.dumps(run, indent=1) + "\n")
        (fresh / "README.md").write_text(card(folder, model, metrics, run))
        if hasattr(model, "code") and model.config.latent_dim == 2 and test.labels is not None:
            with (fresh / "latents.csv").open("w", newline="") as file:
                first = Images(test.pixels[:NUM_LATENTS], None, "")
                with torch.no_grad():
                    points = codes(model, first).tolist()
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["z1", "z2", "label"])
                writer.writerows(
                    [f"{a:.4g}", f"{b:.4g}", n] for (a, b), n in zip(points, test.labels.tolist())
                )
        # the weights come last, so that a new folder with weights is complete
        for path in sorted(fresh.iterdir(), key=lambda path: path.name == "model.safetensors"):
            put_in_place(path, folder / path.name)
        fresh.rmdir()
