"""How a lesson's function becomes a Gradio handler: its queue group, and each error as one sentence."""

import inspect
import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
import torch

from space.text import say
from space.text.refusals import Problem
from space.weights.model_folder import ModelUnavailable

LIGHT = {"concurrency_id": "light", "concurrency_limit": 4}
"""Events that take some milliseconds. Events that name no group are put here."""
FILES = {"concurrency_id": "files", "concurrency_limit": 2}
"""Events that read a visitor's file, which may take 120 MB and a second."""
HEAVY = {"concurrency_id": "heavy", "concurrency_limit": 1}
"""Events that compute for longer. One at a time leaves the other core of a Space to all else."""
HUB = {"concurrency_id": "hub", "concurrency_limit": 2}
"""Events that wait for a repository of the Hub that a visitor has named."""
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Events of the page alone: no endpoints, and no spinner over what they change."""
MAX_WAITING = {group["concurrency_id"]: 200 for group in (LIGHT, FILES, HEAVY, HUB)}
"""Calls that may wait in each group, of all visitors together: a class of sixty, beside two scripts."""


def said_unavailable(error: ModelUnavailable, accept_language: str) -> str:
    """The sentence that says that a model cannot be used, in the visitor's language."""
    return say("problem.model_unavailable", accept_language, model=error.repo_id, reason=error.reason)


def friendly(handler: Callable[..., Any], tool: str | None = None) -> Callable[..., Any]:
    """A handler for Gradio: no gradients, and every error as one sentence in the visitor's language.

    `tool` is what an assistant (MCP) calls it by, where the handler is not named like its endpoint.
    """

    def answer(*inputs: Any) -> Any:
        *values, request = inputs
        accept_language, status = request.headers.get("accept-language", "") if request else "", 400
        try:
            with torch.inference_mode():
                return handler(*values)
        except Problem as problem:
            text = problem.said(accept_language)
        except ModelUnavailable as problem:
            text, status = said_unavailable(problem, accept_language), 503
        except Exception:
            logging.getLogger(__name__).exception("%s failed", handler.__name__)
            text, status = Problem("internal").said(accept_language), 500
        error = gr.Error(text, print_exception=False)
        error.status = status  # of the HTTP answer, where the call passes the queue
        raise error

    # Gradio takes names and docstring from the handler for its API page, and finds `request` by its type
    wrapped = wraps(handler)(answer)
    wrapped.__name__ = tool or handler.__name__
    # Gradio reads a line an argument; what is indented deeper goes on with the line before
    wrapped.__doc__ = re.sub(r"\n {8,}", " ", inspect.getdoc(handler) or "")
    signature = inspect.signature(handler)
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request
    )
    parameters = [*signature.parameters.values(), request]
    wrapped.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {**handler.__annotations__, "request": gr.Request}
    return wrapped
