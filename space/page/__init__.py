"""What lessons share on the page. It may import `weights`, `pictures`, `models` and `text`.

`components` alone also imports `space.host`: components built on Gradio's inside.
`routes` and `modules` alone import Starlette.
"""
