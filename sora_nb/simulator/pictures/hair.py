"""Hair, what lies behind the head and what falls before it. The head's middle is at (0, 0), its radius near 48."""

from __future__ import annotations

from math import cos, pi, sin

from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import Points, arc, moved, oval, ribbon, smooth
from sora_nb.simulator.pictures.palette import Colour, dim, lit

_CROWN: Points = [(-49, 4), (-55, -22), (-42, -54), (-4, -68), (40, -56), (55, -24), (49, 4), (44, -14), (36, -29)]
_FRINGES: dict[str, Points] = {
    "short": [(20, -34), (2, -37), (-14, -30), (-30, -31), (-40, -18)],
    "bob": [(24, -20), (0, -21), (-24, -19), (-39, -14)],
    "long": [(22, -40), (8, -43), (-12, -30), (-30, -20), (-42, -4)],
    "bun": [(18, -41), (0, -45), (-20, -39), (-36, -24)],
    "ponytail": [(20, -32), (4, -29), (-16, -27), (-36, -15)],
}


def behind(canvas: Canvas, shape: str, colour: Colour, turn: float, swing: float) -> None:
    """Paint what hangs behind head and shoulders; *swing* in units lags behind the body's motion."""
    deep = Gradient(dim(colour, 0.22), dim(colour, 0.42))
    lag = -10 * turn + swing
    if shape == "long":
        lock = [
            (-50, -20),
            (-58, 30),
            (-56 + lag * 0.6, 78),
            (-30 + lag, 92),
            (30 + lag, 92),
            (56 + lag * 0.6, 78),
            (58, 30),
            (50, -20),
            (0, -56),
        ]
        canvas.fill(smooth(lock), deep)
    elif shape == "bob":
        lock = [
            (-50, -24),
            (-62, 14),
            (-58 + lag * 0.4, 42),
            (-30, 46),
            (30, 46),
            (58 + lag * 0.4, 42),
            (62, 14),
            (50, -24),
            (0, -58),
        ]
        canvas.fill(smooth(lock), deep)
    elif shape == "curly":
        for angle in range(150, 391, 20):
            a = angle * pi / 180
            canvas.fill(oval(52 * cos(a) + lag * 0.2, -10 + 50 * sin(a), 24), dim(colour, 0.2))
        for side in (-1, 1):
            for step in range(3):
                canvas.fill(
                    oval(side * (57 - 3 * step) + lag * 0.3 * step, 6 + 19 * step, 22 - 2 * step), dim(colour, 0.24)
                )
    elif shape == "bun":
        knot = canvas.fill(oval(-6 * turn, -70, 25, 23), Gradient(lit(colour, 0.12), dim(colour, 0.3)))
        canvas.stroke(arc(-6 * turn, -70, 14, 12, pi * 0.9, pi * 1.9), 3, lit(colour, 0.25), 0.5, within=knot)
    elif shape == "ponytail":
        tail = ribbon(
            [(-34 - 12 * turn, -44), (-66 + lag, -30), (-74 + lag * 1.4, 20), (-64 + lag * 2, 64)], [18, 32, 28, 7]
        )
        canvas.fill(tail, Gradient(colour, dim(colour, 0.35)))
        canvas.fill(oval(-42 - 9 * turn, -43, 8, 10), (222, 96, 92))


def before(canvas: Canvas, shape: str, colour: Colour, turn: float) -> None:
    """Paint the crown and what falls over the forehead."""
    shift = 5 * turn
    if shape == "bald":
        canvas.fill(oval(-16 + shift, -34, 14, 8, -0.5), (255, 255, 255), 0.28, blur=4)
        return
    if shape == "curly":
        _curls(canvas, colour, shift)
        return
    outline = moved(smooth([*_CROWN, *_FRINGES[shape]], steps=7), shift * 0.5)
    crown = canvas.fill(outline, Gradient(lit(colour, 0.1), dim(colour, 0.14)))
    canvas.stroke(arc(shift - 2, -12, 36, 42, pi * 1.18, pi * 1.62), 8, lit(colour, 0.5), 0.34, blur=2.5, within=crown)
    canvas.stroke(arc(shift + 3, -8, 48, 46, pi * 1.72, pi * 2.02), 12, dim(colour, 0.4), 0.5, blur=5, within=crown)
    if shape in ("long", "bob"):
        drop = 62 if shape == "long" else 34
        for side in (-1, 1):
            lock = [(side * 44, -30), (side * 53, 2), (side * 50, drop)]
            canvas.fill(ribbon(lock, [18, 17, 8]), Gradient(colour, dim(colour, 0.25)))


def _curls(canvas: Canvas, colour: Colour, shift: float) -> None:
    for angle in range(186, 361, 19):
        a = angle * pi / 180
        canvas.fill(oval(shift * 0.5 + 43 * cos(a), -16 + 40 * sin(a), 20), colour)
    curls = ((-38, -26, 15), (-20, -38, 16), (0, -42, 16), (20, -40, 16), (37, -28, 15))
    for x, y, r in curls:
        curl = canvas.fill(oval(shift * 0.6 + x, y, r), Gradient(lit(colour, 0.1), dim(colour, 0.12)))
        canvas.stroke(
            arc(shift * 0.6 + x, y, r * 0.55, r * 0.55, pi * 0.95, pi * 1.75), 3, lit(colour, 0.5), 0.4, within=curl
        )
    for x, y in ((-30, -52), (-6, -60), (20, -56)):
        canvas.stroke(arc(shift * 0.5 + x, y, 10, 9, pi, pi * 1.8), 3, lit(colour, 0.5), 0.35)


def beard(canvas: Canvas, colour: Colour, turn: float) -> None:
    """Paint a full, trimmed beard around the chin."""
    x = 8 * turn
    outline = [
        (-46, 2),
        (-45, 24),
        (-30, 48),
        (x * 0.5, 60),
        (32, 47),
        (45, 24),
        (46, 2),
        (38, 14),
        (20 + x, 18),
        (x, 14),
        (-20 + x, 18),
        (-38, 14),
    ]
    shape = canvas.fill(smooth(outline), Gradient(colour, dim(colour, 0.22)))
    canvas.fill(oval(x - 14, 44, 14, 8), lit(colour, 0.4), 0.3, blur=4, within=shape)
