"""What serves the page: the only room that reaches into Gradio's inside, Starlette's inside or the system.

It may import `text`. `space/app.py` alone imports it, and `space/page/components.py` its `components`.
tests/space/host/test_contract.py lists every such reach.
"""
