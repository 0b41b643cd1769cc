"""The panel's Python half: every button is a method, and nothing a callback raises is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sora_nb
from sora_nb.errors import ConfigError, RangeError
from sora_nb.timerange import TUTORIAL, Finding
from sora_nb.widgets import Panel
from sora_nb.widgets.sample import sample_clip
from tests.widgets.fakes import FakeStudio


@pytest.fixture
def studio(tmp_path: Path) -> FakeStudio:
    return FakeStudio(TUTORIAL, folder=str(tmp_path / "library"))


@pytest.fixture
def panel(studio: FakeStudio, clip: Path) -> Panel:
    return Panel(studio, clip)


def click(panel: Panel, kind: str, **content: Any) -> None:
    """What the page sends when a button is pressed."""
    panel._handle_custom_msg({"kind": f"panel:{kind}", **content}, [])


def test_the_whole_job_by_its_methods(panel: Panel, studio: FakeStudio, clip: Path) -> None:
    panel.value = "2,5"
    ada = panel.create("Ada", "Glasses")
    assert (ada.record.span.start, ada.record.description) == (2.0, "Glasses")
    videos = panel.generate("@ada walks in {scene}", ["a park", "a kitchen"], seconds=8, takes=2)
    assert [(video.prompt, video.record.request.take) for video in videos] == [
        ("@ada walks in a park", 1),
        ("@ada walks in a park", 2),
        ("@ada walks in a kitchen", 1),
        ("@ada walks in a kitchen", 2),
    ]
    assert [facts["title"] for facts in panel.cast] == ["Ada"]
    assert len(panel.takes) == 4 and panel.takes[0]["id"] == "vid_3"
    assert list(panel.results["id"]) == ["vid_3", "vid_2", "vid_1", "vid_0"]
    assert list(panel.characters["handle"]) == ["ada"]


def test_the_whole_job_by_its_buttons(panel: Panel, studio: FakeStudio, clip: Path, until) -> None:
    click(panel, "create", name=" Ada ", description="")
    assert len(until(panel, "cast", bool)) == 1
    words = {"scene": "a park\n\n a kitchen "}
    draft = {"prompt": "@ada in", "words": words, "seconds": ["8"], "sizes": ["720x1280"], "takes": "1"}
    click(panel, "generate", draft=draft, agreed=[2, 1.6])
    assert [facts["title"] for facts in until(panel, "takes", bool)][-1] == "@ada in a park"
    assert studio.made[0].record.request.size == "720x1280"
    until(panel, "said", lambda said: said["text"] == "Asked for 2 videos.")
    line = "studio.sweep('@ada in {scene}', scene=['a park', 'a kitchen'], seconds=[8], size=['720x1280']).run()"
    assert panel.lines[-1] == line
    studio.finish(0, clip)
    click(panel, "load", source="vid_0")
    until(panel, "said", lambda said: said["text"] == "Loaded @ada in a park.")
    assert panel.said["line"] == "panel.load('vid_0')"


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("load", {"source": "  "}, "Nothing to load"),
        ("load", {"source": "nowhere.mp4"}, "Check its spelling"),
        ("create", {"name": "", "description": ""}, "1 to 80 letters"),
        ("generate", {"draft": {"prompt": " "}}, "The prompt is empty"),
        ("generate", {"draft": {"prompt": "@nobody"}}, "There is no character @nobody"),
        ("generate", {"draft": {"prompt": "a", "seconds": ["x"]}}, "Seconds and takes are numbers"),
        ("generate", {"draft": {"prompt": "a", "seconds": ["5"]}}, "fake makes 4, 8 or 12 s"),
        ("create", {}, "KeyError"),
    ],
)
def test_what_goes_wrong_is_told_in_the_panel(panel: Panel, until, kind: str, content: dict, text: str) -> None:
    click(panel, kind, **content)
    said = until(panel, "said", lambda said: said.get("level") == "error")
    assert text in said["text"]


def test_the_same_mistake_twice_is_told_twice(panel: Panel, until) -> None:
    click(panel, "load", source="")
    first = until(panel, "said", lambda said: said.get("level") == "error")
    click(panel, "load", source="")
    until(panel, "said", lambda said: said["number"] > first["number"])


def test_the_methods_raise(panel: Panel, studio: FakeStudio) -> None:
    with pytest.raises(ConfigError, match="The prompt is empty"):
        panel.generate("")
    panel.value = "2,2.5"
    with pytest.raises(RangeError, match="tutorial allows"):
        panel.create("Ada")
    with pytest.raises(ConfigError, match="There is no source yet"):
        Panel(studio).create("Ada")
    for takes in (0, -1, 1.5, True, "2"):
        with pytest.raises(ConfigError, match="no number of takes"):
            panel.generate("a fox", takes=takes)  # type: ignore[arg-type]
    assert studio.made == []


def test_one_scene_or_word_may_be_given_alone(panel: Panel, studio: FakeStudio) -> None:
    panel.generate("a fox {how}", scenes="on a beach", how="runs")
    assert [one.prompt for one in studio.made] == ["a fox runs on a beach"]


def test_nothing_is_sent_where_one_of_them_would_be_refused(panel: Panel, studio: FakeStudio) -> None:
    with pytest.raises(ConfigError):
        panel.generate("in {scene}", ["a park", "a room with @nobody"])
    assert studio.made == [] and panel.takes == []


def test_what_costs_is_sent_after_the_person_agreed_to_that_very_price(panel: Panel, studio: FakeStudio, until) -> None:
    draft = {"prompt": "in {scene}", "words": {"scene": "a park\na kitchen"}}
    click(panel, "generate", draft=draft)
    assert until(panel, "plan", lambda plan: "asked" in plan)["asked"] == [2, 0.8]
    studio.price = 0.2  # the price table has changed since
    click(panel, "generate", draft=draft, agreed=[2, 0.8])
    assert until(panel, "plan", lambda plan: plan["asked"] == [2, 1.6])["price"] == "$1.60"
    assert studio.made == []
    click(panel, "decline")
    until(panel, "plan", lambda plan: "asked" not in plan)
    click(panel, "generate", draft=draft, agreed=[2, 1.6])
    until(panel, "said", lambda said: said["text"] == "Asked for 2 videos.")
    click(panel, "generate", draft=draft)  # they are there, so it costs nothing, and nobody has to agree
    until(panel, "said", lambda said: said["number"] > 2 and said["text"] == "Asked for 2 videos.")
    assert len(studio.made) == 2


def test_what_is_free_is_sent_at_once(tmp_path: Path, until) -> None:
    studio = FakeStudio(simulated=True)
    panel = Panel(studio)
    click(panel, "generate", draft={"prompt": "a park"})
    until(panel, "takes", bool)
    assert panel.takes[0]["cost"] == "free"


def test_what_was_not_sent_is_taken_back_and_the_rest_is_told(panel: Panel, studio: FakeStudio, until) -> None:
    panel.generate("in {scene}", ["a park", "a kitchen", "a street"])
    studio.made[0].move(status="in_progress", progress=0.2)
    click(panel, "stop")
    said = until(panel, "said", lambda said: said["at"] == "takes")
    assert said["text"] == "2 taken back before they were sent. 1 sent already: it goes on at the service."
    assert (said["level"], said["line"]) == ("warning", "panel.stop()")
    assert [video.status for video in studio.made] == ["in_progress", "cancelled", "cancelled"]
    studio.made[0].move(status="failed")
    assert panel.stop() == 0 and panel.said["text"] == "Nothing is in progress."


def test_stars_and_a_comparison_are_methods_too(panel: Panel, studio: FakeStudio, clip: Path, until) -> None:
    for number, scene in enumerate(("a park", "a kitchen")):
        panel.generate(scene)
        studio.finish(number, clip)
    panel.rate("vid_0", 4)
    assert studio.made[0].rating == 4 and panel.takes[1]["rating"] == 4
    panel._handle_custom_msg({"kind": "compare:rate", "id": "vid_9", "stars": 4}, [])
    until(panel, "said", lambda said: "no video 'vid_9'" in said["text"])
    with pytest.raises(ConfigError, match="1 to 5"):
        panel.rate(studio.made[0], 9)
    assert [facts["id"] for facts in panel.compare(["vid_0", studio.made[1]]).takes] == ["vid_0", "vid_1"]


def test_a_row_follows_its_job(panel: Panel, studio: FakeStudio, clip: Path) -> None:
    panel.generate("a")
    studio.made[0].move(status="in_progress", progress=0.5)
    assert panel.takes[0]["progress"] == 0.5
    studio.finish(0, clip)
    assert panel.takes[0]["has_video"] and studio.made[0].watchers == []


def test_closing_it_stops_watching(panel: Panel, studio: FakeStudio) -> None:
    panel.generate("a")
    assert len(studio.made[0].watchers) == 1
    panel.close()
    assert studio.made[0].watchers == []


def test_videos_of_before_are_there(studio: FakeStudio) -> None:
    studio.generate("yesterday")
    assert [facts["title"] for facts in Panel(studio).takes] == ["yesterday"]


def test_a_video_without_a_file_cannot_be_loaded(panel: Panel) -> None:
    panel.generate("a")
    with pytest.raises(ConfigError, match="has no picture"):
        panel.load("vid_0")


def test_the_plan_follows_the_fields(studio: FakeStudio, until) -> None:
    panel = Panel(studio)
    assert panel.plan["state"] == "empty"
    panel.set_state({"draft": {"prompt": "in {scene}", "words": {"scene": "a\nb"}, "takes": "2", "seconds": ["8"]}})
    assert until(panel, "plan", lambda plan: plan["state"] == "ready")["words"] == "4 videos, about $3.20."
    panel.set_state({"draft": {"prompt": "a", "takes": "two"}})
    assert until(panel, "plan", lambda plan: plan["state"] == "refused")["words"] == "Seconds and takes are numbers."


def test_what_is_loaded_is_looked_at_and_who_is_boxed_is_meant(studio: FakeStudio, clip: Path) -> None:
    panel = Panel(studio)
    assert studio.looked_at == []
    panel.load(clip)
    assert studio.looked_at == [clip]
    panel.value, panel.box, panel.box_at = "1,3", (0.25, 0.1, 0.5, 0.8), 1.5
    panel.create("Ada")
    assert studio.boxed == [{"box": (0.25, 0.1, 0.5, 0.8), "box_at": 1.5}]
    assert panel.lines[-1].endswith("name='Ada', box=(0.25, 0.1, 0.5, 0.8), box_at=1.5)")


def test_the_lines_of_python_are_what_was_run(panel: Panel, clip: Path) -> None:
    panel.value = "2,5"
    panel.create("Ada")
    assert panel.lines[-1] == f"studio.create_character({str(clip)!r}, '2,5', name='Ada')"
    panel.generate("a")
    assert panel.lines[-1] == "studio.generate('a')"
    panel.generate("a", seconds=8, model="fake-2")
    assert panel.lines[-1] == "studio.generate('a', seconds=8, model='fake-2')"
    assert len(panel.lines) == 4
    for number in range(60):
        panel._say("ok", "", "", f"line {number}")
    assert len(panel.lines) == 50 and panel.lines[-1] == "line 59"


def test_no_key_can_be_in_what_is_saved(panel: Panel) -> None:
    assert panel.service["key"] == "key set"
    assert not any("key" in name.lower() for name in panel.keys)


def test_its_bundle_has_a_form_without_a_script(panel: Panel) -> None:
    panel.generate("<i>a</i>")
    form = panel._repr_mimebundle_()["text/html"]
    assert "&lt;i&gt;a" in form and "data:image/jpeg" in form and "<script" not in form
    assert repr(panel) == "Panel(<FakeStudio>)"


def test_the_sample_is_one_clip_that_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sora_nb.simulator.pictures.samples.SIZE", (192, 108))
    clip = sample_clip(tmp_path)
    drawn = clip.stat().st_mtime_ns
    assert sample_clip(tmp_path) == clip and clip.stat().st_mtime_ns == drawn
    assert [path.name for path in tmp_path.iterdir()] == ["hero.mp4"]
    assert sora_nb.probe(clip).duration >= 12


def test_what_is_lost_is_said_where_it_was_asked_for(panel: Panel, studio: FakeStudio) -> None:
    lost = Finding("warning", "no_characters", "fake makes no characters.")
    hint = Finding("hint", "made_here", "It is made first.")
    plain_submit = studio.submit

    def submit(*asked: Any) -> Any:
        video = plain_submit(*asked)
        video.move(mode="reference", remarks=(lost, hint))
        return video

    studio.submit = submit  # type: ignore[method-assign]
    panel.generate("@ada", ["a", "b"])
    assert (panel.said["level"], panel.said["text"]) == ("warning", "Asked for 2 videos. fake makes no characters.")
    assert [facts["remarks"][0]["level"] for facts in panel.takes] == ["warning", "warning"]
    studio.submit = plain_submit  # type: ignore[method-assign]
    panel.generate("nobody in it")
    assert (panel.said["level"], panel.said["text"]) == ("ok", "Asked for 1 video.")
