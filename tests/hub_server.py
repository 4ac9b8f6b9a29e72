"""A Hub on loopback: the part of the HTTP API that the real client needs to push and pull models and Spaces.

    with HubServer() as hub, start_client(hub, home) as client:
        client.submit(function, *arguments).result()  # runs in a process whose client talks to `hub`
        hub.log  # every request
        hub.fault("/resolve/.*safetensors", "truncate")  # these requests fail from now on

Files that end in .safetensors go through LFS: uploaded by batch, PUT and verify, downloaded by a redirect to
another host name, as on the real Hub.
"""

import base64
import hashlib
import io
import json
import multiprocessing
import os
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import torch
from PIL import Image

from space.models.vae import VAE, VAEConfig


@dataclass
class Altered:
    """An answer that is not the Hub's own: what is given here takes the place of what is right."""

    status: int | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    """None: the header is missing"""
    body: bytes | Callable[[bytes], bytes] | None = None


Fault = (
    Literal[
        *("402", "429", "500", "503", "hang", "reset", "lose_answer", "withhold"),
        *("drip", "drip_headers", "stall", "truncate", "break_off", "flip", "endless"),
    ]
    | Altered
)
"""a number is the status of the answer. `hang` neither acts nor answers, `withhold` acts but does not answer;
both then reset the connection. `reset` resets it at once, `lose_answer` after the server has acted. `drip`
sends 16 bytes of the body at a time, `drip_headers` a header line at a time, for ever. `stall` sends half of
the body and no more, `truncate` closes the connection there, `break_off` resets it. `flip` changes the last
byte, `endless` goes on after the body and does not announce its length"""


@dataclass
class Request:
    """A request, as the log keeps it."""

    method: str
    path: str
    authorized: bool
    status: int = 0
    sent: int = 0
    """bytes of the body that were sent"""
    done: bool = False
    """whether the server has acted on it, even if the answer was lost"""


@dataclass
class Commit:
    """A commit, with all files as they are after it."""

    message: str
    files: dict[str, bytes]
    parent: str = ""

    @property
    def oid(self) -> str:
        content = [
            self.parent,
            self.message,
            *(f"{path} {git_sha1(data)}" for path, data in self.files.items()),
        ]
        return hashlib.sha1("\n".join(content).encode()).hexdigest()


@dataclass
class Repo:
    """A repository with one branch, `main`."""

    private: bool = False
    commits: list[Commit] = field(
        default_factory=lambda: [Commit("initial commit", {".gitattributes": b"*"})]
    )
    tags: dict[str, Commit] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    """variables of a Space"""
    hardware: str | None = None
    """what a Space was created on; None: what the Hub gives by itself, a CPU"""

    def commit(self, message: str, changes: dict[str, bytes | None]) -> Commit:
        """Add a commit; None deletes a file."""
        files = {**self.commits[-1].files, **changes}
        files = {path: data for path, data in files.items() if data is not None}
        self.commits.append(Commit(message, files, self.commits[-1].oid))
        return self.commits[-1]

    def at(self, revision: str) -> Commit | None:
        if revision == "main":
            return self.commits[-1]
        if revision in self.tags:
            return self.tags[revision]
        return next((commit for commit in self.commits if commit.oid == revision), None)


def git_sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def owner(repo_id: str) -> str:
    return repo_id.removeprefix("spaces/").split("/")[0]


def is_lfs(path: str) -> bool:
    return path.endswith(".safetensors")


def file_entries(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The entries of a list of files, as the Hub answers them."""
    entries: list[dict[str, Any]] = []
    for path, data in files.items():
        entries.append({"type": "file", "path": path, "size": len(data), "oid": git_sha1(data)})
        if is_lfs(path):
            entries[-1]["lfs"] = {"oid": sha256(data), "size": len(data), "pointerSize": 134}
    return entries


class HubServer:
    """The server. Tests in its process may read and change `repos`, `tokens` and `log`."""

    def __init__(self, port: int = 0) -> None:
        self.repos: dict[str, Repo] = {}
        self.renamed: dict[str, str] = {}
        """former id of a repository -> its id"""
        self.tokens = {"hf_writer": "lab"}
        """token -> namespace that it may read and write"""
        self.spaces_left = {None: 100, "zero-a10g": 100}
        """hardware -> Spaces that may still be created on it"""
        self.objects: dict[str, bytes] = {}
        self.log: list[Request] = []
        self.faults: list[list[Any]] = []
        self.connections: set[socket.socket] = set()
        self.stopping = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.hub = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "HubServer":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()  # ends requests that hang
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.connections):  # clients keep them open for the next request
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def fault(self, pattern: str, kind: Fault, times: int = 1_000_000, after: int = 0) -> None:
        """Let `after` requests pass whose 'METHOD path' matches `pattern`, then let `times` of them fail."""
        self.faults.append([re.compile(pattern), kind, times, after])

    def heal(self) -> None:
        self.faults.clear()

    def requests(self, pattern: str) -> list[Request]:
        return [entry for entry in self.log if re.search(pattern, f"{entry.method} {entry.path}")]


def client_settings(hub: HubServer, home: Path) -> dict[str, str]:
    """Environment variables of a process whose Hub client talks to `hub` only."""
    return {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def start_client(hub: HubServer, home: Path, **environment: str) -> Iterator[ProcessPoolExecutor]:
    """A new process whose Hub client talks to `hub` only. It is new, for the client is set up at import."""
    settings = client_settings(hub, home) | environment
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("HF_", "HUGGING", "MODEL_", "SPACE_")):
            del os.environ[name]
    os.environ.update(settings)
    try:
        client = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        client.submit(os.getpid).result(timeout=120)  # the process starts here, with this environment
    finally:
        os.environ.clear()
        os.environ.update(before)
    with client:
        yield client


def make_model_folder(folder: Path, seed: int = 0, hidden_dim: int = 8) -> Path:
    """Write a complete model folder of a tiny VAE with two latent dimensions."""
    torch.manual_seed(seed)
    VAE(VAEConfig(hidden_dim=hidden_dim)).save_pretrained(folder)
    (folder / "metrics.json").write_text("{}")
    (folder / "history.csv").write_text("step,epoch,loss\n")
    (folder / "samples").mkdir()
    (folder / "samples" / "step-000000.png").write_bytes(b"a picture")
    return folder


def commit_images(
    hub: HubServer, repo_id: str, columns: dict[str, list[Image.Image]], labels: list[int] | None = None
) -> None:
    """Add a data set of one Parquet file: columns of pictures, and labels 'even' and 'odd' if given."""
    import datasets  # here, for it is slow to import and most tests of the Hub do not need it

    features, rows = {}, {}
    for name, pictures in columns.items():
        features[name], rows[name] = datasets.Image(), []
        for number, picture in enumerate(pictures):
            buffer = io.BytesIO()
            picture.save(buffer, "PNG")
            rows[name].append({"bytes": buffer.getvalue(), "path": f"{number}.png"})
    if labels is not None:
        features["label"], rows["label"] = datasets.ClassLabel(names=["even", "odd"]), labels
    parquet = io.BytesIO()
    datasets.Dataset.from_dict(rows, datasets.Features(features)).to_parquet(parquet)
    hub.repos[repo_id] = Repo()
    hub.repos[repo_id].commit("data", {"train.parquet": parquet.getvalue()})


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder as a commit holds them: path -> content."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.hub: HubServer = self.server.hub  # type: ignore[attr-defined]
        self.hub.connections.add(self.connection)

    def finish(self) -> None:
        self.hub.connections.discard(self.connection)
        super().finish()

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.query = parse_qs(url.query)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.namespace = self.hub.tokens.get(token)
        self.entry = Request(self.command, url.path, bool(token))
        self.hub.log.append(self.entry)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline(), 16):
                self.body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        self.fault = self.next_fault()
        if self.fault == "hang":
            self.hub.stopping.wait(60)
        if self.fault in ("hang", "reset"):
            return self.reset()
        if self.fault in ("402", "429", "500", "503"):
            return self.answer_error(int(self.fault), "", "out of order")
        if token and self.namespace is None and not url.path.startswith("/cdn/"):
            return self.answer_error(401, "", "Invalid credentials in Authorization header")
        for former, now in self.hub.renamed.items():
            if f"/{former}/" in f"{url.path}/":
                return self.answer(307, b"", {"Location": self.path.replace(former, now)})
        for method, pattern, handle in ROUTES:
            match = re.fullmatch(pattern, url.path)
            if match and (self.command == method or (self.command, method) == ("HEAD", "GET")):
                return handle(self, *(unquote(part) for part in match.groups()))
        self.answer_error(404, "", "no such page")

    do_HEAD = do_POST = do_PUT = do_GET

    def next_fault(self) -> Fault | None:
        for fault in self.hub.faults:
            if fault[2] and fault[0].search(f"{self.entry.method} {self.entry.path}"):
                if not fault[3]:
                    fault[2] -= 1
                    return fault[1]
                fault[3] -= 1
        return None

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.entry.done = True
        if self.fault == "withhold":
            self.hub.stopping.wait(60)
        if self.fault in ("lose_answer", "withhold"):
            return self.reset()
        if self.fault == "flip":
            body = body[:-1] + bytes([body[-1] ^ 1])
        own: dict[str, str | None] = {}
        if isinstance(self.fault, Altered):
            status, own = self.fault.status or status, self.fault.headers
            body = self.fault.body(body) if callable(self.fault.body) else (self.fault.body or body)
        if self.fault == "endless" and self.command == "GET":
            own, self.close_connection = {"Content-Length": None}, True
        self.entry.status = status
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {}) | own).items():
            if value is not None:
                self.send_header(name, value)
        if self.fault == "drip_headers":
            return self.drip_headers()
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.fault == "endless":
            return self.send_endlessly(body)
        if self.fault == "stall":
            self.wfile.write(body[: len(body) // 2])
            self.hub.stopping.wait(60)
            return self.reset()
        if self.fault == "truncate":
            body, self.close_connection = body[: len(body) // 2], True
        if self.fault == "break_off":
            self.wfile.write(body[: len(body) // 2])
            return self.reset()
        if self.fault == "drip":
            self.close_connection = True
            for start in range(0, len(body), 16):
                self.wfile.write(body[start : start + 16])
                self.entry.sent += 16
                if self.hub.stopping.wait(0.1):
                    break
            return
        self.wfile.write(body)
        self.entry.sent = len(body)

    def drip_headers(self) -> None:
        self.close_connection = True
        self.flush_headers()
        with suppress(OSError):  # the client has gone
            while not self.hub.stopping.wait(0.1):
                self.wfile.write(b"X-More: 1\r\n")

    def send_endlessly(self, body: bytes) -> None:
        chunk = body + bytes(65536)
        with suppress(OSError):
            while not self.hub.stopping.is_set():
                self.wfile.write(chunk)
                self.entry.sent += len(chunk)

    def answer_json(self, value: object, status: int = 200) -> None:
        self.answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def answer_error(self, status: int, code: str, message: str) -> None:
        body = json.dumps({"error": message}).encode()
        self.answer(status, body, {"X-Error-Code": code, "X-Error-Message": message})

    def find(self, repo_id: str, revision: str = "main") -> tuple[Repo, Commit] | None:
        """The repository and the commit, or None after answering with an error."""
        repo = self.hub.repos.get(repo_id)
        if repo is None or (repo.private and self.namespace != owner(repo_id)):
            if self.namespace is None:  # the Hub does not tell strangers what exists
                self.answer_error(401, "", "Invalid username or password.")
            else:
                self.answer_error(404, "RepoNotFound", "Repository not found")
        elif (commit := repo.at(revision)) is None:
            self.answer_error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        else:
            return repo, commit
        return None

    def may_write(self, namespace: str) -> bool:
        if self.namespace is None:
            self.answer_error(401, "", "Invalid username or password.")
        elif self.namespace != namespace:
            self.answer_error(403, "", f"You don't have the rights to write to {namespace}")
        return self.namespace == namespace

    def login(self) -> None:
        """A page of a network that wants a password before it lets anybody out."""
        self.answer(200, b"<!doctype html><title>Welcome</title>", {"Content-Type": "text/html"})

    def whoami(self) -> None:
        if self.may_write(self.namespace or "nobody"):
            self.answer_json({"type": "user", "name": self.namespace, "orgs": []})

    def create_repo(self) -> None:
        request = json.loads(self.body)
        namespace = request.get("organization") or self.namespace or "nobody"
        if not self.may_write(namespace):
            return
        repo_id = f"{namespace}/{request['name']}"
        space = request.get("type") == "space"
        if space and request.get("sdk") not in ("gradio", "docker", "static"):
            return self.answer_error(400, "", "a Space needs an sdk")
        repo_id = f"spaces/{repo_id}" if space else repo_id
        exists, hardware = repo_id in self.hub.repos, request.get("hardware")
        if space and not exists:
            if not self.hub.spaces_left[hardware]:
                return self.answer_error(402, "", "Subscribe to PRO")
            self.hub.spaces_left[hardware] -= 1
        private = request.get("visibility") == "private" or request.get("private") is True
        repo = self.hub.repos.setdefault(repo_id, Repo(private))
        if space and not exists:
            repo.hardware = hardware
            repo.commits[0].files["README.md"] = f"---\nsdk: {request['sdk']}\n---\n".encode()
        self.answer_json({"url": f"{self.hub.url}/{repo_id}"}, 409 if exists else 200)

    def variables(self, repo_id: str) -> None:
        if (found := self.find(repo_id)) and self.may_write(owner(repo_id)):
            if self.command == "POST":
                variable = json.loads(self.body)
                found[0].variables[variable["key"]] = variable["value"]
            self.answer_json({key: {"value": value} for key, value in found[0].variables.items()})

    def validate_yaml(self) -> None:
        request = json.loads(self.body)
        bad = re.search(r"^license:\s*\[", request["content"], re.MULTILINE)
        errors = [{"message": '"license" must be a string'}] if bad else []
        if request["repoType"] == "space" and not re.search("^sdk: ", request["content"], re.MULTILINE):
            errors.append({"message": '"sdk" is required'})
        self.answer_json({"errors": errors, "warnings": []}, 400 if errors else 200)

    def repo_info(self, repo_id: str, revision: str | None = None) -> None:
        if not (found := self.find(repo_id, revision or "main")):
            return
        repo, commit = found
        siblings: list[dict[str, Any]] = [{"rfilename": path} for path in commit.files]
        if "blobs" in self.query:
            for sibling, data in zip(siblings, commit.files.values()):
                sibling |= {"size": len(data), "blobId": git_sha1(data)}
                if is_lfs(sibling["rfilename"]):
                    sibling["lfs"] = {"sha256": sha256(data), "size": len(data), "pointerSize": 134}
        info = {"id": repo_id, "sha": commit.oid, "private": repo.private, "siblings": siblings}
        if repo_id.startswith("spaces/"):
            asked = {"requested": repo.hardware or "cpu-basic", "current": None}
            info["runtime"] = {"stage": "BUILDING", "hardware": asked}
        self.answer_json(info)

    def tree(self, repo_id: str, revision: str) -> None:
        if found := self.find(repo_id, revision):
            self.answer_json(file_entries(found[1].files))

    def paths_info(self, repo_id: str, revision: str) -> None:
        if found := self.find(repo_id, revision):
            asked = parse_qs(self.body.decode()).get("paths") or json.loads(self.body)["paths"]
            self.answer_json(file_entries({p: data for p, data in found[1].files.items() if p in asked}))

    def refs(self, repo_id: str) -> None:
        if found := self.find(repo_id):
            branch = {"name": "main", "ref": "refs/heads/main", "targetCommit": found[1].oid}
            self.answer_json({"branches": [branch], "tags": [], "converts": []})

    def preupload(self, repo_id: str, revision: str) -> None:
        if (found := self.find(repo_id, revision)) and self.may_write(owner(repo_id)):
            files = []
            for file in json.loads(self.body)["files"]:
                data, lfs = found[1].files.get(file["path"]), is_lfs(file["path"])
                files.append({"path": file["path"], "uploadMode": "lfs" if lfs else "regular"})
                files[-1] |= {"shouldIgnore": False}
                files[-1] |= {"oid": data and (sha256(data) if lfs else git_sha1(data))}
            self.answer_json({"files": files})

    def lfs_batch(self, repo_id: str) -> None:
        if self.find(repo_id) and self.may_write(owner(repo_id)):
            objects = json.loads(self.body)["objects"]
            for item in objects:
                if item["oid"] not in self.hub.objects:
                    upload = {"href": f"{self.hub.url}/lfs/{item['oid']}"}
                    verify = {"href": f"{self.hub.url}/lfs/{item['oid']}/verify"}
                    item["actions"] = {"upload": upload, "verify": verify}
            self.answer_json({"transfer": "basic", "objects": objects})

    def lfs_put(self, oid: str) -> None:
        if sha256(self.body) != oid:
            return self.answer_error(400, "", "content does not match its oid")
        self.hub.objects[oid] = self.body
        self.answer(200, b"")

    def lfs_verify(self, oid: str) -> None:
        self.answer(200 if oid in self.hub.objects else 404, b"{}")

    def commit(self, repo_id: str, revision: str) -> None:
        if not (found := self.find(repo_id, revision)) or not self.may_write(owner(repo_id)):
            return
        header, *operations = (json.loads(line) for line in self.body.splitlines())
        parent = header["value"].get("parentCommit")
        if parent and parent != found[1].oid:
            return self.answer_error(412, "", "The branch has moved: a newer commit is there")
        changes: dict[str, bytes | None] = {}
        for operation in operations:
            value = operation["value"]
            if operation["key"] == "file":
                changes[value["path"]] = base64.b64decode(value["content"])
            elif operation["key"] == "lfsFile":
                changes[value["path"]] = self.hub.objects[value["oid"]]
            else:
                changes[value["path"]] = None
        oid = found[0].commit(header["value"]["summary"], changes).oid
        self.answer_json({"commitUrl": f"{self.hub.url}/{repo_id}/commit/{oid}", "commitOid": oid})

    def resolve(self, repo_id: str, revision: str, path: str) -> None:
        if not (found := self.find(repo_id, revision)):
            return
        headers = {"X-Repo-Commit": found[1].oid}
        if (data := found[1].files.get(path)) is None:
            return self.answer(404, b"", {**headers, "X-Error-Code": "EntryNotFound"})
        if is_lfs(path):
            digest = sha256(data)
            self.hub.objects[digest] = data
            headers |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(data))}
            # another host, for the client: it must not send the token there
            headers |= {"Location": f"http://localhost:{self.server.server_port}/cdn/{repo_id}/{digest}"}  # type: ignore[attr-defined]
            return self.answer(302, b"", headers)
        self.send_file(data, {**headers, "ETag": f'"{git_sha1(data)}"'})

    def cdn(self, repo_id: str, oid: str) -> None:
        self.send_file(self.hub.objects[oid], {"ETag": f'"{oid}"'})

    def send_file(self, data: bytes, headers: dict[str, str]) -> None:
        headers["Accept-Ranges"] = "bytes"
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not wanted:
            return self.answer(200, data, headers)
        start = int(wanted[1])
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.answer(206, data[start:], headers)


REPO = "((?:spaces/)?[^/]+/[^/]+)"
API = "/api/(?:models/|datasets/|(?=spaces/))"  # a Space is known by spaces/OWNER/NAME, as in an address
ROUTES = [
    ("GET", "/login", Handler.login),
    ("GET", "/api/whoami-v2", Handler.whoami),
    ("POST", "/api/repos/create", Handler.create_repo),
    ("POST", "/api/validate-yaml", Handler.validate_yaml),
    ("GET", f"{API}{REPO}/variables", Handler.variables),
    ("POST", f"{API}{REPO}/variables", Handler.variables),
    ("GET", f"{API}{REPO}", Handler.repo_info),
    ("GET", f"{API}{REPO}/revision/([^/]+)", Handler.repo_info),
    ("GET", f"{API}{REPO}/tree/([^/]+)(?:/.*)?", Handler.tree),
    ("POST", f"{API}{REPO}/paths-info/([^/]+)", Handler.paths_info),
    ("GET", f"{API}{REPO}/refs", Handler.refs),
    ("POST", f"{API}{REPO}/preupload/([^/]+)", Handler.preupload),
    ("POST", f"{API}{REPO}/commit/([^/]+)", Handler.commit),
    ("POST", rf"/{REPO}\.git/info/lfs/objects/batch", Handler.lfs_batch),
    ("PUT", "/lfs/([0-9a-f]{64})", Handler.lfs_put),
    ("POST", "/lfs/([0-9a-f]{64})/verify", Handler.lfs_verify),
    ("GET", f"/(?:datasets/)?{REPO}/resolve/([^/]+)/(.+)", Handler.resolve),
    ("GET", f"/cdn/{REPO}/([0-9a-f]{{64}})", Handler.cdn),
]
