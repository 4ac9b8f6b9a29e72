"""The box around the digit on an uploaded picture: found, dragged, and hostile."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from space.page.digits import choose_digit
from space.page.found_digit import NEARLY_WHOLE, cut, read_upload
from space.pictures.inputs import to_digit
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem
from tests.pages import visit_tab
from tests.processes import Lab


def page_of(*digits: tuple[int, int, int]) -> Image.Image:
    """Dark digits on a light page of 400x300 pixels: label, and where each begins."""
    values = np.full((300, 400), 235, np.uint8)
    for label, left, top in digits:
        ink = digit_sheet()[label, 3].numpy().repeat(4, 0).repeat(4, 1)  # (112, 112)
        values[top : top + 112, left : left + 112] -= (ink * 0.8).astype(np.uint8)
    return Image.fromarray(values)


@pytest.fixture
def one(tmp_path: Path) -> str:
    page_of((3, 40, 30)).save(tmp_path / "one.png")
    return str(tmp_path / "one.png")


@pytest.fixture
def two(tmp_path: Path) -> str:
    page_of((3, 40, 30), (8, 240, 150)).save(tmp_path / "two.png")
    return str(tmp_path / "two.png")


def test_the_box_is_around_what_was_found(one: str):
    upload, shown = read_upload(one)
    left, top, right, bottom = shown["value"]
    assert 40 / 400 <= left < right <= 152 / 400 and 30 / 300 <= top < bottom <= 142 / 300
    assert shown["visible"] and shown["picture"].startswith("data:image/jpeg")
    assert torch.equal(upload.digit, to_digit(Image.open(one)))
    assert upload.box is None


def test_of_two_digits_a_box_chooses(two: str):
    upload, shown = read_upload(two)
    assert upload.digit is None and shown["value"] == list(NEARLY_WHOLE)
    with pytest.raises(Problem, match="More than one thing"):
        choose_digit("upload", 0, None, upload)
    first, second = cut(two, [0.05, 0.05, 0.45, 0.5]), cut(two, [0.55, 0.45, 0.95, 0.95])
    assert torch.equal(first.digit, to_digit(Image.open(two), first.box))
    assert not torch.equal(first.digit, second.digit)
    assert choose_digit("upload", 0, None, second) is second.digit


def test_in_a_box_on_blank_paper_there_is_no_digit(one: str):
    upload = cut(one, [0.6, 0.6, 0.9, 0.9])
    assert (upload.digit, upload.problem) == (None, "problem.blank_image")


@pytest.mark.parametrize(
    "box",
    [
        [0, 0, 0, 0],
        [0.5, 0.5, 0.2, 0.2],
        [float("nan"), 0, 1, 1],
        [-1, 0, 1, 1],
        [0, 0, 1, float("inf")],
        [0, 0, 1],
        [0, 0, 1, 1, 1],
        ["0", 0, 1, 1],
        [True, 0, 1, 1],
        [[0], 0, 1, 1],
        {"left": 0},
        "0,0,1,1",
        7,
    ],
)
def test_a_box_that_is_none_is_refused(one: str, box: Any):
    with pytest.raises(Problem):
        cut(one, box)


def test_without_a_file_there_is_neither_digit_nor_box():
    assert read_upload(None)[0] is None and read_upload(None)[1]["visible"] is False
    assert cut(None, [0, 0, 1, 1]) is None


@pytest.mark.browser
def test_a_visitor_drags_the_box(page: Page, lab: Lab, two: str):
    """By its corner, by a tap elsewhere, and by arrow keys; each time another digit is read."""
    visit_tab(page, f"{lab.url}/", "reconstruct&source=upload")
    page.locator("#reconstruct-upload input[type=file]").set_input_files(two)
    result = page.locator("#reconstruct-result")
    expect(result.locator(".notice")).to_contain_text("More than one thing")
    picture, box = page.locator("#reconstruct-found .picture"), page.locator("#reconstruct-found .box")
    picture.scroll_into_view_if_needed()
    area = picture.bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        return area["x"] + x * area["width"], area["y"] + y * area["height"]

    page.mouse.move(*at(0.96, 0.96))
    page.mouse.down()
    page.mouse.move(*at(0.42, 0.5), steps=4)
    page.mouse.up()
    image = result.locator("img").first
    expect(image).to_be_visible()
    first = image.get_attribute("src")
    page.mouse.click(*at(0.74, 0.7))
    expect(image).not_to_have_attribute("src", first)
    before = box.bounding_box()
    box.focus()
    box.press("Shift+ArrowLeft")
    box.press("ArrowRight")
    expect(box).to_be_focused()
    after = box.bounding_box()
    assert after["x"] > before["x"] and after["width"] < before["width"]
    assert page.locator(".toast-body").count() == 0
