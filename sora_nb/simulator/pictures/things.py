"""A robot, and things with a life of their own. The ground below them is (0, 0)."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

from sora_nb.simulator.pictures import heads
from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import arc, box, oval, ribbon, smooth
from sora_nb.simulator.pictures.palette import Colour, dim, lit, mix
from sora_nb.simulator.pictures.poses import Pose
from sora_nb.simulator.pictures.scene import Figure

_GLASS: Colour = (44, 52, 72)
_GLOW: Colour = (128, 236, 222)


def robot(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint a friendly robot, 330 units tall, that moves as a person does."""
    shell, joint = figure.colour, mix(dim(figure.colour, 0.6), _GLASS, 0.5)
    sink = 30 if pose.seated else 0
    dx, dy = pose.sway, sink - pose.rise
    canvas.place(dx, dy)
    for side, (upper, bend) in zip((-1, 1), pose.legs, strict=True):
        hip = (side * 26 * (1 - 0.4 * pose.turn), -104)
        knee = (hip[0] + 44 * sin(upper), hip[1] + 44 * cos(upper))
        foot = (knee[0] + 44 * sin(upper + bend), knee[1] + 44 * cos(upper + bend))
        tone = dim(joint, 0.25) if side < 0 else joint
        canvas.fill(ribbon([hip, knee, foot], (19, 17, 17)), tone)
        canvas.fill(oval(*knee, 13), Gradient(lit(shell, 0.2), dim(shell, 0.3)))
        canvas.fill(
            box(foot[0] - 23, foot[1] - 12, foot[0] + 27, foot[1] + 14, 13),
            Gradient(lit(shell, 0.15), dim(shell, 0.35)),
        )
    _robot_arm(canvas, shell, joint, pose.arms[0], -1)
    canvas.place(dx, dy, pose.lean, (0, -110))
    body = canvas.fill(box(-58, -206, 58, -92, 34), Gradient(lit(shell, 0.3), dim(shell, 0.2)))
    canvas.fill(oval(56, -150, 22, 70), dim(shell, 0.6), 0.36, blur=10, within=body)
    canvas.fill(box(-34, -182, 34, -130, 14), dim(shell, 0.25))
    canvas.fill(box(-31, -179, 31, -133, 12), _GLASS)
    pulse = [(-24, -156), (-12, -156), (-6, -168), (3, -144), (9, -156), (24, -156)]
    for a, b in pairwise(pulse):
        canvas.stroke([a, b], 3, (240, 128, 118))
    for x in (-14, 0, 14):
        canvas.fill(oval(x, -112, 4.5), (244, 190, 92) if x else _GLOW)
    _robot_arm(canvas, shell, joint, pose.arms[1], 1)
    canvas.place(dx + 2 * pose.turn, dy - 258, pose.tilt + pose.lean * 0.5, (0, 44))
    _robot_head(canvas, figure, pose, joint)
    canvas.place()


def _robot_head(canvas: Canvas, figure: Figure, pose: Pose, joint: Colour) -> None:
    shell = figure.colour
    canvas.stroke([(0, 40), (0, 54)], 22, joint)
    canvas.stroke([(0, -44), (2, -68)], 5, joint)
    canvas.glow(2, -72, 26, (255, 150, 120), 0.55)
    canvas.fill(oval(2, -72, 9), Gradient((255, 170, 140), (232, 92, 84)))
    for side in (-1, 1):
        canvas.fill(box(side * 64 - 9, -18, side * 64 + 9, 18, 7), Gradient(lit(joint, 0.2), joint))
    skull = canvas.fill(box(-64, -46, 64, 46, 36), Gradient(lit(shell, 0.4), dim(shell, 0.12)))
    canvas.fill(oval(60, 6, 20, 50), dim(shell, 0.6), 0.3, blur=9, within=skull)
    x = 8 * pose.turn
    screen = canvas.fill(
        box(x - 48, -30, x + 48, 32, 24), Gradient(_GLASS, mix(_GLASS, (70, 66, 110), 0.6)), within=skull
    )
    canvas.fill([(x - 20, -34), (x + 2, -34), (x - 30, 36), (x - 52, 36)], (255, 255, 255), 0.09, within=screen)
    for side in (-1, 1):
        ex = x + side * 21
        canvas.glow(ex, -2, 20, _GLOW, 0.4)
        if pose.blink:
            canvas.stroke([(ex - 8, -1), (ex + 8, -1)], 5, _GLOW)
        else:
            canvas.fill(oval(ex, -2, 8, 11), _GLOW)
            canvas.fill(oval(ex + 2.5, -6, 2.6), (255, 255, 255))
    canvas.stroke(arc(x, 11, 10, 8, pi * 0.12, pi * 0.88), 3.6, _GLOW)
    if figure.hat:
        heads.hat(canvas, figure.hat, figure.hat_colour)


def _robot_arm(canvas: Canvas, shell: Colour, joint: Colour, angles: tuple[float, float], side: int) -> None:
    shoulder = (side * 58, -184)
    elbow = (shoulder[0] + 44 * sin(angles[0]), shoulder[1] + 44 * cos(angles[0]))
    hand = (elbow[0] + 44 * sin(sum(angles)), elbow[1] + 44 * cos(sum(angles)))
    canvas.fill(ribbon([shoulder, elbow, hand], (17, 15, 15)), joint)
    canvas.fill(oval(*shoulder, 17), Gradient(lit(shell, 0.25), dim(shell, 0.25)))
    canvas.fill(oval(*elbow, 11), Gradient(lit(shell, 0.2), dim(shell, 0.3)))
    canvas.fill(oval(*hand, 17), Gradient(lit(shell, 0.25), dim(shell, 0.25)))


def ball(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint a rubber ball with a face that rolls and hops, 180 units tall."""
    colour = figure.colour
    canvas.place(pose.sway * 1.5, -max(0.0, pose.rise) * 2.5)
    round_ = canvas.fill(oval(0, -90, 88), Gradient(lit(colour, 0.25), dim(colour, 0.2)))
    stripe = ribbon([(-100, -64 + 30 * pose.tilt), (0, -42), (100, -64 - 30 * pose.tilt)], (26, 30, 26))
    canvas.fill(stripe, (252, 244, 230), 0.92, within=round_)
    canvas.fill(oval(60, -60, 50, 90), dim(colour, 0.7), 0.3, blur=20, within=round_)
    canvas.fill(oval(-34, -132, 24, 15, -0.5), (255, 255, 255), 0.55, blur=6, within=round_)
    _face(canvas, -106, pose)


def mug(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint a steaming mug with a face, 210 units tall."""
    colour = figure.colour
    canvas.place(pose.sway, -max(0.0, pose.rise), pose.lean + pose.tilt * 0.5)
    for x, phase in ((-26, 0.0), (6, 2.0), (34, 4.0)):
        bend = 9 * sin(pose.sway * 0.4 + phase)
        canvas.fill(ribbon([(x, -176), (x + bend, -200), (x - bend, -226)], (8, 12, 3)), (255, 255, 255), 0.5, blur=4)
    handle = arc(68, -88, 42, 40, -pi / 2, pi / 2)
    canvas.stroke(handle, 21, dim(colour, 0.2))
    outline = [(-76, -164), (76, -164), (74, -40), (56, -6), (0, 0), (-56, -6), (-74, -40)]
    cup = canvas.fill(smooth(outline, steps=6), Gradient(lit(colour, 0.22), dim(colour, 0.2)))
    canvas.fill(oval(66, -80, 26, 84), dim(colour, 0.7), 0.3, blur=12, within=cup)
    canvas.fill(box(-62, -144, -46, -50, 8), (255, 255, 255), 0.3, blur=4, within=cup)
    canvas.fill(oval(0, -165, 77, 17), lit(colour, 0.45))
    canvas.fill(oval(0, -163, 67, 12), Gradient((112, 70, 50), (158, 104, 72)))
    _face(canvas, -92, pose)


def car(canvas: Canvas, figure: Figure, pose: Pose) -> None:
    """Paint a little round car that drives to the right, 190 units tall."""
    colour = figure.colour
    canvas.place(0, -max(0.0, pose.rise) * 0.4)
    cabin = canvas.fill(
        smooth([(-96, -96), (-78, -158), (-30, -182), (30, -182), (72, -154), (98, -96)]),
        Gradient(lit(colour, 0.3), colour),
    )
    for left, right in ((-72, -6), (8, 74)):
        pane = canvas.fill(box(left, -158, right, -104, 18), Gradient((206, 234, 244), (150, 196, 214)), within=cabin)
        canvas.fill(
            [(left + 10, -100), (left + 34, -164), (left + 48, -164), (left + 24, -100)],
            (255, 255, 255),
            0.45,
            within=pane,
        )
    hull = canvas.fill(
        smooth([(-150, -84), (-120, -110), (90, -112), (146, -92), (154, -54), (140, -34), (-140, -34), (-156, -56)]),
        Gradient(lit(colour, 0.1), dim(colour, 0.25)),
    )
    canvas.fill(box(-170, -66, 170, -58), lit(colour, 0.6), 0.8, within=hull)
    canvas.fill(oval(144, -78, 10, 13), (255, 240, 186))
    canvas.fill(oval(-150, -76, 7, 12), (232, 92, 84))
    canvas.stroke([(-10, -92), (8, -92)], 5, dim(colour, 0.45))
    for x in (-88, 86):
        canvas.fill(oval(x, -34, 40, 38), dim(colour, 0.6))
        canvas.fill(oval(x, -32, 33), (58, 54, 64))
        canvas.fill(oval(x, -32, 19), Gradient((236, 232, 226), (184, 182, 186)))
        for spoke in range(4):
            angle = pose.legs[1][0] * 2 + spoke * pi / 2
            canvas.stroke([(x, -32), (x + 15 * cos(angle), -32 + 15 * sin(angle))], 4, (140, 138, 146))
    canvas.place()


def _face(canvas: Canvas, y: float, pose: Pose) -> None:
    for side in (-1, 1):
        heads.eyes(canvas, side * 24, y, 1.35, closed=pose.blink)
        canvas.fill(oval(side * 42, y + 18, 11, 7), (255, 150, 140), 0.5, blur=3)
    canvas.stroke(arc(0, y + 8, 10, 9, pi * 0.1, pi * 0.9), 3.4, (72, 44, 50))
    canvas.place()
