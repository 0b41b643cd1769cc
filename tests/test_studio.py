"""The front door: what it understands, what it refuses before anything is sent, and what it never does twice."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sora_nb as sora
from sora_nb.dialects import service_for
from sora_nb.errors import JobCancelled
from sora_nb.simulator import local
from sora_nb.tables import VOTE_COLUMNS
from tests.clips import make_clip

pytestmark = pytest.mark.usefixtures("small_pictures")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[sora.Studio]:
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=math.inf)
    yield studio
    studio.close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", frames=12 * 24)


def sent(studio: sora.Studio) -> list[str]:
    """What reached the simulator."""
    world = studio.folder / "simulator" / "world.jsonl"
    events = [json.loads(line) for line in world.read_text().splitlines()] if world.exists() else []
    return [event["event"] for event in events if event["event"] in ("job", "character")]


def test_the_main_job_in_five_lines(studio: sora.Studio) -> None:
    park = studio.generate("A young woman with curly brown hair and glasses, walking in a park", seconds=5).wait()
    ada = studio.create_character(park, "1,4", name="Ada").wait()
    scenes = ["in a cozy coffee shop", "on a beach at sunset"]
    runs = studio.sweep("@{character} {scene}", character=[ada], scene=scenes, seconds=1).run().wait()
    assert list(runs.df["status"]) == ["completed", "completed"]
    assert list(runs.df["scene"]) == scenes
    assert list(runs.df["characters"]) == ["ada", "ada"]
    assert all(Path(path).exists() for path in runs.df["path"])
    assert list(studio.characters_df()["name"]) == ["Ada"]
    assert (runs.df["cost_usd"] == [0.01, 0.01]).all()


def test_running_a_notebook_twice_sends_nothing_twice(studio: sora.Studio, clip: Path) -> None:
    for _ in range(2):
        video = studio.generate("a cat in a park", seconds=1).wait()
        studio.create_character(clip, "2,5", name="Bo").wait()
    assert sent(studio) == ["job", "character"]
    assert studio.generate("a cat in a park", seconds=1, take=2).id != video.id


OLD_NAME = os.fsdecode(b"caf\xe9.mp4")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (OLD_NAME, "not in UTF-8.* Rename"),
        (Path(OLD_NAME), "not in UTF-8.* Rename"),
        (sora.FromFile(Path(OLD_NAME)), "not in UTF-8.* Rename"),
        (sora.FromTask(OLD_NAME), "not in UTF-8.* Rename"),
        (sora.FromURL(f"http://a.example/{OLD_NAME}"), "no http address"),
        ("http://[bad", "no http address"),
        ("https://", "no http address"),
        (sora.FromURL("nope"), "no http address"),
        (sora.FromURL("file:///etc/passwd"), "no http address"),
        ("x" * 5000, "no address, no task id, and no file"),
        ("~nobody-has-this-home/a.mp4", "no address, no task id, and no file"),
        (Path("a\0b.mp4"), "no path of a file"),
        (sora.FromFile(None), "no path of a file"),  # type: ignore[arg-type]
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_source_that_can_be_none_is_refused_before_anything_is_kept(
    studio: sora.Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Any, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(OLD_NAME).write_bytes(make_clip(tmp_path / "a.mp4").read_bytes())
    asked = (studio.scan, studio.pick, studio.resolve, lambda one: studio.create_character(one, "1,2", name="Ada"))
    for ask in asked:
        with pytest.raises(sora.ConfigError, match=words) as caught:
            ask(source)
        str(caught.value).encode()
    assert studio._engine.library.characters.all() == [] and sent(studio) == []


def test_a_picker_refuses_what_is_no_address() -> None:
    with pytest.raises(sora.ConfigError, match="no http address"):
        sora.pick("http://[bad")


def test_a_file_may_be_given_as_text(studio: sora.Studio, clip: Path) -> None:
    assert studio.resolve(sora.FromFile(str(clip))) == clip  # type: ignore[arg-type]


def test_a_video_and_a_character_stand_for_their_files(studio: sora.Studio, tmp_path: Path) -> None:
    video = studio.generate("a cat in a park", seconds=4).wait()
    ada = studio.create_character(video, "1,3", name="Ada").wait()
    assert video.path is not None and ada.clip is not None
    assert os.fspath(video) == str(video.path) and os.fspath(ada) == str(ada.clip)
    assert sora.probe(video) == sora.probe(video.path)
    assert len(sora.scan(video, faces=None)) == len(sora.scan(video.path, faces=None))
    assert sora.likeness(video, ada, samples=1).score == sora.likeness(video.path, ada.clip, samples=1).score
    assert sora.probe(sora.cut(video, "1,2", tmp_path / "cut.mp4")).duration == pytest.approx(1, abs=0.05)
    assert sora.pick(ada).source == ada.clip


def test_a_video_that_is_not_there_yet_is_no_file(tmp_path: Path) -> None:
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=0.001)
    video = studio.generate("a cat in a park", seconds=4)
    for ask in (sora.scan, sora.probe, lambda one: sora.likeness(one, one)):
        with pytest.raises(sora.VideoFileError, match=r"has no file here. wait\(\) for it") as caught:
            ask(video)
        assert caught.value.code == "missing"
    with pytest.raises(sora.ConfigError, match="no file yet"):
        sora.pick(video)
    studio.close()


def test_a_character_is_no_source(studio: sora.Studio, clip: Path) -> None:
    ada = studio.create_character(clip, "1,4", name="Ada").wait()
    assert ada.remote_id is not None
    for source in (ada.remote_id, sora.FromTask(ada.remote_id)):
        for ask in (studio.scan, studio.pick, lambda one: studio.create_character(one, "1,4", name="Bea")):
            with pytest.raises(sora.ConfigError, match="is a character, and a source is a video"):
                ask(source)


def test_a_character_is_made_of_every_kind_of_source(studio: sora.Studio, clip: Path) -> None:
    video = studio.generate("a cat in a park", seconds=4)
    made = [
        studio.create_character(source, "1,3", name=f"N{number}")
        for number, source in enumerate(
            [video, video.id, clip, str(clip), clip.read_bytes(), "http://simulator/samples/cat.mp4"]
        )
    ]
    kinds = [one.wait(60).record.source_kind for one in made]
    assert all("unknown_length" not in one.findings for one in made)
    assert kinds == ["task", "task", "file", "file", "file", "url"]
    assert all(one.clip is not None and sora.probe(one.clip).duration == pytest.approx(2, abs=0.1) for one in made)
    assert all(one.poster is not None and one.poster.read_bytes()[:2] == b"\xff\xd8" for one in made)


@pytest.mark.parametrize("dialect", ["tutorial", "apiyi"])
def test_the_shapes_of_the_tutorials_take_tasks_and_addresses(dialect: str, tmp_path: Path, clip: Path) -> None:
    studio = sora.Studio("simulator", dialect=dialect, library=tmp_path / "library", speed=math.inf)
    video = studio.generate("a cat in a park", seconds=5)
    by_task = studio.create_character(video, "1,4", name="Task").wait(60)
    by_url = studio.create_character("http://simulator/samples/hero.mp4", "2,5", name="Url").wait(60)
    take = studio.generate(f"@{by_task} and @{by_url} dance", seconds=4).wait(60)
    assert take.record.request.characters == (by_task.id, by_url.id)
    with pytest.raises(sora.ConfigError, match="public address"):
        studio.create_character(clip, "1,3", name="File")
    studio.close()


def test_a_task_id_of_the_service_is_understood(studio: sora.Studio, tmp_path: Path) -> None:
    video = studio.generate("a cat in a park", seconds=4).wait()
    assert video.remote_id is not None
    local._WORLDS[tmp_path / "other" / "simulator"] = local._WORLDS[studio.folder / "simulator"]
    elsewhere = sora.Studio("simulator", library=tmp_path / "other")
    ada = elsewhere.create_character(video.remote_id, "1,3", name="Ada").wait(60)
    assert ada.record.source == video.remote_id
    elsewhere.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"source": "clip", "span": "1,99"}, "ends after the video, which lasts 12 s"),
        ({"source": "clip", "span": "1, 4"}, 'Try "1,4"'),
        ({"source": "clip", "span": [1, 4]}, "is a list, not text"),
        ({"source": "clip", "span": "2,5", "name": ""}, "1 to 80 letters"),
        ({"source": "nowhere/clip.mp4", "span": "2,5"}, "no file that is there"),
        ({"source": 7, "span": "2,5"}, "not int"),
        ({"source": "clip", "span": "2,5", "name": None}, "name is None and no text"),
        ({"source": "clip", "span": "2,5", "description": None}, "description is None and no text"),
        ({"source": "clip", "span": "2,5", "name": "Ad\ud800"}, "name holds half a letter"),
        ({"source": "clip", "span": "2,5", "description": "a\0b"}, "description holds a NUL"),
    ],
)
def test_a_bad_character_is_refused_before_anything_is_sent(
    studio: sora.Studio, clip: Path, arguments: dict[str, Any], words: str
) -> None:
    given = {"name": "Ada", **arguments}
    if given["source"] == "clip":
        given["source"] = clip
    with pytest.raises(sora.ConfigError, match=words):
        studio.create_character(**given)
    assert sent(studio) == []
    assert len(studio.characters_df()) == 0
    ledger = studio.folder / "submits.jsonl"
    assert not ledger.exists() or "character" not in ledger.read_text()


def test_a_bad_generation_is_refused_before_anything_is_sent(studio: sora.Studio, clip: Path) -> None:
    studio.create_character(clip, "2,5", name="Ada").wait()
    for prompt, options, words in (
        ("", {}, "The prompt is empty"),
        ("@adda waves", {}, "Did you mean @ada"),
        ("@ada waves", {"seconds": 0}, "1 to 60 s"),
        ("@ada waves", {"size": "big"}, "not a size"),
        ("@ada waves", {"size": "4000x200"}, "up to 1920"),
        ("@ada waves", {"seconds": "4"}, "'4' is not a number of seconds"),
        ("@ada waves", {"model": "m\ud800"}, "model's name holds half a letter"),
        ("a\0b", {}, "prompt holds a NUL"),
        (None, {}, "A prompt is text, not None"),
        ("@Élodie waves", {}, "There is no character @Élodie"),
        ("她和@日本 走", {}, "There is no character @日本"),
        ("a", {"characters": None}, "names nobody"),
        ("a", {"characters": [""]}, "'' names no character"),
        ("a", {"characters": "@"}, "'@' names no character"),
        ("a", {"characters": [5]}, "5 names no character"),
        *(
            ("a", {"take": take}, "no number of a take")
            for take in (1.5, 0, -1, True, None, "2", [1], math.nan, 10**30)
        ),
    ):
        with pytest.raises(sora.ConfigError, match=words):
            studio.generate(prompt, **options)
    with pytest.raises(sora.ConfigError, match="not a size"):
        studio.sweep("@ada {scene}", scene=["waves"], size=["320x180", "huge"]).run()
    assert sent(studio) == ["character"]


def test_equal_numbers_ask_for_the_same_video_however_they_are_written(studio: sora.Studio) -> None:
    written = [studio.generate("a cat", seconds=seconds, take=2) for seconds in (2, 2.0, np.int64(2), np.float32(2))]
    (swept,) = studio.sweep("a cat", seconds=[2.0], take=[2.0]).run().videos
    panel = studio.panel()
    panel.generate("a cat", seconds=2)
    studio.generate("a cat", seconds=2.0, take=np.int64(1))
    for video in studio.videos():
        video.wait()
    assert len({swept.id, *(video.id for video in written)}) == 1
    assert sent(studio) == ["job", "job"]


def test_a_character_is_meant_by_any_name_it_may_have(studio: sora.Studio, clip: Path) -> None:
    elodie = studio.create_character(clip, "2,5", name="Élodie")
    for prompt in ("@Élodie waves", "@elodie waves", "她让@Élodie 走"):
        assert [one.id for one in studio.prepare(prompt).cast] == [elodie.id]
    assert studio.prepare("a dog", characters="Élodie").cast == studio.prepare("a dog", characters=elodie).cast != ()
    assert studio.prepare("write to me@elodie").cast == ()
    assert studio.prepare("a dog", characters=[]).cast == ()


def test_an_address_with_a_signature_is_kept_nowhere(studio: sora.Studio) -> None:
    url = "http://simulator/samples/cat.mp4?signature=c4n4ry"
    ada = studio.create_character(url, "1,3", name="Ada").wait(60)
    assert ada.record.source == "http://simulator/samples/cat.mp4"
    kept = [path for path in studio.folder.rglob("*") if path.is_file() and b"c4n4ry" in path.read_bytes()]
    assert kept == []
    assert "c4n4ry" not in studio.characters_df().to_csv()


def test_refusals_and_failures_say_so_and_are_rows(studio: sora.Studio, clip: Path) -> None:
    studio.create_character(clip, "2,5", name="Ada").wait()
    refused = studio.generate("[moderation] a cat", seconds=1)
    failed = studio.generate("[moderation late] a cat", seconds=1)
    for video, code in ((refused, "sentinel_block"), (failed, "moderation_blocked")):
        with pytest.raises(sora.JobFailed) as caught:
            video.wait(60)
        assert caught.value.job is video
        assert video.record.error_code == code
        for look in (studio.scan, sora.scan, studio.likeness):
            with pytest.raises(sora.VideoFileError, match=r"is failed and has no .* Take another one") as told:
                look(video, "ada") if look == studio.likeness else look(video)
            assert "wait()" not in str(told.value)
    assert list(studio.videos_df()["error_code"]) == ["sentinel_block", "moderation_blocked"]


def test_a_range_past_the_end_of_what_was_fetched_costs_nothing(studio: sora.Studio) -> None:
    video = studio.generate("a cat", seconds=2)
    with pytest.raises(sora.RangeError):
        studio.create_character(video, "1,4", name="Ada")
    far = studio.create_character("http://simulator/samples/cat.mp4", "500,503", name="Far")
    with pytest.raises(sora.JobFailed, match="Nothing was sent"):
        far.wait(60)
    assert far.record.error_code == "past_end"
    assert "character" not in sent(studio)


def test_a_take_that_waits_for_its_character_can_be_stopped_and_asked_for_again(tmp_path: Path, clip: Path) -> None:
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=30)
    ada = studio.create_character(clip, "1,4", name="Ada")
    video = studio.generate("@ada waves", seconds=4)
    assert studio.prepare("@ada waves", seconds=4).there
    assert video.stop() and video.stop()
    assert video.settle(60) and (video.status, video.progress) == ("cancelled", 0)
    with pytest.raises(JobCancelled, match="it cost nothing"):
        video.wait(1)
    ada.wait(60)
    assert not studio.prepare("@ada waves", seconds=4).there
    again = studio.generate("@ada waves", seconds=4)
    assert again.id == video.id and again.wait(120).error is None
    assert not again.stop() and again.status == "completed"
    assert sent(studio).count("job") == 1
    studio.close()


def test_votes_are_kept_and_counted_by_another_kernel(studio: sora.Studio) -> None:
    videos = [studio.generate(f"a cat, {place}", seconds=4).wait(120) for place in ("in", "out")]
    assert list(studio.votes_df().columns) == list(VOTE_COLUMNS) and studio.votes_df().empty
    grid = studio.compare(videos, by="ann")
    grid.blind(1)
    winner = grid.trial["left"]
    grid.vote("left")
    votes = studio.votes_df(videos)
    assert dict(votes.dtypes.astype(str)) == dict(VOTE_COLUMNS)
    assert votes[["winner", "by"]].to_numpy().tolist() == [[winner, "ann"]]
    assert studio.votes_df(videos[:1]).empty
    assert [row["wins"] for row in studio.compare(videos, by="bob").tally] == [1, 0]


def test_a_rating_is_kept(studio: sora.Studio) -> None:
    video = studio.generate("a cat", seconds=1).wait()
    video.rating = 4
    assert list(studio.videos_df()["rating"]) == [4.0]
    video.rate(2, by="bob")
    row = studio.videos_df().iloc[0]
    assert (row["rating"], row["rated_by"]) == (2.0, "bob") and row["rated_at"] >= row["submitted_at"]
    with pytest.raises(ValueError, match="1 to 5"):
        video.rating = 9


def test_nothing_configured_names_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(sora.ConfigError, match=r'Studio\("simulator"\)[\s\S]*base_url='):
        sora.Studio()
    monkeypatch.setenv("SORA_NB_SERVICE", "simulator")
    assert sora.Studio().simulated


def test_a_service_that_wants_a_key_says_where_to_put_it() -> None:
    with pytest.raises(sora.ConfigError, match="SORA_API_KEY"):
        sora.Studio("openai")
    with pytest.raises(sora.ConfigError, match="keeps its own time"):
        sora.Studio("openai", api_key="k", speed=2)


def test_a_service_that_is_given_whole_is_told_nothing_more() -> None:
    with pytest.raises(sora.ConfigError, match="says itself where it is"):
        sora.Studio(service_for("simulator"), base_url="http://localhost:8000/v1")


def test_a_service_whose_key_is_not_typed_in_yet_sends_nothing(tmp_path: Path) -> None:
    box = sora.KeyBox("openai")
    studio = sora.Studio("openai", api_key=box, library=tmp_path, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(sora.JobFailed, match="key box for openai is empty"):
        studio.generate("a cat").wait(30)
    studio.close()


def test_a_key_is_shown_nowhere(tmp_path: Path) -> None:
    studio = sora.Studio("openai", api_key="sk-c4n4ry", library=tmp_path, base_url="http://127.0.0.1:9/v1")
    video = studio.generate("a cat")
    assert "c4n4ry" not in repr(studio) + repr(vars(studio)) + repr(video) + repr(studio._engine.__dict__)
    studio.close()
    assert all(b"c4n4ry" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_sweep_needs_its_template_and_axes_to_agree(studio: sora.Studio) -> None:
    with pytest.raises(sora.ConfigError, match="each needs the other"):
        studio.sweep("@{character} waves", scene=["x"])
    with pytest.raises(sora.ConfigError, match="is empty"):
        studio.sweep("{scene}", scene=[])
    sweep = studio.sweep("{animal} in {place}", animal=["a cat", "a dog"], place=["a park"], take=[1, 2], seconds=1)
    assert (len(sweep), sweep.est_cost_usd) == (4, 0.04)
    assert len(sweep.df) == 0
    assert {"animal", "place"} <= set(sweep.df.columns)


def test_services_by_name_and_address() -> None:
    assert service_for("simulator").capabilities.simulated
    assert repr(sora.Studio("simulator")) == "<Studio simulator (simulated)>"


def test_a_video_shows_itself_in_a_cell(studio: sora.Studio) -> None:
    video = studio.generate("a <b>cat</b> in a park", seconds=1).wait()
    shown = video._repr_mimebundle_()
    assert shown["text/plain"] == "<Video completed: a <b>cat</b> in a park>"
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "a &lt;b&gt;cat&lt;/b&gt; in a park" in shown["text/html"]
    assert "<script" not in shown["text/html"] and str(studio.folder) not in shown["text/html"]
    assert video.id not in shown["text/html"] and (video.remote_id or "") not in shown["text/html"]


def test_a_clock_that_stands_still_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sora.ConfigError, match="above 0"):
        sora.Studio("simulator", library=tmp_path / "stopped", speed=0)


def test_a_picker_takes_other_limits_than_the_services(studio: sora.Studio, clip: Path) -> None:
    assert studio.pick(clip, limits="apiyi")._rules.name == "apiyi"
    assert studio.pick(clip)._rules == studio.limits
    with pytest.raises(sora.ConfigError, match="No limits are called 'apiy'"):
        studio.pick(clip, limits="apiy")


@pytest.mark.parametrize("name", ["service", "base_url", "profile", "dialect", "api_key", "prices", "library", "speed"])
def test_an_argument_of_another_kind_is_said(name: str, tmp_path: Path) -> None:
    wrong: Any = "fast" if name == "speed" else 5
    with pytest.raises(
        sora.ConfigError, match=f"^{name}= is .*, not {'of type int' if name == 'api_key' else repr(wrong)}"
    ):
        sora.Studio(**{"service": "simulator", "library": tmp_path / "library", name: wrong})


def test_what_shows_nothing_and_what_costs_nothing_are_said(studio: sora.Studio) -> None:
    assert "There are no videos yet" in studio.gallery() and "There are no videos yet" in studio.gallery([])
    assert studio.estimate(8) == 0.08
    for wrong in (-1, math.nan, math.inf, "8"):
        with pytest.raises(sora.ConfigError, match=r"A video of .* s is none"):
            studio.estimate(wrong)  # type: ignore[arg-type]
    for wrong in (0, -1, math.nan):
        with pytest.raises(sora.ConfigError, match=r"speed=.* is not above 0"):
            sora.Studio("simulator", library=studio.folder, speed=wrong)
    video = studio.generate("a cat", seconds=1).wait()
    with pytest.raises(sora.ConfigError, match="label= is the name of a column, or several, not 5"):
        studio.compare(video, label=5)  # type: ignore[arg-type]
