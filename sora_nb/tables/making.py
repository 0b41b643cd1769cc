"""Tables out of what is known: every one is framed in one place, and no cell holds an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from sora_nb.errors import ConfigError
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.tables.columns import (
    ANALYSIS_COLUMNS,
    CHARACTER_COLUMNS,
    LIKENESS_COLUMNS,
    NEVER_MISSING,
    PLAN_COLUMNS,
    REPORT_COLUMNS,
    SCHEMA,
    SUGGESTION_COLUMNS,
    SUMMARY_COLUMNS,
    TABLES,
    TIME,
    TRACK_COLUMNS,
    VIDEO_COLUMNS,
    VOTE_COLUMNS,
)
from sora_nb.timerange import plain


def characters_df(records: Sequence[CharacterRecord]) -> pd.DataFrame:
    """The characters as a table with the columns of `CHARACTER_COLUMNS`."""
    return mark(_frame([_character_row(record) for record in records], CHARACTER_COLUMNS), "characters")


def videos_df(records: Sequence[VideoRecord], handles: Mapping[str, str], axes: Sequence[str] = ()) -> pd.DataFrame:
    """The takes as a table with the columns of `VIDEO_COLUMNS`, then one for each of *axes*.

    *handles* tells how each character's library id is named in a prompt.
    """
    table = _frame([_video_row(record, handles) for record in records], VIDEO_COLUMNS)
    return _with_axes(table, "videos", axes, [record.axes for record in records])


def videos_frame(told: Mapping[str, Any], axes: Sequence[str] = ()) -> pd.DataFrame:
    """The same table from columns, as `jobs.records.video_columns` reads them, which is quicker for many."""
    times = {name: _moments(told[name]) for name, kind in VIDEO_COLUMNS.items() if kind == TIME}
    elapsed = (times["completed_at"] - times["submitted_at"]).dt.total_seconds()
    columns = {**told, **times, "elapsed_s": elapsed}
    return _with_axes(_framed(columns, VIDEO_COLUMNS), "videos", axes, told["axes"])


def _moments(seconds: Sequence[float | None]) -> pd.Series[Any]:
    """Seconds since 1970 as times, to the microsecond."""
    known: pd.Series[float] = pd.Series(list(seconds), dtype="float64")
    whole = (known * 1e6).round().astype("Int64")
    times: pd.Series[Any] = pd.to_datetime(whole, unit="us", utc=True)
    return times.astype(TIME)  # type: ignore[call-overload,no-any-return]


def track_df(columns: Mapping[str, Any]) -> pd.DataFrame:
    """What was seen in a video as a table with the columns of `TRACK_COLUMNS`."""
    return mark(_framed(columns, TRACK_COLUMNS), "track")


def suggestions_df(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """What is suggested as a table with the columns of `SUGGESTION_COLUMNS`."""
    told = [{name: row.get(name) for name in SUGGESTION_COLUMNS} for row in rows]
    return mark(_frame(told, SUGGESTION_COLUMNS), "suggestions")


def likeness_df(columns: Mapping[str, Any]) -> pd.DataFrame:
    """How like its reference a character stays, as a table with the columns of `LIKENESS_COLUMNS`."""
    return mark(_framed(columns, LIKENESS_COLUMNS), "likeness")


def analysis_df(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """What was seen in many files as a table with the columns of `ANALYSIS_COLUMNS`."""
    empty = {name: "" for name in ANALYSIS_COLUMNS if name in NEVER_MISSING}
    told = [{name: row.get(name, empty.get(name)) for name in ANALYSIS_COLUMNS} for row in rows]
    return mark(_frame(told, ANALYSIS_COLUMNS), "analysis")


def plan_df(takes: Sequence[Any], axes: Sequence[str] = ()) -> pd.DataFrame:
    """The takes of a plan as a table with the columns of `PLAN_COLUMNS`, then one for each of *axes*."""
    rows = [
        {name: getattr(take, name) for name in PLAN_COLUMNS} | {"findings": " ".join(take.findings)} for take in takes
    ]
    return _with_axes(_frame(rows, PLAN_COLUMNS), "plan", axes, [take.axes for take in takes])


def report_df(films: Sequence[Any]) -> pd.DataFrame:
    """The takes of a planned report as a table with the columns of `REPORT_COLUMNS`."""
    rows = [{name: getattr(film, name) for name in REPORT_COLUMNS} for film in films]
    return mark(_frame(rows, REPORT_COLUMNS), "report")


def summary_df(rows: Sequence[Mapping[str, Any]], axes: Sequence[str]) -> pd.DataFrame:
    """Points of a sweep as a table: the *axes*, which each row has under `axes`, then those of `SUMMARY_COLUMNS`."""
    table = _frame([dict(row) for row in rows], SUMMARY_COLUMNS)
    for place, axis in enumerate(axes):
        table.insert(place, axis_column(axis, SUMMARY_COLUMNS), column([row["axes"][axis] for row in rows], "string"))
    return mark(table, "summary", [axis_column(axis, SUMMARY_COLUMNS) for axis in axes])


def axis_column(axis: str, columns: Mapping[str, str]) -> str:
    """What the column of an axis is called: its name, or `axis_seconds` where the table has that column itself."""
    return f"axis_{axis}" if axis in columns else axis


def mark(table: pd.DataFrame, name: str, axes: Sequence[str] = ()) -> pd.DataFrame:
    """Write into a table's `attrs` what it is: its name, the version of its columns, and which of them are axes."""
    table.attrs["sora_nb"] = {"table": name, "schema": SCHEMA, "axes": list(axes)}
    return table


def votes_df(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The votes of blind comparisons as a table with the columns of `VOTE_COLUMNS`."""
    return mark(_frame([{**row, "at": datetime.fromisoformat(row["at"])} for row in rows], VOTE_COLUMNS), "votes")


def labels(table: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """What tells the rows apart in words: their values in *columns*, `a park · 8`; those that are missing are left out.

    Raises `ConfigError` where there is no such column.
    """
    for name in columns:
        if name not in table:
            there = ", ".join(map(str, table))
            raise ConfigError(f"There is no column {name!r} to label takes with. There are {there}.")
    known = table[columns].notna().to_numpy()
    return [
        " · ".join(_words(value) for value, told in zip(values, row, strict=True) if told)
        for values, row in zip(table[columns].itertuples(index=False), known, strict=True)
    ]


def _words(value: Any) -> str:
    return plain(value) if isinstance(value, float) else str(value)


def column(values: Sequence[Any], kind: str) -> pd.Series[Any]:
    """*values* as a column of the contract.

    Text is kept as Python's: pyarrow, which pandas takes where it is installed, refuses half a surrogate pair, and a
    prompt that came as JSON may hold one.
    """
    made: pd.Series[Any] = pd.Series(values, dtype="string[python]" if kind == "string" else kind)
    return made


def _with_axes(
    table: pd.DataFrame, name: str, axes: Sequence[str], points: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    columns = {axis: axis_column(axis, TABLES[name]) for axis in axes}
    for axis, name_ in columns.items():
        values = [point.get(axis) for point in points]
        table[name_] = column([None if value is None else str(value) for value in values], "string")
    return mark(table, name, list(columns.values()))


def _frame(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    return _framed({name: [row[name] for row in rows] for name in kinds}, kinds)


def _framed(columns: Mapping[str, Any], kinds: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: column(columns[name], kind) for name, kind in kinds.items()}, columns=list(kinds))


def _character_row(record: CharacterRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "handle": record.handle,
        "description": record.description,
        "service": record.service,
        "mode": record.mode,
        "status": record.status,
        "remote_id": record.remote_id,
        "source_kind": record.source_kind,
        "source": record.source,
        "start": record.span.start,
        "end": record.span.end,
        "seconds": record.span.seconds,
        "findings": " ".join(record.findings),
        "error": record.error,
        "created_at": record.created_at,
        "cost_usd": record.cost_usd,
        "clip": _text(record.clip),
        "poster": _text(record.poster),
        "simulated": record.simulated,
    }


def _video_row(record: VideoRecord, handles: Mapping[str, str]) -> dict[str, Any]:
    asked, measures = record.request, record.measures
    began, ended = record.submitted_at, record.completed_at
    return {
        "id": record.id,
        "remote_id": record.remote_id,
        "sweep": record.sweep,
        "take": asked.take,
        "service": record.service,
        "model": asked.model,
        "prompt": asked.prompt,
        "characters": " ".join(handles.get(id_, id_) for id_ in asked.characters),
        "mode": record.mode,
        "seconds": asked.seconds,
        "size": asked.size,
        "status": record.status,
        "findings": " ".join(record.findings),
        "error_code": record.error_code,
        "error": record.error,
        "submitted_at": began,
        "completed_at": ended,
        "elapsed_s": (ended - began).total_seconds() if began and ended else None,
        "est_cost_usd": record.est_cost_usd,
        "cost_usd": record.cost_usd,
        "path": _text(record.path),
        "width": record.width,
        "height": record.height,
        "fps": record.fps,
        "duration_s": record.duration_s,
        "sharpness": measures.get("sharpness"),
        "motion": measures.get("motion"),
        "cuts": measures.get("cuts"),
        "likeness": measures.get("likeness"),
        "rating": record.rating,
        "rated_by": record.rated_by,
        "rated_at": record.rated_at,
        "simulated": record.simulated,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
