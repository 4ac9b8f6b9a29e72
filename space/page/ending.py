"""The end of the lecture, as HTML: what all families can do, five exercises, what to read.

Figures come from the metrics.json of the bundled models, the number of steps from a config.
"""

import json
from html import escape
from typing import NamedTuple

from space.models import roles
from space.page.markup import metric_value, protocols
from space.page.words import words
from space.weights.hub import BUNDLED
from space.weights.side_files import Metrics, read_metrics


class Family(NamedTuple):
    """A row of the table: its texts, and the model that its figures are of."""

    density: str
    sampling: str
    model: str = ""
    nats: str = ""
    """key of the metric"""


FAMILIES = {
    "histogram": Family("exact", "draw"),
    "pixelcnn": Family("exact", "passes", roles.PIXELS, "nll"),
    "flow": Family("exact", "pass"),
    "autoencoder": Family("none", "nowhere", roles.PLAIN),
    "vae": Family("bound", "pass", roles.VAE_DEEP, "iw_nll_1000"),
    "energy": Family("unscaled", "chain"),
    "gan": Family("none", "pass", roles.GAN),
    "dcgan": Family("none", "pass", roles.DCGAN),
    "cyclegan": Family("none", "pass"),
    "diffusion": Family("bound", "passes", roles.DIFFUSION),
    "matching": Family("exact", "passes", roles.FLOW),
}
"""in the order of the lecture; those without a model are seen on the bench, or translate"""
DISTANCE = "lenet_fid"
EXERCISES = {
    "histogram": "tab=heights&data=korea&who=both&model=histogram&n=200",
    "bound": "tab=tree&data=moons&family=vae",
    "sparse": f"tab=reconstruct&digit=60&model={roles.SPARSE}",
    "collapse": "tab=game&preset=collapse&moves=2000",
    "steps": "tab=diffusion&class=3&steps=8&sampler=both",
}
"""exercise -> the state of the lab that it opens"""
PAPERS = {
    "tree": ("Goodfellow 2016, NIPS 2016 Tutorial: Generative Adversarial Networks", "1701.00160"),
    "pixelcnn": ("van den Oord et al. 2016, Pixel Recurrent Neural Networks", "1601.06759"),
    "flow": ("Dinh et al. 2017, Density Estimation Using Real NVP", "1605.08803"),
    "sparse": ("Makhzani & Frey 2013, k-Sparse Autoencoders", "1312.5663"),
    "vae": ("Kingma & Welling 2014, Auto-Encoding Variational Bayes", "1312.6114"),
    "gan": ("Goodfellow et al. 2014, Generative Adversarial Networks", "1406.2661"),
    "dcgan": (
        "Radford et al. 2016, Unsupervised Representation Learning with Deep Convolutional GANs",
        "1511.06434",
    ),
    "cyclegan": (
        "Zhu et al. 2017, Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
        "1703.10593",
    ),
    "diffusion": ("Ho et al. 2020, Denoising Diffusion Probabilistic Models", "2006.11239"),
    "guidance": ("Ho & Salimans 2022, Classifier-Free Diffusion Guidance", "2207.12598"),
    "matching": ("Lipman et al. 2023, Flow Matching for Generative Modeling", "2210.02747"),
    "evaluation": ("Theis et al. 2016, A Note on the Evaluation of Generative Models", "1511.01844"),
    "strange": ("Nalisnick et al. 2019, Do Deep Generative Models Know What They Don't Know?", "1810.09136"),
}
"""topic -> authors, year and title, number on arXiv"""


def _passes(family: Family) -> str:
    if family.sampling != "passes":
        return words(f"ending.{family.sampling}")
    config = json.loads((BUNDLED / family.model / "config.json").read_bytes())
    count = config.get("num_inference_steps") or config["in_channels"] * config["image_size"] ** 2
    return words("ending.passes", count=count)


def _figure(metrics: Metrics, key: str, sign: str = "") -> str:
    return f"<td>{sign}{metric_value(metrics[key], with_unit=False)}</td>" if key in metrics else "<td>–</td>"


def summary() -> str:
    """The table of all families, and how its figures were measured."""
    head = "".join(
        f"<th scope='col'>{words(f'ending.{key}')}</th>"
        for key in ("family", "density", "sampling", "good", "nats", "distance")
    )
    rows, ways = [], {}
    for name, family in FAMILIES.items():
        metrics = read_metrics(BUNDLED / family.model) if family.model else {}
        sign = "≤ " if family.density == "bound" else ""
        rows.append(
            f"<tr><th scope='row'>{words(f'ending.{name}')}</th><td>{words(f'ending.{family.density}')}</td>"
            f"<td>{_passes(family)}</td><td>{words(f'ending.{name}.good')}</td>"
            f"{_figure(metrics, family.nats, sign)}{_figure(metrics, DISTANCE)}</tr>"
        )
        for key in {family.nats, DISTANCE} & metrics.keys():
            ways.setdefault(key, {})[str(metrics[key].get("protocol", ""))] = True
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div><p class='hint'>{words('ending.note')}</p>"
        f"{protocols({key: list(found) for key, found in sorted(ways.items())})}"
    )


def exercises() -> str:
    """Five tasks, each with a link to where it begins."""
    items = "".join(
        f"<li><p>{words(f'ending.exercise.{name}')}</p>"
        f'<p><a href="?{escape(link)}" target="_blank">{words("ending.open")}</a></p>'
        f"<details><summary>{words('ending.answer')}</summary>"
        f"<p>{words(f'ending.exercise.{name}.answer')}</p></details></li>"
        for name, link in EXERCISES.items()
    )
    return f'<ol class="exercises">{items}</ol>'


def reading() -> str:
    """The papers behind the lab."""
    items = "".join(
        f'<li><a href="https://arxiv.org/abs/{number}" target="_blank" rel="noopener">{escape(title)}</a> '
        f"<small>{words(f'ending.read.{topic}')}</small></li>"
        for topic, (title, number) in PAPERS.items()
    )
    return f"<ul>{items}</ul>"


PARTS = {"summary": summary, "exercises": exercises, "reading": reading}
"""steps of the lecture that have no tab beside them -> what they show below their text"""
