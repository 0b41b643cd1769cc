"""What a studio has, put before people: as tables, side by side, as cards, as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from sora_nb.choosing import Takes, chosen
from sora_nb.errors import ConfigError
from sora_nb.handles import Character, Video
from sora_nb.html import Html, element
from sora_nb.jobs import Engine
from sora_nb.jobs.records import character_record, video_columns
from sora_nb.models import VideoRecord

if TYPE_CHECKING:
    import pandas as pd

    from sora_nb.report import Experiment, ReportPlan
    from sora_nb.widgets import CompareGrid


def frame(
    engine: Engine,
    videos: Takes | None,
    axes: tuple[str, ...] = (),
    points: Sequence[Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Videos as a table, all of the library by default; *points* are the values of *axes* for each."""
    from sora_nb.tables import videos_frame

    ids = None if videos is None else [video.id for video in chosen(engine, videos)]
    handles = {one.id: one.handle for one in engine.library.characters.all()}
    told = video_columns(engine.library, handles, ids, axes=bool(axes) and points is None)
    return videos_frame(told if points is None else {**told, "axes": points}, axes)


def votes(engine: Engine, videos: Takes | None) -> pd.DataFrame:
    """The votes of blind comparisons as a table, all of them or those between *videos*."""
    from sora_nb.tables import votes_df

    return votes_df(
        engine.library.opinions.votes(None if videos is None else {one.id for one in chosen(engine, videos)})
    )


def characters(engine: Engine) -> pd.DataFrame:
    """Characters as a table: a row for each service one is on, and one for each that is on none and has a clip."""
    from sora_nb.tables import characters_df

    library = engine.library
    people = {one.id: one for one in library.characters.all()}
    rows = library.jobs.projections()
    made = [character_record(library, people[row.character_id or ""], row) for row in rows]
    nowhere = people.keys() - {row.character_id for row in rows}
    kept = [character_record(library, one, None) for one in people.values() if one.id in nowhere and one.clip]
    return characters_df(made + kept)


def compare(
    engine: Engine,
    everyone: Iterable[Character],
    videos: Takes,
    label: str | Sequence[str] | None,
    options: dict[str, Any],
) -> CompareGrid:
    """The finished ones of *videos* side by side, with those of *everyone* who are in them."""
    from sora_nb.tables import labels
    from sora_nb.widgets import CompareGrid

    shown = [video for video in chosen(engine, videos) if video.path is not None]
    if label is not None:
        axes = tuple(dict.fromkeys(axis for video in shown for axis in video.record.axes))
        named = [label] if isinstance(label, str) else _texts(label)
        options["labels"] = labels(frame(engine, shown, axes), named)
    options.setdefault("characters", cast_in([video.record for video in shown], everyone))
    options.setdefault("ballots", engine.library.opinions)
    return CompareGrid(shown, **options)


def report_plan(
    everyone: Iterable[Character],
    records: Sequence[VideoRecord],
    experiment: Experiment | None,
    *,
    title: str = "",
    question: str = "",
    max_mb: float = 60.0,
) -> ReportPlan:
    """What a report of *records* would hold, with *everyone* who is in them; a sweep may say what it tried."""
    from sora_nb.report import plan_report

    people = [one.record for one in cast_in(records, everyone)]
    most = _number("max_mb", max_mb) * 1_000_000
    return plan_report(records, people, title=title, question=question, experiment=experiment, max_bytes=most)


def gallery(videos: Sequence[Video], most: int) -> Html:
    """A card for each of the first *most* videos, and how many more there are."""
    from sora_nb.widgets import video_card

    if not videos:
        return element("div", "There are no videos yet. Ask for one with generate(), or run() a sweep.")
    rest = len(videos) - most
    cards = [video_card(video.record) for video in videos[:most]]
    more = element("div", f"and {rest} more; gallery(most={len(videos)}) shows all") if rest > 0 else None
    return element("div", cards, more, style="display:flex;flex-wrap:wrap")


def cast_in(records: Iterable[VideoRecord], everyone: Iterable[Character]) -> list[Character]:
    """Who of *everyone* is in the videos of *records*."""
    cast = {id_ for record in records for id_ in record.request.characters}
    return [one for one in everyone if one.id in cast]


def _number(name: str, value: Any) -> float:
    if not isinstance(value, Real):
        raise ConfigError(f"{name}= is a number, not {value!r}. Try {name}=60.")
    return float(value)


def _texts(label: object) -> list[str]:
    if not isinstance(label, Iterable):
        raise ConfigError(f"label= is the name of a column, or several, not {label!r}.")
    return list(label)
