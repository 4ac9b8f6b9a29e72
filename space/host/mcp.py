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


def separate_outputs() -> None:
    """Hand over each output of a tool by itself.

    For a client that asks for no progress reports, Gradio 6.31 takes several outputs for one, and a picture
    among them arrives as the text of its path.
    """
    if not hasattr(GradioMCPServer, METHOD):  # else pictures would silently become paths again
        raise RuntimeError(f"gradio.mcp.GradioMCPServer has no {METHOD}; see space/host/mcp.py")
    setattr(GradioMCPServer, METHOD, _outputs)
