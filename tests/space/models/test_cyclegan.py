"""The maths of the CycleGAN."""

import pytest
import torch
import torch.nn.functional as F

from space.models import cyclegan
from space.models.cyclegan import MIN_SIZE, CycleGAN, CycleGANConfig
from space.models.layers import scale_about_centre
from tests.space.models.test_models import rng

VARIANTS = [(1.0, "logit"), (0.8, "logit"), (1.0, "mask"), (0.8, "none"), (0.8, "palette"), (1.0, "colours")]
"""zoom and skip"""


def small_cyclegan(**more) -> CycleGAN:
    torch.manual_seed(0)
    return CycleGAN(CycleGANConfig(base_channels=4, num_blocks=2, discriminator_channels=4, **more))


@pytest.mark.parametrize(("zoom", "skip"), VARIANTS)
@pytest.mark.parametrize("in_channels", [1, 3])
@pytest.mark.parametrize("size", [(MIN_SIZE, MIN_SIZE), (64, 64), (33, 50), (256, 100)], ids=str)
def test_translation_keeps_shape_and_range_at_any_size(in_channels, size, zoom, skip):
    model = small_cyclegan(in_channels=in_channels, zoom=zoom, skip=skip)
    x = torch.rand(2, in_channels, *size, generator=rng())
    for direction in ("ab", "ba"):
        y = model.translate(x, direction)
        assert y.shape == x.shape and y.min() >= 0 and y.max() <= 1
    assert torch.equal(model(x), model.translate(x, "ab"))
    assert not torch.equal(model(x), model.translate(x, "ba"))


def test_generators_start_as_the_identity_and_keep_white_white():
    model = small_cyclegan()
    x = torch.rand(4, 3, 32, 32, generator=rng())
    for direction in ("ab", "ba"):
        assert (model.translate(x, direction) - x).abs().mean() < 0.05
    assert model.translate(torch.ones(1, 3, 32, 32)).min() > 0.98


def test_a_mask_mixes_an_image_with_the_input():
    model, x = small_cyclegan(skip="mask"), torch.rand(2, 3, 32, 32, generator=rng())
    head = model.generator_ab.head
    assert head.out_channels == 4  # R, G, B and the mask
    head.weight.data.zero_()
    head.bias.data = torch.tensor([100.0, 0.0, -100.0, -100.0])
    assert torch.equal(model.translate(x), x)  # a mask of 0 keeps the input, pure black and white too
    head.bias.data[3] = 100
    assert torch.allclose(model.translate(x)[0, :, 0, 0], torch.tensor([1.0, 0.5, 0.0]))
    head.bias.data[3] = 0
    half = (x + torch.tensor([1.0, 0.5, 0.0]).view(3, 1, 1)) / 2
    assert torch.allclose(model.translate(x), half, atol=1e-6)


def test_a_palette_mixes_learned_colours_and_the_pixels_own():
    model = small_cyclegan(skip="palette", skip_ba="colours", palette_size=3)
    x = torch.rand(2, 3, 32, 32, generator=rng())
    orange = torch.tensor([1.0, 0.5, 0.25]).view(3, 1, 1)
    for generator in (model.generator_ab, model.generator_ba):
        head = generator.head
        head.weights.weight.data.zero_()
        head.colours.data[:, -1] = orange
        head.weights.bias.data[:] = torch.arange(len(head.weights.bias)) * 1000.0
        assert torch.equal(generator(x), orange.expand_as(x))  # even to the last bit
        head.weights.bias.data.zero_()
        colours = [colour.expand_as(x) for colour in head.colours.data.unbind(1)]
        parts = torch.stack([x, *colours] if head.own else colours)
        assert torch.allclose(generator(x), parts.mean(0), atol=1e-6)
    assert model.generator_ab.head.own and not model.generator_ba.head.own
    own = model.generator_ab.head
    own.weights.bias.data[0] = 1000.0
    assert torch.equal(model.translate(x, "ab"), x)


def test_a_palette_starts_near_the_identity_and_its_colours_stay_colours():
    model = small_cyclegan(skip="palette")
    x = torch.rand(4, 3, 32, 32, generator=rng())
    assert (model.translate(x) - x).abs().mean() < 0.15
    model.generator_ab.head.colours.data.mul_(9)
    y = model.translate(x)
    assert y.min() >= 0 and y.max() <= 1


def test_black_and_white_can_be_changed_where_the_logit_holds_them():
    """The slope of what comes out of pure black and white by the head's bias, against that of mid grey."""
    slopes = {}
    for skip in ("logit", "mask", "none"):
        model = small_cyclegan(skip=skip, in_channels=1)
        for value in (0.0, 0.5, 1.0):
            y = model.translate(torch.full((1, 1, 32, 32), value))
            (slope,) = torch.autograd.grad(y.mean(), model.generator_ab.head.bias)
            slopes[skip, value] = slope[0].item()
    assert max(slopes["logit", 0.0], slopes["logit", 1.0]) < 0.01 * slopes["logit", 0.5]
    for skip in ("mask", "none"):
        assert min(slopes[skip, 0.0], slopes[skip, 1.0]) > 0.5 * slopes[skip, 0.5] > 0.05


def test_pictures_are_scaled_about_their_centre_and_white_comes_in():
    x = torch.rand(2, 3, 32, 32, generator=rng())
    assert torch.allclose(scale_about_centre(x, 1.0), x, atol=1e-5)
    smaller = scale_about_centre(torch.zeros(1, 1, 32, 32), 0.5)[0, 0]
    assert (smaller[8:24, 8:24] == 0).all() and smaller.mean() == 0.75
    corner = torch.ones(1, 1, 32, 32)
    corner[..., :16, :16] = 0
    larger = scale_about_centre(corner, 2.0)[0, 0]
    assert larger.mean().item() == pytest.approx(0.75, abs=0.02)  # the centre stays where it is


def test_scaling_is_as_exact_in_mixed_precision():
    x = torch.rand(2, 3, 32, 32, generator=rng())
    plain = scale_about_centre(x, 0.878)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(scale_about_centre(x, 0.878), plain)


def test_every_image_may_have_a_scale_of_its_own():
    x = torch.rand(2, 3, 32, 32, generator=rng())
    both = scale_about_centre(x, torch.tensor([0.5, 1.5]).view(2, 1, 1, 1))
    for image, one, factor in zip(x, both, (0.5, 1.5)):
        assert torch.allclose(scale_about_centre(image[None], factor)[0], one, atol=1e-6)


def test_generators_scale_by_the_zoom_and_back():
    model, square = small_cyclegan(zoom=0.5), torch.ones(1, 3, 32, 32)
    square[..., 8:24, 8:24] = 0
    smaller = model.translate(square, "ab")
    assert (smaller[0].mean(0) < 0.5).sum() == 64
    assert (model.translate(smaller, "ba") - square).abs().mean() < 0.05


def test_a_flat_picture_stays_flat():
    """Neither the border nor the enlarging leaves a trace: no dark rim, no checkerboard."""
    model = small_cyclegan()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    y = model.translate(torch.full((1, 3, 36, 36), 0.3))
    assert (y - 0.3).abs().max() > 0.02
    assert torch.allclose(y, y[:, :, :1, :1].expand_as(y), atol=1e-4)


@pytest.mark.parametrize(("layers", "patches"), [(1, 30), (2, 14), (3, 6)])
def test_discriminators_score_patches(layers, patches):
    model = small_cyclegan(discriminator_layers=layers)
    x = torch.rand(2, 3, 64, 64)
    assert model.score_patches(x, "a").shape == (2, 1, patches, patches)
    assert not torch.equal(model.score_patches(x, "a"), model.score_patches(x, "b"))


def test_an_image_is_translated_and_judged_alone():
    model, x = small_cyclegan(zoom=0.8).eval(), torch.rand(3, 3, 32, 32, generator=rng())
    for network in (model.translate, lambda x: model.score_patches(x, "a")):
        alone = torch.cat([network(image[None]) for image in x])
        assert torch.allclose(network(x), alone, atol=1e-5)


def test_gradients_of_the_cycle_and_the_games_reach_every_parameter():
    model, (a, b) = small_cyclegan(zoom=0.8), torch.rand(2, 2, 3, 32, 32)
    fake_b, fake_a = model.translate(a, "ab"), model.translate(b, "ba")
    loss = cyclegan.l1_loss(model.translate(fake_b, "ba"), a) + cyclegan.l1_loss(model(fake_a), b)
    for domain, real, fake in (("a", a, fake_a), ("b", b, fake_b)):
        scores = model.score_patches(fake, domain)
        loss = loss + cyclegan.generator_loss(scores)
        loss = loss + cyclegan.discriminator_loss(model.score_patches(real, domain), scores)
    loss.backward()
    dead = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    # a bias before instance normalisation is taken away again, but for rounding
    assert [name for name in dead if not name.endswith(".bias")] == []


def test_a_saved_cyclegan_is_the_same_both_ways(tmp_path):
    model = small_cyclegan(zoom=0.8).eval()
    model.save_pretrained(tmp_path)
    again = CycleGAN.from_pretrained(tmp_path, strict=True)
    assert again.config == model.config and not again.training
    x = torch.rand(1, 3, 32, 32)
    for direction, domain in (("ab", "b"), ("ba", "a")):
        assert torch.equal(model.translate(x, direction), again.translate(x, direction))
        assert torch.equal(model.score_patches(x, domain), again.score_patches(x, domain))


def test_losses_of_the_least_squares_game():
    real, fake = torch.randn(2, 1, 3, 3, generator=rng()), torch.randn(2, 1, 3, 3, generator=rng(1))
    assert torch.allclose(cyclegan.generator_loss(fake), ((fake - 1) ** 2).mean())
    expected = ((real - 1) ** 2).mean() + (fake**2).mean()
    assert torch.allclose(cyclegan.discriminator_loss(real, fake), expected)
    half = torch.full((1, 1, 2, 2), 0.5)
    assert cyclegan.discriminator_loss(half, half).item() == pytest.approx(0.5)
    x, y = torch.rand(2, 3, 4, 4, generator=rng()), torch.rand(2, 3, 4, 4, generator=rng(1))
    assert torch.allclose(cyclegan.l1_loss(x, y), F.l1_loss(2 * x - 1, 2 * y - 1))


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 41])
def test_a_domain_has_a_name_that_a_caption_can_show(name):
    for field in ("domain_a", "domain_b"):
        with pytest.raises(ValueError, match=rf"{field} is .*; allowed: 1 to 40 printable characters"):
            CycleGANConfig(**{field: name})
    with pytest.raises(ValueError, match="domain_b is 'Brush', as domain_a; allowed: two different names"):
        CycleGANConfig(domain_a="Brush", domain_b="Brush")
    assert CycleGANConfig(domain_a="궁서", domain_b="<b>").domain_b == "<b>"
