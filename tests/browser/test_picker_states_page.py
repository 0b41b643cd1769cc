"""The picker's page when something is not there: the kernel, the sound, the site's leave, the whole video."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.timerange import APIYI, Limits
from sora_nb.widgets import RangePicker
from sora_nb.widgets import feed as feed_module
from tests.browser.pages import LivePage
from tests.browser.picking import press, shown_picker
from tests.clips import make_clip

FILM = "http://films.example/park.mp4"


def from_a_site(esm_page, film: Path, headers: dict[str, str]) -> LivePage:
    """A picker on a film that another site gives."""
    live = LivePage(esm_page, RangePicker())
    live.page.route(
        "http://films.example/**",
        lambda route: route.fulfill(body=film.read_bytes(), content_type="video/mp4", headers=headers),
    )
    live.widget.load(FILM, value="1,4")
    return live


def test_a_site_that_keeps_its_pictures_costs_only_the_filmstrip(esm_page, ten_seconds: Path) -> None:
    # Playwright allows everybody where nothing is said.
    live = from_a_site(esm_page, ten_seconds, {"Access-Control-Allow-Origin": "http://else.example"})
    live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count())
    live.until(lambda: live.page.get_by_text("No filmstrip: films.example does not let other pages").is_visible())
    live.until(lambda: live.widget.duration == pytest.approx(10, abs=0.1))
    assert live.page.locator(".sora-timeline[data-film]").count() == 0
    press(live, "Shift+ArrowRight", "Shift+ArrowRight", "i")
    live.until(lambda: live.widget.value == (2.0, 4.0))


def test_a_site_that_allows_it_has_a_filmstrip_made_here(esm_page, ten_seconds: Path) -> None:
    live = from_a_site(esm_page, ten_seconds, {"Access-Control-Allow-Origin": "*"})
    live.until(lambda: live.page.locator(".sora-timeline[data-film]").count())
    assert live.page.locator(".sora-film-note").is_hidden()


def test_an_address_that_gives_no_video_is_told(esm_page, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html>no film</html>")
    live = from_a_site(esm_page, page, {})
    live.until(lambda: live.page.get_by_text("films.example gave no video that this browser plays.").is_visible())


def test_a_kernel_that_is_gone_is_told_and_forgotten_when_it_answers(esm_page, ten_seconds: Path) -> None:
    live = shown_picker(esm_page, ten_seconds)
    live.page.locator(".sora-picker").focus()
    live.page.keyboard.press("ArrowRight")
    told = live.page.get_by_text("The kernel does not answer.")
    told.wait_for()
    assert "run this cell again" in told.inner_text() and told.get_attribute("role") == "status"
    live.until(lambda: told.is_hidden())


def test_where_aac_is_not_played_it_is_said(esm_page, tmp_path: Path) -> None:
    film = make_clip(tmp_path / "beeps.mp4", 25, 25, beeps=[0.2])
    live = shown_picker(esm_page, film, value="0,1")
    assert live.page.get_by_role("button", name="Sound on").count() == 1
    live.page.evaluate("() => { HTMLMediaElement.prototype.canPlayType = () => '' }")
    press(live, "m")
    assert live.page.get_by_role("button", name="No sound here: this page does not play AAC").count() == 1
    assert live.page.evaluate("() => document.querySelector('video').muted")
    mute = shown_picker(esm_page, make_clip(tmp_path / "mute.mp4", 25, 25), value="0,1")
    assert mute.page.get_by_role("button", name="This video has no sound").count() == 1


def test_a_film_that_is_too_much_is_chosen_from_by_single_frames(esm_page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(feed_module, "LONGEST_PREVIEW", 0.5)
    monkeypatch.setattr(feed_module.tempfile, "gettempdir", lambda: str(tmp_path))
    live = LivePage(esm_page, RangePicker(make_clip(tmp_path / "film.avi", 75, 25, (320, 180)), value="1,2"))
    frame = live.page.locator(".sora-frame")
    live.until(lambda: frame.is_visible())
    assert (
        "Shown frame by frame, since browsers do not play mpeg4 in avi."
        in live.page.locator(".sora-stage-note").inner_text()
    )
    first = frame.get_attribute("src")
    press(live, "Shift+O")
    live.until(lambda: frame.get_attribute("src") != first)
    press(live, "Home", "i")
    live.until(lambda: live.widget.value == (0.0, 2.0))
    live.page.get_by_role("button", name="Make a preview").click()
    live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count(), timeout_ms=60_000)
    assert frame.is_hidden()


def test_too_short_a_video_and_an_unknown_window_are_told(esm_page, tmp_path: Path) -> None:
    short = make_clip(tmp_path / "short.mp4", 15, 25)
    live = shown_picker(esm_page, short, value=None, limits=APIYI)
    assert "The whole video is shorter; use a longer one." in live.page.locator(".sora-remark").inner_text()
    assert live.widget.value == (0.0, 0.6)
    live = shown_picker(esm_page, short, value="0,0.5", limits=Limits("lab"))
    assert live.page.locator(".sora-rule[data-unknown]").inner_text().startswith("lab: no window is known")
