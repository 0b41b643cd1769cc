"""Where a backdrop is painted: the light of the hour, the air, and boards that meet at their ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import pi, sin

import numpy as np
from PIL import Image

from sora_nb.simulator.pictures.canvas import Canvas, Gradient
from sora_nb.simulator.pictures.curves import Points, box, oval
from sora_nb.simulator.pictures.palette import Colour, lit, mix, under
from sora_nb.simulator.pictures.scene import Scene

HEIGHT = 720
"""Every picture is this many units high, whatever its pixels."""


@dataclass(frozen=True)
class Light:
    """The colours of an hour."""

    zenith: Colour
    horizon: Colour
    haze: Colour
    """What far things fade into."""
    tint: Colour
    """What white looks like in this light."""
    disc: Colour
    """The sun or the moon."""


LIGHTS = {
    "day": Light((116, 190, 232), (228, 243, 238), (206, 232, 234), (255, 253, 246), (255, 248, 214)),
    "sunset": Light((98, 92, 166), (255, 190, 128), (248, 172, 138), (255, 222, 196), (255, 236, 190)),
    "night": Light((24, 30, 70), (78, 88, 150), (58, 70, 128), (158, 168, 226), (246, 244, 224)),
    "rain": Light((122, 144, 168), (206, 216, 220), (184, 200, 208), (226, 234, 244), (232, 236, 238)),
    "snow": Light((150, 186, 218), (240, 244, 248), (222, 234, 242), (242, 246, 255), (255, 252, 240)),
}
"""Light by the hour; grey and white weather has its own where the hour is day."""


@dataclass(frozen=True)
class Layer:
    """One painted board and how far away it is."""

    picture: Image.Image
    depth: float
    """How fast it passes by: 0 stands still, 1 is the ground under the figures, more is nearer."""
    top: int = 0
    """Pixel row of the frame where the board begins."""
    wind: float = 0
    """Units per second that the board moves by itself."""

    def solid_from(self) -> int:
        """The board's row from which on nothing behind it can be seen."""
        rows = np.asarray(self.picture.getchannel("A")).min(axis=1) == 255
        open_rows = np.flatnonzero(~rows)
        return int(open_rows[-1]) + 1 if len(open_rows) else 0


@dataclass(frozen=True)
class Backdrop:
    """A place, painted."""

    behind: tuple[Layer, ...]
    front: tuple[Layer, ...]
    ground: float
    """Where the figures stand, in units from the top; below the picture where a counter hides their feet."""
    figure_scale: float
    tint: Colour
    endless: bool
    """Whether the boards meet at their ends, so that one can walk past them for ever."""
    seat: float | None = None
    """Where those who sit are set, if not on the ground."""
    motes: str | None = None
    """What drifts through the air: `rain`, `snow`, `fireflies`, `dust`, `steam`, or None."""


@dataclass
class Stage:
    """The means to paint one place once."""

    scene: Scene
    width: float
    """Of the frame, in units."""
    scale: float
    """Pixels per unit."""
    seed: int
    endless: bool
    span: float = field(init=False)
    """Width of every board, in units."""
    light: Light = field(init=False)
    dice: np.random.Generator = field(init=False)
    lamps: list[tuple[float, float]] = field(default_factory=list)
    """Where lamps hang indoors; they shine through the dark of the evening."""

    def __post_init__(self) -> None:
        pixels = round((max(self.width * 1.5, 1100) if self.endless else self.width + 48) * self.scale)
        self.span = pixels / self.scale
        hour = self.scene.time
        grey = hour == "day" and self.scene.weather != "clear"
        self.light = LIGHTS[self.scene.weather if grey else hour]
        self.dice = np.random.default_rng(self.seed)

    @property
    def night(self) -> bool:
        return self.scene.time == "night"

    @property
    def snow(self) -> bool:
        return self.scene.weather == "snow"

    def board(self) -> Canvas:
        """A fresh transparent board."""
        return Canvas(self.span, HEIGHT, self.scale, oversample=2)

    def layer(self, board: Canvas, depth: float) -> Layer:
        """The painted board without its empty rows."""
        picture = board.picture()
        found = picture.getchannel("A").getbbox() or (0, 0, 1, 1)
        return Layer(picture.crop((0, found[1], picture.width, found[3])), depth, found[1])

    def tone(self, colour: Colour, distance: float = 0) -> Colour:
        """*colour* as this hour shows it, faded into the haze by *distance* (0 to 1)."""
        return mix(under(colour, self.light.tint, 0.9), self.light.haze, distance)

    def wash(self, colour: Colour, distance: float = 0, depth: float = 0.16) -> Gradient:
        """A gradient of `tone`, a little lighter at the top."""
        base = self.tone(colour, distance)
        return Gradient(lit(base, depth * (0.4 if self.night else 1)), mix(base, (40, 44, 84), depth))

    def around(self, x: float, reach: float) -> Iterator[float]:
        """*x*, and where a thing as wide as *reach* must be painted again so that the board's ends meet."""
        x %= self.span
        yield x
        if self.endless:
            if x < reach:
                yield x + self.span
            if x > self.span - reach:
                yield x - self.span

    def scatter(self, count: int, jitter: float = 0.35) -> list[float]:
        """*count* places along the board, evenly spread and a little disturbed."""
        step = self.span / count
        return [step * (i + 0.5 + float(self.dice.uniform(-jitter, jitter))) for i in range(count)]

    def between(self, low: float, high: float) -> float:
        return float(self.dice.uniform(low, high))

    def ridge(self, base: float, *waves: tuple[int, float]) -> Points:
        """A hilly outline down to the bottom; each wave is (how many along the board, how high)."""
        phases = [self.between(0, 2 * pi) for _ in waves]
        count = 160
        line: Points = []
        for i in range(-2, count + 3):
            at = 2 * pi * i / count
            y = base + sum(high * sin(many * at + phase) for (many, high), phase in zip(waves, phases, strict=True))
            line.append((self.span * i / count, y))
        return [*line, (self.span + 40, HEIGHT + 40), (-40, HEIGHT + 40)]

    def sky(self, horizon: float = 470) -> Layer:
        """The sky with sun or moon; it stands still."""
        board = self.board()
        light = self.light
        board.fill(box(0, 0, self.span, horizon + 60), Gradient(light.zenith, light.horizon))
        board.fill(box(0, horizon + 50, self.span, HEIGHT), light.horizon)
        x = self.width * (0.74 if self.scene.time != "night" else 0.78)
        y = {"day": 130.0, "sunset": horizon - 66, "night": 120.0}[self.scene.time]
        if self.scene.weather == "clear":
            board.glow(x, y, 360 if not self.night else 240, light.disc, 0.75 if not self.night else 0.35)
            board.fill(oval(x, y, 52 if self.scene.time == "sunset" else 40), light.disc, 0.96)
            if self.night:
                for dx, dy, crater in ((-12, -8, 9), (12, 10, 6), (8, -16, 4)):
                    board.fill(oval(x + dx, y + dy, crater), (218, 216, 206), 0.7)
        if self.night:
            for _ in range(90):
                r = self.between(0.8, 2.2)
                board.fill(
                    oval(self.between(0, self.span), self.between(0, horizon * 0.8), r),
                    (255, 252, 236),
                    self.between(0.4, 1),
                )
        if self.scene.time == "sunset":
            board.glow(x, horizon + 20, 620, (255, 150, 110), 0.45)
        return self.layer(board, 0)

    def clouds(self, count: int = 5, depth: float = 0.06) -> Layer:
        """Soft clouds that hardly move."""
        board = self.board()
        top = mix(self.light.horizon, (255, 255, 255), 0.75)
        if self.night:
            top = mix(self.light.zenith, self.light.horizon, 0.55)
        for x in self.scatter(count):
            y, size = self.between(50, 250), self.between(0.6, 1.25)
            puffs = [(-70, 10, 30), (-34, -6, 40), (8, -18, 48), (48, -2, 38), (80, 12, 26)]
            for at in self.around(x, 160 * size):
                for dx, dy, r in puffs:
                    puff = board.fill(oval(at + dx * size, y + dy * size, r * size), mix(top, self.light.zenith, 0.1))
                    board.fill(
                        oval(at + (dx - 6) * size, y + (dy - 8) * size, r * 0.8 * size),
                        top,
                        0.8,
                        blur=6 * size,
                        within=puff,
                    )
        return replace(self.layer(board, depth), wind=5)


def air(stage: Stage, otherwise: str | None = None) -> str | None:
    """What drifts through the air outdoors: the weather, or *otherwise*."""
    return stage.scene.weather if stage.scene.weather != "clear" else otherwise
