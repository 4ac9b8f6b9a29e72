"""Accelerate scripts that train, evaluate and publish the models of `space.models`.

It may import `models`, `weights`, `pictures` and `text` of the app.
"""

import os

# Before torch is imported: a thread that waits for others spins for about 0.02 ms, then sleeps. With the
# default of 3 ms a busy process takes many times its share of a step, with none small models lose half of
# their speed (`training.bench.benchmark --neighbour`).
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")

try:
    import torchvision as _torchvision  # noqa: F401  imported next, for a clear word where it does not fit
except (ImportError, RuntimeError) as error:
    from importlib.metadata import version

    raise ImportError(
        f"torchvision is missing, or made for another torch than {version('torch')}, which is installed. "
        "Install the two together: pip install --upgrade torch torchvision"
    ) from error
