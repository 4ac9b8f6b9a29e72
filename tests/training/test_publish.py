"""`training.publish` against a Hub on loopback: the real client in a process of its own."""

import contextlib
import io
import itertools
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import torch
import tyro
import yaml
from accelerate.state import AcceleratorState
from huggingface_hub import close_session
from PIL import Image

from space.models import MODELS, roles
from space.models.vae import VAE, VAEConfig
from space.weights import attempt
from space.weights import hub as weights
from space.weights.model_folder import load_folder
from tests.hub_server import Altered, HubServer, Repo, make_model_folder, read_folder, start_client
from training import loop, publish, train_vae
from training import push as pushing
from training import space_files as spaces
from training.data import counterparts, load_domains, load_images
from training.errors import TrainingError
from training.lock import unlock
from training.push import PublishError, check_folder, is_untouched, stamp_card
from training.space_files import CPU_WHEELS, FIRST, MANIFEST, space_files

REPO, SPACE = f"lab/{roles.VAE_MAP}", "spaces/lab/lab"
WRITES = "POST /api/repos/create|POST .*/(commit|preupload)/|POST .*/(objects/batch|variables)|PUT "


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubServer, ProcessPoolExecutor]]:
    with HubServer() as hub, start_client(hub, tmp_path_factory.mktemp("home")) as client:
        yield hub, client


@pytest.fixture
def hub(machines: tuple[HubServer, ProcessPoolExecutor]) -> Iterator[HubServer]:
    hub = machines[0]
    yield hub
    hub.repos.clear()
    hub.objects.clear()
    hub.log.clear()
    hub.heal()


@pytest.fixture
def push(machines: tuple[HubServer, ProcessPoolExecutor]) -> Any:
    """`push_folder` in the client process -> (URL of the commit, what it printed)."""
    return lambda folder, **options: machines[1].submit(do_push, folder, options).result(timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = make_model_folder(tmp_path / "pretrained" / roles.VAE_MAP)
    (folder / "README.md").write_text(stamp_card("---\nlicense: mit\n---\n# A model\n"))
    return folder


def train_and_push(output_dir: Path) -> tuple[str, bool]:
    """A short run with --push_to_hub, then what the app gets -> (source, whether the weights are equal)."""
    os.environ.update(HF_TOKEN="hf_writer", MODEL_NAMESPACE="lab")
    config = train_vae.TrainConfig(
        output_dir=output_dir, dataset="fake", batch_size=64, max_steps=2, cpu=True, iw_samples=2,
        model=VAEConfig(hidden_dim=8), push_to_hub=True, hub_model_id=REPO,
    )  # fmt: skip
    train_vae.main(config)
    weights.clear()
    loaded = weights.load(roles.VAE_MAP)
    trained = load_folder(VAE, output_dir).state_dict()
    return loaded.source, all(torch.equal(v, trained[k]) for k, v in loaded.model.state_dict().items())


def test_a_training_run_pushes_its_model_folder_and_the_app_pulls_it(machines, hub, tmp_path):
    source, equal = machines[1].submit(train_and_push, tmp_path / "run").result(timeout=120)
    assert (source, equal) == ("hub", True)
    assert len(hub.requests("POST .*/commit/")) == 1 and hub.requests("HEAD .*safetensors")
    assert hub.requests("(GET|HEAD) .*onnx") == []  # the app needs no graphs
    pushed = hub.repos[REPO].at("main").files
    there = read_folder(tmp_path / "run")
    assert set(pushed) - {".gitattributes"} == {
        path for path in there if not path.startswith(("checkpoints/", "logs/"))
    }
    assert {"decode.onnx", "encode.onnx"} < set(pushed)


def train_in_parts(folder: Path) -> tuple[bool, str]:
    """A run that dies with its disk after a checkpoint, gone on with from the Hub: whether the weights are
    those of a run in one go, and what the dying run printed."""
    os.environ.update(HF_TOKEN="hf_writer")

    def part(name: str, **options: Any) -> Path:
        AcceleratorState._reset_state(True)
        config = train_vae.TrainConfig(
            output_dir=folder / name, dataset="fake", batch_size=64, max_steps=4, cpu=True, iw_samples=2,
            model=VAEConfig(hidden_dim=8), checkpointing_steps=1, **options,
        )  # fmt: skip
        train_vae.main(config)
        return config.output_dir

    pushes = {"push_to_hub": True, "push_every_checkpoint": True, "hub_model_id": "lab/parts"}
    whole, steps = part("whole"), itertools.count(1)
    with contextlib.redirect_stdout(io.StringIO()) as printed, pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "AFTER_STEP", [lambda: 1 // (3 - next(steps))])
        with pytest.raises(ZeroDivisionError):  # in the third step
            part("first", **pushes)
    unlock()
    shutil.rmtree(folder / "first")
    second = part("second", **pushes, resume_from_checkpoint="hub")
    weights = [load_folder(VAE, run).state_dict() for run in (whole, second)]
    return all(torch.equal(v, weights[1][k]) for k, v in weights[0].items()), printed.getvalue()


def test_checkpoints_on_the_hub_outlive_the_disk(machines: Any, hub: HubServer, tmp_path: Path) -> None:
    hub.fault("POST .*/commit/", "503", times=1)  # the first checkpoint
    equal, printed = machines[1].submit(train_in_parts, tmp_path).result(timeout=900)
    assert equal
    assert (
        "did not get the checkpoint of step 1: the Hub answered with HTTP status 503. The run goes on."
        in printed
    )
    commits = hub.repos["lab/parts"].commits
    assert [commit.message for commit in commits[1:]] == [
        *(f"Checkpoint of step {step}" for step in (2, 3, 4)),
        "Upload model folder",
    ]
    there = {path.split("/")[1] for path in commits[2].files if path.startswith("checkpoints/")}
    assert there == {"checkpoint-3"} and "history.csv" in commits[2].files  # one at a time
    assert not any(path.startswith("checkpoints/") for path in commits[-1].files)
    with pytest.raises(ValueError, match="push_every_checkpoint needs push_to_hub"):
        train_vae.TrainConfig(output_dir=tmp_path, push_every_checkpoint=True)


# ---- before and after a training run


def train(output_dir: Path, options: dict[str, Any]) -> str:
    """The sentence with which a short run with --push_to_hub ends."""
    os.environ["HF_TOKEN"] = options.pop("token", "hf_writer")
    attempt.SILENCE_SECONDS = options.pop("silence", 60.0)
    close_session()
    config = train_vae.TrainConfig(
        output_dir=output_dir, dataset="fake", batch_size=64, max_steps=2, cpu=True, iw_samples=2,
        model=VAEConfig(hidden_dim=8), push_to_hub=True, **options,
    )  # fmt: skip
    with pytest.raises((PublishError, TrainingError)) as caught:
        train_vae.main(config)
    return str(caught.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"hub_model_id": "a b/vae"}, "'a b/vae' cannot be the name of a repository: Repo id must use"),
        (
            {"hub_model_id": "a/b/c"},
            "'a/b/c' cannot be the name of a repository: Repo id must be",
        ),
        ({"hub_model_id": "lab/../vae"}, "'lab/../vae' cannot be the name of a repository"),
        ({}, "'my run' cannot be the name of a repository"),
        ({"hub_model_id": "others/vae"}, "The access token may not write to others/vae."),
        ({"hub_model_id": "others/theirs"}, "The access token may not write to others/theirs."),
        (
            {"hub_model_id": "lab/public", "hub_private": True},
            "lab/public is public already",
        ),
        ({"token": "hf_wrong"}, "the Hub does not accept the access token."),
        ({"token": ""}, "--push_to_hub needs an access token"),
        ({"report_to": ("wandb",)}, "--report_to wandb needs `pip install wandb`; or leave it out"),
    ],
)
def test_what_cannot_be_pushed_is_not_trained(
    hub: HubServer, machines: Any, tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    hub.repos |= {"others/theirs": Repo(), "lab/public": Repo()}
    if "token" in options or "report_to" in options:
        options = {"hub_model_id": REPO, **options}
    error = machines[1].submit(train, tmp_path / "my run", dict(options)).result(timeout=120)
    assert sentence in error
    assert hub.requests("POST .*/commit/") == [] and not (tmp_path / "my run").exists()


@pytest.mark.parametrize(
    ("pattern", "kind", "reason"),
    [
        ("GET /api/whoami", "hang", "the Hub did not answer within 0.5 seconds"),
        ("POST /api/repos/create", "hang", "the Hub did not answer within 0.5 seconds"),
        ("POST /api/repos/create", "503", "the Hub answered with HTTP status 503"),
        ("POST .*/preupload/", Altered(401), "the Hub does not accept the access token"),
    ],
)
def test_a_hub_that_cannot_be_pushed_to_is_found_out_before_the_first_step(
    hub: HubServer, machines: Any, tmp_path: Path, pattern: str, kind: Any, reason: str
) -> None:
    hub.fault(pattern, kind)
    options = {"silence": 0.5, "hub_model_id": roles.VAE_MAP}
    error = machines[1].submit(train, tmp_path / "run", options).result(timeout=120)
    assert error.endswith(f"cannot be pushed to: {reason}.") and not (tmp_path / "run").exists()


def test_after_a_failed_push_a_command_pushes_the_finished_folder(
    hub: HubServer, machines: Any, tmp_path: Path
) -> None:
    hub.fault(
        "POST .*/preupload/", Altered(429, {"Retry-After": "3600"}), times=1
    )  # nobody sleeps for an hour
    hub.fault("POST .*/commit/", "503")
    folder, options = tmp_path / "my run", {"hub_model_id": REPO, "hub_private": True}
    error = machines[1].submit(train, folder, options).result(timeout=120)
    reason, command = error.split(" The model folder is complete; this command pushes it: ")
    assert reason == f"{REPO} was not pushed: the Hub answered with HTTP status 503."
    assert hub.repos[REPO].private and len(hub.repos[REPO].commits) == 1
    hub.heal()
    python, flag, module, *arguments = shlex.split(command)
    assert (python, flag, module) == ("python", "-m", "training.publish")
    printed, error = machines[1].submit(do_publish, arguments).result(timeout=120)
    assert error == "" and f"{hub.url}/{REPO}/commit/{hub.repos[REPO].at('main').oid}\n" in printed
    pushed = hub.repos[REPO].at("main").files
    assert pushed["model.safetensors"] == (folder / "model.safetensors").read_bytes()
    assert not any(path.startswith(("checkpoints/", "logs/")) for path in pushed)


def do_push(folder: Path, options: dict[str, Any]) -> tuple[str, str]:
    os.environ["HF_TOKEN"] = options.pop("token", "hf_writer")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        url = pushing.push_folder(folder, options.pop("repo_id", REPO), **options)
    return url, printed.getvalue()


def do_load(name: str) -> tuple[str, str | None, dict[str, torch.Tensor], Path]:
    weights.clear()
    os.environ.update(MODEL_NAMESPACE="lab", HF_TOKEN="")
    loaded = weights.load(name)
    return loaded.source, loaded.commit, loaded.model.state_dict(), loaded.folder


def do_publish(arguments: list[str], token: str = "hf_writer") -> tuple[str, str]:
    """What the command prints, and the sentence with which it fails, if it does."""
    os.environ["HF_TOKEN"] = token
    error = ""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            publish.publish(tyro.cli(publish.PublishConfig, args=arguments))
        except PublishError as failure:
            error = str(failure)
    return printed.getvalue(), error


# ---- a push


def test_what_is_pushed_comes_back(hub: HubServer, push: Any, folder: Path, machines: Any) -> None:
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "optimizer.bin").write_bytes(b"not for the Hub")
    url, printed = push(folder)
    head = hub.repos[REPO].commits[-1]
    assert url == f"{hub.url}/{REPO}/commit/{head.oid}"
    files = {path: data for path, data in read_folder(folder).items() if "checkpoints" not in path}
    assert head.files == {".gitattributes": b"*", **files}
    assert len(hub.requests("POST .*/commit/")) == 1
    assert all(f"+ {path}, {len(data):,} bytes" in printed for path, data in files.items())

    source, commit, weights, place = machines[1].submit(do_load, roles.VAE_MAP).result(timeout=120)
    assert (source, commit) == ("hub", head.oid)
    expected = load_folder(MODELS[roles.VAE_MAP], folder).state_dict()
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[key], expected[key]) for key in expected)
    assert read_folder(place) == files


def test_an_unchanged_folder_makes_no_commit(hub: HubServer, push: Any, folder: Path) -> None:
    first, _ = push(folder)
    hub.log.clear()
    again, printed = push(folder)
    assert again == first and "nothing to change" in printed
    assert hub.requests(WRITES) == []


def test_only_what_changed_is_sent_and_stale_files_go(hub: HubServer, push: Any, folder: Path) -> None:
    push(folder)
    hub.repos[REPO].commit("by hand", {"notes.txt": b"stays"})
    (folder / "samples" / "step-000000.png").rename(folder / "samples" / "step-000100.png")
    (folder / "metrics.json").write_text('{"kl": 1}')
    hub.log.clear()
    push(folder)
    head = hub.repos[REPO].commits[-1]
    assert head.files == {".gitattributes": b"*", "notes.txt": b"stays", **read_folder(folder)}
    assert len(hub.repos[REPO].commits) == 4  # by the Hub, ours, by hand, ours
    assert hub.requests("PUT /lfs/") == []


def test_a_name_alone_is_a_repository_of_ones_own(hub: HubServer, push: Any, folder: Path) -> None:
    url, _ = push(folder, repo_id=roles.VAE_MAP)
    assert set(hub.repos) == {REPO} and url.startswith(f"{hub.url}/{REPO}/commit/")


def test_private(hub: HubServer, push: Any, folder: Path) -> None:
    push(folder, private=True)
    assert hub.repos[REPO].private
    hub.repos[REPO].private = False
    with pytest.raises(PublishError, match=f"lab/{roles.VAE_MAP} is public already"):
        push(folder, private=True)


# ---- the card


def test_an_edited_card_stays_unless_told_otherwise(hub: HubServer, push: Any, folder: Path) -> None:
    push(folder)
    ours = (folder / "README.md").read_bytes()
    edited = ours.replace(b"# A model", b"# A model, and what a person wrote")
    hub.repos[REPO].commit("edit the card", {"README.md": edited})
    (folder / "README.md").write_text(stamp_card("---\nlicense: mit\n---\n# Another run\n"))
    (folder / "metrics.json").write_text('{"kl": 1}')
    _, printed = push(folder)
    assert hub.repos[REPO].commits[-1].files["README.md"] == edited
    assert hub.repos[REPO].commits[-1].files["metrics.json"] == b'{"kl": 1}'
    assert "README.md was edited on the Hub and stays" in printed
    push(folder, overwrite_card=True)
    assert hub.repos[REPO].commits[-1].files["README.md"] == (folder / "README.md").read_bytes()


def test_a_card_of_ours_is_replaced(hub: HubServer, push: Any, folder: Path) -> None:
    push(folder)
    (folder / "README.md").write_text(stamp_card("---\nlicense: mit\n---\n# Another run\n"))
    push(folder)
    assert b"# Another run" in hub.repos[REPO].commits[-1].files["README.md"]


def test_stamp() -> None:
    card = stamp_card("# A model\n\ntext\n")
    assert card.startswith("# A model\n\ntext\n\n<!--") and is_untouched(card)
    assert stamp_card(card) == card
    assert is_untouched(card.replace("\n", "\r\n"))
    assert not is_untouched("# A model\n\ntext\n")
    assert not is_untouched(card.replace("text", "test"))
    assert not is_untouched(card + "\nmore\n")
    assert is_untouched(stamp_card(card.replace("text", "test")))


def test_a_card_that_the_hub_refuses(hub: HubServer, push: Any, folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: [1\n---\n")
    with pytest.raises(
        PublishError, match=r'was not pushed: Invalid metadata in README\.md\. - "license" must'
    ):
        push(folder)
    assert len(hub.repos[REPO].commits) == 1


# ---- what goes wrong on the way


def test_a_lost_answer_is_not_a_second_commit(hub: HubServer, push: Any, folder: Path) -> None:
    hub.fault("POST .*/commit/", "lose_answer", times=1)
    url, _ = push(folder)
    assert len(hub.repos[REPO].commits) == 2
    assert url.endswith(hub.repos[REPO].commits[-1].oid)


def test_a_lost_commit_is_pushed_again_once(hub: HubServer, push: Any, folder: Path) -> None:
    hub.fault("POST .*/commit/", "reset", times=1)
    push(folder)
    assert len(hub.repos[REPO].commits) == 2
    (folder / "metrics.json").write_text('{"kl": 1}')
    hub.fault("POST .*/commit/", "503")
    with pytest.raises(PublishError, match="was not pushed: the Hub answered with HTTP status 503"):
        push(folder)
    assert len(hub.repos[REPO].commits) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"token": ""}, "There is no access token: run `hf auth login`, or set HF_TOKEN."),
        (
            {"token": "hf_wrong"},
            f"lab/{roles.VAE_MAP} was not pushed: the Hub does not accept the access token.",
        ),
        ({"repo_id": "others/vae"}, "The access token may not write to others/vae."),
        ({"repo_id": "a b/vae"}, "a b/vae was not pushed: Repo id must use alphanumeric chars"),
    ],
)
def test_refused(hub: HubServer, push: Any, folder: Path, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PublishError) as caught:
        push(folder, **options)
    assert str(caught.value).startswith(sentence)
    assert hub.repos == {}


@pytest.mark.parametrize(
    "missing", ["config.json", "model.safetensors", "README.md", "metrics.json", "history.csv", "samples"]
)
def test_an_incomplete_folder_is_refused(missing: str, folder: Path) -> None:
    assert set(check_folder(folder)) == set(read_folder(folder))
    (folder / missing).rename(folder.parent / missing)
    with pytest.raises(PublishError, match=f"is not a complete model folder: {missing}.* is missing"):
        check_folder(folder)


# ---- the command


def test_dry_run_writes_nothing(hub: HubServer, machines: Any, folder: Path) -> None:
    arguments = ["--namespace", "lab", "--pretrained_dir", str(folder.parent), "--dry_run"]
    printed, error = machines[1].submit(do_publish, arguments, "").result(timeout=120)
    assert error == ""
    assert f"{REPO} (new)" in printed
    size = (folder / "model.safetensors").stat().st_size
    assert f"+ model.safetensors, {size:,} bytes" in printed
    hub.repos[REPO] = Repo()
    hub.repos[REPO].commit(
        "earlier", read_folder(folder) | {"README.md": b"by a person", "latents.csv": b"old"}
    )
    printed, _ = machines[1].submit(do_publish, arguments).result(timeout=120)
    assert "- latents.csv" in printed and "README.md was edited on the Hub" in printed
    assert "+ " not in printed
    assert hub.requests(WRITES) == [] and {entry.method for entry in hub.log} <= {"GET", "HEAD"}


def test_every_folder_is_published_or_none(hub: HubServer, machines: Any, folder: Path) -> None:
    other = make_model_folder(folder.parent / roles.VAE_DEEP, seed=1)
    arguments = ["--namespace", "lab", "--pretrained_dir", str(folder.parent)]
    (other / "history.csv").rename(other / "history.txt")
    _, error = machines[1].submit(do_publish, arguments).result(timeout=120)
    assert error == f"{other} is not a complete model folder: history.csv is missing."
    _, error = machines[1].submit(do_publish, [*arguments, "--models", "gan"]).result(timeout=120)
    assert error == f"There is no model gan; choose from: {roles.VAE_DEEP}, {roles.VAE_MAP}."
    assert hub.log == []
    (other / "history.txt").rename(other / "history.csv")
    printed, error = machines[1].submit(do_publish, arguments).result(timeout=120)
    assert error == "" and set(hub.repos) == {REPO, f"lab/{roles.VAE_DEEP}"}
    for repo_id, repo in hub.repos.items():
        assert f"{hub.url}/{repo_id}/commit/{repo.commits[-1].oid}\n" in printed


def test_a_failure_is_a_sentence_and_exit_code_1(folder: Path) -> None:
    command = [sys.executable, "-m", "training.publish", "--namespace", "lab"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_TOKEN": "hf_writer"}
    done = subprocess.run(
        [*command, "--pretrained_dir", str(folder.parent)], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{REPO} was not pushed: HF_HUB_OFFLINE is set.\n"


def test_the_commands_of_the_docs_are_understood() -> None:
    text = (publish.PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python -m training\.publish (.*?)(?:  .*)?$", text, re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        config = tyro.cli(publish.PublishConfig, args=command.split())
        assert config.dry_run == ("--dry_run" in command)
    assert set(re.findall(r"--overwrite_\w+", text)) == {"--overwrite_card", "--overwrite_space"}


# ---- data sets


def names_and_labels(repo_id: str) -> tuple[Any, ...]:
    """What training reads of a data set of two domains: sizes, names, counterparts; and labels of a judge."""
    a, b = load_domains(repo_id, Path("unused"), "test", 3, 8)
    train, _ = load_domains(repo_id, Path("unused"), "train", 3, 8)
    labels = load_images(repo_id, Path("unused"), "train", 3, 8).labels
    pairs = [part.tolist() for part in counterparts(a, b)]
    return len(train), a.names, b.names, pairs, sorted(labels.tolist()), a.pixels[0, 0, 0, 0].item()


def test_a_data_set_of_ours_is_published_and_trained_from(
    hub: HubServer, machines: Any, tmp_path: Path
) -> None:
    for split, names in (("trainA", "abc"), ("trainB", "de"), ("testA", "xy"), ("testB", "yz")):
        for grey, name in enumerate(names):
            (tmp_path / "twemoji2fluent" / split).mkdir(parents=True, exist_ok=True)
            picture = Image.new("RGB", (8, 8), (10 * grey + 7,) * 3)
            picture.save(tmp_path / "twemoji2fluent" / split / f"{name}.png")
    arguments = ["--datasets", "twemoji2fluent", "--namespace", "lab", "--data_dir", str(tmp_path)]
    for commits in (2, 2):  # the second time there is nothing to send
        _, error = machines[1].submit(do_publish, arguments).result(timeout=120)
        assert error == "" and len(hub.repos["lab/twemoji2fluent"].commits) == commits
    card = hub.repos["lab/twemoji2fluent"].at("main").files["README.md"].decode()
    header = yaml.safe_load(card.split("---\n")[1])
    assert header["license"] == ["cc-by-4.0", "mit"] and "Microsoft" in card and "trainA 3, trainB 2" in card
    assert machines[1].submit(names_and_labels, "lab/twemoji2fluent").result(timeout=120) == (
        *(3, ("x", "y"), ("y", "z"), [[1], [0]]),
        *([0, 0, 0, 1, 1], 7),
    )
    for more, sentence in (
        (["--data_dir", "nowhere"], "nowhere/twemoji2fluent has no folders trainA"),
        (["--space", "lab/lab"], "--datasets goes with --namespace NAME"),
        (["--datasets", "mnist"], "There is no data set mnist to publish; choose from: twemoji2fluent"),
    ):
        _, error = machines[1].submit(do_publish, [*arguments, *more]).result(timeout=120)
        assert error.startswith(sentence)


# ---- the Space


@pytest.fixture
def project(tmp_path: Path, folder: Path) -> Path:
    """A small lab under git, with what a Space needs, what it does not, and what lies about."""
    project = tmp_path / "project"
    files = {
        "app.py": "print()\n",
        "README.md": "---\ntitle: Lab\nsdk: gradio\n---\n\n# Lab\n",
        "requirements.txt": "gradio\ntorch>=2\n",
        "space/app.py": "launch = print\n",
        "space/old.py": "\n",
        "tests/space/test_app.py": "\n",
        ".ci/run": "\n",
        ".gitignore": "data/\n.venv\n__pycache__/\n",
    }
    untracked = {
        "data/MNIST/raw": "images",
        "space/__pycache__/app.pyc": "code",
        ".venv/lib.py": "",
        "runs/a/model.bin": "",
    }
    for path, text in (files | untracked).items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    folder.parent.rename(project / "space" / "pretrained")
    for command in (["init", "-q"], ["add", *files, "space/pretrained"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    return project


def publish_space(machines: Any, project: Path, *more: str) -> tuple[str, str]:
    arguments = ["--space", "lab/lab", "--project_dir", str(project)]
    arguments += ["--pretrained_dir", str(project / "space" / "pretrained"), *more]
    return machines[1].submit(do_publish, arguments).result(timeout=120)


def without_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path != MANIFEST}


def test_a_space_comes_from_the_working_tree(hub: HubServer, machines: Any, project: Path) -> None:
    printed, error = publish_space(machines, project)
    assert error == "" and set(hub.repos) == {REPO, SPACE}
    head = hub.repos[SPACE].commits[-1]
    assert f"{hub.url}/spaces/lab/lab/commit/{head.oid}\n" in printed
    assert "git does not track runs/a/model.bin" in printed and "data/" not in printed
    expected = read_folder(project / "space" / "pretrained")
    expected = {f"space/pretrained/{path}": data for path, data in expected.items()}
    for path in ("app.py", "requirements.txt", "space/app.py", "space/old.py", ".gitignore"):
        expected[path] = (project / path).read_bytes()
    expected |= {
        ".gitattributes": b"*",
        "README.md": f"---\ntitle: Lab\nsdk: gradio\nmodels:\n  - {REPO}\n---\n\n# Lab\n".encode(),
        FIRST: f"{CPU_WHEELS}torch>=2\n".encode(),
    }
    assert without_manifest(head.files) == expected
    assert len(hub.repos[SPACE].commits) == 2  # the Hub's own, and ours

    hub.log.clear()
    printed, error = publish_space(machines, project)
    assert error == "" and printed.count("nothing to change") == 2
    assert hub.requests(WRITES) == []


def test_an_update_sends_the_working_tree_and_removes_what_it_lost(
    hub: HubServer, machines: Any, project: Path
) -> None:
    publish_space(machines, project)
    hub.repos[SPACE].commit("by hand", {"notes.txt": b"stays"})
    before = dict(hub.repos[SPACE].commits[-1].files)
    (project / "app.py").write_text("print(1)\n")  # not committed: what is here counts
    (project / "space" / "old.py").unlink()
    hub.log.clear()
    printed, error = publish_space(machines, project)
    assert error == "" and "  - space/old.py" in printed and "  + app.py, 9 bytes" in printed
    after = hub.repos[SPACE].commits[-1].files
    del before["space/old.py"]
    assert without_manifest(after) == without_manifest(before | {"app.py": b"print(1)\n"})
    assert len(hub.repos[SPACE].commits) == 4 and hub.requests("PUT ") == []


@pytest.mark.parametrize(
    ("edit", "here"),
    [
        ({"space/app.py": b"launch = exit\n"}, {}),
        ({"space/app.py": None}, {}),
        ({"README.md": b"---\nsdk: gradio\nsdk_version: 7.0\n---\n"}, {}),
        ({"space/new.py": b"theirs"}, {"space/new.py": "ours"}),
        ({"space/old.py": b"theirs"}, {"space/old.py": None}),
    ],
    ids=str,
)
def test_an_edited_space_is_not_overwritten(
    hub: HubServer, machines: Any, project: Path, edit: dict[str, Any], here: dict[str, Any]
) -> None:
    publish_space(machines, project)
    hub.repos[SPACE].commit("edit", edit)
    ((path, _),) = edit.items()
    for name, text in here.items():
        (project / name).write_text(text) if text else (project / name).unlink()
        subprocess.run(["git", "add", name], cwd=project, check=True)
    metrics = project / "space" / "pretrained" / roles.VAE_MAP / "metrics.json"
    metrics.write_text('{"kl": 1}')  # the models have news too, and do not go ahead alone
    hub.log.clear()
    _, error = publish_space(machines, project)
    sentence = f"{path} changed on the Hub, not by this command: nothing is sent (--overwrite_space replaces"
    assert error.startswith(f"lab/lab was not pushed: {sentence}") and hub.requests(WRITES) == []
    printed, _ = publish_space(machines, project, "--dry_run")
    assert sentence in printed and hub.requests(WRITES) == []

    _, error = publish_space(machines, project, "--overwrite_space")
    assert error == ""
    ours = (project / path).read_bytes() if (project / path).exists() else None
    theirs = hub.repos[SPACE].commits[-1].files.get(path)
    assert theirs == ours if path != "README.md" else theirs.startswith(b"---\ntitle: Lab\n")
    printed, error = publish_space(machines, project)
    assert error == "" and printed.count("nothing to change") == 2


def test_a_space_of_other_origin_is_not_overwritten(hub: HubServer, machines: Any, project: Path) -> None:
    hub.repos[SPACE] = Repo()
    hub.repos[SPACE].commit("another app", {"README.md": b"---\nsdk: static\n---\n", "app.py": b"exit()\n"})
    _, error = publish_space(machines, project)
    assert "README.md, app.py changed on the Hub" in error and REPO not in hub.repos


def test_an_edit_that_the_tree_has_too_is_none(hub: HubServer, machines: Any, project: Path) -> None:
    publish_space(machines, project)
    hub.repos[SPACE].commit("edit", {"app.py": b"print(2)\n"})
    (project / "app.py").write_text("print(2)\n")
    assert publish_space(machines, project)[1] == ""
    (project / "app.py").write_text("print(3)\n")
    assert publish_space(machines, project)[1] == ""
    assert hub.repos[SPACE].commits[-1].files["app.py"] == b"print(3)\n"


def test_without_git_the_same_files_go(project: Path) -> None:
    tracked = space_files(project)
    assert not [path for path in tracked if path.startswith(("tests/", ".ci/", "data/", "runs/"))]
    (project / ".git").rename(project / "git")
    assert set(space_files(project)) == set(tracked) - {".gitignore"}


def test_this_project_goes_as_a_whole(tmp_path: Path) -> None:
    """The list for where there is no git names all that git tracks, but for tests."""
    tracked = spaces.git_files(publish.PROJECT)
    if "app.py" not in tracked:
        pytest.skip("not a git clone")
    sent = set(space_files(publish.PROJECT))
    tools = {"package.json", "package-lock.json", "biome.json", "tsconfig.json", "tsconfig.browser.json"}
    left_out = {path for path in set(tracked) - sent if not re.match(r"training/bench/.*\.py$", path)}
    assert {path.split("/")[0] for path in left_out} == {"tests", ".ci"} | tools
    named = {path for path in tracked if any(fnmatch(path, p) for p in spaces.WITHOUT_GIT)}
    assert sent - named == {".gitignore"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda project: (project / "app.py").unlink(), "is not the lab: app.py is missing."),
        (
            lambda project: (project / "space" / "old.py").write_bytes(bytes(10_500_000)),
            "space/old.py has 10.5 MB; a Space takes files up to 10 MB.",
        ),
        (
            lambda project: (project / "README.md").write_text("# Lab\n"),
            "README.md does not begin with the YAML header of a Space.",
        ),
    ],
)
def test_a_tree_that_is_no_space(
    hub: HubServer, machines: Any, project: Path, change: Any, sentence: str
) -> None:
    change(project)
    _, error = publish_space(machines, project)
    assert error.endswith(sentence) and hub.log == []


def test_models_of_somebody_else_are_named_to_the_space(hub: HubServer, machines: Any, project: Path) -> None:
    hub.tokens["hf_writer"] = "lab"
    _, error = publish_space(machines, project, "--namespace", "others")
    assert error == f"The access token may not write to others/{roles.VAE_MAP}."
    hub.repos[f"others/{roles.VAE_MAP}"] = Repo()  # theirs, as it should be
    hub.repos[f"others/{roles.VAE_MAP}"].commit(
        "models", read_folder(project / f"space/pretrained/{roles.VAE_MAP}")
    )
    for times in (1, 1):
        printed, error = publish_space(machines, project, "--namespace", "others")
        assert error == "" and "lab/lab: MODEL_NAMESPACE = others" in printed
        assert hub.repos[SPACE].variables == {"MODEL_NAMESPACE": "others"}
        assert len(hub.requests("POST .*/variables")) == times
    assert (
        f"models:\n  - others/{roles.VAE_MAP}\n".encode() in hub.repos[SPACE].commits[-1].files["README.md"]
    )


@pytest.mark.parametrize(
    ("left", "hardware"), [((1, 1), None), ((0, 1), "zero-a10g"), ((0, 0), None)], ids=str
)
def test_a_space_is_made_on_what_the_account_may_have(
    hub: HubServer, machines: Any, project: Path, left: tuple[int, int], hardware: str | None
) -> None:
    hub.spaces_left = dict(zip((None, "zero-a10g"), left))
    printed, error = publish_space(machines, project)
    hub.spaces_left = dict.fromkeys(hub.spaces_left, 100)
    assert ("asking for ZeroGPU, which is free" in printed) == (left[0] == 0)
    if any(left):
        assert error == "" and hub.repos[SPACE].hardware == hardware
        there = hub.repos[SPACE].commits[-1].files
        assert there["requirements.txt"] == (project / "requirements.txt").read_bytes()
        assert there.get(FIRST) == (f"{CPU_WHEELS}torch>=2\n".encode() if hardware is None else None)
        printed, error = publish_space(machines, project)
        assert error == "" and "nothing to change" in printed
        return
    assert error == (
        "lab/lab was not pushed: the Hub asks for payment: Subscribe to PRO. A Gradio Space on a CPU needs a "
        "paid plan (PRO or Team); a free account in good standing may have two on ZeroGPU"
    )
    assert set(hub.repos) == {REPO}  # the model comes first


def test_a_published_card_names_its_repository_and_space() -> None:
    card = stamp_card('pip install git+https://huggingface.co/spaces/NAMESPACE/lab\nload("NAMESPACE/vae")')
    named = pushing.name_places(card, "ann/my-vae", "ann/classroom")
    assert "co/spaces/ann/classroom\n" in named and '"ann/my-vae"' in named and is_untouched(named)
    assert "spaces/NAMESPACE/lab" in pushing.name_places(card, "ann/my-vae", "")  # which is not known
    assert pushing.name_places(named, "ann/my-vae", "ann/classroom") == named


def test_something_must_be_named(machines: Any) -> None:
    _, error = machines[1].submit(do_publish, []).result(timeout=120)
    assert error == "Nothing to do: give --space OWNER/NAME, --namespace NAME, or --folder FOLDER."
    _, error = (
        machines[1].submit(do_publish, ["--folder", "runs/a", "--space", "lab/lab"]).result(timeout=120)
    )
    assert (
        error == "--folder goes with --hub_model_id, not with --space, --namespace, --models or --datasets."
    )


# ---- kill -9


def start_push(arguments: list[str]) -> int:
    """The command in a child of this process, which has its imports done; the child's id."""
    if child := os.fork():
        return child
    code = 1
    with contextlib.suppress(BaseException):  # nothing may come back into the parent's code
        code = bool(do_publish(arguments)[1])
    os._exit(code)


def reap(child: int) -> int:
    return os.waitpid(child, 0)[1]


@pytest.mark.parametrize("first", [True, False], ids=["new", "update"])
def test_a_push_killed_at_any_write_leaves_the_old_or_the_new(
    hub: HubServer, machines: Any, project: Path, first: bool
) -> None:
    """Both repositories: each commit is a whole one, and the next push completes what is missing."""
    weights = project / "space" / "pretrained" / roles.VAE_MAP
    arguments = ["--space", "lab/lab", "--project_dir", str(project), "--pretrained_dir", str(weights.parent)]

    def state() -> dict[str, list[dict[str, bytes]]]:
        return {name: [commit.files for commit in repo.commits] for name, repo in hub.repos.items()}

    def reset() -> None:
        hub.repos.clear()
        for name, commits in old.items():
            hub.repos[name] = Repo()
            for files in commits[1:]:
                hub.repos[name].commit("", files)
            hub.repos[name].commits[0].files = commits[0]
        hub.objects.clear()
        hub.objects.update(objects)
        hub.heal()
        hub.log.clear()

    if not first:
        assert publish_space(machines, project)[1] == ""
    old, objects = state(), dict(hub.objects)
    torch.manual_seed(1)
    VAE(VAEConfig(hidden_dim=8)).save_pretrained(weights)
    (project / "app.py").write_text("print(1)\n")
    hub.log.clear()
    assert publish_space(machines, project)[1] == ""
    new, writes = state(), len(hub.requests(WRITES))
    assert writes >= 7

    for number in range(writes):
        reset()
        hub.fault(WRITES, "withhold", times=1, after=number)  # it is done, as it is before the next one
        child = machines[1].submit(start_push, arguments).result(timeout=120)
        deadline = time.monotonic() + 120
        while not (hub.faults[0][2] == 0 and hub.requests(WRITES)[-1].done):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        assert machines[1].submit(reap, child).result(timeout=120) == signal.SIGKILL
        for name, commits in state().items():
            assert commits in (old.get(name), new[name][:1], new[name]), (number, name)
        hub.heal()
        assert publish_space(machines, project)[1] == ""
        assert state() == new, number
