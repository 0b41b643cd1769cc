"""Characters as the library keeps them: cut from a range of a source, or from another range of the same one."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.casting import CharacterLike, find_character, require_way
from sora_nb.dialects import Service
from sora_nb.dialects.checking import unsayable
from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.jobs import Engine
from sora_nb.judging import forget
from sora_nb.library import CharacterRow
from sora_nb.models import FromFile, FromTask, FromURL, Source, handle_of
from sora_nb.projecting import digest
from sora_nb.sources import drawn_box, identity, known_duration
from sora_nb.timerange import Finding, TimeRange, require

if TYPE_CHECKING:
    from sora_nb.video.box import BoxLike

SpanLike = TimeRange | str | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Who:
    """What a person says of a character."""

    name: str
    description: str = ""
    handle: str | None = None
    """That of its name where it is None."""
    box: BoxLike | None = None
    """Who in the picture it is."""
    box_at: float | None = None
    """The second of the source at which that was drawn."""
    findings: tuple[str, ...] = ()
    """Codes of what there is to say of it already."""


def keep(
    engine: Engine, service: Service, origin: Source, span: SpanLike, who: Who
) -> tuple[CharacterRow, list[Finding]]:
    """A character in the library, made nowhere yet, with what the pictures say against its range.

    It is the one that is there, where an equal one is; a box that is given takes the place of its own.
    Raises `RangeError` or `ConfigError` where *service* would not take it.
    """
    from sora_nb.footage import known

    for what, text in (("name", who.name), ("description", who.description)):
        if problem := unsayable(text):
            raise ConfigError(f"The character's {what} {problem}. Type it anew.")
    longest = service.capabilities.name_max
    who = replace(who, name=who.name.strip())
    if not 1 <= len(who.name) <= longest:
        raise ConfigError(f"A character's name has 1 to {longest} letters, not {len(who.name)}.")
    library, limits = engine.library, service.capabilities.limits
    require_way(origin, service)
    span, findings = require(span, limits, known_duration(origin, library))
    drawn = drawn_box(who.box, who.box_at, span)
    track = known(engine, origin) if drawn is None else None
    seen = track.findings(span, limits) if track is not None else []
    kind, written, _ = identity(origin, library)
    character = library.characters.add(
        CharacterRow(
            id=_id_of(engine, origin, span, who.name),
            name=who.name,
            handle=handle_of(who.handle or who.name),
            description=who.description,
            source_kind=kind,  # type: ignore[arg-type]
            source=written,
            start_ms=span.start_ms,
            end_ms=span.end_ms,
            created_at=time.time(),
            findings=(*(finding.code for finding in (*findings, *seen)), *who.findings),
            box=drawn,
        )
    )
    if drawn is not None and character.box != drawn:
        character = library.characters.update(character.id, box=drawn)
        forget(engine, character.id)
    if isinstance(origin, FromURL):
        engine.remember_address(character.id, origin.url)
    return character, seen


def with_span(engine: Engine, service: Service, character: CharacterLike, span: SpanLike) -> CharacterRow:
    """A character of the library, cut from another range of its source. It is kept here, and made nowhere yet."""
    one = find_character(character, engine.library)
    if one.source_kind == "bundle":
        raise ConfigError(f"@{one.handle} was imported, and the video it was cut from is not here. Leave span= out.")
    origins: dict[str, Source] = {"url": FromURL(engine.address_of(one)), "task": FromTask(one.source)}
    origin = origins.get(one.source_kind) or FromFile(Path(one.source))
    span = TimeRange.of(span)
    if (span.start_ms, span.end_ms) == (one.start_ms, one.end_ms):
        return one
    id_ = _id_of(engine, origin, span, one.name)
    who = Who(one.name, one.description, f"{one.handle} {span}")
    # Of one that is there, who it is was said before.
    if one.box is not None and all(other.id != id_ for other in engine.library.characters.all()):
        drawn = _box_within(engine, origin, one, span)
        who = replace(who, findings=("box_lost",)) if drawn is None else replace(who, box=drawn[0], box_at=drawn[1])
    return keep(engine, service, origin, span, who)[0]


def _id_of(engine: Engine, origin: Source, span: TimeRange, name: str) -> str:
    told_apart = identity(origin, engine.library)[2]
    return f"chr_{digest({'name': name, 'source': told_apart, 'span': str(span)})}"


def _box_within(engine: Engine, origin: Source, one: CharacterRow, span: TimeRange) -> tuple[BoxLike, float] | None:
    """Who is meant, in another range: the box where its moment lies in it, else where following it leads to.

    None where it is lost on the way there, the way is too long, or the source would have to be fetched for that.
    """
    from sora_nb.footage import here
    from sora_nb.video import Box, guarded

    assert one.box is not None
    box, at = Box(*one.box[:4]), round(one.start_ms / 1000 + one.box[4], 4)
    if span.start <= at < span.end:
        return box, at
    try:
        path = here(engine, origin)
        followed = None if path is None else guarded.follow(path, box, at)
    except (VideoFileError, ConfigError):
        return None
    if followed is None:
        return None
    for moment in followed.times.tolist():
        if span.start <= moment < span.end and (there := followed.box(moment)) is not None:
            return there, moment
    return None
