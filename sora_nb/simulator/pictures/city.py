"""A street with shops. Its boards meet at the ends, as those of all places under the sky."""

from __future__ import annotations

from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import box, oval
from sora_nb.simulator.pictures.palette import Colour, dim, lit, mix
from sora_nb.simulator.pictures.scenery import GREENS, SNOW, bush, lamp
from sora_nb.simulator.pictures.stage import HEIGHT, Backdrop, Stage, air


def city(stage: Stage) -> Backdrop:
    """A street with shops, and towers far behind."""
    far = stage.board()
    for x in stage.scatter(16, 0.4):
        for at in stage.around(x, 110):
            high, wide = stage.between(150, 330), stage.between(64, 110)
            _tower(far, stage, at, 500, wide, high, 0.58)
    middle = stage.board()
    for x in stage.scatter(11, 0.35):
        for at in stage.around(x, 140):
            _tower(middle, stage, at, 520, stage.between(90, 140), stage.between(120, 250), 0.32)
    street = stage.board()
    walls: tuple[Colour, ...] = ((222, 160, 128), (236, 212, 170), (160, 178, 188), (206, 132, 118), (188, 196, 164))
    at, index = 0.0, 0
    widths = (210.0, 174.0, 236.0, 190.0)
    while at < stage.span - 60:
        wide = min(widths[index % 4], stage.span - at)
        wide = stage.span - at if stage.span - at - wide < 120 else wide
        _house(street, stage, at, 560, wide, 220 + 66 * (index * 7 % 3), walls[index % 5])
        at, index = at + wide, index + 1
    pavement, road = stage.tone(mix((206, 198, 192), SNOW, 0.6 if stage.snow else 0)), stage.tone((112, 116, 132))
    street.fill(box(-20, 558, stage.span + 20, 668), Gradient(dim(pavement, 0.14), lit(pavement, 0.1)))
    count = round(stage.span / 120)
    for i in range(count):
        x = stage.span * i / count
        street.stroke([(x, 560), (x - 30, 664)], 2, dim(pavement, 0.4), 0.35)
    street.stroke([(-10, 606), (stage.span + 10, 606)], 2, dim(pavement, 0.4), 0.3)
    street.fill(box(-20, 664, stage.span + 20, 676), dim(pavement, 0.35))
    street.fill(box(-20, 676, stage.span + 20, HEIGHT), Gradient(dim(road, 0.1), road))
    for x in stage.scatter(3, 0.1):
        for at in stage.around(x, 200):
            lamp(street, stage, at, 590, 1.2)
            street.fill(box(at + 96, 548, at + 142, 588, 6), stage.wash((170, 116, 92)))
            bush(street, stage, at + 119, 552, 0.72, GREENS[1])
    if stage.scene.weather == "rain" or stage.night:
        for _ in range(26):
            x, y = stage.between(0, stage.span), stage.between(600, 710)
            street.fill(oval(x, y, stage.between(30, 80), 4), (255, 216, 150), 0.16, blur=4)
    front = stage.board()
    for x in stage.scatter(5, 0.45):
        colour = ((255, 190, 110), (250, 130, 120), (140, 214, 220), (255, 232, 170))[int(stage.dice.integers(4))]
        for at in stage.around(x, 60):
            front.glow(at, stage.between(690, 740), stage.between(40, 80), colour, 0.5 if stage.night else 0.14)
    behind = (stage.sky(500), stage.clouds(4), stage.layer(far, 0.1), stage.layer(middle, 0.26), stage.layer(street, 1))
    return Backdrop(behind, (stage.layer(front, 1.6),), 648, 1.12, stage.light.tint, True, motes=air(stage))


def _tower(board: Canvas, stage: Stage, x: float, y: float, wide: float, high: float, distance: float) -> None:
    wall = stage.tone((128, 136, 168), distance)
    board.fill(box(x - wide / 2, y - high, x + wide / 2, y + 40, 3), Gradient(dim(wall, 0.12), wall))
    if stage.dice.random() < 0.4:
        board.fill(box(x - wide * 0.24, y - high - 22, x + wide * 0.24, y - high, 2), dim(wall, 0.12))
        board.stroke([(x, y - high - 20), (x, y - high - 58)], 2.4, dim(wall, 0.15))
    share = 0.45 if stage.night else 0.2 if stage.scene.time == "sunset" else 0
    columns = max(3, int(wide // 17))
    for row in range(int(high // 21)):
        for column in range(columns):
            left, top = x - wide / 2 + 7 + column * (wide - 14) / columns, y - high + 12 + row * 21
            lit_up = stage.dice.random() < share
            colour = mix((255, 216, 140), wall, 0.15) if lit_up else lit(wall, 0.14 if not stage.night else 0.05)
            board.fill(box(left, top, left + (wide - 14) / columns - 5, top + 11), colour)


def _house(board: Canvas, stage: Stage, x: float, y: float, wide: float, high: float, wall: Colour) -> None:
    """A house on a street: windows, and a shop with an awning below."""
    front = stage.tone(wall, 0.06)
    house = board.fill(box(x, y - high, x + wide, y), Gradient(lit(front, 0.1), dim(front, 0.12)))
    board.fill(box(x - 5, y - high - 10, x + wide + 5, y - high + 6, 3), dim(front, 0.3))
    columns = max(2, round(wide / 74))
    step = wide / columns
    warm: Colour = (255, 214, 138)
    for row in range(max(1, int((high - 170) // 84))):
        for column in range(columns):
            left, top = x + step * (column + 0.5) - 19, y - high + 34 + row * 84
            shine = stage.dice.random() < (0.62 if stage.night else 0.2 if stage.scene.time == "sunset" else 0.0)
            glass = (
                Gradient(lit(warm, 0.3), warm)
                if shine
                else Gradient(stage.tone((172, 208, 224)), stage.tone((120, 162, 190)))
            )
            if shine:
                board.glow(left + 19, top + 27, 54, warm, 0.35)
            board.fill(box(left - 4, top - 4, left + 42, top + 58, 3), stage.tone((246, 238, 226)))
            board.fill(box(left, top, left + 38, top + 54, 2), glass)
            board.stroke([(left + 19, top), (left + 19, top + 54)], 2.6, stage.tone((246, 238, 226)))
            board.fill(box(left - 7, top + 56, left + 45, top + 63, 2), dim(front, 0.25))
    lit_up = stage.scene.time != "day"
    pane: Colour = (255, 220, 150) if lit_up else stage.tone((164, 202, 216))
    board.fill(box(x + 14, y - 106, x + wide - 14, y - 6, 4), dim(front, 0.5))
    board.fill(box(x + 20, y - 100, x + wide - 64, y - 16, 3), Gradient(lit(pane, 0.35), pane))
    board.fill(box(x + wide - 56, y - 100, x + wide - 20, y - 4, 3), Gradient(pane, dim(pane, 0.3)))
    if lit_up:
        board.glow(x + wide / 2 - 20, y - 50, wide * 0.7, (255, 206, 128), 0.35)
    stripes = max(4, int(wide // 26))
    awning: Colour = ((206, 88, 82), (74, 134, 138), (222, 160, 70), (96, 110, 168))[int(stage.dice.integers(4))]
    for stripe in range(stripes):
        left = x + 6 + (wide - 12) * stripe / stripes
        right = x + 6 + (wide - 12) * (stripe + 1) / stripes
        tone = stage.tone(awning if stripe % 2 == 0 else (250, 240, 224))
        board.fill(
            [(left + 3, y - 140), (right + 3, y - 140), (right, y - 100), (left, y - 100)],
            Gradient(lit(tone, 0.1), dim(tone, 0.1)),
        )
        board.fill(oval((left + right) / 2, y - 100, (right - left) / 2, 9), dim(tone, 0.08))
    board.fill(oval(x + wide, y - high / 2, 30, high), dim(front, 0.6), 0.2, blur=18, within=house)
