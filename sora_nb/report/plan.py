"""What a report would hold and weigh, told before it is written; and the writing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.atomic import atomically, into_folder
from sora_nb.errors import ConfigError
from sora_nb.html import Child, plan_output
from sora_nb.report.cells import counted, encoded, size
from sora_nb.report.films import Fate
from sora_nb.report.gather import Contents, facts
from sora_nb.report.page import paint
from sora_nb.report.sheet import draw

if TYPE_CHECKING:
    import pandas as pd

KINDS = {".html": "page", ".htm": "page", ".png": "sheet", ".pdf": "sheet"}
"""What is written, by the ending of the file's name."""


@dataclass(frozen=True, slots=True)
class PlannedFilm:
    """One take of a planned report, and what would become of its film."""

    number: int
    id: str
    label: str
    """What it is called among the others."""
    status: str
    fate: Fate
    """`whole`, `smaller`, `left out`, or `none` where there is no film."""
    film_bytes: int
    """Of the film as it is, 0 where there is none."""
    page_bytes: int
    """Of the film in the page at most."""
    width: int | None
    """Pixels that it has in the page, None where it is not in it."""
    height: int | None
    why: str | None
    """Why there is no film, in words."""


class ReportPlan:
    """What a report would hold. Files were looked at for it; nothing is encoded or written before `write`."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.takes: tuple[PlannedFilm, ...] = tuple(_films(contents))
        """One for each take, in the order of the page."""

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self._contents.title

    @property
    def max_bytes(self) -> int:
        """What films and pictures may take in the page together."""
        return self._contents.max_bytes

    @property
    def whole_bytes(self) -> int:
        """What films and pictures would take in the page as they are: text holds three bytes in four letters."""
        return self._contents.pictures + sum(encoded(take.film_bytes) for take in self.takes)

    @property
    def page_bytes(self) -> int:
        """What films and pictures take in the page at most."""
        return self._contents.pictures + sum(encoded(take.page_bytes) for take in self.takes)

    @property
    def smaller(self) -> tuple[PlannedFilm, ...]:
        """The takes whose films would be encoded anew."""
        return tuple(take for take in self.takes if take.fate == "smaller")

    @property
    def left_out(self) -> tuple[PlannedFilm, ...]:
        """The takes whose films would be left out, though there are some."""
        return tuple(take for take in self.takes if take.fate == "left out")

    @property
    def df(self) -> pd.DataFrame:
        """One row for each take; the columns are those of `tables.REPORT_COLUMNS`."""
        from sora_nb.tables import report_df

        return report_df(self.takes)

    def write(self, path: str | Path, *, progress: Callable[[float], object] | None = None) -> Path:
        """Write the report, whole or not at all, and return where it is.

        A name that ends in `.html` gets the page, which opens from disk and offline and can be sent to anyone as it
        is; `.png` or `.pdf` get a sheet of the pictures. Films that have to be smaller are encoded now, which takes
        about as long as they last; *progress* hears how far that is, 0 to 1, and what it raises ends it. The same
        records and files give the same bytes.

        Raises `ConfigError` where *path* is a folder, ends otherwise, or cannot be written.
        """
        path = Path(path)
        if path.is_dir():
            raise ConfigError(f"{path} is a folder. Name the file to write, such as {path / 'report.html'}.")
        kind = KINDS.get(path.suffix.lower())
        if kind is None:
            raise ConfigError(
                f"{path.name} ends in none of {', '.join(KINDS)}. Name the file report.html, for example."
            )
        # Half a surrogate pair is no character, and a prompt that came as JSON can hold one.
        content = (
            paint(facts(self._contents, progress)).encode(errors="replace")
            if kind == "page"
            else draw(self._contents, path.suffix.lower())
        )
        with into_folder(path), atomically(path) as part:
            part.write_bytes(content)
        return path

    def __len__(self) -> int:
        return len(self.takes)

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        # What does not go in as it is comes first: it is what may have to be decided.
        takes = sorted(self.takes, key=lambda take: ("left out", "smaller", "none", "whole").index(take.fate))
        return plan_output(
            [(line, None) for line in _lines(self)],
            ("#", "take", "film", "now", "in the page"),
            takes,
            lambda take: (_cells(take), None),
        )


def _films(contents: Contents) -> Iterator[PlannedFilm]:
    for take, label in zip(contents.takes, contents.labels, strict=True):
        fits = contents.fits.get(take.number)
        inside = fits is not None and fits.fate != "left out"
        width, height = (fits.shape or fits.clip.shape) if fits and inside else (None, None)
        yield PlannedFilm(
            number=take.number,
            id=take.record.id,
            label=label,
            status=take.record.status,
            fate=fits.fate if fits else "none",
            film_bytes=fits.clip.bytes if fits else 0,
            page_bytes=fits.bytes if fits else 0,
            width=width,
            height=height,
            why=take.remark or (f"The take is {take.record.status.replace('_', ' ')}." if fits is None else None),
        )


def _lines(plan: ReportPlan) -> Iterator[str]:
    there = [take for take in plan.takes if take.fate != "none"]
    yield f"report {plan.title!r}: {counted(len(plan.takes), 'take')}, {counted(len(there), 'film')}"
    yield f"as they are: {size(plan.whole_bytes)} with the pictures; {size(plan.max_bytes)} are allowed"
    yield f"in the page: {'at most ' if plan.smaller else ''}{size(plan.page_bytes)}"
    if plan.smaller:
        shapes = Counter(f"{take.width}x{take.height}" for take in plan.smaller)
        told = ", ".join(f"{count} × {shape}" for shape, count in shapes.most_common())
        yield f"made smaller: {counted(len(plan.smaller), 'film')} ({told})"
    if plan.left_out:
        numbers = ", ".join(str(take.number) for take in plan.left_out)
        yield f"left out: {counted(len(plan.left_out), 'film')}, of which the page keeps the pictures: {numbers}"
    if without := len(plan.takes) - len(there):
        states = Counter(take.status.replace("_", " ") for take in plan.takes if take.fate == "none")
        yield f"without a film: {without} ({', '.join(f'{count} {state}' for state, count in states.items())})"


def _cells(take: PlannedFilm) -> list[Child]:
    film = take.fate if take.fate != "smaller" else f"smaller, {take.width}x{take.height}"
    return [
        take.number,
        take.label,
        film if take.fate != "none" else take.why,
        _size(take.film_bytes),
        _size(take.page_bytes),
    ]


def _size(count: int) -> str:
    return size(count) if count else ""
