"""The tabs, a file an interaction, and what they share: translation and the way an error is shown."""

import inspect
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
import torch

from space.hub import ModelUnavailable
from space.problems import Problem
from space.text import TEXT, say

i18n = gr.I18n(
    en={key: english for key, (english, _) in TEXT.items()},
    ko={key: korean for key, (_, korean) in TEXT.items()},
)
"""`i18n(key)` as a label or value is translated in the visitor's browser."""

LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]


def friendly(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler for Gradio: no gradients, and every error as one sentence in the visitor's language."""

    def answer(*inputs: Any) -> Any:
        *values, request = inputs
        accept_language = request.headers.get("accept-language", "") if request else ""
        try:
            with torch.inference_mode():
                return handler(*values)
        except Problem as problem:
            text = say(problem.key, accept_language, **problem.values)
        except ModelUnavailable as problem:
            text = say(
                "problem.model_unavailable", accept_language, model=problem.repo_id, reason=problem.reason
            )
        except Exception:
            logging.getLogger(__name__).exception("%s failed", handler.__name__)
            text = say("problem.internal", accept_language)
        raise gr.Error(text, print_exception=False)

    # Gradio takes names and docstring from the handler for its API page, and finds `request` by its type
    wrapped = wraps(handler)(answer)
    parameters = list(inspect.signature(handler).parameters.values())
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request
    )
    wrapped.__signature__ = inspect.Signature([*parameters, request])  # type: ignore[attr-defined]
    wrapped.__annotations__ = {**handler.__annotations__, "request": gr.Request}
    return wrapped
