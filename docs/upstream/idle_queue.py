"""An app that nobody uses takes 3 % of a core.

What happens: the queue looks a thousand times a second for calls, and a hundred times for progress to report.
What should: it waits until a call has come or one has ended.
Version: gradio 6.31.0. When it is mended: `start_processing` and `start_calls` of space/host/queue.py go.
"""

import time

import gradio as gr

with gr.Blocks() as demo:
    gr.Button("a button").click(lambda: None)
demo.launch(prevent_thread_lock=True, quiet=True)
time.sleep(2)  # what the start leaves to do
start, used = time.monotonic(), time.process_time()
time.sleep(5)
share = (time.process_time() - used) / (time.monotonic() - start)
print(f"{'mended' if share < 0.005 else 'FAULT'}: {100 * share:.1f} % of a core")
demo.close()
