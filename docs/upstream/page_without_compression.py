"""The page is built anew for each visitor, and is not compressed.

What happens: for a page of 300 components, each GET / takes tens of milliseconds of a core and sends some
hundred kB as they are; the same page goes to everybody.
What should: the page is kept for each root address and language, and is sent by gzip where the browser takes
it.
Version: gradio 6.31.0. When it is mended: space/host/page_cache.py goes.
"""

import time

import gradio as gr
from starlette.testclient import TestClient

with gr.Blocks() as demo:
    for number in range(300):
        gr.Slider(0, 1, label=f"a slider with a label, number {number}")
app, _, _ = demo.launch(prevent_thread_lock=True, quiet=True)
client = TestClient(app)
client.get("/")
start = time.monotonic()
answer = client.get("/", headers={"accept-encoding": "gzip"})
seconds, packed = time.monotonic() - start, answer.headers.get("content-encoding")
size = len(answer.content) / 1000
print(f"{'mended' if packed else 'FAULT'}: {seconds * 1000:.0f} ms, {size:.0f} kB, content-encoding {packed}")
demo.close()
