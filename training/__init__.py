"""Accelerate scripts that train, evaluate and publish the models of `space.models`."""

import os

# Before torch is imported: threads that wait for others shall sleep. By default they spin, and beside a busy
# process a step then takes up to ten times as long. GOMP_SPINCOUNT says otherwise.
if "GOMP_SPINCOUNT" not in os.environ:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import torchvision as _torchvision  # noqa: F401  imported next, for a clear word where it does not fit
except (ImportError, RuntimeError) as error:
    from importlib.metadata import version

    raise ImportError(
        f"torchvision is missing, or made for another torch than {version('torch')}, which is installed. "
        "Install the two together: pip install --upgrade torch torchvision"
    ) from error
