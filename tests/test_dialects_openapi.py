"""What the openai dialect sends is what OpenAI's own description of its API allows, and nothing besides."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sora_nb.dialects import DIALECTS, SERVICES, Call, Cast, CharacterAsk, Inline, VideoAsk
from sora_nb.timerange import TimeRange
from tests.wire.cases import cases

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "wire" / "openai-videos.openapi.yaml").read_text(encoding="utf-8")
)

CHARACTERS = {
    "type": "array",
    "maxItems": 2,
    "items": {
        "type": "object",
        "properties": {"id": {"type": "string"}},
        "required": ["id"],
        "additionalProperties": False,
    },
}
"""The field that OpenAI's guide has and its description leaves out."""

GUIDE = {
    "VideoSeconds": ["16", "20"],
    "VideoSize": ["1920x1080", "1080x1920"],
}
"""The values that OpenAI's guide of June 2026 has and its description leaves out."""

OPENAI = DIALECTS["openai"]


def closed(schema: Any) -> Any:
    """A schema whose objects hold the fields that they name and no others."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    return {**inner, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else inner


def described(*, with_guide: bool = True) -> dict[str, Any]:
    """The schemas, closed; with what the guide adds."""
    schemas = closed(copy.deepcopy(DESCRIPTION["components"]["schemas"]))
    if with_guide:
        schemas["CreateVideoJsonBody"]["properties"]["characters"] = CHARACTERS
        for name, values in GUIDE.items():
            schemas[name]["enum"] += values
    return schemas


def faults(schema: Mapping[str, Any], value: Any, schemas: Mapping[str, Any]) -> list[str]:
    validator = Draft202012Validator({**schema, "components": {"schemas": schemas}})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def operation(call: Call) -> tuple[str, Mapping[str, Any]]:
    """The path of the description that the call is for, and what it says of it."""
    for path, operations in DESCRIPTION["paths"].items():
        parts, asked = path.split("/"), call.path.split("/")
        fits = len(parts) == len(asked) and all(p == a or p.startswith("{") for p, a in zip(parts, asked, strict=True))
        if fits and call.method.lower() in operations:
            return path, operations[call.method.lower()]
    raise AssertionError(f"the description has no {call.method} {call.path}")


def written(value: Any) -> Any:
    if isinstance(value, Inline):
        return f"data:{value.content_type};base64,AAAA"
    if isinstance(value, dict):
        return {name: written(inner) for name, inner in value.items()}
    return [written(inner) for inner in value] if isinstance(value, list) else value


def wrong_with(call: Call, *, with_guide: bool = True) -> list[str]:
    """Everything about a call that the description does not allow."""
    schemas = described(with_guide=with_guide)
    path, told = operation(call)
    wrong = []
    parameters = {one["name"]: one for one in told.get("parameters", ()) if one["in"] == "query"}
    for name, value in call.params.items():
        if name not in parameters:
            wrong.append(f"query {name} at {path}")
        else:
            schema = parameters[name]["schema"]
            wrong += faults(schema, int(value) if schema.get("type") == "integer" else value, schemas)
    bodies = told.get("requestBody", {}).get("content", {})
    if call.json is not None:
        wrong += faults(bodies["application/json"]["schema"], written(call.json), schemas)
    elif call.form is not None or call.files:
        body = {**(call.form or {}), **{one.field: "bytes" for one in call.files}}
        wrong += faults(bodies["multipart/form-data"]["schema"], body, schemas)
    elif told.get("requestBody"):
        wrong.append(f"no body at {path}")
    return wrong


ADA = Cast("Ada", "ada", "char_1")
ZOE = Cast("Zoë", "zoe", "char_2")
SEEN = Cast("Bob", "bob", "", description="a man with a hat", image=Path("frame.png"))
SPAN = TimeRange(1, 3)

CALLS = {
    "create_video": OPENAI.create_video(VideoAsk("A park", 8, "1280x720", "sora-2")),
    "create_video_with_characters": OPENAI.create_video(VideoAsk("@ada", 20, "1920x1080", "sora-2-pro", (ADA, ZOE))),
    "create_video_with_reference": OPENAI.create_video(VideoAsk("@bob", 4, "720x1280", "sora-2", (SEEN,))),
    "create_video_with_both": OPENAI.create_video(VideoAsk("@bob, @ada", 4, "720x1280", "sora-2", (SEEN, ADA))),
    "get_video": OPENAI.get_video("video_1"),
    "get_content": OPENAI.get_content("video_1"),
    "get_thumbnail": OPENAI.get_content("video_1", "thumbnail"),
    "get_spritesheet": OPENAI.get_content("video_1", "spritesheet"),
    "list_videos": OPENAI.list_videos(),
    "list_videos_after": OPENAI.list_videos("video_1"),
    "create_character": OPENAI.create_character(CharacterAsk("Ada", SPAN, clip=Path("clip.mp4"))),
    "get_character": OPENAI.get_character("char_1"),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_request_is_as_described(name: str) -> None:
    call = CALLS[name]
    assert call is not None
    assert wrong_with(call) == []


def test_the_guide_is_needed_only_for_what_it_alone_has() -> None:
    """The description by itself allows all but characters, the long videos and the large ones."""
    besides = {name for name, call in CALLS.items() if call is not None and wrong_with(call, with_guide=False)}
    assert besides == {"create_video_with_characters", "create_video_with_both"}


def test_everything_the_capabilities_allow_is_as_described() -> None:
    can = SERVICES["openai"].capabilities
    for seconds in can.seconds:
        for size in can.sizes:
            for model in can.models:
                assert wrong_with(OPENAI.create_video(VideoAsk("A park", seconds, size, model))) == []


@given(st.text(min_size=1, max_size=200), st.lists(st.sampled_from([ADA, ZOE]), unique=True), st.booleans())
def test_any_prompt_and_cast_is_as_described(prompt: str, cast: list[Cast], seen: bool) -> None:
    people = (*cast, SEEN) if seen else tuple(cast)
    assert wrong_with(OPENAI.create_video(VideoAsk(prompt, 8, "1280x720", "sora-2", people))) == []


PLANTED: dict[str, Call] = {
    "a field too many": Call("POST", "/videos", json={"prompt": "a", "duration": 8}),
    "seconds as a number": Call("POST", "/videos", json={"prompt": "a", "seconds": 8}),
    "a length it does not make": Call("POST", "/videos", json={"prompt": "a", "seconds": "5"}),
    "a size it does not make": Call("POST", "/videos", json={"prompt": "a", "size": "1x1"}),
    "no prompt": Call("POST", "/videos", json={"model": "sora-2"}),
    "an empty prompt": Call("POST", "/videos", json={"prompt": ""}),
    "three characters": Call("POST", "/videos", json={"prompt": "a", "characters": [{"id": str(i)} for i in range(3)]}),
    "a character by its name": Call("POST", "/videos", json={"prompt": "a", "characters": ["Ada"]}),
    "a reference that is a text": Call("POST", "/videos", json={"prompt": "a", "input_reference": "frame.png"}),
    "characters in a form": Call("POST", "/videos", form={"prompt": "a", "characters": "[]"}),
    "a character without its clip": Call("POST", "/videos/characters", form={"name": "Ada"}),
    "a character with timestamps": Call("POST", "/videos/characters", form={"name": "A", "timestamps": "1,3"}),
    "a variant there is not": Call("GET", "/videos/v/content", params={"variant": "poster"}),
    "a list too long": Call("GET", "/videos", params={"limit": "101"}),
    "a parameter there is not": Call("GET", "/videos", params={"page": "2"}),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    assert wrong_with(PLANTED[name]) != []


def test_a_path_that_is_not_described_is_found() -> None:
    with pytest.raises(AssertionError, match="no POST /sora/generations"):
        wrong_with(Call("POST", "/sora/generations", json={"prompt": "a"}))


REPLIES = {
    "create_video": "VideoResource",
    "get_video": "VideoResource",
    "list_videos": "VideoListResource",
    "create_character": "VideoCharacterResource",
    "get_character": "VideoCharacterResource",
    "error": "ErrorResponse",
}


@pytest.mark.parametrize("case", [case for case in cases() if case.service == "openai"], ids=lambda case: case.name)
def test_every_golden_exchange_is_as_described(case: Any) -> None:
    content = case.filled()
    request, reply = content["request"], content["reply"]
    path = request["path"].removeprefix("/v1")
    call = Call(request["method"], path, request.get("json"), request.get("form"), params=request.get("query", {}))
    if request.get("files"):
        call = Call(call.method, path, form={**(call.form or {}), **{one["field"]: "" for one in request["files"]}})
    refused = reply["status"] >= 400
    assert refused or wrong_with(call) == []
    if "json" in reply:
        schema = next(schema for name, schema in REPLIES.items() if case.name.startswith(f"openai/{name}"))
        assert faults({"$ref": f"#/components/schemas/{schema}"}, reply["json"], described()) == []
