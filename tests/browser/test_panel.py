"""The panel in a real JupyterLab, with a studio whose jobs move when the test says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.jupyter import LabServer, NotebookPage
from tests.browser.pages import commands_from_now_on
from tests.clips import make_clip

ROOT = Path(__file__).parents[2]
NAME = "source.mp4"
SETUP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from tests.widgets.fakes import FakeStudio
from sora_nb.timerange import APIYI
from sora_nb.widgets import Panel
studio = FakeStudio(APIYI)
panel = Panel(studio, {NAME!r})
panel
"""


@pytest.fixture(scope="package")
def source(lab: LabServer) -> Path:
    return make_clip(lab.root / NAME, 250, 25, (320, 180))


@pytest.fixture
def panel(notebook, source: Path) -> tuple[NotebookPage, Any]:
    """A notebook with a panel in it, its source loaded."""
    book = notebook([SETUP])
    book.run_all()
    assert book.errors() == []
    shown = book.output(0).locator(".sora-panel")
    shown.scroll_into_view_if_needed()
    shown.locator(".sora-picker[data-loaded]").wait_for()
    return book, shown


def test_from_a_range_to_a_character_to_scenes_side_by_side(panel) -> None:
    book, shown = panel
    shown.get_by_role("slider", name="In").press("PageUp")
    shown.get_by_label("Name", exact=True).fill("Ada")
    shown.get_by_role("button", name="Create character").click()
    row = shown.locator(".sora-cast-row")
    row.wait_for()
    assert "@ada" in row.inner_text() and "Waiting its turn" in row.inner_text()
    assert book.kernel_eval("panel.characters['handle'].to_list()") == ["ada"]
    assert book.kernel_eval("str(studio.people[0].record.span)") == "1,3"
    assert shown.locator(".sora-said-code").inner_text() == f"studio.create_character({NAME!r}, '1,3', name='Ada')"

    shown.get_by_role("button", name="@ada", exact=True).click()
    prompt = shown.get_by_label("Prompt", exact=True)
    assert prompt.input_value() == "@ada "
    prompt.press_sequentially("walks in")
    shown.get_by_label("Scenes", exact=False).and_(book.page.locator("textarea")).fill("a park\na kitchen")
    shown.get_by_text("2 videos of 4 s, about $0.80").wait_for()
    shown.get_by_role("button", name="Generate", exact=True).click()
    cards = shown.locator(".sora-takes .sora-job")
    cards.nth(1).wait_for()
    assert book.kernel_eval("panel.results['prompt'].to_list()") == ["@ada walks in a kitchen", "@ada walks in a park"]

    book.kernel_exec("studio.made[0].move(status='in_progress', progress=0.5)")
    shown.locator("[role=progressbar][aria-valuenow='50']").wait_for()
    book.kernel_exec(f"from pathlib import Path\nfor n in (0, 1): studio.finish(n, Path({NAME!r}))")
    for box in shown.get_by_role("checkbox", name="Compare").all():
        box.check()
    shown.get_by_role("button", name="Side by side (2)").click()
    both = shown.locator(".sora-compare video")
    book.page.wait_for_function(
        "() => [...document.querySelectorAll('.sora-compare video')].every(v => v.readyState > 1)"
    )
    shown.get_by_role("button", name="Play all").click()
    book.page.wait_for_function(
        "() => [...document.querySelectorAll('.sora-compare video')].every(v => v.currentTime > 0.3)"
    )
    shown.get_by_role("button", name="Pause all").click()
    first, second = (video.evaluate("video => video.currentTime") for video in both.all())
    assert first == pytest.approx(second, abs=0.1)

    shown.get_by_role("button", name="Use as source").first.click()
    shown.get_by_text("Loaded 'vid_1'.").wait_for()
    assert book.kernel_eval("panel._origin") == "vid_1"


def test_what_goes_wrong_stands_in_the_status_line(panel) -> None:
    book, shown = panel
    source = shown.get_by_label("Source", exact=True).and_(book.page.locator("input"))
    source.fill("nowhere.mp4")
    source.press("Enter")
    shown.get_by_role("alert").filter(has_text="Check its spelling").wait_for()
    shown.get_by_role("button", name="Create character").click()
    shown.get_by_role("alert").filter(has_text="1 to 80 letters").wait_for()
    assert shown.get_by_role("button", name="Create character").is_enabled()
    assert book.kernel_eval("studio.people") == []


def test_no_key_pressed_in_it_is_a_command_of_jupyter(panel) -> None:
    book, shown = panel
    book.kernel_exec("panel.create('Ada'); panel.generate('a')")
    shown.locator(".sora-takes .sora-job").wait_for()
    naked = shown.evaluate(
        """root => [...root.querySelectorAll("button, input, select, textarea, video, a, [tabindex]")]
            .filter(node => node.dataset.lmSuppressShortcuts !== "true").map(node => node.outerHTML.slice(0, 100))"""
    )
    assert naked == []
    ran = commands_from_now_on(book)
    shown.get_by_role("button", name="Add @ada to the prompt").focus()
    for key in ("x", "i", "i", "ArrowDown", "d", "d"):
        book.page.keyboard.press(key)
    assert ran() == []
