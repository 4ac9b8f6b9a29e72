"""Metrics of classifiers."""

import torch

from space.models.classifier import Classifier
from training.data import Images, to_float
from training.measure.metric import Metrics, metric


@torch.no_grad()
def evaluate_classifier(model: Classifier, test: Images) -> Metrics:
    """Accuracy on the test split."""
    model.eval()
    device = next(model.parameters()).device
    classes = torch.cat(
        [model(to_float(part.to(device))).argmax(1).cpu() for part in test.pixels.split(1000)]
    )
    accuracy = (classes == test.labels).float().mean().item()
    return {
        "accuracy": metric(100 * accuracy, "%", "higher", f"share of images put right; {test.description}")
    }
