"""How an error is written."""

from __future__ import annotations

from starlette.responses import JSONResponse

from sora_nb.simulator.refusal import Refusal


def envelope(refusal: Refusal) -> JSONResponse:
    """A refusal as OpenAI's published description writes one. The tutorials show no error, so theirs look the same."""
    error = {"message": refusal.message, "type": refusal.kind, "param": refusal.param, "code": refusal.code}
    headers = {"retry-after": str(refusal.retry_after)} if refusal.retry_after is not None else None
    return JSONResponse({"error": error}, refusal.status, headers)
