"""Every family alike: shapes, range, gradients, saving, seeds, configs."""

from dataclasses import replace

import pytest
import torch

from space.models import MODELS, code_and_sigma, models_that, roles
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.classifier import Classifier, ClassifierConfig
from space.models.cyclegan import CycleGANConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN, GANConfig
from space.models.layers import ImageConfig, differences
from space.models.vae import VAE, VAEConfig

SMALL = {"hidden_dim": 16, "base_channels": 4, "latent_dim": 3}
FAMILIES = {
    **{
        variant: lambda variant=variant, **more: Autoencoder(
            AutoencoderConfig(variant=variant, **SMALL, **more)
        )
        for variant in ("plain", "sparse", "k_sparse", "denoising", "contractive")
    },
    "vae": lambda **more: VAE(VAEConfig(**SMALL, **more)),
}
GENERATORS = {
    "vae": lambda **more: VAE(VAEConfig(**SMALL, **more)),
    "gan": lambda **more: GAN(GANConfig(latent_dim=3, hidden_dim=16, **more)),
    "gan-spectral": lambda **more: GAN(GANConfig(latent_dim=3, hidden_dim=16, spectral_norm=True, **more)),
    "dcgan": lambda **more: DCGAN(DCGANConfig(latent_dim=3, base_channels=4, **more)),
    "dcgan-spectral": lambda **more: DCGAN(
        DCGANConfig(latent_dim=3, base_channels=4, spectral_norm=True, **more)
    ),
}
generator = pytest.mark.parametrize("build", GENERATORS.values(), ids=GENERATORS.keys())
game = pytest.mark.parametrize("build", list(GENERATORS.values())[1:], ids=list(GENERATORS)[1:])
family = pytest.mark.parametrize("build", FAMILIES.values(), ids=FAMILIES.keys())
architecture = pytest.mark.parametrize("architecture", ["mlp", "conv"])


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@family
@architecture
@pytest.mark.parametrize("in_channels", [1, 3])
@pytest.mark.parametrize("image_size", [8, 28, 32, 36, 64])
def test_forward_keeps_shape_and_range(build, architecture, in_channels, image_size):
    torch.manual_seed(0)
    model = build(architecture=architecture, in_channels=in_channels, image_size=image_size)
    x = torch.rand(2, in_channels, image_size, image_size)
    y = model(x)
    assert y.shape == x.shape
    assert y.min() >= 0 and y.max() <= 1
    assert model.code(x).shape == (2, 3)


@family
@architecture
def test_a_gradient_reaches_every_parameter(build, architecture):
    torch.manual_seed(0)
    model = build(architecture=architecture)
    x = torch.rand(4, 1, 28, 28)
    z, sigma = code_and_sigma(model, x)
    z = z if sigma is None else z + sigma * torch.randn(4, 3)
    (model.decode(z) - x).square().sum().backward()
    learning = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    dead = [name for name, p in learning if p.grad is None or not p.grad.abs().sum() > 0]
    assert not dead


@family
@architecture
def test_saved_and_loaded_is_the_same_model(build, architecture, tmp_path):
    model = build(architecture=architecture)
    model.save_pretrained(tmp_path)
    again = type(model).from_pretrained(tmp_path, strict=True)
    assert again.config == model.config
    assert not again.training
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(model.eval()(x), again(x))


@generator
def test_same_seed_same_picture_at_any_count(build):
    torch.manual_seed(0)
    model = build().eval()
    few, many = model.sample(3, rng(7)), model.sample(40, rng(7))
    assert torch.allclose(few, many[:3], atol=1e-6)
    assert not torch.allclose(few, model.sample(3, rng(8)), atol=1e-6)


@generator
@pytest.mark.parametrize("in_channels", [1, 3])
@pytest.mark.parametrize("image_size", [28, 32, 64])
def test_samples_have_shape_and_range(build, in_channels, image_size):
    torch.manual_seed(0)
    images = build(in_channels=in_channels, image_size=image_size).sample(2, rng())
    assert images.shape == (2, in_channels, image_size, image_size)
    assert images.min() >= 0 and images.max() <= 1


@pytest.mark.parametrize("shape", [(1, 28), (3, 64)])
def test_classifier_maps_features_to_logits(shape):
    torch.manual_seed(0)
    model = Classifier(ClassifierConfig(in_channels=shape[0], image_size=shape[1], base_channels=4)).eval()
    x = torch.rand(3, shape[0], shape[1], shape[1])
    features = model.features(x)
    assert features.shape == (3, 128) and (features >= 0).all()
    assert torch.equal(model(x), model.head(features)) and model(x).shape == (3, 10)


def test_a_classifier_of_differences_takes_any_size_and_colour():
    torch.manual_seed(0)
    config = ClassifierConfig(3, 32, num_classes=2, input="differences", pooling="mean", base_channels=4)
    model = Classifier(config).eval()
    x = torch.rand(3, 3, 32, 32) / 2
    torch.testing.assert_close(model(x + 0.25), model(x), atol=1e-5, rtol=0)
    assert not torch.allclose(model(x / 2), model(x), atol=1e-3)
    assert model(torch.rand(2, 3, 48, 40)).shape == (2, 2)


def test_differences_are_of_right_and_lower_neighbours():
    x = torch.zeros(1, 1, 8, 8)
    x[0, 0, 2, 3] = 1
    right, below = differences(x)[0]
    assert right.nonzero().tolist() == [[2, 2], [2, 3]] and below.nonzero().tolist() == [[1, 3], [2, 3]]
    torch.testing.assert_close(right[2, 2:4], torch.tensor([1.0, -1.0]))
    torch.testing.assert_close(below[1:3, 3], torch.tensor([1.0, -1.0]))
    assert 0.18 < differences(x * 0.02)[0, 0, 2, 2] < 0.2  # two hundredths count as a fifth


def test_the_table_knows_who_can_do_what():
    assert models_that("discriminate") == [roles.GAN, roles.DCGAN]
    assert {roles.VAE_MAP, roles.PLAIN} < set(models_that("encode")) < set(models_that("decode"))
    assert models_that("translate") == [roles.LIGHT, roles.TRANSLATOR]
    classifiers = {roles.DIGIT_JUDGE, roles.EMOJI_JUDGE, roles.STYLE_JUDGE}
    assert set(MODELS) - set(models_that("decode")) == classifiers | set(models_that("translate"))


@pytest.mark.parametrize(
    ("config", "wrong", "named"),
    [
        *((config, {"in_channels": 2}, "in_channels is 2") for config in (AutoencoderConfig(), VAEConfig())),
        *((config, {"image_size": 30}, "image_size is 30") for config in (GANConfig(), DCGANConfig())),
        *((config, {"latent_dim": 0}, "latent_dim is 0") for config in (AutoencoderConfig(), VAEConfig())),
        *((config, {"latent_dim": 0}, "latent_dim is 0") for config in (GANConfig(), DCGANConfig())),
        (ClassifierConfig(), {"input": "edges"}, "input is 'edges'; allowed: pixels, differences"),
        (ClassifierConfig(), {"pooling": "max"}, "pooling is 'max'; allowed: flatten, mean"),
        (VAEConfig(), {"architecture": "gru"}, "architecture is 'gru'"),
        (VAEConfig(), {"hidden_dim": 0}, "hidden_dim is 0"),
        (GANConfig(), {"num_layers": 17}, "num_layers is 17"),
        (DCGANConfig(), {"image_size": 36}, "image_size is 36; allowed: 28, 32, 64 or 128"),
        (DCGANConfig(), {"base_channels": 0}, "base_channels is 0"),
        (ClassifierConfig(), {"num_classes": 0}, "num_classes is 0"),
        (CycleGANConfig(), {"num_blocks": 0}, "num_blocks is 0"),
        (CycleGANConfig(), {"zoom": 0.1}, "zoom is 0.1"),
        (
            CycleGANConfig(),
            {"skip": "Mask"},
            "skip is 'Mask'; allowed: logit, mask, palette, colours, none",
        ),
        (
            CycleGANConfig(),
            {"skip_ba": "no"},
            "skip_ba is 'no'; allowed: logit, mask, palette, colours, none",
        ),
        (CycleGANConfig(), {"zoom": float("nan")}, "zoom is nan"),
        (CycleGANConfig(), {"discriminator_layers": 9}, "discriminator_layers is 9; allowed: 1 to 4"),
        (
            CycleGANConfig(image_size=16, discriminator_layers=1),
            {"discriminator_layers": 3},
            "too many for 16",
        ),
    ],
    ids=str,
)
def test_a_wrong_config_is_named(config: ImageConfig, wrong, named):
    with pytest.raises(ValueError, match=named):
        replace(config, **wrong)
