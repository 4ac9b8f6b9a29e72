"""The maths of diffusion: paths into noise, parametrizations, the network, guidance, samplers."""

import json
import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, get_args, get_type_hints

import pytest
import torch
from torch import Tensor

from space.models.ddpm import DDPM, DDPMConfig, cosine_betas, linear_betas, path_levels
from space.models.samplers import (
    CLEAN,
    SAMPLERS,
    Known,
    ddim,
    dpm_solver,
    euler,
    inference_times,
    p_sample,
    repaint,
    step_noise,
)
from space.weights.model_folder import read_config
from tests.space.models.test_models import rng

PREDICTIONS = get_args(get_type_hints(DDPMConfig)["prediction"])
each_prediction = pytest.mark.parametrize("prediction", PREDICTIONS)
each_path = pytest.mark.parametrize(
    "path", [{"schedule": "cosine"}, {"schedule": "linear"}, {"prediction": "flow"}], ids=str
)


def tiny(**more: Any) -> DDPM:
    """A small model whose output is not 0, as that of an untrained one is."""
    torch.manual_seed(0)
    model = DDPM(DDPMConfig(**{"base_channels": 4, "num_blocks": 1, "num_inference_steps": 3, **more}))
    torch.nn.init.normal_(model.unet.head.weight, std=0.2)
    return model.eval().requires_grad_(False)


# ---- paths into noise


def test_the_schedules_are_those_of_their_papers():
    betas = linear_betas(1000)
    assert betas[0].item() == pytest.approx(1e-4) and betas[-1].item() == pytest.approx(0.02)
    assert (1 - betas).prod().item() == pytest.approx(4.04e-5, rel=1e-2)  # nearly nothing is left
    assert (1 - linear_betas(250)).prod().item() == pytest.approx(4.04e-5, rel=0.5)
    product = (1 - cosine_betas(1000)).cumprod(0)
    for t in (0, 99, 499, 899):
        f = [math.cos((i / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2 for i in (t + 1, 0)]
        assert product[t].item() == pytest.approx(f[0] / f[1], rel=1e-9)
    for betas in (linear_betas(n) for n in (1, 2, 7, 1000, 5000)):
        assert ((betas > 0) & (betas <= 0.999)).all()
    for betas in (cosine_betas(n) for n in (1, 2, 7, 1000, 5000)):
        assert ((betas > 0) & (betas <= 0.999)).all()


@each_path
@pytest.mark.parametrize("num_timesteps", [1, 10, 1000])
def test_a_path_leads_from_the_image_to_noise(path, num_timesteps):
    a, sigma = path_levels(DDPMConfig(num_timesteps=num_timesteps, num_inference_steps=1, **path))
    assert a.shape == sigma.shape == (num_timesteps + 1,)
    assert (a[0], sigma[0]) == (1, 0)
    assert (a.diff() < 0).all() and (sigma.diff() >= 0).all()
    if num_timesteps == 1000:
        assert a[-1] < 0.01 and sigma[-1] > 0.999
    total = a + sigma if "prediction" in path else a**2 + sigma**2
    assert torch.allclose(total, torch.ones_like(total))


@each_path
def test_steps_of_beta_one_after_another_are_one_step_of_alphas_cumprod(path):
    """On the path of the paper, x_t has the mean and the variance of t steps of q(x_t | x_{t-1})."""
    model = tiny(num_timesteps=50, **path)
    mean, variance = torch.ones(()), torch.zeros(())
    for t, beta in enumerate(model.betas):
        mean, variance = mean * (1 - beta).sqrt(), variance * (1 - beta) + beta
        assert torch.allclose(model.alphas_cumprod[t], mean**2, atol=1e-5)
        a, sigma = model.levels_at(torch.tensor([t]))
        assert torch.allclose(a, mean, atol=1e-5)
        if "prediction" not in path:
            assert torch.allclose(sigma**2, variance, atol=1e-5)


@each_path
def test_q_sample_has_its_mean_and_deviation_and_its_own_time_for_each_image(path):
    model = tiny(**path)
    t = torch.tensor([0, 300, 999])
    x, noise = torch.full((3, 1, 28, 28), 0.5), torch.randn(3, 1, 28, 28, generator=rng())
    found = model.q_sample(x, t, noise)
    for i, time in enumerate(t):
        a, sigma = model.levels[:, time + 1]
        assert torch.allclose(found[i], 0.5 * a + sigma * noise[i])
        assert found[i].mean().item() == pytest.approx(0.5 * a.item(), abs=0.1)
        assert found[i].std().item() == pytest.approx(sigma.item(), rel=0.1)


@each_prediction
def test_what_the_network_learns_names_the_image_and_the_noise(prediction):
    """The target of the loss, read back, gives both at every time: also where one of them is hardly there."""
    model = tiny(prediction=prediction)
    t = torch.arange(0, 1000, 9)
    x, noise = torch.rand(len(t), 1, 28, 28) * 2 - 1, torch.randn(len(t), 1, 28, 28)
    x_t = model.q_sample(x, t, noise)
    found_x, found_noise = model.x_start_and_noise(model.target(x, t, noise), x_t, t)
    a, sigma = model.levels_at(t)
    assert torch.allclose(a * found_x + sigma * found_noise, x_t, atol=1e-4)
    # a division by a or sigma enlarges the rounding of x_t
    assert ((found_x - x).abs() * a.clamp(min=1e-3)).max() < 1e-4
    assert ((found_noise - noise).abs() * sigma).max() < 1e-4


# ---- steps and samplers


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
@pytest.mark.parametrize(("t", "s"), [(999, 998), (999, 500), (400, 399), (400, 10), (1, 0), (0, CLEAN)])
def test_a_step_with_eta_1_is_the_posterior_of_the_paper(schedule, t, s):
    """Ho et al. 2020, eq. 6 and 7, with the betas of the times that are visited."""
    levels = path_levels(DDPMConfig(schedule=schedule))
    kept, kept_s = levels[0, t + 1] ** 2, levels[0, s + 1] ** 2
    beta = 1 - kept / kept_s
    x, x_start, noise = torch.randn(3, 2, 1, 8, 8, generator=rng(), dtype=torch.float64)
    eps = (x - levels[0, t + 1] * x_start) / levels[1, t + 1]
    mean = kept_s.sqrt() * beta / (1 - kept) * x_start + (1 - beta).sqrt() * (1 - kept_s) / (1 - kept) * x
    variance = (1 - kept_s) / (1 - kept) * beta
    found = p_sample(levels, x, t, s, x_start, eps, 1.0, noise)
    assert torch.allclose(found, mean + variance.sqrt() * noise, atol=1e-7)
    assert torch.allclose(p_sample(levels, x, t, s, x_start, eps, 1.0, 0 * noise), mean, atol=1e-7)


@each_path
@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
def test_a_step_keeps_the_noise_of_its_time(eta, path):
    """If x_t is q_sample of an image, then x_s is too, whatever the share of chance."""
    levels = path_levels(DDPMConfig(**path))
    x_start, eps, fresh = torch.full((20_000,), 0.3), *torch.randn(2, 20_000, generator=rng())
    for t, s in [(999, 600), (600, 100), (100, 3), (3, CLEAN)]:
        x = levels[0, t + 1] * x_start + levels[1, t + 1] * eps
        found = p_sample(levels, x, t, s, x_start, eps, eta, fresh)
        assert found.mean().item() == pytest.approx(0.3 * levels[0, s + 1].item(), abs=0.03)
        assert found.std().item() == pytest.approx(levels[1, s + 1].item(), rel=0.02, abs=1e-6)


DATA_MEAN, DATA_DEVIATION = 0.4, 0.5


def perfect(levels: Tensor) -> Callable[[Tensor, int], tuple[Tensor, Tensor]]:
    """What the best of all networks would predict, for data that are N(0.4, 0.5^2)."""

    def predict(x: Tensor, t: int) -> tuple[Tensor, Tensor]:
        a, sigma = levels[:, t + 1]
        variance = (a * DATA_DEVIATION) ** 2 + sigma**2
        x_start = DATA_MEAN + a * DATA_DEVIATION**2 / variance * (x - a * DATA_MEAN)
        return x_start, (x - a * x_start) / sigma

    return predict


@each_path
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_draws_from_the_data_with_a_perfect_network(sampler, path):
    levels = path_levels(DDPMConfig(**path))
    x = torch.randn(4000, 1, 2, 2, generator=rng(), dtype=torch.float64)
    fresh = rng(1)
    found = SAMPLERS[sampler](
        perfect(levels), levels, x, even_times(1000, 100), lambda: torch.randn(x.shape, generator=fresh)
    )
    assert found.mean().item() == pytest.approx(DATA_MEAN, abs=0.02)
    assert found.std().item() == pytest.approx(DATA_DEVIATION, abs=0.02 if sampler != "ddpm" else 0.04)


@each_path
def test_the_deterministic_samplers_follow_the_flow_of_probability(path):
    """Its exact solution is known here. The error of `ddim` halves with the steps, the other has less."""
    levels = path_levels(DDPMConfig(**path))
    x = torch.randn(50, 1, 2, 2, generator=rng(), dtype=torch.float64)
    a, sigma = levels[:, -1]
    start = (x - a * DATA_MEAN) / ((a * DATA_DEVIATION) ** 2 + sigma**2).sqrt()
    exact = DATA_MEAN + DATA_DEVIATION * start
    errors = {}
    for name, sampler in {"ddim": ddim, "dpm_solver": dpm_solver}.items():
        for steps in (10, 20, 40):
            found = sampler(perfect(levels), levels, x, even_times(1000, steps))
            errors[name, steps] = (found - exact).square().mean().sqrt().item()
    for steps, fewer in ((20, 10), (40, 20)):
        assert 0.45 < errors["ddim", steps] / errors["ddim", fewer] < 0.6
        assert errors["dpm_solver", steps] < errors["ddim", steps] / 3


@each_path
def test_eulers_steps_are_those_of_ddim_and_along_the_straight_path_those_of_any_textbook(path):
    levels = path_levels(DDPMConfig(**path))
    times = inference_times(levels, 7)
    x = torch.randn(5, 1, 4, 4, generator=rng(), dtype=torch.float64)
    found = euler(perfect(levels), levels, x, times)
    assert torch.allclose(found, ddim(perfect(levels), levels, x, times), atol=1e-9)
    if "prediction" in path:
        for t, s in pairwise(times):
            x_start, eps = perfect(levels)(x, t)
            x = x + ((s + 1) / 1000 - (t + 1) / 1000) * (eps - x_start)
        assert torch.allclose(found, x, atol=1e-9)


@each_path
@pytest.mark.parametrize("num_timesteps", [1, 3, 100, 1000])
def test_the_times_go_from_pure_noise_to_the_image(num_timesteps, path):
    levels = path_levels(DDPMConfig(num_timesteps=num_timesteps, num_inference_steps=1, **path))
    for first in {0, num_timesteps // 3, num_timesteps - 1}:
        for steps in {1, 2, 3, 13, 16, 50, first + 1}:
            if steps > first + 1:
                with pytest.raises(ValueError, match=f"is {steps}; allowed: 1 to {first + 1}"):
                    inference_times(levels, steps, first)
                continue
            times = inference_times(levels, steps, first)
            assert len(times) == steps + 1 and times[0] == first and times[-1] == CLEAN
            assert min(t - s for t, s in pairwise(times)) >= 1
    for steps in (0, -1, 10**6):
        with pytest.raises(ValueError, match=rf"num_inference_steps is {steps}"):
            inference_times(levels, steps)


@each_path
def test_the_times_are_those_of_karras(path):
    """Equation 5, where the path has a time for it."""
    levels = path_levels(DDPMConfig(**path))
    for steps in (4, 8, 16):
        times = inference_times(levels, steps)
        ramp = torch.linspace(40 ** (1 / 7), 0.1 ** (1 / 7), steps) ** 7
        a, sigma = levels[:, torch.tensor(times[1:-1]) + 1]
        between = levels[:, torch.tensor(times[1:-1])], levels[:, torch.tensor(times[1:-1]) + 2]
        for ratio, wanted, (low_a, low), (high_a, high) in zip(
            sigma / a, ramp[1:], *(part.T for part in between)
        ):
            assert abs(ratio - wanted) <= abs(low / low_a - wanted)
            assert abs(ratio - wanted) <= abs(high / high_a - wanted)
            assert low / low_a < wanted < high / high_a


def even_times(num_timesteps: int, steps: int) -> list[int]:
    """Times whose steps are alike; those of the samplers' theory, and of diffusers' 'trailing'."""
    return [round(num_timesteps - step * num_timesteps / steps) - 1 for step in range(steps)] + [CLEAN]


def test_a_sampler_that_needs_noise_says_so():
    model = tiny()
    x, labels = torch.randn(1, 1, 28, 28), torch.tensor([3])
    with pytest.raises(ValueError, match="give the noise of the steps"):
        model.denoise(x, labels, sampler="ddpm")


def test_the_noise_of_an_image_depends_on_neither_its_company_nor_the_number_of_steps():
    few, many = step_noise(2, (3,), rng(5)), step_noise(9, (3,), rng(5))
    for _ in range(4):
        assert torch.equal(few(), many()[:2])
    first, second = few(), few()
    assert not torch.equal(first, second) and not torch.equal(first[0], first[1])
    assert not torch.equal(first, step_noise(2, (3,), rng(6))())


# ---- the model


@pytest.mark.parametrize("in_channels", [1, 3])
@pytest.mark.parametrize(("image_size", "sizes"), [(8, [4]), (28, [14, 7]), (32, [16, 8]), (64, [32, 16, 8])])
def test_the_network_keeps_the_shape_and_halves_the_image_down_to_8_or_an_odd_size(
    in_channels, image_size, sizes
):
    model = tiny(in_channels=in_channels, image_size=image_size)
    assert model.config.sizes == sizes and model.config.channels == [4, 8, 16][: len(sizes)]
    x, t, labels = (
        torch.randn(2, in_channels, image_size, image_size),
        torch.tensor([0, 999]),
        torch.arange(2),
    )
    assert model.unet(x, t, labels).shape == x.shape
    images = model.sample(2, rng())
    assert images.shape == x.shape and images.min() >= 0 and images.max() <= 1


def test_a_gradient_reaches_every_parameter():
    model = tiny(image_size=64).requires_grad_()
    x = torch.randn(4, 1, 64, 64)
    model.unet(x, torch.tensor([0, 10, 500, 999]), torch.arange(4)).square().sum().backward()
    classes = model.unet.classes.weight.grad.abs().sum(1)
    assert (classes[:4] > 0).all() and not classes[4:].any()
    dead = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not dead


def test_the_untrained_network_predicts_the_mean_and_knows_time_and_class_once_trained():
    x, t, labels = torch.randn(2, 1, 28, 28), torch.tensor([5, 5]), torch.tensor([1, 1])
    assert not DDPM(DDPMConfig()).unet(x, t, labels).any()
    model = tiny()
    found = model.unet(x, t, labels)
    assert not torch.allclose(found, model.unet(x, t + 300, labels), atol=1e-4)
    assert not torch.allclose(found, model.unet(x, t, labels + 1), atol=1e-4)
    assert torch.allclose(found[:1], model.unet(x[:1], t[:1], labels[:1]), atol=1e-5)


def test_the_bundled_shape_is_small():
    """For browsers: 2 MB in float32. And layers that a few lines of JavaScript can compute."""
    model = DDPM(DDPMConfig())
    assert 4 * sum(p.numel() for p in model.parameters()) < 2_000_000
    kinds = {type(layer).__name__ for layer in model.modules() if not list(layer.children())}
    assert kinds == {"Conv2d", "GroupNorm", "Linear", "Embedding", "SiLU", "Identity"}


@each_prediction
def test_saved_and_loaded_is_the_same_model(prediction, tmp_path):
    model = tiny(prediction=prediction, num_classes=3, guidance=2.5)
    model.save_pretrained(tmp_path)
    again = DDPM.from_pretrained(tmp_path, strict=True).eval()
    assert again.config == model.config and torch.equal(again.levels, model.levels)
    assert torch.equal(model.sample(2, rng()), again.sample(2, rng()))


@each_prediction
def test_same_seed_same_picture_at_any_count_with_every_sampler(prediction):
    # out of pure noise x_0 is 20,000 times what the network says: float32 would show its rounding
    model = tiny(prediction=prediction).double()
    assert torch.allclose(model.sample(2, rng(7)), model.sample(9, rng(7))[:2], atol=1e-5)
    labels = torch.arange(9)
    for sampler in SAMPLERS:
        few, many = (
            model.denoise(
                torch.randn(9, 1, 28, 28, generator=rng()).double()[:count],
                labels[:count],
                sampler=sampler,
                noise=step_noise(count, (1, 28, 28), rng(3)),
            )
            for count in (2, 9)
        )
        assert torch.allclose(few, many[:2], atol=1e-5), sampler


def test_guidance_enlarges_what_the_class_changes():
    model = tiny()
    x, labels, nothing = torch.randn(2, 1, 28, 28), torch.tensor([3, 8]), torch.tensor([10, 10])
    outputs = [model.unet(x, torch.full((2,), 700), y) for y in (labels, nothing)]
    for guidance in (0.0, 0.5, 1.0, 1.5, 3.0):
        mixed = outputs[1] + guidance * (outputs[0] - outputs[1])
        a, sigma = model.levels[:, 701]
        x_start = (a * x - sigma * mixed).clamp(-1, 1)
        found, noise = model.predict(x, 700, labels, guidance)
        assert torch.allclose(found, x_start, atol=1e-5)
        assert torch.allclose(a * found + sigma * noise, x, atol=1e-5)
    assert torch.equal(model.predict(x, 9, labels, 0.0)[0], model.predict(x, 9, nothing, 1.0)[0])
    for wrong in (math.nan, math.inf, -1.0, 101.0):
        with pytest.raises(ValueError, match=rf"guidance is {wrong}; allowed: 0 to 100"):
            model.denoise(x, labels, guidance=wrong)


def test_guidance_of_0_and_1_asks_the_network_once(monkeypatch):
    model, seen = tiny(), []
    monkeypatch.setattr(
        model.unet, "forward", lambda x, t, labels: seen.append(len(x)) or torch.zeros_like(x)
    )
    for guidance in (0.0, 1.0, 1.5):
        model.predict(torch.randn(3, 1, 28, 28), 5, torch.arange(3), guidance)
    assert seen == [3, 3, 6]


def test_guidance_above_1_acts_between_its_ends_alone(monkeypatch):
    model = tiny(guidance=1.5, guidance_low=0.3, guidance_high=0.8, num_inference_steps=8)
    x, labels = torch.randn(1, 1, 28, 28), torch.tensor([3])
    weights, seen, ask, forward = {}, [], model.predict, model.unet.forward
    monkeypatch.setattr(
        model, "predict", lambda x, t, y, guidance: weights.update({t: guidance}) or ask(x, t, y, guidance)
    )
    monkeypatch.setattr(model.unet, "forward", lambda *of: seen.append(len(of[0])) or forward(*of))
    model.denoise(x, labels, [999, 800, 799, 500, 299, 298, 0, CLEAN])
    assert weights == {999: 1, 800: 1, 799: 1.5, 500: 1.5, 299: 1.5, 298: 1, 0: 1}
    assert seen == [1, 1, 2, 2, 2, 1, 1]
    for guidance, everywhere in ((0.5, {}), (0.0, {}), (1.5, {"guidance_low": 0.0, "guidance_high": 1.0})):
        weights.clear()
        found = model.denoise(x, labels, guidance=guidance, **everywhere)
        assert len(weights) == 8 and set(weights.values()) == {guidance}
    held = model.denoise(x, labels)
    assert (held - found).abs().max() > 1e-3 and (held - model.denoise(x, labels, guidance=1.0)).any()
    seen.clear()
    model.sample(1, rng())
    assert model.config.num_calls == sum(seen) and 8 < sum(seen) < 16
    assert f"takes {sum(seen)} calls" in model.config.describe().limits
    for low, high in ((-0.1, 1.0), (0.0, 1.1), (0.6, 0.4), (math.nan, 1.0), (0.0, math.nan), (0.0, math.inf)):
        wrong = f"guidance_high is {high}; " if not 0 <= high <= 1 else f"guidance_low is {low}; "
        with pytest.raises(ValueError, match=rf"^{wrong}allowed: 0 to "):
            model.denoise(x, labels, guidance_low=low, guidance_high=high)
        with pytest.raises(ValueError, match=rf"^{wrong}allowed: 0 to "):
            tiny(guidance_low=low, guidance_high=high)


def test_a_config_from_before_guidance_had_ends_guides_every_step(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"guidance": 1.5, "num_inference_steps": 8}))
    config = read_config(DDPMConfig, path)
    assert (config.guidance_low, config.guidance_high, config.num_calls) == (0.0, 1.0, 16)


def test_random_latents_ask_for_all_classes_alike_and_a_model_without_classes_for_none():
    model = tiny(num_classes=4)
    z = torch.randn(4000, model.config.latent_dim, generator=rng())
    x, labels = model.read_latents(z)
    assert x.shape == (4000, 1, 28, 28) and torch.equal(x.flatten(1), z[:, :784])
    assert labels.bincount().float().div(4000).tolist() == pytest.approx([0.25] * 4, abs=0.02)
    images = model.decode(z[:3])
    assert torch.equal(images, model.denoise(x[:3], labels[:3]))
    free = tiny(num_classes=0)
    assert free.config.latent_dim == 784 and free.sample(2, rng()).shape == (2, 1, 28, 28)
    assert free.read_latents(z[:3, :784])[1].tolist() == [free.null_label] * 3


@each_path
def test_the_callback_sees_one_and_the_same_trajectory(path):
    """What it is told of each step is what the next begins with; the last step gives the picture."""
    model, told = tiny(num_inference_steps=5, **path), []
    x, labels = torch.randn(2, 1, 28, 28), torch.tensor([1, 2])
    images = model.denoise(x, labels, sampler="ddim", callback=lambda *step: told.append(step))
    times = inference_times(model.levels, 5)
    assert [t for _, t, *_ in told] == times[:-1] and torch.equal(told[0][0], x)
    for (x, t, x_start, pred_noise), s in zip(told, times[1:]):
        a, sigma = model.levels[:, t + 1]
        assert torch.allclose(a * x_start + sigma * pred_noise, x, atol=1e-4)
        a, sigma = model.levels[:, s + 1]
        x = a * x_start + sigma * pred_noise
        following = [then for then, time, *_ in told if time == s] or [2 * images - 1]
        assert torch.allclose(following[0], x.clamp(-1, 1) if s == CLEAN else x, atol=1e-5)


def test_it_can_start_from_a_noisy_picture_of_ones_own():
    model = tiny()
    own = torch.rand(1, 1, 28, 28, generator=rng()) * 2 - 1
    x = model.q_sample(own, torch.tensor([10]), torch.randn(1, 1, 28, 28, generator=rng(1)))
    told = []
    images = model.denoise(x, torch.tensor([4]), times=[10, 5, CLEAN], callback=lambda *s: told.append(s[1]))
    assert told == [10, 5] and (2 * images - 1 - own).abs().mean() < 0.1


# ---- against diffusers

X, OUTPUT, FRESH = (torch.linspace(a, b, 6).sin().view(1, 1, 2, 3) for a, b in ((0, 9), (2, 5), (7, 1)))
STEPS = [(999, 937), (499, 437), (61, CLEAN)]  # three of sixteen


def ours(prediction: str, schedule: str, eta: float, t: int, s: int) -> Tensor:
    """The step of this project from X, by a network that puts out OUTPUT."""
    model = tiny(prediction=prediction, schedule=schedule)
    times = torch.tensor([t])
    x_start = model.x_start_and_noise(OUTPUT, X, times)[0].clamp(-1, 1)
    a, sigma = model.levels_at(times)
    return p_sample(model.levels, X, t, s, x_start, (X - a * x_start) / sigma, eta, FRESH)


DIFFUSERS = {"noise": "epsilon", "x_start": "sample", "velocity": "v_prediction"}


def theirs(prediction: str, schedule: str, eta: float, t: int) -> Tensor:
    diffusers = pytest.importorskip("diffusers")
    options = {
        "prediction_type": DIFFUSERS[prediction],
        "beta_schedule": {"cosine": "squaredcos_cap_v2", "linear": "linear"}[schedule],
        "timestep_spacing": "trailing",
        "clip_sample": True,
    }
    scheduler = (diffusers.DDPMScheduler if eta == 1 else diffusers.DDIMScheduler)(**options)
    scheduler.set_timesteps(16)
    if eta == 1:
        with pytest.MonkeyPatch.context() as patch:
            module = "diffusers.schedulers.scheduling_ddpm.randn_tensor"
            patch.setattr(module, lambda *_, **__: FRESH)
            return scheduler.step(OUTPUT, t, X).prev_sample
    more = {"eta": eta, "use_clipped_model_output": True, "variance_noise": FRESH if eta else None}
    return scheduler.step(OUTPUT, t, X, **more).prev_sample


each_step = pytest.mark.parametrize(("t", "s"), STEPS)
each_eta = pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
each_schedule = pytest.mark.parametrize("schedule", ["cosine", "linear"])


@each_step
@each_eta
@each_schedule
@pytest.mark.parametrize("prediction", DIFFUSERS)
def test_a_step_is_that_of_diffusers(prediction, schedule, eta, t, s):
    expected = theirs(prediction, schedule, eta, t)
    assert torch.allclose(ours(prediction, schedule, eta, t, s), expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of diffusers
@each_schedule
def test_a_walk_of_dpm_solver_is_that_of_diffusers(schedule):
    diffusers = pytest.importorskip("diffusers")
    scheduler = diffusers.DPMSolverMultistepScheduler(
        beta_schedule={"cosine": "squaredcos_cap_v2", "linear": "linear"}[schedule],
        prediction_type="sample",
        timestep_spacing="trailing",
    )
    scheduler.set_timesteps(9)
    levels = path_levels(DDPMConfig(schedule=schedule)).float()
    expected = X
    for t in scheduler.timesteps:
        expected = scheduler.step(perfect(levels)(expected, int(t))[0], t, expected).prev_sample
    found = dpm_solver(perfect(levels), levels, X, even_times(1000, 9))
    assert torch.allclose(found, expected, atol=1e-4)


PINNED = {
    ("noise", "linear", 1.0, 499): [0.241386, 0.558828, -1.128118, -0.821148, 1.252856, 1.009055],
    ("noise", "cosine", 0.0, 61): [-0.098929, 0.923509, -0.438781, -0.710756, 0.901883, 0.518879],
    ("velocity", "cosine", 0.0, 499): [-0.087731, 0.919567, -0.434824, -0.710126, 0.849942, 0.502715],
    ("velocity", "cosine", 1.0, 999): [0.566199, -0.51167, -0.98365, -0.195716, 0.896935, 0.930267],
    ("velocity", "linear", 0.0, 999): [-0.004824, 0.971099, -0.442204, -0.769508, 0.798705, 0.4172],
    ("x_start", "linear", 0.5, 61): [0.909297, 0.515501, -0.058374, -0.611858, -0.951602, -0.958924],
}
"""steps by diffusers 0.42.1"""


@pytest.mark.parametrize("case", PINNED, ids=str)
def test_a_step_is_that_of_diffusers_as_it_was(case):
    """Without diffusers, too."""
    prediction, schedule, eta, t = case
    found = ours(prediction, schedule, eta, t, dict(STEPS)[t])
    assert found.flatten().tolist() == pytest.approx(PINNED[case], abs=1e-5)


# ---- filling in


def test_what_is_filled_in_fits_what_is_known():
    """Two pixels with a correlation of 0.9, and a perfect network: the second follows from the first.

    The steps done once leave it too far from it; done again, they find its distribution.
    """
    levels, covariance = path_levels(DDPMConfig()).float(), torch.tensor([[1.0, 0.9], [0.9, 1.0]])

    def predict(x: Tensor, t: int) -> tuple[Tensor, Tensor]:
        a, sigma = levels[:, t + 1]
        x_start = x @ torch.linalg.inv(a**2 * covariance + sigma**2 * torch.eye(2)) @ (a * covariance)
        return x_start, (x - a * x_start) / sigma

    torch.manual_seed(0)
    known, mask = torch.tensor([1.5, 0.0]).expand(4000, 2), torch.tensor([1.0, 0.0]).expand(4000, 2)
    times, found = even_times(1000, 40), {}
    for resamplings in (1, 10):
        x = torch.randn(4000, 2)
        noise = partial(torch.randn, 4000, 2)
        x = repaint(predict, levels, x, times, noise, known=known, mask=mask, resamplings=resamplings)
        assert torch.equal(x[:, 0], known[:, 0])
        found[resamplings] = x[:, 1].mean().item(), x[:, 1].std().item()
    assert found[10][0] == pytest.approx(0.9 * 1.5, abs=0.05)
    assert found[10][1] == pytest.approx((1 - 0.9**2) ** 0.5, abs=0.08)
    assert abs(found[1][0] - 0.9 * 1.5) > 0.15


@each_path
def test_the_known_part_has_the_noise_of_the_time_in_every_pass(path):
    model = tiny(**path)
    image, mask = torch.full((1, 1, 28, 28), 0.9), torch.zeros(1, 1, 28, 28)
    mask[..., :20] = 1
    times, passes = [800, 500, 200, CLEAN], []

    def note(x: Tensor, t: int, x_start: Tensor, pred_noise: Tensor) -> None:
        passes.append(t)
        a, sigma = model.levels[:, t + 1]
        part = x[..., :20]
        assert part.mean().item() == pytest.approx(0.8 * a.item(), abs=0.15)
        assert part.std().item() == pytest.approx(sigma.item(), rel=0.12)

    made = model.denoise(
        torch.randn(1, 1, 28, 28, generator=rng()),
        torch.tensor([3]),
        times,
        noise=step_noise(1, (1, 28, 28), rng()),
        callback=note,
        known=Known(image, mask, 3),
    )
    assert passes == [800] * 3 + [500] * 3 + [200]  # the last step leads to the image
    assert torch.allclose(made[..., :20], image[..., :20], atol=1e-6)
    assert not torch.allclose(made[..., 20:], image[..., 20:], atol=0.1)


def test_a_trajectory_is_what_denoise_passes():
    model = tiny()
    x, labels = torch.randn(2, 1, 28, 28, generator=rng()), torch.tensor([3, 10])
    made, *passed = model.trajectory(x, labels, guidance=1.5, sampler="ddim")
    assert torch.equal(made, model.denoise(x, labels, guidance=1.5, sampler="ddim"))
    times = inference_times(model.levels, 3)
    xs, starts, noises = (one.unflatten(0, (3, 2)) for one in passed)
    assert torch.equal(xs[0], x)
    for i, (t, s) in enumerate(pairwise(times)):
        a, sigma = model.levels[:, s + 1]
        following = a * starts[i] + sigma * noises[i]  # the step of ddim
        assert torch.allclose(following, xs[i + 1] if i < 2 else 2 * made - 1, atol=1e-5)
        assert torch.allclose(
            model.levels[0, t + 1] * starts[i] + model.levels[1, t + 1] * noises[i], xs[i], atol=1e-5
        )
