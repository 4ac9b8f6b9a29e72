"""What must stand before the libraries are imported: import this first, before Gradio and torch.

Settings that they read only then (what is set already stays), the folder for temporary files, ZeroGPU's
package, and Gradio itself, in a way that saves a quarter of the start.
"""

import inspect
import os
from typing import Any
from unittest.mock import patch

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # else Gradio tells its makers of every start
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # else 6 ms of statistics a call
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")  # of 10,000; nobody looks at them
os.environ.setdefault("OMP_NUM_THREADS", "1")  # small models; the other core of a Space serves the page
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "SPACES_ZERO_GPU" in os.environ:
    import spaces  # noqa: F401  must come before torch; what it is for is in space/weights/gpu.py

from space.host import temporary  # noqa: F401  Gradio reads the name of its folder


def import_gradio() -> None:
    """Import Gradio without its type stubs.

    As each component class is made, at every start, Gradio parses its source and writes a stub file beside
    it, which only an editor reads: 1.3 of the 4.7 seconds that imports take. It passes over classes that
    have no source file. Should another version go about it otherwise, this does nothing.
    """
    file_of = inspect.getfile

    def file_of_all_but_classes(what: Any) -> str:
        if inspect.isclass(what):
            raise OSError
        return file_of(what)

    with patch("inspect.getfile", file_of_all_but_classes):
        from gradio import blocks_events, component_meta
    component_meta.create_or_modify_pyi = blocks_events.create_or_modify_pyi = lambda *_: None  # of our own


import_gradio()
