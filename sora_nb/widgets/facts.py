"""What the panel draws of the service, of takes and of characters, as plain data.

How long a take still needs is a guess from how others went.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any, Protocol

from sora_nb.models import ENDED, VideoRecord
from sora_nb.timerange import plain
from sora_nb.widgets.player import TONES, WORDS, elapsed, job_facts, money
from sora_nb.widgets.sample import SAMPLE
from sora_nb.widgets.upload import MOST

FIRM = 0.05
"""Below this share of its work, what a service says of progress is no ground for a guess."""


class Service(Protocol):
    """What is told of the service that a `Studio` works with."""

    @property
    def service_name(self) -> str: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def capabilities(self) -> Any: ...


def service_facts(studio: Service) -> dict[str, Any]:
    """The service as the page draws it."""
    able = studio.capabilities
    return {
        "name": studio.service_name,
        "simulated": studio.simulated,
        "by_reference": not able.native,
        "key": "key set" if able.needs_key else "no key needed",
        "seconds": [plain(seconds) for seconds in able.seconds],
        "seconds_range": [plain(seconds) for seconds in able.seconds_range],
        "default_seconds": plain(able.default_seconds),
        "sizes": list(able.sizes),
        "default_size": able.default_size,
        "models": list(able.models),
        "sample": SAMPLE if studio.simulated else None,
        "most": MOST,
    }


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


def warnings_of(handles: Iterable[Any]) -> str:
    """What is lost or at risk with what was asked for, each said once, behind another sentence."""
    told = dict.fromkeys(
        remark.message for handle in handles for remark in handle.record.remarks if remark.level == "warning"
    )
    return "".join(f" {message}" for message in told)


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
