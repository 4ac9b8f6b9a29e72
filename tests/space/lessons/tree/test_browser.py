"""The tree tab in a real browser: families learn, are scored and kept; a link brings back their numbers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages import stroke, until_quiet
from tests.processes import Lab

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000
"""a busy machine is slow, not wrong; nothing waits longer than it has to"""
LESSON = "[...document.querySelectorAll('#tree *')].find((one) => one.treeLesson)"
FOUND = f"""(family) => {{
  const {{ bench, frame }} = {LESSON}?.treeLesson ?? {{}};
  return frame?.family === family && frame.result && !frame.busy && bench.answer && !bench.asking
    && [frame.steps, frame.result.kl, frame.result.logP, frame.result.quality, bench.answer.log];
}}"""


def found(page: Page, family: str) -> list[float]:
    """What the page has found of a family, once it is scored."""
    return page.wait_for_function(FOUND, arg=family, timeout=PATIENCE_MS).json_value()


def choose(page: Page, family: str) -> None:
    page.locator(f"#tree button.leaf[data-family={family}]").click()


def test_families_learn_from_the_same_points_and_a_link_brings_back_their_numbers(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&data=moons&family=autoregressive&steps=40")
    learned = found(page, "autoregressive")
    assert learned[0] == 40 and learned[1] > 0
    until_quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    choose(page, "gaussians")
    found(page, "gaussians")
    choose(page, "histogram")
    found(page, "histogram")
    expect(page.locator("#tree .meter output")).to_have_text("KL ∞")
    expect(page.locator("#tree .questions .wrong .now")).to_contain_text("new points have density 0")
    rows = page.locator("#tree .results tbody th")
    assert rows.all_inner_texts() == ["Gaussian mixture", "Autoregressive", "Histogram"]  # the best first

    choose(page, "autoregressive")
    assert found(page, "autoregressive") == learned  # it was kept
    page.wait_for_function("location.search.includes('steps=40')")
    assert [url for url in asked if "/heartbeat/" not in url] == []
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    assert found(page, "autoregressive") == learned


def test_a_gan_is_not_asked(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&family=gan&steps=5&seed=2&at=nonsense&side=1e9")
    assert found(page, "gan")[1:3] == [None, None]
    expect(page.locator("#tree .meter output")).to_have_text("cannot be asked")
    expect(page.locator("#tree .point .said-of b")).to_have_text("cannot be asked")
    note = page.locator("#tree .meter .note")
    expect(note).to_have_text(re.compile(r"A ruler of width 0\.10 .* says KL \d"), timeout=PATIENCE_MS)
    page.locator("#tree .slider.ruler input").press("End")
    expect(note).to_have_text(re.compile(r"A ruler of width 0\.60 .* says KL \d"), timeout=PATIENCE_MS)


@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_what_breaks_is_told_and_what_is_drawn_is_learned(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&family=autoregressive&rate=1000")
    problem = page.locator("#tree .problem")
    expect(problem).to_contain_text("NaN", timeout=PATIENCE_MS)
    problem.get_by_role("button").click()
    assert found(page, "autoregressive")[1] is not None
    expect(problem).to_be_hidden()

    page.locator("#tree .chips input[value=drawn] + span").click()
    expect(page.locator("#tree .draw-here")).to_be_visible()
    expect(page.locator("#tree .run")).to_be_disabled()
    choose(page, "gaussians")
    stroke(page.locator("#tree .truth canvas"), (0.5, 0.5), (0.5, 0.5))  # a dot
    assert found(page, "gaussians")[3] > 0.5
    expect(page.locator("#tree .results h2")).to_contain_text("직접 그리기")


def swipe(page: Page, selector: str, by: tuple[int, int]) -> None:
    """A finger on the middle of what is there goes `by` so many pixels."""
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": px, "y": py} for px, py in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (x, y))
    for k in range(1, 11):
        touch("touchMove", (x + by[0] * k / 10, y + by[1] * k / 10))
    touch("touchEnd")


STILL = """async () => {
  for (let still = 0, last = -1; still < 20; still = scrollY === last ? still + 1 : 0) {
    last = scrollY;
    await new Promise(requestAnimationFrame);
  }
}"""
"""once the page has come to rest"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_a_swipe_turns_to_the_next_family_and_one_plane_is_shown(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&family=kernels")
    found(page, "kernels")
    shown = page.locator("#tree .planes figure:visible")
    name = page.locator("#tree .turn b")

    def sees(family: str, plane: str) -> None:
        expect(page.locator(f"#tree button.leaf[data-family={family}]")).to_have_attribute(
            "aria-pressed", "true"
        )
        expect(shown).to_have_class(plane)
        assert shown.count() == 1

    page.evaluate("document.querySelector('#tree .turn').scrollIntoView()")
    sees("kernels", "model")
    swipe(page, "#tree .planes", (-120, 10))
    sees("gaussians", "model")
    expect(name).to_have_text("Gaussian mixture")
    found(page, "gaussians")
    swipe(page, "#tree .planes", (120, -10))
    sees("kernels", "model")
    swipe(page, "#tree .planes", (-20, 0))  # too short to mean it
    swipe(page, "#tree .planes", (-30, 120))  # it scrolls
    page.evaluate(STILL)
    page.evaluate("document.querySelector('#tree .turn').scrollIntoView()")
    at = page.locator("#tree .handle").bounding_box()
    swipe(page, "#tree .handle", (-120, 0))  # it drags the point
    sees("kernels", "model")
    assert page.locator("#tree .handle").bounding_box()["x"] < at["x"] - 60
    page.locator("#tree .switch input[value=samples] + span").click()
    sees("kernels", "samples")
    swipe(page, "#tree .planes", (-120, 0))
    sees("gaussians", "samples")
    for _ in range(3):
        page.locator("#tree .turn .before").click()
    sees("gan", "samples")  # the last before the first
    page.locator("#tree .turn .after").click()
    sees("histogram", "samples")

    page.locator("#tree .chips.data input[value=drawn] + span").click()
    sees("histogram", "truth")
    page.evaluate("document.querySelector('#tree .turn').scrollIntoView()")
    swipe(page, "#tree .truth canvas", (-120, 0))  # it draws
    found(page, "histogram")
    sees("histogram", "truth")

    page.set_viewport_size(
        {"width": 844, "height": 390}
    )  # held sideways: all three, and what is said of them
    expect(shown).to_have_count(3)
    page.evaluate("document.querySelector('#tree .turn').scrollIntoView()")
    expect(page.locator("#tree .samples .gauge")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("page", [{"viewport": {"width": 1280, "height": 800}}], indirect=True)
def test_in_a_lecture_the_answer_stands_where_the_point_and_the_ruler_are_moved(page: Page, lab: Lab):
    answer = page.locator("#tree .model .gauge")
    for step, says, hand in (
        ("bound", r"ELBO −.* ≤ IW64 −.* ≤ log p at \? −.*truth: −", ".handle"),
        ("implicit", r"cannot be asked.*at \?, ruler 0\.10: −", ".slider.ruler input"),
    ):
        page.goto(f"{lab.url}?lecture={step}")
        expect(answer).to_have_text(re.compile(says, re.DOTALL), timeout=PATIENCE_MS)
        page.evaluate("scrollTo(0, 0)")
        for place in (".model canvas", ".model .gauge", hand):
            expect(page.locator(f"#tree {place}")).to_be_in_viewport(ratio=0.99)
        before = answer.locator(".own").inner_text()
        page.locator(f"#tree {hand}").press("Shift+ArrowLeft" if hand == ".handle" else "End")
        expect(answer.locator(".own")).not_to_have_text(before, timeout=PATIENCE_MS)
