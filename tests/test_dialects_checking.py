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
    check_character,
    check_video,
    require_character,
    require_video,
    service_for,
)
from sora_nb.errors import ConfigError
from sora_nb.timerange import TimeRange

OPENAI, SIMULATOR, APIYI = SERVICES["openai"], SERVICES["simulator"], SERVICES["apiyi"]
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
