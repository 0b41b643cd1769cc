"""What a report says, as plain data: every file read, every sentence decided, nothing painted yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from sora_nb.errors import VideoFileError
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.report.cells import Table, counted, day, encoded, listed, money, size, table
from sora_nb.timerange import plain
from sora_nb.video.guarded import poster, probe

MAX_BYTES = 60_000_000
"""What films and pictures may take in a page if no one says otherwise: browsers still open it at once."""

POSTER_WIDTH = 640

_WEBM = b"\x1aE\xdf\xa3"
_KINDS = ((b"\xff\xd8", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))

# What may be shown of an address: a login can stand before the host, and a signature in the query.
_ADDRESS = re.compile(r"(?:\w+://)?(?:[^/?#]*@)?([^?#]*).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Media:
    """The bytes of a picture or film, and what they are, such as `video/mp4`."""

    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that sums the page up."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CharacterFacts:
    """One character as the page shows it."""

    record: CharacterRecord
    picture: Media | None
    origin: str
    """Where it comes from, in words."""
    origin_take: int | None
    """The number of the take it was cut from, where that is on the page."""
    source_seconds: float | None
    """How long its source lasts, None where that is not known."""


@dataclass(frozen=True, slots=True)
class TakeFacts:
    """One take as the page shows it."""

    number: int
    """Its place on the page, from 1; cards and table share it."""
    record: VideoRecord
    picture: Media | None = None
    film: Media | None = None
    remark: str | None = None
    """Why there is no film, in words."""


@dataclass(frozen=True, slots=True)
class Group:
    """Takes with the same characters in them."""

    heading: str
    takes: tuple[TakeFacts, ...]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything the page says."""

    title: str
    simulated: str | None
    """What has to be known about simulated takes, in words."""
    remarks: tuple[str, ...]
    """What else a reader must not miss."""
    figures: tuple[Figure, ...]
    characters: tuple[CharacterFacts, ...]
    groups: tuple[Group, ...]
    table: Table


def facts(
    videos: Sequence[VideoRecord],
    characters: Sequence[CharacterRecord],
    *,
    title: str = "Takes",
    max_bytes: int = MAX_BYTES,
) -> ReportFacts:
    """What there is to say about these records. It reads their files and no clock."""
    people = tuple(_character(one, videos) for one in characters)
    pictured = [_take(number, video) for number, video in enumerate(videos, start=1)]
    pictures = [*(one.picture for one in people), *(take.picture for take in pictured)]
    outside = _outside(pictured, max_bytes - sum(encoded(len(picture.content)) for picture in pictures if picture))
    takes = [_filmed(take, take.number in outside, max_bytes) for take in pictured]
    return ReportFacts(
        title=title.strip() or "Takes",
        simulated=_simulated(videos, characters),
        remarks=tuple(_remarks(takes, len(outside), max_bytes)),
        figures=tuple(_figures(videos)),
        characters=people,
        groups=tuple(_groups(takes, {one.id: one.name for one in characters})),
        table=table(videos, {one.id: one.handle for one in characters}),
    )


def _character(record: CharacterRecord, videos: Sequence[VideoRecord]) -> CharacterFacts:
    origin, number, seconds = record.source, None, None
    if record.source_kind == "url":
        origin = _ADDRESS.sub(r"\1", record.source)
    elif record.source_kind == "file":
        origin = Path(record.source).name
        seconds = _length(Path(record.source))
    else:
        found = ((n, v) for n, v in enumerate(videos, start=1) if record.source in (v.id, v.remote_id))
        number, video = next(found, (None, None))
        seconds = video.duration_s or video.request.seconds if video else None
    return CharacterFacts(record, _portrait(record), origin, number, seconds)


def _length(path: Path) -> float | None:
    try:
        return probe(path).duration
    except VideoFileError:
        return None  # the source may be long gone; the character lives in the library


def _portrait(record: CharacterRecord) -> Media | None:
    if record.poster and record.poster.is_file():
        content = record.poster.read_bytes()
        kind = next((kind for magic, kind in _KINDS if content.startswith(magic)), None)
        return Media(kind, content) if kind else None
    try:
        return Media("image/jpeg", poster(record.clip, width=POSTER_WIDTH)) if record.clip else None
    except VideoFileError:
        return None  # a character without a picture is shown by its name


def _take(number: int, video: VideoRecord) -> TakeFacts:
    """The take with its picture; its film waits until all are weighed."""
    if video.path is None:
        remark = "It was completed, and its file is no longer in the library." if video.status == "completed" else None
        return TakeFacts(number, video, remark=remark)
    try:
        picture = Media("image/jpeg", poster(video.path, width=POSTER_WIDTH))
        playable = probe(video.path).playable
    except VideoFileError as error:
        return TakeFacts(number, video, remark=str(error))
    remark = None if playable else f"No browser plays {video.path.name} as it is, so only its picture is here."
    return TakeFacts(number, video, picture, remark=remark)


def _weight(take: TakeFacts) -> int:
    """Bytes that the take's film would take in the page, 0 where it cannot be in one."""
    path = take.record.path
    return encoded(path.stat().st_size) if path and take.picture and not take.remark else 0


def _outside(takes: Sequence[TakeFacts], room: int) -> set[int]:
    """The numbers of the takes whose films find no room; the largest is the first to go."""
    total = sum(_weight(take) for take in takes)
    outside: set[int] = set()
    for take in sorted(takes, key=_weight, reverse=True):
        if total <= room or not _weight(take):
            break
        total -= _weight(take)
        outside.add(take.number)
    return outside


def _filmed(take: TakeFacts, outside: bool, max_bytes: int) -> TakeFacts:
    path = take.record.path
    if path is None or not _weight(take):
        return take
    if outside:
        heavy = size(path.stat().st_size)
        return replace(take, remark=f"Film left out: its {heavy} do not fit into a page of {size(max_bytes)}.")
    content = path.read_bytes()
    return replace(take, film=Media("video/webm" if content.startswith(_WEBM) else "video/mp4", content))


def _groups(takes: Sequence[TakeFacts], names: Mapping[str, str]) -> Iterator[Group]:
    by_cast: dict[tuple[str, ...], list[TakeFacts]] = {}
    for take in takes:
        by_cast.setdefault(take.record.request.characters, []).append(take)
    for cast, members in by_cast.items():
        known = [names.get(id_, id_) for id_ in cast]
        yield Group(f"With {listed(known)}" if known else "Without a character", tuple(members))


def _simulated(videos: Sequence[VideoRecord], characters: Sequence[CharacterRecord]) -> str | None:
    count = sum(video.simulated for video in videos)
    if count and count == len(videos):
        return "Every take on this page was drawn by the simulator. No model generated it."
    if count:
        return f"Drawn by the simulator, not generated by a model: {count} of {len(videos)} takes, each marked so."
    if any(one.simulated for one in characters):
        return "Made with the simulator, and marked so: a character on this page, and none of the takes."
    return None


def _remarks(takes: Sequence[TakeFacts], outside: int, max_bytes: int) -> Iterator[str]:
    if outside:
        yield (
            f"{counted(outside, 'film')} of {len(takes)} left out to keep the page under {size(max_bytes)}, "
            "the largest first. Their pictures and values are here."
        )
    lost = [take.record for take in takes if take.record.status == "unknown"]
    if lost:
        at_risk = sum(video.est_cost_usd or 0 for video in lost)
        price = f" {money(at_risk)} may have been spent." if at_risk else ""
        yield f"The answer to {counted(len(lost), 'request')} was lost, so what became of it is unknown.{price}"
    waiting = sum(take.record.status in ("queued", "in_progress") for take in takes)
    if waiting:
        yield f"{counted(waiting, 'take')} had not ended when the page was written."


def _figures(videos: Sequence[VideoRecord]) -> Iterator[Figure]:
    states = Counter(video.status.replace("_", " ") for video in videos)
    yield Figure("Takes", str(len(videos)), ", ".join(f"{count} {state}" for state, count in states.items()))
    seconds = sum(video.duration_s or 0 for video in videos if video.status == "completed")
    if seconds:
        yield Figure("Film", f"{plain(round(seconds, 1))} s", "of completed takes")
    spent = [video.cost_usd for video in videos if video.cost_usd is not None]
    guessed = [video.est_cost_usd for video in videos if video.est_cost_usd is not None]
    estimate = f"{money(sum(guessed))} estimated" if guessed else ""
    if spent:
        yield Figure("Cost", money(sum(spent)), estimate)
    elif guessed:
        yield Figure("Cost", "not told", estimate)
    services = sorted({video.service for video in videos})
    if services:
        yield Figure("Service", listed(services), ", ".join(sorted({video.request.model for video in videos})))
    moments = sorted(video.submitted_at for video in videos if video.submitted_at is not None)
    if moments:
        first, last = day(moments[0]), day(moments[-1])
        yield Figure("Asked for", first, f"to {last}" if last != first else f"{moments[0].astimezone(UTC):%H:%M} UTC")
