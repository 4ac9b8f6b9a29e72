"""Models that are not in the lab's table: folders of `MODELS_DIR`, and repositories that a visitor names."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from space.models import FAMILIES
from space.text.refusals import Problem
from space.weights import own
from space.weights.model_folder import ModelUnavailable
from tests.hub_server import Repo, read_folder
from tests.small_models import small
from tests.space.weights import bench as client
from tests.space.weights.bench import Bench


@pytest.fixture
def models_dir(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    own.clear()
    yield tmp_path
    own.clear()


def save(family: type, folder: Path, **config: Any) -> Path:
    small(family, **config).save_pretrained(folder)
    return folder


# ---- folders of this machine


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
@pytest.mark.parametrize(("channels", "size"), [(1, 16), (3, 32)])
def test_a_folder_of_any_family_is_opened(models_dir, family, channels, size):
    if family.__name__ == "PixelCNN" and channels == 3:
        pytest.skip("its pixels are black or white")
    if family.__name__ == "DCGAN" and size == 16:
        size = 64
    save(family, models_dir / "나의 모델", in_channels=channels, image_size=size)
    loaded = own.open_model("나의 모델")
    assert type(loaded.model) is family and loaded.model.config.image_shape == (channels, size, size)
    assert (loaded.source, loaded.repo_id) == ("folder", None) and not loaded.model.training


def test_only_complete_model_folders_are_listed_and_the_list_is_of_now(models_dir):
    (models_dir / "running" / "checkpoints").mkdir(parents=True)
    (models_dir / "notes.txt").write_text("no folder")
    assert own.folders() == {}
    save(FAMILIES[0], models_dir / "b")
    assert list(own.folders()) == ["b"]
    os.environ["MODELS_DIR"] = str(models_dir / "b")  # one model folder; monkeypatch puts it back
    assert own.open_model("b").folder == models_dir / "b"
    os.environ["MODELS_DIR"] = str(models_dir / "nowhere")
    assert own.folders() == {}


def test_a_folder_that_training_writes_again_is_read_again(models_dir):
    first, again = small(FAMILIES[1]), small(FAMILIES[1], latent_dim=3)
    first.save_pretrained(models_dir / "run")
    assert own.open_model("run").model.config.latent_dim == 5
    again.save_pretrained(models_dir / "run")
    assert own.opened("run").model.config.latent_dim == 3


def test_damage_in_a_folder_is_a_sentence(models_dir):
    folder = save(FAMILIES[1], models_dir / "run")
    (folder / "config.json").write_text('{"architectures": ["BertModel"], "hidden_dim": 8}')
    with pytest.raises(ModelUnavailable, match="of no family of the lab"):
        own.open_model("run")
    (folder / "config.json").write_text("[]")
    with pytest.raises(ModelUnavailable, match="not a JSON object"):
        own.open_model("run")


# ---- names


@pytest.mark.parametrize(
    "said",
    [
        "ann/flags-vae",
        "  ann/flags-vae\n",
        "https://huggingface.co/ann/flags-vae",
        "http://www.huggingface.co/ann/flags-vae/",
        "huggingface.co/ann/flags-vae?library=x#use",
        "https://hf.co/ann/flags-vae",
        "models/ann/flags-vae",
    ],
)
def test_an_id_is_understood_as_people_paste_it(said):
    assert own.read_name(said) == "ann/flags-vae"


def test_a_revision_may_follow():
    for said in ("ann/vae@v2", "https://huggingface.co/ann/vae/tree/v2", "hf.co/ann/vae/blob/v2/config.json"):
        assert own.read_name(said) == "ann/vae@v2"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        *((said, "no_name") for said in ("", "   ", None)),
        *(
            (said, "no_own_model")
            for said in ("vae", "a/b/c", "../../etc/passwd", "/etc", "C:\\runs\\a", "ann/")
        ),
        *(
            (said, "no_own_model")
            for said in ("https://example.com/ann/vae", "ann/나", "ann/v ae", "a\0/b", 7)
        ),
        *((said, "no_model_repository") for said in ("datasets/ann/x", "https://hf.co/spaces/ann/lab")),
    ],
)
def test_what_names_no_model_is_a_sentence(said, key):
    with pytest.raises(Problem) as caught:
        own.read_name(said)
    assert caught.value.key == f"problem.{key}" and "{" not in caught.value.said("ko")


# ---- repositories


def visit(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """In the client process: what a visitor gets who opens `name`, after `settings`."""
    client.configure(settings)
    try:
        loaded = own.open_model(name)
    except (Problem, ModelUnavailable) as error:
        return {"error": str(error), "kept": len(list(Path(own._home().name).iterdir()))}
    again = own.opened(name)
    return {
        "family": type(loaded.model).__name__,
        "commit": loaded.commit,
        "repo_id": loaded.repo_id,
        "same": again.model is loaded.model,
        "there": loaded.folder.is_dir(),
        "kept": len(list(Path(own._home().name).iterdir())),
    }


def opened(name: str) -> str:
    try:
        return own.opened(name).name
    except Problem as problem:
        return problem.key


def ask(bench: Bench, name: str, **settings: Any) -> dict[str, Any]:
    return bench.client.submit(visit, bench.settings(**settings), name).result(timeout=120)


def put(bench: Bench, name: str, files: dict[str, bytes], private: bool = False) -> str:
    repo_id = f"{bench.namespace}/{name}"
    bench.hub.repos[repo_id] = Repo(private)
    bench.hub.repos[repo_id].commit("weights", files)
    return repo_id


def test_a_repository_of_any_family_is_opened_and_asked_about_once(bench: Bench, tmp_path: Path) -> None:
    for family in FAMILIES[1:4]:
        folder = save(family, tmp_path / family.__name__, in_channels=3, image_size=32)
        repo_id = put(bench, family.__name__, read_folder(folder))
        answer = ask(bench, f"https://huggingface.co/{repo_id}")
        assert (answer["family"], answer["repo_id"]) == (family.__name__, repo_id)
        assert answer["commit"] == bench.hub.repos[repo_id].at("main").oid
        assert answer["same"] and answer["there"]
    before = len(bench.hub.log)
    assert ask(bench, repo_id)["family"] == "DCGAN" and len(bench.hub.log) == before


def test_only_the_latest_are_kept(bench: Bench) -> None:
    names = [put(bench, f"vae-{number}", read_folder(bench.first)) for number in range(own.KEPT + 1)]
    for name in names:
        answer = ask(bench, name)
    assert answer["kept"] == own.KEPT
    assert [bench.client.submit(opened, name).result() for name in (names[0], names[-1])] == [
        "problem.not_open",
        names[-1],
    ]


def test_the_token_of_this_machine_opens_nothing_to_visitors(bench: Bench) -> None:
    bench.hub.tokens["hf_owner"] = bench.namespace
    repo_id = put(bench, "secret", read_folder(bench.first), private=True)
    answer = ask(bench, repo_id, token="hf_owner")
    assert answer["error"] == f"{repo_id}: {repo_id} does not exist or is private"
    assert not any(request.authorized for request in bench.requests("/{ns}/"))


def spoilt(bench: Bench, **changes: Any) -> dict[str, bytes]:
    """The files of a VAE with another config, or other weights."""
    files = dict(read_folder(bench.first))
    if config := changes.get("config"):
        files["config.json"] = config if isinstance(config, bytes) else json.dumps(config).encode()
    if change := changes.get("weights"):
        from safetensors.torch import load, save

        files["model.safetensors"] = save(change(load(files["model.safetensors"])))
    return {path: data for path, data in files.items() if path not in changes.get("without", ())}


VAE_CONFIG = {"in_channels": 1, "image_size": 28, "architecture": "mlp", "num_layers": 2, "latent_dim": 2}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"without": ["config.json"]}, "has no config.json"),  # as of diffusers, which has model_index.json
        ({"without": ["model.safetensors"]}, "has no model.safetensors"),  # a pickle is not looked at
        ({"config": {"model_type": "bert", "hidden_size": 768}}, "is that of no family of the lab"),
        ({"config": b"\x80\x04pickle"}, "config.json is not JSON"),
        ({"config": b"[" * 5000}, "config.json is not JSON"),
        ({"config": b" " * 20_000}, "config.json has 20000 bytes"),
        ({"config": VAE_CONFIG | {"hidden_dim": 8192}}, "by config.json it is"),
        ({"config": VAE_CONFIG | {"hidden_dim": 10**9}}, "hidden_dim is 1000000000; allowed: 1 to 8192"),
        ({"config": VAE_CONFIG | {"hidden_dim": 8, "image_size": 100_000}}, "image_size is 100000; allowed"),
        ({"config": VAE_CONFIG | {"hidden_dim": "8"}}, "its type must be int"),
        ({"weights": lambda w: {k: v * float("nan") for k, v in w.items()}}, "numbers that are not finite"),
        ({"weights": lambda w: dict(list(w.items())[1:])}, "model.safetensors lacks"),
        ({"weights": lambda w: w | {"more": torch.ones(1)}}, "which is no part of the model"),
        ({"weights": lambda w: {k: v[None] for k, v in w.items()}}, "by config.json it is"),
    ],
)
def test_a_repository_that_is_no_model_of_ours_is_a_sentence(bench: Bench, changes, sentence) -> None:
    repo_id = put(bench, "odd", spoilt(bench, **changes))
    answer = ask(bench, repo_id)
    assert sentence in answer["error"] and "\n" not in answer["error"]


def test_a_repository_that_is_too_large_or_missing_leaves_nothing_behind(bench: Bench) -> None:
    repo_id = put(bench, "large", read_folder(bench.first))
    before = ask(bench, f"{bench.namespace}/nothing")
    assert "does not exist or is private" in before["error"]
    answer = ask(bench, repo_id, max_bytes=1000)
    assert "at most 0 MB are loaded" in answer["error"] and answer["kept"] == before["kept"]
    assert "has no revision v9" in ask(bench, f"{repo_id}@v9")["error"]
    assert "HF_HUB_OFFLINE is set" in ask(bench, repo_id, offline=True)["error"]
