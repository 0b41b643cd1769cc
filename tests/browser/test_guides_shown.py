"""The guides as others see them: frozen, made into a page by nbconvert, and opened without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page

from sora_nb.freeze import freeze
from tests.browser.conftest import new_page

GUIDES = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

BLANK = """async () => {
  const pictures = [...document.querySelectorAll(".jp-OutputArea-output img")];
  pictures.forEach((picture) => (picture.loading = "eager"));
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
  const broken = pictures.filter((picture) => !picture.naturalWidth).map((picture) => `no picture: ${picture.alt}`);
  const outputs = [...document.querySelectorAll(".jp-OutputArea-output")];
  const shows = (node) => node.innerText.trim() || node.querySelector("img, svg, video");
  const seen = (node) => node.getBoundingClientRect().height > 8 && shows(node);
  const unseen = outputs.filter((node) => !seen(node)).map((node) => node.outerHTML.slice(0, 200));
  return { outputs: outputs.length, blank: [...broken, ...unseen] };
}"""


@pytest.fixture(scope="module")
def rendered(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Page]]:
    """A notebook, frozen and opened as a page from disk that reaches nothing else."""
    page = new_page(chromium)
    page.route("http*://**", lambda route: route.abort())

    def show(path: Path) -> Page:
        frozen = freeze(path, tmp_path_factory.mktemp("guides") / path.name).path
        text, _ = HTMLExporter().from_notebook_node(nbformat.read(frozen, as_version=4))
        written = frozen.with_suffix(".html")
        written.write_text(text, encoding="utf-8")
        page.goto(written.as_uri())
        return page

    yield show
    page.context.close()


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_nothing_is_blank(rendered: Callable[[Path], Page], path: Path) -> None:
    told = rendered(path).evaluate(BLANK)
    assert told["outputs"] >= 3 and told["blank"] == []


def test_what_is_blank_is_seen(rendered: Callable[[Path], Page], tmp_path: Path) -> None:
    book = nbformat.v4.new_notebook()
    for html in ("<div></div>", "<img alt='a take' src='data:image/png;base64,AAAA'>", "<p>There.</p>"):
        shown = nbformat.v4.new_output("display_data", {"text/html": html})
        book.cells.append(nbformat.v4.new_code_cell("", outputs=[shown]))
    nbformat.write(book, tmp_path / "blank.ipynb")
    told = rendered(tmp_path / "blank.ipynb").evaluate(BLANK)
    assert told["outputs"] == 3
    assert "no picture: a take" in told["blank"] and len(told["blank"]) >= 2
    assert not any("There." in one for one in told["blank"])
