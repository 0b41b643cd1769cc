"""What columns each table has, and of which type. docs/tables.md is this contract for people."""

from __future__ import annotations

from collections.abc import Mapping

TIME = "datetime64[us, UTC]"

SCHEMA = 1
"""Counted up where a column is taken away, or means something else. One that is added changes nothing for anybody."""

CHARACTER_COLUMNS: Mapping[str, str] = {
    "name": "string",
    "handle": "string",
    "description": "string",
    "service": "string",
    "mode": "string",
    "status": "string",
    "remote_id": "string",
    "source_kind": "string",
    "source": "string",
    "start": "float64",
    "end": "float64",
    "seconds": "float64",
    "findings": "string",
    "error": "string",
    "created_at": TIME,
    "cost_usd": "float64",
    "clip": "string",
    "poster": "string",
    "simulated": "bool",
}
"""One row for each character and service it is on. Times of a range are seconds; findings are codes."""

VIDEO_COLUMNS: Mapping[str, str] = {
    "id": "string",
    "remote_id": "string",
    "sweep": "string",
    "take": "Int64",
    "service": "string",
    "model": "string",
    "prompt": "string",
    "characters": "string",
    "mode": "string",
    "seconds": "float64",
    "size": "string",
    "status": "string",
    "findings": "string",
    "error_code": "string",
    "error": "string",
    "submitted_at": TIME,
    "completed_at": TIME,
    "elapsed_s": "float64",
    "est_cost_usd": "float64",
    "cost_usd": "float64",
    "path": "string",
    "width": "Int64",
    "height": "Int64",
    "fps": "float64",
    "duration_s": "float64",
    "sharpness": "float64",
    "motion": "float64",
    "cuts": "Int64",
    "likeness": "float64",
    "rating": "float64",
    "rated_by": "string",
    "rated_at": TIME,
    "simulated": "bool",
}
"""One row for each take, failures and refusals included. A sweep adds one column for each axis.

`mode` is `native` where the service knows the characters and `reference` where their picture or words are sent
instead; `findings` are the codes of what was remarked before it was sent.
"""

VOTE_COLUMNS: Mapping[str, str] = {
    "session": "string",
    "round": "Int64",
    "left": "string",
    "right": "string",
    "choice": "string",
    "winner": "string",
    "by": "string",
    "at": TIME,
}
"""One row for each vote of a blind comparison. `left`, `right`, `winner` are ids; no winner means: no difference."""

TRACK_COLUMNS: Mapping[str, str] = {
    "time": "float64",
    "luma": "float32",
    "contrast": "float32",
    "dark": "float32",
    "bright": "float32",
    "motion": "float32",
    "change": "float32",
    "fade": "float32",
    "cut": "bool",
    "sharpness": "float64",
    "faces": "float64",
    "face_height": "float64",
}
"""One row for each frame of a video. The last three are NaN where a frame was not looked at closely."""

SUGGESTION_COLUMNS: Mapping[str, str] = {
    "start": "float64",
    "end": "float64",
    "seconds": "float64",
    "score": "float64",
    "reasons": "string",
    "findings": "string",
    "sharp": "float64",
    "light": "float64",
    "steady": "float64",
    "length": "float64",
    "ahead": "float64",
    "size": "float64",
    "whole": "float64",
    "alone": "float64",
    "sure": "float64",
    "middle": "float64",
}
"""One row for each range that is suggested. Of the last six, those are NaN by which it was not judged."""

LIKENESS_COLUMNS: Mapping[str, str] = {
    "time": "float64",
    "likeness": "float64",
    "steady": "float64",
    "x": "float64",
    "y": "float64",
    "w": "float64",
    "h": "float64",
}
"""One row for each picture of a take that was compared with its reference. The box is in shares of the picture."""

ANALYSIS_COLUMNS: Mapping[str, str] = {
    "file": "string",
    "duration_s": "float64",
    "width": "Int64",
    "height": "Int64",
    "fps": "float64",
    "cuts": "Int64",
    "fades": "Int64",
    "detector": "string",
    "start": "float64",
    "end": "float64",
    "seconds": "float64",
    "score": "float64",
    "reasons": "string",
    "findings": "string",
    "ranges": "string",
    "note": "string",
    "error_code": "string",
    "error": "string",
    "elapsed_s": "float64",
}
"""One row for each file of `analyze_many`: its best range, and in `ranges` all that are suggested, the best first.

A file that could not be looked at has an `error_code` and an `error`, and nothing else.
"""

PLAN_COLUMNS: Mapping[str, str] = {
    "fate": "string",
    "id": "string",
    "service": "string",
    "model": "string",
    "prompt": "string",
    "take": "Int64",
    "seconds": "float64",
    "size": "string",
    "est_cost_usd": "float64",
    "status": "string",
    "refusal": "string",
    "findings": "string",
}
"""One row for each take of a sweep's plan. A sweep adds one column for each axis.

`fate` is `send`, `there` (asked for before: no cost, and `status` says how it stands) or `refused`.
"""

REPORT_COLUMNS: Mapping[str, str] = {
    "number": "int64",
    "id": "string",
    "label": "string",
    "status": "string",
    "fate": "string",
    "film_bytes": "int64",
    "page_bytes": "int64",
    "width": "Int64",
    "height": "Int64",
    "why": "string",
}
"""One row for each take of a planned report.

`fate` is what becomes of its film: `whole`, `smaller`, `left out`, or `none` where there is none.
"""

SUMMARY_COLUMNS: Mapping[str, str] = {
    "takes": "int64",
    "completed": "int64",
    "failed": "int64",
    "unknown": "int64",
    "success_rate": "float64",
    "success_low": "float64",
    "success_high": "float64",
    "est_cost_usd": "float64",
    "cost_usd": "float64",
    "cost_per_take": "float64",
    "elapsed_s": "float64",
    "elapsed_s_max": "float64",
    "likeness": "float64",
    "likeness_sd": "float64",
    "likeness_min": "float64",
    "likeness_max": "float64",
    "rating": "float64",
    "rated": "int64",
    "wins": "int64",
    "losses": "int64",
    "same": "int64",
    "win_rate": "float64",
    "win_low": "float64",
    "win_high": "float64",
    "simulated": "bool",
}
"""One row for each point of a sweep, its repeats together; the axes stand first.

`low` and `high` are the ends of Wilson's 95 % interval, of the takes at their end that are completed and of the votes
between two points that one of them won. `likeness_sd` is the sample's standard deviation.
"""

TABLES: Mapping[str, Mapping[str, str]] = {
    "videos": VIDEO_COLUMNS,
    "characters": CHARACTER_COLUMNS,
    "plan": PLAN_COLUMNS,
    "report": REPORT_COLUMNS,
    "summary": SUMMARY_COLUMNS,
    "track": TRACK_COLUMNS,
    "suggestions": SUGGESTION_COLUMNS,
    "likeness": LIKENESS_COLUMNS,
    "analysis": ANALYSIS_COLUMNS,
    "votes": VOTE_COLUMNS,
}
"""Every table by its name in `attrs["sora_nb"]`."""

NEVER_MISSING = frozenset({"prompt", "characters", "findings", "description", "reasons", "ranges"})
"""Columns of text that are empty rather than missing, which a CSV cannot tell apart."""
