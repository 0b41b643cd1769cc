"""What one attempt to send a paid request has come to. It is one of four, and evidence decides which.

| outcome  | evidence                                                                           | sent again by itself |
|----------|------------------------------------------------------------------------------------|----------------------|
| NOT_SENT | no name, no connection, no TLS, no free connection; the request could not be built | yes, unless unbuilt  |
| REJECTED | an answer that surely created nothing (`REFUSALS`), or 429                         | 429 alone, if paced  |
| ACCEPTED | a 2xx in which an id can be read                                                   | never                |
| UNKNOWN  | everything else: a broken or silent connection, 408, 409, 425, 5xx, a 2xx without  | never                |
|          | an id, a fault of our own after the first byte                                     |                      |

RFC 9110, 9.2.2: a request that is not idempotent is not repeated unless it is known that the
first was never applied.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, TypeVar

from sora_nb.dialects.base import Reply
from sora_nb.errors import ConfigError, NotSentError, ServerError, ServiceError, SoraError
from sora_nb.jobs import pacing

REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451, *range(300, 400)})
"""Answers that surely created nothing."""

USED_UP = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Codes inside a 429 that waiting does not mend."""


class Outcome(Enum):
    """What became of an attempt."""

    NOT_SENT = "not_sent"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"


class Named(Protocol):
    """An answer that names what was created."""

    @property
    def id(self) -> str | None: ...


Answer = TypeVar("Answer", bound=Named)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Answer]):
    """One attempt, judged."""

    outcome: Outcome
    answer: Answer | None = None
    """What was created; there where it is ACCEPTED, and then it has an id."""
    status: int | None = None
    """HTTP status, None where no answer came."""
    code: str | None = None
    words: str = ""
    """Why it is not ACCEPTED."""
    again: bool = False
    """It may be sent again by itself."""
    wait: float | None = None
    """Seconds the service asks for before that."""


async def attempt(
    send: Callable[[], Awaitable[Reply]],
    read: Callable[[Reply], Answer],
    read_error: Callable[[Reply], ServiceError],
    now: Callable[[], float],
) -> Attempt[Answer]:
    """Send once and judge what came of it. Never raises but for a cancellation, which leaves it UNKNOWN."""
    try:
        reply = await send()
    except NotSentError as error:
        return Attempt(Outcome.NOT_SENT, code="not_sent", words=str(error), again=True)
    except (ConfigError, FileNotFoundError, PermissionError) as error:
        return Attempt(Outcome.NOT_SENT, code="not_sent", words=f"The request could not be made: {error}")
    except Exception as error:  # whatever it was, the request may have left
        told = str(error) if isinstance(error, SoraError) else f"Sending it broke off: {type(error).__name__}."
        return Attempt(Outcome.UNKNOWN, words=told)
    return judge(reply, read, read_error, now())


def judge(
    reply: Reply, read: Callable[[Reply], Answer], read_error: Callable[[Reply], ServiceError], now: float
) -> Attempt[Answer]:
    """What an answer to a paid request says has come of it."""
    if 200 <= reply.status < 300:
        return _accepted(reply, read)
    if reply.status in REFUSALS or reply.status == 429:
        refusal = read_error(reply)
        return Attempt(
            Outcome.REJECTED,
            status=reply.status,
            code=refusal.code or f"http_{reply.status}",
            words=_with_request(refusal, str(refusal)),
            again=reply.status == 429 and refusal.code not in USED_UP,
            wait=pacing.told_wait(reply.headers, now),
        )
    words = _with_request(read_error(reply), f"The service answered {reply.status} after the request was sent.")
    return Attempt(Outcome.UNKNOWN, status=reply.status, words=words)


def _with_request(error: ServiceError, words: str) -> str:
    """The words, with what the service's support will ask for."""
    return words if error.request_id is None else f"{words} Its request id: {error.request_id}."


def _accepted(reply: Reply, read: Callable[[Reply], Answer]) -> Attempt[Answer]:
    try:
        answer = read(reply)
        if not answer.id:
            raise ServerError(f"The service answered {reply.status} without an id.")
    except Exception as error:  # an answer nobody can read is no proof that nothing was made
        told = str(error) if isinstance(error, SoraError) else f"Its answer could not be read: {type(error).__name__}."
        return Attempt(Outcome.UNKNOWN, status=reply.status, words=told)
    return Attempt(Outcome.ACCEPTED, answer, reply.status)
