"""A report in a real browser without a network: its films play, one by one and side by side, its texts run nothing,
and everyone can read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sora_nb.models import CharacterRecord, VideoRecord, VideoRequest
from sora_nb.report import Experiment, write_report
from sora_nb.tables import SUMMARY_COLUMNS
from sora_nb.timerange import TimeRange
from sora_nb.video import poster
from tests.clips import make_clip

HOSTILE = "\"><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script></title>"

LOW_CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (layers) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.unshift(getComputedStyle(each).backgroundColor);
    const [ink, ground] = [light(over([...layers, getComputedStyle(element).color])), light(over(layers))];
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${walk.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}
"""

# The page's own policy stands in the way of wait_for_function, so what has to be waited for is awaited in the page.
PLAY = """
(film) => new Promise((done) => {
  film.addEventListener("timeupdate", () => { if (film.currentTime > 0.2) done(film.currentTime); });
  film.play();
})
"""

LOAD = """
() => Promise.all([...document.querySelectorAll("video")].map((film) => new Promise((done) => {
  const tell = () => done(film.error ? film.error.message : film.duration);
  if (film.readyState >= 1 || film.error) return tell();
  film.addEventListener("loadedmetadata", tell);
  film.addEventListener("error", tell);
})))
"""

PLANT = """
() => new Promise((done) => {
  document.body.insertAdjacentHTML("beforeend", "<img src='data:,x' onerror='document.title = 1'>");
  document.body.lastChild.addEventListener("error", () => done(document.title));
})
"""

SMALL_TARGETS = """
() => [...document.querySelectorAll("a, video, button, label, select, [tabindex]")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each.outerHTML.slice(0, 60), each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([html]) => html)
"""


VIOLATIONS = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""

READY = """
() => Promise.all([...document.querySelectorAll("dialog video")].map((film) => new Promise((done) => {
  if (film.readyState > 2) return done();
  film.addEventListener("canplay", done);
})))
"""

APART = """
(wanted) => new Promise((done) => {
  const films = [...document.querySelectorAll("dialog video")];
  const offs = [];
  const look = () => {
    const times = films.map((film) => film.currentTime);
    if (films.every((film) => !film.paused && !film.seeking)) offs.push(Math.max(...times) - Math.min(...times));
    if (offs.length < wanted) return requestAnimationFrame(look);
    offs.sort((a, b) => a - b);
    done(offs[Math.floor(offs.length * 0.9)]);
  };
  look();
})
"""
"""How many seconds the films were apart while all of them ran, nine looks in ten at most."""

TIMES = """() => [...document.querySelectorAll("dialog video")].map((film) => film.currentTime)"""

ARRIVED = """
(wanted) => new Promise((done) => {
  const films = [...document.querySelectorAll("dialog video")];
  const look = () => {
    const times = films.map((film) => film.currentTime);
    const there = times.every((time) => Math.abs(time - wanted) < 0.01);
    if (there) done(times); else requestAnimationFrame(look);
  };
  look();
})
"""
"""Wait until all films stand at a time in seconds."""

FPS = 24


@dataclass
class Opened:
    """A report that is shown, with everything that it asked the browser for."""

    page: Page
    asked: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[str]:
        """What the page's policy did not let it do."""
        found: list[str] = self.page.evaluate("refused")
        return found

    def side_by_side(self) -> None:
        """Open the comparison of the one group that has two films."""
        self.page.get_by_role("button", name="Compare all 2 side by side").click()
        self.page.evaluate(READY)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with everything a report can have."""
    folder = tmp_path_factory.mktemp("report")
    film, tall = make_clip(folder / "film.mp4", frames=48), make_clip(folder / "tall.mp4", 12, size=(108, 192))
    picture = folder / "ada.jpg"
    picture.write_bytes(poster(film, width=160))

    def video(number: int, prompt: str, **known: object) -> VideoRecord:
        request = VideoRequest(prompt, 2, "1280x720", "sora-2", known.pop("characters", ("chr_1",)))
        return VideoRecord(f"vid_{number}", "simulator", request, est_cost_usd=0.2, **known)

    videos = [
        video(1, "A woman in a park", status="completed", path=film, duration_s=2.0, characters=(), simulated=True),
        video(2, f"@ada {HOSTILE}", status="completed", path=film, duration_s=2.0, cost_usd=0.2),
        video(3, "@ada in a pub", status="failed", error_code="moderation_blocked", error="Refused. Ask otherwise."),
        video(4, "@ada at sea " * 20, status="unknown"),
        video(5, "@ada on a hill", status="in_progress"),
        video(7, f"@ada again {HOSTILE}", status="completed", path=film, duration_s=2.0),
        video(6, "@ada and @tom", status="completed", path=tall, width=108, height=192, characters=("chr_1", "chr_2")),
    ]
    ada = CharacterRecord("chr_1", "Ada", "ada", "Curly hair.", "task", "vid_1", TimeRange(0, 1.5), poster=picture)
    tom = CharacterRecord(
        "chr_2", HOSTILE, "tom", "", "url", "https://films.example/tom.mp4", TimeRange(5, 8), ("too_long",)
    )
    tried = Experiment({"scene": ("a", HOSTILE)}, 4, 2, 2, tuple(points(HOSTILE)), HOSTILE, 0.8)
    told = {"title": f"Takes {HOSTILE}", "question": f"Which? {HOSTILE}", "experiment": tried}
    return write_report(folder / "report.html", videos, [ada, tom], **told)


def points(scene: str) -> Iterator[dict[str, object]]:
    """Two points of a grid, of which one has all there is to tell and one nothing."""
    full = dict.fromkeys(SUMMARY_COLUMNS, 1) | {"success_rate": 0.5, "success_low": 0.1, "success_high": 0.9}
    full |= {"win_rate": 0.5, "win_low": 0.2, "win_high": 0.8, "likeness": 0.7, "likeness_sd": 0.1}
    full |= {"likeness_min": 0.6, "likeness_max": 0.8}
    yield {"axes": {"scene": "a"}, **full}
    counts = ("takes", "completed", "failed", "unknown", "rated", "wins", "losses", "same")
    yield {"axes": {"scene": scene}, **dict.fromkeys(SUMMARY_COLUMNS), **dict.fromkeys(counts, 0)}


@pytest.fixture
def shown(chromium: Browser, report: Path) -> Iterator[Callable[..., Opened]]:
    """Open the report offline, in a window of the given width and colours."""
    contexts = []

    def show(
        width: int = 1280,
        colours: str = "light",
        media: str = "screen",
        policy: bool = True,
        scripts: bool = True,
        page: Path = report,
    ) -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=colours,
            offline=True,
            bypass_csp=not policy,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.add_init_script(VIOLATIONS)
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.emulate_media(media=media, color_scheme=colours)
        opened.page.goto(page.as_uri())
        return opened

    yield show
    for context in contexts:
        context.close()


def test_a_film_plays_without_a_network_and_nothing_is_asked_for(shown, report):
    opened = shown()
    film = opened.page.locator("video").first
    assert film.evaluate(PLAY) > 0.2
    assert film.evaluate("(film) => [film.videoWidth, film.videoHeight, film.muted]") == [192, 108, True]
    assert {url.partition(":")[0] for url in opened.asked} <= {"file", "data"}
    assert [url for url in opened.asked if url.startswith("file:")] == [report.as_uri()]


def test_every_film_and_picture_is_loaded(shown):
    page = shown().page
    assert page.evaluate(LOAD) == [2, 2, 2, 0.5]
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")


def test_a_hostile_text_is_read_and_not_run(shown):
    page = shown().page
    assert page.title() == f"Takes {HOSTILE}"
    assert page.get_by_role("heading", level=1).inner_text() == f"Takes {HOSTILE}"
    assert page.locator("script").count() == 1
    assert page.locator("img[src='x']").count() == 0


def test_the_page_would_not_let_it_run_either(shown):
    assert shown().page.evaluate(PLANT) == f"Takes {HOSTILE}"
    assert shown(policy=False).page.evaluate(PLANT) == "1"


def test_takes_play_in_step_with_no_network_and_nothing_is_asked_for(shown, report):
    opened = shown()
    opened.side_by_side()
    opened.page.keyboard.press("r")
    opened.page.keyboard.press("Space")
    assert opened.page.evaluate(APART, 40) <= 1 / FPS
    opened.page.evaluate("() => { document.querySelector('dialog video').currentTime += 0.2; }")
    assert max(times := opened.page.evaluate(TIMES)) - min(times) > 1 / FPS  # the measure would see it
    assert {url.partition(":")[0] for url in opened.asked} <= {"file", "data"}
    assert [url for url in opened.asked if url.startswith("file:")] == [report.as_uri()]
    assert opened.refused == []


def test_the_comparison_is_played_by_its_keys(shown):
    opened = shown()
    opened.side_by_side()
    page = opened.page
    for key in ("ArrowRight", "ArrowRight", "."):
        page.keyboard.press(key)
    assert page.evaluate(ARRIVED, 3 / FPS + 0.002)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press(",")
    assert page.evaluate(ARRIVED, 1 + 2 / FPS + 0.002)
    page.keyboard.press("j")
    assert page.get_by_label("Speed").input_value() == "0.5"
    second = page.get_by_role("group", name=re.compile("^Take 6"))
    second.focus()
    page.keyboard.press("s")
    assert page.evaluate("[...document.querySelectorAll('dialog video')].map((film) => film.muted)") == [True, False]
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog", name="2 takes side by side").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("dialog video").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Compare all 2 side by side"


def test_any_takes_can_be_chosen_to_be_compared(shown):
    page = shown().page
    tray = page.get_by_role("region", name="Chosen takes")
    assert not tray.is_visible()
    page.get_by_role("checkbox", name="Compare take 1").check()
    assert "Choose another one" in tray.inner_text()
    page.get_by_role("checkbox", name="Compare take 7").check()
    tray.get_by_role("button", name="Compare").click()
    told = page.locator("dialog figure").evaluate_all("(each) => each.map((one) => one.getAttribute('aria-label'))")
    assert told == ["Take 1: A woman in a park", "Take 7: @ada and @tom"]


def test_what_takes_are_called_is_text_there_too(shown):
    opened = shown()
    opened.side_by_side()
    page = opened.page
    assert page.locator("dialog figcaption .words").all_inner_texts() == [f"@ada {HOSTILE}", f"@ada again {HOSTILE}"]
    assert page.title() == f"Takes {HOSTILE}"
    assert page.locator("img[src='x']").count() == 0 and page.locator("script").count() == 1


def test_without_scripts_the_page_is_as_whole(shown):
    plain, live = shown(scripts=False).page, shown().page
    assert plain.locator("button, input, dialog").count() == 0
    assert plain.locator("video[controls]").count() == live.locator("video[controls]").count() == 4
    # What the script adds are ways to compare, and nothing else.
    live.evaluate("() => document.querySelectorAll('button, .choose, .tray, dialog').forEach((each) => each.remove())")
    assert live.locator("main").inner_text() == plain.locator("main").inner_text()


def test_a_script_that_says_anything_else_does_not_run(shown, report, tmp_path):
    changed = tmp_path / "changed.html"
    text = report.read_text(encoding="utf-8")
    changed.write_text(text.replace("const MOST = 9;", "const MOST = 8;"), encoding="utf-8")
    assert changed.read_text(encoding="utf-8") != text
    opened = shown(page=changed)
    assert opened.page.get_by_role("button").count() == 0
    assert opened.refused == ["script-src-elem inline"]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
def test_it_is_readable_in_every_light_and_window(shown, colours, width):
    page = shown(width, colours).page
    assert page.evaluate(LOW_CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_low_contrast_and_small_targets_would_be_seen(shown):
    page = shown().page
    page.evaluate("document.querySelector('h1').style.color = '#bbb'")
    page.evaluate("document.querySelector('a').style.cssText = 'min-width:0;min-height:0;font-size:9px;line-height:1'")
    assert len(page.evaluate(LOW_CONTRAST)) == 1
    assert len(page.evaluate(SMALL_TARGETS)) == 1


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_the_comparison_is_readable_in_every_light_and_window(shown, colours, width):
    opened = shown(width, colours)
    opened.side_by_side()
    assert opened.page.evaluate(LOW_CONTRAST) == []
    assert opened.page.evaluate(SMALL_TARGETS) == []
    assert opened.page.evaluate(
        "document.querySelector('.side-grid').scrollWidth <= document.querySelector('.side-grid').clientWidth"
    )


def test_light_and_dark_are_two_papers(shown):
    paper = "getComputedStyle(document.body).backgroundColor"
    assert shown(colours="light").page.evaluate(paper) != shown(colours="dark").page.evaluate(paper)


def test_paper_gets_dark_ink_and_no_scrolling_table(shown):
    page = shown(700, "dark", media="print").page
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(LOW_CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 700


def test_a_screen_reader_finds_its_way(shown):
    page = shown().page
    for heading in ("Characters", "Takes", "All values"):
        assert page.get_by_role("region", name=heading).count() >= 1
    assert page.get_by_role("rowheader", name=re.compile("^Take")).count() == 7
    assert page.get_by_role("columnheader", name="prompt").count() == 1
    page.get_by_role("rowheader", name="Take 3").get_by_role("link").click()
    assert page.locator(":target h4").inner_text() == "@ada in a pub"
