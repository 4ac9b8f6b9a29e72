"""Measure who needs fewer people, a boundary or a distribution of each kind, for the classify lesson.

    python -m training.bench.crossing

It runs the page's own code, `space/browser/redraws.js`, in Node.js: height and weight of ANSUR II, samples
of n people, half of each sex, tested on all others, as often as `num_redraws` says for every n. It writes
training/bench/results/crossing.csv, prints it as a table, and draws crossing.png, standard errors as bars.
The picture needs Matplotlib, as in `curves`.
"""

import csv
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.bench.curves import RESULTS, pyplot
from training.command_line import run
from training.errors import TrainingError

ROOT = Path(__file__).parents[2]
SCRIPT = """
import { readFileSync } from "node:fs";
import { fileOf, readPeople } from "./space/browser/people.js";
import { Redraws, RIVALS, Size, SIZES } from "./space/browser/redraws.js";
const { sex, columns } = readPeople(readFileSync(fileOf("ansur2"), "utf8"));
const label = Uint8Array.from(sex, (each) => (each === "M" ? 1 : 0));
const redraws = new Redraws({ columns: [columns.height_cm, columns.weight_kg], label });
const sizes = SIZES.map((n) => {
  const size = new Size(n);
  for (let number = 1; number <= NUM_REDRAWS; number++) size.add(redraws.draw(n, number));
  const means = [...size.means, size.gap].map(({ mean, error, count }) => (count > 1 ? [mean, error] : null));
  return { n, means, separable: size.separable };
});
console.log(JSON.stringify({ rivals: [...RIVALS, "gap"], sizes }));
"""
NAMES = {
    "logistic": "logistic regression",
    "naive_shared": "naive Bayes, one spread",
    "naive": "naive Bayes",
    "lda": "LDA",
    "qda": "QDA",
}


@dataclass(frozen=True)
class CrossingConfig:
    """Measure who needs fewer data, a boundary or a distribution of each kind."""

    num_redraws: int = 200
    """samples of every size; at least 2"""
    output_dir: Path = RESULTS
    """where the table and the picture go"""


def measure(num_redraws: int) -> dict[str, Any]:
    """Per size: mean and standard error of each rival's errors and of the gap, and the separable samples."""
    script = SCRIPT.replace("NUM_REDRAWS", str(num_redraws))
    try:
        done = subprocess.run(
            ["node", "--input-type=module", "-e", script],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        raise TrainingError("There is no node on PATH: install Node.js 18.15 or newer.") from None
    return json.loads(done.stdout)


def write(found: dict[str, Any], num_redraws: int, path: Path) -> None:
    """crossing.csv, in %; empty where a rival cannot answer."""
    names = [name for rival in found["rivals"] for name in (rival, f"{rival}_standard_error")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["n", *names, "separable", "redraws"])
        for size in found["sizes"]:
            values = [value for mean in size["means"] for value in mean or (None, None)]
            shown = ["" if value is None else f"{100 * value:.4f}" for value in values]
            writer.writerow([size["n"], *shown, size["separable"], num_redraws])


def table(found: dict[str, Any]) -> str:
    """The same in Markdown, two digits."""
    heads = [*NAMES.values(), "logistic − naive, one spread", "separable"]
    lines = [f"| n | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for size in found["sizes"]:
        cells = [f"{100 * mean[0]:.2f} ± {100 * mean[1]:.2f}" if mean else "–" for mean in size["means"]]
        row = " | ".join([str(size["n"]), *cells, str(size["separable"])]).replace("-", "−")
        lines.append(f"| {row} |")
    return "\n".join(lines)


def draw(found: dict[str, Any], path: Path) -> None:
    """The errors against n, with bars of one standard error."""
    plt = pyplot()
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for k, rival in enumerate(NAMES):
        points = [(size["n"], *size["means"][k]) for size in found["sizes"] if size["means"][k]]
        n, mean, error = zip(*points, strict=True)
        axes.errorbar(
            n,
            [100 * value for value in mean],
            yerr=[100 * value for value in error],
            label=NAMES[rival],
            color="#1e293b" if rival == "logistic" else "#ea580c",
            linestyle={"naive": "--", "lda": ":", "qda": "-."}.get(rival, "-"),
            linewidth=2.2 if rival in ("logistic", "naive_shared") else 1.2,
            capsize=2,
        )
    sizes = [size["n"] for size in found["sizes"]]
    axes.set(xscale="log", xlabel="people in the sample", ylabel="error on all others, %")
    axes.set_xticks(sizes, [str(n) for n in sizes])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(config: CrossingConfig) -> None:
    if config.num_redraws < 2:
        raise TrainingError(f"num_redraws is {config.num_redraws}; an error needs at least 2.")
    found = measure(config.num_redraws)
    config.output_dir.mkdir(parents=True, exist_ok=True)
    write(found, config.num_redraws, config.output_dir / "crossing.csv")
    print(table(found))
    draw(found, config.output_dir / "crossing.png")


if __name__ == "__main__":
    run(main, CrossingConfig)
