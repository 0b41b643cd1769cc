"""How like its characters a finished take is: looked at when a table first asks for it, and kept with the take."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.jobs import Engine
from sora_nb.library import JobRow, Library

if TYPE_CHECKING:
    from sora_nb.video import Likeness

SAMPLES = 1.0
"""Pictures a second that are enough for one figure in a table."""


_NAMED = 3
"""So many takes that could not be compared are named with their reason, the others counted."""


def judge_all(engine: Engine, job_ids: Iterable[str]) -> None:
    """Fill in the likeness of each take that has none; one warning says which could not be compared, and why."""
    reasons = {job_id: reason for job_id in job_ids if (reason := judge(engine, job_id)) is not None}
    if not reasons:
        return
    told = " ".join(f"{job_id}: {reason}" for job_id, reason in list(reasons.items())[:_NAMED])
    more = f" And {len(reasons) - _NAMED} more." if len(reasons) > _NAMED else ""
    takes = "1 take" if len(reasons) == 1 else f"{len(reasons)} takes"
    warnings.warn(
        f"{takes} could not be compared with a character, and the likeness is left open. {told}{more}", stacklevel=3
    )


def judge(engine: Engine, job_id: str) -> str | None:
    """Fill in the likeness of a take that has none; what cannot be compared is left open, and the reason returned.

    Of several characters the least like its reference counts, since a take is as good as its worst. It is no
    part of the paid job, which is over by then: a second or so for each take, once.
    """
    row = engine.row(job_id)
    if row.status != "completed" or "likeness" in row.measures:
        return None
    try:
        found = [compare(engine.library, row, id_, samples=SAMPLES).score for id_ in row.request["characters"]]
    except (ConfigError, VideoFileError) as error:  # no clip of the character, no file of the take, nobody to be seen
        return str(error)
    if found and all(score == score for score in found):  # NaN is no figure
        engine.annotate(job_id, measures={**row.measures, "likeness": round(min(found), 3)})
    return None


def compare(library: Library, row: JobRow, character_id: str, *, samples: float = 2.0) -> Likeness:
    """A take against one character's own clip. Raises `VideoFileError` where one of the two is not here."""
    from sora_nb.video import Box, guarded

    character = library.characters.get(character_id)
    take = _file(library, row.file, f"{row.id} is {row.status} and has no file here. {row.way_to_its_file}")
    clip = _file(library, character.clip, f"@{character.handle} has no clip here. wait() for it, or create it anew.")
    box, at = (None, 0.0) if character.box is None else (Box(*character.box[:4]), character.box[4])
    return guarded.likeness(take, clip, box=box, at=at, samples=samples)


def compare_with(engine: Engine, job_id: str, character_id: str | None) -> Likeness:
    """The same for a take by its id, and the first of its characters if None; `ConfigError` where it has none."""
    row = engine.row(job_id)
    cast = [character_id] if character_id is not None else row.request["characters"]
    if not cast:
        raise ConfigError(f"No character is in {row.id}. Name one: likeness(video, 'ada').")
    return compare(engine.library, row, cast[0])


def forget(engine: Engine, character_id: str) -> None:
    """Leave the likeness of every take with a character open again, since who is meant is another now."""
    for row in engine.library.jobs.videos():
        if character_id in row.request["characters"] and "likeness" in row.measures:
            measures = {name: value for name, value in row.measures.items() if name != "likeness"}
            engine.annotate(row.id, measures=measures)


def _file(library: Library, name: str | None, otherwise: str) -> Path:
    if name is None:
        raise VideoFileError(otherwise)
    return library.files.path(name)
