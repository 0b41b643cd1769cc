"""An error answer becomes the right exception, with the service's words and the next step, in every envelope."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.dialects import DIALECTS, SERVICES, Reply, service_for
from sora_nb.dialects.refusals import read_error
from sora_nb.errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RetiredError,
    ServerError,
    ServiceError,
)

WORDS = "seconds must be 4"


def reply(status: int, body: Any, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": WORDS, "type": "invalid_request_error", "param": "seconds", "code": "bad_value"}},
        {"error": WORDS, "code": "bad_value"},
        {"object": "error", "message": WORDS, "type": "BadRequestError", "param": None, "code": "bad_value"},
        {"code": "bad_value", "message": WORDS, "field": "seconds", "valid_values": [4]},
        {"code": "bad_value", "msg": WORDS, "data": None},
        {"detail": {"message": WORDS, "code": "bad_value"}},
        {"detail": {"error": WORDS, "code": "bad_value"}},
    ],
)
def test_every_envelope_gives_its_words_and_code(body: dict[str, Any]) -> None:
    error = read_error(reply(400, body, x_request_id="req_1"))
    assert type(error) is BadRequestError
    assert str(error) == f"The service answered 400 (bad_value): {WORDS}. Change what it names, and ask again."
    assert (error.status, error.code, error.request_id) == (400, "bad_value", "req_1")


def test_faults_of_a_form_are_listed_with_their_fields() -> None:
    faults = [
        {"loc": ["body", "seconds"], "msg": "Input should be a string", "input": "sk-secret-in-input"},
        {"loc": ["body", "prompt"], "msg": "Field required"},
    ]
    told = str(read_error(reply(422, {"detail": faults})))
    assert "seconds: Input should be a string; prompt: Field required." in told
    assert "sk-secret" not in told


def test_the_field_at_fault_is_named_where_the_words_do_not() -> None:
    assert "size: Not one of ours." in str(
        read_error(reply(400, {"error": {"message": "Not one of ours", "param": "size"}}))
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"upstream timed out", "upstream timed out."),
        (b"<html><h1>Bad gateway</h1></html>", "a web page, not JSON."),
        (b'{"detail": "Generation is still in-progress"}', "Generation is still in-progress."),
        (b"[1, 2]", "[1, 2]."),
    ],
)
def test_what_is_no_envelope_still_speaks(body: bytes, words: str) -> None:
    assert f"The service answered 502: {words} Try again later" in str(read_error(Reply(502, {}, body)))


def test_silence_is_told_as_the_status_alone() -> None:
    assert str(read_error(Reply(503))).startswith("The service answered 503. Try again later")


@pytest.mark.parametrize(
    ("status", "kind", "step"),
    [
        (400, BadRequestError, "Change what it names"),
        (401, AuthenticationError, "SORA_API_KEY"),
        (402, PermissionDeniedError, "Add credit"),
        (403, PermissionDeniedError, "another service"),
        (404, NotFoundError, "a service that has closed"),
        (405, BadRequestError, "dialect="),
        (409, ConflictError, "Wait until it has completed"),
        (410, NotFoundError, "gone for good"),
        (413, BadRequestError, "smaller clip"),
        (418, BadRequestError, "Change what it names"),
        (422, BadRequestError, "Change what it names"),
        (425, ConflictError, "Wait a moment"),
        (429, RateLimitError, "Ask less often"),
        (500, ServerError, "studio.resume()"),
        (524, ServerError, "studio.resume()"),
    ],
)
def test_every_status_has_its_exception_and_its_next_step(status: int, kind: type[ServiceError], step: str) -> None:
    error = read_error(reply(status, {"error": {"message": WORDS}}))
    assert type(error) is kind
    assert step in str(error)


@pytest.mark.parametrize(
    ("status", "code", "step"),
    [
        (400, "sentinel_block", "not charged"),
        (400, "cameo_permission_denied", "make your own"),
        (429, "insufficient_quota", "Waiting will not help"),
    ],
)
def test_a_code_that_tells_more_has_the_last_word(status: int, code: str, step: str) -> None:
    assert step in str(read_error(reply(status, {"error": {"message": "no", "code": code}})))
    assert read_error(reply(status, {"error": {"message": "no", "type": code, "code": None}})).code == code


def test_a_code_that_only_repeats_the_status_is_none() -> None:
    assert read_error(reply(404, {"object": "error", "message": "no", "code": 404})).code is None


def test_a_key_in_the_answer_is_not_repeated() -> None:
    told = read_error(
        reply(401, {"error": {"message": "Incorrect API key provided: sk-LEAK1234.", "code": "sk-LEAK1234"}})
    )
    assert "LEAK" not in str(told)
    assert "LEAK" not in (told.code or "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["error", "detail", "message", "code", "type", "loc", "msg"]), inner)
        ),
        max_leaves=6,
    )
)
def test_no_answer_is_too_strange(body: Any) -> None:
    error = read_error(reply(500, body))
    assert isinstance(error, ServerError)
    assert str(error).startswith("The service answered 500")


def test_every_shape_reads_errors() -> None:
    for dialect in DIALECTS.values():
        assert type(dialect.read_error(reply(429, {}))) is RateLimitError


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (410, {"error": {"message": "gone"}}),
        (404, {"error": {"message": "no route"}}),
        (404, "<html>"),
        (400, {"error": {"message": "no such model", "code": "model_not_found"}}),
        (403, {"error": {"message": "retired", "code": "ModelDeprecated"}}),
    ],
)
def test_a_service_that_has_closed_is_explained_with_the_ways_on(status: int, body: Any) -> None:
    error = SERVICES["openai"].read_error(reply(status, body, x_request_id="req_1"))
    assert type(error) is RetiredError
    assert isinstance(error, NotFoundError)
    assert (error.status, error.request_id) == (status, "req_1")
    assert "openai closed on 2026-09-24." in str(error)
    assert 'Studio("vllm-omni"' in str(error) and 'Studio("simulator")' in str(error)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 409, 422, 429, 500])
def test_a_closed_services_other_refusals_are_told_as_they_are(status: int) -> None:
    error = SERVICES["openai"].read_error(reply(status, {"error": {"message": WORDS}}))
    assert not isinstance(error, RetiredError)
    assert WORDS in str(error)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_at_a_living_service_is_only_gone(status: int) -> None:
    for service in (SERVICES["vllm-omni"], service_for("openai", base_url="http://localhost:8000")):
        assert type(service.read_error(reply(status, {"detail": "Video not found"}))) is NotFoundError


def test_every_service_that_has_closed_has_its_day() -> None:
    closed = {name: service.retired for name, service in SERVICES.items() if service.retired}
    assert closed == {
        "openai": "2026-09-24",
        "azure": "2026-10-15",
        "apiyi": "2026-04-26",
        "laozhang": "2026-04-26",
    }
