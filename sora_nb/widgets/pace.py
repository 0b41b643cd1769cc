"""Takes and characters as the panel draws them, and how long a take still needs: a guess from how others went."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

from sora_nb.models import ENDED, VideoRecord
from sora_nb.widgets.player import TONES, WORDS, elapsed, job_facts, money

FIRM = 0.05
"""Below this share of its work, what a service says of progress is no ground for a guess."""


def take_facts(video: Any, others: Iterable[VideoRecord] = ()) -> dict[str, Any]:
    """A take as the panel draws it: `job_facts`, cost, place in its sweep, seconds left, whether it may be resent."""
    record: VideoRecord = video.record
    cost = record.cost_usd if record.cost_usd is not None else record.est_cost_usd
    return job_facts(video) | {
        "cost": "free" if record.simulated else money(cost),
        "sweep": record.sweep,
        "resend": record.status == "unknown",
        "place": " · ".join(map(str, record.axes.values())),
        "left": None if record.status in ENDED else seconds_left(record, others),
    }


def person_facts(character: Any) -> dict[str, Any]:
    """A character as the panel draws it: `job_facts`, and where it exists."""
    places = [
        {"words": str(place), "tone": TONES.get(place.status, "failed"), "state": WORDS[place.status]}
        for place in character.record.places
    ]
    return job_facts(character) | {"places": places}


def seconds_left(record: VideoRecord, others: Iterable[VideoRecord]) -> float | None:
    """Seconds until the file is here, None where there is nothing to guess from."""
    passed = elapsed(record)
    if passed is None:
        return None
    if record.progress >= FIRM:
        return round(passed * (1 - record.progress) / record.progress, 1)
    alike = [one for one in others if _alike(one, record)]
    took = [seconds for one in alike if (seconds := elapsed(one)) is not None]
    return round(max(0.0, median(took) - passed), 1) if took else None


def _alike(one: VideoRecord, record: VideoRecord) -> bool:
    asked, wanted = one.request, record.request
    same = (one.service, asked.model, asked.seconds) == (record.service, wanted.model, wanted.seconds)
    return one.status == "completed" and same
