"""How hostile texts get into every sink: widget by widget in JupyterLab, and into what a notebook is exported to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter
from nbconvert.filters import markdown2html_mistune
from playwright.sync_api import Browser, Locator

from sora_nb.freeze import freeze
from tests.browser.conftest import new_page
from tests.browser.hostile import SEED
from tests.browser.jupyter import NotebookPage, write_notebook
from tests.browser.sinks import BATCH, PER_CELL, STILL
from tests.browser.watch import Watch

ROOT = Path(__file__).parents[2]

MOST_SAVED = 104
"""So many texts are in widgets that a notebook saves, each with all of its front end's text."""

SETUP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from tests.browser import sinks
from tests.browser.hostile import hostile
clip, texts = {{clip!r}}, hostile({{count}}, {{seed}})
"""


def setup(clip: Path, count: int, seed: int = SEED) -> str:
    """The first cell of a notebook that shows so many texts."""
    return SETUP.format(clip=str(clip), count=count, seed=seed)


def room(sink: str, count: int) -> int:
    """How many of the texts a sink takes."""
    return min(count, MOST_SAVED) if sink == "views" else count


def filling(sink: str, count: int) -> list[str]:
    """The cells that put so many texts into a sink that is filled once."""
    count = room(sink, count)
    step = PER_CELL.get(sink, count)
    return [f"sinks.still({sink!r}, texts[{start}:{start + step}], clip)" for start in range(0, count, step)]


def stills(count: int) -> list[str]:
    """The cells of all sinks that are filled once."""
    return [cell for sink in STILL for cell in filling(sink, count)]


def fed(book: NotebookPage, watch: Watch, sink: str, shown: Locator, count: int) -> set[int]:
    """Put all texts through the widget that is *shown*, and return the numbers of those that were read in it."""
    seen: set[int] = set()
    for start in range(0, count, BATCH):
        book.kernel_exec(f"sinks.feed({sink!r}, texts[{start}:{start + BATCH}])")
        watch.settled()
        seen |= watch.seen(shown)
    return seen


def export(folder: Path, clip: Path, count: int, seed: int = SEED) -> dict[str, Path]:
    """Run a notebook of all still sinks, and write it as everything that people make of one."""
    path = write_notebook(folder / "hostile.ipynb", [setup(clip, count, seed), *stills(count)])
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, allow_errors=False, force_raise_errors=False).execute()
    assert notebook.metadata.widgets, "the widgets' state was not saved, so that nothing is tested by it"
    nbformat.write(notebook, path)
    frozen = freeze(path).path
    still = nbformat.read(frozen, as_version=4)
    markdown, _ = MarkdownExporter().from_notebook_node(still)
    written = {
        "html": HTMLExporter().from_notebook_node(notebook)[0],
        "frozen": HTMLExporter().from_notebook_node(still)[0],
        "markdown": f"<!doctype html><meta charset=utf-8><body>{markdown2html_mistune(markdown)}</body>",
    }
    pages = {kind: folder / f"{kind}.html" for kind in written}
    for kind, page in pages.items():
        page.write_text(written[kind], encoding="utf-8", errors="replace")
    return pages


@contextmanager
def opened(browser: Browser, path: Path) -> Iterator[Watch]:
    """A page from disk, watched from its first byte, without a network."""
    page = new_page(browser)
    try:
        page.route("http*://**", lambda route: route.abort())
        with Watch(page) as watch:
            page.goto(path.as_uri())
            yield watch
    finally:
        page.context.close()
