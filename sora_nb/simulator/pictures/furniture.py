"""What stands in rooms, to be set anywhere on a board."""

from __future__ import annotations

from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import arc, box, oval, ribbon, smooth
from sora_nb.simulator.pictures.palette import Colour, dim, lit, mix
from sora_nb.simulator.pictures.stage import Stage

CREAM: Colour = (250, 242, 228)
WOOD: Colour = (184, 128, 90)
_GREEN: Colour = (92, 152, 110)
_BOOKS: tuple[Colour, ...] = (
    (206, 92, 84),
    (236, 184, 98),
    (84, 142, 148),
    (98, 112, 168),
    (240, 224, 196),
    (170, 118, 150),
)


def wall(board: Canvas, stage: Stage, colour: Colour, floor: float, floor_colour: Colour) -> None:
    """A lit wall, a skirting board and a floor of boards from *floor* down."""
    board.fill(box(-20, -20, stage.span + 20, floor), Gradient(dim(colour, 0.1), lit(colour, 0.16)))
    board.fill(box(-20, floor, stage.span + 20, 740), Gradient(dim(floor_colour, 0.22), lit(floor_colour, 0.06)))
    board.fill(box(-20, floor - 16, stage.span + 20, floor), lit(colour, 0.5))
    board.fill(box(-20, floor, stage.span + 20, floor + 10), dim(floor_colour, 0.6), 0.35, blur=5)
    middle = stage.span / 2
    for step in range(-14, 15):
        x = middle + step * 70
        board.stroke([(x, floor + 2), (middle + step * 130, 740)], 1.8, dim(floor_colour, 0.45), 0.45)


def window(
    board: Canvas,
    stage: Stage,
    left: float,
    top: float,
    right: float,
    bottom: float,
    *,
    panes: int = 2,
    trees: bool = True,
) -> None:
    """A window with the hour's sky in it."""
    light = stage.light
    board.glow((left + right) / 2, (top + bottom) / 2, (right - left) * 1.1, light.horizon, 0.3)
    board.fill(box(left - 12, top - 12, right + 12, bottom + 12, 6), lit(CREAM, 0.2))
    pane = board.fill(box(left, top, right, bottom, 3), Gradient(light.zenith, light.horizon))
    if trees:
        for i in range(7):
            x = left + (right - left) * (i + 0.3) / 6.6
            leaf = mix((122, 172, 132), light.haze, 0.45 + 0.1 * (i % 3))
            leaf = stage.tone(leaf) if stage.scene.time != "day" else leaf
            board.fill(oval(x, bottom - 6, (right - left) / 8, 46 + 16 * (i % 3)), leaf, blur=3, within=pane)
    if stage.night:
        for i in range(14):
            board.glow(
                left + (right - left) * ((i * 0.618) % 1), bottom - 20 - 90 * ((i * 0.37) % 1), 18, (255, 206, 128), 0.8
            )
    board.fill(
        [(left + 30, top - 10), (left + 90, top - 10), (left - 10, bottom), (left - 70, bottom)],
        (255, 255, 255),
        0.2,
        within=pane,
    )
    for i in range(1, panes):
        x = left + (right - left) * i / panes
        board.fill(box(x - 4, top, x + 4, bottom), lit(CREAM, 0.2))
    board.fill(box(left - 20, bottom + 8, right + 20, bottom + 22, 4), Gradient(lit(CREAM, 0.3), dim(CREAM, 0.12)))


def pendant(board: Canvas, stage: Stage, x: float, y: float, colour: Colour, size: float = 1) -> None:
    """A hanging lamp with its light."""
    stage.lamps.append((x, y + 6 * size))
    board.stroke([(x, -10), (x, y - 36 * size)], 3, (74, 62, 62))
    board.glow(x, y + 12 * size, 210 * size, (255, 222, 150), 0.5)
    board.fill(oval(x, y + 6 * size, 15 * size), (255, 246, 214))
    board.fill(
        smooth(
            [
                (x - 48 * size, y + 6 * size),
                (x - 34 * size, y - 26 * size),
                (x, y - 42 * size),
                (x + 34 * size, y - 26 * size),
                (x + 48 * size, y + 6 * size),
                (x, y + 2 * size),
            ],
            steps=6,
        ),
        Gradient(lit(colour, 0.25), dim(colour, 0.12)),
    )


def plant(board: Canvas, x: float, y: float, size: float, pot: Colour = (214, 128, 96)) -> None:
    """Broad leaves in a pot that stands at (x, y)."""
    for reach, high, far in (
        (-62, 96, True),
        (60, 104, True),
        (-24, 148, True),
        (34, 150, False),
        (-78, 52, False),
        (78, 56, False),
        (-44, 122, False),
        (6, 128, False),
    ):
        tone = dim(_GREEN, 0.25) if far else _GREEN
        tip = (x + reach * size, y - (46 + high) * size)
        middle = (x + reach * 0.6 * size, y - (46 + high * 0.75) * size)
        leaf = board.fill(
            ribbon([(x, y - 44 * size), middle, tip], (6 * size, 32 * size, 3)),
            Gradient(lit(tone, 0.2), dim(tone, 0.15)),
        )
        board.stroke([(x, y - 44 * size), middle, tip], 2 * size, lit(tone, 0.5), 0.6, within=leaf)
    board.fill(
        [(x - 32 * size, y - 56 * size), (x + 32 * size, y - 56 * size), (x + 24 * size, y), (x - 24 * size, y)],
        Gradient(lit(pot, 0.12), dim(pot, 0.2)),
    )
    board.fill(box(x - 36 * size, y - 62 * size, x + 36 * size, y - 46 * size, 4), lit(pot, 0.2))


def shelf(board: Canvas, stage: Stage, left: float, right: float, y: float, what: str) -> None:
    """A board on the wall with `books`, `cups` or `jars`."""
    x = left + 16
    count = 0
    while x < right - 24:
        pick, count = _BOOKS[int(stage.dice.integers(6))], count + 1
        if what == "books" and count % 7:
            wide, high = stage.between(11, 19), stage.between(42, 62)
            board.fill(box(x, y - high, x + wide, y, 2), Gradient(lit(pick, 0.15), dim(pick, 0.15), sideways=True))
            board.fill(box(x + 2, y - high + 9, x + wide - 2, y - high + 13), lit(pick, 0.6), 0.8)
            x += wide + 1.5
        elif what == "cups" and count % 4:
            board.fill(oval(x + 27, y - 13, 8), dim(pick, 0.1))
            board.fill(box(x, y - 27, x + 27, y, 8), Gradient(lit(pick, 0.4), lit(pick, 0.05)))
            x += 46
        elif what == "jars" and count % 5:
            board.fill(box(x, y - 44, x + 30, y, 7), Gradient((226, 238, 240), (200, 218, 224)))
            board.fill(box(x + 2, y - stage.between(16, 34), x + 28, y - 2, 5), lit(pick, 0.2))
            board.fill(box(x - 1, y - 50, x + 31, y - 42, 3), WOOD)
            x += 42
        else:
            plant(board, x + 20, y, 0.36, (236, 226, 210))
            x += 54
    board.fill(box(left, y, right, y + 11, 3), Gradient(lit(WOOD, 0.15), dim(WOOD, 0.2)))
    board.fill(box(left + 4, y + 11, right - 4, y + 20), (60, 40, 50), 0.18, blur=4)


def frame(board: Canvas, stage: Stage, x: float, y: float, wide: float, high: float) -> None:
    """A small landscape in a frame."""
    board.fill(box(x + 5, y + 7, x + wide + 5, y + high + 7, 3), (60, 40, 60), 0.2, blur=5)
    board.fill(box(x, y, x + wide, y + high, 3), dim(WOOD, 0.1))
    board.fill(box(x + 7, y + 7, x + wide - 7, y + high - 7), CREAM)
    picture = board.fill(box(x + 16, y + 16, x + wide - 16, y + high - 16), Gradient((250, 200, 160), (252, 230, 196)))
    board.fill(oval(x + wide * 0.62, y + high * 0.45, wide * 0.13), (240, 128, 104), within=picture)
    board.fill(oval(x + wide * 0.3, y + high, wide * 0.46, high * 0.36), (96, 148, 148), within=picture)
    board.fill(oval(x + wide * 0.8, y + high, wide * 0.4, high * 0.27), (62, 112, 128), within=picture)


def counter(board: Canvas, stage: Stage, y: float, top: Colour, body: Colour) -> None:
    """A worktop across the whole picture, before the figures."""
    board.fill(box(-20, y + 20, stage.span + 20, 740), Gradient(dim(body, 0.08), dim(body, 0.3)))
    for i in range(round(stage.span / 190) + 1):
        left = i * 190 - 60
        board.fill(box(left + 8, y + 44, left + 182, 760, 8), Gradient(lit(body, 0.12), dim(body, 0.12)))
        board.fill(box(left + 78, y + 58, left + 112, y + 66, 4), lit(WOOD, 0.3))
    board.fill(box(-20, y + 22, stage.span + 20, y + 40), (40, 30, 50), 0.25, blur=6)
    board.fill(box(-20, y, stage.span + 20, y + 26, 4), Gradient(lit(top, 0.2), dim(top, 0.1)))
    board.fill(box(-20, y, stage.span + 20, y + 5), lit(top, 0.6), 0.8)


def cup(board: Canvas, x: float, y: float, colour: Colour, size: float = 1) -> None:
    """A cup on a saucer that stands at (x, y)."""
    board.fill(oval(x, y - 2 * size, 50 * size, 9 * size), Gradient(lit(colour, 0.5), lit(colour, 0.2)))
    board.stroke(arc(x + 30 * size, y - 28 * size, 15 * size, 14 * size, -1.5, 1.5), 7 * size, colour)
    board.fill(
        smooth(
            [
                (x - 33 * size, y - 50 * size),
                (x + 33 * size, y - 50 * size),
                (x + 27 * size, y - 16 * size),
                (x, y - 5 * size),
                (x - 27 * size, y - 16 * size),
            ],
            steps=6,
        ),
        Gradient(lit(colour, 0.3), dim(colour, 0.1)),
    )
    board.fill(oval(x, y - 51 * size, 33 * size, 8 * size), lit(colour, 0.6))
    board.fill(oval(x, y - 50 * size, 28 * size, 5.5 * size), (140, 92, 66))


def pot(board: Canvas, x: float, y: float, colour: Colour) -> None:
    """A cooking pot that stands at (x, y)."""
    for side in (-1, 1):
        board.stroke([(x + side * 66, y - 54), (x + side * 90, y - 58), (x + side * 66, y - 42)], 10, dim(colour, 0.4))
    body = board.fill(
        smooth(
            [(x - 70, y - 82), (x + 70, y - 82), (x + 68, y - 14), (x + 48, y), (x - 48, y), (x - 68, y - 14)], steps=6
        ),
        Gradient(lit(colour, 0.15), dim(colour, 0.25)),
    )
    board.fill(box(x - 56, y - 74, x - 40, y - 14, 8), (255, 255, 255), 0.3, blur=5, within=body)
    board.fill(box(x - 76, y - 90, x + 76, y - 78, 6), Gradient(lit(colour, 0.45), colour))
