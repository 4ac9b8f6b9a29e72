"""The endpoint /timeline."""

import io
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from space import app
from space.lessons.timeline import api, tab
from space.models import roles
from space.models.vae import VAE, VAEConfig
from space.weights import hub
from tests.small_models import bundled
from tests.space.lessons.timeline.fakes import GAN_COLUMNS, GAN_NAME, STEPS, VAE_NAME, grid, write_models


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    VAE(VAEConfig(latent_dim=2, hidden_dim=8)).save_pretrained(root / roles.VAE_DEEP)
    with bundled(root), gr.Blocks() as demo:
        with gr.Tabs():
            tab.build()
        _, url, _ = app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
        yield Client(url, verbose=False)
        demo.close()


def test_the_api_gives_an_animation_and_the_history(client: Client) -> None:
    path, history = client.predict(GAN_NAME, api_name="/timeline")
    with Image.open(path) as animation:
        assert (animation.format, animation.n_frames, animation.size) == ("GIF", len(STEPS), (582, 350))
        for i, step in enumerate(STEPS):
            animation.seek(i)
            assert np.array_equal(np.asarray(animation.convert("RGB"))[::2, ::2], np.asarray(grid(step)))
    assert history["model"] == GAN_NAME and history["source"] == "bundled" and history["commit"] is None
    assert history["snapshots"] == STEPS
    columns = history["columns"]
    assert len({len(column) for column in columns.values()}) == 1
    assert columns["step"][:3] == [0, 1, 2] and columns["loss_d"][:2] == [None, None]
    assert set(columns) >= {"step", "epoch", "learning_rate", *GAN_COLUMNS, "test_lenet_fid"}


def test_the_api_without_pictures_or_without_anything(client: Client) -> None:
    for path in (hub.BUNDLED / VAE_NAME / "samples").iterdir():
        path.unlink()
    path, history = client.predict(VAE_NAME, api_name="/timeline")
    assert path is None and history["snapshots"] == [] and history["columns"]["step"] == [0, 10, 20]
    with pytest.raises(AppError, match="neither pictures nor a history"):
        client.predict(roles.VAE_DEEP, api_name="/timeline")


@pytest.mark.parametrize("model", ["gan", roles.DIGIT_JUDGE, "", None, ["a"], "../../etc"])
def test_a_model_that_cannot_be_watched_is_one_sentence(client: Client, model: object) -> None:
    with pytest.raises(AppError) as error:
        client.predict(model, api_name="/timeline")
    assert "hoose one of" in str(error.value) and "\n" not in str(error.value)


def test_one_picture_is_an_animation_too(root: Path) -> None:
    for path in sorted((root / VAE_NAME / "samples").iterdir())[1:]:
        path.unlink()
    (name, content), _ = api.timeline(VAE_NAME)
    assert name == f"{VAE_NAME}.gif"
    with Image.open(io.BytesIO(content)) as animation:
        assert animation.n_frames == 1 and animation.size == (582, 292)
