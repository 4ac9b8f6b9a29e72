"""A tool with several outputs gives an assistant one text: the pictures among them become paths.

What happens: for a client that asks for no progress reports, `_execute_tool_without_progress` wraps the tuple
of all outputs in a list of one, so that the outputs' components never see their values, and a picture arrives
as the text of a path on the server. With a progress token the same call gives each output by itself.
What should: each output is handed over by itself, with and without a progress token.
Version: gradio 6.31.0 with the extra mcp. When it is mended: `separate_outputs` in space/host/mcp.py goes.
"""

import asyncio
from types import SimpleNamespace

from gradio.mcp import GradioMCPServer

outputs = ("a picture", "a text")
job = SimpleNamespace(result=lambda: outputs)
found = asyncio.run(GradioMCPServer._execute_tool_without_progress(None, job))
print("mended" if found == list(outputs) else f"FAULT: {len(outputs)} outputs are handed over as {found}")
