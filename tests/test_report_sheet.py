"""A sheet shows every take in the same place as the page, and no letter goes missing without a word."""

from __future__ import annotations

import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sora_nb.errors import ConfigError
from sora_nb.models import VideoRecord, VideoRequest
from sora_nb.report import ReportPlan, look, plan_report, sheet
from sora_nb.report.lettering import MISSING, Lettering
from sora_nb.report.sheet import MOST_IN_PNG, PAGE
from tests.clips import make_clip, number


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4", 30, size=(192, 108))


def take(place: int, **known: object) -> VideoRecord:
    request = VideoRequest(known.pop("prompt", f"take {place}"), 4, "1280x720", "sora-2")
    return VideoRecord(f"vid_{place}", "fake", request, **known)


def done(place: int, film: Path, **known: object) -> VideoRecord:
    return take(place, status="completed", path=film, cost_usd=0.4, **known)


def test_a_picture_has_every_take(film: Path, tmp_path: Path) -> None:
    videos = [done(place, film) for place in range(1, 7)] + [take(7, status="failed", error="Refused.")]
    contents = look(videos, [], question="Which?")
    path = ReportPlan(contents).write(tmp_path / "sheet.png")
    top = sheet._MARGIN + sheet._head_height(contents, Lettering())
    grid = sheet._grid(contents.takes)
    with Image.open(path) as picture:
        assert picture.size[0] == PAGE[0]
        seen = [number_at(picture.convert("RGB"), grid, top, place) for place in range(8)]
    assert seen == [3] * 6 + [None, None]  # a tenth into 30 frames


def number_at(picture: Image.Image, grid: sheet.Grid, top: int, place: int) -> int | None:
    """The number of the frame that lies at a place, None where there is none."""
    row, column = divmod(place, grid.columns)
    left = sheet._MARGIN + column * (grid.width + sheet._GAP)
    upper = top + row * (grid.height + sheet._CAPTION + sheet._GAP)
    try:
        return number(np.asarray(picture.crop((left, upper, left + grid.width, upper + grid.height))))
    except AssertionError:
        return None


def test_a_pdf_has_pages_and_the_same_bytes_each_time(film: Path, tmp_path: Path) -> None:
    plan = plan_report([done(place, film) for place in range(1, 31)], [])
    first = plan.write(tmp_path / "a.pdf").read_bytes()
    assert first.startswith(b"%PDF-")
    assert first.count(b"/Type /Page\n") == 3
    assert plan.write(tmp_path / "b.pdf").read_bytes() == first
    fewer = plan_report([done(1, film)], []).write(tmp_path / "c.pdf").read_bytes()
    assert fewer.count(b"/Type /Page\n") == 1


def test_a_sheet_of_nothing_is_one_too(tmp_path: Path) -> None:
    for name in ("empty.png", "empty.pdf"):
        assert plan_report([], []).write(tmp_path / name).stat().st_size > 1_000


def test_too_many_takes_for_one_picture_are_told_to_go_on_pages(tmp_path: Path) -> None:
    plan = plan_report([take(place) for place in range(MOST_IN_PNG + 1)], [])
    with pytest.raises(ConfigError, match=r"201 takes are too many for one picture; 200 fit\. Name a \.pdf"):
        plan.write(tmp_path / "sheet.png")
    assert list(tmp_path.iterdir()) == []


def test_tall_takes_get_a_frame_of_their_shape(film: Path, tmp_path: Path) -> None:
    tall = [replace(done(place, film), width=108, height=192) for place in range(1, 8)]
    with Image.open(plan_report(tall, []).write(tmp_path / "tall.png")) as picture:
        assert picture.height < PAGE[1]  # seven in a row


def test_a_letter_that_no_font_has_becomes_a_box_that_is_explained() -> None:
    letters = Lettering()
    assert letters.width("plain words, ünd Ärger", 26) > 0
    assert letters.explained() is None
    lost = "\U0001f9ff\ue123\u202e"  # a picture, a letter of nobody's, and one that turns what follows round
    assert letters.width(lost, 26) == pytest.approx(3 * letters.width(MISSING, 26), rel=0.01)
    said = letters.explained()
    assert said is not None and "U+E123" in said and "U+202E" in said and MISSING in said


def test_the_box_is_drawn_and_its_words_are_on_the_sheet(film: Path, tmp_path: Path) -> None:
    plain = plan_report([done(1, film, prompt="a cat")], []).write(tmp_path / "plain.png")
    lost = plan_report([done(1, film, prompt="a \ue123\ue124 cat")], []).write(tmp_path / "lost.png")
    foot = (110, -150, PAGE[0] - 110, -60)
    assert ink(plain, foot) == 0 < ink(lost, foot)


def ink(path: Path, box: tuple[int, int, int, int]) -> int:
    """How many dark pixels there are in a part of a picture, counted from its lower edge."""
    with Image.open(path) as picture:
        left, top, right, bottom = box
        part = picture.convert("L").crop((left, picture.height + top, right, picture.height + bottom))
        return sum(part.histogram()[:128])


def test_words_are_broken_into_lines_and_end_in_an_ellipsis() -> None:
    letters = Lettering()
    lines = letters.lines("a prompt that goes on and on " * 8, 26, 300, 2)
    assert len(lines) == 2 and lines[1].endswith("…")
    assert all(letters.width(line, 26) <= 300 for line in lines)
    assert letters.lines("W" * 200, 26, 300, 99)[0].strip("W") == ""
    assert "".join(letters.lines("W" * 200, 26, 300, 99)) == "W" * 200
    assert letters.lines("  \n ", 26, 300, 2) == [""]


def test_nothing_of_the_page_is_in_the_sheet_but_pictures(film: Path, tmp_path: Path) -> None:
    """A sheet that is passed on tells no folder: of text it has its title alone."""
    content = plan_report([done(1, film)], [], title="T").write(tmp_path / "a.pdf").read_bytes()
    assert str(film.parent).encode() not in content and zlib.crc32(content)
    with Image.open(BytesIO(plan_report([done(1, film)], []).write(tmp_path / "a.png").read_bytes())) as picture:
        assert set(picture.info) <= {"dpi"}
