"""The panel's Python half: every button is a method, and nothing a callback raises is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sora_nb
from sora_nb.errors import ConfigError, RangeError
from sora_nb.timerange import TUTORIAL, Finding
from sora_nb.widgets import Panel
from sora_nb.widgets.panel import generate_line, sample_clip, scene_prompts, source_text
from tests.widgets.fakes import FakeStudio


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio(TUTORIAL)


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
    form = {"scenes": "a park\n\n a kitchen ", "seconds": "8", "size": "720x1280", "takes": "1"}
    click(panel, "generate", prompt="@ada in", **form)
    assert [facts["title"] for facts in until(panel, "takes", bool)][-1] == "@ada in a park"
    assert studio.made[0].record.request.size == "720x1280"
    until(panel, "said", lambda said: said["text"] == "Asked for 2 videos.")
    studio.finish(0, clip)
    click(panel, "load", source="vid_0")
    until(panel, "said", lambda said: said["text"] == "Loaded 'vid_0'.")
    assert panel.said["code"] == "panel.load('vid_0')"


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("load", {"source": "  "}, "Nothing to load"),
        ("load", {"source": "nowhere.mp4"}, "Check its spelling"),
        ("create", {"name": "", "description": ""}, "1 to 80 letters"),
        ("generate", {"prompt": " ", "scenes": "", "seconds": "", "size": "", "takes": ""}, "The prompt is empty"),
        ("generate", {"prompt": "@nobody", "scenes": "", "seconds": "", "size": "", "takes": ""}, "Create it first"),
        ("generate", {"prompt": "a", "scenes": "", "seconds": "x", "size": "", "takes": ""}, "ValueError"),
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


def test_what_was_made_before_a_refusal_is_shown(panel: Panel) -> None:
    with pytest.raises(ConfigError):
        panel.generate("in {scene}", ["a park", "a room with @nobody"])
    assert [facts["title"] for facts in panel.takes] == ["in a park"]


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
    with pytest.raises(ConfigError, match="has no picture yet"):
        panel.load("vid_0")


def test_the_plan_and_its_price_follow_the_fields(studio: FakeStudio) -> None:
    panel = Panel(studio)
    assert panel.plan == "1 video of 4 s, about $0.40"
    panel.set_state({"draft": {"scenes": "a\nb", "takes": "2", "seconds": "8"}})
    assert panel.plan == "4 videos of 8 s, about $3.20"
    panel.set_state({"draft": {"takes": "two"}})
    assert panel.plan == "Seconds and takes are numbers."
    assert Panel(FakeStudio(price=None)).plan == "1 video of 4 s, price unknown"
    assert Panel(FakeStudio(simulated=True)).plan == "1 video of 4 s, free: drawn by the simulator"


def test_the_line_of_python_is_what_was_run(panel: Panel, clip: Path) -> None:
    panel.value = "2,5"
    panel.create("Ada")
    assert panel.said["code"] == f"studio.create_character({str(clip)!r}, '2,5', name='Ada')"
    panel.generate("a")
    assert panel.said["code"] == "studio.generate('a')"
    line = generate_line(["a", "b"], 8, None, 2)
    made: list[Any] = []

    class Recorder:
        def generate(self, prompt: str, **options: Any) -> None:
            made.append((prompt, options))

    eval(line, {"studio": Recorder()})  # noqa: S307  # the line is what is tested
    assert made[1] == ("a", {"seconds": 8, "take": 2}) and len(made) == 4


def test_a_scene_goes_where_the_prompt_says() -> None:
    assert scene_prompts("@ada in {scene}, at night", ["a park"]) == ["@ada in a park, at night"]
    assert scene_prompts("@ada", ["in a park"]) == ["@ada in a park"]
    assert scene_prompts("@ada", []) == ["@ada"]


def test_a_signed_address_is_not_shown() -> None:
    assert source_text("https://example.org/a.mp4?sig=abc") == "url"
    assert source_text("https://example.org/a.mp4") == "'https://example.org/a.mp4'"


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
    plain_generate = studio.generate

    def generate(prompt: str, **asked: Any) -> Any:
        video = plain_generate(prompt, **asked)
        video.move(mode="reference", remarks=(lost, hint))
        return video

    studio.generate = generate  # type: ignore[method-assign]
    panel.generate("@ada", ["a", "b"])
    assert (panel.said["level"], panel.said["text"]) == ("warning", "Asked for 2 videos. fake makes no characters.")
    assert [facts["remarks"][0]["level"] for facts in panel.takes] == ["warning", "warning"]
    studio.generate = plain_generate  # type: ignore[method-assign]
    panel.generate("nobody in it")
    assert (panel.said["level"], panel.said["text"]) == ("ok", "Asked for 1 video.")
