"""From the panel's fields to a plan: what it makes, what it costs, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sora_nb.errors import ConfigError
from sora_nb.timerange import TUTORIAL, Finding
from sora_nb.widgets.facts import seconds_left
from sora_nb.widgets.lines import generate_line, source_text
from sora_nb.widgets.planning import Form, lint, plan, read_form
from tests.widgets.fakes import SENT, FakeStudio


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio(TUTORIAL)


def prompts(form: Form) -> list[str]:
    return [prompt for prompt, _options, _point in form.points()]


def test_words_go_where_the_prompt_says_and_a_scene_behind_it_where_it_says_nothing() -> None:
    assert prompts(Form("@ada in {scene}, at night", {"scene": ["a park"]})) == ["@ada in a park, at night"]
    assert prompts(Form(" @ada ", {"scene": ["in a park"]})) == ["@ada in a park"]
    assert prompts(Form("@ada")) == ["@ada"]
    both = Form("{light} in {scene}", {"scene": ["a park"], "light": ["fog", "sun"], "left": ["over"]})
    assert prompts(both) == ["fog in a park", "sun in a park"]
    assert list(both.axes) == ["light", "scene"]


def test_braces_that_name_nothing_are_text() -> None:
    form = Form("a {0} b } {} in {scene}", {"scene": ["{a} park"]})
    assert prompts(form) == ["a {0} b } {} in {a} park"]


def test_settings_and_takes_are_axes_too() -> None:
    form = Form("a", seconds=(4.0, 8.0), sizes=("1280x720",), takes=2)
    assert [options for _, options, _ in form.points()] == [
        {"seconds": 4.0, "size": "1280x720", "take": 1},
        {"seconds": 4.0, "size": "1280x720", "take": 2},
        {"seconds": 8.0, "size": "1280x720", "take": 1},
        {"seconds": 8.0, "size": "1280x720", "take": 2},
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form("  "), "The prompt is empty"),
        (Form("in {light}"), r"\{light\} has no words yet"),
        (Form("in {seconds}", {"seconds": ["4"]}), r"\{seconds\} is a setting"),
    ],
)
def test_what_cannot_be_planned_is_said(form: Form, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        list(form.points())


def test_fields_are_read_as_the_page_tells_them() -> None:
    words = {"scene": " a park \n\na kitchen\na park", "light": ""}
    form = read_form({"prompt": "p", "words": words, "seconds": "4, 8", "models": ["m"], "takes": "2"})
    assert form == Form("p", {"scene": ["a park", "a kitchen"]}, [4.0, 8.0], [], ["m"], 2)
    assert read_form({}) == Form("", {}, [], [], [], 1)
    for wrong in ({"takes": "0"}, {"takes": "1000"}, {"seconds": ["-1"]}, {"seconds": ["nan"]}, {"takes": "x"}):
        with pytest.raises(ConfigError):
            read_form({"prompt": "p", **wrong})


def test_a_plan_tells_every_take_and_its_price(studio: FakeStudio) -> None:
    studio.generate("in a park")
    form = Form("in {scene}", {"scene": ["a park", "a kitchen", "a street"]})
    told = plan(studio, form)
    assert told["words"] == "2 videos, about $0.80. 1 more is there already."
    assert [(row["words"], row["state"], row["cost"]) for row in told["rows"]] == [
        ("a park", "there", 0.0),
        ("a kitchen", "new", 0.4),
        ("a street", "new", 0.4),
    ]
    assert (told["agree"], told["new"], told["there"], told["cost"]) == (True, 2, 1, 0.8)
    assert len(studio.made) == 1
    again = plan(studio, Form("in a park"))
    assert again["words"] == "1 video, there already. Nothing is sent and nothing costs."
    assert again["agree"] is False


def test_a_price_that_is_not_known_is_said_and_agreed_to_and_nothing_is_free_of_itself(studio: FakeStudio) -> None:
    studio.price = None
    assert plan(studio, Form("a"))["words"] == "1 video, price unknown."
    assert plan(studio, Form("a"))["agree"] is True
    free = plan(FakeStudio(simulated=True), Form("a"))
    assert (free["words"], free["agree"]) == ("1 video, free: drawn by the simulator.", False)


def test_a_character_that_is_made_first_is_part_of_the_price_once(studio: FakeStudio) -> None:
    studio.remarks = (Finding("hint", "made_here", "@ada is made there first."),)
    form = Form("in {scene}", {"scene": ["a", "b"]})
    assert plan(studio, form)["cost"] == 1.3
    assert [one["code"] for one in plan(studio, form)["findings"]] == ["made_here"]
    studio.capabilities.usd_per_character = None
    assert plan(studio, form)["cost"] is None


def test_one_that_would_be_refused_stops_all_of_them_and_says_why(studio: FakeStudio) -> None:
    told = plan(studio, Form("a", seconds=(4.0, 5.0)))
    assert (told["state"], told["words"]) == ("refused", "1 of 2 videos would be refused.")
    assert [row["state"] for row in told["rows"]] == ["new", "refused"]
    assert told["findings"][0]["message"].startswith("fake makes 4, 8 or 12 s")
    many = plan(studio, Form("a {scene}", {"scene": [str(n) for n in range(201)]}))
    assert many["state"] == "refused" and "studio.sweep()" in many["words"]


def test_names_that_nobody_has_are_found_with_the_one_that_was_meant(studio: FakeStudio, clip: Path) -> None:
    studio.create_character(clip, "0,2", name="Ada")
    told = plan(studio, Form("@adda and @ada and me@home.example meet @zzz"))
    assert told["state"] == "refused"
    assert [(one["message"], one.get("fix")) for one in told["findings"]] == [
        ("There is no character @adda.", ["@adda", "@ada"]),
        ("There is no character @zzz. Create it above, or write its name without @.", None),
    ]
    assert lint("@ADA waves", studio.characters()) == []


def test_the_line_of_python_asks_for_the_same(studio: FakeStudio) -> None:
    form = Form('say "{ hm }" in {scene}', {"scene": ["a park", "it's"]}, seconds=(8.0,), takes=2)
    eval(generate_line(form), {"studio": studio})  # noqa: S307  # the line is what is tested
    asked = [(video.prompt, video.record.request.seconds, video.record.request.take) for video in studio.made]
    assert asked == [(prompt, options["seconds"], options["take"]) for prompt, options, _ in form.points()]
    assert len(asked) == 4
    assert generate_line(Form("a", seconds=(8.0,))) == "studio.generate('a', seconds=8)"


def test_a_signed_address_is_not_shown() -> None:
    assert source_text("https://example.org/a.mp4?sig=abc") == "url"
    assert source_text("https://example.org/a.mp4") == "'https://example.org/a.mp4'"


def test_the_time_left_is_guessed_from_the_take_or_from_others(studio: FakeStudio, monkeypatch: Any) -> None:
    monkeypatch.setattr("sora_nb.widgets.facts.elapsed", lambda record: {"queued": None}.get(record.status, 30.0))
    video = studio.generate("a")
    assert seconds_left(video.record, []) is None
    video.move(status="in_progress", progress=0.25)
    assert seconds_left(video.record, []) == 90.0
    video.move(progress=0.01)
    assert seconds_left(video.record, []) is None
    other = studio.generate("b")
    other.move(status="completed", completed_at=SENT)
    assert seconds_left(video.record, [other.record]) == 0.0
    other.move(request=type(other.record.request)("b", 8, "1280x720", "fake-1"))
    assert seconds_left(video.record, [other.record]) is None
