"""The endpoint /models."""

from dataclasses import asdict
from typing import Any

import gradio as gr

from space.lessons.models.work import count_bytes, count_parameters
from space.models import MODELS
from space.page.handlers import friendly
from space.weights.hub import load_each
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import read_metrics


def list_models() -> list[dict[str, Any]]:
    """All models of the lab: what they are, where their weights come from, and what was measured.

    Returns:
        for each name, family, source (hub, cache, bundled; null where it cannot be used), commit, reason
            (why not from the Hub), bytes of its weights, parameters, config, and figures with protocols
    """
    found = []
    for name, loaded in load_each(list(MODELS)).items():
        entry: dict[str, Any] = {"name": name, "family": MODELS[name].__name__.lower()}
        if isinstance(loaded, ModelUnavailable):
            entry |= dict.fromkeys(("source", "commit", "bytes", "parameters", "config"))
            entry |= {"reason": loaded.reason, "metrics": {}}
        else:
            entry |= {"source": loaded.source, "commit": loaded.commit, "reason": loaded.reason}
            entry |= {"bytes": count_bytes(loaded), "parameters": count_parameters(loaded)}
            entry |= {"config": asdict(loaded.model.config), "metrics": read_metrics(loaded.folder)}
        found.append(entry)
    return found


def build_api() -> None:
    gr.api(friendly(list_models, "models"), api_name="models")
