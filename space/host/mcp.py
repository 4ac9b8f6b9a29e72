"""The lab as tools of an assistant (Model Context Protocol): Gradio's server, with one fault put right.

The tools are the public endpoints. An assistant sees their names, docstrings and inputs.
"""

from typing import Any

from anyio.to_thread import run_sync
from gradio.mcp import GradioMCPServer
from gradio_client.client import Job

METHOD = "_execute_tool_without_progress"
"""the method of Gradio's server that is replaced"""


async def _outputs(self: GradioMCPServer, job: Job) -> list[Any]:
    """The outputs of a call, one by one."""
    result = await run_sync(job.result)
    return list(result) if isinstance(result, tuple) else [result]  # a tuple is several outputs


def _headers_of_caller(
    self: GradioMCPServer,
    *arguments: Any,
    prepare: Any = GradioMCPServer._prepare_tool_call_args,
) -> tuple[Any, ...]:
    endpoint, values, headers, function = prepare(self, *arguments)
    request = self.mcp_server.request_context.request
    host = request.client.host if request.client else ""
    return endpoint, values, headers | {"x-forwarded-for": host}, function


def name_callers() -> None:
    """Tell the queue who calls a tool: Gradio's server makes each call itself, from this machine, with the
    headers of the caller."""
    GradioMCPServer._prepare_tool_call_args = _headers_of_caller


def separate_outputs() -> None:
    """Hand over each output of a tool by itself.

    For a client that asks for no progress reports, Gradio 6.31 takes several outputs for one, and a picture
    among them arrives as the text of its path.
    """
    if not hasattr(GradioMCPServer, METHOD):  # else pictures would silently become paths again
        raise RuntimeError(f"gradio.mcp.GradioMCPServer has no {METHOD}; see space/host/mcp.py")
    setattr(GradioMCPServer, METHOD, _outputs)
