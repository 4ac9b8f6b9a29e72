"""What serves the page: the only room that reaches into Gradio's inside, Starlette's inside or the system.

It may import `text`. It is imported by `space/app.py`. Besides, `space/page/components.py` imports its
`components`, and the `app.py` that starts the lab its `malloc` and `temporary_files`.
tests/space/host/test_contract.py holds what it relies on inside Gradio and Starlette.
"""
