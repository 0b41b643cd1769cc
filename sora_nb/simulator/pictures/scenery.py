"""What grows and stands outdoors, to be set anywhere on a board."""

from __future__ import annotations

from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import arc, box, oval, ribbon, smooth
from sora_nb.simulator.pictures.palette import Colour, dim, lit, mix
from sora_nb.simulator.pictures.stage import Stage

GREENS: tuple[Colour, ...] = ((104, 166, 96), (84, 150, 100), (132, 180, 92), (70, 136, 104))
SNOW: Colour = (244, 248, 252)


def tree(board: Canvas, stage: Stage, x: float, y: float, size: float, green: Colour, distance: float = 0) -> None:
    """A broad tree whose trunk stands at (x, y)."""
    trunk = stage.tone((128, 92, 76), distance)
    leaf = stage.tone(mix(green, SNOW, 0.65) if stage.snow else green, distance)
    board.fill(
        ribbon([(x, y), (x + 3 * size, y - 60 * size), (x, y - 130 * size)], (26 * size, 18 * size, 10 * size)),
        Gradient(trunk, dim(trunk, 0.2)),
    )
    for side in (-1, 1):
        board.stroke([(x, y - 84 * size), (x + side * 30 * size, y - 126 * size)], 8 * size, trunk)
    clumps = [(-48, -130, 46), (46, -136, 48), (-26, -180, 50), (30, -188, 48), (0, -146, 60), (2, -222, 38)]
    for dx, dy, r in clumps:
        board.fill(oval(x + dx * size, y + (dy + 8) * size, r * size), dim(leaf, 0.22))
    for dx, dy, r in clumps:
        puff = board.fill(oval(x + dx * size, y + dy * size, r * size), Gradient(lit(leaf, 0.2), leaf))
        board.fill(
            oval(x + (dx - 12) * size, y + (dy - 16) * size, r * 0.55 * size),
            lit(leaf, 0.5),
            0.35,
            blur=8 * size,
            within=puff,
        )
        board.fill(
            oval(x + (dx + 14) * size, y + (dy + 26) * size, r * 0.8 * size),
            dim(leaf, 0.4),
            0.3,
            blur=9 * size,
            within=puff,
        )


def pine(board: Canvas, stage: Stage, x: float, y: float, size: float, green: Colour, distance: float = 0) -> None:
    """A fir whose trunk stands at (x, y)."""
    leaf = stage.tone(mix(green, (40, 96, 100), 0.4), distance)
    board.fill(box(x - 7 * size, y - 40 * size, x + 7 * size, y), stage.tone((112, 82, 74), distance))
    for step in range(4):
        top, wide = y - (250 - 48 * step) * size, (34 + 17 * step) * size
        bottom = top + 92 * size
        tier = [
            (x, top),
            (x + wide * 0.5, bottom - 26 * size),
            (x + wide, bottom),
            (x, bottom + 9 * size),
            (x - wide, bottom),
            (x - wide * 0.5, bottom - 26 * size),
        ]
        shape = board.fill(tier, Gradient(lit(leaf, 0.16), dim(leaf, 0.22)))
        board.fill(
            [(x + 4 * size, top), (x + wide, bottom + 8), (x + 8 * size, bottom + 8)],
            dim(leaf, 0.35),
            0.4,
            within=shape,
        )
        if stage.snow:
            cap = [
                (x, top - 2),
                (x + wide * 0.42, bottom - 42 * size),
                (x + 8 * size, bottom - 52 * size),
                (x - 8 * size, bottom - 36 * size),
                (x - wide * 0.45, bottom - 40 * size),
            ]
            board.fill(smooth(cap, steps=5), stage.tone(SNOW, distance), 0.95)


def bush(board: Canvas, stage: Stage, x: float, y: float, size: float, green: Colour, distance: float = 0) -> None:
    leaf = stage.tone(mix(green, SNOW, 0.7) if stage.snow else green, distance)
    for dx, dy, r in ((-34, -16, 28), (32, -18, 30), (0, -28, 38)):
        puff = board.fill(oval(x + dx * size, y + dy * size, r * size), Gradient(lit(leaf, 0.22), dim(leaf, 0.12)))
        board.fill(
            oval(x + (dx - 8) * size, y + (dy - 10) * size, r * 0.5 * size),
            lit(leaf, 0.5),
            0.35,
            blur=5 * size,
            within=puff,
        )


def tuft(board: Canvas, x: float, y: float, size: float, colour: Colour, bend: float = 0) -> None:
    """A few blades of grass."""
    for dx, lean, high in ((-8, -9, 24), (-2, -2, 34), (4, 4, 30), (9, 11, 22)):
        path = [
            (x + dx * size, y),
            (x + (dx + lean * 0.4) * size, y - high * 0.6 * size),
            (x + (dx + lean + bend) * size, y - high * size),
        ]
        board.fill(ribbon(path, (6 * size, 4 * size, 1), steps=4), colour)


def flower(board: Canvas, x: float, y: float, size: float, petal: Colour, stem: Colour) -> None:
    board.stroke([(x, y), (x + 1, y - 22 * size)], 2.6 * size, stem)
    for dx, dy in ((-5, -22), (5, -22), (0, -27), (0, -17)):
        board.fill(oval(x + dx * size, y + dy * size, 4.6 * size), petal)
    board.fill(oval(x, y - 22 * size, 3.2 * size), (250, 206, 94))


def lamp(board: Canvas, stage: Stage, x: float, y: float, size: float = 1) -> None:
    """A street lamp; at night it is lit."""
    iron = stage.tone((66, 72, 86))
    if stage.scene.time != "day":
        board.glow(x, y - 278 * size, 190 * size, (255, 214, 140), 0.6)
    board.fill(
        box(x - 4.5 * size, y - 258 * size, x + 4.5 * size, y, 3), Gradient(lit(iron, 0.15), iron, sideways=True)
    )
    board.fill(box(x - 13 * size, y - 14 * size, x + 13 * size, y, 5), iron)
    board.fill(
        [
            (x - 14 * size, y - 300 * size),
            (x + 14 * size, y - 300 * size),
            (x + 9 * size, y - 258 * size),
            (x - 9 * size, y - 258 * size),
        ],
        (255, 240, 200) if stage.scene.time != "day" else (250, 246, 230),
    )
    board.fill(
        smooth([(x - 19 * size, y - 298 * size), (x, y - 318 * size), (x + 19 * size, y - 298 * size)], steps=5), iron
    )


def bench(board: Canvas, stage: Stage, x: float, y: float, size: float = 1) -> None:
    wood, iron = stage.tone((178, 124, 86)), stage.tone((74, 78, 92))
    for side in (-1, 1):
        board.stroke(
            [(x + side * 64 * size, y - 84 * size), (x + side * 62 * size, y - 36 * size), (x + side * 66 * size, y)],
            8 * size,
            iron,
        )
    for top in (-88, -70, -44):
        board.fill(
            box(x - 84 * size, y + top * size, x + 84 * size, y + (top + 13) * size, 4),
            Gradient(lit(wood, 0.2), dim(wood, 0.12)),
        )


def palm(board: Canvas, stage: Stage, x: float, y: float, size: float, lean: float) -> None:
    trunk, leaf = stage.tone((168, 126, 94)), stage.tone((80, 152, 104))
    top = (x + lean * 120 * size, y - 330 * size)
    path = [(x, y), (x + lean * 30 * size, y - 150 * size), top]
    stem = board.fill(ribbon(path, (30 * size, 20 * size, 15 * size)), Gradient(lit(trunk, 0.1), dim(trunk, 0.25)))
    for step in range(1, 14):
        t = step / 14
        px, py = x + lean * 120 * size * t**1.6, y - 330 * size * t
        board.stroke(
            [(px - 18 * size, py + 3), (px + 18 * size, py - 2)], 2.6 * size, dim(trunk, 0.4), 0.55, within=stem
        )
    for reach, drop, far in (
        (-150, 46, True),
        (150, 40, True),
        (-96, -42, False),
        (104, -46, False),
        (-132, 100, False),
        (126, 104, False),
        (16, -74, True),
    ):
        tone = dim(leaf, 0.28) if far else leaf
        end = (top[0] + reach * size, top[1] + drop * size)
        middle = (top[0] + reach * 0.5 * size, top[1] + (min(drop, 0) * 0.8 - 34) * size)
        frond = board.fill(
            ribbon([top, middle, end], (8 * size, 38 * size, 3)), Gradient(lit(tone, 0.15), dim(tone, 0.18))
        )
        board.stroke([top, middle, end], 3 * size, lit(tone, 0.4), 0.6, within=frond)
    for dx, dy in ((-9, 6), (9, 8), (0, 14)):
        board.fill(oval(top[0] + dx * size, top[1] + dy * size, 9 * size), stage.tone((132, 92, 66)))


def parasol(board: Canvas, stage: Stage, x: float, y: float, colour: Colour) -> None:
    cloth, cream = stage.tone(colour), stage.tone((252, 244, 230))
    board.stroke([(x, y), (x + 16, y - 176)], 6, stage.tone((232, 222, 206)))
    dome = board.fill([*arc(x + 16, y - 158, 112, 76, 3.14159, 6.28318)], Gradient(lit(cloth, 0.12), dim(cloth, 0.12)))
    for left, right in ((-70, -26), (22, 66)):
        board.fill([(x + 16, y - 238), (x + 16 + right, y - 150), (x + 16 + left, y - 150)], cream, within=dome)
    board.fill(oval(x + 90, y - 160, 50, 60), dim(cloth, 0.6), 0.25, blur=12, within=dome)
