"""Whatever has the focus in whichever widget: no key of Jupyter's notebook is a command of Jupyter's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.jupyter import LabServer, NotebookPage
from tests.browser.pages import commands_from_now_on
from tests.clips import make_clip

ROOT = Path(__file__).parents[2]

CELL = """
import sys; sys.path.insert(0, {root!r})
import ipywidgets
from sora_nb.models import VideoRecord, VideoRequest
from sora_nb.widgets import CompareGrid, JobView, KeyBox, Panel, pick
from tests.widgets.fakes import FakeStudio, FakeVideo
studio = FakeStudio(folder="library")
panel = Panel(studio, {clip!r})
ada = panel.create("Ada")
for number, scene in enumerate(("a park", "a kitchen", "a street")):
    studio.generate(f"@ada in {{scene}}")
for number in (0, 1):
    studio.finish(number, panel.source)
panel.refresh()
picker = pick({clip!r}, value="1,9", limits="apiyi")
picker.rename(0, "Ada")
picker.add("2,4", "Ben")
shown = [picker, CompareGrid(studio.videos()[:2]), KeyBox("openrouter"), JobView(studio.made[0]), panel]
ipywidgets.VBox(shown)
"""

KEYS = ("a", "b", "x", "y", "m", "c", "v", "z", "d", "d", "i", "i", "0", "0", "1", "j", "k", "o", "l", "f", "h")
CHORDS = ("Shift+Enter", "Control+Enter", "Alt+Enter", "Shift+m", "Shift+l", "ArrowUp", "ArrowDown", "Escape", "Delete")
"""What JupyterLab's notebook does something at, in command mode."""

FOCUSABLE = """root => {
  // What a key would press is not what is asked here, and would change what is walked over.
  root.addEventListener("click", (event) => { event.preventDefault(); event.stopImmediatePropagation(); }, true);
  window.walked = [...root.querySelectorAll("a[href], button, input, select, summary, textarea, video, [tabindex]")]
    .filter((node) => node.checkVisibility() && !node.disabled);
  return window.walked.map((node) => `${node.localName} ${node.ariaLabel ?? node.textContent.trim()}`.slice(0, 60));
}"""

FOCUS = """(place) => {
  const node = window.walked[place];
  if (!node.isConnected || !node.checkVisibility()) return false;
  node.focus();
  return document.activeElement === node;
}"""


@pytest.fixture
def book(notebook, lab: LabServer) -> NotebookPage:
    clip = make_clip(lab.root / "keys.mp4", 250, 25, (320, 180))
    book = notebook([CELL.format(root=str(ROOT), clip=str(clip)), "kept = 1"])
    book.run_all()
    assert book.errors() == []
    book.output(0).locator(".sora-panel .sora-picker[data-loaded]").wait_for()
    book.output(0).locator(".sora-compare").first.wait_for()
    return book


def test_no_element_of_any_widget_lets_a_key_through(book: NotebookPage) -> None:
    elements = book.output(0).evaluate(FOCUSABLE)
    for kind in ("button", "input", "textarea"):
        assert any(each.startswith(kind) for each in elements), kind
    ran = commands_from_now_on(book)
    reached = 0
    for place, name in enumerate(elements):
        if not book.page.evaluate(FOCUS, place):
            continue
        reached += 1
        for key in (*KEYS, *CHORDS):
            book.page.keyboard.press(key)
            if key in CHORDS:
                book.page.evaluate(FOCUS, place)
        assert ran() == [], name
    assert reached > 0.8 * len(elements), elements
    assert reached > 60
    assert book.kernel_eval("1 + 1") == 2
    assert len(book.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").all()) == 2


def test_an_element_that_lets_them_through_is_noticed(book: NotebookPage) -> None:
    ran = commands_from_now_on(book)
    button = book.output(0).locator(".sora-picker button").first
    button.evaluate("node => node.removeAttribute('data-lm-suppress-shortcuts')")
    button.focus()
    book.page.keyboard.press("b")
    assert set(ran()) == {"notebook:insert-cell-below"}
