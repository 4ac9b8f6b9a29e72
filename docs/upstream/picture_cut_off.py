"""A picture in Gradio's cache is cut off while another visitor gets the same one.

What happens: `save_pil_to_cache` names a picture by its hash and writes it in place, truncating it first.
Whoever is reading the file for somebody who was shown the same picture before gets half of it, or nothing.
What should: a file under its final name is whole: write to a temporary name in the same folder, then
`os.replace`.
The same holds for `save_bytes_to_cache`, `save_base64_to_cache` and `save_audio_to_cache`.
Version: gradio 6.31.0. When it is mended: space/host/whole_files.py goes.
"""

import tempfile
from pathlib import Path
from threading import Event, Thread

import numpy as np
from gradio.processing_utils import save_pil_to_cache
from PIL import Image

image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1500, 1500, 3), np.uint8))
with tempfile.TemporaryDirectory() as folder:
    path = Path(save_pil_to_cache(image, folder, format="png"))
    size, done, sizes = path.stat().st_size, Event(), set()

    def look() -> None:
        while not done.is_set():
            sizes.add(len(path.read_bytes()))

    reader = Thread(target=look)
    reader.start()
    for _ in range(5):
        save_pil_to_cache(image, folder, format="png")
    done.set()
    reader.join()
print("FAULT: read", sorted(sizes), "bytes of a picture of", size) if sizes != {size} else print("mended")
