"""`training.publish` against a Hub on loopback: the real client in a process of its own."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
import tyro

from space import hub as app
from space.models.vae import VAE, VAEConfig
from tests.hub_server import HubServer, Repo, make_model_folder, read_folder, start_client
from training import publish, train_vae
from training.publish import PublishError, check_folder, is_untouched, stamp_card

REPO = "lab/vae-mnist-2d"
WRITES = "POST /api/repos/create|POST .*/commit/|POST .*/preupload/|POST .*/objects/batch|PUT "


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
    return lambda folder, **options: machines[1].submit(do_push, folder, options).result(timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = make_model_folder(tmp_path / "pretrained" / "vae-mnist-2d")
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
    app.clear()
    loaded = app.load("vae-mnist-2d")
    trained = app.load_folder(VAE, output_dir).state_dict()
    return loaded.source, all(torch.equal(v, trained[k]) for k, v in loaded.model.state_dict().items())


def test_a_training_run_pushes_its_model_folder_and_the_app_pulls_it(machines, hub, tmp_path):
    source, equal = machines[1].submit(train_and_push, tmp_path / "run").result(timeout=120)
    assert (source, equal) == ("hub", True)
    assert len(hub.requests("POST .*/commit/")) == 1
    pushed = hub.repos[REPO].at("main").files
    there = read_folder(tmp_path / "run")
    assert set(pushed) - {".gitattributes"} == {
        path for path in there if not path.startswith(("checkpoints/", "logs/"))
    }


def do_push(folder: Path, options: dict[str, Any]) -> tuple[str, str]:
    os.environ["HF_TOKEN"] = options.pop("token", "hf_writer")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        url = publish.push_folder(folder, options.pop("repo_id", REPO), **options)
    return url, printed.getvalue()


def do_load(name: str) -> tuple[str, str | None, dict[str, torch.Tensor], Path]:
    app.clear()
    os.environ.update(MODEL_NAMESPACE="lab", HF_TOKEN="")
    loaded = app.load(name)
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

    source, commit, weights, place = machines[1].submit(do_load, "vae-mnist-2d").result(timeout=60)
    assert (source, commit) == ("hub", head.oid)
    expected = app.load_folder(app.MODELS["vae-mnist-2d"], folder).state_dict()
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
    url, _ = push(folder, repo_id="vae-mnist-2d")
    assert set(hub.repos) == {REPO} and url.startswith(f"{hub.url}/{REPO}/commit/")


def test_private(hub: HubServer, push: Any, folder: Path) -> None:
    push(folder, private=True)
    assert hub.repos[REPO].private
    hub.repos[REPO].private = False
    with pytest.raises(PublishError, match="lab/vae-mnist-2d is public already"):
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
        ({"token": "hf_wrong"}, "lab/vae-mnist-2d was not pushed: the Hub does not accept the access token."),
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
    printed, error = machines[1].submit(do_publish, arguments, "").result(timeout=60)
    assert error == ""
    assert f"{REPO} (new)" in printed
    size = (folder / "model.safetensors").stat().st_size
    assert f"+ model.safetensors, {size:,} bytes" in printed
    hub.repos[REPO] = Repo()
    hub.repos[REPO].commit(
        "earlier", read_folder(folder) | {"README.md": b"by a person", "latents.csv": b"old"}
    )
    printed, _ = machines[1].submit(do_publish, arguments).result(timeout=60)
    assert "- latents.csv" in printed and "README.md was edited on the Hub" in printed
    assert "+ " not in printed
    assert hub.requests(WRITES) == [] and {entry.method for entry in hub.log} <= {"GET", "HEAD"}


def test_every_folder_is_published_or_none(hub: HubServer, machines: Any, folder: Path) -> None:
    other = make_model_folder(folder.parent / "vae-mnist-20d", seed=1)
    arguments = ["--namespace", "lab", "--pretrained_dir", str(folder.parent)]
    (other / "history.csv").rename(other / "history.txt")
    _, error = machines[1].submit(do_publish, arguments).result(timeout=60)
    assert error == f"{other} is not a complete model folder: history.csv is missing."
    _, error = machines[1].submit(do_publish, [*arguments, "--models", "gan"]).result(timeout=60)
    assert error == "There is no model gan; choose from: vae-mnist-20d, vae-mnist-2d."
    assert hub.log == []
    (other / "history.txt").rename(other / "history.csv")
    printed, error = machines[1].submit(do_publish, arguments).result(timeout=60)
    assert error == "" and set(hub.repos) == {REPO, "lab/vae-mnist-20d"}
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
