"""How the page looks: its logo, colours and fonts, styles, and the scripts and styles of its head."""

import gradio as gr

from space.page import modules
from space.page.components import asset

LOGO = """
<svg class="logo" viewBox="0 0 64 48" aria-hidden="true">
  <path d="M4 4 26 17v14L4 44zM60 4 38 17v14l22 13z"/><path class="code" d="M29 17h6v14h-6z"/>
</svg>
"""
THEME = gr.themes.Base(
    primary_hue="indigo",
    neutral_hue="slate",
    radius_size="md",
    font=[
        "system-ui",
        "Apple SD Gothic Neo",
        "Malgun Gothic",
        "Noto Sans KR",
        "Noto Sans CJK KR",
        "sans-serif",
        "Lab Hangul",  # of theme.css: fetched only where none of these has Korean
    ],
    font_mono=["ui-monospace", "Consolas", "monospace"],
).set(  # contrast of at least 4.5 to 1, where the stock colours have less
    body_text_color_subdued="*neutral_500",
    body_text_color_subdued_dark="*neutral_400",
    color_accent="*primary_600",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    slider_color="*primary_600",
    block_info_text_color="*body_text_color_subdued",
    block_label_text_color="*body_text_color",
    block_title_text_color="*body_text_color",
)
CSS = asset("page/theme.css")
STYLES = "page/lecture.css", "page/diagram.css", "page/phone.css", "page/forced_colors.css"
HEAD = (
    modules.HEAD  # and styles that Gradio would rewrite as part of `css`
    + f"<style>{asset(*STYLES)}</style>"
)
