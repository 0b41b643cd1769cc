"""A sheet of the takes' pictures with who, how and how much: one long PNG, or a PDF of pages to print."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from sora_nb.errors import ConfigError
from sora_nb.models import SIZE
from sora_nb.report.cells import money
from sora_nb.report.gather import Contents, headline
from sora_nb.report.lettering import Lettering
from sora_nb.report.media import Seen

DPI = 200
PAGE = (2339, 1654)
"""A4, lying, in pixels."""

MOST_IN_PNG = 200
"""A picture of more takes is too long for many programs."""

_MARGIN, _GAP = 110, 40
_INK, _SOFT, _LINE, _SUNKEN, _STAGE = "#17191d", "#5b606a", "#dededa", "#f1f1ef", "#0d0e11"
_TONES = {"completed": "#16693f", "unknown": "#855300", "queued": _SOFT, "in_progress": _SOFT, "cancelled": _SOFT}
_BAD = "#b3261a"
_TITLE, _LEAD, _SMALL = 56, 32, 26
_CAPTION = 128
"""Pixels below a picture, for its words."""
_FOOT = 60


@dataclass(frozen=True, slots=True)
class Grid:
    """How pictures lie on a page."""

    columns: int
    width: int
    height: int

    def rows_in(self, space: int) -> int:
        """How many rows fit into so many pixels, one at least."""
        return max(1, (space + _GAP) // (self.height + _CAPTION + _GAP))


def draw(contents: Contents, suffix: str) -> bytes:
    """The sheet as `.png` or `.pdf`. The same contents give the same bytes on the same machine.

    Raises `ConfigError` where there are too many takes for one picture.
    """
    count = len(contents.takes)
    if suffix == ".png" and count > MOST_IN_PNG:
        raise ConfigError(
            f"{count} takes are too many for one picture; {MOST_IN_PNG} fit. Name a .pdf, which has pages."
        )
    letters = Lettering()
    grid = _grid(contents.takes)
    head = _head_height(contents, letters)
    pages = _one(contents, grid, head, letters) if suffix == ".png" else _pages(contents, grid, head, letters)
    file = BytesIO()
    if suffix == ".png":
        pages[0].save(file, "PNG", dpi=(DPI, DPI))
    else:
        # A time of making would make the same sheet another file.
        told = {"title": contents.title, "creationDate": None, "modDate": None}
        pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=88, **told)
    return file.getvalue()


def _one(contents: Contents, grid: Grid, head: int, letters: Lettering) -> list[Image.Image]:
    rows = math.ceil(len(contents.takes) / grid.columns) or 1
    height = _MARGIN + head + rows * (grid.height + _CAPTION + _GAP) - _GAP + _FOOT + _MARGIN
    page = Image.new("RGB", (PAGE[0], height), "white")
    _head(page, contents, letters)
    _takes(page, contents, contents.takes, grid, _MARGIN + head, letters)
    _foot(page, "", letters)
    return [page]


def _pages(contents: Contents, grid: Grid, head: int, letters: Lettering) -> list[Image.Image]:
    space = PAGE[1] - 2 * _MARGIN - _FOOT
    first, other = (grid.columns * grid.rows_in(room) for room in (space - head, space))
    takes = contents.takes
    parts = [takes[:first], *(takes[at : at + other] for at in range(first, len(takes), other))]
    pages: list[Image.Image] = []
    for part in parts:
        page = Image.new("RGB", PAGE, "white")
        if not pages:
            _head(page, contents, letters)
        _takes(page, contents, part, grid, _MARGIN + (0 if pages else head), letters)
        pages.append(page)
    # The foot of every page explains all boxes, so it comes when all is set.
    for number, page in enumerate(pages, start=1):
        _foot(page, f"{number} of {len(pages)}", letters)
    return pages


def _grid(takes: Sequence[Seen]) -> Grid:
    """One frame for all, in the shape that most have."""
    ((wide, high), _) = next(iter(Counter(map(_shape, takes)).most_common(1)), ((16, 9), 0))
    columns = 4 if wide >= high else 7
    width = (PAGE[0] - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    return Grid(columns, width, min(round(width * high / wide), PAGE[1] // 2))


def _shape(take: Seen) -> tuple[int, int]:
    record = take.record
    if record.width and record.height:
        return record.width, record.height
    match = SIZE.fullmatch(record.request.size)
    return (int(match[1]), int(match[2])) if match else (16, 9)


def _head_lines(contents: Contents, letters: Lettering) -> list[tuple[str, int, str]]:
    """The words over the takes, each line with its size and ink."""
    width = PAGE[0] - 2 * _MARGIN
    told = [(contents.title, _TITLE, _INK, 2)]
    if contents.question:
        told.append((contents.question, _LEAD, _INK, 2))
    told += [(words, _SMALL, _SOFT, 2) for words in headline(contents)]
    return [(line, size, ink) for words, size, ink, most in told for line in letters.lines(words, size, width, most)]


def _head_height(contents: Contents, letters: Lettering) -> int:
    return sum(_leading(size) for _, size, _ in _head_lines(contents, letters)) + _GAP


def _head(page: Image.Image, contents: Contents, letters: Lettering) -> None:
    pen, y = ImageDraw.Draw(page), _MARGIN
    for line, size, ink in _head_lines(contents, letters):
        y += _leading(size)
        letters.write(pen, (_MARGIN, y - size * 0.35), line, size, ink)


def _leading(size: int) -> int:
    return round(size * 1.4)


def _takes(
    page: Image.Image, contents: Contents, takes: Sequence[Seen], grid: Grid, top: int, letters: Lettering
) -> None:
    pen = ImageDraw.Draw(page)
    if not takes:
        letters.write(pen, (_MARGIN, top + _LEAD), "No take was made yet.", _LEAD, _SOFT)
    labels = contents.labels
    for place, take in enumerate(takes):
        row, column = divmod(place, grid.columns)
        left = _MARGIN + column * (grid.width + _GAP)
        upper = top + row * (grid.height + _CAPTION + _GAP)
        _picture(page, pen, take, (left, upper), grid, letters)
        _caption(pen, take, labels[take.number - 1], (left, upper + grid.height), grid.width, letters)


def _picture(
    page: Image.Image, pen: ImageDraw.ImageDraw, take: Seen, at: tuple[int, int], grid: Grid, letters: Lettering
) -> None:
    left, upper = at
    frame = (left, upper, left + grid.width - 1, upper + grid.height - 1)
    if take.picture:
        pen.rectangle(frame, fill=_STAGE)
        with Image.open(BytesIO(take.picture.content)) as shown:
            scaled = ImageOps.contain(shown.convert("RGB"), (grid.width, grid.height), Image.Resampling.LANCZOS)
        page.paste(scaled, (left + (grid.width - scaled.width) // 2, upper + (grid.height - scaled.height) // 2))
        return
    pen.rectangle(frame, fill=_SUNKEN, outline=_LINE)
    state = take.record.status.replace("_", " ")
    words = take.record.error or take.remark or f"No film: this take is {state}."
    y = upper + 24
    if take.record.error_code:
        y += _leading(_SMALL)
        letters.write(pen, (left + 24, y - 8), take.record.error_code, _SMALL, _tone(take))
    most = max(1, (upper + grid.height - 16 - y) // _leading(_SMALL))
    for line in letters.lines(words, _SMALL, grid.width - 48, most):
        y += _leading(_SMALL)
        letters.write(pen, (left + 24, y - 8), line, _SMALL, _INK)


def _caption(
    pen: ImageDraw.ImageDraw, take: Seen, label: str, at: tuple[int, int], width: int, letters: Lettering
) -> None:
    left, y = at[0], at[1] + 40
    record = take.record
    x = letters.write(pen, (left, y), f"{take.number}  ", _SMALL, _INK)
    state = record.status.replace("_", " ") + (", simulated" if record.simulated else "")
    x = letters.write(pen, (x, y), state, _SMALL, _tone(take))
    price = money(record.cost_usd) if record.cost_usd is not None else ""
    if price and x + letters.width(f"  {price}", _SMALL) <= left + width:
        letters.write(pen, (left + width - letters.width(price, _SMALL), y), price, _SMALL, _INK)
    for line in letters.lines(label, _SMALL, width, 2):
        y += _leading(_SMALL)
        letters.write(pen, (left, y), line, _SMALL, _SOFT)


def _foot(page: Image.Image, number: str, letters: Lettering) -> None:
    pen, y = ImageDraw.Draw(page), page.height - _MARGIN + 10
    right = page.width - _MARGIN - letters.width(number, _SMALL)
    letters.write(pen, (right, y), number, _SMALL, _SOFT)
    said = letters.explained()
    lines = letters.lines(said, _SMALL - 4, round(right - _MARGIN - _GAP), 2) if said else []
    for place, line in enumerate(reversed(lines)):
        letters.write(pen, (_MARGIN, y - place * _leading(_SMALL - 4)), line, _SMALL - 4, _INK)


def _tone(take: Seen) -> str:
    return _TONES.get(take.record.status, _BAD)
