"""What a report says, as plain data: every sentence decided, nothing painted yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from sora_nb.errors import VideoFileError
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.report.cells import Table, counted, day, encoded, listed, money, size, table
from sora_nb.report.experiment import Experiment
from sora_nb.report.films import Fit, content, fit
from sora_nb.report.groups import groups, labels
from sora_nb.report.media import Media, Seen, film, length, portrait, see
from sora_nb.timerange import plain

MAX_BYTES = 60_000_000
"""What films and pictures may take in a page if no one says otherwise: browsers still open it at once."""

# What may be shown of an address: a login can stand before the host, and a signature in the query.
_ADDRESS = re.compile(r"(?:\w+://)?(?:[^/?#]*@)?([^?#]*).*", re.DOTALL)


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
    label: str
    """What it is called among the others."""
    picture: Media | None = None
    film: Media | None = None
    fps: float | None = None
    """Frames a second of its film."""
    remark: str | None = None
    """Why there is no film, or what was done to it, in words."""


@dataclass(frozen=True, slots=True)
class Group:
    """Takes that are to be compared with each other."""

    heading: str
    takes: tuple[TakeFacts, ...]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything the page says."""

    title: str
    question: str | None
    """What was to be found out, where that is not the title."""
    experiment: Experiment | None
    simulated: str | None
    """What has to be known about simulated takes, in words."""
    remarks: tuple[str, ...]
    """What else a reader must not miss."""
    figures: tuple[Figure, ...]
    characters: tuple[CharacterFacts, ...]
    groups: tuple[Group, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Contents:
    """What a report is of: the records, their files looked at, and what is to become of each film."""

    title: str
    question: str | None
    experiment: Experiment | None
    characters: tuple[CharacterFacts, ...]
    takes: tuple[Seen, ...]
    fits: Mapping[int, Fit]
    """By the number of the take."""
    max_bytes: int

    @property
    def videos(self) -> list[VideoRecord]:
        """The records of the takes."""
        return [take.record for take in self.takes]

    @property
    def labels(self) -> list[str]:
        """What each take is called."""
        return labels(self.videos)

    @property
    def pictures(self) -> int:
        """Bytes that the pictures take in a page."""
        return _pictures(self.characters, self.takes)


def look(
    videos: Sequence[VideoRecord],
    characters: Sequence[CharacterRecord],
    *,
    title: str = "",
    question: str = "",
    experiment: Experiment | None = None,
    max_bytes: int = MAX_BYTES,
) -> Contents:
    """Look at the records' files and decide what becomes of each film. Nothing is encoded or written yet."""
    title, question = title.strip(), question.strip()
    named = title or question or (experiment.template if experiment else None) or "Takes"
    people = tuple(_character(one, videos) for one in characters)
    takes = tuple(see(number, video) for number, video in enumerate(videos, start=1))
    clips = [take.clip for take in takes if take.clip]
    room = max_bytes - _pictures(people, takes)
    whole = sum(clip.bytes for clip in clips)
    fitting = whole if sum(encoded(clip.bytes) for clip in clips) <= room else max(0, room * 3 // 4 - 3 * len(clips))
    second = question if title and question else None
    return Contents(named, second, experiment, people, takes, fit(clips, fitting), max_bytes)


def headline(contents: Contents) -> Iterator[str]:
    """What sums the report up, where there is room for a line or two."""
    yield " · ".join(
        f"{figure.label} {figure.value}" + (f" ({figure.note})" if figure.note else "")
        for figure in _figures(contents.videos)
    )
    if simulated := _simulated(contents.videos, [one.record for one in contents.characters]):
        yield simulated


def _pictures(characters: Sequence[CharacterFacts], takes: Sequence[Seen]) -> int:
    shown = [*(one.picture for one in characters), *(take.picture for take in takes)]
    return sum(encoded(len(picture.content)) for picture in shown if picture)


def facts(contents: Contents, progress: Callable[[float], object] | None = None) -> ReportFacts:
    """What there is to say. It encodes the films that have to be smaller, which takes about as long as they last.

    *progress* hears how far that is, 0 to 1; what it raises ends it.
    """
    videos, people = contents.videos, [one.record for one in contents.characters]
    takes = [*_filmed(contents, progress)]
    found = groups(videos, {one.id: one.name for one in people})
    return ReportFacts(
        title=contents.title,
        question=contents.question,
        experiment=contents.experiment,
        simulated=_simulated(videos, people),
        remarks=tuple(_remarks(takes, contents)),
        figures=tuple(_figures(videos)),
        characters=contents.characters,
        groups=tuple(Group(heading, tuple(takes[place] for place in places)) for heading, places in found),
        table=table(videos, {one.id: one.handle for one in people}),
    )


def _filmed(contents: Contents, progress: Callable[[float], object] | None) -> Iterator[TakeFacts]:
    todo = sum(one.clip.seconds for one in contents.fits.values() if one.fate == "smaller")
    done = 0.0
    for take, label in zip(contents.takes, contents.labels, strict=True):
        told = TakeFacts(take.number, take.record, label, take.picture, remark=take.remark)
        planned = contents.fits.get(take.number)
        yield told if planned is None else _with_film(told, planned, contents.max_bytes)
        if planned and planned.fate == "smaller":
            done += planned.clip.seconds
            if progress is not None:
                progress(done / todo)


def _with_film(take: TakeFacts, planned: Fit, max_bytes: int) -> TakeFacts:
    """The take with its film and what was done to it, or why it is left out."""
    heavy = size(planned.clip.bytes)
    try:
        inside = content(planned)
    except VideoFileError as error:
        no_room = f"its {heavy} do not fit into a page of {size(max_bytes)}, even made smaller."
        return replace(take, remark=f"Film left out: {no_room if error.code == 'too_large' else error}")
    remark = None
    if planned.shape is not None:
        (width, height), (wide, high) = planned.shape, planned.clip.shape
        remark = f"Film made smaller: {width}x{height}, {size(len(inside))}. The original has {wide}x{high}, {heavy}."
    return replace(take, film=film(inside), fps=planned.clip.fps, remark=remark)


def _character(record: CharacterRecord, videos: Sequence[VideoRecord]) -> CharacterFacts:
    origin, number, seconds = record.source, None, None
    if record.source_kind == "url":
        origin = _ADDRESS.sub(r"\1", record.source)
    elif record.source_kind == "file":
        origin = Path(record.source).name
        seconds = length(Path(record.source))
    else:
        found = ((n, v) for n, v in enumerate(videos, start=1) if record.source in (v.id, v.remote_id))
        number, video = next(found, (None, None))
        seconds = video.duration_s or video.request.seconds if video else None
    return CharacterFacts(record, portrait(record), origin, number, seconds)


def _simulated(videos: Sequence[VideoRecord], characters: Sequence[CharacterRecord]) -> str | None:
    count = sum(video.simulated for video in videos)
    if count and count == len(videos):
        return "Every take on this page was drawn by the simulator. No model generated it."
    if count:
        return f"Drawn by the simulator, not generated by a model: {count} of {len(videos)} takes, each marked so."
    if any(one.simulated for one in characters):
        return "Made with the simulator, and marked so: a character on this page, and none of the takes."
    return None


def _remarks(takes: Sequence[TakeFacts], contents: Contents) -> Iterator[str]:
    limit = size(contents.max_bytes)
    smaller = [take for take in takes if take.film and contents.fits[take.number].fate == "smaller"]
    without = [contents.fits[take.number].fate for take in takes if take.number in contents.fits and not take.film]
    outside = without.count("left out")
    if smaller:
        before = sum(contents.fits[take.number].clip.bytes for take in smaller)
        after = sum(len(take.film.content) for take in smaller if take.film)
        yield (
            f"{counted(len(smaller), 'film')} of {len(takes)} made smaller to keep the page under {limit}: "
            f"{size(after)} instead of {size(before)}. The takes say which."
        )
    if outside:
        yield (
            f"{counted(outside, 'film')} of {len(takes)} left out to keep the page under {limit}, "
            "the largest first. Their pictures and values are here."
        )
    if broken := len(without) - outside:
        yield f"{counted(broken, 'film')} of {len(takes)} could not be put into the page. The takes say why."
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
