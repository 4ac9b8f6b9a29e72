"""Accelerate scripts that train, evaluate and publish the models of `space.models`."""

try:
    import torchvision as _torchvision  # noqa: F401  imported first, for a clear word where it does not fit
except (ImportError, RuntimeError) as error:
    from importlib.metadata import version

    raise ImportError(
        f"torchvision is missing, or made for another torch than {version('torch')}, which is installed. "
        "Install the two together: pip install --upgrade torch torchvision"
    ) from error
