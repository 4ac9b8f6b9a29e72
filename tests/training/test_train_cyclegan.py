"""The script of the CycleGAN, its batches, its replay buffer and its flags."""

import json
import math
import shlex
import shutil
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
import torch
import tyro
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from PIL import Image
from torchvision.transforms.functional import to_tensor

from space.models.cyclegan import CycleGAN, CycleGANConfig, Discriminator
from space.weights.model_folder import load_folder
from tests.small_runs import MODEL_FILES, SMALL_CYCLEGAN, cyclegan_config, history
from training import train_classifier, train_cyclegan
from training.augment import augment, is_blank
from training.batches import Batch, Noise, UnpairedBatches
from training.data import Images, load_domains
from training.errors import TrainingError
from training.replay_buffer import ReplayBuffer
from training.two_games import Views


@pytest.mark.parametrize(
    "more",
    [{}, {"lambda_identity": 5.0, "lambda_self": 0.5, "pool_size": 0, "ema_decay": 0.0}],
    ids=str,
)
def test_cyclegan_script_leaves_a_model_folder(tmp_path, more):
    config = cyclegan_config(tmp_path / "small", max_steps=2, logging_steps=1, **more)
    train_cyclegan.main(config)
    assert {path.name for path in config.output_dir.iterdir()} >= MODEL_FILES | {
        "samples",
        "translate_ab.onnx",
        "score_patches_b.onnx",
    }
    assert load_folder(CycleGAN, config.output_dir).config == config.model
    rows = history(config.output_dir)
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    for row in rows[1:]:
        for key in ("loss_d_a", "loss_d_b", "loss_g_ab", "loss_g_ba", "cycle_loss"):
            assert float(row[key]) > 0
        for key in ("identity_loss", "change_loss"):
            assert (key in row) == bool(more)
    metrics = json.loads((config.output_dir / "metrics.json").read_text())
    assert {"l1_ab", "ssim_ba", "l1_nothing", "l1_recoloured_ab", "cycle_l1_a", "identity_l1_b"} < set(
        metrics
    )
    card = (config.output_dir / "README.md").read_text()
    assert "accelerate launch -m training.train_cyclegan --output_dir runs/small" in card
    assert "domain A, 256 images; fake, train split, domain B" in card


def test_both_domains_have_an_order_of_their_own(tmp_path):
    """Nothing pairs by place or by name: who meets whom is chance, anew in each epoch."""
    names = tuple(map(str, range(40)))
    pixels = torch.arange(40, dtype=torch.uint8).view(40, 1, 1, 1).expand(40, 3, 16, 16)
    domain = Images(pixels, None, "", names)
    config = cyclegan_config(tmp_path, batch_size=8)
    batches = UnpairedBatches(domain, domain, config.batch_plan, Accelerator(cpu=True))
    assert batches.per_epoch == 5
    meetings = []
    for number in range(200 * batches.per_epoch):
        a, b = (255 * part.x[:, 0, 0, 0] for part in batches[number])
        meetings += zip(a.round().int().tolist(), b.round().int().tolist())
    epoch = [set(part) for part in zip(*meetings[:40])]
    assert epoch == [set(range(40))] * 2  # every image of both once
    namesakes = sum(a == b for a, b in meetings) / 200
    assert namesakes == pytest.approx(1, abs=0.3)  # one an epoch, as chance has it
    assert len({b for a, b in meetings if a == 0}) > 35


def test_the_larger_domain_makes_the_epoch(tmp_path):
    few, many = (Images(torch.zeros(n, 3, 16, 16, dtype=torch.uint8), None, "") for n in (16, 40))
    plan = cyclegan_config(tmp_path, batch_size=8).batch_plan
    batches = UnpairedBatches(few, many, plan, Accelerator(cpu=True))
    assert batches.per_epoch == 5 and batches.num_images == 40
    a, b = batches[12]
    assert len(a.x) == len(b.x) == 8


def test_the_domains_of_a_known_data_set_have_names():
    assert train_cyclegan.named(CycleGANConfig(), "twemoji2fluent").domain_a == "Twemoji"
    there = train_cyclegan.named(CycleGANConfig(zoom=0.9), "data/flat2fluent/")
    assert (there.domain_a, there.domain_b, there.zoom) == ("Fluent Flat", "Fluent 3D", 0.9)
    own = CycleGANConfig(domain_a="Flat", domain_b="Round")
    assert (
        train_cyclegan.named(own, "flat2fluent") == own
        and train_cyclegan.named(CycleGANConfig(), "mine") == CycleGANConfig()
    )


def test_augmented_images_are_the_same_mirrored_and_moved():
    x = torch.rand(64, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    noise = Noise(torch.Generator().manual_seed(0))
    assert torch.equal(augment(x, noise, False, 0), x)
    mirrored = augment(x, noise, True, 0)
    as_it_was = (mirrored == x).flatten(1).all(1)
    assert torch.equal(mirrored[~as_it_was], x[~as_it_was].flip(3)) and 16 < as_it_was.sum() < 48
    moved = augment(x, noise, False, 2)
    places = set()
    for before, after in zip(x, moved):
        middle = after[:, 2:-2, 2:-2]  # of the moved image: wholly from within the image
        (place,) = [
            (i, j)
            for i in range(5)
            for j in range(5)
            if torch.equal(before[:, i : i + 12, j : j + 12], middle)
        ]
        places.add(place)
    assert len(places) > 15  # of 25


def test_windows_are_cut_anywhere_out_of_the_images_and_mirrored_whole():
    x = torch.rand(400, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    cut = augment(x, Noise(torch.Generator().manual_seed(0)), False, 0, 13)
    windows = x.unfold(2, 13, 1).unfold(3, 13, 1).permute(0, 2, 3, 1, 4, 5)  # (N, 4, 4, C, 13, 13)
    at = (windows == cut[:, None, None]).flatten(3).all(3)
    assert cut.shape == (400, 3, 13, 13) and (at.flatten(1).sum(1) == 1).all()
    assert (at.sum(0) > 10).all()  # 25 of 400 at each of the 16 places
    mirrored = augment(x, Noise(torch.Generator().manual_seed(0)), True, 0, 13)
    same = (mirrored == cut).flatten(1).all(1)
    assert 150 < same.sum() < 250 and (mirrored[~same].flip(3) != cut[~same]).any()


def test_blank_pictures_and_windows_do_not_end_a_run(tmp_path):
    """Instance normalisation makes their gradients overflow."""
    x = torch.ones(5, 3, 32, 32)
    x[0, :, 15:17, 15:17] = 0  # a dot that most windows miss
    x[1, 0] = torch.rand(32, 32)
    x[3, :, :, 0] = 0.5
    cut = augment(x.repeat(40, 1, 1, 1), Noise(torch.Generator().manual_seed(0)), True, 2, 17)
    assert not is_blank(cut).any() and is_blank(x).tolist() == [False, False, True, False, True]
    assert torch.equal(cut[1::5, 1:], torch.ones(40, 2, 17, 17))  # others stay as they are
    assert torch.equal(augment(x[2:3], Noise(torch.Generator()), True, 2), x[2:3])  # there is no other
    for name, blank in (("trainA", (9, 9, 200)), ("trainB", "white"), ("testA", "red"), ("testB", "red")):
        (tmp_path / name).mkdir()
        for number in range(8):
            image = Image.new("RGB", (24, 24), blank)
            if number % 2:
                image.paste((number * 20, 0, 90), (8, 8, 14, 16))
            image.save(tmp_path / name / f"{number}.png")
    config = cyclegan_config(
        tmp_path / "run",
        dataset=str(tmp_path),
        batch_size=4,
        pool_size=4,
        max_steps=12,
        logging_steps=1,
        crop_size=16,
        model=CycleGANConfig(image_size=24, base_channels=4, num_blocks=6, discriminator_channels=4),
    )
    train_cyclegan.main(replace(config, random_crop=0))
    assert all(float(row["cycle_loss"]) < 10 for row in history(config.output_dir)[1:])


def test_a_run_on_windows_trains_and_its_model_takes_whole_images(tmp_path):
    model = replace(SMALL_CYCLEGAN, image_size=24)
    config = cyclegan_config(tmp_path / "run", max_steps=2, crop_size=16, model=replace(model, skip="mask"))
    train_cyclegan.main(config)
    loaded = load_folder(CycleGAN, config.output_dir)
    assert loaded.translate(torch.rand(1, 3, 24, 24)).shape == (1, 3, 24, 24)
    assert "--crop_size 16" in (config.output_dir / "README.md").read_text()
    for wrong in (5, 25):
        with pytest.raises(ValueError, match=f"crop_size is {wrong}; allowed: 0, or 16 to 24"):
            cyclegan_config(tmp_path, crop_size=wrong, model=model)


def test_a_run_begins_with_shrunk_images_and_forgets_them_afterwards(tmp_path):
    config = cyclegan_config(
        tmp_path,
        batch_size=4,
        coarse_size=16,
        coarse_steps=3,
        crop_size=20,
        gradient_accumulation_steps=2,
        model=replace(SMALL_CYCLEGAN, image_size=32),
    )
    train = load_domains("fake", Path("unused"), "train", 3, 32)
    accelerator = Accelerator(cpu=True)
    batches = train_cyclegan.CoarseFirst(config, train, accelerator)
    whole = UnpairedBatches(*train, config.batch_plan, accelerator)
    for number in (0, 5, 6, 40):
        for part, before in zip(batches[number], whole[number]):
            shrunk = before.x.unflatten(2, (16, 2)).unflatten(4, (16, 2)).mean((3, 5))
            expected = shrunk if number < 6 else before.x
            assert part.x.shape == expected.shape and torch.allclose(part.x, expected, atol=1e-6)
    pool, rng = ReplayBuffer(6), torch.Generator().manual_seed(0)
    for size in (16, 20):
        for _ in range(3):
            fake = torch.rand(4, 3, size, size)
            assert pool.exchange(fake, rng).shape == fake.shape == (4, *pool.images.shape[1:])
    for wrong in ({"coarse_size": 16}, {"coarse_steps": 3}, {"coarse_size": 16, "coarse_steps": -1}):
        with pytest.raises(ValueError, match="coarse_size needs coarse_steps or coarse_every"):
            cyclegan_config(tmp_path, **wrong)
    with pytest.raises(ValueError, match="coarse_size is 17; allowed: 0, or 16 to 16"):
        cyclegan_config(tmp_path, coarse_size=17, coarse_steps=1)


def test_whole_images_come_again_between_windows_of_the_same_size(tmp_path):
    more = {"coarse_size": 16, "coarse_every": 3, "batch_size": 4, "gradient_accumulation_steps": 2}
    model = replace(SMALL_CYCLEGAN, image_size=32)
    config = cyclegan_config(tmp_path, **more, coarse_steps=1, crop_size=16, model=model)
    train = load_domains("fake", Path("unused"), "train", 3, 32)
    batches = train_cyclegan.CoarseFirst(config, train, Accelerator(cpu=True))
    sizes = [{part.x.shape[-1] for part in batches[number]} for number in range(16)]
    steps = [16, 16, 32, 32, 16, 32, 32, 16]  # the first, then one of three; each is two batches
    assert sizes == [{size} for size in steps for _ in range(2)]
    for crop_size in (0, 20):
        with pytest.raises(ValueError, match="coarse_every needs windows of the coarse_size"):
            cyclegan_config(tmp_path, **more, crop_size=crop_size, model=model)


def test_a_run_without_a_classifier_says_how_to_get_one_and_the_commands_fit(tmp_path, capsys):
    folder = tmp_path / "my styles"
    for name in ("trainA", "trainB", "testA", "testB"):
        (folder / name).mkdir(parents=True)
        for number in range(8):
            colour = 30 * number + (5 if name.endswith("A") else 15)
            Image.new("RGB", (16, 16), (colour, 0, 0)).save(folder / name / f"{number}.png")
    config = cyclegan_config(tmp_path / "run", dataset=str(folder), batch_size=4, pool_size=4, max_steps=1)
    train_cyclegan.main(config)
    said = next(line for line in capsys.readouterr().out.splitlines() if "no classifier" in line)
    assert "domain_accuracy and domain_fid are left out" in said
    command, use = said.split("To have them, ")[1].split(" and then ")
    words = shlex.split(command)
    assert words[:4] == ["accelerate", "launch", "-m", "training.train_classifier"]
    asked = tyro.cli(train_classifier.TrainConfig, args=words[4:], use_underscores=True)
    AcceleratorState._reset_state(True)
    tiny = {"batch_size": 4, "max_steps": 1, "warmup_steps": 1, "cpu": True, "output_dir": tmp_path / "judge"}
    train_classifier.main(replace(asked, **tiny))
    AcceleratorState._reset_state(True)
    assert shlex.split(use)[0] == "--classifier"
    train_cyclegan.main(replace(config, output_dir=tmp_path / "again", classifier=str(tiny["output_dir"])))
    assert "no classifier" not in capsys.readouterr().out
    metrics = json.loads((tmp_path / "again" / "metrics.json").read_text())
    assert {"domain_accuracy_ab", "domain_fid_ba"} <= set(metrics)


def test_saved_weights_may_lie_between_those_of_the_start_and_the_trained_ones(tmp_path):
    start = CycleGAN(SMALL_CYCLEGAN)
    start.save_pretrained(tmp_path / "start")
    more = {"max_steps": 2, "pretrained_model_name_or_path": str(tmp_path / "start")}
    runs = {}
    for share, resumed in ((1.0, ""), (0.25, "latest")):  # the share is chosen when the run is over
        config = cyclegan_config(tmp_path / "run", interpolate=share, resume_from_checkpoint=resumed, **more)
        train_cyclegan.main(config)
        runs[share] = load_folder(CycleGAN, config.output_dir).state_dict()
    assert "--interpolate 0.25" in (config.output_dir / "training.json").read_text()
    for key, before in start.state_dict().items():
        torch.testing.assert_close(runs[0.25][key], torch.lerp(before, runs[1.0][key], 0.25))
    assert any(not torch.allclose(runs[1.0][key], runs[0.25][key]) for key in runs[1.0])
    ancestor = CycleGAN(SMALL_CYCLEGAN)
    ancestor.save_pretrained(tmp_path / "ancestor")
    train_cyclegan.main(replace(config, interpolate_with=str(tmp_path / "ancestor")))
    mixed = load_folder(CycleGAN, config.output_dir).state_dict()
    for key, before in ancestor.state_dict().items():
        torch.testing.assert_close(mixed[key], torch.lerp(before, runs[1.0][key], 0.25))
    test = load_domains("fake", Path("unused"), "test", 3, 16)
    saved = load_folder(CycleGAN, config.output_dir)
    networks = [saved.generator_ab, saved.generator_ba]
    expected = train_cyclegan.Gallery(networks, test, None, torch.device("cpu")).snapshot()
    with Image.open(config.output_dir / "samples" / "step-000002.png") as last:
        shown = to_tensor(last)
    torch.testing.assert_close(shown, expected, atol=0.6 / 255, rtol=0)  # as saved
    with pytest.raises(TrainingError, match="--interpolate_with nowhere: "):
        train_cyclegan.main(replace(config, interpolate_with="nowhere"))


def test_discriminators_may_learn_at_a_rate_of_their_own_from_a_step_on(tmp_path):
    start = CycleGAN(SMALL_CYCLEGAN)
    start.save_pretrained(tmp_path / "start")
    more = {"max_steps": 2, "warmup_steps": 0, "ema_decay": 0.0, "learning_rate_d": 1e-12}
    for begin, learns in ((0, False), (1, True)):
        folder = tmp_path / str(begin)
        more |= {"pretrained_model_name_or_path": str(tmp_path / "start"), "learning_rate_d_from": begin}
        train_cyclegan.main(cyclegan_config(folder, **more))
        trained = load_folder(CycleGAN, folder)
        for player, moves in (("generator_ab", True), ("discriminator_a", learns)):
            before, after = (getattr(model, player).parameters() for model in (start, trained))
            moved = max((a - b).abs().max().item() for a, b in zip(before, after))
            assert (moved > 1e-5) == moves, player


def test_palettes_against_every_judge_learn_and_go_on_where_they_stopped(tmp_path):
    """The shipped recipe in small; `tests.training.test_exact` has no palettes, which enlarge roundings."""
    model = replace(SMALL_CYCLEGAN, image_size=32, skip="palette", skip_ba="colours", palette_size=4)
    windows = {"crop_size": 16, "coarse_size": 16, "coarse_steps": 2, "coarse_every": 2, "batch_size": 4}
    judges = {"gradient_game": True, "style_game": True, "lambda_self": 0.5, "lambda_self_ba": 0.0}
    config = cyclegan_config(
        tmp_path / "run",
        model=model,
        max_steps=8,
        checkpointing_steps=4,
        logging_steps=1,
        **windows,
        **judges,
    )
    torch.manual_seed(config.seed)
    before = CycleGAN(model).state_dict()
    train_cyclegan.main(config)
    trained = load_folder(CycleGAN, config.output_dir).state_dict()
    for name in (
        "generator_ab.head.colours",
        "generator_ba.head.weights.weight",
        "discriminator_b.network.0.bias",
    ):
        assert not torch.allclose(trained[name], before[name], atol=1e-6), name
    rows = history(config.output_dir)
    assert len(rows) == 9 and all(math.isfinite(float(rows[-1][key])) for key in ("loss_d_a", "change_loss"))
    shutil.rmtree(config.output_dir / "checkpoints" / "checkpoint-8")
    (config.output_dir / "model.safetensors").unlink()
    train_cyclegan.main(replace(config, resume_from_checkpoint="latest"))
    again = load_folder(CycleGAN, config.output_dir).state_dict()
    assert all(torch.equal(again[key], trained[key]) for key in trained)


def test_the_replay_buffer_gives_back_half_and_remembers_the_rest():
    pool, rng = ReplayBuffer(50), torch.Generator().manual_seed(0)
    image = iter(range(10**6))

    def fresh(count: int) -> torch.Tensor:
        return torch.tensor([float(next(image)) for _ in range(count)]).view(count, 1, 1, 1)

    for _ in range(6):
        fake = fresh(8)
        assert torch.equal(pool.exchange(fake, rng), fake)  # while it fills, images are shown as they come
    pool.exchange(fresh(8), rng)  # two find room
    assert len(pool.images) == 50
    old, seen, shown = 0, 0, []
    for _ in range(200):
        fake, before = fresh(8), set(pool.images.flatten().tolist())
        mixed = pool.exchange(fake, rng)
        assert len(mixed) == 8 and len(pool.images) == 50
        remembered = [value for value in mixed.flatten().tolist() if value not in fake]
        assert set(remembered) <= before  # each was in the pool, and leaves it
        assert not set(remembered) & set(pool.images.flatten().tolist())
        old, seen, shown = old + len(remembered), seen + 8, shown + mixed.flatten().tolist()
    assert old / seen == pytest.approx(0.5, abs=0.05)
    assert len(set(shown)) == len(shown)  # no image is shown twice
    again = ReplayBuffer(50)
    again.load_state_dict(pool.state_dict())
    fake = fresh(8)
    same = [p.exchange(fake, torch.Generator().manual_seed(1)) for p in (pool, again)]
    assert torch.equal(*same) and torch.equal(pool.images, again.images)


def test_a_change_costs_its_weight(tmp_path):
    """The loss of a generator that changes x by a tenth everywhere."""
    assert cyclegan_config(tmp_path, lambda_self=0.5).change_weights == (0.5, 0.5)
    config = cyclegan_config(tmp_path, lambda_self=0.5, lambda_self_ba=0.0)
    assert config.change_weights == (0.5, 0.0)
    model = CycleGAN(config.model)
    x = torch.rand(4, 3, 16, 16, dtype=torch.float64)  # float32 has steps of 1.2e-7 near a loss of 1
    games = train_cyclegan.Games(
        config,
        Accelerator(cpu=True),
        (model.generator_ab, model.generator_ba),
        (model.discriminator_a, model.discriminator_b),
        (ReplayBuffer(48), ReplayBuffer(48)),
    )
    played = (x, x, lambda x: x + 0.1, lambda x: x, lambda x: x.mean())
    dear, free = (games.loss_g(*played, weight)[0].item() for weight in config.change_weights)
    assert dear - free == pytest.approx(0.5 * 2 * 0.1)  # the range is [-1, 1], as of all L1 here


@pytest.mark.parametrize("views", [(False, False), (True, True)], ids=["pixels", "differences and style too"])
def test_generators_learn_on_their_step_and_discriminators_on_theirs(tmp_path, views):
    torch.manual_seed(0)
    config = cyclegan_config(tmp_path, lambda_identity=1.0)
    accelerator, model = Accelerator(cpu=True), CycleGAN(config.model)
    players = {
        "generator": (model.generator_ab, model.generator_ba),
        "discriminator": (model.discriminator_a, model.discriminator_b),
    }
    players["discriminator"] = tuple(Views(d, config.model, *views) for d in players["discriminator"])
    pools = ReplayBuffer(48), ReplayBuffer(48)
    step = train_cyclegan.Games(config, accelerator, *players.values(), pools)
    weights = {
        name: [p for network in networks for p in network.parameters()] for name, networks in players.items()
    }
    seen: dict[str, list[bool]] = {}
    for player, optimizer in zip(players, step.optimizers):

        def note(*_, player=player):
            seen[player] = [all(p.grad is not None for p in some) for some in weights.values()]

        optimizer.register_step_pre_hook(note)
    step(
        tuple(
            Batch(torch.rand(4, 3, 16, 16), None, Noise(torch.Generator().manual_seed(seed)))
            for seed in (0, 1)
        )
    )
    assert seen == {"generator": [True, False], "discriminator": [False, True]}
    assert all(p.requires_grad for p in chain(*weights.values()))
    assert all(len(pool.images) == 4 for pool in pools)


def test_more_discriminators_see_shades_and_not_colours():
    torch.manual_seed(0)
    config = CycleGANConfig(image_size=16, discriminator_channels=4, discriminator_layers=1)
    views = Views(Discriminator(config), config, of_gradients=True, of_style=True).eval()
    x = torch.rand(2, 3, 16, 16) / 2
    pixels, *others = views(x).unbind(1)
    lighter, *same = views(x + 0.25).unbind(1)
    assert torch.equal(pixels, views.of_pixels(x)[:, 0]) and not torch.allclose(lighter, pixels, atol=1e-3)
    torch.testing.assert_close(same, others, atol=1e-4, rtol=0)


def test_a_discriminator_of_style_gives_an_image_one_score_wherever_things_are():
    torch.manual_seed(0)
    config = CycleGANConfig(image_size=64, discriminator_channels=4, discriminator_layers=1)
    views = Views(Discriminator(config), config, of_gradients=False, of_style=True).eval()
    x = torch.ones(2, 3, 64, 64)
    x[0, :, 26:28, 26:28] = x[1, :, 34:36, 34:36] = 0.5  # the halvings are by 8
    pixels, style = views(x).unbind(1)
    assert style.shape == pixels.shape and style.flatten(1).std(1).max() == 0
    torch.testing.assert_close(style[0], style[1])
    assert not torch.allclose(style[0], views(torch.ones(1, 3, 64, 64))[0, 1], atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"pool_size": 3}, "pool_size is 3; allowed: 0, or the batch_size 32 or more"),
        ({"lambda_cycle": -1.0}, "lambda_cycle is -1.0"),
        ({"random_crop": 16}, "random_crop is 16"),
        ({"match_size": True, "model": CycleGANConfig(zoom=0.9)}, "cannot both be given"),
        ({"adam_beta1": 1.0}, "adam_beta1 is 1.0"),
        ({"learning_rate_d": 0.0}, "learning_rate_d is 0.0; allowed: more than 0"),
        ({"learning_rate_d_from": 9}, "learning_rate_d_from needs learning_rate_d"),
    ],
    ids=str,
)
def test_a_wrong_flag_of_cyclegan_is_named(tmp_path, wrong, says):
    with pytest.raises(ValueError, match=says):
        cyclegan_config(tmp_path, **wrong)
