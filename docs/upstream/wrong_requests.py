"""Requests that are wrong are answered as faults of the app: HTTP 500 with a traceback in the log.

What happens: each request below raises inside Gradio (`KeyError`, `TypeError`, `AttributeError`, a form
parser's error), so that anybody can fill a log with tracebacks, and an operator cannot tell them from faults
of the app.
What should: a 4xx: an unknown endpoint 404, arguments that do not fit 422, a form without its fields 422, an
upload that holds no file 400, an unknown page 404, an unknown function 404.
Version: gradio 6.31.0. When it is mended: `names_nothing`, `Known`, `check_form`, `check_json`,
`_construct_args` and `_on_headers_finished` in space/host/wrong_requests.py go.
"""

import gradio as gr
from starlette.testclient import TestClient

with gr.Blocks() as demo:
    box = gr.Textbox(label="text")
    box.submit(lambda text: text, box, box, api_name="echo")
app, _, _ = demo.launch(prevent_thread_lock=True, quiet=True)
client = TestClient(app, raise_server_exceptions=False)
boundary = {"content-type": "multipart/form-data; boundary=x"}
no_file = b'--x\r\ncontent-disposition: form-data; name="files"\r\n\r\ntext\r\n--x--\r\n'
join = {"fn_index": 99, "session_hash": "a", "data": []}
for what, answer in {
    "an endpoint that is not there": client.post("/gradio_api/call/v2/nothing", json={}),
    "arguments of another name": client.post("/gradio_api/call/v2/echo", json={"nothing": 1}),
    "a function that is not there": client.post("/gradio_api/queue/join", json=join),
    "a page that is not there": client.get("/", params={"page": "nothing"}),
    "an upload without a file": client.post("/gradio_api/upload", content=no_file, headers=boundary),
    "a form without its fields": client.post(
        "/gradio_api/component_server", content=b"--x--\r\n", headers=boundary
    ),
}.items():
    print("FAULT" if answer.status_code >= 500 else "mended", answer.status_code, what)
demo.close()
