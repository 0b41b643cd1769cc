"""The same picker and the same comparison in Notebook 7, Voila and marimo; test_picker.py and others have JupyterLab.

Voila's and marimo's pages have no way to ask the kernel, so the notebook answers by itself: a line of text in the page
is set by the kernel whenever it hears of a range or of stars.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import new_page
from tests.browser.fronts import MARIMO, VOILA, served
from tests.browser.jupyter import LabServer, write_notebook
from tests.clips import make_clip

ROOT = Path(__file__).parents[2]

SETUP = """
import sys; sys.path.insert(0, {root!r})
import anywidget, traitlets
from pathlib import Path
from sora_nb.models import VideoRecord, VideoRequest
from sora_nb.widgets import CompareGrid, pick
from tests.widgets.fakes import FakeVideo

class Heard(anywidget.AnyWidget):
    _esm = '''export default {{ render({{ model, el }}) {{
      const line = document.createElement("p");
      line.className = "heard";
      const draw = () => {{ line.textContent = model.get("text"); }};
      model.on("change:text", draw);
      draw();
      el.append(line);
    }} }};'''
    text = traitlets.Unicode("nothing yet").tag(sync=True)

clip = Path({clip!r})
picker = pick(clip, value="2,5")
asked = [VideoRequest(f"take {{n}}", 4, "320x180", "m", take=n) for n in (1, 2)]
takes = [FakeVideo(VideoRecord(f"vid_{{r.take}}", "fake", r, status="completed", path=clip)) for r in asked]
grid = CompareGrid(takes)
heard = Heard()

def hear(_change):
    start, end = picker.value
    heard.text = f"{{start:.2f}} to {{end:.1f}}, stars {{takes[0].rating}}"

picker.observe(hear, "value")
takes[0].on_change(hear)
"""

MARIMO_APP = """
import marimo
app = marimo.App()

@app.cell
def _():
{setup}
    import marimo as mo
    page = mo.vstack([mo.ui.anywidget(each) for each in (picker, heard, grid)])
    page
    return (page,)

if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook, an app, and the clip that both show, in a folder of which nothing is served."""
    root, far = tmp_path_factory.mktemp("fronts"), tmp_path_factory.mktemp("far")
    clip = make_clip(far / "ten.mp4", 250, 25, (320, 180))
    setup = SETUP.format(root=str(ROOT), clip=str(clip))
    write_notebook(root / "page.ipynb", [setup, "picker", "heard", "grid"])
    indented = "".join(f"    {line}\n" for line in setup.splitlines())
    (root / "page.py").write_text(MARIMO_APP.format(setup=indented), encoding="utf-8")
    return root


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page without a way out: Voila asks a CDN for an icon font, and neither may reach it."""
    page = new_page(chromium)
    page.route(lambda url: not url.startswith(("http://127.0.0.1", "http://localhost")), lambda route: route.abort())
    yield page
    page.context.close()


def works(page: Page) -> None:
    """Drag, type, press keys, rate and play; each time the kernel says what it heard."""
    picker, grid = page.locator(".sora-picker[data-loaded]"), page.locator(".sora-compare")
    heard = page.locator(".heard")

    def hears(text: str) -> None:
        heard.filter(has_text=text).wait_for()

    picker.wait_for()
    picker.scroll_into_view_if_needed()
    handle, lane = picker.get_by_role("slider", name="Out").bounding_box(), picker.locator(".sora-lane").bounding_box()
    assert handle and lane
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + lane["width"] / 10, y, steps=4)
    page.mouse.up()
    hears("2.00 to 6.0")

    field = picker.locator("input.sora-time").first
    field.fill("0:03.5")
    field.press("Enter")
    hears("3.50 to 6.0")

    picker.focus()
    for key in ("Home", "Shift+ArrowRight", "i"):
        page.keyboard.press(key)
    hears("1.00 to 6.0, stars None")

    grid.scroll_into_view_if_needed()
    ready = "root => [...root.querySelectorAll('video')].filter(video => video.readyState > 1).length"
    until(page, lambda: grid.evaluate(ready) == 2)
    grid.locator(".sora-star").nth(3).click()
    hears("1.00 to 6.0, stars 4")
    grid.get_by_role("button", name="Play all").click()
    until(page, lambda: min(grid.evaluate(TIMES)) > 0.3)
    grid.get_by_role("button", name="Pause all").click()
    first, second = grid.evaluate(TIMES)
    assert first == pytest.approx(second, abs=0.1)


TIMES = "root => [...root.querySelectorAll('video')].map(video => video.currentTime)"


def until(page: Page, holds) -> None:
    """Wait for something that a shadow root hides from the page's own queries."""
    for _ in range(2000):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came to hold")


def test_notebook_7(page: Page, folder: Path) -> None:
    with LabServer(folder, app="notebook") as server:
        book = server.open(page, "page.ipynb")
        book.run_all()
        works(page)
        assert book.kernel_eval("(picker.value[0], takes[0].rating)") == (1.0, 4)
        book.close()


def test_voila(page: Page, folder: Path) -> None:
    with served(VOILA, folder / "page.ipynb") as address:
        page.goto(address)
        works(page)


def test_marimo(page: Page, folder: Path) -> None:
    with served(MARIMO, folder / "page.py") as address:
        page.goto(address)
        works(page)


def test_a_kernel_that_hears_nothing_is_noticed(page: Page, folder: Path) -> None:
    """The tests above would fail where the page alone moved."""
    deaf = folder / "deaf.ipynb"
    deaf.write_text(
        (folder / "page.ipynb").read_text(encoding="utf-8").replace("picker.observe", "print"), encoding="utf-8"
    )
    page.set_default_timeout(3000)
    with served(VOILA, deaf) as address:
        page.goto(address, timeout=120_000)
        page.locator(".sora-picker[data-loaded]").wait_for(timeout=120_000)
        with pytest.raises(Exception, match="Timeout"):
            works(page)
