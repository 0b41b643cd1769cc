"""Who is in the film: figures and sprites, where they stand and how they move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sin

from PIL import Image, ImageChops, ImageFilter

from sora_nb.simulator.pictures.figures import Strip, stature, strip, trimmed
from sora_nb.simulator.pictures.palette import Colour
from sora_nb.simulator.pictures.poses import LOOPS
from sora_nb.simulator.pictures.scene import Scene
from sora_nb.simulator.pictures.sprite import Sprite
from sora_nb.simulator.pictures.stage import HEIGHT, Backdrop
from sora_nb.simulator.pictures.vocabulary import COATS

_STEP = 232.0
"""Units between two figures that stand side by side."""
_NEED = 190.0
"""Units that a grown person takes up."""
_TINT = 0.72
_SPRITE_STATURE = {"feet": 396.0, "bust": 470.0, "sticker": 400.0}

_SPRITE_WIDTH = 320.0


@dataclass(frozen=True)
class Actor:
    """One figure on its way through the film. Lengths are in units, places in pixels."""

    strip: Strip
    x: float
    ground: float
    shadow: Image.Image | None
    late: int
    """Frames by which its loop lags, so that two walkers do not march."""
    bob: float = 0
    """How far a cut-out picture is lifted with each step."""
    steps: float = 0
    """Steps per second of a cut-out picture."""
    speed: float = 0
    """Units per second through the frame."""

    def paste(self, frame: Image.Image, seconds: float, index: int, scale: float) -> None:
        """Set the actor into *frame*."""
        picture = self.strip.pictures[(index + self.late) // self.strip.hold % len(self.strip.pictures)]
        rise = self.bob * abs(sin(pi * self.steps * seconds)) if self.steps else self.bob * 0.3 * sin(2 * seconds)
        x, y = self._x(seconds, frame.width / scale) * scale, self.ground * scale
        if self.shadow is not None:
            corner = (round(x - self.shadow.width / 2), round(y - self.shadow.height / 2))
            frame.paste((34, 28, 60), corner, self.shadow)
        frame.paste(picture, (round(x) - self.strip.foot[0], round(y - rise * scale) - self.strip.foot[1]), picture)

    def _x(self, seconds: float, width: float) -> float:
        if not self.speed:
            return self.x
        way = width + 2 * _STEP
        return (self.x + self.speed * seconds) % way - _STEP


def gather(scene: Scene, backdrop: Backdrop, width: float, scale: float, sprites: Sequence[Sprite]) -> list[Actor]:
    """The actors of a scene on a frame *width* units wide; *sprites* take the place of the prompt's own figures."""
    count = len(sprites) or len(scene.figures)
    if not count:
        return []
    step = min(_STEP, width / (count + 0.15))
    size = backdrop.figure_scale * min(1.0, step / _NEED)
    if not sprites and max(stature(figure) for figure in scene.figures) < 300:
        size *= 1.4
    speed = LOOPS[scene.action].speed * size if scene.crossing or not backdrop.endless else 0.0
    seated = scene.action == "sitting" and backdrop.seat is not None and not sprites
    ground = backdrop.seat if seated and backdrop.seat is not None else backdrop.ground
    actors = []
    for index in range(count):
        x = width / 2 + (index - (count - 1) / 2) * step
        if speed:
            x = index * step if scene.crossing else x
        late = index * 7
        if sprites:
            actors.append(_from_sprite(sprites[index], scene, backdrop, x, size, scale, speed, late))
            continue
        figure = scene.figures[index]
        drawn = tinted(strip(figure, scene.action, round(size * scale, 4)), backdrop.tint)
        shadow = _shadow(
            0.46
            * stature(figure) ** 0.9
            * size
            * scale
            * (2.2 if figure.kind in COATS and scene.action in ("walking", "running") else 1)
        )
        actors.append(Actor(drawn, x, ground, shadow, late, speed=speed))
    return actors


def _from_sprite(
    sprite: Sprite, scene: Scene, backdrop: Backdrop, x: float, size: float, scale: float, speed: float, late: int
) -> Actor:
    tall, wide = sprite.frames.shape[1:3]
    height = min(_SPRITE_STATURE[sprite.anchor], _SPRITE_WIDTH * tall / wide) * size * scale
    pictures = sprite.pictures(round(height))
    hold = max(1, round(24 / sprite.fps))
    drawn = tinted(trimmed(pictures, hold, (pictures[0].width // 2, pictures[0].height)), backdrop.tint)
    stride = {"walking": (7.0, 2.0), "running": (14.0, 3.0), "dancing": (18.0, 2.0)}.get(scene.action, (2.0, 0.0))
    if sprite.anchor == "feet":
        shadow = _shadow(0.5 * min(pictures[0].width, height * 0.5) + 0.1 * height)
        return Actor(drawn, x, backdrop.ground, shadow, late, *stride, speed=speed)
    ground = HEIGHT + 16 if sprite.anchor == "bust" else min(backdrop.ground, 596) - 10
    return Actor(drawn, x, ground, None, late, *stride, speed=speed)


def tinted(drawn: Strip, tint: Colour) -> Strip:
    """The strip under the light of the place."""
    light = tuple(round(255 + (channel - 255) * _TINT) for channel in tint)
    if min(light) > 250:
        return drawn
    pictures = []
    for picture in drawn.pictures:
        pictures.append(ImageChops.multiply(picture, Image.new("RGBA", picture.size, (*light, 255))))
    return Strip(tuple(pictures), drawn.hold, drawn.foot)


def _shadow(width: float) -> Image.Image:
    """The mask of a soft shadow on the ground."""
    wide, high = max(4, round(width)), max(3, round(width * 0.17))
    blur = max(1.0, high * 0.28)
    margin = round(blur * 3)
    mask = Image.new("L", (wide + 2 * margin, high + 2 * margin))
    disc = Image.radial_gradient("L").point(lambda v: 96 if v < 128 else 0).resize((wide, high), Image.Resampling.BOX)
    mask.paste(disc, (margin, margin))
    return mask.filter(ImageFilter.GaussianBlur(blur))
