"""What a service would refuse is said before sending, with its name and the next step."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sora_nb.dialects import (
    SERVICES,
    Cast,
    CharacterAsk,
    Service,
    VideoAsk,
    character_remarks,
    check_character,
    check_video,
    remarks,
    require_character,
    require_video,
    service_for,
)
from sora_nb.errors import ConfigError
from sora_nb.timerange import TimeRange

OPENAI, SIMULATOR, APIYI = SERVICES["openai"], SERVICES["simulator"], SERVICES["apiyi"]
VLLM, ROUTER, TENSORRT = SERVICES["vllm-omni"], SERVICES["openrouter"], SERVICES["tensorrt-llm"]
ASK = VideoAsk("A park", 8, "1280x720", "sora-2")
ADA = Cast("Ada", "ada", "char_1")
SPAN = TimeRange(5, 8)


@pytest.mark.parametrize(
    "service",
    [*SERVICES.values(), service_for("simulator", dialect="apiyi"), service_for("http://localhost:1")],
    ids=lambda service: f"{service.name} {service.dialect.name}",
)
def test_what_every_service_makes_by_default_is_fine(service: Service) -> None:
    can = service.capabilities
    assert check_video(VideoAsk("A park", can.default_seconds, can.default_size, can.models[0], (ADA,)), service) == []


@pytest.mark.parametrize(
    ("service", "change", "problem"),
    [
        (OPENAI, {"prompt": " \n"}, "The prompt is empty. Say what is to be seen."),
        (
            OPENAI,
            {"prompt": "x" * 32_010},
            "The prompt has 32010 letters and openai takes 32000. Shorten it by 10.",
        ),
        (OPENAI, {"seconds": 10}, "openai makes 4, 8, 12, 16 or 20 s, not 10 s. Try seconds=8."),
        (OPENAI, {"seconds": 99}, "openai makes 4, 8, 12, 16 or 20 s, not 99 s. Try seconds=20."),
        (SIMULATOR, {"seconds": 0.5}, "simulator makes 1 to 60 s, not 0.5 s. Try seconds=1."),
        (APIYI, {"seconds": 4.4}, "apiyi makes whole seconds from 1 to 60 s, not 4.4 s. Try seconds=4."),
        (OPENAI, {"seconds": "8"}, "seconds='8' is not a number of seconds. Try seconds=4."),
        (OPENAI, {"seconds": float("nan")}, "seconds=nan is not a number of seconds. Try seconds=4."),
        (
            OPENAI,
            {"size": "720p"},
            "'720p' is not a size. Write width and height in pixels, such as size=\"1280x720\".",
        ),
        (APIYI, {"size": "720x1280"}, 'apiyi makes 1280x720 or 1920x1080, not 720x1280. Try size="1280x720".'),
        (SIMULATOR, {"size": "641x361"}, '641x361 has an odd side, which a video cannot have. Try size="640x360".'),
        (
            OPENAI,
            {"cast": tuple(Cast("N", f"n{i}", f"char_{i}") for i in range(3))},
            "openai takes at most 2 characters in a video, not 3 (@n0, @n1, @n2). Leave some out.",
        ),
        (
            OPENAI,
            {"cast": (replace(ADA, name="A" * 81),)},
            "The name 'AAAAAAAAAAAAAAAAAAAA'... has 81 letters and openai takes 80. Shorten it.",
        ),
    ],
)
def test_a_problem_is_named_with_its_value_and_the_next_step(
    service: Service, change: dict[str, Any], problem: str
) -> None:
    ask = replace(ASK, **change)
    assert check_video(ask, service) == [problem]
    with pytest.raises(ConfigError, match=re.escape(problem)):
        require_video(ask, service)


def test_half_a_letter_is_refused() -> None:
    assert "lone surrogate" in check_video(replace(ASK, prompt="a \ud83d"), OPENAI)[0]
    assert check_video(replace(ASK, prompt="a \U0001f600"), OPENAI) == []


def test_all_problems_are_told_at_once() -> None:
    ask = replace(ASK, prompt="", seconds=5, size="1x1")
    assert len(check_video(ask, OPENAI)) == 3
    with pytest.raises(ConfigError, match=r"empty.*makes 4.*is not a size"):
        require_video(ask, OPENAI)


@pytest.mark.parametrize(("seconds", "size"), [(1, "64x64"), (4.5, "1080x1920"), (60, "640x360")])
def test_the_simulator_takes_what_it_says(seconds: float, size: str) -> None:
    require_video(replace(ASK, seconds=seconds, size=size, cast=(ADA, ADA, ADA)), SIMULATOR)


def test_a_suggested_length_is_itself_allowed() -> None:
    for service in SERVICES.values():
        for seconds in (-1, 0.2, 5, 13.7, 500):
            for problem in check_video(replace(ASK, seconds=seconds), service):
                suggested = float(problem.rpartition("seconds=")[2].rstrip("."))
                assert check_video(replace(ASK, seconds=suggested), service) == []


def test_a_characters_source_must_be_one_that_the_service_takes() -> None:
    clip = CharacterAsk("Ada", SPAN, clip=Path("a.mp4"))
    url = CharacterAsk("Ada", SPAN, url="https://a.example/b.mp4")
    task = CharacterAsk("Ada", SPAN, task_id="task_1")
    assert [bool(check_character(ask, OPENAI)) for ask in (clip, url, task)] == [False, True, True]
    assert [bool(check_character(ask, APIYI)) for ask in (clip, url, task)] == [True, False, False]
    with pytest.raises(ConfigError, match="apiyi takes a public address or a task id; give 'Ada' that way"):
        require_character(clip, APIYI)


def test_a_characters_name_must_fit() -> None:
    assert "no name" in check_character(CharacterAsk(" ", SPAN, clip=Path("a.mp4")), OPENAI)[0]
    assert "81 letters" in check_character(CharacterAsk("A" * 81, SPAN, clip=Path("a.mp4")), OPENAI)[0]
    require_character(CharacterAsk("A" * 80, SPAN, clip=Path("a.mp4")), OPENAI)


def codes(ask: VideoAsk, service: Service, level: str | None = None) -> list[str]:
    return [one.code for one in remarks(ask, service) if level in (None, one.level)]


def told(code: str, ask: VideoAsk, service: Service) -> str:
    (message,) = [one.message for one in remarks(ask, service) if one.code == code]
    return message


SEEN = Cast("Ada", "ada", "", description="a woman with glasses")
WAVES = VideoAsk("@ada waves", 4, "1280x720", "default", (SEEN,))


def test_nothing_is_said_where_nothing_is_wrong_or_lost() -> None:
    assert remarks(replace(ASK, prompt="@ada waves", cast=(ADA,)), SIMULATOR) == []
    assert remarks(replace(WAVES, prompt="A park", cast=()), VLLM) == []


def test_the_gravest_is_said_first() -> None:
    levels = [one.level for one in remarks(replace(ASK, prompt="waves", seconds=5, cast=(ADA,)), OPENAI)]
    assert levels == ["error", "warning", "hint"]


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("@adda waves", "@adda is in the prompt and is no character of this video. Did you mean @ada?"),
        ("@ada and @zoe", "@zoe is in the prompt and is no character of this video. Make it with create_character()"),
    ],
)
def test_a_name_that_nobody_has_is_an_error(prompt: str, message: str) -> None:
    for service, one in ((OPENAI, ADA), (VLLM, SEEN)):
        ask = replace(ASK, prompt=prompt, seconds=4, cast=(one,))
        assert told("unknown_character", ask, service).startswith(message)
    assert "unknown_character" not in codes(replace(ASK, prompt="mail ada@example.org"), OPENAI)


def test_one_who_is_not_made_yet_is_an_error_where_characters_are_made() -> None:
    ask = replace(ASK, prompt="@ada waves", cast=(SEEN,))
    assert told("not_ready", ask, OPENAI) == "@ada is not on openai yet. Create it there first."
    assert "not_ready" not in codes(WAVES, VLLM)


def test_a_name_that_the_prompt_lacks_is_put_there_and_that_is_said() -> None:
    silent = replace(ASK, prompt="in a park", cast=(ADA,))
    assert told("name_not_said", silent, OPENAI) == (
        "openai needs each name in the prompt, so Ada is put in front of it. Write @ada."
    )
    assert "by the prompt alone" in told("name_not_said", silent, APIYI)
    assert "name_not_said" not in codes(replace(silent, prompt="Ada in a park"), OPENAI)
    assert "name_not_said" in codes(replace(silent, prompt="Ada in a park"), APIYI), "a name is no handle"
    assert "name_not_said" not in codes(replace(silent, prompt="@Ada in a park"), OPENAI)


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("vllm-omni", "drops one that it is sent without a word"),
        ("sglang", "drops one that it is sent without a word"),
        ("tensorrt-llm", "refuses a request that names one"),
        ("openrouter", "nobody says what it does with one"),
    ],
)
def test_where_no_characters_are_made_it_is_said_what_goes_instead(name: str, becomes: str) -> None:
    service = SERVICES[name]
    message = told("no_characters", replace(WAVES, seconds=service.capabilities.default_seconds), service)
    assert f"{name} makes no characters" in message and becomes in message
    assert "It is told of @ada by its name and description in the prompt, and by" in message
    assert check_video(replace(WAVES, seconds=service.capabilities.default_seconds), service) == []


def test_a_native_service_says_nothing_of_that() -> None:
    assert "no_characters" not in codes(replace(ASK, prompt="@ada", cast=(ADA,)), OPENAI)


def test_the_simulator_says_whom_it_plays() -> None:
    service = service_for("simulator", profile="vllm-omni")
    assert told("no_characters", WAVES, service).startswith("simulator as vllm-omni makes no characters")


def test_who_comes_after_the_last_reference_is_named() -> None:
    cast = tuple(Cast(f"N{i}", f"n{i}", "", description="a man" if i % 2 else "") for i in range(5))
    ask = VideoAsk("@n0 @n1 @n2 @n3 @n4", 4, "1280x720", "m", cast)
    dropped = [one.message for one in remarks(ask, VLLM) if one.code == "reference_dropped"]
    assert dropped[0] == "vllm-omni takes 1 reference in a video. @n1 is told by its description."
    assert "@n2 is told by nothing but its name, so describe it." in dropped[1]
    assert len(dropped) == 4
    dropped = [one.message for one in remarks(ask, ROUTER) if one.code == "reference_dropped"]
    assert len(dropped) == 2 and "takes 3 references" in dropped[0]


def test_words_alone_without_a_description_are_remarked() -> None:
    words = Service.like("vllm-omni", name="words", reference_ways=("words",))
    nameless = replace(WAVES, cast=(replace(SEEN, description=" "),))
    assert "nothing but its name" in told("reference_dropped", nameless, words)
    assert "reference_dropped" not in codes(WAVES, words)


def test_a_prompt_is_measured_as_it_is_sent() -> None:
    long = replace(WAVES, cast=(replace(SEEN, description="x" * 40_000),))
    assert "with its characters' descriptions has 40012 letters" in told("prompt_too_long", long, VLLM)


@pytest.mark.parametrize(
    ("clip", "video", "remarked"),
    [
        ("1280x720", "1280x720", False),
        ("854x480", "1280x720", False),
        ("720x1280", "1280x720", True),
        ("640x480", "1280x720", True),
        (None, "1280x720", False),
        ("odd", "1280x720", False),
    ],
)
def test_a_clip_of_another_shape_is_remarked(clip: str | None, video: str, remarked: bool) -> None:
    for service, one in ((OPENAI, ADA), (VLLM, SEEN)):
        ask = VideoAsk("@ada", 4, video, "m", (replace(one, clip_size=clip),))
        assert ("aspect_mismatch" in codes(ask, service, "warning")) == remarked
    tall = VideoAsk("@ada", 4, "1280x720", "m", (replace(ADA, clip_size="720x1280"),))
    assert "The clip of @ada is 720x1280 and the video 1280x720" in told("aspect_mismatch", tall, OPENAI)
    assert "stretched" in told("aspect_mismatch", tall, OPENAI)


def test_a_closed_service_is_named_with_its_day_and_stops_nothing_by_itself() -> None:
    assert told("retired", ASK, OPENAI).startswith("openai: OpenAI closed this service on 2026-09-24;")
    assert check_video(ASK, OPENAI) == []
    assert "retired" not in codes(ASK, service_for("openai", base_url="http://localhost:8000"))


def test_a_character_is_remarked_on_before_it_is_made() -> None:
    assert character_remarks("Ada", SIMULATOR) == []
    (lost,) = character_remarks("Ada", TENSORRT)
    assert (lost.level, lost.code) == ("warning", "no_characters")
    assert lost.message.startswith("tensorrt-llm makes no characters, and refuses a request that names one.")
    assert "and by the frame that the video begins with or a clip to go by." in lost.message
    assert [one.code for one in character_remarks(" ", OPENAI)] == ["bad_name", "retired"]
    assert "makes no characters" in check_character(CharacterAsk("Ada", SPAN, clip=Path("a.mp4")), VLLM)[0]


def test_every_code_is_listed_where_people_look_for_it() -> None:
    source = Path(check_video.__code__.co_filename).read_text(encoding="utf-8")
    made = set(re.findall(r'(?:_error\(\s*|Finding\(\s*"\w+",\s*)"(\w+)"', source))
    assert len(made) == 15
    assert made <= set((remarks.__doc__ or "").replace(".", " ").replace("`", " ").split())
