"""The picker in a real JupyterLab: it plays, it talks to the kernel, and Jupyter's own keys stay away from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.jupyter import LabServer, NotebookPage
from tests.browser.pages import commands_from_now_on
from tests.clips import make_clip

NAME = "a clip #1.mp4"


@pytest.fixture(scope="package")
def clip(lab: LabServer) -> Path:
    """Ten seconds beside the notebooks, with a name that wants quoting."""
    return make_clip(lab.root / NAME, 250, 25, (320, 180))


@pytest.fixture
def show(notebook, clip: Path):
    """A notebook with a picker in it, its first frame on the screen."""

    def show(code: str, *cells: str) -> tuple[NotebookPage, Any]:
        book = notebook([f"from sora_nb.widgets import pick, RangePicker\n{code}\np", *cells])
        book.run_all()
        assert book.errors() == []
        picker = book.output(0).locator(".sora-picker")
        picker.scroll_into_view_if_needed()
        picker.and_(book.page.locator("[data-loaded]")).wait_for()
        return book, picker

    return show


def address(picker: Any) -> str:
    """Where the page has the video from."""
    return picker.locator("video").get_attribute("src")


def test_it_streams_from_the_server_and_seeks_and_plays(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, value='2,5')")
    assert address(picker).startswith("/files/a%20clip%20%231.mp4?v=")
    picker.focus()
    book.page.keyboard.press("Shift+O")
    book.wait_until("p.current_time", lambda seconds: seconds == 5)
    book.page.keyboard.press("Space")
    book.wait_until("p.current_time", lambda seconds: seconds > 5.2)
    book.page.keyboard.press("k")


def test_a_file_outside_the_server_comes_through_the_kernel(show, tmp_path: Path) -> None:
    far = make_clip(tmp_path / "far.mp4", 50, 25)
    _, picker = show(f"p = pick({str(far)!r})")
    assert address(picker).startswith("blob:")
    assert picker.locator("video").evaluate("video => video.duration") == pytest.approx(2, abs=0.1)


def test_hand_field_and_keys_reach_the_kernel_and_the_kernel_reaches_the_page(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, value='2,5')")
    handle = picker.get_by_role("slider", name="Out").bounding_box()
    lane = picker.locator(".sora-lane").bounding_box()
    x, y = handle["x"] + 6, handle["y"] + 26
    book.page.mouse.move(x, y)
    book.page.mouse.down()
    book.page.mouse.move(x + lane["width"] / 10, y, steps=4)
    book.page.mouse.up()
    book.wait_until("p.value[1]", lambda end: abs(end - 6) < 0.1)

    field = picker.locator("input.sora-time").first
    field.fill("0:03.5")
    field.press("Enter")
    book.wait_until("p.value[0]", lambda start: start == 3.5)

    picker.focus()
    for key in ("Home", "Shift+ArrowRight", "i"):
        book.page.keyboard.press(key)
    book.wait_until("p.value[0]", lambda start: start == 1)
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "o"):
        book.page.keyboard.press(key)
    book.wait_until("p.value", lambda value: value == (1.0, 3.0))

    book.kernel_exec("p.value = '4,8'")
    picker.get_by_role("slider", name="In").and_(book.page.locator("[aria-valuenow='4']")).wait_for()


def test_nine_seconds_under_apiyi_are_an_error_and_its_button_mends_it(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, limits='apiyi', value='1,10')")
    picker.get_by_text("1,10 lasts 9 s; apiyi allows 1 to 3 s. Try 1,4.").and_(
        book.page.locator(".sora-remark-text")
    ).wait_for()
    picker.get_by_role("button", name="Use 1,4").click()
    assert book.wait_until("p.value", lambda value: value == (1.0, 4.0))
    picker.get_by_text("Passes the apiyi rules.").first.wait_for()


def test_no_key_pressed_in_it_is_a_command_of_jupyter(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, value='2,5')", "kept = 1")
    ran = commands_from_now_on(book)
    # The controls in their order, once round, with the keys that would hurt most outside of it.
    stops = picker.evaluate(
        """root => [root, ...root.querySelectorAll("button, input, select, [tabindex='0']")]
            .filter(node => node.checkVisibility() && !node.disabled && node.tabIndex >= 0).length"""
    )
    picker.focus()
    for _ in range(stops):
        for key in ("x", "i", "i", "o", "d", "d", "ArrowDown", "ArrowUp", "ArrowRight", "j", "k", "Shift+l"):
            book.page.keyboard.press(key)
        assert picker.evaluate("root => root.contains(document.activeElement)")
        book.page.keyboard.press("Tab")
    assert stops > 12
    assert ran() == []
    assert book.cell(1).count() == 1 and book.kernel_eval("kept") == 1


def test_outside_of_it_the_same_key_is_a_command(show) -> None:
    book, _ = show(f"p = pick({NAME!r})", "kept = 1")
    book.cell(1).locator(".jp-InputPrompt").click()
    ran = commands_from_now_on(book)
    book.page.keyboard.press("x")
    assert "notebook:cut-cell" in ran()


def test_two_views_of_one_picker_show_one_range(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, value='2,5')", "p")
    second = book.output(1).locator(".sora-picker")
    second.scroll_into_view_if_needed()
    second.and_(book.page.locator("[data-loaded]")).wait_for()
    second.get_by_role("slider", name="In").press("PageUp")
    picker.get_by_role("slider", name="In").and_(book.page.locator("[aria-valuenow='3']")).wait_for()


def test_it_works_while_a_cell_is_running(show) -> None:
    book, picker = show(
        f"p = pick({NAME!r}, limits='apiyi', value='2,5')", "import threading\ngo_on = threading.Event()"
    )
    book.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
        ".requestExecute({code: 'go_on.wait(30)'}) }"
    )
    field = picker.locator("input.sora-time").last
    field.fill("9")
    field.press("Enter")
    picker.get_by_text("2,9 lasts 7 s; apiyi allows 1 to 3 s.").first.wait_for()
    book.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.interrupt()")
    book.wait_for_kernel()


def test_a_saved_notebook_shows_the_form_and_holds_no_video(show, lab: LabServer) -> None:
    book, _ = show(f"p = pick({NAME!r}, value='2,5')")
    book.save()
    text = (lab.root / book.path).read_text(encoding="utf-8")
    assert "2 s to 5 s, 3 s long" in text and "data:image/jpeg" in text
    assert len(text) < 60_000
    assert str(lab.root) not in text


def test_it_is_linked_in_the_page_to_any_other_widget(show) -> None:
    book, picker = show(
        f"import ipywidgets\np = pick({NAME!r}, value='2,5')\n"
        "seconds, ends = ipywidgets.FloatSlider(max=10), ipywidgets.FloatRangeSlider(max=10)\n"
        "links = [ipywidgets.jslink((p, 'current_time'), (seconds, 'value')),"
        " ipywidgets.jslink((p, 'value'), (ends, 'value'))]"
    )
    picker.focus()
    book.page.keyboard.press("Shift+O")
    book.wait_until("seconds.value", lambda value: value == 5)
    book.kernel_exec("seconds.value = 3")
    picker.locator("output.sora-clock", has_text="00:03.000").wait_for()
    book.page.keyboard.press("i")
    book.wait_until("ends.value", lambda value: value == (3.0, 5.0))
    book.kernel_exec("ends.value = (6, 8)")
    picker.get_by_role("slider", name="In").and_(book.page.locator("[aria-valuenow='6']")).wait_for()
    assert book.wait_until("p.named[0].span", lambda span: str(span) == "TimeRange(6, 8)")


def test_a_restarted_kernel_is_told_and_the_cell_brings_it_back(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, value='2,5')")
    book.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart().then(() => {})"
    )
    picker.get_by_text("run this cell again").wait_for()
    book.wait_for_kernel()
    book.run_all()
    again = book.output(0).locator(".sora-picker[data-loaded]")
    again.wait_for()
    assert not again.get_by_text("run this cell again").is_visible()
    again.focus()
    for key in ("Home", "i"):
        book.page.keyboard.press(key)
    book.wait_until("p.value", lambda value: value == (0.0, 5.0))


def test_two_pickers_in_one_notebook_keep_apart(show) -> None:
    book, picker = show(f"p = pick({NAME!r}, value='2,5')", f"q = pick({NAME!r}, value='1,4')\nq")
    other = book.output(1).locator(".sora-picker")
    other.scroll_into_view_if_needed()
    other.and_(book.page.locator("[data-loaded]")).wait_for()
    other.focus()
    for key in ("End", "o", "+", "b"):
        book.page.keyboard.press(key)
    book.wait_until("len(q.ranges) == 2 and q.box is not None")
    assert book.kernel_eval("(p.value, len(p.ranges), p.box, p.current_time)") == ((2.0, 5.0), 1, None, 0.0)
    assert picker.locator(".sora-who").is_hidden()
