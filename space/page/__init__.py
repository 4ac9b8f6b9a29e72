"""What lessons share on the page. It imports `weights`, `pictures`, `models` and `text`, and no lesson.

`components` alone also imports `space.host`: components built on Gradio's inside.
"""
