"""A paid job as the library holds it: its states, its row, and the way into the table and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import sqlalchemy as sa

from sora_nb.models import Mode, Status
from sora_nb.timerange import Finding, TimeRange

State = Literal[
    "INTENT",
    "SENDING",
    "ACCEPTED",
    "RUNNING",
    "READY",
    "FETCHING",
    "STORED",
    "REJECTED",
    "FAILED",
    "RECONCILING",
    "UNKNOWN",
    "NOT_FOUND",
    "AMBIGUOUS",
    "LOST",
    "EXPIRED",
    "CANCELLED",
]

STATUS_OF: dict[str, Status] = {
    "INTENT": "queued",
    "SENDING": "queued",
    "ACCEPTED": "queued",
    "RUNNING": "in_progress",
    "READY": "in_progress",
    "FETCHING": "in_progress",
    "STORED": "completed",
    "REJECTED": "failed",
    "FAILED": "failed",
    "RECONCILING": "unknown",
    "UNKNOWN": "unknown",
    "NOT_FOUND": "unknown",
    "AMBIGUOUS": "unknown",
    "LOST": "lost",
    "EXPIRED": "expired",
    "CANCELLED": "cancelled",
}
"""What each state is called outside the journal."""

UNFINISHED: tuple[State, ...] = ("INTENT", "SENDING", "RECONCILING", "ACCEPTED", "RUNNING", "READY", "FETCHING")
"""States in which there is something left to do."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One paid job."""

    id: str
    kind: Literal["video", "character"]
    service: str
    dialect: str
    base_url: str
    request: Mapping[str, Any]
    """What was asked, canonical: the fingerprint by which an equal request is known."""
    key: str
    """Sent with every attempt, made before the first."""
    created_at: float
    state: State = "INTENT"
    character_id: str | None = None
    remote_id: str | None = None
    task_id: str | None = None
    remote_handle: str | None = None
    raw_status: str | None = None
    progress: float = 0.0
    error_code: str | None = None
    error: str | None = None
    sent_at: float | None = None
    accepted_at: float | None = None
    completed_at: float | None = None
    expires_at: float | None = None
    next_poll_at: float | None = None
    """Not to be asked about before this: the service named a wait that outlives a kernel."""
    est_cost_usd: float | None = None
    cost_usd: float | None = None
    simulated: bool = False
    file: str | None = None
    """The name in the library's files."""
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    duration_s: float | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    sweep: str | None = None
    axes: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode | None = None
    """How the service is told of its characters; None where there are none."""
    findings: tuple[Mapping[str, Any], ...] = ()
    """What was remarked before it was sent, each as `told` tells it."""
    rating: float | None = None
    """The stars that were given last, by whom, and when; each person's own are in `Opinions`."""
    rated_by: str | None = None
    rated_at: float | None = None
    owner: str | None = None
    lease_until: float | None = None
    fence: int = 0

    @property
    def status(self) -> Status:
        return STATUS_OF[self.state]

    @property
    def open_again(self) -> bool:
        """Did it end before anything was spent, so that asking again is asking anew?"""
        return self.state == "REJECTED" or (self.state == "CANCELLED" and self.sent_at is None)

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def way_to_its_file(self) -> str:
        """What to do where its file is wanted and not here, in words."""
        return "wait() for it first." if self.unfinished else f"{self.error or 'It has ended.'} Take another one."


def told(finding: Finding) -> dict[str, Any]:
    """A finding as plain data: `level`, `code`, `message`, and what it has of `value`, `at`, `fix` (milliseconds)."""
    numbers = {"value": finding.value, "at": finding.at}
    fix = {} if finding.fix is None else {"fix": [finding.fix.start_ms, finding.fix.end_ms]}
    measured = {name: number for name, number in numbers.items() if number is not None and math.isfinite(number)}
    return {"level": finding.level, "code": finding.code, "message": finding.message, **measured, **fix}


def heard(data: Mapping[str, Any]) -> Finding:
    """The finding that `told` told; one of an older library has no more than its words."""
    fix = data.get("fix")
    return Finding(
        data["level"],
        data["code"],
        data["message"],
        None if fix is None else TimeRange.from_ms(*fix),
        value=data.get("value"),
        at=data.get("at"),
    )


_NAMES = tuple(one.name for one in fields(JobRow))
_JSON = ("request", "measures", "axes", "findings")


def values_of(row: JobRow, names: Iterable[str] = _NAMES) -> dict[str, Any]:
    """Facts of a job as the table holds them; all of them by default."""
    return columns_of({name: getattr(row, name) for name in names})


def columns_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts about a job as the table holds them."""
    texts = {name: json.dumps(facts[name], sort_keys=True) for name in _JSON if name in facts}
    numbers = {"simulated": int(facts["simulated"])} if "simulated" in facts else {}
    return {**facts, **texts, **numbers}


def row_of(found: sa.RowMapping) -> JobRow:
    """The job of a row of the table."""
    values = {name: found[name] for name in _NAMES}
    values.update({name: json.loads(values[name]) for name in _JSON})
    values["findings"] = tuple(values["findings"])
    values["simulated"] = bool(values["simulated"])
    return JobRow(**values)
