"""The script of the autoencoders."""

import pytest

from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.weights.model_folder import load_folder
from tests.small_runs import MODEL_FILES, autoencoder_config
from training import train_autoencoder


@pytest.mark.parametrize("variant", ["plain", "sparse", "k_sparse", "denoising", "contractive", "conv"])
def test_autoencoder_script_leaves_a_model_folder(tmp_path, variant):
    shape = {"architecture": "conv", "base_channels": 4} if variant == "conv" else {"variant": variant}
    config = autoencoder_config(
        tmp_path / "small", max_steps=2, model=AutoencoderConfig(hidden_dim=16, latent_dim=4, **shape)
    )
    train_autoencoder.main(config)
    names = {path.name for path in config.output_dir.iterdir()}
    assert names >= MODEL_FILES | {"samples", "decode.onnx", "encode.onnx"}
    assert "latents.csv" not in names
    model = load_folder(Autoencoder, config.output_dir)
    assert model.config == config.model
    card = (config.output_dir / "README.md").read_text()
    assert "model-index" in card and "accelerate launch -m training.train_autoencoder" in card
