"""A report is one file that needs nothing else, says everything, and lets no text become markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sora_nb.errors import ConfigError
from sora_nb.html import Html
from sora_nb.models import CharacterRecord, Place, VideoRecord, VideoRequest
from sora_nb.report import ReportFacts, look, paint, plan_report, write_report
from sora_nb.report import facts as facts_of
from sora_nb.report.page import POLICY, SCRIPT
from sora_nb.timerange import Finding, TimeRange
from sora_nb.video import poster
from tests.clips import make_clip

BEGAN = datetime(2026, 11, 23, 7, 2, 11, tzinfo=UTC)

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</title></style><svg onload=alert(1)>",
    "</h1></article></main><iframe src=javascript:alert(1)>",
    "<!-- <b>bold</b>",
    "&lt;b&gt; &amp;",
    "\u202eright to left",
]


class Page(HTMLParser):
    """What a browser would see: elements in order with their attributes, and all the text between."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.style = self.script = ""
        self.text = ""
        self.feed(markup.removeprefix("<!doctype html>\n"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.style += data
        elif self.cdata_elem == "script":
            self.script += data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Everything but the words: a text that became markup would change it."""
        return [(name, tuple(sorted(attributes))) for name, attributes in self.elements]

    def addresses(self) -> Iterator[str]:
        for _, attributes in self.elements:
            yield from (
                value or "" for name, value in attributes.items() if name in ("src", "href", "poster", "srcset")
            )


def blocks(number: int, size: tuple[int, int]) -> np.ndarray:
    """Blocks in other colours for each number, which costs an encoder much and a picture little."""
    small = np.random.default_rng(number).integers(0, 255, (size[1] // 20, size[0] // 20, 3), dtype=np.uint8)
    return small.repeat(20, axis=0).repeat(20, axis=1)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A short film, a longer one, one in portrait, and one that no browser plays."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        "short": make_clip(folder / "short.mp4", frames=12),
        "long": make_clip(folder / "long.mp4", frames=96, size=(320, 180)),
        "heavy": make_clip(folder / "heavy.mp4", frames=48, size=(640, 360), painter=blocks),
        "tall": make_clip(folder / "tall.mp4", frames=12, size=(108, 192)),
        "webm": make_clip(folder / "web.webm", frames=12),
        "old": make_clip(folder / "old.avi", frames=12),
    }


def video(number: int, prompt: str = "@ada waves", **known: object) -> VideoRecord:
    characters = known.pop("characters", ("chr_1",))
    request = VideoRequest(prompt, 4, "1280x720", "sora-2", characters, take=known.pop("take", 1))
    return VideoRecord(
        id=f"vid_{number}",
        service="simulator",
        request=request,
        submitted_at=BEGAN + timedelta(seconds=number),
        est_cost_usd=0.4,
        **known,
    )


def finished(number: int, path: Path, prompt: str = "@ada waves", **known: object) -> VideoRecord:
    return video(number, prompt, status="completed", path=path, duration_s=0.5, cost_usd=0.4, **known)


def failed(number: int, **known: object) -> VideoRecord:
    return video(
        number,
        "@ada meets a politician",
        status="failed",
        error_code="moderation_blocked",
        error="The service refused the prompt. Name no real person.",
        **known,
    )


ADA = CharacterRecord(
    id="chr_1",
    name="Ada",
    handle="ada",
    description="Curly brown hair and glasses.",
    source_kind="task",
    source="vid_1",
    span=TimeRange(1, 4),
    service="simulator",
    mode="native",
    status="completed",
)


def facts(videos: list[VideoRecord], characters: list[CharacterRecord], **options: object) -> ReportFacts:
    return facts_of(look(videos, characters, **options))


def page(videos: list[VideoRecord], characters: list[CharacterRecord] | None = None, **options: object) -> Page:
    return Page(paint(facts(videos, [ADA] if characters is None else characters, **options)))


def test_the_page_needs_nothing_else(clips, tmp_path):
    path = write_report(tmp_path / "report.html", [finished(1, clips["short"]), failed(2)], [ADA], title="Takes")
    seen = Page(path.read_text(encoding="utf-8"))
    assert all(re.match(r"data:(image|video)/|#", address) for address in seen.addresses())
    assert not re.search(r"url\(|@import|expression\(", seen.style)
    assert {"link", "iframe", "object", "embed", "base", "form"}.isdisjoint(name for name, _ in seen.elements)
    assert seen.all("script") == [{"type": "module"}]
    assert not re.search(r"\b(import|fetch|XMLHttpRequest|innerHTML)\b", seen.script)
    assert not [name for _, attributes in seen.elements for name in attributes if name.startswith("on")]


def test_the_page_forbids_itself_everything_else_before_anything_else(clips):
    seen = page([finished(1, clips["short"])])
    policy = {"http-equiv": "Content-Security-Policy", "content": POLICY}
    assert seen.all("meta")[:2] == [{"charset": "utf-8"}, policy]
    assert [name for name, _ in seen.elements][:4] == ["html", "head", "meta", "meta"]
    assert POLICY.startswith("default-src 'none'; img-src data:; media-src data: blob:; style-src 'unsafe-inline'; ")
    assert POLICY.endswith("; base-uri 'none'; form-action 'none'")


def test_the_policy_names_the_one_script_by_what_it_says(clips):
    seen = page([finished(1, clips["short"])])
    told = re.search(r"script-src ([^;]+);", POLICY)
    digest = base64.b64encode(hashlib.sha256(seen.script.encode()).digest()).decode()
    assert told is not None and told[1] == f"'sha256-{digest}'"
    assert seen.script == SCRIPT


def test_a_film_is_embedded_whole_with_its_poster_and_waits_to_be_played(clips):
    (player,) = page([finished(1, clips["short"], "@ada waves at a cat")]).all("video")
    assert {"controls", "muted", "playsinline"} <= set(player)
    assert "autoplay" not in player
    assert player["preload"] == "metadata"
    assert player["aria-label"] == "@ada waves at a cat"
    assert player["src"] == "data:video/mp4;base64," + _base64(clips["short"].read_bytes())
    assert player["poster"] == "data:image/jpeg;base64," + _base64(poster(clips["short"], width=640))


def test_a_webm_film_is_embedded_as_what_it_is(clips):
    (player,) = page([finished(1, clips["webm"])]).all("video")
    assert player["src"].startswith("data:video/webm;base64,")


def test_the_same_records_give_the_same_bytes(clips, tmp_path):
    records = [finished(1, clips["short"]), failed(2)]
    first = write_report(tmp_path / "a.html", records, [ADA], title="Takes").read_bytes()
    assert write_report(tmp_path / "b.html", records, [ADA], title="Takes").read_bytes() == first
    assert write_report(tmp_path / "c.html", records[:1], [ADA], title="Takes").read_bytes() != first


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is_wherever_it_stands(text, clips):
    def told(words: str) -> Page:
        remarks, places = (Finding("warning", words, words),), (Place(words, "reference", "completed"),)
        known = {"name": words, "description": words, "source": words, "source_kind": "file", "error": words}
        character = replace(ADA, **known, remarks=remarks, places=places)
        take = finished(1, clips["short"], words, axes={"scene": words}, sweep=words, remarks=remarks)
        lost = failed(2, remote_id=words)
        lost = replace(lost, error=words, error_code=words, service=words, request=replace(lost.request, model=words))
        return page([take, lost], [character], title=words)

    harmless, seen = told("harmless"), told(text)
    assert seen.shape() == harmless.shape()
    assert seen.text.count(text) >= harmless.text.count("harmless") - 1  # a file's folder is not shown
    assert seen.all("video")[0]["aria-label"] == text


@pytest.mark.parametrize("text", [text for text in HOSTILE if re.match("[^!]*<[a-z]", text)])
def test_a_text_that_became_markup_would_be_seen(text, clips):
    told = facts([finished(1, clips["short"])], [ADA], title="harmless")
    assert Page(paint(replace(told, title=Html(text)))).shape() != Page(paint(told)).shape()


def test_half_a_character_does_not_stop_the_report(tmp_path):
    path = write_report(tmp_path / "report.html", [failed(1), video(2, "half \ud83d of a pair")], [], title="\udc00")
    assert "half ? of a pair" in path.read_text(encoding="utf-8")


def test_films_are_made_smaller_in_words_when_there_is_no_room(clips):
    records = [finished(1, clips["short"]), finished(2, clips["heavy"], "the heavy one")]
    everything = page(records)
    assert "made smaller" not in everything.text
    weights = [len(player[name].partition(",")[2]) for player in everything.all("video") for name in ("src", "poster")]
    assert page(records, max_bytes=sum(weights)).shape() == everything.shape()
    room = sum(weights) - weights[2] // 2
    seen = page(records, max_bytes=room)
    assert len(seen.all("video")) == 2
    assert seen.all("video")[0] == everything.all("video")[0]
    assert (
        sum(len(player[name].partition(",")[2]) for player in seen.all("video") for name in ("src", "poster")) <= room
    )
    assert "1 film of 2 made smaller to keep the page under" in seen.text
    assert seen.text.count("Film made smaller: ") == 1
    assert "The original has 640x360," in seen.text


def test_a_film_for_which_no_room_is_enough_keeps_its_picture_and_says_so(clips):
    records = [finished(1, clips["short"]), finished(2, clips["heavy"], "the heavy one")]
    weights = [
        len(player[name].partition(",")[2]) for player in page(records).all("video") for name in ("src", "poster")
    ]
    seen = page(records, max_bytes=sum(weights) - weights[2] + 4_000)
    assert len(seen.all("video")) == 1
    assert [image["alt"] for image in seen.all("img")] == ["the heavy one"]
    assert "1 film of 2 left out to keep the page under" in seen.text
    assert seen.text.count("Film left out: its") == 1


def test_without_any_room_the_pictures_and_words_are_still_there(clips):
    seen = page([finished(1, clips["short"]), finished(2, clips["long"])], max_bytes=0)
    assert seen.all("video") == []
    assert len(seen.all("img")) == 2
    assert "2 films of 2 left out" in seen.text


def test_the_limit_holds_for_what_is_written(clips, tmp_path):
    records = [finished(number, clips["heavy"]) for number in range(1, 6)]
    plan = plan_report(records, [ADA], max_bytes=600_000)
    path = plan.write(tmp_path / "report.html")
    words = len(paint(facts(records, [ADA], max_bytes=0)))
    assert plan.page_bytes <= 600_000 < plan.whole_bytes
    assert path.stat().st_size <= 600_000 + words
    assert Page(path.read_text()).all("video")


@pytest.mark.parametrize(
    ("name", "words"), [("old", "No browser plays old.avi"), ("gone", "gone.mp4"), ("text", "text.mp4")]
)
def test_a_file_that_cannot_be_shown_is_spoken_of(name, words, clips, tmp_path):
    (tmp_path / "text.mp4").write_text("I am no video.")
    path = clips.get(name, tmp_path / f"{name}.mp4")
    seen = page([finished(1, path)])
    assert seen.all("video") == []
    assert words in seen.text


def test_a_completed_take_without_a_file_is_spoken_of():
    assert "no longer in the library" in page([video(1, status="completed")]).text


def test_a_failed_take_is_shown_with_its_reason_in_card_and_table():
    seen = page([failed(1)])
    assert seen.text.count("The service refused the prompt. Name no real person.") == 2
    assert seen.text.count("moderation_blocked") == 2
    assert "1 failed" in seen.text


def test_what_was_lost_where_there_are_no_characters_is_told_in_card_and_table():
    lost = Finding("warning", "no_characters", "lab makes no characters.")
    places = (Place("simulator", "native", "completed", "char_1"), Place("lab", "reference", "completed"))
    shown = replace(ADA, mode="reference", remarks=(lost,), findings=("no_characters",), places=places)
    seen = page([failed(1, mode="reference", remarks=(lost,))], [shown])
    assert seen.text.count("lab makes no characters.") == 2
    assert "simulator, lab (by reference)" in seen.text
    assert "by reference" in seen.text and "no_characters" in seen.text
    native = page([failed(1, mode="native")]).text
    assert "by reference" not in native and "no_characters" not in native and "native" in native


def test_a_lost_answer_is_told_with_the_money_at_risk():
    seen = page([video(1, status="unknown"), video(2, status="unknown"), video(3, status="queued")])
    assert "The answer to 2 requests was lost, so what became of it is unknown. $0.80 may have been spent." in seen.text
    assert "1 take had not ended" in seen.text
    assert "No film: this take is unknown." in seen.text


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((True, True), "Every take on this page was drawn by the simulator."),
        ((True, False), "1 of 2 takes, each marked so."),
        ((False, False), None),
    ],
)
def test_what_is_simulated_is_said_first(flags, said):
    seen = page([video(number, simulated=flag) for number, flag in enumerate(flags, start=1)])
    assert ("Simulated." in seen.text) == (said is not None)
    assert said is None or said in seen.text
    assert [each.get("class") for each in seen.all("span")].count("chip drawn") == sum(flags)


def test_takes_are_grouped_by_who_is_in_them_and_keep_their_order(clips):
    tom = replace(ADA, id="chr_2", name="Tom", handle="tom", source="vid_9")
    told = facts(
        [
            video(1, characters=()),
            video(2),
            video(3, characters=("chr_1", "chr_2")),
            video(4),
            video(5, characters=("chr_7",)),
        ],
        [ADA, tom],
    )
    assert [(group.heading, [take.number for take in group.takes]) for group in told.groups] == [
        ("Without a character", [1]),
        ("With Ada", [2, 4]),
        ("With Ada and Tom", [3]),
        ("With chr_7", [5]),
    ]


def test_a_group_has_one_frame_in_the_shape_of_most(clips):
    records = [finished(1, clips["tall"], width=108, height=192), video(2, status="failed"), video(3, status="failed")]
    grids = [each for each in page(records).all("div") if "--frame" in (each.get("style") or "")]
    assert [(each["class"], each["style"]) for each in grids] == [("takes", "--frame:1280/720")]
    grids = [each for each in page(records[:1]).all("div") if "--frame" in (each.get("style") or "")]
    assert [(each["class"], each["style"]) for each in grids] == [("takes narrow", "--frame:108/192")]


def test_a_character_is_linked_to_the_take_it_was_cut_from_and_its_range_is_drawn_to_scale():
    seen = page([video(1, status="completed", duration_s=10.0, characters=()), video(2)])
    assert {"href": "#take-1"} in seen.all("a")
    (track,) = [each for each in seen.all("div") if each.get("role") == "img"]
    assert track["aria-label"] == "1 to 4 s of 10 s"
    assert {"class": "band", "style": "left:10.00%;width:30.00%"} in seen.all("span")


def test_a_range_whose_video_is_of_unknown_length_is_drawn_open():
    seen = page([], [replace(ADA, source_kind="url", source="https://example.org/a.mp4", span=TimeRange(2, 4))])
    (track,) = [each for each in seen.all("div") if each.get("role") == "img"]
    assert (track["class"], track["aria-label"]) == ("track open", "2 to 4 s of a video of unknown length")


def test_an_address_is_shown_without_login_and_signature():
    source = "https://me:secret@films.example/a/b.mp4?X-Signature=secret#secret"
    seen = page([], [replace(ADA, source_kind="url", source=source)])
    assert "films.example/a/b.mp4" in seen.text
    assert "secret" not in seen.text


def test_no_folder_of_this_machine_is_told(clips):
    seen = page([finished(1, clips["short"])], [replace(ADA, source_kind="file", source=str(clips["long"]))])
    assert "long.mp4" in seen.text
    assert "short.mp4" in seen.text
    assert str(clips["long"].parent) not in seen.text
    assert "4 s" in seen.text


def test_a_portrait_is_the_poster_else_the_clip_else_a_letter(clips, tmp_path):
    picture = tmp_path / "ada.jpg"
    picture.write_bytes(poster(clips["short"], width=64))
    (image,) = page([], [replace(ADA, poster=picture)]).all("img")
    assert (image["alt"], image["src"]) == ("Ada", "data:image/jpeg;base64," + _base64(picture.read_bytes()))
    (image,) = page([], [replace(ADA, clip=clips["short"])]).all("img")
    assert image["src"].startswith("data:image/jpeg;base64,")
    without = page([], [replace(ADA, poster=tmp_path / "gone.jpg", clip=tmp_path / "gone.mp4")])
    assert without.all("img") == []
    assert {"class": "initial", "aria-hidden": "true"} in without.all("span")


def test_the_table_has_every_take_and_every_column_that_holds_anything():
    told = facts([video(1, axes={"scene": "park", "seconds": "4"}), failed(2, axes={"scene": "pub"})], [ADA]).table
    assert len(told.rows) == 2
    assert {"prompt", "error_code", "est_cost_usd", "scene", "axis_seconds"} <= set(told.columns)
    assert {"rating", "width", "cost_usd"}.isdisjoint(told.columns)
    row = dict(zip(told.columns, told.rows[1], strict=True))
    assert (row["status"], row["scene"], row["axis_seconds"]) == ("failed", "pub", "")
    assert row["submitted_at"] == "2026-11-23 07:02:13 UTC"
    assert row["characters"] == "ada"
    assert {"seconds", "est_cost_usd", "take"} <= told.numeric
    assert "prompt" not in told.numeric


def test_sums_are_told_once():
    told = facts([video(1, status="completed", cost_usd=0.25, duration_s=4.0), failed(2, cost_usd=0.0)], [])
    assert [(figure.label, figure.value, figure.note) for figure in told.figures] == [
        ("Takes", "2", "1 completed, 1 failed"),
        ("Film", "4 s", "of completed takes"),
        ("Cost", "$0.25", "$0.80 estimated"),
        ("Service", "simulator", "sora-2"),
        ("Asked for", "2026-11-23", "07:02 UTC"),
    ]


def test_a_cost_that_no_one_told_is_not_shown_as_nothing():
    figures = {figure.label: figure for figure in facts([video(1)], []).figures}
    assert (figures["Cost"].value, figures["Cost"].note) == ("not told", "$0.40 estimated")


def test_headings_step_down_one_at_a_time_and_begin_with_the_title(clips):
    seen = page([finished(1, clips["short"], characters=()), failed(2)], title="Ada in June")
    levels = [int(name[1]) for name, _ in seen.elements if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert seen.all("html") == [{"lang": "en"}]
    assert seen.text.startswith("Ada in June")


def test_every_name_in_the_page_is_there_once_and_every_link_finds_its_place(clips):
    seen = page([finished(1, clips["short"]), failed(2)])
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in seen.all("a")} <= set(ids)
    assert {region["aria-labelledby"] for region in seen.all("section") if "aria-labelledby" in region} <= set(ids)


def test_an_empty_report_is_a_page_too():
    seen = page([], [], title="  ")
    assert seen.text.startswith("Takes")
    assert "No take was made yet." in seen.text
    assert seen.all("table") == []


def test_it_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = write_report(tmp_path / "new" / "report.html", [failed(1)], [], title="First")
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ConfigError, match="cannot be written: no space left"):
        write_report(path, [failed(2)], [], title="Second")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "report.html"))):
        write_report(tmp_path, [], [], title="Takes")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
