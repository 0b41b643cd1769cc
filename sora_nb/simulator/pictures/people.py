"""People. The point between the feet is (0, 0) and a grown person is 400 units tall."""

from __future__ import annotations

from math import cos, sin

from sora_nb.simulator.pictures import clothes, hair, heads
from sora_nb.simulator.pictures.canvas import Canvas, Gradient, Stencil
from sora_nb.simulator.pictures.curves import Point, oval, ribbon, smooth, turned
from sora_nb.simulator.pictures.palette import Colour, dim, lit
from sora_nb.simulator.pictures.poses import Joint, Pose
from sora_nb.simulator.pictures.scene import Figure

_HEAD_HEIGHT = -333.0
_THIGH, _SHIN = 82.0, 78.0
_UPPER_ARM, _LOWER_ARM = 54.0, 50.0


def person(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint one person in one pose."""
    sink = 62 if pose.seated else 0
    hips: Point = (pose.sway, -172 - pose.rise + sink)
    flow = -pose.legs[1][0] * 0.8 if pose.turn > 0.5 else pose.sway / 14
    nod = pose.lean * 0.6 + pose.tilt
    neck = turned([(0, -286)], pose.lean, (0, -172))[0]
    dx, dy = pose.sway, -pose.rise + sink

    def head_space() -> None:
        canvas.place(neck[0] + dx + 2 * pose.turn, neck[1] + 286 + _HEAD_HEIGHT + dy, nod, (0, 46))

    def body_space() -> None:
        canvas.place(dx, dy, pose.lean, (0, -172))

    head_space()
    hair.behind(canvas, figure.hair_shape, figure.hair, pose.turn, -pose.rise * 0.5)
    body_space()
    _arm(canvas, figure, pose, pose.arms[0], -1)
    canvas.place()
    if pose.seated:
        _stool(canvas)
    _leg(canvas, figure, pose, pose.legs[0], (hips[0] - 19 + 8 * pose.turn, hips[1]), -1)
    _leg(canvas, figure, pose, pose.legs[1], (hips[0] + 19 - 8 * pose.turn, hips[1]), 1)
    body_space()
    canvas.stroke([(0, -296), (0, -272)], 27, dim(figure.skin, 0.2))
    body = clothes.torso(canvas, figure, flow)
    head_space()
    heads.head(canvas, figure, pose)
    body_space()
    _arm(canvas, figure, pose, pose.arms[1], 1, body)
    canvas.place()


def _leg(canvas: Canvas, figure: Figure, pose: Pose, joint: Joint, hip: Point, side: int) -> None:
    bare = figure.clothes == "dress"
    colour = figure.skin if bare else figure.legs
    colour = dim(colour, 0.26) if side < 0 and pose.turn > 0.5 else colour
    upper, bend = joint
    thigh = _THIGH * (0.42 if pose.seated else 1)
    knee = (hip[0] + thigh * sin(upper), hip[1] + thigh * cos(upper))
    ankle = (knee[0] + _SHIN * sin(upper + bend), knee[1] + _SHIN * cos(upper + bend))
    _shoe(canvas, figure, ankle, upper + bend, pose.turn, side)
    widths = (32, 25, 17) if bare else (41, 33, 25)
    leg = canvas.fill(ribbon([hip, knee, ankle], widths), Gradient(colour, dim(colour, 0.2)))
    canvas.fill(
        ribbon([(hip[0] + 11, hip[1]), (knee[0] + 10, knee[1]), (ankle[0] + 9, ankle[1])], (13, 12, 9)),
        dim(colour, 0.6),
        0.3,
        blur=4,
        within=leg,
    )


def _shoe(canvas: Canvas, figure: Figure, ankle: Point, angle: float, turn: float, side: int) -> None:
    colour = dim(figure.shoes, 0.2) if side < 0 and turn > 0.5 else figure.shoes
    toe = 25 * turn + (1 - turn) * side * 9
    outline = [
        (-13, -6),
        (0, -12),
        (13, -6),
        (15 + max(toe, 0), 4),
        (14 + max(toe, 0), 11),
        (-13 + min(toe, 0), 11),
        (-15 + min(toe, 0), 3),
    ]
    tip = -angle * 0.75
    place = [(ankle[0] + x, ankle[1] + y) for x, y in turned(outline, tip)]
    shoe = canvas.fill(smooth(place, steps=6), Gradient(lit(colour, 0.15), dim(colour, 0.2)))
    sole = [(ankle[0] + x, ankle[1] + y) for x, y in turned([(-40, 7), (60, 7), (60, 20), (-40, 20)], tip)]
    canvas.fill(sole, lit(colour, 0.65), within=shoe)


def _arm(canvas: Canvas, figure: Figure, pose: Pose, joint: Joint, side: int, body: Stencil | None = None) -> None:
    broad = 4 if figure.look == "man" and figure.age != "child" else 0
    shoulder: Point = (side * (39 + broad - 13 * pose.turn * (1 if pose.turn > 0.5 else 0.4)), -256)
    upper, bend = joint
    elbow = (shoulder[0] + _UPPER_ARM * sin(upper), shoulder[1] + _UPPER_ARM * cos(upper))
    wrist = (elbow[0] + _LOWER_ARM * sin(upper + bend), elbow[1] + _LOWER_ARM * cos(upper + bend))
    hand = (wrist[0] + 6 * sin(upper + bend), wrist[1] + 6 * cos(upper + bend))
    far = side < 0 and pose.turn > 0.3
    skin = dim(figure.skin, 0.18) if far else figure.skin
    cloth: Colour = clothes.inner(figure)
    cloth = dim(cloth, 0.28) if far else dim(cloth, 0.06)
    if body is not None:
        shade = [(x - 5, y + 3) for x, y in (shoulder, elbow, wrist)]
        canvas.fill(ribbon(shade, (30, 28, 24)), dim(figure.colour, 0.85), 0.36, blur=5, within=body)
    if side > 0 and pose.in_hand == "spoon":
        canvas.stroke([(hand[0] - 8, hand[1] - 26), (hand[0] + 10, hand[1] + 46)], 6, (176, 126, 82))
    canvas.fill(oval(*hand, 12.5, 13), Gradient(lit(skin, 0.1), dim(skin, 0.1)))
    if figure.clothes in clothes.LONG_SLEEVES:
        sleeve = canvas.fill(
            ribbon([shoulder, elbow, wrist], (33, 28, 24)), Gradient(lit(cloth, 0.1), dim(cloth, 0.12))
        )
        cuff = ((elbow[0] + 3 * wrist[0]) / 4, (elbow[1] + 3 * wrist[1]) / 4)
        canvas.stroke([cuff, wrist], 26, dim(cloth, 0.3), 0.55, within=sleeve)
    else:
        canvas.fill(ribbon([shoulder, elbow, wrist], (26, 22, 18)), Gradient(skin, dim(skin, 0.1)))
        middle = ((shoulder[0] + elbow[0]) / 2, (shoulder[1] + elbow[1]) / 2)
        sleeve = canvas.fill(ribbon([shoulder, middle], (34, 33)), Gradient(lit(cloth, 0.1), dim(cloth, 0.12)))
    inner = [(shoulder[0] + 9, shoulder[1]), (elbow[0] + 9, elbow[1]), (wrist[0] + 8, wrist[1])]
    canvas.fill(ribbon(inner, (12, 11, 9)), dim(cloth, 0.6), 0.28, blur=4, within=sleeve)
    if side > 0 and pose.in_hand == "mug":
        _mug(canvas, hand)


def _stool(canvas: Canvas) -> None:
    wood: Colour = (176, 122, 86)
    for side in (-1, 1):
        canvas.stroke([(side * 44, -84), (side * 58, 2)], 11, dim(wood, 0.25))
    canvas.fill(oval(0, -88, 66, 16), Gradient(lit(wood, 0.25), dim(wood, 0.15)))


def _mug(canvas: Canvas, hand: Point) -> None:
    x, y = hand[0] - 15, hand[1] - 4
    canvas.fill(oval(x - 15, y, 9, 10), (226, 214, 200))
    cup = canvas.fill(
        smooth([(x - 15, y - 17), (x + 15, y - 17), (x + 14, y + 14), (x, y + 18), (x - 14, y + 14)], steps=6),
        Gradient((252, 246, 236), (222, 206, 190)),
    )
    canvas.fill([(x - 20, y - 4), (x + 20, y - 4), (x + 20, y + 3), (x - 20, y + 3)], (214, 116, 92), within=cup)
