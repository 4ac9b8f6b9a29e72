"""Flags that users of other training scripts know are named; the help shows flags as they are typed."""

import re
import sys

import pytest

from tests.small_runs import SCRIPTS
from training.command_line import run
from training.flags import ALSO_KNOWN_AS, OURS, SAID, flags_of, foreign_flags

CONFIGS = {module.__name__: module.TrainConfig for module, *_ in SCRIPTS.values()}
LEAVES = {name: {flag.rpartition(".")[2] for flag, _ in flags_of(config)} for name, config in CONFIGS.items()}


def test_every_flag_that_is_named_is_one_and_no_name_elsewhere_hides_one():
    ours = set().union(*LEAVES.values())
    assert set(ALSO_KNOWN_AS) - ours == set()
    assert {*OURS, *SAID} & ours == set()
    assert len(OURS) == sum(len(names.split()) for names in ALSO_KNOWN_AS.values())  # none twice
    assert OURS.keys() & SAID.keys() == set()


@pytest.mark.parametrize("name", CONFIGS)
def test_each_name_elsewhere_is_answered_where_the_script_has_the_flag(name):
    for other, flag in OURS.items():
        for typed in (f"--{other}", f"--{other.replace('_', '-')}", f"--model.{other}=3", f"-{other}"):
            answers = foreign_flags([typed, "3"], CONFIGS[name])
            assert bool(answers) == (flag in LEAVES[name]), typed
            if answers:
                assert answers[0].startswith(f"{typed.split('=')[0]} is --") and flag in answers[0]


def test_a_part_of_the_model_is_named_with_the_part():
    gan = CONFIGS["training.train_gan"]
    assert foreign_flags(["--latent_dim", "8"], gan) == [
        "--latent_dim is --gan.latent_dim or --dcgan.latent_dim here"
    ]
    (answer,) = foreign_flags(["--fp16"], gan)
    assert answer == "--fp16 is --mixed_precision no|fp16|bf16 here"


def test_flags_of_ours_and_mistypings_are_left_to_the_parser():
    vae = CONFIGS["training.train_vae"]
    typed = ["--output_dir", "-3", "--output-dir", "x", "--no_cpu", "--no-streaming", "--model.latent-dim=3"]
    assert foreign_flags([*typed, "--learning_rat", "--help", "-h", "lr", "--"], vae) == []


def test_an_answer_is_one_sentence_and_the_help_has_underscores(monkeypatch, capsys):
    vae = CONFIGS["training.train_vae"]
    monkeypatch.setattr(sys, "argv", ["train_vae", "--lr", "1e-3", "--latent_dim", "2", "--device", "cuda"])
    with pytest.raises(SystemExit) as stopped:
        run(lambda config: None, vae)
    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        "error: --lr is --learning_rate here; --latent_dim is --model.latent_dim here; there is no --device: "
        "a GPU is used where there is one; --cpu does without. --help explains every flag\n"
    )
    monkeypatch.setattr(sys, "argv", ["train_vae", "--help"])
    with pytest.raises(SystemExit):
        run(lambda config: None, vae)
    said = capsys.readouterr().out
    assert "--model.latent_dim" in said and re.findall(r"--[\w.]+-[\w.-]+", said) == []
    monkeypatch.setattr(sys, "argv", ["train_vae", "--output_dir", "x", "--learning_rat", "3"])
    with pytest.raises(SystemExit):
        run(lambda config: None, vae)
    assert "--learning_rate" in capsys.readouterr().err  # the parser's own
