"""`gr.on` does not take the events of a `gr.HTML` that its own script triggers.

What happens: an event that `js_on_load` names becomes a method of the component, but as a
`functools.partial`. `gr.on` reads `trigger.__self__` and fails with `AttributeError`, so that one handler
cannot have such an event and others.
What should: `gr.on([html.picked, button.click], …)` works as with built-in events.
Version: gradio 6.31.0. When it is mended: `as_trigger` in space/host/components.py goes.
"""

import gradio as gr

with gr.Blocks():
    html = gr.HTML("<p>x</p>", js_on_load="element.onclick = () => trigger('picked', {})")
    button, text = gr.Button(), gr.Textbox()
    try:
        gr.on([html.picked, button.click], lambda: "", None, text)
        print("mended")
    except AttributeError as error:
        print("FAULT:", error)
