"""One interaction a folder: its layout, its work, its script and style.

It may import `page`, `weights`, `pictures`, `models` and `text`. A lesson imports no other lesson, and its
`work` no Gradio.
"""
