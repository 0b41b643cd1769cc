"""How an error is written, server by server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.schemas import ANY, NULL, STRING, WHOLE, Schema, listed, one_of, record

_TEXT_OR_NULL = one_of(STRING, NULL)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A way to write a refusal: the JSON, its schema, and the statuses that other servers would not have chosen."""

    schema: Schema
    write: Callable[[Refusal, int], Any]
    statuses: Mapping[str, int] = field(default_factory=dict)
    """HTTP statuses by the refusal's code or by the field that is at fault."""
    says: Mapping[str, str] = field(default_factory=dict)
    """The server's own sentences, by the refusal's code."""

    bare: bool = False
    """A path that is not there is answered by its framework, FastAPI, whatever the server does elsewhere."""

    def unheard(self, status: int, message: str) -> JSONResponse:
        """The answer where there is no such path, or no such method on it."""
        if self.bare:
            return JSONResponse({"detail": HTTPStatus(status).phrase}, status)
        return self.answer(Refusal(status, message))

    def answer(self, refusal: Refusal) -> JSONResponse:
        """The refusal as this server answers it."""
        status = refusal.status
        if status == 400:
            status = self.statuses.get(refusal.code or "", self.statuses.get(refusal.param or "", status))
        headers = {"retry-after": str(refusal.retry_after)} if refusal.retry_after is not None else None
        refusal.message = self.says.get(refusal.code or "", refusal.message)
        return JSONResponse(self.write(refusal, status), status, headers)


def _facts(refusal: Refusal) -> dict[str, Any]:
    return {"message": refusal.message, "type": refusal.kind, "param": refusal.param, "code": refusal.code}


OPENAI = Envelope(
    record({"error": record({"message": STRING, "type": STRING, "param": _TEXT_OR_NULL, "code": _TEXT_OR_NULL})}),
    lambda refusal, _: {"error": _facts(refusal)},
)
"""OpenAI's published description. The tutorials show no error, so theirs look the same."""

_COMPLAINT = record({"type": STRING, "loc": listed(STRING), "msg": STRING, "input": ANY})


def _detail(refusal: Refusal, status: int) -> dict[str, Any]:
    if status != 422 or refusal.param is None:
        return {"detail": refusal.message}
    where = ["query" if refusal.param in QUERY else "body", refusal.param]
    complaint = {"type": refusal.code, "loc": where, "msg": refusal.message, "input": refusal.value}
    return {"detail": [complaint]}


QUERY = ("limit", "order", "after")

_SAYS = {
    "not_found": "Video not found",
    "video_not_ready": "Generation is still in-progress",
    "video_failed": "Video generation failed. Check job status for error details.",
}

FASTAPI = Envelope(
    record({"detail": one_of(STRING, listed(_COMPLAINT))}),
    _detail,
    dict.fromkeys(QUERY, 422),
    {**_SAYS, "video_failed": _SAYS["video_not_ready"]},
    bare=True,
)
"""SGLang leaves its errors to FastAPI, which says of a field where it was and what it held."""

VLLM = Envelope(
    FASTAPI.schema,
    _detail,
    dict.fromkeys(("invalid_type", "invalid_value", "missing_required_parameter"), 422),
    _SAYS,
    bare=True,
)
"""vLLM-Omni's fields are declared to FastAPI, which therefore refuses more of them itself."""

FLAT = Envelope(
    record({"object": {"const": "error"}, "message": STRING, "type": STRING, "param": _TEXT_OR_NULL, "code": WHOLE}),
    lambda refusal, status: {
        "object": "error",
        "message": refusal.message,
        "type": "NotFoundError" if status == 404 else "BadRequestError",
        "param": refusal.param,
        "code": status,
    },
    {"unknown_parameter": 422},
    bare=True,
)
"""TensorRT-LLM's errors are not nested. Its sources disagree on 400 or 422 for an unknown field."""

AZURE = Envelope(
    record(
        {
            "error": record(
                {"code": _TEXT_OR_NULL, "message": STRING, "param": _TEXT_OR_NULL, "type": STRING},
                optional={"details": {"type": "array"}, "additionalInfo": record({}), "debugInfo": record({})},
            )
        }
    ),
    lambda refusal, _: {"error": {**_facts(refusal), "details": [], "additionalInfo": {}, "debugInfo": {}}},
)
"""Azure's reference adds three fields."""

LITELLM = Envelope(
    OPENAI.schema,
    lambda refusal, status: {
        "error": {
            "message": refusal.message,
            "type": "auth_error" if status == 401 else refusal.kind,
            "param": refusal.param,
            "code": str(status),
        }
    },
    bare=True,
)
"""The proxy writes the status as the code, in quotes."""

OPENROUTER = Envelope(
    record({"error": record({"code": WHOLE, "message": STRING})}),
    lambda refusal, status: {"error": {"code": status, "message": refusal.message}},
)
"""OpenRouter writes the status as the code."""


def envelope(refusal: Refusal) -> JSONResponse:
    """A refusal of the house itself, before any server is reached."""
    return OPENAI.answer(refusal)
