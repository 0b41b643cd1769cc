"""A track and what is suggested show themselves in a cell, with nothing but escaped markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from sora_nb.timerange import APIYI
from sora_nb.video import scan, suggest
from tests.test_video_measure import clip
from tests.test_video_suggest import cutting


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    return scan(clip(tmp_path_factory.mktemp("chart") / "a<b>.mp4", cutting, 312), faces=None)


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_every_cut_and_fade_is_drawn(track):
    tags = Tags(track._repr_html_()).seen
    assert len(track.cuts) >= 3 and len(track.fades) >= 1
    assert sum(tag == "line" for tag, _ in tags) == len(track.cuts)
    assert sum(tag == "rect" for tag, _ in tags) == len(track.fades)
    assert sum(tag == "polyline" for tag, _ in tags) == 3


def test_a_cut_stands_where_it_is(track):
    lines = [attrs for tag, attrs in Tags(track._repr_html_()).seen if tag == "line"]
    assert float(lines[0]["x1"]) == pytest.approx(720 * track.cuts[0] / track.duration, abs=0.1)


def test_names_are_text(track):
    page = track._repr_html_()
    assert "a<b>" not in page and "a&lt;b&gt;" in page


def test_it_is_small_and_says_in_words_what_it_shows(track):
    page = track._repr_html_()
    assert len(re.sub(r"base64,[^\"]*", "", page)) < 30_000
    assert f"{len(track.cuts)} cuts" in page and 'role="img"' in page


def test_suggestions_are_marked_and_explained(track):
    found = suggest(track, APIYI)
    page = found._repr_html_()
    tags = Tags(page).seen
    assert sum(tag == "rect" for tag, _ in tags) == len(track.fades) + len(found)
    assert sum(tag == "li" for tag, _ in tags) == len(found) > 0
    assert found.note in page
