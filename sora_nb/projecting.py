"""Where a character is: the job that made it on a service, and how it comes to another one."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sora_nb.dialects import Service
from sora_nb.dialects.checking import character_remarks
from sora_nb.errors import ConfigError
from sora_nb.handles import Character
from sora_nb.jobs import Engine
from sora_nb.library import CharacterRow, JobRow, Limit, told
from sora_nb.timerange import Finding


def project(
    engine: Engine,
    service: Service,
    one: CharacterRow,
    found: Iterable[Finding] = (),
    limit: Limit | None = None,
) -> Character:
    """The character on *service*: where it already is, or made there again from what the library holds.

    *found* is what there is to say of it besides what the service is the cause of. Raises `Withheld` where it would
    have to be made and the *limit* does not allow it.
    """
    row = _projection(service, one, (*character_remarks(one.name, service), *found))
    return character_of(engine, engine.submit(row, limit))


def whereabouts(engine: Engine, service: Service, one: CharacterRow) -> Character:
    """The character where it is: on *service*, or else where it was made last, or else made there now."""
    rows = engine.library.jobs.projections(one.id)
    return _nearest(engine, service, one, rows) or project(engine, service, one)


def everyone(engine: Engine, service: Service) -> list[Character]:
    """Every character of the library where it is, the oldest first, but for those without a place and a clip."""
    people, rows = engine.library.characters.all(), engine.library.jobs.projections()
    found = (_nearest(engine, service, one, [row for row in rows if row.character_id == one.id]) for one in people)
    return [character for character in found if character is not None]


def character_of(engine: Engine, row: JobRow) -> Character:
    """The handle of the character that a job made."""
    return Character(engine, row.id, row.character_id or "")


def intent(
    service: Service,
    kind: str,
    request: Mapping[str, Any],
    est_cost_usd: float | None,
    found: Iterable[Finding] = (),
) -> JobRow:
    """The job that asks *service* for it, with what was *found*. `ConfigError` where an error is among that."""
    found = tuple(found)
    require_none(found)
    return JobRow(
        id=job_id(kind, service, request),
        kind=kind,  # type: ignore[arg-type]
        service=service.title,
        dialect=service.dialect.name,
        base_url=service.base_url or "",
        request=request,
        key=str(uuid.uuid4()),
        created_at=time.time(),
        est_cost_usd=est_cost_usd,
        mode="native" if service.capabilities.native else "reference",
        findings=tuple(map(told, found)),
        simulated=service.capabilities.simulated,
    )


def require_none(found: Iterable[Finding]) -> None:
    """Raise `ConfigError` where an error is among what was *found*."""
    if errors := [finding.message for finding in found if finding.level == "error"]:
        raise ConfigError(" ".join(errors))


def job_id(kind: str, service: Service, request: Mapping[str, Any]) -> str:
    """Ours for a job: equal requests to one service share it."""
    place = {"kind": kind, "base_url": service.base_url, "dialect": service.dialect.name}
    return f"{'vid' if kind == 'video' else 'prj'}_{digest({**place, **request})}"


def digest(facts: Mapping[str, Any]) -> str:
    """A short name that equal facts share."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _nearest(engine: Engine, service: Service, one: CharacterRow, rows: Iterable[JobRow]) -> Character | None:
    """Of a character's places *service*, or else the newest; None where it is nowhere and has no clip here."""
    place = (service.base_url, service.dialect.name)
    row = max(rows, key=lambda row: ((row.base_url, row.dialect) == place, row.created_at), default=None)
    if row is None and one.clip is not None:
        # It can be used, and is made on this service then: what it will be is shown under that job's id.
        row = replace(_projection(service, one), service="", state="STORED", mode=None, simulated=False)
        engine.foretell(row)
    return None if row is None else character_of(engine, row)


def _projection(service: Service, one: CharacterRow, found: Iterable[Finding] = ()) -> JobRow:
    request = {"character": one.id, "span": f"{one.start_ms},{one.end_ms}"}
    price = service.capabilities.usd_per_character if service.capabilities.native else 0.0
    return replace(intent(service, "character", request, price, found), character_id=one.id)
