"""What a saved notebook shows without a kernel: no script, no style sheet, nothing that changes from run to run."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sora_nb.errors import VideoFileError
from sora_nb.html import Html, element
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.timerange import Finding, TimeRange, plain
from sora_nb.video.guarded import poster
from sora_nb.widgets.ranges import NamedRange

POSTER_WIDTH = 320

_CARD = (
    "display:flex;flex-wrap:wrap;gap:12px 16px;align-items:flex-start;max-width:720px;padding:12px;margin:4px;"
    "border:1px solid rgba(128,128,128,.35);border-radius:8px;font:13px/20px system-ui,sans-serif"
)
_PICTURE = "width:240px;max-width:100%;border-radius:4px;background:#0b0c0e;display:block"
_TEXT = "flex:1 1 240px;min-width:0"
_TITLE = "font-weight:600;overflow-wrap:anywhere"
_SOFT = "opacity:.75"
_TRACK = "display:block;height:8px;margin:8px 0 4px;border-radius:4px;background:rgba(128,128,128,.25);overflow:hidden"
_CELL = "padding:4px 12px 4px 0;text-align:left;vertical-align:top"
_TONES = {"error": "#c4372b", "warning": "#a06a00", "hint": "#3a76a6"}
# No colour of letters is read well on white and on black paper both, so the colour stands beside them.
_TONED = "border-left:3px solid {};padding-left:6px"


def video_card(record: VideoRecord) -> Html:
    """A generation: its picture, prompt, state, and its error where it has one."""
    request = record.request
    by_reference = "characters by reference" if record.mode == "reference" else None
    told = [request.size, f"{plain(request.seconds)} s", request.model, f"take {request.take}", by_reference]
    rated = f"rated {plain(record.rating)} of 5" if record.rating is not None else None
    picture = _picture(record.path, request.prompt)
    facts = [*told, _simulated(record), rated]
    return _card(picture, request.prompt, record.status, facts, record.error, record.remarks)


def character_card(record: CharacterRecord) -> Html:
    """A character: its picture, name, handle and where it was cut from."""
    facts = [f"@{record.handle}", f"{record.span} of {Path(record.source).name}", record.mode, _simulated(record)]
    face = record.poster
    picture = _image(face.read_bytes(), record.name) if face is not None and face.exists() else None
    facts += [exists_on(record), boxed(record), record.description]
    return _card(picture, record.name, record.status, facts, record.error, record.remarks)


def exists_on(record: CharacterRecord) -> str | None:
    """The services that a character exists on, in words, where there is more than one."""
    return f"exists on {', '.join(map(str, record.places))}" if len(record.places) > 1 else None


def boxed(record: CharacterRecord) -> str | None:
    """Where in the clip the character is, in words, where that was drawn."""
    if record.box is None:
        return None
    x, y, w, h = (f"{share:.0%}" for share in record.box)
    return f"boxed: {w} wide, {h} high, {x} from the left, {y} from the top"


def picker_card(
    source: Path | str | None,
    span: TimeRange,
    findings: Iterable[Finding],
    duration: float | None,
    *,
    title: str = "",
    named: Sequence[NamedRange] = (),
) -> Html:
    """A chosen range: the frame it begins with, where it lies, what there is to say about it, and the others.

    *named* are all ranges of the video, told where there are several or where one has a name.
    """
    if source is None:
        return element("div", "No video yet.", style=_CARD)
    name = title or (source.name if isinstance(source, Path) else source.split("?")[0])
    picture = _picture(source if isinstance(source, Path) else None, name, at=span.start)
    said = _said(findings)
    return element(
        "div",
        picture,
        element(
            "div",
            element("div", name, style=_TITLE),
            _bar(span, duration),
            element("div", f"{plain(span.start)} s to {plain(span.end)} s, {plain(span.seconds)} s long"),
            said,
            _ranges(named),
            style=_TEXT,
        ),
        style=_CARD,
    )


def tally_table(rows: Iterable[Mapping[str, Any]]) -> Html | None:
    """What blind votes add up to, or None where nobody voted."""
    told = [
        {
            "take": row["label"],
            "wins": str(row["wins"]),
            "losses": str(row["losses"]),
            "no difference": str(row["same"]),
            "share of wins": shares(row),
        }
        for row in rows
    ]
    voted = any(int(row["wins"]) + int(row["no difference"]) for row in told)
    return table(("take", "wins", "losses", "no difference", "share of wins"), told) if voted else None


def shares(row: Mapping[str, Any]) -> str:
    """A share of wins with the interval around it: `67 % (21 to 94 %)`."""
    if row["share"] is None:
        return ""
    return f"{row['share']:.0%} ({100 * row['low']:.0f} to {row['high']:.0%})".replace("%", " %")


def take_table(records: Iterable[VideoRecord]) -> Html | None:
    """Takes without their pictures, a row for each, or None where there are none."""
    rows = [
        {
            "prompt": record.request.prompt,
            "status": record.status.replace("_", " "),
            "rating": record.rating,
            "error": record.error,
        }
        for record in records
    ]
    return table(("prompt", "status", "rating", "error"), rows) if rows else None


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Html:
    """Rows as a plain table, the columns in the order given."""
    head = element("tr", [element("th", column, style=_CELL) for column in columns])
    body = [element("tr", [element("td", _text(row.get(column)), style=_CELL) for column in columns]) for row in rows]
    return element("table", element("thead", head), element("tbody", body), style="border-collapse:collapse")


def _said(findings: Iterable[Finding]) -> list[Html]:
    return [
        element(
            "div",
            element("b", f"{finding.level.capitalize()}: ", style=_TONED.format(_TONES[finding.level])),
            finding.message,
        )
        for finding in findings
    ]


def _card(
    picture: Html | None,
    title: str,
    status: str,
    facts: Sequence[str | None],
    error: str | None,
    remarks: Iterable[Finding],
) -> Html:
    return element(
        "div",
        picture,
        element(
            "div",
            element("div", title, style=_TITLE),
            element("div", " · ".join(filter(None, [status.replace("_", " "), *facts])), style=_SOFT),
            element("div", error, style=_TONED.format(_TONES["error"])) if error else None,
            _said(remarks),
            style=_TEXT,
        ),
        style=_CARD,
    )


def _bar(span: TimeRange, duration: float | None) -> Html | None:
    if not duration:
        return None
    left = max(0.0, min(100.0, 100 * span.start / duration))
    width = max(0.5, min(100 - left, 100 * span.seconds / duration))
    band = f"display:block;height:8px;margin-left:{left:.2f}%;width:{width:.2f}%;background:#5663dd;border-radius:4px"
    return element("span", element("span", style=band), style=_TRACK)


def _ranges(named: Sequence[NamedRange]) -> Html | None:
    """The ranges of one video as a table, None where there is nothing to tell them by."""
    if len(named) < 2 and not any(one.name or one.box for one in named):
        return None
    rows = [
        {
            "range": one.name or f"Range {place}",
            "from": f"{plain(one.span.start)} s",
            "to": f"{plain(one.span.end)} s",
            "who": f"boxed at {plain(one.box_at or 0)} s" if one.box is not None else "",
        }
        for place, one in enumerate(named, start=1)
    ]
    boxed = any(row["who"] for row in rows)
    return table(("range", "from", "to", "who") if boxed else ("range", "from", "to"), rows)


def _picture(path: Path | None, alt: str, at: float | None = None) -> Html | None:
    if path is None or not path.exists():
        return None
    try:
        return _image(poster(path, at, width=POSTER_WIDTH), alt)
    except VideoFileError:
        return None


def _image(jpeg: bytes, alt: str) -> Html:
    address = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    return element("img", src=address, alt=alt, style=_PICTURE)


def _simulated(record: VideoRecord | CharacterRecord) -> str | None:
    return "simulated" if record.simulated else None


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return plain(value) if isinstance(value, float) else str(value)
