"""Texts that want to be more than text stay text wherever we show them: in JupyterLab, trusted, and in exports.

Some of them here; `benchmarks/hostile.py` puts a thousand through every sink.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.attacks import export, fed, opened, setup, stills
from tests.browser.hostile import OTHERS, TAGS, hostile
from tests.browser.jupyter import LabServer
from tests.browser.sinks import BAD, LIVE, STILL, report
from tests.browser.watch import Watch
from tests.clips import make_clip

COUNT = len(TAGS) + len(OTHERS) + 14
"""Every known vector, and some that the grammar made."""

ALL = set(range(COUNT))


@pytest.fixture(scope="package")
def clip(lab: LabServer) -> Path:
    return make_clip(lab.root / "hostile.mp4", 50, 25, (320, 180))


def test_texts_are_the_same_for_the_same_seed_and_no_two_are_alike() -> None:
    assert hostile(1000) == hostile(1000) != hostile(1000, seed=8)
    assert len(set(hostile(1000))) == 1000


def first_cell(sink: str) -> int:
    """Where in `stills` a sink's first cell is."""
    return next(place for place, cell in enumerate(stills(COUNT)) if repr(sink) in cell)


def test_what_is_known_to_run_is_seen_to_run(notebook, clip: Path) -> None:
    book = notebook([setup(clip, 0), *(f"sinks.bad({name!r}, {number})" for number, name in enumerate(BAD))])
    with Watch(book.page) as watch:
        book.run_all()
        assert book.errors() == []
        watch.page.wait_for_function("() => document.querySelectorAll('.sora-keybox').length")
        # Widgets are drawn when their models have come, each in its own time.
        watch.page.wait_for_function("() => document.querySelectorAll('.jupyter-widgets.widget-html').length")
        watch.found()
    named = dict(enumerate(BAD))
    assert [name for number, name in named.items() if str(number) not in watch.hits] == []
    assert [name for number, name in named.items() if not any(url.endswith(f"-{number}") for url in watch.strays)] == []


def test_widgets_show_them_as_text(notebook, clip: Path) -> None:
    book = notebook([setup(clip, COUNT), *(f"sinks.live({name!r}, clip)" for name in LIVE)])
    with Watch(book.page) as watch:
        book.run_all()
        assert book.errors() == []
        for place, sink in enumerate(LIVE, start=1):
            shown = book.output(place)
            shown.locator(".sora, .widget-vbox").first.wait_for(state="attached")
            assert fed(book, watch, sink, shown, COUNT) == ALL, sink
            assert watch.found() == [], sink


def test_forms_tables_errors_and_words(notebook, clip: Path) -> None:
    book = notebook([setup(clip, COUNT), *stills(COUNT)])
    with Watch(book.page) as watch:
        book.run_all()
        assert book.kernel_eval("sorted(set(sinks.DONE))") == sorted(STILL)
        assert watch.found() == []
        formulas = [book.output(place).locator("mjx-container") for place in (1, 1 + first_cell("tables"))]
        formulas[1].first.wait_for()  # pandas lets the front end set them, and a form of ours stands before its table
        assert formulas[0].count() == 0
        assert watch.seen() >= ALL  # where two texts stand side by side their numbers may run together


def test_exports(chromium: Browser, clip: Path, tmp_path: Path) -> None:
    pages = export(tmp_path, clip, COUNT)
    pages["report"] = report(hostile(COUNT), clip, tmp_path / "report.html")
    for kind, page in pages.items():
        with opened(chromium, page) as watch:
            assert watch.seen() >= ALL, kind
            assert watch.found() == [], kind
