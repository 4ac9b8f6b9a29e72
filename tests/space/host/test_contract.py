"""What `space/host` relies on inside Gradio and Starlette: each name, its parameters, its shape.

After an upgrade of Gradio a red test here says what has changed and which module of space/host to look at.
`test_every_reach_is_listed` finds imports that `PUBLIC` does not match, and private attributes. It fails
until they stand here. It finds no public attribute of an object inside Gradio, and no parameter: a new one
is added by hand to the tests below.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio import blocks_events, component_meta, networking, processing_utils, route_utils, routes, utils
from gradio.mcp import GradioMCPServer
from gradio.server_messages import CloseStreamMessage, ProcessCompletedMessage
from gradio_client import Client

from space import host
from space.host import (
    components,
    launch,
    mcp,
    page_cache,
    queue,
    sessions,
    streams,
    temporary_files,
    whole_files,
    wrong_requests,
)
from space.page import modules
from tests.processes import ROOT

HOST = Path(host.__file__).parent
IMPORTED = {
    "gradio.blocks_events": {"import_first"},
    "gradio.component_meta": {"import_first"},
    "gradio.components.base.server": {"components"},
    "gradio.components.image_editor.AcceptBlobs": {"components"},
    "gradio.components.image_editor.EditorDataBlobs": {"components"},
    "gradio.data_classes.ComponentServerBlobBody": {"wrong_requests"},
    "gradio.data_classes.DataWithFiles": {"wrong_requests"},
    "gradio.exceptions.InvalidPathError": {"calls"},
    "gradio.mcp.GradioMCPServer": {"mcp"},
    "gradio.processing_utils": {"components", "whole_files"},
    "gradio.queueing.Event": {"queue", "turns"},
    "gradio.queueing.Queue": {"queue"},
    "gradio.route_utils.FnIndexInferError": {"queue", "wrong_requests"},
    "gradio.route_utils.GradioMultiPartParser": {"wrong_requests"},
    "gradio.route_utils.get_root_url": {"page_cache", "wrong_requests"},
    "gradio.routes": {"wrong_requests"},
    "gradio.server_messages.CloseStreamMessage": {"streams"},
    "gradio.server_messages.EventMessage": {"queue"},
    "gradio.server_messages.HeartbeatMessage": {"streams"},
    "gradio.server_messages.ProcessCompletedMessage": {"queue"},
    "gradio.state_holder.SessionState": {"sessions"},
    "gradio.state_holder.StateHolder": {"sessions"},
    "gradio.utils.error_payload": {"queue"},
    "gradio.utils.set_task_name": {"queue"},
    "gradio_client.client.Job": {"mcp"},
    "python_multipart.exceptions.FormParserError": {"wrong_requests"},
    "starlette._utils.get_route_path": {"guard"},
    "starlette.formparsers.MultiPartException": {"guard", "wrong_requests"},
    "starlette.routing.compile_path": {"open_routes"},
    "uvicorn.config": {"patience"},
    "uvicorn.protocols.http.auto.AutoHTTPProtocol": {"patience"},
}
"""name inside Gradio or what it stands on -> modules of space/host that import it"""
PUBLIC = re.compile(
    r"gradio$|fastapi\.(HTTPException|exceptions)|anyio\.to_thread|starlette\.(datastructures|middleware|requests"
    r"|responses|types|websockets)\.|starlette\.routing\.(BaseRoute|Match|Route)$"
)
"""names that these libraries document"""
PRIVATE = {
    **{
        "_queue": {"queue", "streams"},
        "_id": {"queue", "turns"},
        "_asyncio_tasks": {"queue"},
        "_cancel_asyncio_tasks": {"queue"},
        "_current_part": {"wrong_requests"},
        "_prepare_tool_call_args": {"mcp"},
    },
    **{"_exit": {"ending"}, "_run_exitfuncs": {"ending"}},
}
"""private attribute of Gradio's or Python's objects -> modules of space/host that use it"""
PARAMETERS = {
    "gradio.queueing.Queue": "live_updates concurrency_count update_intervals max_size blocks"
    " default_concurrency_limit",
    "gradio.queueing.Queue.push": "self body request username",
    "gradio.queueing.Queue.process_events": "self events batch begin_time fn",
    "gradio.queueing.Queue.start_processing": "self",
    "gradio.queueing.Queue.start_progress_updates": "self",
    "gradio.queueing.Queue.get_events": "self",
    "gradio.queueing.Queue.send_message": "self event event_message",
    "gradio.route_utils.get_root_url": "request route_path root_path",
    "gradio.state_holder.SessionState": "blocks",
    "gradio.state_holder.SessionState._update_config": "self key",
    "gradio.state_holder.SessionState._update_value_in_config": "self key value",
    "gradio.state_holder.StateHolder": "",
    "gradio.state_holder.StateHolder.set_blocks": "self blocks",
    "gradio.state_holder.StateHolder.__getitem__": "self session_id",
    "gradio.mcp.GradioMCPServer._execute_tool_without_progress": "self job",
    "gradio.blocks.Blocks.preprocess_data": "self block_fn inputs state explicit_call",
    "gradio.blocks.Blocks.postprocess_data": "self block_fn predictions state",
    "gradio.processing_utils.save_bytes_to_cache": "data file_name cache_dir",
    "gradio.utils.error_payload": "error show_error",
    "gradio.utils.set_task_name": "task session_hash fn_index event_id batch",
    "starlette._utils.get_route_path": "scope",
    "starlette.routing.compile_path": "path",
}
"""name -> parameters by which space/host calls or replaces it"""


def used_by(modules: set[str]) -> str:
    return "used by " + ", ".join(f"space/host/{module}.py" for module in sorted(modules))


@cache
def frontend_scripts() -> str:
    """All scripts of Gradio's page."""
    folder = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
    return "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.js"))


def trees() -> Iterator[tuple[str, ast.Module]]:
    """The modules of space/host, by name."""
    for path in HOST.glob("*.py"):
        yield path.stem, ast.parse(path.read_text(encoding="utf-8"))


def test_every_reach_is_listed():
    imported: dict[str, set[str]] = {}
    private: dict[str, set[str]] = {}
    for module, tree in trees():
        defined = {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif (
                isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr) and node.attr not in defined
            ):
                private.setdefault(node.attr, set()).add(module)
            for name in names:
                library = name.partition(".")[0]
                if library in (
                    "gradio",
                    "gradio_client",
                    "starlette",
                    "fastapi",
                    "uvicorn",
                    "python_multipart",
                ) and not PUBLIC.match(name):
                    imported.setdefault(name, set()).add(module)
    assert imported == IMPORTED, "list the name in tests/space/host/test_contract.py"
    assert private == PRIVATE, "list the attribute in tests/space/host/test_contract.py"


def found(name: str) -> Any:
    """What a dotted name stands for."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            value = getattr(value, part)
        return value
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize("name", IMPORTED)
def test_the_name_is_there(name):
    try:
        found(name)
    except (ModuleNotFoundError, AttributeError):
        pytest.fail(f"{name} is gone; {used_by(IMPORTED[name])}")


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_parameters_are_the_same(name):
    modules = next((IMPORTED[one] for one in IMPORTED if name.startswith(one)), {"calls"})
    assert " ".join(inspect.signature(found(name)).parameters) == PARAMETERS[name], used_by(modules)


@pytest.mark.parametrize("caller", ["gradio.route_utils", "gradio.mcp"])
def test_each_call_of_a_function_names_its_request(caller):
    """The language of an error is read there; `process_api` of space/host finds it by this name alone."""
    assert "request" in inspect.signature(gr.Blocks.process_api).parameters, used_by({"calls"})
    tree = ast.parse(inspect.getsource(importlib.import_module(caller)))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "process_api"
    ]
    assert calls and all("request" in {one.arg for one in call.keywords} for call in calls), used_by(
        {"calls"}
    )


def extensions() -> list[tuple[str, type, type]]:
    """Classes of space/host that extend one of Gradio's: module, class, Gradio's class."""
    classes = []
    for module, _ in trees():
        for value in vars(importlib.import_module(f"space.host.{module}")).values():
            if inspect.isclass(value) and value.__module__ == f"space.host.{module}":
                base = value.__mro__[1]
                if base.__module__.startswith(("gradio", "starlette")):
                    classes.append((module, value, base))
    return classes


@pytest.mark.parametrize(
    ("module", "ours", "theirs"), extensions(), ids=lambda value: getattr(value, "__name__", value)
)
def test_what_is_overridden_is_there(module, ours, theirs):
    """A method that overrides one of Gradio's would else never be called again."""
    own = {"FairQueue": "until_let_go waits_for unfetched drop start_calls _forget_answered"}
    new = own.get(ours.__name__, "").split()
    for name, method in vars(ours).items():
        if inspect.isfunction(method) and name not in new and not name.startswith("__"):
            assert hasattr(theirs, name), f"{theirs.__name__}.{name} is gone; {used_by({module})}"


def test_all_extensions_are_known():
    assert {ours.__name__ for _, ours, _ in extensions()} == {
        *("FairQueue", "GuardedBlocks", "Session", "Sessions", "Refused"),
        *("Drawing", "PictureFile", "MadeFile", "Latent", "OneOf"),
    }


@pytest.mark.parametrize(
    ("kind", "names", "modules"),
    [
        (
            "demo",
            "api_open fns max_threads default_config blocks pages temp_file_sets _queue",
            {"queue", "sessions", "wrong_requests"},
        ),
        ("app", "get_blocks state_holder", {"sessions", "guard", "streams"}),
        ("queue", "blocks event_queue_per_concurrency_id pending_event_ids_session", {"queue"}),
        ("queue", "pending_messages_per_session server_app", {"queue", "streams"}),
        ("queue", "active_jobs stopped progress_update_sleep_when_free", {"queue"}),
        ("group", "queue current_concurrency start_times_per_fn", {"queue"}),
        ("sessions", "blocks session_data time_last_used", {"sessions", "queue"}),
        ("fn", "concurrency_id concurrency_limit inputs api_name api_visibility", {"queue", "calls"}),
        ("event", "session_hash _id request concurrency_id alive closed fn", {"queue", "turns"}),
        ("body", "session_hash fn_index", {"queue"}),
        ("editor", "blob_storage GRADIO_CACHE", {"components"}),
        ("block", "keep_in_cache", {"temporary_files"}),
    ],
)
def test_the_attributes_are_there(served, kind, names, modules):
    app, _ = served
    demo = app.get_blocks()
    fn = next(iter(demo.fns.values()))
    event = found("gradio.queueing.Event")("session", fn, None, None)
    editor = next(block for block in demo.blocks.values() if isinstance(block, gr.ImageEditor))
    one = {
        **{"demo": demo, "app": app, "queue": demo._queue, "sessions": app.state_holder, "fn": fn},
        **{"event": event, "editor": editor, "block": editor},
        "group": found("gradio.queueing.EventQueue")("light", 1),
        "body": found("gradio.data_classes.PredictBody")(data=[]),
    }[kind]
    gone = [name for name in names.split() if not hasattr(one, name)]
    assert gone == [], f"{type(one).__name__} lacks them; {used_by(modules)}"


def test_gradio_uses_what_was_put_in_place_of_its_own(served):
    app, _ = served
    assert type(app.get_blocks()._queue) is queue.FairQueue, used_by({"queue", "launch"})
    assert type(app.get_blocks().fns) is type(app.get_blocks().blocks) is wrong_requests.Known
    assert type(app.state_holder) is sessions.Sessions, used_by({"sessions", "launch"})
    assert app.get_blocks().api_open is False, used_by({"queue"})
    session = sessions.Session(app.get_blocks())
    assert session.blocks_config is not app.get_blocks().default_config and session.config_values == {}


def test_launch_takes_what_it_is_given():
    with gr.Blocks() as demo:
        pass
    arguments = launch.launch_arguments(
        demo, [], {"light": 1}, {"concurrency_id": "light", "concurrency_limit": 1}
    )
    assert arguments.keys() <= inspect.signature(gr.Blocks.launch).parameters.keys(), used_by({"launch"})


def test_the_end_of_a_stream_is_recognised():
    body = f"data: {CloseStreamMessage().model_dump_json()}\n\n".encode()
    assert streams.is_close(body) and CloseStreamMessage().msg == "close_stream", used_by({"streams"})
    answer = ProcessCompletedMessage(event_id="close_stream", output={}, success=True).model_dump_json()
    assert not streams.is_close(f"data: {answer}\n\n".encode())
    assert not streams.is_close(b"") and not streams.is_close(b"data: ") and not streams.is_close(b"data: 7")


def test_a_stream_is_sent_as_it_is_read(served):
    """At the path, with the parameter, and with the last message that `Streams` knows."""
    _, url = served
    api = f"{url}/gradio_api"
    fn = next(
        one["id"] for one in httpx.get(f"{url}/config").json()["dependencies"] if one["api_name"] == "models"
    )
    body = {"data": [], "fn_index": fn, "session_hash": "contract"}
    assert httpx.post(f"{api}/queue/join", json=body).status_code == 200
    with httpx.stream(
        "GET", f"{api}{streams.PATH}", params={"session_hash": "contract"}, timeout=60
    ) as stream:
        lines = [line for line in stream.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines), used_by({"streams"})
    assert not any(streams.is_close(f"{line}\n\n".encode()) for line in lines[:-1])
    assert streams.is_close(f"{lines[-1]}\n\n".encode()), used_by({"streams"})


def test_the_page_is_where_it_is_kept(served):
    """All that its HTML loads is kept, or is small; and it depends on no parameter but `PERSONAL`."""
    app, url = served
    page = httpx.get(url).text
    loaded = {link.removeprefix(".") for link in re.findall(r'(?:src|href)="(\.?/[^"/][^"]*)"', page)}
    assert len(loaded) > 2
    kept = [link for link in loaded if link.startswith(page_cache.SCRIPTS)]
    assert len(kept) > 1 and loaded - set(kept) <= {"/manifest.json"}, used_by({"page_cache"})
    asked = {"request", "user", *page_cache.PERSONAL}
    for route in app.routes:
        if getattr(route, "path", "") in page_cache.PAGES and "GET" in route.methods:
            assert inspect.signature(route.endpoint).parameters.keys() <= asked, used_by({"page_cache"})


def test_the_pages_scripts_find_what_they_use(served):
    """The room `space/page` uses public names; these have no other place to be tested."""
    _, url = served
    page, scripts = httpx.get(url).text, frontend_scripts()
    assert '<base href="./" />' in page, "space/page/modules.py resolves addresses by it"
    scope = ",".join(f"`{name}`" for name in ("element", "trigger", "props", "server", "upload", "watch"))
    assert f"Function({scope}," in scripts, "space/page/modules.py names these arguments of js_on_load"
    with gr.Blocks():
        html = gr.HTML(js_on_load=modules.module("page/link.js", "some_event"))
    assert callable(html.some_event), "space/page/modules.py names events in a comment"
    for name in ("gradio-app", "gradio-container", "html-container"):
        assert name in scripts, "space/page/theme.css styles it"


def test_gradio_asks_for_the_head_of_the_page_as_it_starts(monkeypatch):
    asked = []

    def head(url: str, **_: Any) -> httpx.Response:
        asked.append(url)
        return httpx.Response(200)

    monkeypatch.setattr(networking.httpx, "head", head)
    assert networking.url_ok("http://127.0.0.1/") and asked == ["http://127.0.0.1/"], used_by({"page_cache"})


def test_assistants_get_each_output_by_itself(served):
    source = inspect.getsource(importlib.import_module("gradio.mcp"))
    assert source.count(f".{mcp.METHOD}(") == 1, used_by({"mcp"})
    assert getattr(GradioMCPServer, mcp.METHOD) is mcp._outputs


def test_a_tool_is_called_for_who_asks(served):
    """`test_mcp.py` has what the queue is told."""
    source = inspect.getsource(importlib.import_module("gradio.mcp"))
    assert source.count("._prepare_tool_call_args(") == 1, used_by({"mcp"})
    assert "return endpoint_name, processed_args, request_headers, block_fn" in source, used_by({"mcp"})
    assert GradioMCPServer._prepare_tool_call_args is mcp._headers_of_caller


def test_a_renamed_method_of_the_server_stops_the_start(monkeypatch):
    monkeypatch.setattr(mcp, "METHOD", "_execute_tool_by_another_name")
    with pytest.raises(RuntimeError, match=r"see space/host/mcp\.py"):
        mcp.separate_outputs()


def test_files_are_written_by_the_functions_that_are_replaced():
    """`test_whole_files.py` has what they do."""
    known = {"save_img_array_to_cache", "save_file_to_cache", "save_url_to_cache"}  # see `WRITERS`
    writers = {name for name in vars(processing_utils) if re.fullmatch("save_.*_to_cache", name)}
    assert writers - known == set(whole_files.WRITERS), used_by({"whole_files"})
    for name in whole_files.WRITERS:
        assert "cache_dir" in inspect.signature(getattr(processing_utils, name)).parameters
    for path in Path(gr.__file__).parent.rglob("*.py"):  # by `processing_utils`, where they are replaced
        imported = re.findall(
            r"^from gradio.processing_utils import (.*)", path.read_text("utf-8"), re.MULTILINE
        )
        assert not imported or path.name == "external.py" or not re.search("save_", imported[0]), path


def test_requests_are_read_by_the_functions_that_are_replaced():
    assert routes.client_utils.construct_args is wrong_requests._construct_args
    assert "client_utils.construct_args(" in inspect.getsource(routes), used_by({"wrong_requests"})
    parser = route_utils.GradioMultiPartParser
    assert parser.on_headers_finished is wrong_requests._on_headers_finished
    assert '"on_headers_finished": self.on_headers_finished' in inspect.getsource(parser)
    assert "upload_dir" in inspect.signature(parser).parameters, used_by({"wrong_requests"})
    fields = {"component_id", "session_hash", "fn_name", "data"}
    assert wrong_requests.ComponentServerBlobBody.model_fields.keys() == fields, used_by({"wrong_requests"})


def test_stubs_are_written_by_the_function_that_is_replaced():
    for module in (component_meta, blocks_events):
        assert "create_or_modify_pyi(" in inspect.getsource(module), used_by({"import_first"})
        assert module.create_or_modify_pyi.__module__ == "space.host.import_first"


def test_gradio_reads_the_settings():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(gr.__file__).parent.glob("*.py"))
    names = re.findall(r'"(GRADIO_\w+)"', (HOST / "import_first.py").read_text(encoding="utf-8"))
    assert len(names) == 3 and not [name for name in names if f'"{name}"' not in source], used_by(
        {"import_first"}
    )


def test_gradio_keeps_files_in_the_folder():
    folder = str(temporary_files.FOLDER)
    assert utils.get_upload_folder() == folder, used_by({"temporary_files"})
    with gr.Blocks() as demo:
        picture = gr.Image(str(ROOT / "space" / "pictures" / "digits.png"))
    assert folder == picture.GRADIO_CACHE, used_by({"components"})
    (kept,) = picture.keep_in_cache
    assert kept.startswith(folder), used_by({"temporary_files"})
    assert demo.temp_file_sets and all(type(one) is set for one in demo.temp_file_sets)
    assert demo.upload_file_set in demo.temp_file_sets, used_by({"temporary_files"})
    path = processing_utils.save_bytes_to_cache(b"x", "x.txt", folder)
    assert temporary_files.is_inside(path)


@pytest.mark.parametrize("name", ["Drawing", "PictureFile", "MadeFile", "Latent", "OneOf"])
def test_the_page_draws_a_component_as_its_base_class(name):
    ours = getattr(components, name)
    base = ours.__mro__[1]
    drawn, plain = ours(render=False), base(render=False)
    assert drawn.get_block_name() == plain.get_block_name() == base.__name__.lower(), used_by({"components"})
    ours_sent, plain_sent = drawn.get_config(), plain.get_config()
    assert ours_sent.keys() == plain_sent.keys(), used_by({"components"})


def test_a_drawing_is_sent_as_it_is_read():
    """By the page's script: a form with one file, whose fields say what it is."""
    assert components.AcceptBlobs.model_fields.keys() == {"data", "files"}, used_by({"components"})
    assert components.EditorDataBlobs.model_fields.keys() == {"background", "layers", "composite"}
    payload = components.Drawing.data_model.model_fields
    assert payload.keys() >= {"id", "composite"}, used_by({"components"})
    assert components.Drawing.accept_blobs._is_server_fn is True, used_by({"components"})
    assert "accept_blobs({" in frontend_scripts(), used_by({"components"})


def test_an_event_of_a_script_can_be_one_of_several():
    with gr.Blocks() as demo:
        html, button = gr.HTML(js_on_load="trigger('ready')"), gr.Button()
        gr.on([components.as_trigger(html.ready), button.click], lambda: None)
    (event,) = demo.fns.values()
    assert event.targets == [(html._id, "ready"), (button._id, "click")], used_by({"components"})


def test_a_client_is_known_by_its_name(served):
    """`gradio_client` understands 503 alone; everybody else is told 429."""
    _, url = served
    assert "gradio_client" in Client(url, verbose=False).headers["user-agent"], used_by({"queue"})
