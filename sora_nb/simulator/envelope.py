"""How an error is written, server by server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.schemas import NULL, STRING, WHOLE, Schema, one_of, record

_TEXT_OR_NULL = one_of(STRING, NULL)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A way to write a refusal: the JSON, its schema, and the statuses that other servers would not have chosen."""

    schema: Schema
    write: Callable[[Refusal, int], Any]
    statuses: Mapping[str, int] = field(default_factory=dict)
    """HTTP statuses by the refusal's code."""

    def answer(self, refusal: Refusal) -> JSONResponse:
        """The refusal as this server answers it."""
        status = self.statuses.get(refusal.code or "", refusal.status)
        headers = {"retry-after": str(refusal.retry_after)} if refusal.retry_after is not None else None
        return JSONResponse(self.write(refusal, status), status, headers)


def _facts(refusal: Refusal) -> dict[str, Any]:
    return {"message": refusal.message, "type": refusal.kind, "param": refusal.param, "code": refusal.code}


OPENAI = Envelope(
    record({"error": record({"message": STRING, "type": STRING, "param": _TEXT_OR_NULL, "code": _TEXT_OR_NULL})}),
    lambda refusal, _: {"error": _facts(refusal)},
)
"""OpenAI's published description. The tutorials show no error, so theirs look the same."""

VLLM = Envelope(
    record({"error": record({"message": STRING, "type": STRING, "param": _TEXT_OR_NULL, "code": WHOLE})}),
    lambda refusal, status: {
        "error": {"message": refusal.message, "type": HTTPStatus(status).phrase, "param": refusal.param, "code": status}
    },
)
"""vLLM's server, under which vLLM-Omni runs, writes the status as the code and its phrase as the type."""

FASTAPI = Envelope(record({"detail": STRING}), lambda refusal, _: {"detail": refusal.message}, {"invalid_type": 422})
"""SGLang leaves its errors to FastAPI."""

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

OPENROUTER = Envelope(
    record({"error": record({"code": WHOLE, "message": STRING})}),
    lambda refusal, status: {"error": {"code": status, "message": refusal.message}},
)
"""OpenRouter writes the status as the code."""


def envelope(refusal: Refusal) -> JSONResponse:
    """A refusal of the house itself, before any server is reached."""
    return OPENAI.answer(refusal)
