"""Where a visitor's picture comes from: an example, a drawing or an uploaded file, each with a panel."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from space.page.components import Drawing, PictureFile, as_trigger, blank_paper, paper
from space.page.found_digit import BOXABLE, FoundDigit, cut
from space.page.handlers import FILES, PRIVATE, friendly
from space.page.markup import notice
from space.page.words import i18n, words
from space.text.refusals import Problem


@dataclass(frozen=True)
class PictureSource:
    """The components of a lesson that shows one picture of the visitor's choice."""

    source: gr.Radio
    """one of the names given to `build_picture_source`"""
    examples: gr.HTML
    sketch: Drawing | gr.HTML
    """paper, or a board of the lesson's own, whose drawing is its value"""
    upload: PictureFile
    panels: Sequence[gr.Column]
    """one for each source; only the chosen one is visible"""
    found: FoundDigit | None
    """the box on the upload, in a lesson of digits"""
    drawn: gr.State = field(default_factory=lambda: gr.State(None))
    uploaded: gr.State = field(default_factory=lambda: gr.State(None))
    """what the lesson reads of the visitor's drawing and upload, each None while there is no such picture"""

    @property
    def chosen(self) -> list[Any]:
        """What tells the picture, as inputs of a handler."""
        drawn = self.drawn if isinstance(self.sketch, Drawing) else self.sketch
        return [self.source, self.examples, drawn, self.uploaded]

    def give(
        self, component: gr.HTML, pictures_of: Callable[..., Any], settings: Sequence[gr.components.Component]
    ) -> None:
        """Tell a component that computes in the browser of its `settings`, and of the visitor's pictures.

        `pictures_of` makes an update of the component out of `drawn` and `uploaded`. The values of the
        settings go to its prop `settings`, as soon as it is `ready`.
        """
        own = [self.drawn, self.uploaded]
        changes = [picture.change for picture in own]
        gr.on(changes, friendly(pictures_of), own, component, trigger_mode="always_last", **PRIVATE)
        gr.on(
            [as_trigger(component.ready), *(setting.change for setting in settings)],
            None,
            settings,
            component,
            js="(...settings) => ({ __type__: 'update', props: { settings } })",
            **PRIVATE,
        )

    def bind(self, read_drawing: Callable[..., Any] | None, read_upload: Callable[..., Any]) -> None:
        """Bind the events; `read_drawing` and `read_upload` give what the states hold.

        A board of the lesson's own needs no `read_drawing`.
        """
        drawn, uploaded = self.drawn, self.uploaded
        names = [name for _, name in self.source.choices]
        js = "(chosen) => %s.map((name) => ({ __type__: 'update', visible: name === chosen }))"
        js %= json.dumps(names)
        self.source.change(None, self.source, self.panels, js=js, **PRIVATE)
        if isinstance(self.sketch, Drawing):
            self.sketch.input(
                friendly(read_drawing), self.sketch, drawn, trigger_mode="always_last", **FILES, **PRIVATE
            )
            self.sketch.clear(lambda: (blank_paper(), None), None, [self.sketch, drawn], **PRIVATE)
        if self.found is None:
            read = self.upload.change(friendly(read_upload), self.upload, uploaded, **FILES, **PRIVATE)
            read.failure(lambda: None, None, uploaded, **PRIVATE)  # or the last picture would stay
        else:
            seen = [uploaded, self.found]
            read = self.upload.change(friendly(read_upload), self.upload, seen, **FILES, **PRIVATE)
            read.failure(lambda: (None, gr.update(visible=False)), None, seen, **PRIVATE)
            boxed = [self.upload, self.found]
            self.found.moved(friendly(cut), boxed, uploaded, trigger_mode="always_last", **FILES, **PRIVATE)


def build_picture_source(
    lesson: str,
    names: Sequence[str],
    build_examples: Callable[[], gr.HTML],
    boxed: bool = False,
    build_board: Callable[[], gr.HTML] | None = None,
    camera: bool = False,
    first: str = "",
    **settings: Any,
) -> PictureSource:
    """The radio and the panels, in a `gr.Column` of the caller's.

    `names` are those of the sources: examples, drawing, upload. Texts and ids begin with the name of the
    `lesson`; `settings` are those of `paper`, which a board replaces that `build_board` makes. On an upload
    that is `boxed` a box says where the digit is. With a `camera` an upload may come from there. The lesson
    opens on the source `first`, else on the first of the `names`.
    """
    first = first or names[0]
    source = gr.Radio(
        [(i18n(f"{lesson}.source.{name}"), name) for name in names],
        value=first,
        label=i18n(f"{lesson}.source"),
        elem_id=f"{lesson}-source",
    )
    with gr.Column(visible=first not in ("draw", "upload")) as example_panel:
        examples = build_examples()
    with gr.Column(visible=first == "draw") as draw_panel:
        if build_board:
            sketch = build_board()
        else:
            sketch = paper(label=i18n(f"{lesson}.sketch"), elem_id=f"{lesson}-sketch", **settings)
    with gr.Column(visible=first == "upload") as upload_panel:
        upload = PictureFile(
            type="filepath",
            sources=["upload", *(["webcam"] if camera else []), "clipboard"],
            height=250,
            label=i18n(f"{lesson}.upload"),
            elem_id=f"{lesson}-upload",
        )
        found = FoundDigit(visible=False, elem_id=f"{lesson}-found") if boxed else None
    panels = {"draw": draw_panel, "upload": upload_panel}
    return PictureSource(
        source, examples, sketch, upload, [panels.get(name, example_panel) for name in names], found
    )


def hint(problem: Problem) -> str:
    """If there is no picture yet, or no digit on it, a hint as the result; other problems are raised."""
    if problem.key not in ("problem.empty_drawing", "problem.no_image", *BOXABLE):
        raise problem
    return notice(words(problem.key))
