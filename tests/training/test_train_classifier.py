"""The script of the classifier."""

import pytest
import torch

from space.models.classifier import Classifier
from tests.small_runs import classifier_config
from training import train_classifier
from training.batches import Batch, Noise


def test_a_random_scale_makes_size_tell_nothing(tmp_path):
    config = classifier_config(tmp_path, random_scale=0.5)
    x = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    seen = []
    model = Classifier(config.model)
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    objective = train_classifier.CrossEntropy(model, config)
    labels = torch.zeros(6).long()
    objective(Batch(x, labels, Noise(torch.Generator().manual_seed(0))))
    objective.eval()(Batch(x, labels, Noise(torch.Generator().manual_seed(0))))
    assert not any(torch.equal(before, after) for before, after in zip(x, seen[0]))
    assert torch.equal(seen[1], x)  # what is measured is the images as they are
    with pytest.raises(ValueError, match="random_scale is 1"):
        classifier_config(tmp_path, random_scale=1.0)


def test_random_noise_is_of_another_strength_in_each_image(tmp_path):
    config = classifier_config(tmp_path, random_noise=0.1)
    seen = []
    model = Classifier(config.model)
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    objective = train_classifier.CrossEntropy(model, config)
    batch = Batch(
        torch.full((6, 1, 28, 28), 0.5), torch.zeros(6).long(), Noise(torch.Generator().manual_seed(0))
    )
    objective(batch)
    objective.eval()(batch)
    deviations = seen[0].std((1, 2, 3))
    assert 0 < deviations.min() < 0.5 * deviations.max() and deviations.max() <= 0.11
    assert torch.equal(seen[1], batch.x)
    with pytest.raises(ValueError, match="random_noise is 2"):
        classifier_config(tmp_path, random_noise=2.0)
