"""Fixtures of the browser tests: one Chromium, one JupyterLab, and a fresh notebook or widget for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGS, MISSING, find_chromium
from tests.browser.esm import Harness
from tests.browser.jupyter import LabServer, NotebookPage, write_notebook
from tests.clips import make_clip

VIEWPORT = {"width": 1280, "height": 900}
TIMEOUT_MS = 120_000
"""For a page that does not get there at all; a machine with two busy cores is slow, and not wrong."""

LATE_FRAMES = """{
  const [soon, never] = [requestAnimationFrame, cancelAnimationFrame].map((of) => of.bind(window));
  const asked = new Map();
  window.requestAnimationFrame = (work) => {
    const timer = setTimeout(() => asked.set(timer, soon(work)), MS);
    return timer;
  };
  window.cancelAnimationFrame = (timer) => {
    clearTimeout(timer);
    never(asked.get(timer));
  };
}"""
"""A page whose pictures come MS milliseconds after they were asked for, as on a machine with much to do."""


# Playwright keeps an event loop running in this thread, in which no other test could use asyncio.run. So what
# is made once is made once for this package, and gone when its last test is over.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser."""
    path = find_chromium()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab on an empty folder, with a library of its own."""
    home = tmp_path_factory.mktemp("home")
    with LabServer(tmp_path_factory.mktemp("notebooks"), env={"SORA_NB_HOME": str(home)}) as server:
        yield server


@pytest.fixture(scope="package")
def lab_page(chromium: Browser) -> Iterator[Page]:
    """The one page that JupyterLab is shown in; to load it again for every test would take most of the time."""
    page = new_page(chromium)
    yield page
    page.context.close()


@pytest.fixture(scope="package")
def notebook_names() -> Iterator[str]:
    """Names that no other notebook of the run has."""
    return (f"test-{number}.ipynb" for number in itertools.count(1))


@pytest.fixture
def notebook(
    lab: LabServer, lab_page: Page, notebook_names: Iterator[str]
) -> Iterator[Callable[[Sequence[str]], NotebookPage]]:
    """Open a notebook with the given cells; they are not run yet. Its kernel ends with the test."""
    opened: list[NotebookPage] = []

    def open_with(cells: Sequence[str]) -> NotebookPage:
        name = next(notebook_names)
        write_notebook(lab.root / name, cells)
        opened.append(lab.open(lab_page, name))
        return opened[-1]

    yield open_with
    for each in opened:
        each.close()


@pytest.fixture
def esm_page(
    chromium: Browser, pytestconfig: pytest.Config
) -> Iterator[Callable[[Path | str, Path | str, Mapping[str, Any]], Harness]]:
    """Show a widget's module and style, each a file or its text, with a state.

    An error in the page that nobody caught fails the test.
    """
    shown: list[Harness] = []

    def show(js: Path | str, css: Path | str, state: Mapping[str, Any]) -> Harness:
        page = new_page(chromium)
        if (late := pytestconfig.getoption("late_frames")) is not None:
            page.add_init_script(LATE_FRAMES.replace("MS", str(late)))
        harness = Harness(page)
        shown.append(harness)
        harness.show(text_of(js), text_of(css), state)
        return harness

    yield show
    errors = [error for harness in shown for error in harness.errors]
    for harness in shown:
        harness.page.context.close()
    assert not errors, f"thrown in the page: {errors}"


@pytest.fixture(scope="package")
def ten_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds at 25 frames a second; every frame carries its number."""
    return make_clip(tmp_path_factory.mktemp("clips") / "ten.mp4", 250, 25, (320, 180))


def new_page(browser: Browser) -> Page:
    """A page that shares nothing with any other."""
    page = browser.new_page(viewport=VIEWPORT)
    page.set_default_timeout(TIMEOUT_MS)
    return page


def text_of(source: Path | str) -> str:
    """A file's text, or the text itself."""
    return source.read_text(encoding="utf-8") if isinstance(source, Path) else source
