"""The studio's eyes: every kind of source, once each, beside everything else, and in what a character is told by."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sora_nb as sora
from sora_nb import footage, scanning
from sora_nb.errors import VideoFileError
from sora_nb.jobs import Engine, looking
from sora_nb.timerange import REFERENCE
from sora_nb.video import VideoMeasures, guarded, measure
from sora_nb.widgets import RangePicker
from sora_nb.widgets.player import job_facts
from sora_nb.widgets.static import character_card
from tests.test_video_findings import SPOILED, drifting
from tests.test_video_following import START, painter
from tests.test_video_measure import clip as film

FPS = 24


pytestmark = pytest.mark.usefixtures("small_pictures")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[sora.Studio]:
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=math.inf)
    yield studio
    studio.close()


@pytest.fixture(scope="module")
def half_blurred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clear seconds, then three that are blurred."""
    path = tmp_path_factory.mktemp("films") / "walk.mp4"
    return Path(film(path, lambda i: drifting(i) if i < 3 * FPS else SPOILED["blurry"](i), 6 * FPS))


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is scanned, each time."""
    seen: list[str] = []
    scan = guarded.scan

    def counted(path: Path, **options: Any) -> sora.Track:
        seen.append(options["name"])
        return scan(path, **options)

    monkeypatch.setattr(guarded, "scan", counted)
    return seen


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    seen: list[object] = []
    fetch = Engine.fetch

    def counted(self: Engine, service: Any, source: Any, stop: Any) -> Path:
        seen.append(source)
        return fetch(self, service, source, stop)

    monkeypatch.setattr(Engine, "fetch", counted)
    return seen


def test_every_kind_of_source_is_scanned_once(
    studio: sora.Studio, half_blurred: Path, scans: list[str], fetches: list[object]
) -> None:
    video = studio.generate("a cat in a park", seconds=2).wait()
    address = studio.samples["cat"] + "?signature=secret"
    seen: list[float] = []
    for _ in range(2):
        tracks = [studio.scan(source, progress=seen.append) for source in (half_blurred, video, video.id, address)]
    assert [track.name for track in tracks] == ["walk.mp4", video.id, video.id, "cat.mp4"]
    assert len(scans) == 3 and len(fetches) == 1, "neither scanned nor fetched twice"
    assert seen[-1] == 1.0
    assert [track.duration for track in tracks[:3]] == pytest.approx([6, 2, 2], abs=0.2)
    assert not list((studio.folder / "files" / "incoming").iterdir()), "what was fetched is taken away"
    told = [path for path in studio.folder.rglob("*") if path.is_file() and b"signature=secret" in path.read_bytes()]
    assert told == []


def test_an_address_with_another_fragment_is_looked_at_anew(studio: sora.Studio, fetches: list[object]) -> None:
    address = studio.samples["cat"]
    seen = [studio.scan(one) for one in (address, address, address + "#2")]
    assert len(fetches) == 2 and len({track.duration for track in seen}) == 1


def test_a_video_that_is_not_finished_cannot_be_looked_at(tmp_path: Path) -> None:
    studio = sora.Studio("simulator", library=tmp_path / "slow", speed=0.001)
    video = studio.generate("a cat", seconds=4)
    with pytest.raises(VideoFileError, match=rf"{video.id} is (queued|in_progress) .* wait\(\)"):
        studio.scan(video)
    studio.close()


def test_a_range_to_the_end_of_the_sound_is_taken_by_a_character_as_by_a_cut(studio: sora.Studio) -> None:
    address = studio.samples["cat"]
    ends = round(studio.scan(address).duration, 3)
    ada = studio.create_character(address, (ends - 3, ends + 0.06), name="Ada").wait()
    assert ada.clip is not None and sora.probe(ada.clip).duration == pytest.approx(3, abs=0.05)
    with pytest.raises(sora.JobFailed, match="ends after the video"):
        studio.create_character(address, (ends - 3, ends + 0.2), name="Bea").wait()


def test_what_is_no_file_is_refused_as_by_scan(studio: sora.Studio, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "gone.mp4", "missing"), (tmp_path, "folder")):
        told = []
        for scan in (sora.scan, studio.scan):
            with pytest.raises(VideoFileError) as caught:
                scan(path)
            told.append((caught.value.code, str(caught.value)))
        assert told[0] == told[1] and told[0][0] == code
    with pytest.raises(VideoFileError) as caught:
        studio.create_character(tmp_path / "gone.mp4", "1,3", name="Ada")
    assert caught.value.code == "missing"


def test_a_detector_of_ones_own_is_asked_and_not_kept(studio: sora.Studio, half_blurred: Path) -> None:
    def nobody(_picture: object) -> list[Any]:
        return []

    assert studio.scan(half_blurred, faces=nobody).detector == "nobody"
    video = studio.generate("a cat in a park", seconds=1).wait()
    assert studio.scan(video, faces=nobody).name == video.id, "by what people call it, as with any other detector"
    assert not (studio.folder / "tracks").exists()


@pytest.mark.parametrize("asked", [{"faces": "mtcnn"}, {"samples": float("nan")}, {"samples": "4"}])
def test_a_look_that_cannot_be_is_refused_before_the_source_is_fetched(
    studio: sora.Studio, tmp_path: Path, asked: dict[str, Any]
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(sora.ConfigError):
        studio.scan(tmp_path / "a.mp4", **asked)
    with pytest.raises(sora.ConfigError):
        studio.suggest(tmp_path / "a.mp4", k="3")  # type: ignore[arg-type]


def test_suggestions_keep_to_the_service_unless_told_otherwise(studio: sora.Studio, half_blurred: Path) -> None:
    (best, *_) = studio.suggest(half_blurred)
    assert best.span.end <= 3.3 and best.span.seconds >= (studio.limits.min_seconds or 0)
    assert studio.suggest(half_blurred, "apiyi", 1)[0].span.seconds <= 3


def test_an_interrupt_ends_the_look_and_nothing_else(
    studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def endless(_path: Path, *, progress: Any, stop: Any, **_options: Any) -> sora.Track:
        while not stop.called:
            progress(0.5)
            time.sleep(0.01)
        ended.set()
        raise VideoFileError("stopped", "stopped")

    def interrupt(share: float) -> None:
        if share > 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(guarded, "scan", endless)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        studio.scan(half_blurred, progress=interrupt)
    assert time.monotonic() - began < 5 and ended.wait(5)
    assert studio.generate("a cat in a park", seconds=1).wait().status == "completed"


def test_what_is_wrong_with_the_file_is_told(studio: sora.Studio, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"this is no video")
    with pytest.raises(VideoFileError, match=r"no\.mp4"):
        studio.scan(tmp_path / "no.mp4")


class Shown:
    """What a picker is told, in place of one that draws it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[tuple[str, sora.Track, Any]] = []
        self.heard = threading.Event()

        def show_track(picker: RangePicker, track: sora.Track, suggestions: Any) -> None:
            self.told.append((threading.current_thread().name, track, suggestions))
            self.heard.set()

        monkeypatch.setattr(RangePicker, "show_track", show_track, raising=False)


def test_a_picker_is_told_when_the_look_is_over(
    studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Shown(monkeypatch)
    picker = studio.pick(half_blurred)
    assert shown.heard.wait(60)
    ((thread, track, suggestions),) = shown.told
    assert thread != threading.main_thread().name
    assert track.name == "walk.mp4" and suggestions[0].span.end <= 3.3
    assert picker.source == half_blurred


def hints(picker: RangePicker) -> list[str]:
    return [one.message for one in picker.remarks if one.code == "not_looked_at"]


@pytest.mark.parametrize(
    ("fails", "why"),
    [
        (VideoFileError("walk.mp4 ended the process that read it (-11).", "crashed"), r"walk\.mp4 ended the process"),
        (LookupError("no weights"), r"LookupError: no weights\."),
    ],
    ids=["ours", "anybody's"],
)
def test_a_picker_says_once_in_words_that_nobody_could_look(
    studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch, fails: Exception, why: str
) -> None:
    def broken(*_given: Any, **_options: Any) -> sora.Track:
        raise fails

    monkeypatch.setattr(guarded, "scan", broken)
    picker = studio.pick(half_blurred)
    until(lambda: bool(hints(picker)))
    (told,) = hints(picker)
    assert re.search(why, told) and told.startswith(
        "It was not looked at, so cuts, blur and faces in it are not known."
    )
    assert picker.findings[-1] == {"level": "hint", "code": "not_looked_at", "message": told}
    picker.value = (1.0, 2.5)
    assert hints(picker) == [told]
    picker.load(half_blurred)
    assert hints(picker) == []


def test_a_picker_that_cannot_draw_what_was_seen_says_so_too(
    studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_picker: RangePicker, _track: sora.Track, _suggestions: Any) -> None:
        raise ValueError("no bins")

    printed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", printed.append)
    monkeypatch.setattr(RangePicker, "show_track", broken)
    picker = studio.pick(half_blurred)
    until(lambda: bool(hints(picker)))
    assert "ValueError: no bins." in hints(picker)[0] and printed == []


def until(so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


def test_a_picker_that_went_on_to_another_video_is_not_told(
    studio: sora.Studio, half_blurred: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Shown(monkeypatch)
    go, over = threading.Event(), threading.Event()
    track_of = looking.track_of

    def held(*given: Any, **options: Any) -> sora.Track:
        go.wait(60)
        return track_of(*given, **options)

    def then_over(*given: Any) -> Any:
        *rest, then = given
        return look_beside(*rest, lambda found: (then(found), over.set()))

    look_beside = footage.look_beside
    monkeypatch.setattr(footage, "track_of", held)
    monkeypatch.setattr(scanning, "look_beside", then_over)
    picker = studio.pick(half_blurred)
    picker.load(film(tmp_path / "other.mp4", drifting, 24))
    go.set()
    assert over.wait(60) and shown.told == []


def test_the_pictures_are_among_the_findings_of_a_character(studio: sora.Studio, half_blurred: Path) -> None:
    blurred = studio.create_character(half_blurred, "3.2,5.2", name="Blur").wait()
    clear = studio.create_character(half_blurred, "0.5,2.5", name="Clear").wait()
    assert "blurry" in blurred.findings and "blurry" not in clear.findings
    (said,) = (remark for remark in blurred.remarks if remark.code == "blurry")
    assert said.level == "warning" and said.message.startswith("3.2,5.2 is blurred between")
    table = studio.characters_df().set_index("name")["findings"]
    assert "blurry" in table["Blur"].split() and "blurry" not in table["Clear"].split()


def test_what_was_seen_before_is_known_at_once(
    studio: sora.Studio, half_blurred: Path, scans: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.scan(half_blurred)
    blurred = studio.create_character(half_blurred, "3.2,5.2", name="Blur")
    assert blurred.findings.count("blurry") == 1
    assert blurred.wait().findings.count("blurry") == 1
    assert [one.code for one in blurred.remarks].count("blurry") == 1
    assert len(scans) == 1


@pytest.mark.parametrize("seen_before", [True, False])
def test_a_remark_carries_its_figure_its_place_and_its_mend(
    studio: sora.Studio, half_blurred: Path, seen_before: bool
) -> None:
    if seen_before:
        studio.scan(half_blurred)
    blurred = studio.create_character(half_blurred, "3.2,5.2", name="Blur").wait()
    track = studio.scan(half_blurred)
    limits = studio.capabilities.limits
    (told,) = (one for one in track.findings("3.2,5.2", limits) if one.code == "blurry")
    (kept,) = (one for one in blurred.remarks if one.code == "blurry")
    assert kept == told and kept.value is not None and kept.at is not None and kept.fix is not None


def test_a_long_source_is_not_looked_at_unasked(
    studio: sora.Studio, half_blurred: Path, scans: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "CHEAP_SECONDS", 5.0)
    one = studio.create_character(half_blurred, "3.2,5.2", name="Blur").wait()
    assert "blurry" not in one.findings and scans == []


def test_the_table_of_takes_takes_its_figures_from_a_look(half_blurred: Path, tmp_path: Path) -> None:
    from sora_nb.jobs.desk import _look
    from sora_nb.library import Library

    library, here = Library(tmp_path / "other"), measure(half_blurred)
    track = looking.track_of(library, half_blurred)
    there = VideoMeasures.of(track)
    assert there.motion == pytest.approx(here.motion, rel=0.05) and there.cut_times == here.cut_times
    assert there.sharpness == pytest.approx(here.sharpness, abs=0.1)
    assert _look(library, half_blurred)["measures"]["motion"] == there.motion


def test_no_service_is_needed_to_judge_with_its_limits(studio: sora.Studio, half_blurred: Path) -> None:
    track = studio.scan(half_blurred)
    assert {one.code for one in sora.check("3.2,5.2", REFERENCE, track.duration, track)} >= {"blurry"}


def test_who_is_meant_is_kept_shown_and_exported(studio: sora.Studio, half_blurred: Path, tmp_path: Path) -> None:
    plain = studio.create_character(half_blurred, "0.5,2.5", name="Ada").wait()
    assert plain.box is None
    ada = studio.create_character(half_blurred, "0.5,2.5", name="Ada", box=(0.25, 0.1, 0.5, 0.8), box_at=1.5).wait()
    assert ada.id == plain.id and len(studio.characters()) == 1
    assert ada.box == sora.Box(0.25, 0.1, 0.5, 0.8) and ada.record.box_at == 1.0
    shown = str(character_card(ada.record))
    assert "boxed: 50% wide, 80% high, 25% from the left, 10% from the top" in shown
    assert any("boxed" in detail for detail in job_facts(ada)["details"])
    assert any("boxed" in detail for detail in job_facts(plain)["details"]), "it is the same character"
    elsewhere = sora.Studio("simulator", library=tmp_path / "elsewhere", speed=math.inf)
    assert elsewhere.import_character(ada.export(tmp_path / "ada.zip")).box == ada.box
    elsewhere.close()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"box": (2, 0, 1, 1)}, "shows nothing of the picture"),
        ({"box": (0.2, 0.2, 0.00001, 0.5)}, "shows nothing of the picture"),
        ({"box": (0.2, 0.2, 0.5, 0.5), "box_at": 4.0}, r"drawn at 4 s, outside of 0\.5,2\.5"),
        ({"box": (0.2, 0.2, 0.5, 0.5), "box_at": "1"}, r"drawn at '1', which is no number of seconds"),
    ],
)
def test_a_box_that_makes_no_sense_is_refused_before_anything_is_kept(
    studio: sora.Studio, half_blurred: Path, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(sora.ConfigError, match=why):
        studio.create_character(half_blurred, "0.5,2.5", name="Ada", **given)
    assert studio.characters() == []


def test_a_box_that_cannot_be_followed_holds_nothing_up(
    studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: Any, **__: Any) -> None:
        raise sora.ConfigError("Nobody can follow that.")

    monkeypatch.setattr(guarded, "follow", refusing)
    ada = studio.create_character(half_blurred, "0.5,2.5", name="Ada", box=(0.3, 0.2, 0.3, 0.6)).wait()
    assert ada.status == "completed" and "no_character" not in ada.findings


def test_findings_and_suggestions_are_about_who_was_boxed(studio: sora.Studio, tmp_path: Path) -> None:
    robot = film(tmp_path / "robot.mp4", painter, 7 * FPS)
    gone = studio.create_character(robot, "2.2,4.8", name="Gone", box=(76 / 320, 0.3, 0.2, 0.55)).wait()
    there = studio.create_character(robot, "0.2,2.2", name="There", box=START).wait()
    assert "no_character" in gone.findings and "no_character" not in there.findings
    assert "does not show who was boxed" in next(one.message for one in gone.remarks if one.code == "no_character")
    best = studio.suggest(robot, k=1, box=START)[0]
    assert best.span.end <= 3.3 and best.box is not None


def test_likeness_knows_who_is_meant(studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = studio.create_character(half_blurred, "0.5,2.5", name="Ada").wait()
    take = studio.generate("@ada waving", seconds=1).wait()
    assert studio.likeness(take, ada).guessed
    studio.judge([take])
    assert "likeness" in take.record.measures
    studio.create_character(half_blurred, "0.5,2.5", name="Ada", box=(0.3, 0.2, 0.3, 0.6)).wait()
    assert "likeness" not in take.record.measures, "it was of another guess who is meant"
    assert not studio.likeness(take, ada).guessed


def test_closing_the_studio_ends_the_looks_that_go_on_beside_it(
    studio: sora.Studio, half_blurred: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(_path: Path, *, stop: Any, **_options: Any) -> sora.Track:
        begun.set()
        while not stop.called:
            time.sleep(0.01)
        ended.set()
        raise VideoFileError("stopped", "stopped")

    monkeypatch.setattr(guarded, "scan", endless)
    studio.pick(half_blurred)
    assert begun.wait(30)
    studio.close()
    assert ended.wait(5)
