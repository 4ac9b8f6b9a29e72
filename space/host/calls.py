"""Calls of the page's functions, by any route: wrong input gets one sentence, only uploads are opened."""

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.exceptions import InvalidPathError

from space.host.temporary_files import is_inside
from space.text.refusals import Problem

logger = logging.getLogger(__name__)


STATUS = "generative_lab.status"
"""in the scope of a request whose call has failed: the HTTP status that says whose fault it is"""


def status_of(error: gr.Error) -> int:
    """The HTTP status of an error: 400 unless the handler has said another."""
    return getattr(error, "status", 400)


class GuardedBlocks(gr.Blocks):
    """A page that checks the values of each call, and answers every error with one sentence."""

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As `gr.Blocks` does it, but every error is a `gr.Error` of one sentence. A wrong call is not logged
        as a fault of the app."""
        headers = getattr(kwargs.get("request"), "headers", None) or {}
        accept_language = headers.get("accept-language", "")
        try:
            return await super().process_api(*args, **kwargs)
        except gr.Error as failure:
            error = failure
            error.print_exception = False
        except Problem as problem:
            error = gr.Error(problem.said(accept_language), print_exception=False)
        except Exception:
            logger.exception("a call failed")
            error = gr.Error(Problem("internal").said(accept_language), print_exception=False)
            error.status = 500
        if request := getattr(kwargs.get("request"), "request", None):
            request.scope[STATUS] = status_of(error)
        raise error

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False
    ) -> list[Any]:
        """The values for the handler; `Problem` where they do not fit."""
        if block_fn.fn is None:  # the page runs it in the browser
            raise Problem("request")
        if not all(map(is_inside, _paths(inputs))):  # Gradio checks only values marked as files
            raise Problem("not_uploaded")
        for block, value in zip(block_fn.inputs, inputs):
            if isinstance(block, gr.Dropdown) and not block.multiselect and isinstance(value, list):
                raise Problem("request")
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except InvalidPathError as error:
            raise Problem("not_uploaded") from error
        except Exception as error:
            for block, value in zip(block_fn.inputs, inputs):
                if (
                    isinstance(block, gr.Slider)
                    and type(value) in (int, float)
                    and not block.minimum <= value <= block.maximum
                ):
                    least, most = block.minimum, block.maximum
                    raise Problem("range", value=value, least=least, most=most) from error
            if block_fn.api_visibility != "public":
                raise Problem("request") from error
            names = ", ".join(str(block.label) for block in block_fn.inputs)
            raise Problem("arguments", endpoint=f"/{block_fn.api_name}", allowed=names) from error

    async def postprocess_data(self, block_fn: Any, *args: Any, **kwargs: Any) -> Any:
        """As `gr.Blocks` does it. An error here is a fault of the app."""
        try:
            return await super().postprocess_data(block_fn, *args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            logger.exception("what %s gave cannot be shown", block_fn.api_name)
            raise Problem("internal") from error


def _paths(value: Any) -> Iterator[str]:
    """All that could be the path of a file in a value out of JSON, however deep."""
    values = [value]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
            if isinstance(value.get("path"), str):
                yield value["path"]
        elif isinstance(value, list):
            values += value
