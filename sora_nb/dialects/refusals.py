"""What an answer of 400 or more means, in words that end with the next step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sora_nb.dialects.base import Reply, Service
from sora_nb.dialects.reading import id_of, plain_words
from sora_nb.errors import RetiredError, ServiceError, for_status

REQUEST_ID_HEADERS = ("x-request-id", "request-id", "apim-request-id")

ASK_LATER = "Try again later; a video that was accepted goes on, and studio.resume() picks it up."

NEXT_STEP: Mapping[int, str] = {
    400: "Change what it names, and ask again.",
    401: "Set SORA_API_KEY before the kernel starts, or pass api_key= to Studio.",
    402: "Add credit to the account, or use another service.",
    403: "Use a key that may do this, or another service.",
    404: "Check the id and the address. Ids are known only where they were made, and a service that has closed "
    "answers like this too.",
    405: "The address answers, but not in this shape; dialect= chooses another.",
    409: "Wait until it has completed or failed, then ask again.",
    410: "It is gone for good: generate it again, or use another service where this one has closed.",
    413: "Send a shorter or smaller clip.",
    415: "The address answers, but not in this shape; dialect= chooses another.",
    422: "Change what it names, and ask again.",
    425: "Wait a moment, then ask again.",
    429: "Ask less often, or wait.",
}
"""What to do about a status."""

NEXT_STEP_FOR_CODE: Mapping[str, str] = {
    "sentinel_block": "The prompt was stopped before rendering, which is not charged. Say it in other words.",
    "moderation_blocked": "Say the prompt in other words, or choose another character.",
    "insufficient_quota": "Waiting will not help: add credit to the account, or use another key.",
    "billing_hard_limit_reached": "Waiting will not help: raise the account's limit, or use another key.",
    "cameo_permission_denied": "This account may not use that character; make your own.",
}
"""What to do about a code, where that is more than its status tells."""


def read_error(reply: Reply) -> ServiceError:
    """An answer of 400 or more as the exception to raise, whichever envelope it came in."""
    told = _complaint(reply)
    code = told.code if told.code != str(reply.status) else None
    fallback = ASK_LATER if reply.status >= 500 else NEXT_STEP[400]
    step = NEXT_STEP_FOR_CODE.get(code or "", NEXT_STEP.get(reply.status, fallback))
    request_id = next((plain_words(reply.headers[name]) for name in REQUEST_ID_HEADERS if name in reply.headers), None)
    words = told.words if not told.words or told.words[-1] in ".!?…" else f"{told.words}."
    head = f"The service answered {reply.status}" + (f" ({code})" if code else "")
    return for_status(reply.status)(
        " ".join(part for part in (f"{head}: {words}" if words else f"{head}.", step) if part),
        status=reply.status,
        code=code,
        request_id=request_id,
    )


GONE = frozenset({404, 405, 410, 501, 503})
"""What a closed service may answer. What OpenAI's address answers today is published nowhere."""

GONE_CODES = frozenset({"model_not_found", "DeploymentNotFound", "ModelDeprecated", "model_deprecated"})

WAYS_ON = (
    "Characters and their clips are in your library, for use elsewhere: on a server of your own "
    '(Studio("vllm-omni", base_url="http://...")), a router (Studio("openrouter")), or Studio("simulator").'
)
"""What to do where a service has closed."""


def with_retirement(error: ServiceError, service: Service) -> ServiceError:
    """The same refusal, explained where it comes from a service that is known to have closed."""
    gone = error.status in GONE or error.code in GONE_CODES
    if service.retired is None or not gone:
        return error
    # Only the sentence that the service itself spoke is kept: ours would advise to check the id.
    told = f" ({error.code})" if error.code else ""
    return RetiredError(
        f"The service answered {error.status}{told}: {service.title} closed on {service.retired}. {WAYS_ON}",
        status=error.status,
        code=error.code,
        request_id=error.request_id,
    )


@dataclass(frozen=True, slots=True)
class _Complaint:
    words: str = ""
    code: str | None = None


def _complaint(reply: Reply) -> _Complaint:
    text = reply.body.decode("utf-8", "replace").strip()
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return _Complaint("a web page, not JSON" if text.startswith("<") else plain_words(text))
    if not isinstance(body, Mapping):
        return _Complaint(plain_words(text))
    error = body.get("error", body.get("detail", body))
    if not isinstance(error, Mapping):
        return _Complaint(_words(error), _code(body))
    words = next((error[key] for key in ("message", "msg", "detail", "error") if error.get(key)), "")
    param = error.get("param") or error.get("field")
    return _Complaint(_at(param, _words(words)), _code(error))


def _words(value: Any) -> str:
    """Text, or the list of faults that a form's checker returns."""
    if isinstance(value, list):
        faults = [_at((fault.get("loc") or [""])[-1], str(fault.get("msg", ""))) for fault in value if _is_fault(fault)]
        return plain_words("; ".join(faults or map(str, value)))
    return plain_words(value) if isinstance(value, str) else ""


def _is_fault(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("loc", []), list)


def _at(param: Any, words: str) -> str:
    """The words, with the field they are about in front where they do not name it."""
    named = isinstance(param, str) and param and param not in words
    return f"{plain_words(param)}: {words}" if named else words


def _code(error: Mapping[str, Any]) -> str | None:
    code = id_of(error.get("code"))
    kind = error.get("type")
    if code is None and isinstance(kind, str) and kind in NEXT_STEP_FOR_CODE:
        return kind
    return None if code is None else plain_words(code)
