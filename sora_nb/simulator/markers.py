"""Words in square brackets that make a prompt misbehave on purpose."""

from __future__ import annotations

import re
from typing import NamedTuple

REFUSED = "[moderation]"
REFUSED_LATE = "[moderation late]"
FAIL = "[fail]"
SLOW = "[slow]"
BUSY = "[429]"
GONE = "[410]"
CLOUD = "[cloud]"
NO_CHARACTER = "[no character]"
AVI = "[avi]"

MARKERS: dict[str, str] = {
    REFUSED: "refused at submit with 400 sentinel_block",
    REFUSED_LATE: "accepted, then failed with moderation_blocked; not charged",
    FAIL: "accepted, then failed with server_error; not charged",
    SLOW: "takes ten times as long",
    BUSY: "the first request with a prompt is answered 429 with Retry-After: 1; the same prompt passes after that",
    GONE: "refused at submit with 410, as a service answers that has closed",
    CLOUD: "is put into a store elsewhere under a signed address, by a server that does so",
    AVI: "comes as an AVI, from a server that sends one now and then",
    NO_CHARACTER: "nobody in the video can become a character: 400 unusable_clip, or a task that fails",
}
"""Each marker and what it does."""

SLOWNESS = 10
"""How many times longer a `[slow]` job takes."""


class Failure(NamedTuple):
    """Why a job fails in the end."""

    code: str
    message: str


UNUSABLE = Failure("unusable_clip", "No character was found in the simulated video, because its prompt asked for it.")
"""Why a video makes no character."""

FAILURES: dict[str, Failure] = {
    REFUSED_LATE: Failure("moderation_blocked", "The finished video was held back by the simulated moderation."),
    FAIL: Failure("server_error", "The simulated renderer gave up, because the prompt asked for it."),
}
"""Markers of jobs that are accepted and fail."""

_ANY = re.compile("|".join(re.escape(marker) for marker in MARKERS))


def failure(prompt: str) -> Failure | None:
    """How a job with this prompt will fail, or None where it will not."""
    return next((failure for marker, failure in FAILURES.items() if marker in prompt), None)


def without_markers(prompt: str) -> str:
    """The prompt as the one who draws should read it."""
    return _ANY.sub(" ", prompt).strip()
