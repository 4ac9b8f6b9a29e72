"""State in the link: the page's address says what is on it, and whoever opens it sees the same.

`?tab=manifold&z=0.5,-1.2` names the open tab and those of its choices that are not the default. The
`build` of a tab returns what can be linked; `bind` hands it to `link.js`, which keeps the address up to date
and reads it, both in the browser: neither asks the server anything. What an address may hold is checked there
against the rules below; the rest of it is left out. Pictures that a visitor drew or uploaded are in no link.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from space.page.handlers import PRIVATE
from space.page.modules import module
from space.page.words import words

Rule = dict[str, Any]
"""What a parameter may be, for `link.js`: `choices`; or numbers from `least` to `most`, `whole` or not, and
a list of `count[0]` to `count[1]` of them where `count` is given. With `repository` it may also be the id
of one on the Hub. `default` is what a link without it
means, and `first` what the page begins with, where that is something else."""


def one_of(*values: Any, default: Any = None) -> Rule:
    """One of the values."""
    return {"choices": values, "default": default}


def model_of(menu: gr.Dropdown) -> Rule:
    """One of a menu's models, or the id of a repository."""
    return {**rule_of(menu), "repository": True}


def number(least: float, most: float, whole: bool = False, default: Any = None) -> Rule:
    """A number in [least, most]."""
    return {"least": least, "most": most, "whole": whole, "default": default}


def numbers(
    fewest: int, at_most: int, least: float, most: float, whole: bool = False, default: Any = None
) -> Rule:
    """A list of `fewest` to `at_most` numbers, each in [least, most]."""
    return {**number(least, most, whole, default), "count": (fewest, at_most)}


@dataclass(frozen=True)
class Linked:
    """A component whose state is in the link, with a rule for each parameter.

    A component of Gradio has one parameter: its value. A component of our `own` may have several. Its script
    calls `tell` of link.js when they change; through `follow`, link.js calls it back when a link is followed.
    In the link, each parameter's name begins with `prefix`.
    """

    component: gr.components.Component
    rules: dict[str, Rule]
    own: bool = False
    prefix: str = ""


def value(
    name: str, component: gr.components.Component, rule: Rule | None = None, default: Any = None
) -> Linked:
    """The value of a component; the rule is the component's own where it has choices or bounds.

    `default` is what links mean without it; None is what the component begins with.
    """
    first = component.value if default is None else default
    began = {} if first == component.value else {"first": component.value}
    return Linked(component, {name: {**(rule or rule_of(component)), "default": first, **began}})


def rule_of(component: gr.components.Component) -> Rule:
    """Choices or bounds of a component."""
    if isinstance(component, gr.Slider):
        return number(component.minimum, component.maximum, whole=component.step == 1)
    if isinstance(component, gr.Dropdown | gr.Radio):
        return one_of(*(value for _, value in component.choices))
    raise ValueError(f"{component} has neither choices nor bounds: give it a rule")


TELL = "(window.labEvents ??= []).push"
"""JavaScript that tells link.js of an event, which may come before that has started"""


class Link(gr.HTML):
    """A button that copies the link; its script, `link.js`, does all that is said above."""

    def __init__(self, tabs: dict[str, list[dict[str, Any]]], **kwargs: Any) -> None:
        super().__init__(
            html_template=(
                f'<button type="button" class="copy">{words("link.copy")}</button>'
                f'<span class="said" role="status"><span hidden>{words("link.copied")}</span></span>'
                '<input class="address" readonly hidden>'
            ),
            js_on_load=module("page/link.js", "go"),
            apply_default_css=False,
            tabs=tabs,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def bind(tabs: gr.Tabs, linked: dict[str, Sequence[Linked]]) -> Link:
    """Put the button here, and bind all that the tabs (by their ids) can be linked by."""
    link = Link({tab: [_describe(one) for one in parts] for tab, parts in linked.items()}, elem_id="link")
    private = PRIVATE | {"queue": False}
    components = [one.component for parts in linked.values() for one in parts if not one.own]
    link.go(None, None, [tabs, *components], js="() => window.labLink.outputs()", **private)
    for tab in tabs.children:
        tab.select(None, None, None, js=f"() => {{ {TELL}(['open', '{tab.id}']) }}", **private)
        if values := [one.component for one in linked[tab.id] if not one.own]:
            changes = [component.change for component in values]
            gr.on(
                changes,
                None,
                values,
                js=f"(...values) => {{ {TELL}(['note', '{tab.id}', values]) }}",
                **private,
            )
    return link


def _describe(one: Linked) -> dict[str, Any]:
    rules = {key: {**rule, "name": one.prefix + key} for key, rule in one.rules.items()}
    return {"id": one.component.elem_id, "own": one.own, "rules": rules}


def names(linked: Iterable[Linked]) -> list[str]:
    """The parameters of a tab, as they stand in the link."""
    return [one.prefix + key for one in linked for key in one.rules]
