"""A call whose X-Forwarded headers cannot be read is accepted and never answered.

What happens: `get_root_url` raises while the answer is made (`x-forwarded-host: x:y:z`, for one), the
call is lost, and its stream sends heartbeats for good.
What should: HTTP 400 when the call is made, or the call is answered.
Version: gradio 6.31.0. When it is mended: `comes_from_nowhere` in space/host/wrong_requests.py goes.
"""

import gradio as gr
import httpx

with gr.Blocks() as demo:
    box = gr.Textbox()
    box.submit(lambda text: text, box, box, api_name="echo")
_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True)
headers = {"x-forwarded-host": "x:y:z"}
made = httpx.post(f"{url}gradio_api/call/echo", json={"data": ["a"]}, headers=headers)
print("calling:", made.status_code)
if made.status_code < 400:
    path = f"{url}gradio_api/call/echo/{made.json()['event_id']}"
    try:
        with httpx.stream("GET", path, headers=headers, timeout=5) as answer:
            lines = [line for line in answer.iter_lines() if line.startswith("event:")]
        print("mended" if "event: complete" in lines else f"FAULT: {answer.status_code} {lines}")
    except httpx.TimeoutException:
        print("FAULT: no answer within five seconds")
else:
    print("mended" if made.status_code < 500 else "FAULT")
demo.close()
