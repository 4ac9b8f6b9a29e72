"""The script of the GAN and the DCGAN."""

import json
import math

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState

from space.models.classifier import Classifier
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN
from space.weights.model_folder import load_folder
from tests.small_runs import MODEL_FILES, classifier_config, gan_config, history, weights
from training import train_classifier, train_gan
from training.batches import Batch, Noise
from training.errors import TrainingError


@pytest.mark.parametrize("model", ["gan", "dcgan"])
@pytest.mark.parametrize(
    "more", [{}, {"loss": "saturating", "num_d_steps": 2, "label_smoothing": 0.1}], ids=str
)
def test_gan_script_leaves_a_model_folder(tmp_path, model, more):
    config = gan_config(tmp_path / "small", max_steps=2, logging_steps=1, model=model, **more)
    train_gan.main(config)
    assert {path.name for path in config.output_dir.iterdir()} >= MODEL_FILES | {
        "samples",
        "decode.onnx",
        "discriminate.onnx",
    }
    game = load_folder(GAN if model == "gan" else DCGAN, config.output_dir)
    assert game.config == (config.gan if model == "gan" else config.dcgan)
    rows = history(config.output_dir)
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    for row in rows[1:]:
        found = {
            key: float(row[key]) for key in ("loss_d", "loss_g", "d_real", "d_fake", "d_fake_after", "value")
        }
        assert all(0 < found[key] < 1 for key in ("d_real", "d_fake", "d_fake_after"))
        assert -10 < found["value"] < 0
        if not more:
            assert found["loss_d"] == pytest.approx(-found["value"], rel=1e-4)
            assert found["loss_g"] >= -math.log(found["d_fake_after"]) - 1e-4  # Jensen
        else:
            assert found["loss_g"] < 0
    metrics = json.loads((config.output_dir / "metrics.json").read_text())
    # no classifier of such images, no such figures
    assert set(metrics) == {"d_real", "d_fake", "value", "nearest_train", "nearest_train_of_test", "copies"}
    card = (config.output_dir / "README.md").read_text()
    assert "accelerate launch -m training.train_gan --output_dir runs/small" in card


def test_a_gan_is_measured_with_a_classifier_of_its_images(tmp_path):
    judge = classifier_config(tmp_path / "judge", max_steps=60, learning_rate=3e-3)
    train_classifier.main(judge)
    assert load_folder(Classifier, judge.output_dir).config == judge.model
    accuracy = json.loads((judge.output_dir / "metrics.json").read_text())["accuracy"]["value"]
    assert accuracy > 60
    AcceleratorState._reset_state(True)
    config = gan_config(tmp_path / "small", max_steps=2, classifier=str(judge.output_dir))
    train_gan.main(config)
    metrics = json.loads((config.output_dir / "metrics.json").read_text())
    assert {"lenet_fid", "lenet_fid_floor", "lenet_kid", "precision", "recall", "class_entropy"} < set(
        metrics
    )
    assert metrics["lenet_fid"]["value"] > 10 * metrics["lenet_fid_floor"]["value"]  # two steps: noise
    assert all(float(row["test_lenet_fid"]) > 0 for row in history(config.output_dir))
    AcceleratorState._reset_state(True)
    other = gan_config(tmp_path / "other", classifier=str(judge.output_dir), dcgan=DCGANConfig(image_size=32))
    with pytest.raises(
        TrainingError, match=r"takes images of 1 channels and 28 pixels, the model makes 1 and 32"
    ):
        train_gan.main(other)


def test_the_average_of_the_generator_is_what_is_saved(tmp_path):
    for decay, folder in ((0.9, "averaged"), (0.0, "plain")):
        AcceleratorState._reset_state(True)
        train_gan.main(gan_config(tmp_path / folder, max_steps=6, ema_decay=decay))
    averaged, plain = weights(tmp_path / "averaged"), weights(tmp_path / "plain")
    different = {name.split(".")[0] for name in plain if not torch.equal(averaged[name], plain[name])}
    assert different == {"generator"}  # the game itself is the same


def test_g_learns_nothing_on_ds_step_and_d_nothing_on_gs(tmp_path):
    torch.manual_seed(0)
    config = gan_config(tmp_path, model="gan")
    accelerator, model = Accelerator(cpu=True), GAN(config.gan)
    optimizers = train_gan.make_optimizers(config, model)
    seen: dict[str, set[str]] = {}
    for player, optimizer in zip(("G", "D"), optimizers):

        def note(*_, player=player):
            seen[player] = {name for name, p in model.named_parameters() if p.grad is not None}

        optimizer.register_step_pre_hook(note)
    step = train_gan.Game(config, accelerator, model, optimizers)
    step(Batch(torch.rand(64, 1, 28, 28), None, Noise(torch.Generator().manual_seed(0))))
    assert seen["D"] and all(name.startswith("discriminator") for name in seen["D"])
    assert seen["G"] and all(name.startswith("generator") for name in seen["G"])
    assert all(p.requires_grad for p in model.parameters())
