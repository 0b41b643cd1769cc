"""A generation that is checked and priced, and not asked for yet."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

from sora_nb.casting import CharacterLike, cast_of, ready, tell
from sora_nb.dialects import Service, VideoAsk, estimate
from sora_nb.dialects.checking import remarks
from sora_nb.errors import ConfigError
from sora_nb.handles import Video
from sora_nb.jobs import Engine
from sora_nb.jobs.records import video_record
from sora_nb.library import CharacterRow, JobRow, Limit
from sora_nb.projecting import intent, job_id, project, require_none
from sora_nb.timerange import Finding

LAST_TAKE = 1_000_000
"""The last take: a table counts them, and nobody pays for more."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A generation that was checked and not yet asked for."""

    engine: Engine
    service: Service
    row: JobRow
    cast: tuple[CharacterRow, ...]

    @property
    def est_cost_usd(self) -> float | None:
        """What it would cost in US dollars by the price table, None where it has no price."""
        return self.row.est_cost_usd

    @property
    def there(self) -> bool:
        """Was an equal one asked for before, so that asking again sends nothing and costs nothing?"""
        known = self.engine.library.jobs.find(self.row.id)
        return known is not None and not known.open_again

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """What there is to know before it is asked for."""
        return video_record(self.engine.library, self.row).remarks

    def as_take(self, take: int) -> Prepared:
        """The same as another take."""
        request = {**self.row.request, "take": take}
        id_ = job_id(self.row.kind, self.service, request)
        return replace(self, row=replace(self.row, id=id_, request=request, key=str(uuid.uuid4())))

    def submit(
        self, *, sweep: str | None = None, axes: Mapping[str, Any] | None = None, limit: Limit | None = None
    ) -> Video:
        """Ask for it, or find the equal one that was asked for before. Characters are made on this service first.

        Raises `Withheld` where something would have to be made that the *limit* does not allow.
        """
        for one in self.cast:
            project(self.engine, self.service, one, limit=limit)
        return submit(self.engine, replace(self.row, sweep=sweep, axes=axes or {}, created_at=time.time()), limit)


def prepare(
    engine: Engine,
    service: Service,
    prompt: str,
    characters: Iterable[CharacterLike],
    seconds: float | None,
    size: str | None,
    model: str | None,
    take: int,
) -> Prepared:
    """The request as *service* would get it. Raises `ConfigError` where it would refuse."""
    allowed, library = service.capabilities, engine.library
    if not isinstance(prompt, str):
        raise ConfigError(f"A prompt is text, not {prompt!r}. Say what is to be seen.")
    prompt, cast = cast_of(prompt, characters, library)
    ask = VideoAsk(
        prompt=prompt,
        seconds=one_number(allowed.default_seconds if seconds is None else seconds),
        size=size or allowed.default_size,
        model=model or allowed.models[0],
        cast=tuple(tell(one, service, library) for one in cast),
    )
    found = (*remarks(ask, service), *(one for person in cast for one in ready(person, service, library)))
    require_none(found)
    request = {
        "prompt": ask.prompt,
        "seconds": ask.seconds,
        "size": ask.size,
        "model": ask.model,
        "characters": [one.id for one in cast],
        "take": _take(take),
    }
    row = intent(service, "video", request, estimate(allowed, ask.model, ask.seconds, ask.size), found)
    return Prepared(engine, service, row if cast else replace(row, mode=None), tuple(cast))


def one_number(value: Any) -> Any:
    """A number as requests hold it, so that 4, 4.0 and numpy's 4 ask for the same; anything else as it is.

    >>> one_number(4.0), one_number(2.5)
    (4, 2.5)
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    number = float(value)
    return int(number) if math.isfinite(number) and number.is_integer() else number


def _take(take: Any) -> int:
    number = one_number(take)
    if type(number) is not int or not 1 <= number <= LAST_TAKE:
        raise ConfigError(f"take={take!r} is no number of a take. Takes are counted: 1, 2, 3. Try take=2.")
    return number


def submit(engine: Engine, row: JobRow, limit: Limit | None = None) -> Video:
    """Hand a job to the background thread; one that is there takes on the sweep and the axes it is asked for with."""
    known = engine.submit(row, limit)
    if row.sweep is not None and (known.sweep, known.axes) != (row.sweep, row.axes):
        engine.annotate(row.id, sweep=row.sweep, axes=dict(row.axes))
    return Video(engine, row.id)
