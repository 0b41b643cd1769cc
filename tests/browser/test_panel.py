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


def test_from_a_range_to_takes_side_by_side_by_keyboard_alone(panel) -> None:
    book, shown = panel
    keys = book.page.keyboard
    ran = commands_from_now_on(book)

    def tab_to(wanted: Any, most: int = 60) -> None:
        for _ in range(most):
            if wanted.evaluate("node => node === document.activeElement"):
                return
            keys.press("Tab")
        raise AssertionError(f"{wanted} was not reached")

    shown.get_by_role("button", name="Upload…").focus()
    tab_to(shown.get_by_role("slider", name="In"))
    keys.press("PageUp")
    tab_to(shown.get_by_label("Name", exact=True))
    keys.type("Ada")
    tab_to(shown.get_by_role("button", name="Create character"))
    keys.press("Enter")
    row = shown.locator(".sora-cast-row")
    row.wait_for()
    assert "@ada" in row.inner_text() and "Waiting its turn" in row.inner_text()
    assert book.kernel_eval("panel.characters['handle'].to_list()") == ["ada"]
    assert book.kernel_eval("str(studio.people[0].record.span)") == "1,3"
    assert shown.locator(".sora-code-line").inner_text() == f"studio.create_character({NAME!r}, '1,3', name='Ada')"

    prompt = shown.get_by_label("Prompt", exact=True)
    tab_to(prompt)
    keys.type("@ad")
    shown.get_by_role("option", name="Ada @ada").wait_for()
    keys.press("Enter")
    keys.type("walks in {scene}")
    assert prompt.input_value() == "@ada walks in {scene}"
    tab_to(shown.get_by_role("textbox", name="Scenes"))
    keys.type("a park")
    keys.press("Enter")
    keys.type("a kitchen")
    shown.get_by_text("2 videos, about $0.80.").wait_for()
    tab_to(shown.get_by_role("button", name="Generate 2"))
    keys.press("Enter")
    shown.get_by_role("button", name="Send, $0.80").wait_for()
    assert book.kernel_eval("len(studio.made)") == 0
    tab_to(shown.get_by_role("button", name="Send, $0.80"))
    keys.press("Enter")
    rows = shown.locator(".sora-take")
    rows.nth(1).wait_for()
    assert book.kernel_eval("panel.results['prompt'].to_list()") == ["@ada walks in a kitchen", "@ada walks in a park"]

    book.kernel_exec("studio.made[0].move(status='in_progress', progress=0.5)")
    shown.locator(".sora-take [role=progressbar][aria-valuenow='50']").wait_for()
    book.kernel_exec(f"from pathlib import Path\nfor n in (0, 1): studio.finish(n, Path({NAME!r}))")
    for box in (shown.get_by_role("checkbox", name="Compare: ").nth(n) for n in (0, 1)):
        tab_to(box)
        keys.press("Space")
    side = shown.get_by_role("button", name="Side by side (2)")
    side.focus()  # it stands before the table: Shift+Tab leads there too
    keys.press("Enter")
    book.page.wait_for_function(
        "() => [...document.querySelectorAll('.sora-compare video')].length === 2"
        " && [...document.querySelectorAll('.sora-compare video')].every(v => v.readyState > 1)"
    )
    tab_to(shown.get_by_role("button", name="Play all"))
    keys.press("Enter")
    book.page.wait_for_function(
        "() => [...document.querySelectorAll('.sora-compare video')].every(v => v.currentTime > 0.3)"
    )
    keys.press("Enter")
    both = shown.locator(".sora-compare video")
    first, second = (video.evaluate("video => video.currentTime") for video in both.all())
    assert first == pytest.approx(second, abs=0.1)

    use = shown.get_by_role("button", name="Use as source").first
    tab_to(use)
    keys.press("Enter")
    shown.get_by_text("Loaded @ada walks in a kitchen.").wait_for()
    assert book.kernel_eval("panel._origin") == "vid_1"
    assert ran() == []


def test_a_file_goes_through_the_websocket_in_slices(panel, source: Path, tmp_path: Path) -> None:
    """12 MB: more than a message may be."""
    book, shown = panel
    big = tmp_path / "big.mp4"
    filler = (12 << 20).to_bytes(4, "big") + b"free" + bytes((12 << 20) - 8)
    big.write_bytes((source).read_bytes() + filler)
    shown.locator("input[type=file]").set_input_files(big)
    shown.get_by_text("Loaded big.mp4.").wait_for()
    assert book.kernel_eval("panel.source.stat().st_size") == big.stat().st_size


def test_what_goes_wrong_stands_where_it_arose(panel) -> None:
    book, shown = panel
    source = shown.get_by_role("textbox", name="Source")
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
    shown.locator(".sora-take").wait_for()
    naked = shown.evaluate(
        """root => [...root.querySelectorAll("button, input, select, textarea, video, a, summary, [tabindex]")]
            .filter(node => node.dataset.lmSuppressShortcuts !== "true").map(node => node.outerHTML.slice(0, 100))"""
    )
    assert naked == []
    ran = commands_from_now_on(book)
    shown.get_by_role("button", name="Add @ada to the prompt").focus()
    for key in ("x", "i", "i", "ArrowDown", "d", "d"):
        book.page.keyboard.press(key)
    assert ran() == []
