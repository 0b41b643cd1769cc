"""What a `Video` or a `Character` shows in a cell: how far it is, then the picture or the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import anywidget
import traitlets

from sora_nb.html import Html
from sora_nb.models import ENDED, CharacterRecord, Status, VideoRecord
from sora_nb.timerange import plain
from sora_nb.widgets import assets
from sora_nb.widgets.bundle import with_static
from sora_nb.widgets.feed import Feed
from sora_nb.widgets.static import boxed, character_card, exists_on, video_card

WORDS: dict[Status, str] = {
    "queued": "Waiting its turn",
    "in_progress": "In progress",
    "completed": "Done",
    "failed": "Failed",
    "unknown": "Answer lost",
    "lost": "Lost by the service",
    "expired": "Expired",
    "cancelled": "Cancelled",
}
"""A state in words for people."""

TONES: dict[Status, str] = {"completed": "completed", "queued": "active", "in_progress": "active", "cancelled": "plain"}
"""How a state is coloured; those not named are failures."""


BY_REFERENCE = "characters by reference"
"""Said of what a service is shown of its characters, where it makes none."""


class Handle(Protocol):
    """What is asked of a `Video` or a `Character`."""

    @property
    def record(self) -> Any: ...
    @property
    def error(self) -> str | None: ...
    def on_change(self, callback: Callable[[Any], None]) -> Callable[[], None]: ...


class JobView(anywidget.AnyWidget):
    """One job, live. It only watches: closing it, or never showing it, changes nothing for the job."""

    _esm = assets.module("player/player.js")
    _css = assets.style()

    facts = traitlets.Dict().tag(sync=True)
    """What `job_facts` tells. Python to browser."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._feed = Feed(self.send, lambda _key: shown_file(handle.record))
        super().__init__(facts=job_facts(handle))
        self.on_msg(lambda _widget, content, _buffers: self._feed.answer(content))
        self._unwatch: Callable[[], None] | None = None
        if not self.facts["ended"]:
            self._unwatch = handle.on_change(self._changed)
            self._changed(handle)

    def close(self) -> None:
        """Stop watching and leave the page."""
        self._stop_watching()
        super().close()

    def _changed(self, handle: Handle) -> None:
        self.facts = job_facts(handle)
        if self.facts["ended"]:
            self._stop_watching()

    def _stop_watching(self) -> None:
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def __repr__(self) -> str:
        return f"JobView({self._handle!r})"

    def _static(self) -> Html:
        record = self._handle.record
        return character_card(record) if isinstance(record, CharacterRecord) else video_card(record)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_static(super()._repr_mimebundle_(**kwargs), self._static)


def job_facts(handle: Handle) -> dict[str, Any]:
    """A job as the page draws it: words that are ready to be shown, and no path, key or address."""
    record = handle.record
    status: Status = record.status
    facts = {
        "id": record.id,
        "status": status,
        "word": WORDS[status],
        "tone": TONES.get(status, "failed"),
        "ended": status in ENDED,
        "error": handle.error if status != "completed" else None,
        "simulated": record.simulated,
        "has_video": shown_file(record) is not None,
        "remarks": [{"level": one.level, "message": one.message} for one in record.remarks],
    }
    return facts | (_character_facts(record) if isinstance(record, CharacterRecord) else _video_facts(record))


def shown_file(record: VideoRecord | CharacterRecord) -> Path | None:
    """The file that stands for a job: a generation's video, a character's clip."""
    path = record.clip if isinstance(record, CharacterRecord) else record.path
    return path if path is not None and path.exists() else None


def _video_facts(record: VideoRecord) -> dict[str, Any]:
    request = record.request
    cost = record.cost_usd if record.cost_usd is not None else record.est_cost_usd
    price = None if record.simulated else money(cost)
    by_reference = BY_REFERENCE if record.mode == "reference" else None
    details = [f"{plain(request.seconds)} s", request.size, request.model, f"take {request.take}", by_reference, price]
    return {
        "kind": "video",
        "title": request.prompt,
        "details": [detail for detail in details if detail],
        "progress": record.progress,
        "elapsed": elapsed(record),
        "rating": record.rating,
        "fps": record.fps,
        "aspect": _aspect(record),
        "cast": list(request.characters),
    }


def _aspect(record: VideoRecord) -> float | None:
    """Width by height, of the file or else as it was asked for."""
    width, height = record.width, record.height
    if not width or not height:
        asked = record.request.size.split("x")
        width, height = map(int, asked) if len(asked) == 2 and all(map(str.isdecimal, asked)) else (0, 0)
    return round(width / height, 4) if width and height else None


def _character_facts(record: CharacterRecord) -> dict[str, Any]:
    span = record.span
    ways = {"native": "known to the service", "reference": "told by reference", None: None}
    details = [
        f"@{record.handle}",
        f"{plain(span.start)} to {plain(span.end)} s",
        ways[record.mode],
        exists_on(record),
        boxed(record),
        record.description,
    ]
    return {
        "kind": "character",
        "title": record.name,
        "details": [detail for detail in details if detail],
        "progress": 0.0,
        "elapsed": None,
    }


def elapsed(record: VideoRecord) -> float | None:
    """Seconds since it was sent, until it ended; None where nobody noted when."""
    if record.submitted_at is None or (record.completed_at is None and record.status in ENDED):
        return None
    return max(0.0, ((record.completed_at or datetime.now(UTC)) - record.submitted_at).total_seconds())


def money(dollars: float | None) -> str | None:
    """An amount as people write it, or None where it is not known."""
    if dollars is None:
        return None
    return f"${dollars:.2f}" if dollars == round(dollars, 2) or dollars >= 1 else f"${dollars:.3f}"
