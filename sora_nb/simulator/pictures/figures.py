"""Any figure in any pose, and the strips of pictures that make it move."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from sora_nb.simulator.pictures.animals import animal
from sora_nb.simulator.pictures.canvas import Canvas
from sora_nb.simulator.pictures.people import person
from sora_nb.simulator.pictures.poses import LOOPS, pose
from sora_nb.simulator.pictures.scene import Figure
from sora_nb.simulator.pictures.things import ball, car, mug, robot

_PAINTERS = {
    "person": person,
    "robot": robot,
    "ball": ball,
    "mug": mug,
    "car": car,
    **dict.fromkeys(("cat", "dog", "fox", "rabbit", "bear", "bird"), animal),
}
_HEIGHTS = {"person": 400, "robot": 340, "ball": 180, "mug": 210, "car": 190}
_ANIMAL_HEIGHT = 240
_CHILD = 0.74
_HALF_WIDTH, _ABOVE, _BELOW = 172, 470, 22


@dataclass(frozen=True)
class Strip:
    """A figure's loop, cut from its boards: each picture is shown for `hold` frames."""

    pictures: tuple[Image.Image, ...]
    """RGBA, all of one size."""
    hold: int
    foot: tuple[int, int]
    """The pixel of each picture that stands on the ground."""


def stature(figure: Figure) -> float:
    """How tall a figure is beside a grown person of 400 units."""
    tall = _HEIGHTS.get(figure.kind, _ANIMAL_HEIGHT)
    return tall * (_CHILD if figure.age == "child" else 1)


@lru_cache(maxsize=12)
def strip(figure: Figure, action: str, scale: float) -> Strip:
    """Draw the loop of *action*; one unit of the figure becomes *scale* pixels."""
    loop = LOOPS[action]
    scale *= _CHILD if figure.age == "child" else 1
    oversample = 2 if scale > 0.8 else 3
    boards = []
    for index in range(loop.poses):
        board = Canvas(2 * _HALF_WIDTH, _ABOVE + _BELOW, scale, origin=(_HALF_WIDTH, _ABOVE), oversample=oversample)
        _PAINTERS[figure.kind](board, figure, pose(action, index / loop.poses))
        boards.append(board.picture())
    return trimmed(boards, loop.hold, (round(_HALF_WIDTH * scale), round(_ABOVE * scale)))


def trimmed(pictures: list[Image.Image], hold: int, foot: tuple[int, int]) -> Strip:
    """The pictures without the empty margin that all of them share."""
    boxes = [found for picture in pictures if (found := picture.getchannel("A").getbbox())]
    if not boxes:
        return Strip(tuple(pictures), hold, foot)
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    cut = tuple(picture.crop((left, top, right, bottom)) for picture in pictures)
    return Strip(cut, hold, (foot[0] - left, foot[1] - top))
