"""`character.json`: what a bundle says of its character, one line a field, written and judged here alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from sora_nb.errors import BundleError, ConfigError, RangeError
from sora_nb.models import handle_of
from sora_nb.timerange import TimeRange

SHEET, CLIP, POSTER = "character.json", "clip.mp4", "poster.jpg"
"""The files of a bundle, and all of them."""

FORMAT = "sora_nb character"
VERSION = 2
"""Of the sheet. A field more or less, or one with another meaning, is another version.

The second has a box. Without one a sheet is written as the first, which every sora_nb reads.
"""

Kind = Literal["url", "task", "file"]

MOST_NAME = 1000
"""Letters in a name, more than any service takes."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[a-z0-9_]{1,60}")
_TASK = re.compile(r"[\w.:+=\-]{1,300}")
_FOLDERS = re.compile(r".*[\\/]|[A-Za-z]:", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a character comes from."""

    kind: Kind
    source: str
    """A public address without its query, a video's id, or a file's name without its folders."""
    range: str
    """The stretch of it, in seconds, such as `2,5`."""
    service: str | None = None
    """Where the video was made; for an address or a file, the first that knew the character."""
    model: str | None = None
    prompt: str | None = None
    """What the video was asked to be, where it was generated here."""
    simulated: bool | None = None
    """Was the video drawn rather than generated? None where that is not known."""

    @property
    def span(self) -> TimeRange:
        return TimeRange.parse(self.range)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that `character.json` says."""

    name: str
    handle: str
    description: str
    findings: tuple[str, ...]
    lineage: Lineage
    files: Mapping[str, str]
    """The sha256 of the other files, by their names."""
    box: tuple[float, ...] | None = None
    """Who in the clip it is: left, top, width, height in shares, and the second of the clip at which that was drawn."""

    @property
    def content(self) -> tuple[str, str, str, str]:
        """What makes the character the one it is: two sheets that are equal in this are of the same."""
        return self.name, self.description, self.files[CLIP], self.lineage.range

    @property
    def texts(self) -> Mapping[str, str]:
        """Every text that a person or a service has written, by its field."""
        told = {"name": self.name, "description": self.description}
        told |= {f"lineage's {field}": value for field, value in asdict(self.lineage).items() if isinstance(value, str)}
        return told


def bare(kind: Kind, source: str) -> str:
    """A source without what is nobody else's business: folders of this machine, a login, a signature."""
    if kind == "file":
        return _FOLDERS.sub("", source)
    if kind == "url":
        parts = urlsplit(source)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    return source


def write(sheet: Sheet) -> bytes:
    """The sheet as a file: sorted, one line a field, and the same bytes each time.

    Letters that are not seen, such as those that turn the direction of a line, are spelled out, so that what a
    diff shows is all there is. Raises `BundleError` for a sheet that `read` would not take.
    """
    told = {**asdict(sheet), "format": FORMAT, "version": VERSION}
    if sheet.box is None:
        del told["box"]
        told["version"] = 1
    text = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)
    content = ("".join(one if one.isprintable() or one == "\n" else _spelled(one) for one in text) + "\n").encode()
    if read(content) != sheet:
        raise BundleError("The sheet does not read as it was written, which is a fault of sora_nb. Please report it.")
    return content


def read(content: bytes) -> Sheet:
    """The sheet in a file. Raises `BundleError` for anything but what `write` writes, in whatever layout."""
    try:
        told = json.loads(content.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"Its {SHEET} is no JSON that can be read: {str(error)[:80]}.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BundleError(f'Its {SHEET} is not one of a character: it has no "format": "{FORMAT}".')
    version = told.get("version")
    if type(version) is int and version > VERSION:
        raise BundleError(
            f"It was written by a newer sora_nb: its {SHEET} has version {version}, and this one knows {VERSION}. "
            "Update sora_nb."
        )
    fields = FIELDS if version == VERSION else {name: judge for name, judge in FIELDS.items() if name != "box"}
    faults = [*_faults(told, fields, "")]
    if not faults:
        faults = [
            *_faults(told["lineage"], LINEAGE_FIELDS, "lineage, "),
            *_faults(told["files"], FILE_FIELDS, "files, "),
        ]
    if not faults:
        lineage = Lineage(**told["lineage"])
        faults = [*_lineage_faults(lineage)]
        if not faults and "box" in told and told["box"][4] > lineage.span.seconds:
            faults = [f"box cannot be drawn at {told['box'][4]} s of a clip of {lineage.range}"]
    if faults:
        raise BundleError(f"Its {SHEET} is not in order: {'; '.join(faults[:3])}.")
    told = {name: value for name, value in told.items() if name not in ("format", "version")}
    box = tuple(map(float, told["box"])) if "box" in told else None
    return Sheet(**{**told, "findings": tuple(told["findings"]), "lineage": Lineage(**told["lineage"]), "box": box})


def _is_text(value: Any) -> bool:
    """Text that every database and every file takes: no half letters, no zero."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= one <= "\udfff" for one in value)


def _or_none(judge: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or judge(value)


def _is_name(value: Any) -> bool:
    return _is_text(value) and 1 <= len(value) <= MOST_NAME and value == value.strip()


def _are_codes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and _CODE.fullmatch(one) for one in value)


def _is_box(value: Any) -> bool:
    from sora_nb.video import Box

    if not isinstance(value, list) or len(value) != 5 or not all(type(one) in (int, float) for one in value):
        return False
    try:
        Box.of(tuple(value[:4]))
    except ConfigError:
        return False
    return bool(0 <= value[4] < 1e9)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "box": _is_box,
    "description": _is_text,
    "files": lambda value: isinstance(value, dict),
    "findings": _are_codes,
    "format": _is_text,
    "handle": lambda value: _is_name(value) and handle_of(value) == value,
    "lineage": lambda value: isinstance(value, dict),
    "name": _is_name,
    "version": lambda value: type(value) is int and 1 <= value <= VERSION,
}
"""The fields of the sheet, each with its judge."""

LINEAGE_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "kind": lambda value: value in get_args(Kind),
    "model": _or_none(_is_text),
    "prompt": _or_none(_is_text),
    "range": _is_text,
    "service": _or_none(_is_text),
    "simulated": _or_none(lambda value: isinstance(value, bool)),
    "source": _is_name,
}

FILE_FIELDS: Mapping[str, Callable[[Any], bool]] = {CLIP: _is_hash, POSTER: _is_hash}


def _faults(told: Mapping[str, Any], fields: Mapping[str, Callable[[Any], bool]], where: str) -> Iterator[str]:
    yield from (f"{where}{name[:40]!r} is not known" for name in sorted(told.keys() - fields.keys()))
    yield from (f"{where}{name} is missing" for name in sorted(fields.keys() - told.keys()))
    for name in sorted(told.keys() & fields.keys()):
        if not fields[name](told[name]):
            yield f"{where}{name} cannot be {_shown(told[name])}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:60]}…")
    return f"a {type(value).__name__}" if isinstance(value, (list, dict)) else repr(value)[:60]


def _lineage_faults(lineage: Lineage) -> Iterator[str]:
    try:
        span = lineage.span
        # Written in one way only, since equal ranges are to be equal text.
        if not span.start_ms < span.end_ms or str(span) != lineage.range:
            yield f"lineage, range cannot be {lineage.range[:60]!r}"
    except RangeError as error:
        yield f"lineage, range: {error}"
    if not _is_bare(lineage.kind, lineage.source):
        # It is not repeated: what is wrong with it may be that it holds a password.
        yield f"lineage, source is not {_BARE[lineage.kind]}"


_BARE: Mapping[Kind, str] = {
    "url": "an address that begins with http, without a login and a query",
    "task": "a video's id",
    "file": "a file's name without folders",
}


def _is_bare(kind: Kind, source: str) -> bool:
    if kind == "task":
        return _TASK.fullmatch(source) is not None
    try:
        if bare(kind, source) != source:
            return False
        return source not in (".", "..") if kind == "file" else _is_address(source)
    except ValueError:
        return False


def _is_address(source: str) -> bool:
    parts = urlsplit(source)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(one.isspace() for one in source)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a field is there twice")
    return told


def _spelled(letter: str) -> str:
    """A letter as JSON spells it, in one or two parts."""
    return json.dumps(letter)[1:-1]
