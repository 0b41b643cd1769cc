"""From the library's rows to the records that people see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sora_nb.errors import LibraryError
from sora_nb.library import CharacterRow, JobRow, Library, heard
from sora_nb.library.jobrow import STATUS_OF
from sora_nb.models import CharacterRecord, Place, VideoRecord, VideoRequest
from sora_nb.timerange import Finding, TimeRange


def video_record(library: Library, row: JobRow) -> VideoRecord:
    """What is known of a generation."""
    asked = row.request
    return VideoRecord(
        id=row.id,
        service=row.service,
        request=VideoRequest(
            asked["prompt"],
            asked["seconds"],
            asked["size"],
            asked["model"],
            tuple(asked["characters"]),
            asked["take"],
        ),
        status=row.status,
        progress=row.progress,
        remote_id=row.remote_id,
        error_code=row.error_code,
        error=row.error,
        submitted_at=_time(row.sent_at),
        completed_at=_time(row.completed_at),
        expires_at=_time(row.expires_at),
        est_cost_usd=row.est_cost_usd,
        cost_usd=row.cost_usd,
        path=library.files.path(row.file) if row.file and row.status == "completed" else None,
        width=row.width,
        height=row.height,
        fps=row.fps,
        duration_s=row.duration_s,
        measures=row.measures,
        sweep=row.sweep,
        axes=row.axes,
        rating=row.rating,
        rated_by=row.rated_by,
        rated_at=_time(row.rated_at),
        simulated=row.simulated,
        mode=row.mode,
        remarks=_remarks(row),
    )


_AS_STORED = ("id", "remote_id", "sweep", "service", "mode", "error_code", "error", "est_cost_usd", "cost_usd")
_OF_FILE = ("width", "height", "fps", "duration_s", "rating", "rated_by", "rated_at")
_ASKED = ("take", "model", "prompt", "seconds", "size")
_MEASURES = ("sharpness", "motion", "cuts", "likeness")
_READ = (*_AS_STORED, *_OF_FILE, "state", "simulated", "sent_at", "completed_at", "file")
_JSON = ("request", "measures", "findings", "axes")


def video_columns(
    library: Library, handles: Mapping[str, str], ids: Sequence[str] | None = None, *, axes: bool = True
) -> dict[str, Any]:
    """All generations, or those with *ids* in their order, column by column: what `video_record` tells of each.

    Times are seconds since 1970; with *axes* there is a mapping of them for each. 100,000 takes are read in seconds so.
    """
    rows = library.jobs.columns((*_READ, *_JSON), ids)
    stored = (
        dict(zip((*_READ, *_JSON), zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(_READ + _JSON, ())
    )
    asked, measures, findings = (_loaded(stored[name]) for name in _JSON[:3])
    status = [STATUS_OF[state] for state in stored["state"]]
    files = zip(stored["file"], status, strict=True)
    return {
        **{name: stored[name] for name in (*_AS_STORED, *_OF_FILE)},
        **{name: [one[name] for one in asked] for name in _ASKED},
        **{name: [one.get(name) for one in measures] for name in _MEASURES},
        "characters": [" ".join(handles.get(id_, id_) for id_ in one["characters"]) for one in asked],
        "status": status,
        "findings": [" ".join(finding["code"] for finding in one) for one in findings],
        "submitted_at": stored["sent_at"],
        "completed_at": stored["completed_at"],
        "path": [library.files.text(name) if name and state == "completed" else None for name, state in files],
        "simulated": [bool(value) for value in stored["simulated"]],
        "axes": _loaded(stored["axes"]) if axes else [{}] * len(rows),
    }


def _loaded(texts: Sequence[str]) -> list[Any]:
    # Many have the same measures or none, and nobody writes into what is read here. Read as one text, they take a
    # third of the time.
    apart = list(dict.fromkeys(texts))
    read = json.loads(f"[{','.join(apart)}]")
    if len(read) != len(apart):
        raise LibraryError("The library holds text that is no JSON of ours; restore it from a copy.")
    known = dict(zip(apart, read, strict=True))
    return [known[text] for text in texts]


def character_record(library: Library, character: CharacterRow, row: JobRow | None) -> CharacterRecord:
    """What is known of a character, and of its projection *row* on one service.

    Without one it is on none yet, and can be used as soon as its clip is here.
    """
    remarks = _remarks(row) if row else ()
    return CharacterRecord(
        id=character.id,
        name=character.name,
        handle=character.handle,
        description=character.description,
        source_kind=character.source_kind,
        source=character.source,
        span=TimeRange.from_ms(character.start_ms, character.end_ms),
        findings=tuple(dict.fromkeys((*character.findings, *(remark.code for remark in remarks)))),
        service=row.service if row else None,
        mode=row.mode if row else None,
        status=row.status if row else "completed" if character.clip else "queued",
        remote_id=row.remote_id if row else None,
        error_code=row.error_code if row else None,
        error=row.error if row else None,
        created_at=_time(character.created_at),
        cost_usd=row.cost_usd if row else None,
        clip=library.files.path(character.clip) if character.clip else None,
        poster=library.files.path(character.poster) if character.poster else None,
        box=character.box[:4] if character.box else None,  # type: ignore[arg-type]  # it has five numbers
        box_at=character.box[4] if character.box else None,
        simulated=row.simulated if row else False,
        remarks=remarks,
        places=places(library, character.id),
    )


def places(library: Library, character_id: str) -> tuple[Place, ...]:
    """Where a character exists: each projection of it that was made or is being made."""
    rows = library.jobs.projections(character_id)
    return tuple(
        Place(row.service, row.mode or "native", row.status, row.remote_id)
        for row in rows
        if row.unfinished or row.state == "STORED"
    )


def _remarks(row: JobRow) -> tuple[Finding, ...]:
    return tuple(heard(one) for one in row.findings)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
