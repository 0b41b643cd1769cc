"""Each service is told, and understood, exactly as the golden exchanges in tests/wire say."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sora_nb.dialects import (
    SERVICES,
    Call,
    Cast,
    CharacterAsk,
    Dialect,
    Inline,
    RemoteCharacter,
    RemoteVideo,
    Reply,
    Service,
    VideoAsk,
)
from sora_nb.timerange import TimeRange
from tests.wire.cases import EXAMPLES, Case, cases, fill

CASES = cases()
ASKED = [case for case in CASES if "ask" in case.content]
READ = [case for case in CASES if "means" in case.content]

MUST_HAVE = {
    "create_video",
    "get_video_queued",
    "get_video_in_progress",
    "get_video_completed",
    "get_video_failed",
    "get_content",
    "error_not_ready",
}

AFTER_ANOTHER = {"laozhang": {"create_video"}}
"""Gateways whose videos are asked for and answered as their relative's are."""


def by_name(case: Case) -> str:
    return case.name


def cast_of(one: dict[str, Any]) -> Cast:
    return Cast(**{name: Path(value) if name in ("image", "clip") else value for name, value in one.items()})


def call_for(dialect: Dialect, ask: dict[str, Any]) -> Call | None:
    match ask["verb"]:
        case "create_video":
            cast = tuple(cast_of(one) for one in ask.get("cast", []))
            return dialect.create_video(VideoAsk(ask["prompt"], ask["seconds"], ask["size"], ask["model"], cast))
        case "create_character":
            clip = Path(ask["clip"]) if "clip" in ask else None
            span = TimeRange.parse(ask["span"])
            origin = (clip, ask.get("url"), ask.get("task_id"))
            return dialect.create_character(CharacterAsk(ask["name"], span, *origin, model=ask.get("model", "")))
        case "get_content":
            return dialect.get_content(ask["id"], ask["variant"])
        case "list_videos":
            return dialect.list_videos(ask.get("after"))
        case "get_video":
            return dialect.get_video(ask["id"])
        case "get_character":
            return dialect.get_character(ask["id"])
    raise AssertionError(f"no dialect is asked to {ask['verb']}")


def written(value: Any) -> Any:
    """JSON as the golden files write it: a file inside it by its name, where its bytes would be."""
    if isinstance(value, Inline):
        return f"data:{value.content_type};base64,{value.path}"
    if isinstance(value, dict):
        return {name: written(inner) for name, inner in value.items()}
    return [written(inner) for inner in value] if isinstance(value, list) else value


def as_request(service: Service, call: Call) -> dict[str, Any]:
    """A call as the golden files write it, empty parts left out."""
    files = [
        {"field": one.field, "filename": one.filename, "content_type": one.content_type, "content": str(one.path)}
        for one in call.files
    ]
    told = {
        "method": call.method,
        "path": service.prefix + call.path,
        "query": dict(call.params),
        "json": written(call.json),
        "form": call.form,
        "files": files,
    }
    return {key: value for key, value in told.items() if value}


def as_reply(reply: dict[str, Any]) -> Reply:
    return Reply(reply["status"], reply["headers"], json.dumps(reply["json"]).encode())


def as_means(answer: RemoteVideo | RemoteCharacter) -> dict[str, Any]:
    """What an answer tells, unknown parts left out, times as seconds."""
    told = {field.name: getattr(answer, field.name) for field in fields(answer)}
    return {
        name: value.timestamp() if isinstance(value, datetime) else value
        for name, value in told.items()
        if value not in (None, "")
    }


def understood(dialect: Dialect, content: dict[str, Any]) -> dict[str, Any]:
    """What the dialect makes of a golden reply, in the words of `means`."""
    reply = as_reply(content["reply"])
    if reply.status >= 400:
        error = dialect.read_error(reply)
        return {
            "raises": type(error).__name__,
            "http_status": error.status,
            "code": error.code,
            "request_id": error.request_id,
        }
    verb = content["ask"]["verb"]
    if verb == "list_videos":
        return {"videos": [as_means(video) for video in dialect.read_list(reply)]}
    return as_means(dialect.read_character(reply) if "character" in verb else dialect.read_video(reply))


@pytest.mark.parametrize("case", ASKED, ids=by_name)
def test_the_question_is_put_as_published(case: Case) -> None:
    content, service = case.filled(), SERVICES[case.service]
    call = call_for(service.dialect, content["ask"])
    assert call is not None
    asked = {key: value for key, value in content["request"].items() if key != "headers"}
    # As text, in which 4 is not 4.0.
    assert json.dumps(as_request(service, call), sort_keys=True) == json.dumps(asked, sort_keys=True)
    assert call.paid == (content["request"]["method"] == "POST")


@pytest.mark.parametrize("case", READ, ids=by_name)
def test_the_answer_is_understood(case: Case) -> None:
    content = case.filled()
    assert understood(SERVICES[case.service].dialect, content) == content["means"]


@pytest.mark.parametrize("case", READ, ids=by_name)
def test_fields_nobody_announced_change_nothing(case: Case) -> None:
    content = case.filled()
    crowded = {**content, "reply": {**content["reply"], "json": {**content["reply"]["json"], "news": {"id": "x"}}}}
    dialect = SERVICES[case.service].dialect
    assert understood(dialect, crowded) == understood(dialect, content)


def test_a_wrong_word_would_be_noticed() -> None:
    case = next(case for case in CASES if case.name == "apiyi/create_video")
    content, openai = case.filled(), SERVICES["openai"]
    assert as_request(openai, call_for(openai.dialect, content["ask"])) != content["request"]  # type: ignore[arg-type]
    content["reply"]["json"]["status"] = "completed"
    assert understood(SERVICES["apiyi"].dialect, content)["status"] != content["means"]["status"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"simulator"}))
def test_every_service_has_its_exchanges(name: str) -> None:
    there = {case.name.partition("/")[2] for case in CASES if case.service == name}
    can = SERVICES[name].capabilities
    assert there >= AFTER_ANOTHER.get(name, MUST_HAVE)
    assert any(exchange.startswith("create_character") for exchange in there) == can.native
    assert "create_video_with_character" in there if can.native else "create_video_with_reference" in there
    assert ("list_videos" in there) == can.can_list or name in ("litellm", "azure")


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_every_file_says_what_it_is_and_leaves_no_placeholder(case: Case) -> None:
    assert {"says", "source", "request", "reply"} <= case.content.keys()
    assert case.content.keys() <= {"says", "source", "given", "ask", "request", "reply", "means"}
    left = [value for value in EXAMPLES if value in json.dumps(case.filled())]
    assert left == []


def test_a_placeholder_inside_a_text_is_filled_as_text() -> None:
    assert fill(["<time>", "at <time>"], {"<time>": 5}) == [5, "at 5"]
    assert datetime.fromtimestamp(EXAMPLES["<time>"], UTC).year == 2025
