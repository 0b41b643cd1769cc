"""When to try again and when to ask again. Two policies that are not to be mixed up.

Trying again is for a request that failed: full jitter, few attempts, a budget of time. Asking
again is for a job that is not done: from 2 s to 20 s, for as long as it takes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

RETRY_ATTEMPTS = 6
RETRY_SECONDS = 120.0
LONGEST_INLINE_WAIT = 120.0
"""A `Retry-After` beyond this is not slept through in one go; the job asks again then."""

POLL_FIRST, POLL_FACTOR, POLL_LONGEST, POLL_SPREAD = 2.0, 1.5, 20.0, 0.25

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})
"""Answers to a GET that may be different the next time."""


def retry_wait(attempt: int) -> float:
    """Seconds before attempt number *attempt* + 1, counted from 0: uniform below a doubling bound."""
    return random.uniform(0, min(20.0, 0.5 * 2**attempt))  # noqa: S311  spreads load, guards nothing


def poll_waits() -> Iterator[float]:
    """Seconds between two looks at a job, growing, each spread by a quarter to either side."""
    wait = POLL_FIRST
    while True:
        yield wait * random.uniform(1 - POLL_SPREAD, 1 + POLL_SPREAD)  # noqa: S311  as above
        wait = min(POLL_LONGEST, wait * POLL_FACTOR)


def told_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the service asks us to wait, or None where it does not say or says nonsense.

    Read from `openai-poll-after-ms`, `retry-after-ms` and `retry-after` as seconds or as a date.
    *now* is the time since 1970 in seconds.
    """
    for name, scale in (("openai-poll-after-ms", 0.001), ("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if (text := headers.get(name)) is not None and (seconds := _number(text)) is not None:
            return seconds * scale
    try:
        date = parsedate_to_datetime(headers["retry-after"])
        return max(0.0, date.timestamp() - now)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
