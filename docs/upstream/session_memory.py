"""Each call of the API keeps a copy of the whole page's configuration.

What happens: `SessionState.__init__` copies the configuration of every component, for deep links, and a call
of `gradio_client` without a session makes a session. A page of 300 components holds on to some 100 kB a call,
up to `state_session_capacity` (10,000) times.
What should: a session holds what differs from the page, and copies configurations where a page has a deep
link.
Version: gradio 6.31.0. When it is mended: space/host/sessions.py goes.
"""

import tracemalloc

import gradio as gr
from gradio.state_holder import SessionState

with gr.Blocks() as demo:
    for number in range(300):
        gr.Slider(0, 1, label=f"a slider with a label, number {number}")
tracemalloc.start()
sessions = [SessionState(demo) for _ in range(20)]
each = tracemalloc.get_traced_memory()[0] / len(sessions)
print(f"{'FAULT' if each > 20_000 else 'mended'}: a session holds {each / 1000:.0f} kB")
