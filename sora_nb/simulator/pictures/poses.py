"""How a body stands at each moment of what it does. Every action is a loop."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

Joint = tuple[float, float]
"""Two angles in radians: the upper limb from straight down, and the bend of the lower limb against it."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One moment of a body. Angles grow towards the right of the picture; lengths are in drawing units."""

    arms: tuple[Joint, Joint]
    """The far (left) arm and the near (right) arm."""
    legs: tuple[Joint, Joint] = ((0.03, 0.0), (-0.03, 0.0))
    rise: float = 0
    """How far the body is lifted."""
    sway: float = 0
    lean: float = 0
    tilt: float = 0
    """Of the head."""
    turn: float = 0
    """From facing the viewer (0) to facing right (1)."""
    blink: bool = False
    open_mouth: bool = False
    seated: bool = False
    in_hand: str | None = None
    """What the near hand holds: `mug`, `spoon`, or None."""


@dataclass(frozen=True, slots=True)
class Loop:
    """How an action is drawn: so many poses, each shown for so many frames, travelling so fast."""

    poses: int
    hold: int
    speed: float = 0
    """Drawing units per second that the ground passes by."""


LOOPS: dict[str, Loop] = {
    "standing": Loop(24, 3),
    "walking": Loop(24, 1, 150),
    "running": Loop(16, 1, 320),
    "waving": Loop(24, 2),
    "dancing": Loop(24, 1),
    "sitting": Loop(24, 3),
    "cooking": Loop(24, 2),
}


def pose(action: str, moment: float) -> Pose:
    """The pose at *moment* (0 to 1) of the loop of *action*."""
    return _POSES[action](2 * pi * moment, moment)


def _standing(angle: float, moment: float) -> Pose:
    breath = sin(2 * angle)
    return Pose(
        arms=((-0.16 - 0.02 * breath, 0.16), (0.16 + 0.02 * breath, -0.16)),
        rise=1.2 * breath,
        sway=2.5 * sin(angle),
        tilt=0.045 * sin(angle + 0.6),
        turn=0.16 * sin(angle),
        blink=_blinks(moment),
    )


def _walking(angle: float, moment: float) -> Pose:
    return _stride(angle, moment, reach=0.46, fold=0.85, swing=0.5, elbow=0.3, bounce=5, lean=0.03)


def _running(angle: float, moment: float) -> Pose:
    return _stride(angle, moment, reach=0.78, fold=1.35, swing=0.8, elbow=1.35, bounce=12, lean=0.13)


def _stride(
    angle: float, moment: float, *, reach: float, fold: float, swing: float, elbow: float, bounce: float, lean: float
) -> Pose:
    def leg(at: float) -> Joint:
        return (reach * sin(at), -fold * max(0.0, cos(at)) ** 1.6 - 0.08)

    return Pose(
        arms=((swing * sin(angle), elbow), (-swing * sin(angle), elbow)),
        legs=(leg(angle + pi), leg(angle)),
        rise=bounce * abs(cos(angle)) - bounce * 0.6,
        lean=lean,
        tilt=0.03 * sin(2 * angle),
        turn=0.62,
        blink=0.4 < moment < 0.5,
    )


def _waving(angle: float, moment: float) -> Pose:
    return Pose(
        arms=((-0.16, 0.14), (2.35, 0.42 + 0.38 * sin(2 * angle))),
        rise=1.5 * sin(angle),
        sway=3 * sin(angle),
        tilt=0.07 * sin(angle),
        turn=0.12,
        blink=_blinks(moment),
        open_mouth=True,
    )


def _dancing(angle: float, moment: float) -> Pose:
    beat = abs(sin(angle))
    return Pose(
        arms=((-1.25 - 0.55 * sin(angle), -1.0), (1.25 - 0.55 * sin(angle), 1.0)),
        legs=(
            (-0.12 - 0.16 * sin(angle), 0.3 * max(0.0, sin(angle))),
            (0.12 - 0.16 * sin(angle), 0.3 * min(0.0, sin(angle))),
        ),
        rise=9 * beat - 3,
        sway=13 * sin(angle),
        lean=0.07 * sin(angle),
        tilt=-0.12 * sin(angle),
        turn=0.3 * sin(angle),
        blink=0.7 < moment < 0.76,
        open_mouth=True,
    )


def _sitting(angle: float, moment: float) -> Pose:
    sip = max(0.0, sin(angle - 0.7)) ** 3
    return Pose(
        arms=((-0.3, 1.15), (0.32 + 0.3 * sip, -1.75 - 0.75 * sip)),
        legs=((-0.45, 0.45), (0.45, -0.45)),
        rise=1.2 * sin(2 * angle),
        tilt=0.05 * sin(angle),
        turn=0.15 * sin(angle),
        blink=_blinks(moment) or sip > 0.7,
        seated=True,
        in_hand="mug",
    )


def _cooking(angle: float, moment: float) -> Pose:
    return Pose(
        arms=((-0.35, 1.15), (0.5 + 0.14 * sin(angle), 0.42 + 0.16 * cos(angle))),
        rise=1.5 * sin(2 * angle),
        sway=2 * sin(angle),
        tilt=0.08 + 0.03 * sin(angle),
        turn=0.34,
        blink=_blinks(moment),
        in_hand="spoon",
    )


def _blinks(moment: float) -> bool:
    return 0.55 < moment < 0.6


_POSES = {
    "standing": _standing,
    "walking": _walking,
    "running": _running,
    "waving": _waving,
    "dancing": _dancing,
    "sitting": _sitting,
    "cooking": _cooking,
}
