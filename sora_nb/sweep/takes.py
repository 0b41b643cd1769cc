"""From the points of a grid to takes that could be asked for, and to the plan that tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sora_nb.errors import ConfigError, SoraError
from sora_nb.library import JobRow
from sora_nb.sweep.axes import Point, fill, points
from sora_nb.sweep.plan import PlannedCharacter, PlannedTake
from sora_nb.sweep.purse import look

if TYPE_CHECKING:
    from sora_nb.preparing import Prepared
    from sora_nb.studio import Studio


@dataclass(frozen=True, slots=True)
class Take:
    """A take of the grid that could be asked for."""

    prepared: Prepared
    axes: Mapping[str, str]
    turn: int
    """Which of its point's takes it is, counted from 0."""
    place: int
    """Its point's place in the grid, counted from 0."""

    @property
    def id(self) -> str:
        return self.prepared.row.id

    @property
    def number(self) -> int:
        """What tells it from the point's other takes at the service."""
        return int(self.prepared.row.request["take"])


class Grid:
    """A template, the points that fill it, and how often each is taken.

    Raises `ConfigError` where they do not agree.
    """

    def __init__(self, studio: Studio, template: str, rows: Any, axes: Mapping[str, Any], repeats: int) -> None:
        if isinstance(repeats, bool) or not isinstance(repeats, int) or repeats < 1:
            raise ConfigError(f"repeats= is how often each point is taken, 1 or more, not {repeats!r}.")
        self.names, self.points = points(rows, axes)
        if repeats > 1 and "take" in self.names:
            raise ConfigError("The axis take says which takes there are, as repeats= does. Leave one of the two out.")
        self.prompts = fill(template, self.names, self.points)
        self.studio = studio
        self.template = template
        self.repeats = repeats
        self._studios: dict[str, Studio] = {}
        self._services = named_apart([point["service"] for point in self.points if "service" in point])

    def look(self) -> tuple[dict[str, Take], dict[int, str]]:
        """Every take that could be asked for, by its id, and why others could not, by their place."""
        found: dict[str, Take] = {}
        refused: dict[int, str] = {}
        for place, point in enumerate(self.points):
            try:
                first = self._prepare(place, point)
            except SoraError as error:
                refused[place] = str(error)
                continue
            axes = self.axes_of(place)
            for turn in range(self.repeats):
                prepared = first if turn == 0 else first.as_take(int(first.row.request["take"]) + turn)
                take = Take(prepared, axes, turn, place)
                if (twin := found.setdefault(take.id, take)) is not take:
                    raise ConfigError(
                        f"Rows {twin.place + 1} and {place + 1} of the grid ask for the same video. Leave one out; "
                        "repeats= makes several of each."
                    )
        return found, refused

    def planned(
        self, takes: Iterable[Take], known: Mapping[str, JobRow], refused: Mapping[int, str]
    ) -> tuple[PlannedTake, ...]:
        """A plan's rows: *takes*, of which those in *known* are there, and the points that are *refused*."""
        told = {(take.place, take.turn): _planned(take, known.get(take.id)) for take in takes}
        for place, why in refused.items():
            point = self.points[place]
            row = PlannedTake(
                fate="refused",
                prompt=self.prompts[place],
                service=title_of(point.get("service", self.studio)),
                axes=self.axes_of(place),
                take=1,
                refusal=why,
            )
            for turn in range(self.repeats):
                told[place, turn] = replace(row, take=int(point.get("take", 1)) + turn)
        return tuple(told[where] for where in sorted(told))

    def axes_of(self, place: int) -> dict[str, str]:
        """The values of a point in words."""
        return {name: self.shown(name, value) for name, value in self.points[place].items()}

    def shown(self, axis: str, value: Any) -> str:
        """A value of an axis in words: a service by its name, with its address where two have one name."""
        return self._services[_whereabouts(value)] if axis == "service" else str(value)

    def __len__(self) -> int:
        return len(self.points) * self.repeats

    def _prepare(self, place: int, point: Point) -> Prepared:
        studio, prompt = self.studio, self.prompts[place]
        if "service" in point:
            studio = self._beside(point["service"])
        if "span" in point:
            if "character" not in point:
                raise ConfigError("The axis span is of the source of a character. Name whose: character=[ada].")
            one = studio.with_span(point["character"], point["span"])
            prompt = fill(self.template, self.names, [{**point, "character": one.handle}])[0]
        options = {name: point[name] for name in ("seconds", "size", "model", "take") if name in point}
        return studio.prepare(prompt, **options)

    def _beside(self, service: Any) -> Studio:
        if not isinstance(service, str):
            return self.studio.beside(service)
        if service not in self._studios:
            self._studios[service] = self.studio.beside(service)
        return self._studios[service]


def to_make(studio: Studio, takes: Sequence[Take]) -> tuple[PlannedCharacter, ...]:
    """The characters that services would have to make first for *takes*."""
    purse = look(studio._engine.library, [], [take.prepared for take in takes])
    return tuple(
        PlannedCharacter(one.character.handle, one.service.title, one.price)
        for one in purse.to_make.values()
        if one.service.capabilities.native
    )


def named_apart(services: Sequence[Any]) -> dict[tuple[str, ...], str]:
    """What each of several services, by where it is, is called in a table: by as much as tells it from the others."""
    places = {_whereabouts(service) for service in services}
    names = {}
    for place in places:
        enough = (count for count in range(1, len(place)) if sum(one[:count] == place[:count] for one in places) == 1)
        title, *rest = place[: next(enough, len(place))]
        names[place] = f"{title} ({', '.join(rest)})" if rest else title
    return names


def title_of(service: Any) -> str:
    """What a service is called: one by its name, a studio's, or one of the user's own."""
    return str(getattr(service, "service_name", getattr(service, "title", service)))


def _whereabouts(value: Any) -> tuple[str, ...]:
    service = getattr(value, "service", value)
    if isinstance(service, str):
        return (service,)
    return title_of(value), service.base_url or "", service.dialect.name


def _planned(take: Take, there: JobRow | None) -> PlannedTake:
    row, asked = take.prepared.row, take.prepared.row.request
    return PlannedTake(
        fate="send" if there is None else "there",
        prompt=asked["prompt"],
        service=row.service,
        axes=take.axes,
        take=take.number,
        id=take.id,
        model=asked["model"],
        seconds=asked["seconds"],
        size=asked["size"],
        est_cost_usd=row.est_cost_usd if there is None else 0.0,
        status=None if there is None else there.status,
        findings=tuple(one["code"] for one in row.findings),
    )
