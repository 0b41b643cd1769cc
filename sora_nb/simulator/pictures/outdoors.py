"""Places under the sky. Their boards meet at the ends, so that one can walk past them for ever."""

from __future__ import annotations

from math import sin

from sora_nb.simulator.pictures.canvas import Gradient
from sora_nb.simulator.pictures.curves import box, oval, ribbon, smooth
from sora_nb.simulator.pictures.palette import Colour, dim, lit, mix
from sora_nb.simulator.pictures.scenery import (
    GREENS,
    SNOW,
    bench,
    bush,
    flower,
    lamp,
    palm,
    parasol,
    pine,
    tree,
    tuft,
)
from sora_nb.simulator.pictures.stage import HEIGHT, Backdrop, Layer, Stage, air

_PETALS: tuple[Colour, ...] = ((250, 244, 236), (244, 150, 160), (250, 204, 98), (178, 150, 220))


def _meadow(stage: Stage, green: Colour) -> Colour:
    return mix(green, SNOW, 0.92) if stage.snow else green


def _near_grass(stage: Stage, colour: Colour, petals: bool = True) -> Layer:
    """Soft, dark grass right before the viewer."""
    board = stage.board()
    tone = stage.tone(mix(colour, (30, 70, 70), 0.3))
    for x in stage.scatter(max(12, round(stage.span / 70)), 0.5):
        for at in stage.around(x, 60):
            high = stage.between(1.2, 2.6)
            tuft(
                board, at, HEIGHT + 12, high, mix(tone, stage.tone(colour), stage.between(0, 0.5)), stage.between(-5, 5)
            )
            if petals and not stage.snow and stage.dice.random() < 0.3:
                flower(board, at + 20, HEIGHT + 4, 1.7, stage.tone(_PETALS[int(stage.dice.integers(4))]), tone)
    return stage.layer(board, 1.5)


def park(stage: Stage) -> Backdrop:
    """A lawn, a path, trees, a pond of light between them."""
    far = stage.board()
    far.fill(stage.ridge(440, (1, 24), (3, 12)), stage.wash(_meadow(stage, (128, 184, 148)), 0.55))
    for x in stage.scatter(22):
        for at in stage.around(x, 70):
            tree(far, stage, at, 452 + 18 * sin(x), stage.between(0.3, 0.45), GREENS[int(stage.dice.integers(4))], 0.5)
    middle = stage.board()
    middle.fill(stage.ridge(486, (1, 8), (2, 6)), stage.wash(_meadow(stage, (138, 190, 106)), 0.2))
    for x in stage.scatter(7):
        for at in stage.around(x, 160):
            y = stage.between(500, 524)
            middle.fill(oval(at, y + 2, 84, 9), stage.tone((60, 110, 84)), 0.32, blur=5)
            tree(middle, stage, at, y, stage.between(0.8, 1.15), GREENS[int(stage.dice.integers(4))], 0.12)
    for x in stage.scatter(6, 0.5):
        for at in stage.around(x, 80):
            bush(middle, stage, at, 528, stage.between(0.6, 0.9), GREENS[int(stage.dice.integers(4))], 0.1)
    ground = stage.board()
    grass = _meadow(stage, (122, 178, 92))
    ground.fill(stage.ridge(538, (2, 4)), stage.wash(grass))
    path = stage.tone(mix((236, 214, 178), SNOW, 0.7) if stage.snow else (236, 214, 178))
    ground.fill(box(-20, 574, stage.span + 20, 652), Gradient(dim(path, 0.06), lit(path, 0.12)))
    ground.fill(box(-20, 571, stage.span + 20, 577), stage.tone(mix(grass, (70, 120, 70), 0.4)), 0.5, blur=2)
    ground.fill(box(-20, 648, stage.span + 20, HEIGHT), stage.wash(mix(grass, (90, 156, 86), 0.4)))
    for x in stage.scatter(2, 0.1):
        for at in stage.around(x, 140):
            lamp(ground, stage, at + 210, 566, 1.05)
            ground.fill(oval(at, 564, 92, 8), stage.tone((60, 100, 80)), 0.35, blur=4)
            bench(ground, stage, at, 564)
    if not stage.snow:
        for x in stage.scatter(26, 0.5):
            y = stage.between(548, 564) if stage.dice.random() < 0.5 else stage.between(664, 700)
            for at in stage.around(x, 30):
                tuft(ground, at, y, 0.7, stage.tone((96, 152, 80)))
                flower(
                    ground,
                    at + 14,
                    y,
                    0.75,
                    stage.tone(_PETALS[int(stage.dice.integers(4))]),
                    stage.tone((90, 146, 80)),
                )
    behind = (stage.sky(), stage.clouds(), stage.layer(far, 0.14), stage.layer(middle, 0.42), stage.layer(ground, 1))
    motes = air(stage, "fireflies" if stage.night else "dust")
    return Backdrop(behind, (_near_grass(stage, grass),), 634, 1.14, stage.light.tint, True, motes=motes)


def beach(stage: Stage) -> Backdrop:
    """Sand, sea and palms."""
    sea = stage.board()
    deep, shallow = stage.tone((54, 138, 172), 0.2), stage.tone((122, 206, 204), 0.12)
    sea.fill(box(-20, 430, stage.span + 20, 580), Gradient(mix(deep, stage.light.horizon, 0.35), shallow))
    glint = mix(stage.light.disc, (255, 255, 255), 0.3)
    for _ in range(150):
        y = stage.between(436, 556)
        wide = 6 + (y - 430) * stage.between(0.1, 0.42)
        for at in stage.around(stage.between(0, stage.span), wide):
            sea.stroke([(at - wide, y), (at, y - 1.5), (at + wide, y)], 2.2, glint, stage.between(0.2, 0.6))
    x = stage.width * 0.74
    if stage.scene.time != "day":
        for row in range(18):
            wide = 24 + row * 6 + 14 * sin(row * 2.1)
            sea.fill(oval(x + 6 * sin(row * 1.7), 438 + row * 7, wide, 2.6), stage.light.disc, 0.55)
    boat = stage.board()
    for at in stage.around(stage.width * 0.3, 60):
        boat.fill(
            smooth([(at - 40, 440), (at + 42, 440), (at + 28, 456), (at - 28, 456)], steps=4),
            stage.tone((190, 92, 80), 0.2),
        )
        boat.fill([(at - 4, 434), (at - 4, 364), (at - 46, 434)], stage.tone((252, 246, 234), 0.1))
        boat.fill([(at + 3, 434), (at + 3, 376), (at + 38, 434)], stage.tone((236, 222, 204), 0.15))
    shore = stage.board()
    sand: Colour = (244, 218, 170)
    shore.fill(stage.ridge(546, (2, 8), (5, 3)), (255, 255, 255), 0.75)
    shore.fill(stage.ridge(554, (2, 8), (5, 3)), stage.tone(mix(sand, (176, 150, 120), 0.4)), 0.85)
    shore.fill(stage.ridge(564, (2, 6), (3, 4)), stage.wash(sand))
    for at in stage.scatter(40, 0.5):
        shore.fill(oval(at, stage.between(580, 712), stage.between(10, 30), 2.4), stage.tone((216, 184, 136)), 0.5)
    for index, at in enumerate(stage.scatter(12, 0.5)):
        y, colour = stage.between(590, 706), _PETALS[index % 4]
        shore.fill(oval(at, y, 6, 4.6), stage.tone(colour))
    for index, x in enumerate(stage.scatter(3, 0.2)):
        for at in stage.around(x, 260):
            if index % 2 == 0:
                palm(shore, stage, at, 596, 1.12, 0.5 if index else -0.4)
            else:
                shore.fill(oval(at + 20, 590, 120, 10), stage.tone((150, 112, 92)), 0.4, blur=5)
                parasol(shore, stage, at, 590, (222, 92, 84))
                shore.fill(
                    [(at + 46, 580), (at + 168, 580), (at + 184, 598), (at + 58, 598)], stage.tone((92, 168, 176))
                )
                shore.fill(
                    [(at + 48, 584), (at + 172, 584), (at + 176, 590), (at + 52, 590)], stage.tone((250, 240, 226))
                )
    front = stage.board()
    for index, x in enumerate(stage.scatter(5, 0.45)):
        for at in stage.around(x, 120):
            if index % 2:
                front.fill(
                    smooth([(at - 60, 740), (at - 40, 694), (at + 10, 682), (at + 60, 704), (at + 80, 740)]),
                    stage.wash((172, 150, 138)),
                )
            else:
                tuft(front, at, 726, 2.2, stage.tone((150, 164, 98)), 6)
    behind = (stage.sky(440), stage.clouds(4), stage.layer(sea, 0.1), stage.layer(boat, 0.16), stage.layer(shore, 1))
    return Backdrop(behind, (stage.layer(front, 1.5),), 648, 1.14, stage.light.tint, True, motes=air(stage))


def forest(stage: Stage) -> Backdrop:
    """Tall trunks in the mist, ferns and mushrooms."""
    layers: list[Layer] = []
    mist = mix(stage.light.haze, (176, 216, 184), 0.5 if not stage.night else 0.1)
    back = stage.board()
    back.fill(
        box(-20, 0, stage.span + 20, HEIGHT),
        Gradient(mix(mist, stage.light.zenith, 0.25), mix(mist, (255, 255, 240), 0.25 if not stage.night else 0.02)),
    )
    if stage.scene.time != "night":
        for x in stage.scatter(6):
            beam = [(x, -20), (x + 70, -20), (x - 150, 640), (x - 300, 640)]
            back.fill(beam, lit(stage.light.disc, 0.4), 0.26, blur=14)
    layers.append(stage.layer(back, 0))
    for distance, count, thick, base, depth in (
        (0.72, 18, 18, 500, 0.1),
        (0.46, 11, 32, 528, 0.28),
        (0.16, 7, 54, 560, 0.6),
    ):
        board = stage.board()
        floor = stage.tone(_meadow(stage, (92, 138, 92)), distance)
        floor = mix(floor, mist, distance * 0.6)
        for x in stage.scatter(count, 0.42):
            wide, lean = thick * stage.between(0.75, 1.3), stage.between(-10, 10)
            bark = mix(stage.tone((110, 82, 74), distance), mist, distance * 0.5)
            for at in stage.around(x, 170):
                trunk = board.fill(
                    ribbon([(at, base + 20), (at + lean, 280), (at + lean * 2, -30)], (wide * 1.25, wide, wide * 0.8)),
                    Gradient(bark, dim(bark, 0.2)),
                )
                board.fill(
                    ribbon(
                        [
                            (at + wide * 0.4, base + 20),
                            (at + lean + wide * 0.35, 280),
                            (at + lean * 2 + wide * 0.3, -30),
                        ],
                        (wide * 0.5,) * 3,
                    ),
                    dim(bark, 0.45),
                    0.4,
                    blur=wide / 7,
                    within=trunk,
                )
                leaf = mix(stage.tone(_meadow(stage, GREENS[int(x) % 4]), distance), mist, distance * 0.4)
                for dx, dy, r in ((-70, 18, 70), (20, -8, 88), (92, 30, 62), (-20, 74, 46)):
                    k = wide / 40
                    puff = board.fill(
                        oval(at + lean * 2 + dx * k, dy, r * (0.6 + 0.4 * k)), Gradient(dim(leaf, 0.1), leaf)
                    )
                    board.fill(
                        oval(at + lean * 2 + dx * k - 10, dy - 16, r * 0.5), lit(leaf, 0.4), 0.25, blur=9, within=puff
                    )
        board.fill(stage.ridge(base, (2, 7), (5, 4)), Gradient(lit(floor, 0.14), dim(floor, 0.1)))
        for x in stage.scatter(10, 0.5):
            for at in stage.around(x, 80):
                bush(
                    board, stage, at, base + 18, stage.between(0.4, 0.8), mix(GREENS[3], mist, distance * 0.6), distance
                )
        layers.append(stage.layer(board, depth))
    ground = stage.board()
    moss = _meadow(stage, (98, 146, 84))
    ground.fill(stage.ridge(578, (1, 6), (4, 4)), stage.wash(moss, depth=0.24))
    trail = stage.tone(mix((190, 158, 122), SNOW, 0.7 if stage.snow else 0))
    ground.fill(
        smooth(
            [
                (-60, 622),
                (stage.span / 2, 616),
                (stage.span + 60, 622),
                (stage.span + 60, 674),
                (stage.span / 2, 680),
                (-60, 674),
            ]
        ),
        trail,
        0.85,
        blur=5,
    )
    for index, x in enumerate(stage.scatter(18, 0.5)):
        y = stage.between(594, 612) if index % 2 else stage.between(684, 708)
        for at in stage.around(x, 60):
            if index % 5 == 0:
                ground.fill(ribbon([(at, y), (at + 1, y - 18)], (9, 8)), stage.tone((246, 236, 220)))
                cap = ground.fill(
                    smooth([(at - 18, y - 16), (at, y - 36), (at + 18, y - 16)]), stage.wash((206, 76, 66))
                )
                for dx, dy in ((-7, -21), (4, -27), (10, -19)):
                    ground.fill(oval(at + dx, y + dy, 2.6), (255, 246, 236), within=cap)
            else:
                tuft(
                    ground,
                    at,
                    y,
                    stage.between(0.8, 1.5),
                    stage.tone(mix((70, 130, 84), SNOW, 0.4 if stage.snow else 0)),
                    stage.between(-8, 8),
                )
    layers.append(stage.layer(ground, 1))
    near = stage.board()
    shade = mix(stage.tone((40, 84, 74)), (20, 36, 54), 0.3)
    for x in stage.scatter(4, 0.5):
        for at in stage.around(x, 150):
            for reach in (-96, -56, -10, 40, 90):
                near.fill(
                    ribbon(
                        [(at, 740), (at + reach * 0.5, 668), (at + reach, 676 - (40 - abs(reach) * 0.4))], (10, 20, 2)
                    ),
                    shade,
                    0.94,
                )
    motes = air(stage, "fireflies" if stage.night else "dust")
    return Backdrop(
        tuple(layers), (stage.layer(near, 1.6),), 654, 1.12, mix(stage.light.tint, mist, 0.25), True, motes=motes
    )


def mountains(stage: Stage) -> Backdrop:
    """Peaks with snow, hills with firs, a path."""
    far = stage.board()
    for x in stage.scatter(5, 0.3):
        high, wide = stage.between(210, 330), stage.between(240, 330)
        for at in stage.around(x, 420):
            rock = stage.tone((124, 138, 176), 0.38)
            peak = far.fill(
                [
                    (at - wide, 520),
                    (at - wide * 0.4, 500 - high * 0.55),
                    (at, 500 - high),
                    (at + wide * 0.45, 500 - high * 0.5),
                    (at + wide, 520),
                ],
                Gradient(rock, mix(rock, stage.light.haze, 0.5)),
            )
            far.fill(
                [(at, 500 - high - 4), (at + wide, 524), (at + wide * 0.22, 524), (at + wide * 0.1, 500 - high * 0.5)],
                dim(rock, 0.3),
                0.4,
                within=peak,
            )
            top = 500 - high
            cap = [
                (at, top - 4),
                (at + wide * 0.26, top + high * 0.3),
                (at + wide * 0.13, top + high * 0.24),
                (at + wide * 0.04, top + high * 0.36),
                (at - wide * 0.09, top + high * 0.24),
                (at - wide * 0.24, top + high * 0.32),
            ]
            far.fill(cap, stage.tone((252, 252, 252), 0.1), within=peak)
    hills = stage.board()
    hills.fill(stage.ridge(476, (2, 18), (3, 10)), stage.wash(_meadow(stage, (122, 170, 128)), 0.35))
    for x in stage.scatter(26, 0.5):
        for at in stage.around(x, 60):
            pine(hills, stage, at, stage.between(490, 520), stage.between(0.28, 0.44), GREENS[1], 0.34)
    middle = stage.board()
    middle.fill(stage.ridge(530, (1, 14), (3, 6)), stage.wash(_meadow(stage, (136, 180, 112)), 0.12))
    for x in stage.scatter(8, 0.45):
        for at in stage.around(x, 110):
            pine(middle, stage, at, stage.between(548, 566), stage.between(0.75, 1.1), GREENS[3], 0.1)
    ground = stage.board()
    grass = _meadow(stage, (142, 184, 98))
    ground.fill(stage.ridge(574, (1, 5), (3, 3)), stage.wash(grass))
    path = stage.tone(mix((226, 204, 168), SNOW, 0.75 if stage.snow else 0))
    ground.fill(box(-20, 610, stage.span + 20, 668), Gradient(dim(path, 0.08), lit(path, 0.1)))
    for index, x in enumerate(stage.scatter(24, 0.5)):
        y = stage.between(586, 602) if index % 2 else stage.between(680, 704)
        for at in stage.around(x, 60):
            if index % 6 == 0:
                ground.fill(
                    smooth([(at - 34, y), (at - 22, y - 24), (at + 8, y - 30), (at + 34, y)]),
                    stage.wash((160, 158, 166)),
                )
            elif not stage.snow:
                tuft(ground, at, y, 0.8, stage.tone((110, 158, 84)))
                flower(ground, at + 14, y, 0.8, stage.tone(_PETALS[index % 4]), stage.tone((100, 150, 84)))
    behind = (
        stage.sky(),
        stage.clouds(5),
        stage.layer(far, 0.06),
        stage.layer(hills, 0.2),
        stage.layer(middle, 0.5),
        stage.layer(ground, 1),
    )
    return Backdrop(behind, (_near_grass(stage, grass),), 650, 1.12, stage.light.tint, True, motes=air(stage))
