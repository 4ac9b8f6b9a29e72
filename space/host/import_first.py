"""Import this before Gradio and torch: settings that libraries read as they are imported, and Gradio itself.

A setting that is there already stays. Gradio is imported in a way that saves a quarter of the start.
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
    import spaces  # noqa: F401  before torch; space/weights/gpu.py uses it

from space.host import temporary_files  # noqa: F401  sets the folder whose name Gradio reads

PROXIES = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7"
"""Networks that are private. In a Space whoever connects from there is a proxy of the Hub, which adds the
visitor's address to `X-Forwarded-For`; what stands before it is the visitor's own word."""
if "SPACE_ID" in os.environ:
    os.environ.setdefault("FORWARDED_ALLOW_IPS", PROXIES)  # else all visitors have the address of the Hub's


def import_gradio() -> None:
    """Import Gradio without its type stubs.

    At every start, for each component class, Gradio parses the class's source and writes a stub file beside
    it, which only an editor reads: 1.3 of the 4.7 seconds that imports take. It passes over classes that have
    no source file, so that here none has one. A Gradio that goes about it otherwise is imported as usual.
    """
    file_of = inspect.getfile

    def file_of_all_but_classes(what: Any) -> str:
        if inspect.isclass(what):
            raise OSError
        return file_of(what)

    with patch("inspect.getfile", file_of_all_but_classes):
        from gradio import blocks_events, component_meta
    # the classes of this project come later, when `inspect.getfile` works again
    component_meta.create_or_modify_pyi = blocks_events.create_or_modify_pyi = lambda *_: None


import_gradio()
