"""Animals, sitting towards the viewer or trotting to the right. The ground below them is (0, 0); 230 units tall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from sora_nb.simulator.pictures import heads
from sora_nb.simulator.pictures.canvas import Canvas, Gradient, Stencil
from sora_nb.simulator.pictures.curves import Point, Points, arc, mirrored, moved, oval, ribbon, smooth, turned
from sora_nb.simulator.pictures.palette import INK, Colour, brightness, dim, lit, mix
from sora_nb.simulator.pictures.poses import Pose
from sora_nb.simulator.pictures.scene import Figure

_PINK: Colour = (240, 160, 156)


@dataclass(frozen=True)
class _Breed:
    """What tells one four-legged animal from another."""

    ears: Callable[[Canvas, Colour, Colour], None]
    cheeks: Points
    """Outline of the right half of the head, from its top to its chin."""
    snout: tuple[float, float]
    tail: tuple[float, ...]
    """Widths of the tail, from its root to its tip; one alone is a tuft."""
    dark_ends: bool = False
    striped: bool = False


def animal(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint one animal in one pose."""
    if figure.kind == "bird":
        _bird(canvas, figure, pose)
        return
    breed = _BREEDS[figure.kind]
    if pose.turn > 0.5:
        _trotting(canvas, figure, breed, pose)
    else:
        _seated(canvas, figure, breed, pose)
    canvas.place()


def _pale(colour: Colour) -> Colour:
    return mix(colour, (255, 248, 236), 0.72) if brightness(colour) > 0.3 else mix(colour, (255, 248, 236), 0.28)


def _seated(canvas: Canvas, figure: Figure, breed: _Breed, pose: Pose) -> None:
    fur, pale = figure.colour, _pale(figure.colour)
    lift = max(0.0, pose.rise)
    wag = pose.sway * 2
    canvas.place(0, -lift * 0.8)
    tail = [(36, -22), (78, -26), (98 + wag * 0.4, -66), (86 + wag, -112)]
    _tail(canvas, tail, breed, fur)
    for side in (-1, 1):
        canvas.fill(oval(side * 50, -12, 24, 14), Gradient(fur, dim(fur, 0.3)))
    canvas.place(pose.sway * 0.5, -lift * 0.8)
    body = canvas.fill(
        smooth([(0, -138), (36, -122), (58, -66), (54, -18), (0, -6), (-54, -18), (-58, -66), (-36, -122)]),
        Gradient(lit(fur, 0.1), dim(fur, 0.16)),
    )
    canvas.fill(oval(0, -62, 32, 50), pale, 0.9, blur=4, within=body)
    canvas.fill(oval(54, -60, 22, 64), dim(fur, 0.6), 0.3, blur=10, within=body)
    if breed.striped:
        _stripes(canvas, [(-56, -96), (-58, -72), (-58, -48)], fur, body, 30)
        _stripes(canvas, [(56, -96), (58, -72), (58, -48)], fur, body, -30)
    raised = pose.arms[1][0] > 1.0
    for side in (-1, 1):
        paw: list[Point] = [(side * 24, -98), (side * 25, -50), (side * 23, -12)]
        if side > 0 and raised:
            swing = pose.arms[1][0] + pose.arms[1][1] - 2.6
            paw = [(34, -100), (66, -112), (80 + 14 * swing, -152)]
        end = dim(fur, 0.72) if breed.dark_ends else fur
        canvas.fill(ribbon(paw, (32, 28, 27)), Gradient(lit(fur, 0.08), end))
        x, y = paw[-1]
        canvas.fill(oval(x, y, 16, 13), end if breed.dark_ends else pale)
    canvas.place(pose.sway, -158 - lift, pose.tilt * 1.6, (0, 40))
    _head(canvas, figure, breed, pose)


def _trotting(canvas: Canvas, figure: Figure, breed: _Breed, pose: Pose) -> None:
    fur, pale = figure.colour, _pale(figure.colour)
    bob = -pose.rise * 0.8
    swing, counter = pose.legs[1][0], pose.legs[0][0]
    canvas.place(0, bob)
    _tail(canvas, [(-78, -104), (-112, -120), (-124, -156 - 8 * swing), (-108 + 10 * swing, -190)], breed, fur)
    for x, joint, far in ((-62, swing, True), (38, counter, True), (-50, counter, False), (52, swing, False)):
        tone = dim(fur, 0.34) if far else fur
        end = dim(fur, 0.72) if breed.dark_ends else tone
        bend = pose.legs[1][1] if joint is swing else pose.legs[0][1]
        knee = (x + 40 * sin(joint * 0.8), -46 + 4 * abs(joint))
        foot = (knee[0] + 38 * sin(joint + bend * 0.7), min(-9 - bob, knee[1] + 38 * cos(joint + bend * 0.7)))
        canvas.fill(ribbon([(x, -84), knee, foot], (36, 25, 21)), Gradient(tone, end))
        canvas.fill(oval(foot[0] + 5, foot[1], 15, 10), end if breed.dark_ends else dim(pale, 0.3 if far else 0.04))
    outline = [
        (-88, -104),
        (-74, -134),
        (-20, -138),
        (36, -144),
        (70, -128),
        (74, -92),
        (44, -66),
        (-20, -62),
        (-70, -64),
    ]
    body = canvas.fill(smooth(outline), Gradient(lit(fur, 0.12), dim(fur, 0.2)))
    canvas.fill(oval(0, -60, 84, 15), pale, 0.85, blur=4, within=body)
    canvas.fill(oval(-10, -132, 60, 12), lit(fur, 0.6), 0.35, blur=7, within=body)
    if breed.striped:
        _stripes(canvas, [(-58, -134), (-34, -138), (-10, -140), (14, -142)], fur, body, 0)
    canvas.place(72, -152 + bob * 1.5, pose.tilt * 2, (0, 40))
    _head(canvas, figure, breed, pose)


def _tail(canvas: Canvas, path: Sequence[Point], breed: _Breed, fur: Colour) -> None:
    if len(breed.tail) == 1:
        x, y = path[0]
        away = 26 if path[1][0] > x else -12
        canvas.fill(oval(x + away, y - 8, breed.tail[0] / 2), Gradient(lit(fur, 0.35), fur))
        return
    tail = canvas.fill(ribbon(path, breed.tail), Gradient(lit(fur, 0.1), dim(fur, 0.15)))
    tip = (250, 240, 224) if breed.dark_ends else dim(fur, 0.1)
    canvas.fill(oval(*path[-1], breed.tail[-1] * 1.1 + 6, 22), tip, 1, blur=3, within=tail)


def _stripes(canvas: Canvas, starts: list[Point], fur: Colour, body: Stencil | None, inward: float) -> None:
    for x, y in starts:
        end = (x + inward, y + 4) if inward else (x + 4, y + 34)
        middle = ((x + end[0]) / 2, (y + end[1]) / 2 + 2)
        canvas.fill(ribbon([(x, y), middle, end], (10, 8, 3)), dim(fur, 0.45), 0.75, within=body)


def _head(canvas: Canvas, figure: Figure, breed: _Breed, pose: Pose) -> None:
    fur, pale = figure.colour, _pale(figure.colour)
    x = 9 * pose.turn
    breed.ears(canvas, fur, pale)
    outline = smooth([*breed.cheeks, *reversed(mirrored(breed.cheeks[1:-1]))])
    face = canvas.fill(outline, Gradient(lit(fur, 0.14), fur))
    canvas.fill(oval(48, 18, 24, 44), dim(fur, 0.55), 0.26, blur=10, within=face)
    if breed.striped:
        for at, length in ((-14, 15), (0, 20), (14, 15)):
            canvas.fill(
                ribbon([(x * 0.5 + at, -52), (x * 0.5 + at * 0.8, -50 + length)], (8, 3)),
                dim(fur, 0.45),
                0.8,
                within=face,
            )
    if breed.dark_ends:
        for side in (-1, 1):
            cheek = [(side * 6 + x, 14), (side * 30, 6), (side * 70, 16), (side * 40, 60), (x, 60)]
            canvas.fill(smooth(cheek), pale, within=face)
    rx, ry = breed.snout
    canvas.fill(oval(x, 25, rx, ry), pale, 0.95, blur=1.5, within=face)
    for side in (-1, 1):
        canvas.fill(oval(x + side * 35, 20, 9, 6), (244, 128, 118), 0.4, blur=3.5, within=face)
        heads.eyes(canvas, x + side * 22, 2, 1.25, closed=pose.blink)
    if brightness(fur) < 0.3 and not pose.blink:
        for side in (-1, 1):
            canvas.stroke(arc(x + side * 22, 2, 8, 10.5, 0, 2 * pi), 1.6, lit(fur, 0.5), 0.8)
    nose = smooth([(x - 8, 14), (x, 12.5), (x + 8, 14), (x + 3, 21), (x - 3, 21)])
    canvas.fill(nose, _PINK if figure.kind in ("cat", "rabbit") and brightness(fur) > 0.3 else INK)
    if pose.open_mouth:
        canvas.fill(smooth([(x - 9, 28), (x + 9, 28), (x + 6, 40), (x, 44), (x - 6, 40)]), (132, 54, 60))
        canvas.fill(oval(x, 40, 5.5, 6), (240, 132, 132))
    for side in (-1, 1):
        canvas.stroke(
            arc(x + side * 7, 22, 7, 7, pi * (0.1 if side > 0 else 0.02), pi * (0.98 if side > 0 else 0.9)),
            2.4,
            INK,
            0.85,
        )
        if breed.striped:
            for dy in (0, 7):
                canvas.stroke(
                    [(x + side * 30, 24 + dy * 0.8), (x + side * 62, 19 + dy * 1.7)], 1.5, lit(fur, 0.8), 0.85
                )
    if figure.glasses:
        heads.glasses(canvas, x, 2)
    if figure.hat:
        heads.hat(canvas, figure.hat, figure.hat_colour)


def _pointed(canvas: Canvas, fur: Colour, pale: Colour) -> None:
    for side in (-1, 1):
        canvas.fill(
            smooth([(side * 12, -40), (side * 40, -84), (side * 50, -82), (side * 56, -14)], steps=6),
            Gradient(lit(fur, 0.1), fur),
        )
        canvas.fill(smooth([(side * 26, -42), (side * 42, -70), (side * 47, -26)], steps=6), _PINK, 0.8)


def _foxy(canvas: Canvas, fur: Colour, pale: Colour) -> None:
    for side in (-1, 1):
        ear = canvas.fill([(side * 8, -40), (side * 44, -96), (side * 60, -12)], Gradient(fur, fur))
        canvas.fill([(side * 22, -72), (side * 44, -100), (side * 62, -66)], dim(fur, 0.75), 0.95, blur=2, within=ear)
        canvas.fill([(side * 24, -40), (side * 42, -72), (side * 50, -26)], pale, 0.9)


def _floppy(canvas: Canvas, fur: Colour, pale: Colour) -> None:
    for side in (-1, 1):
        ear = ribbon([(side * 34, -36), (side * 62, -22), (side * 66, 22)], (26, 36, 26))
        canvas.fill(ear, Gradient(dim(fur, 0.35), dim(fur, 0.5)))


def _long(canvas: Canvas, fur: Colour, pale: Colour) -> None:
    for side in (-1, 1):
        path = [(side * 20, -36), (side * 26, -84), (side * 36, -118)]
        canvas.fill(ribbon(path, (26, 32, 18)), Gradient(lit(fur, 0.1), fur))
        canvas.fill(ribbon(path, (10, 15, 7)), _PINK, 0.75)


def _round(canvas: Canvas, fur: Colour, pale: Colour) -> None:
    for side in (-1, 1):
        canvas.fill(oval(side * 42, -40, 21), Gradient(fur, dim(fur, 0.15)))
        canvas.fill(oval(side * 41, -38, 11), mix(fur, pale, 0.7))


_BREEDS = {
    "cat": _Breed(
        _pointed, [(0, -52), (36, -44), (58, -6), (50, 28), (24, 44), (0, 46)], (22, 16), (20, 20, 18, 15), striped=True
    ),
    "dog": _Breed(_floppy, [(0, -54), (36, -44), (50, -8), (44, 28), (22, 47), (0, 49)], (29, 24), (22, 19, 15, 10)),
    "fox": _Breed(
        _foxy, [(0, -46), (34, -40), (56, -6), (68, 18), (30, 38), (0, 50)], (17, 15), (22, 46, 50, 14), dark_ends=True
    ),
    "rabbit": _Breed(_long, [(0, -50), (34, -42), (50, -6), (48, 26), (24, 44), (0, 46)], (22, 16), (46,)),
    "bear": _Breed(_round, [(0, -54), (38, -44), (56, -6), (52, 26), (28, 46), (0, 49)], (27, 21), (40,)),
}


def _bird(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    colour, pale = figure.colour, _pale(figure.colour)
    beak: Colour = (244, 166, 66)
    hop = max(0.0, pose.rise) * 2.4
    flap = pose.arms[1][0] if pose.arms[1][0] > 0.5 or pose.turn > 0.5 else 0.0
    canvas.place(pose.sway, -hop)
    for side in (-1, 1):
        canvas.stroke([(side * 18, -34), (side * 19, -8)], 6, dim(beak, 0.15))
        for toe in (-10, 0, 10):
            canvas.stroke([(side * 19, -8), (side * 19 + toe, -3)], 5, dim(beak, 0.15))
    canvas.fill(
        ribbon([(-40, -70), (-86, -62), (-112, -78)], (34, 30, 22)), Gradient(dim(colour, 0.3), dim(colour, 0.45))
    )
    canvas.place(pose.sway, -hop, pose.tilt, (0, -40))
    outline = [(0, -196), (48, -176), (66, -118), (62, -66), (0, -26), (-62, -66), (-66, -118), (-48, -176)]
    body = canvas.fill(smooth(outline), Gradient(lit(colour, 0.2), dim(colour, 0.12)))
    canvas.fill(oval(4 * pose.turn, -74, 44, 46), pale, 0.92, blur=4, within=body)
    canvas.fill(oval(60, -110, 22, 70), dim(colour, 0.6), 0.28, blur=11, within=body)
    for side in (-1, 1):
        wing: Points = moved(
            turned(ribbon([(0, 0), (6, 36), (-2, 70)], (24, 44, 12)), -side * (0.2 + abs(flap) * 0.9)), side * 60, -134
        )
        canvas.fill(wing, Gradient(dim(colour, 0.12), dim(colour, 0.4)))
    x = 10 * pose.turn
    canvas.fill(ribbon([(x - 2, -194), (x - 8, -216), (x + 8, -228)], (10, 12, 6)), dim(colour, 0.2))
    for side in (-1, 1):
        canvas.fill(oval(x + side * 26, -146, 16, 17), pale, 0.9, within=body)
        heads.eyes(canvas, x + side * 25, -146, 1.3, closed=pose.blink)
        canvas.fill(oval(x + side * 42, -126, 8, 5), (244, 128, 118), 0.5, blur=3, within=body)
    canvas.fill(
        smooth([(x - 14, -132), (x, -138), (x + 14, -132), (x, -112)]), Gradient(lit(beak, 0.25), dim(beak, 0.1))
    )
    canvas.stroke([(x - 11, -129), (x, -126), (x + 11, -129)], 2, dim(beak, 0.5), 0.8)
    canvas.place()
