"""An image editor keeps whatever it is sent ahead of a call, in memory, until a call takes it.

What happens: `ImageEditor.accept_blobs` takes any number of blobs under any id, and makes room for as many
layers as are announced: one form with `type=layer, index=10000000` allocates a list of ten million. What no
call takes stays for good, so that anybody can fill the memory of a page with an editor.
What should: `index` is bounded, and blobs that nobody takes go after a while, or beyond a number.
Version: gradio 6.31.0. When it is mended: `Drawing.accept_blobs` in space/host/components.py goes.
"""

import gradio as gr
from gradio.data_classes import DataWithFiles

editor = gr.ImageEditor()
for number in range(100):
    data = {"type": "layer", "index": 100_000, "id": f"visitor {number}"}
    try:
        editor.accept_blobs(DataWithFiles(data=data, files=[("file", b"x")]))
    except Exception as error:
        print("mended:", error)
        break
kept = editor.blob_storage
longest = max((len(blobs.layers) for blobs in kept.values()), default=0)
print(f"{'FAULT' if longest > 1000 or len(kept) > 50 else 'mended'}: {len(kept)} drawings, {longest} layers")
