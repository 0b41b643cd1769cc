"""Writes the columns in docs/tables.md from those in sora_nb/tables: `.venv/bin/python scripts/tables_page.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from sora_nb.tables import NEVER_MISSING, SCHEMA, TABLES, TIME

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
BEGIN, END = "<!-- columns: made by scripts/tables_page.py -->", "<!-- end of columns -->"

TITLES = {
    "videos": "`studio.videos_df()`, `sweep.df`: one row for each take",
    "characters": "`studio.characters_df()`: one row for each character and service it is on",
    "plan": "`sweep.plan.df`: one row for each take of a plan",
    "report": "`studio.report_plan().df`: one row for each take of a planned report",
    "summary": "`sweep.summary()`: one row for each point of a sweep",
    "track": "`scan(...).df`: one row for each frame of a video",
    "suggestions": "`suggest(...).df`: one row for each range that is suggested",
    "likeness": "how like its clip the character stays, 0 to 1",
    "analysis": "`analyze_many(...)`: one row for each file",
    "votes": "`studio.votes_df()`: one row for each vote of a blind comparison",
}

KINDS = {TIME: "time, UTC"}

FLAGS = {
    "string": "missing where there is none",
    "float64": "NaN where it is not known",
    "float32": "never missing",
    "Int64": "missing where it is not known",
    TIME: "NaT where it has not happened",
}

WORDS = {
    "id": "ours, known before anything is sent; equal requests have equal ids",
    "remote_id": "the service's own id",
    "sweep": "the id of the sweep that asked for it",
    "take": "tells equal requests apart that are meant to be made more than once",
    "service": "what the service is called",
    "model": "the model that was asked for",
    "prompt": "what was asked for, characters as `@handle`",
    "characters": "handles, by spaces",
    "mode": "`native`, or `reference` where picture or words are sent instead",
    "seconds": "how long it lasts, as it was asked for",
    "size": "width and height in pixels, `1280x720`",
    "status": "`queued in_progress completed failed unknown lost expired cancelled`",
    "findings": "codes of what was remarked, by spaces",
    "error_code": "the reason in one word",
    "error": "the reason in words",
    "submitted_at": "when it was sent",
    "completed_at": "when it came to its end",
    "elapsed_s": "seconds between the two",
    "est_cost_usd": "US dollars by the price table",
    "cost_usd": "US dollars that the service named. **Missing is not nothing**",
    "path": "the file on this machine",
    "width": "pixels of the file",
    "height": "pixels of the file",
    "fps": "frames a second of the file",
    "duration_s": "seconds the file lasts",
    "sharpness": "how sharp the picture is; more is sharper",
    "motion": "how much moves: the mean change of brightness from frame to frame, 0 to 255",
    "cuts": "how many cuts there are",
    "likeness": "how like its clip the character stays, 0 to 1; of several the least",
    "rating": "stars, 1 to 5, of whoever gave some last",
    "rated_by": "who that was",
    "rated_at": "when",
    "simulated": "drawn by the simulator rather than generated",
    "name": "the character's name",
    "handle": "how a prompt names it, without the `@`",
    "description": "the user's words for it",
    "source_kind": "`url task file bundle`",
    "source": "where it was cut from; an address without its query",
    "start": "seconds",
    "end": "seconds",
    "created_at": "when it was made here",
    "clip": "the cut clip on this machine",
    "poster": "its picture on this machine",
    "fate": "`send`, `there` or `refused`",
    "number": "its place on the page",
    "label": "what it is called among the others",
    "film_bytes": "of the film as it is; 0 where there is none",
    "page_bytes": "of the film in the page, at most",
    "why": "why there is no film",
    "refusal": "why it would be refused, and what to do",
    "takes": "takes that were asked for",
    "completed": "those with a film",
    "failed": "those at their end without one",
    "unknown": "those whose answer was lost",
    "success_rate": "completed of those at their end",
    "success_low": "Wilson's 95 % interval of it",
    "success_high": "the same",
    "cost_per_take": "US dollars for each completed take",
    "elapsed_s_max": "seconds of the slowest",
    "likeness_sd": "standard deviation of the sample",
    "likeness_min": "the least like",
    "likeness_max": "the most like",
    "rated": "takes with a rating",
    "wins": "blind votes it won against other points",
    "losses": "votes it lost",
    "same": "votes for no difference",
    "win_rate": "wins of the votes that were decided",
    "win_low": "Wilson's 95 % interval of it",
    "win_high": "the same",
    "time": "seconds from the start",
    "luma": "mean brightness, 0 to 255",
    "contrast": "its standard deviation",
    "dark": "share of pixels below 25",
    "bright": "share of pixels above 245",
    "change": "as `motion`, with colour, which tells cuts",
    "fade": "how much like a mixture of what was and what comes; a fade from 0.74 on",
    "cut": "a cut is here",
    "faces": "faces that are seen",
    "face_height": "of the largest, as a share of the picture's height",
    "score": "0 to 1, by which they are ordered",
    "reasons": "why, in words",
    "sharp": "part of the score, 0 to 1",
    "light": "part of the score, 0 to 1",
    "steady": "how like itself it is, from picture to picture; NaN for the first",
    "length": "part of the score, 0 to 1",
    "ahead": "the face looks ahead; part of the score, 0 to 1",
    "whole": "the face is whole; part of the score, 0 to 1",
    "alone": "nobody else is seen; part of the score, 0 to 1",
    "sure": "how sure the finder of faces is; part of the score, 0 to 1",
    "middle": "somebody seems to be in the middle; part of the score, 0 to 1",
    "file": "the path, as it was given",
    "fades": "how many fades and dissolves there are",
    "detector": "what looked for faces, missing where nothing did",
    "ranges": "all that are suggested, by spaces, the best first",
    "note": "what was looked at, what could not be seen, and why nothing is suggested where nothing is",
    "x": "left edge of the box, in shares of the picture",
    "y": "its upper edge",
    "w": "its width",
    "h": "its height",
    "session": "one go through the pairs, named after the takes and their order",
    "round": "counted from 1 within it",
    "left": "the id of the take on the left",
    "right": "that of the other",
    "choice": "`left right same`, as it was pressed",
    "winner": "the id of the take that was preferred, missing for no difference",
    "by": "who voted",
    "at": "when",
}
"""Every column in words, whichever table it stands in, unless a table means something else by it."""

HERE = {
    "videos.likeness": "how like its clip the character stays, 0 to 1; of several characters the least",
    "plan.est_cost_usd": "US dollars by the price table; 0 where it is there already",
    "plan.status": "how it stands, where it is there already",
    "report.fate": "what becomes of the film: `whole`, `smaller`, `left out`, or `none` where there is none",
    "report.width": "pixels of the film in the page",
    "report.height": "the same",
    "summary.elapsed_s": "mean of the completed takes, in seconds",
    "summary.est_cost_usd": "US dollars by the price table, together",
    "summary.cost_usd": "US dollars that the service named, together",
    "summary.likeness": "mean",
    "summary.rating": "mean",
    "summary.simulated": "one of them was drawn by the simulator",
    "analysis.start": "the best range: where it begins, in seconds",
    "analysis.end": "and where it ends",
    "analysis.seconds": "how long the best range is",
    "analysis.width": "pixels, as it is shown",
    "analysis.height": "the same",
    "analysis.findings": "codes of what its pictures say against the best range, by spaces",
    "analysis.error_code": "why it could not be looked at, in one word",
    "analysis.error": "the same in words",
    "analysis.elapsed_s": "seconds that it took; next to none for what was seen before",
    "track.sharpness": "0 to 1, with the longer side at 640 pixels",
    "suggestions.size": "the size of the face as a part of the score, 0 to 1",
    "suggestions.seconds": "how long the range is",
    "suggestions.steady": "part of the score, 0 to 1",
    "suggestions.score": "0 to 1, by which they are ordered",
    "characters.seconds": "how long the range is",
    "likeness.likeness": "how like the reference it is: 0 to 1 by looks, the cosine where an embedder was given",
}
"""What is meant in one table alone."""


def columns() -> str:
    """Every table, column by column, as Markdown."""
    parts = [f"The version of these tables is {SCHEMA}."]
    for name, kinds in TABLES.items():
        parts.append(f"### `{name}`\n\n{TITLES[name]}\n\n| column | dtype | | |\n|---|---|---|---|")
        parts[-1] += "".join(
            f"\n| `{column}` | {_kind(kind)} | {HERE.get(f'{name}.{column}') or WORDS[column]} | {_gap(column, kind)} |"
            for column, kind in kinds.items()
        )
    return "\n\n".join(parts)


def rewrite(page: str) -> str:
    """*page* with the columns between its markers. `ValueError` where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no lines {BEGIN!r} and {END!r} to put the columns between.")
    return f"{before}{BEGIN}\n{columns()}\n{END}{after}"


def _kind(kind: str) -> str:
    return f"`{kind}` ({KINDS[kind]})" if kind in KINDS else f"`{kind}`"


def _gap(column: str, kind: str) -> str:
    return "empty rather than missing" if column in NEVER_MISSING else FLAGS.get(kind, "never missing")


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
