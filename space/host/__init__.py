"""How the page is served: the only room that reaches into Gradio or the system. Imports `text`."""
