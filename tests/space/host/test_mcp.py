"""The lab as an assistant sees it: the MCP server over loopback, by the protocol's own client."""

import asyncio
import json
import re
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image, ImageChops

from space.host import mcp
from space.host.open_routes import MCP_ADDRESSES
from space.lessons.generate import api as generate
from space.lessons.manifold.api import decode
from space.lessons.translate.work import translate
from space.models import models_that, roles
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet, emoji_sheet
from space.text.limits import MAX_REQUEST_BYTES
from tests.processes import ROOT


@pytest.fixture(scope="module")
def url(served) -> str:
    return served[1]


def documented() -> str:
    """The path of the address that docs/api.md tells assistants."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (settings,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    (server,) = json.loads(settings)["mcpServers"].values()
    return server["url"].removeprefix("http://127.0.0.1:7860")


DOCUMENTED = documented()


def ask(url: str, method: str, *arguments: Any, path: str = DOCUMENTED, **options: Any) -> Any:
    """One request in a session of its own."""

    async def talk() -> Any:
        async with (
            streamable_http_client(url + path) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await getattr(session, method)(*arguments, **options)

    # a thread has no event loop yet; this one may have that of a browser test
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk()).result()


def pictures(answer: Any) -> list[Image.Image]:
    assert not answer.isError, answer.content
    return [Image.open(BytesIO(b64decode(one.data))) for one in answer.content if one.type == "image"]


def sentence(answer: Any) -> str:
    """The error of a call that failed."""
    assert answer.isError
    (text,) = [one.text for one in answer.content]
    assert "\n" not in text and "Traceback" not in text
    return text


def as_url(image: Image.Image) -> str:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"


def same(a: Image.Image, b: Image.Image) -> bool:
    return a.size == b.size and ImageChops.difference(a.convert("RGB"), b.convert("RGB")).getbbox() is None


def test_the_tools_are_the_public_endpoints_and_say_what_they_take(url):
    tools = ask(url, "list_tools").tools
    endpoints = Client(url, verbose=False).view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert sorted(f"/{tool.name}" for tool in tools) == sorted(endpoints)
    for tool in tools:
        assert len(tool.description.split(" Returns: ")) == 2, tool.name
        for name, schema in tool.inputSchema["properties"].items():
            assert schema["description"] and isinstance(schema["type"], str), (tool.name, name)
    inputs = {tool.name: tool.inputSchema["properties"] for tool in tools}
    assert inputs["encode"]["model"]["enum"] == models_that("encode")
    assert inputs["manifold"]["spacing"]["description"].endswith(
        "codes of the test digits"
    )  # from its 2nd line


@pytest.mark.parametrize("path", MCP_ADDRESSES)
def test_assistants_are_served_at_each_address(url, path):
    """With room for a picture in the call, and for a person who looks, with a page."""
    assert len(ask(url, "list_tools", path=path).tools) > 5
    picture = as_url(to_pil(digit_sheet()[2, 0][None] / 255)) + " " * MAX_REQUEST_BYTES
    assert not ask(url, "call_tool", "encode", {"image": picture}, path=path).isError
    assert "<html" in httpx.get(url + path, headers={"accept": "text/html"}, follow_redirects=True).text


def test_decode_gives_the_picture(url):
    (image,) = pictures(ask(url, "call_tool", "decode", {"z": [0.5, -1], "model": roles.VAE_MAP}))
    assert same(image, decode([0.5, -1], roles.VAE_MAP))


@pytest.mark.parametrize("with_progress", [False, True])
def test_generate_gives_the_picture_and_the_scores(url, with_progress):
    async def watch(*_: Any) -> None:
        pass

    options = {"progress_callback": watch} if with_progress else {}
    answer = ask(url, "call_tool", "generate", {"model": roles.GAN, "number": 3, "seed": 7}, **options)
    (image,) = pictures(answer)
    wanted, numbers = generate.generate(roles.GAN, 3, 7)
    assert same(image, wanted)
    assert answer.content[-1].text == str(json.loads(json.dumps(numbers)))


def test_translate_takes_a_data_url(url):
    emoji = to_pil(emoji_sheet()[3, 1] / 255)
    answer = ask(url, "call_tool", "translate", {"image": as_url(emoji), "direction": "ba"})
    x, translation, *_ = pictures(answer)
    assert same(x, emoji)
    assert same(translation, to_pil(translate(emoji_sheet()[3, 1][None] / 255, "ba").output))


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("generate", {"model": roles.GAN, "number": 65}, "number is 65; it must be a number from 1 to 64."),
        ("generate", {"model": "gan"}, "'gan' is not one of"),
        ("decode", {"z": [1.0, 2.0, 3.0], "model": roles.VAE_MAP}, "as a list of 2 numbers"),
        ("translate", {"image": "/etc/passwd"}, "Invalid file data format"),
        ("translate", {"image": "data:image/png;base64,bm8gcGljdHVyZQ=="}, "not a picture that can be read"),
        ("translate", {"image": as_url(Image.new("1", (10_000, 6_000)))}, "60 megapixels"),
        ("reconstruct", {"image": as_url(Image.new("L", (28, 28)))}, "Nothing stands out in this picture."),
    ],
)
def test_an_error_is_one_sentence(url, tool, arguments, said):
    assert said in sentence(ask(url, "call_tool", tool, arguments))


def test_an_assistant_encodes_what_it_has_drawn(url):
    image = as_url(to_pil(digit_sheet()[2, 0][None] / 255))
    answer = ask(url, "call_tool", "encode", {"image": image})
    assert answer.content[0].text.startswith("{'mu': [")


def test_the_queue_is_told_who_asks():
    """Not what the asker says, and not that the server asks for them."""
    headers = {"x-forwarded-for": "192.0.2.7", "accept-language": "ko"}
    request = SimpleNamespace(client=SimpleNamespace(host="203.0.113.9"))
    server = SimpleNamespace(mcp_server=SimpleNamespace(request_context=SimpleNamespace(request=request)))
    prepared = mcp._headers_of_caller(server, prepare=lambda *_: ("/decode", [], headers, None))
    assert prepared == ("/decode", [], headers | {"x-forwarded-for": "203.0.113.9"}, None)
