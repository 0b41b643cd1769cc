"""Take the pictures of docs/images in a real JupyterLab: `.venv/bin/python scripts/screenshots.py`.

Everything in them comes from the simulator, so they can be taken anywhere and cost nothing.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import ARGS, MISSING, find_chromium  # noqa: E402  # it lies beside the package
from tests.browser.jupyter import LabServer, NotebookPage, write_notebook  # noqa: E402

IMAGES = ROOT / "docs" / "images"
Theme = Literal["light", "dark"]

MAKE = """
import math
import sora_nb as sora
studio = sora.Studio("simulator", speed=math.inf)
park = studio.generate(
    "A young woman with curly brown hair and glasses, blue sweater, walking in a park", seconds=8).wait()
panel = studio.panel(park)
panel.value = "2,5"
ada = panel.create("Ada", "Curly brown hair, glasses, blue sweater").wait()
scenes = ["a cozy coffee shop", "a beach at sunset", "a modern kitchen"]
takes = [video.wait() for video in panel.generate("@ada walks in {scene}", scenes)]
panel.refresh()
"""

BUSY = """
slow = sora.Studio("simulator", library="slow", speed=0.1)
busy = slow.panel(park.path)
busy.create("Ada", "Curly brown hair, glasses, blue sweater")
asked = busy.generate("A fox runs through {scene}", ["a forest", "a city at night", "a field of snow"])
busy
"""

CELLS = [
    MAKE,
    "panel",
    'studio.pick(park, value="2,5")',
    'sora.pick(park, limits="apiyi", value="1,8")',
    "studio.compare(takes)",
    'sora.Studio("simulator", library="empty").panel()',
    BUSY,
    'sora.Studio("simulator", library="wrong").panel(park.path)',
]
"""What is made, and then one cell for each picture."""


def main() -> None:
    """Take them all, in both themes."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder, "notebooks")
        root.mkdir()
        write_notebook(root / "studio.ipynb", CELLS)
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        with LabServer(root, env={"SORA_NB_HOME": str(root / "library"), "PYTHONPATH": path}) as server:
            page = browser.new_page(viewport={"width": 1440, "height": 2400}, device_scale_factor=1.25)
            page.set_default_timeout(120_000)
            book = server.open(page, "studio.ipynb")
            page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
            for theme in ("light", "dark"):
                book.set_theme(theme)
                book.run_all()
                if errors := book.errors():
                    sys.exit("\n".join(errors))
                take_all(book, page, theme)
        browser.close()


def take_all(book: NotebookPage, page: Page, theme: Theme) -> None:
    """The pictures of one theme."""
    panel = book.output(1).locator(".sora-panel")
    panel.scroll_into_view_if_needed()
    panel.locator(".sora-picker[data-loaded] .sora-timeline[data-film]").wait_for()
    panel.get_by_label("Prompt", exact=True).fill("@ada walks in {scene}")
    panel.get_by_role("textbox", name="Scenes").fill("a cozy coffee shop\na beach at sunset\na modern kitchen")
    page.wait_for_function("() => document.querySelectorAll('.sora-panel .sora-still[src]').length >= 5")
    take(panel, f"panel-{theme}")
    for cell, name in ((2, "picker"), (3, "picker-finding")):
        picker = book.output(cell).locator(".sora-picker")
        picker.scroll_into_view_if_needed()
        picker.and_(page.locator("[data-loaded]")).locator(".sora-timeline[data-film]").wait_for()
        picker.focus()
        page.keyboard.press("Shift+I")
        picker.evaluate("node => node.blur()")
        take(picker, f"{name}-{theme}")
    compare = book.output(4).locator(".sora-compare-view")
    compare.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.sora-compare-view video')].every(video => video.readyState > 1)"
    )
    take(compare, f"compare-{theme}")
    take_states(book, theme)


def take_states(book: NotebookPage, theme: Theme) -> None:
    """The panel with nothing in it, at work, and with mistakes in it."""
    empty, busy, wrong = (book.output(cell).locator(".sora-panel") for cell in (5, 6, 7))
    empty.scroll_into_view_if_needed()
    empty.get_by_text("No video yet.").wait_for()
    take(empty, f"panel-empty-{theme}")
    busy.scroll_into_view_if_needed()
    busy.locator(".sora-picker[data-loaded] .sora-timeline[data-film]").wait_for()
    busy.locator(".sora-take [role=progressbar][aria-valuenow]").first.wait_for()
    take(busy, f"panel-busy-{theme}")
    wrong.scroll_into_view_if_needed()
    wrong.locator(".sora-picker[data-loaded] .sora-timeline[data-film]").wait_for()
    wrong.get_by_role("textbox", name="Source").fill("holiday.mp4")
    wrong.get_by_role("button", name="Load", exact=True).click()
    wrong.get_by_text("Check its spelling").wait_for()
    wrong.get_by_label("Prompt", exact=True).fill("@ada walks in {scene}, {light}")
    wrong.get_by_text("There is no character @ada.").first.wait_for()
    take(wrong, f"panel-error-{theme}")


def take(what: Locator, name: str) -> None:
    """Write one picture."""
    what.page.wait_for_timeout(300)  # a last frame of a transition is nothing that could be waited for
    picture = Image.open(io.BytesIO(what.screenshot()))
    # A fifth of a PNG's bytes, and a repository keeps every version of a picture.
    picture.convert("RGB").save(IMAGES / f"{name}.webp", quality=90, method=6)
    print(f"docs/images/{name}.webp")


if __name__ == "__main__":
    main()
