"""When to try again and when to ask again. Two policies that are not to be mixed up.

Trying again is for a request that failed: full jitter, few attempts, a budget of time. Asking
again is for a job that is not done: from 2 s to 20 s, for as long as it takes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

RETRY_ATTEMPTS = 6
RETRY_SECONDS = 120.0
LONGEST_INLINE_WAIT = 120.0
"""A `Retry-After` beyond this is not slept through where it was met; the job is parked until then."""

LONGEST_PARK = 24 * 3600.0
"""A wait beyond this is nonsense, and taken for no wait at all."""

POLL_FIRST, POLL_FACTOR, POLL_LONGEST, POLL_SPREAD = 2.0, 1.5, 20.0, 0.25

RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, *range(520, 530)})
"""Answers to a GET that may be different the next time."""

NOT_YET_VISIBLE_SECONDS, MISSES_TO_LOSE = 60.0, 3
"""An accepted job is unknown to its service for good only after so long and so many 404s in a row."""

THROTTLED = frozenset({429, 503})

SHOULD_RETRY = ("x-should-retry", "stripe-should-retry")
"""Headers by which a service says itself whether trying again helps."""


def retry_wait(attempt: int) -> float:
    """Seconds before attempt number *attempt* + 1, counted from 0: uniform below a doubling bound."""
    return random.uniform(0, min(20.0, 0.5 * 2**attempt))  # noqa: S311  spreads load, guards nothing


def poll_waits() -> Iterator[float]:
    """Seconds between two looks at a job, growing, each spread by a quarter to either side."""
    wait = POLL_FIRST
    while True:
        yield wait * random.uniform(1 - POLL_SPREAD, 1 + POLL_SPREAD)  # noqa: S311  as above
        wait = min(POLL_LONGEST, wait * POLL_FACTOR)


class Misses:
    """404s in a row about a job that was accepted: at first its service may not have caught up with itself."""

    def __init__(self) -> None:
        self._count = 0
        self._since = 0.0

    def clear(self) -> None:
        """The service knows the job."""
        self._count = 0

    def enough(self, now: float) -> bool:
        """One more, at *now* by a clock that only goes forward: is it gone for good?"""
        self._since = now if self._count == 0 else self._since
        self._count += 1
        return self._count >= MISSES_TO_LOSE and now - self._since >= NOT_YET_VISIBLE_SECONDS


def may_change(status: int, headers: Mapping[str, str]) -> bool:
    """Is a GET that was answered so worth trying again? Where the service says it itself, it is believed."""
    for name in SHOULD_RETRY:
        if (word := headers.get(name, "").strip().lower()) in ("true", "false"):
            return word == "true"
    return status in RETRIED_STATUSES


def told_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the service asks us to wait, or None where it does not say or says nonsense, such as over a day.

    Read from `openai-poll-after-ms`, `retry-after-ms` and `retry-after`, as seconds or as a date in
    any of the three forms of RFC 9110. A date is measured against the service's own `date`; *now*,
    seconds since 1970, stands in where it has none.
    """
    for name, scale in (("openai-poll-after-ms", 0.001), ("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if (seconds := _number(headers.get(name))) is not None:
            return _sensible(seconds * scale)
    then = date_of(headers.get("retry-after"))
    if then is None:
        return None
    told_now = date_of(headers.get("date"))
    return _sensible(max(0.0, then - (now if told_now is None else told_now)))


def date_of(text: str | None) -> float | None:
    """Seconds since 1970 of an HTTP date, None where it is none."""
    try:
        date = parsedate_to_datetime(text or "")
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _sensible(seconds: float) -> float | None:
    return seconds if seconds <= LONGEST_PARK else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
