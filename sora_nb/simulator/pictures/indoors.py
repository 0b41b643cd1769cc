"""Rooms. Where there is a counter or a table, the figures stand or sit behind it."""

from __future__ import annotations

from math import cos, pi, sin

from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import box, oval, ribbon, smooth
from sora_nb.simulator.pictures.furniture import (
    CREAM,
    WOOD,
    counter,
    cup,
    frame,
    pendant,
    plant,
    pot,
    shelf,
    wall,
    window,
)
from sora_nb.simulator.pictures.palette import Colour, dim, lit, mix
from sora_nb.simulator.pictures.stage import HEIGHT, Backdrop, Stage

_LAMPLIGHT: dict[str, Colour] = {"day": (255, 248, 236), "sunset": (255, 228, 204), "night": (255, 222, 184)}
_BEHIND_COUNTER = 800


def _room(
    stage: Stage,
    board: Canvas,
    front: Canvas,
    ground: float,
    scale: float,
    motes: str | None = None,
    seat: float | None = None,
) -> Backdrop:
    if stage.scene.time != "day":
        evening = (255, 150, 96) if stage.scene.time == "sunset" else (30, 26, 84)
        board.fill(box(-20, -20, stage.span + 20, HEIGHT + 20), evening, 0.13 if stage.scene.time == "sunset" else 0.42)
        for x, y in stage.lamps:
            board.glow(x, y + 40, 330, (255, 206, 128), 0.5)
            board.glow(x, y, 60, (255, 246, 214), 0.9)
    tint = _LAMPLIGHT[stage.scene.time]
    return Backdrop((stage.layer(board, 0.6),), (stage.layer(front, 1.25),), ground, scale, tint, False, seat, motes)


def cafe(stage: Stage) -> Backdrop:
    """Warm lamps, a window, cups on shelves; one sits behind a round table."""
    board = stage.board()
    middle = stage.span / 2
    wall(board, stage, (226, 188, 152), 590, (150, 104, 82))
    board.fill(box(-20, 400, stage.span + 20, 574), Gradient((88, 128, 122), (72, 110, 108)))
    for i in range(round(stage.span / 92) + 1):
        board.stroke([(i * 92, 406), (i * 92, 572)], 3, (62, 96, 96), 0.7)
    board.fill(box(-20, 394, stage.span + 20, 408), (238, 218, 188))
    window(board, stage, middle - 520, 90, middle - 230, 366, panes=3)
    for y, what in ((180, "cups"), (276, "jars"), (372, "cups")):
        shelf(board, stage, middle + 210, middle + 560, y, what)
    board.fill(box(middle - 150, 110, middle + 150, 320, 8), dim(WOOD, 0.2))
    board.fill(box(middle - 139, 121, middle + 139, 309, 4), (62, 68, 72))
    for row, wide in enumerate((120, 84, 150, 104, 132)):
        left = middle - 112
        y = 152 + row * 32
        board.stroke(
            [(left, y), (left + wide * 0.5, y + 2 * sin(row)), (left + wide, y)], 5, (240, 234, 220), 0.7 - 0.06 * row
        )
        board.stroke([(middle + 84, y), (middle + 112, y)], 5, (246, 196, 120), 0.75)
    for dx, y, colour in (
        (-380, 86, (206, 96, 80)),
        (-130, 66, (74, 134, 132)),
        (130, 66, (224, 162, 76)),
        (380, 86, (206, 96, 80)),
    ):
        pendant(board, stage, middle + dx, y, colour)
    plant(board, middle - 590, 600, 1.5)
    plant(board, middle + 606, 604, 1.3, (96, 124, 128))
    front = stage.board()
    top: Colour = (196, 138, 98)
    front.fill(oval(middle, 690, 420, 60), (40, 24, 40), 0.22, blur=16)
    front.fill(box(middle - 130, 650, middle + 130, 740), Gradient(dim(top, 0.5), dim(top, 0.35), sideways=True))
    front.fill(oval(middle, 642, 450, 66), dim(top, 0.4))
    front.fill(oval(middle, 630, 450, 64), Gradient(lit(top, 0.28), dim(top, 0.06)))
    front.fill(oval(middle - 90, 610, 250, 18), lit(top, 0.6), 0.4, blur=10)
    cup(front, middle + 190, 640, (236, 226, 212), 1.0)
    front.fill(oval(middle - 215, 640, 82, 17), Gradient((252, 248, 240), (222, 212, 204)))
    for turn in (-1, 0, 1):
        front.fill(
            ribbon(
                [
                    (middle - 245 + turn * 8, 632 - turn * 3),
                    (middle - 214, 606 + abs(turn) * 6),
                    (middle - 182 + turn * 8, 632),
                ],
                (14, 34, 14),
            ),
            Gradient((240, 186, 108), (206, 136, 72)),
            0.95,
        )
    return _room(stage, board, front, _BEHIND_COUNTER, 1.34, "steam", 692)


def kitchen(stage: Stage) -> Backdrop:
    """Tiles, cupboards, herbs; a pot is on the stove before the cook."""
    board = stage.board()
    middle = stage.span / 2
    wall(board, stage, (238, 226, 206), 620, (196, 160, 126))
    tile: Colour = (196, 222, 216)
    board.fill(box(-20, 270, stage.span + 20, 520), Gradient(tile, lit(tile, 0.3)))
    for row in range(7):
        board.stroke([(-10, 270 + row * 42), (stage.span + 10, 270 + row * 42)], 2, (248, 250, 246))
        for column in range(round(stage.span / 74) + 1):
            x = column * 74 + (37 if row % 2 else 0)
            board.stroke([(x, 270 + row * 42), (x, 312 + row * 42)], 2, (248, 250, 246))
    window(board, stage, middle - 130, 70, middle + 150, 300)
    plant(board, middle - 92, 302, 0.42)
    plant(board, middle + 108, 302, 0.4, (112, 150, 160))
    cupboard: Colour = (108, 154, 150)
    for left in (middle - 560, middle - 372, middle + 384):
        board.fill(box(left + 4, 60, left + 184, 262, 6), (50, 60, 70), 0.22, blur=7)
        board.fill(box(left, 40, left + 178, 250, 6), Gradient(lit(cupboard, 0.12), dim(cupboard, 0.08)))
        board.fill(box(left + 14, 54, left + 164, 236, 5), Gradient(lit(cupboard, 0.22), cupboard))
        board.fill(box(left + 146, 186, left + 154, 224, 4), (240, 214, 160))
    board.fill(
        [(middle + 230, 30), (middle + 330, 30), (middle + 372, 214), (middle + 188, 214)],
        Gradient((222, 226, 230), (176, 184, 194)),
    )
    board.fill(box(middle + 180, 210, middle + 380, 232, 4), (206, 210, 216))
    shelf(board, stage, middle - 540, middle - 220, 372, "jars")
    for index, dx in enumerate((206, 256, 306, 356)):
        board.stroke([(middle + dx, 330), (middle + dx, 384)], 5, dim(WOOD, 0.2))
        board.fill(oval(middle + dx, 402, 15 + 3 * (index % 2), 22), Gradient((206, 210, 218), (150, 158, 170)))
    board.stroke([(middle + 180, 332), (middle + 384, 332)], 6, (120, 116, 124))
    board.fill(box(-20, 514, stage.span + 20, 740), Gradient(dim(CREAM, 0.12), dim(CREAM, 0.3)))
    board.fill(box(-20, 508, stage.span + 20, 526), Gradient(lit(WOOD, 0.3), WOOD))
    pendant(board, stage, middle - 250, 96, (232, 160, 84), 0.9)
    front = stage.board()
    counter(front, stage, 604, (214, 172, 130), (94, 136, 138))
    front.fill(oval(middle + 116, 608, 104, 11), (58, 56, 66))
    pot(front, middle + 116, 604, (214, 84, 72))
    board_at = middle - 230
    front.fill(box(board_at - 96, 592, board_at + 92, 612, 8), Gradient(lit(WOOD, 0.35), dim(WOOD, 0.05)))
    for dx, r, colour in ((-56, 24, (220, 76, 66)), (-12, 20, (220, 84, 70)), (58, 18, (240, 178, 72))):
        fruit = front.fill(
            oval(board_at + dx, 592 - r * 0.8, r, r * 0.92), Gradient(lit(colour, 0.25), dim(colour, 0.15))
        )
        front.fill(oval(board_at + dx - 7, 582 - r, 6, 4), (255, 255, 255), 0.5, within=fruit)
        front.fill(ribbon([(board_at + dx, 594 - 1.7 * r), (board_at + dx + 7, 586 - 1.8 * r)], (5, 3)), (90, 140, 84))
    for reach in (-34, -14, 8, 30):
        front.fill(
            ribbon(
                [
                    (middle + 318, 604),
                    (middle + 318 + reach * 0.7, 560),
                    (middle + 318 + reach, 530 + abs(reach) * 0.4),
                ],
                (5, 20, 3),
            ),
            mix((96, 160, 104), (70, 134, 96), (reach % 3) / 3),
        )
    front.fill(box(middle + 286, 566, middle + 350, 604, 8), Gradient((250, 240, 224), (218, 202, 186)))
    return _room(stage, board, front, _BEHIND_COUNTER, 1.34, "steam", 730)


def office(stage: Stage) -> Backdrop:
    """A high window over the city, shelves and a desk."""
    board = stage.board()
    middle = stage.span / 2
    wall(board, stage, (206, 214, 220), 600, (168, 150, 142))
    window(board, stage, middle - 420, 70, middle + 130, 400, panes=4, trees=False)
    for i in range(11):
        high = 60 + 110 * abs(sin(i * 1.9))
        left = middle - 414 + i * 49.4
        tower = stage.tone((126, 146, 176), 0.45 + 0.1 * (i % 3))
        board.fill(box(left, 400 - high, left + 42, 399, 2), Gradient(tower, lit(tower, 0.2)), 0.9)
    for i in range(1, 4):
        x = middle - 420 + 550 * i / 4
        board.fill(box(x - 4, 70, x + 4, 400), lit(CREAM, 0.2))
    for y, what in ((170, "books"), (262, "books"), (354, "jars")):
        shelf(board, stage, middle + 220, middle + 540, y, what)
    frame(board, stage, middle - 566, 140, 104, 130)
    plant(board, middle - 520, 610, 1.7, (236, 232, 226))
    plant(board, middle + 590, 606, 1.2)
    pendant(board, stage, middle - 40, 60, (92, 112, 150))
    pendant(board, stage, middle + 380, 60, (92, 112, 150))
    front = stage.board()
    counter(front, stage, 622, (226, 196, 160), (124, 136, 156))
    x = middle - 210
    front.fill([(x - 92, 520), (x + 66, 520), (x + 84, 622), (x - 74, 622)], Gradient((206, 210, 218), (164, 170, 182)))
    front.fill(oval(x - 4, 572, 11), (240, 242, 246))
    front.fill(box(x - 84, 616, x + 120, 626, 4), (150, 156, 168))
    cup(front, middle + 214, 626, (214, 116, 92), 0.9)
    for index, colour in enumerate(((206, 92, 84), (236, 224, 200), (84, 142, 148))):
        front.fill(
            box(middle + 300, 606 - 15 * index, middle + 420 - 9 * index, 621 - 15 * index, 3),
            Gradient(lit(colour, 0.15), dim(colour, 0.12)),
        )
    return _room(stage, board, front, _BEHIND_COUNTER, 1.34, seat=722)


def home(stage: Stage) -> Backdrop:
    """A living room: sofa, lamp, books, a rug to stand on."""
    board = stage.board()
    middle = stage.span / 2
    wall(board, stage, (222, 204, 206), 560, (186, 142, 110))
    window(board, stage, middle - 150, 80, middle + 150, 360)
    for side in (-1, 1):
        drape = smooth(
            [
                (middle + side * 150, 50),
                (middle + side * 226, 50),
                (middle + side * 222, 300),
                (middle + side * 238, 470),
                (middle + side * 176, 470),
                (middle + side * 182, 280),
            ],
            steps=6,
        )
        cloth = board.fill(drape, Gradient((214, 130, 118), (182, 96, 98)))
        for dx in (176, 200, 220):
            board.stroke(
                [(middle + side * dx, 54), (middle + side * (dx + 2), 466)],
                5,
                (150, 72, 84),
                0.35,
                blur=2,
                within=cloth,
            )
    board.stroke([(middle - 256, 50), (middle + 256, 50)], 9, dim(WOOD, 0.2))
    for y in (190, 284):
        shelf(board, stage, middle + 290, middle + 570, y, "books")
    frame(board, stage, middle - 530, 110, 120, 150)
    frame(board, stage, middle - 390, 150, 90, 100)
    sofa: Colour = (92, 132, 142)
    x = middle - 400
    board.fill(oval(x, 596, 220, 16), (60, 40, 50), 0.3, blur=8)
    board.fill(box(x - 190, 396, x + 190, 560, 40), Gradient(lit(sofa, 0.12), dim(sofa, 0.12)))
    for left in (-180, 2):
        board.fill(box(x + left, 476, x + left + 178, 546, 22), Gradient(lit(sofa, 0.25), sofa))
    board.fill(box(x - 196, 536, x + 196, 588, 18), Gradient(sofa, dim(sofa, 0.25)))
    for side in (-1, 1):
        board.fill(
            box(x + side * 196 - 32, 450, x + side * 196 + 32, 590, 28), Gradient(lit(sofa, 0.2), dim(sofa, 0.15))
        )
    board.fill(box(x - 150, 440, x - 78, 512, 16), Gradient((240, 186, 100), (216, 152, 72)))
    lamp_at = middle + 380
    board.stroke([(lamp_at, 330), (lamp_at, 580)], 6, (96, 84, 86))
    board.fill(oval(lamp_at, 584, 46, 9), (96, 84, 86))
    board.glow(lamp_at, 350, 240, (255, 216, 150), 0.55)
    stage.lamps.append((lamp_at, 366))
    board.fill(
        [(lamp_at - 40, 320), (lamp_at + 40, 320), (lamp_at + 62, 400), (lamp_at - 62, 400)],
        Gradient((255, 240, 206), (250, 214, 156)),
    )
    plant(board, middle + 560, 596, 1.5)
    board.fill(oval(middle, 664, 400, 52), (188, 108, 104))
    board.fill(oval(middle, 664, 372, 45), (240, 222, 200))
    board.fill(oval(middle, 664, 344, 38), (206, 128, 116))
    front = stage.board()
    plant(front, middle + 590, 780, 1.7, (120, 96, 106))
    return _room(stage, board, front, 672, 1.14, "dust")


_BACKDROPS: tuple[tuple[Colour, Colour], ...] = (
    ((250, 214, 190), (236, 150, 132)),
    ((206, 230, 222), (122, 180, 176)),
    ((222, 214, 242), (158, 144, 206)),
    ((252, 230, 178), (240, 182, 102)),
    ((206, 224, 244), (128, 164, 212)),
)


def studio(stage: Stage) -> Backdrop:
    """A seamless paper backdrop with big discs, all of a colour."""
    board = stage.board()
    middle = stage.span / 2
    pale, strong = _BACKDROPS[int(stage.dice.integers(len(_BACKDROPS)))]
    if stage.night:
        pale, strong = mix(pale, (52, 54, 104), 0.72), mix(strong, (34, 34, 78), 0.72)
    board.fill(box(-20, -20, stage.span + 20, 740), Gradient(mix(pale, strong, 0.35), pale))
    board.glow(middle, 330, 620, lit(pale, 0.8), 0.9)
    for at in (-1, 0, 1):
        board.fill(oval(middle + at * 560, 330, 252), mix(pale, strong, 0.55), 0.85)
        board.fill(oval(middle + at * 560, 330, 252), Gradient(mix(pale, strong, 0.2), strong), 0.55)
    for i in range(9):
        angle = 2 * pi * i / 9 + 0.5
        reach = 350 + 70 * sin(i * 2.4)
        x, y, r = middle + reach * 1.25 * cos(angle), 320 + reach * 0.72 * sin(angle), 8 + 7 * abs(sin(i * 1.7))
        if y < 560:
            board.fill(oval(x, y, r), (mix(strong, (255, 255, 255), 0.5), strong)[i % 2], 0.8)
    board.fill(box(-20, 590, stage.span + 20, 740), Gradient(mix(pale, strong, 0.4), mix(pale, strong, 0.15)))
    board.fill(box(-20, 570, stage.span + 20, 610), mix(pale, strong, 0.2), 0.8, blur=14)
    board.fill(oval(middle, 742, 900, 130), mix(strong, pale, 0.35))
    board.fill(oval(middle, 730, 900, 130), Gradient(lit(pale, 0.5), mix(pale, strong, 0.3)))
    front = stage.board()
    return _room(stage, board, front, 662, 1.14)
