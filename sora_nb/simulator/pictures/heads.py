"""A person's head: face, glasses and hat. The head's middle is at (0, 0), its radius near 48."""

from __future__ import annotations

from math import pi

from sora_nb.simulator.pictures import hair
from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import arc, box, moved, oval, smooth
from sora_nb.simulator.pictures.palette import INK, Colour, brightness, dim, lit, mix
from sora_nb.simulator.pictures.poses import Pose
from sora_nb.simulator.pictures.scene import Figure

_FACE = ((0, -50), (32, -42), (47, -12), (44, 18), (28, 41), (0, 50), (-28, 41), (-44, 18), (-47, -12), (-32, -42))


def head(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint the head over its back hair."""
    skin, turn = figure.skin, pose.turn
    for side in (-1, 1):
        x = side * 46 - 7 * turn
        ear = canvas.fill(oval(x, 6, 10, 12), dim(skin, 0.08))
        canvas.fill(oval(x, 7, 5, 7), dim(skin, 0.3), 0.6, within=ear)
    face = canvas.fill(smooth(_FACE), Gradient(lit(skin, 0.18), skin))
    canvas.fill(oval(42, 26, 26, 44), dim(skin, 0.45), 0.34, blur=11, within=face)
    canvas.fill(oval(-18, -8, 22, 26), lit(skin, 0.5), 0.35, blur=12, within=face)
    if figure.hair_shape != "bald":
        canvas.fill(oval(0, -32, 46, 17), dim(skin, 0.55), 0.3, blur=6, within=face)
    x = 11 * turn
    for side in (-1, 1):
        blush = mix(skin, (232, 96, 92), 0.6)
        canvas.fill(oval(x + side * 28, 21, 10, 7), blush, 0.5, blur=3.5, within=face)
    if figure.beard:
        hair.beard(canvas, figure.hair, turn)
    _features(canvas, figure, pose, x)
    hair.before(canvas, figure.hair_shape, figure.hair, turn)
    if figure.glasses:
        glasses(canvas, x, 6)
    if figure.hat:
        hat(canvas, figure.hat, figure.hat_colour)


def _features(canvas: Canvas, figure: Figure, pose: Pose, x: float) -> None:
    brow = dim(mix(figure.hair, INK, 0.3), 0.2)
    small = 1.18 if figure.age == "child" else 1
    for side in (-1, 1):
        ex = x + side * (18 - 1.5 * pose.turn * side)
        eyes(canvas, ex, 6, small, closed=pose.blink, lashes=figure.look == "woman" and figure.age != "old", side=side)
        canvas.stroke([(ex - side * 7, -14), (ex + side * 1, -16.5), (ex + side * 9, -12)], 3.2, brow, 0.85)
    canvas.stroke([(x + 1, 12), (x + 4.5, 18.5), (x - 1, 20)], 2.4, dim(figure.skin, 0.6), 0.65)
    lip = mix(dim(figure.skin, 0.5), (170, 56, 62), 0.55)
    if pose.open_mouth:
        mouth = canvas.fill(
            smooth([(x - 12, 27), (x, 28.5), (x + 12, 27), (x + 8, 37), (x, 40), (x - 8, 37)]), (122, 44, 52)
        )
        canvas.fill(box(x - 10, 25, x + 10, 30.5, 2), (255, 250, 244), within=mouth)
        canvas.fill(oval(x, 40, 7, 5), (226, 112, 112), within=mouth)
    else:
        canvas.stroke(arc(x, 24, 10.5, 8, pi * 0.14, pi * 0.86), 3, lip)
    if figure.age == "old":
        for side in (-1, 1):
            canvas.stroke(
                arc(x + side * 15, 24, 7, 9, pi * (1.85 if side > 0 else 0.85), pi * (2.2 if side > 0 else 1.2)),
                1.8,
                dim(figure.skin, 0.45),
                0.6,
            )


def eyes(canvas: Canvas, x: float, y: float, size: float, *, closed: bool, lashes: bool = False, side: int = 1) -> None:
    """Paint one eye, as people and animals have it."""
    if closed:
        canvas.stroke(arc(x, y - 2, 6.5 * size, 5 * size, pi * 0.1, pi * 0.9), 3, INK)
        return
    canvas.fill(oval(x, y, 5.4 * size, 7.4 * size), Gradient(INK, mix(INK, (104, 78, 92), 0.7)))
    canvas.fill(oval(x + 1.8 * size, y - 2.8 * size, 2.1 * size), (255, 255, 255))
    canvas.fill(oval(x - 1.8 * size, y + 2.8 * size, 1.1 * size), (255, 255, 255), 0.6)
    if lashes:
        canvas.stroke([(x - side * 1, y - 7), (x + side * 5, y - 5.5), (x + side * 9.5, y - 8.5)], 2.4, INK)


def glasses(canvas: Canvas, x: float, y: float, colour: Colour = (62, 48, 54)) -> None:
    """Paint round glasses around eyes at (x ± 18, y)."""
    for side in (-1, 1):
        lens = oval(x + side * 18.5, y, 15, 14.5)
        inside = canvas.fill(lens, (232, 244, 252), 0.2)
        canvas.fill(moved(box(-3, -20, 4, 20), x + side * 18.5 - 4, y), (255, 255, 255), 0.26, within=inside)
        canvas.stroke([*lens, lens[0]], 3.2, colour)
        canvas.stroke([(x + side * 33, y - 2), (x + side * 45, y - 4)], 2.8, colour)
    canvas.stroke(arc(x, y - 1, 5, 3.5, pi, 2 * pi), 3, colour)


def hat(canvas: Canvas, kind: str, colour: Colour) -> None:
    """Paint a hat on a head of radius 48."""
    cloth = Gradient(lit(colour, 0.18), dim(colour, 0.2))
    band = dim(colour, 0.5) if brightness(colour) > 0.35 else lit(colour, 0.5)
    if kind == "brim":
        top = canvas.fill(
            smooth([(-42, -34), (-38, -72), (-16, -82), (0, -77), (16, -82), (38, -72), (42, -34)]), cloth
        )
        canvas.fill(box(-50, -47, 50, -35), band, within=top)
        canvas.fill(
            smooth([(-76, -30), (-40, -39), (0, -41), (40, -39), (76, -30), (40, -22), (0, -21), (-40, -22)]),
            Gradient(colour, dim(colour, 0.25)),
        )
    elif kind == "cap":
        canvas.fill(smooth([(-51, -24), (-46, -58), (0, -76), (46, -58), (51, -24), (0, -31)]), cloth)
        canvas.fill(
            smooth([(-26, -31), (10, -35), (56, -27), (70, -17), (40, -17), (0, -20)]),
            Gradient(dim(colour, 0.2), dim(colour, 0.38)),
        )
        canvas.fill(oval(0, -74, 5, 4), dim(colour, 0.25))
    elif kind == "beanie":
        canvas.fill(oval(0, -86, 15), Gradient(lit(colour, 0.7), lit(colour, 0.35)))
        dome = canvas.fill(smooth([(-52, -24), (-48, -62), (0, -84), (48, -62), (52, -24), (0, -28)]), cloth)
        for x in (-30, -10, 10, 30):
            canvas.stroke([(x * 0.6, -80), (x, -40)], 3, dim(colour, 0.4), 0.3, within=dome)
        canvas.fill(box(-56, -42, 56, -20, 10), Gradient(lit(colour, 0.3), colour))
    elif kind == "chef":
        for x, y, r in ((-34, -82, 24), (34, -82, 24), (0, -96, 32), (-14, -76, 26), (16, -76, 26)):
            canvas.fill(oval(x, y, r), Gradient(lit(colour, 0.3), dim(colour, 0.1)))
        canvas.fill(box(-47, -68, 47, -28, 8), Gradient(colour, dim(colour, 0.14)))
    elif kind == "crown":
        gold: Colour = (238, 190, 82)
        spikes = [(-44, -32), (-50, -76), (-25, -54), (0, -84), (25, -54), (50, -76), (44, -32)]
        canvas.fill(spikes, Gradient(lit(gold, 0.4), dim(gold, 0.15)))
        for x, y in ((-50, -78), (0, -86), (50, -78)):
            canvas.fill(oval(x, y, 5.5), lit(gold, 0.5))
        for x, jewel in ((-22, (92, 160, 196)), (0, (206, 74, 92)), (22, (92, 160, 196))):
            canvas.fill(oval(x, -42, 5.5, 6.5), jewel)
