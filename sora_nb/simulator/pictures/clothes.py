"""What people wear on their upper body, and the sleeves that go with it."""

from __future__ import annotations

from math import pi, sin

from sora_nb.simulator.pictures.canvas import Canvas, Gradient, Stencil
from sora_nb.simulator.pictures.curves import Points, arc, box, oval, smooth
from sora_nb.simulator.pictures.palette import Colour, brightness, dim, lit, mix
from sora_nb.simulator.pictures.scene import Figure

LONG_SLEEVES = frozenset({"sweater", "shirt", "jacket", "suit", "raincoat", "apron"})
SKIRTS = frozenset({"dress", "raincoat"})
_LINEN: Colour = (248, 244, 236)
_HEM = {"dress": -96.0, "raincoat": -104.0}


def inner(figure: Figure) -> Colour:
    """The colour of the sleeves: the cloth itself, or what is worn under an apron."""
    return mix(figure.legs, (236, 228, 214), 0.62) if figure.clothes == "apron" else figure.colour


def torso(canvas: Canvas, figure: Figure, flow: float) -> Stencil | None:
    """Paint the clothed body between neck and hips; *flow* from -1 to 1 swings the hem of skirts.

    Returns the body's stencil, for the shade that arms throw on it.
    """
    cloth = inner(figure)
    outline = _outline(figure, flow)
    body = canvas.fill(outline, Gradient(lit(cloth, 0.12), dim(cloth, 0.12)))
    _DETAILS[figure.clothes](canvas, figure, body)
    right = 62 if figure.clothes in SKIRTS else 46
    canvas.fill(oval(right, -205, 22, 84), dim(cloth, 0.6), 0.32, blur=12, within=body)
    canvas.fill(oval(-24, -246, 18, 30), lit(cloth, 0.6), 0.22, blur=11, within=body)
    canvas.fill(oval(0, -279, 32, 13), dim(cloth, 0.7), 0.34, blur=5, within=body)
    if figure.scarf:
        _scarf(canvas, figure.scarf)
    return body


def _outline(figure: Figure, flow: float) -> Points:
    wide = 4 if figure.look == "man" and figure.age != "child" else 0
    shoulders = [(-28, -279), (0, -276), (28, -279), (42 + wide, -268), (47 + wide, -248)]
    mirror = [(-47 - wide, -248), (-42 - wide, -268)]
    hem = _HEM.get(figure.clothes)
    if hem is None:
        return smooth(
            [
                *shoulders,
                (43 + wide / 2, -205),
                (43, -166),
                (22, -157),
                (0, -156),
                (-22, -157),
                (-43, -166),
                (-43 - wide / 2, -205),
                *mirror,
            ],
            steps=6,
        )
    waist = 33 if figure.clothes == "dress" else 43
    spread = 70 if figure.clothes == "dress" else 58
    skirt = [(waist, -208), (waist + 12, -165), (spread + 8 * flow, hem - 4)]
    folds = [(spread * at + 9 * flow, hem + (6 if i % 2 else 0)) for i, at in enumerate((0.7, 0.35, 0, -0.35, -0.7))]
    back = [(-spread + 8 * flow, hem - 4), (-waist - 12, -165), (-waist, -208)]
    return smooth([*shoulders, *skirt, *folds, *back, *mirror], steps=6)


def _sweater(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    canvas.fill(box(-60, -172, 60, -150), dim(colour, 0.22), within=body)
    for x in range(-40, 41, 8):
        canvas.stroke([(x, -171), (x, -152)], 1.6, dim(colour, 0.5), 0.4, within=body)
    for y, tone in ((-226, 0.5), (-214, 0.3)):
        canvas.fill(box(-60, y, 60, y + 7), lit(colour, tone), 0.75, within=body)
    canvas.stroke(arc(0, -283, 25, 14, 0, pi), 8, dim(colour, 0.18))


def _shirt(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    canvas.stroke([(0, -270), (0, -158)], 2, dim(colour, 0.5), 0.5, within=body)
    for y in (-248, -222, -196, -171):
        canvas.fill(oval(0.5, y, 2.6), lit(colour, 0.75))
    for side in (-1, 1):
        collar = [(0, -268), (side * 8, -284), (side * 27, -282), (side * 20, -259)]
        canvas.fill(collar, Gradient(lit(colour, 0.45), lit(colour, 0.2)))


def _tshirt(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    canvas.fill(oval(0, -282, 22, 16), figure.skin, within=body)
    canvas.stroke(arc(0, -283, 23, 17, 0, pi), 4, dim(figure.colour, 0.3))
    canvas.fill(oval(0, -222, 15), lit(figure.colour, 0.65), 0.85)


def _jacket(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    canvas.fill([(-15, -282), (15, -282), (12, -150), (-12, -150)], _LINEN, within=body)
    for side in (-1, 1):
        canvas.stroke([(side * 14, -280), (side * 12, -154)], 3, dim(colour, 0.45), within=body)
        canvas.fill(
            smooth([(side * 9, -286), (side * 32, -282), (side * 25, -254), (side * 13, -250)]), lit(colour, 0.22)
        )
        canvas.stroke([(side * 34, -188), (side * 23, -184)], 3, dim(colour, 0.5), 0.7)


def _suit(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    canvas.fill([(-20, -284), (20, -284), (0, -208)], _LINEN, within=body)
    tie: Colour = (196, 66, 66) if brightness(colour) < 0.55 else (64, 74, 120)
    canvas.fill(
        [(-6, -276), (6, -276), (7.5, -232), (0, -219), (-7.5, -232)],
        Gradient(lit(tie, 0.1), dim(tie, 0.2)),
        within=body,
    )
    for side in (-1, 1):
        lapel = [(side * 14, -286), (side * 27, -281), (side * 33, -250), (0, -205)]
        canvas.fill(lapel, Gradient(lit(colour, 0.2), lit(colour, 0.08)), within=body)
        canvas.stroke(lapel[1:], 1.6, dim(colour, 0.5), 0.5, within=body)
    canvas.stroke([(0, -205), (2, -156)], 2, dim(colour, 0.6), 0.7, within=body)
    for y in (-195, -177):
        canvas.fill(oval(6, y, 2.8), lit(colour, 0.4))
    canvas.fill([(19, -240), (31, -243), (30, -235), (20, -233)], _LINEN)


def _dress(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    canvas.fill(oval(0, -284, 20, 17), figure.skin, within=body)
    canvas.stroke(arc(0, -284, 21, 18, 0, pi), 4.5, lit(colour, 0.5))
    canvas.fill(box(-60, -212, 60, -201), dim(colour, 0.34), within=body)
    for x in (-34, -11, 13, 36):
        canvas.stroke([(x * 0.55, -198), (x * 1.25, -98)], 4, dim(colour, 0.5), 0.28, blur=2, within=body)
    for row, y in enumerate((-186, -164, -142, -120)):
        for x in range(-66 + 11 * (row % 2), 70, 22):
            canvas.fill(oval(x, y, 2.6), lit(colour, 0.8), 0.75, within=body)


def _apron(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    _shirt(canvas, Figure("person", colour=inner(figure)), body)
    for side in (-1, 1):
        canvas.stroke([(side * 22, -281), (side * 22, -240)], 6, dim(colour, 0.12), within=body)
    bib = canvas.fill(box(-29, -247, 29, -140, 8), Gradient(lit(colour, 0.15), dim(colour, 0.1)))
    canvas.fill(box(-38, -206, 38, -130, 10), Gradient(colour, dim(colour, 0.16)))
    canvas.fill(box(-44, -207, 44, -199, 2), dim(colour, 0.28), within=body)
    canvas.fill(box(-17, -190, 17, -164, 6), dim(colour, 0.16))
    canvas.stroke([(-17, -188), (17, -188)], 2, dim(colour, 0.4), 0.8)
    canvas.fill(oval(-14, -238, 10, 8), lit(colour, 0.6), 0.3, blur=5, within=bib)


def _raincoat(canvas: Canvas, figure: Figure, body: Stencil | None) -> None:
    colour = figure.colour
    canvas.stroke([(2, -272), (2, -100)], 2.4, dim(colour, 0.55), 0.6, within=body)
    for y in (-246, -214, -182, -150):
        canvas.fill(oval(9, y, 4), dim(colour, 0.5))
        canvas.fill(oval(8.3, y - 1, 1.5), lit(colour, 0.7))
    for side in (-1, 1):
        canvas.stroke([(side * 42, -166), (side * 25, -160)], 5, dim(colour, 0.4), 0.6, within=body)
    canvas.fill(
        smooth([(-34, -284), (0, -292), (34, -284), (30, -262), (0, -255), (-30, -262)]),
        Gradient(lit(colour, 0.3), dim(colour, 0.1)),
    )


_DETAILS = {
    "sweater": _sweater,
    "shirt": _shirt,
    "tshirt": _tshirt,
    "jacket": _jacket,
    "suit": _suit,
    "dress": _dress,
    "apron": _apron,
    "raincoat": _raincoat,
}


def _scarf(canvas: Canvas, colour: Colour) -> None:
    end = [(12, -272), (28, -270), (32, -214), (14, -212)]
    canvas.fill(end, Gradient(dim(colour, 0.1), dim(colour, 0.28)))
    canvas.fill(box(13, -224, 32, -217), lit(colour, 0.5))
    wrap = canvas.fill(
        smooth([(-36, -282), (0, -292), (36, -282), (34, -264), (0, -256), (-34, -264)]),
        Gradient(lit(colour, 0.2), dim(colour, 0.12)),
    )
    for x in (-18, 4, 24):
        canvas.stroke([(x, -292), (x + 8 * sin(x), -256)], 2.4, dim(colour, 0.4), 0.4, within=wrap)
