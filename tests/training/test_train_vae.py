"""The script of the VAE."""

from dataclasses import replace

import pytest
import torch

from space.models.vae import VAE
from space.weights.model_folder import load_folder
from tests.small_runs import MODEL_FILES, history, vae_config
from training import train_vae
from training.batches import Batch, Noise


def test_vae_script_leaves_a_model_folder(tmp_path):
    config = vae_config(tmp_path / "small", max_steps=2)
    train_vae.main(config)
    names = {path.name for path in config.output_dir.iterdir()}
    assert names >= MODEL_FILES | {"samples", "latents.csv", "decode.onnx", "encode.onnx"}
    assert load_folder(VAE, config.output_dir).config == config.model
    assert [row["step"] for row in history(config.output_dir)] == ["0", "1", "2"]
    assert sorted(path.name for path in (config.output_dir / "samples").iterdir()) == [
        f"step-{step:06d}.png" for step in range(3)
    ]


def test_the_weight_of_kl_grows_linearly_to_beta_over_its_warm_up(tmp_path):
    """The weight is what is left of the loss without the reconstruction, in kl's."""
    warm = {"beta": 1000.0, "kl_warmup_steps": 4, "gradient_accumulation_steps": 2}
    config = vae_config(tmp_path / "run", max_steps=7, logging_steps=1, checkpointing_steps=3, **warm)
    train_vae.main(config)
    rows = history(config.output_dir)

    def weights_of(prefix: str) -> list[float]:
        terms = [[row[f"{prefix}{key}"] for key in ("loss", "recon", "kl")] for row in rows]
        found = [tuple(map(float, values)) for values in terms if "" not in values]
        return [(loss - recon) / kl for loss, recon, kl in found]

    assert weights_of("") == pytest.approx(
        [0, 250, 500, 750, 1000, 1000, 1000], rel=2e-3
    )  # 6 digits are kept
    tested = weights_of("test_")
    assert len(tested) >= 5 and tested == pytest.approx([1000] * len(tested), rel=2e-3)

    objective = train_vae.NegativeELBO(VAE(config.model), config)
    batch = Batch(torch.rand(4, 1, 28, 28), None, Noise(torch.Generator().manual_seed(0)))
    for step, weight in ((0, 0), (1, 250), (9, 1000)):
        assert objective.kl_weight(replace(batch, step=torch.tensor(step))) == weight
    assert objective.eval().kl_weight(batch) == 1000  # of test images, which belong to no step
    assert train_vae.NegativeELBO(VAE(config.model), vae_config(tmp_path)).kl_weight(batch) == 1
    with pytest.raises(ValueError, match="kl_warmup_steps is -1"):
        vae_config(tmp_path, kl_warmup_steps=-1)


def test_training_learns(tmp_path):
    config = vae_config(tmp_path / "run", num_epochs=8, learning_rate=3e-3)
    train_vae.main(config)
    losses = [float(row["test_loss"]) for row in history(config.output_dir) if row["test_loss"]]
    assert losses[-1] < 0.6 * losses[0]
