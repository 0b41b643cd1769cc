"""Where the character is, in the reference and in each picture of a take, and what is compared there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sora_nb.errors import ConfigError
from sora_nb.video.box import Box
from sora_nb.video.faces import Detector
from sora_nb.video.upright import Picture

Vectors: TypeAlias = NDArray[np.float64]
"""`(n, d)`: one row for each picture."""

Pictures: TypeAlias = NDArray[np.uint8]
"""RGB, `(n, height, width, 3)`."""

Embedder: TypeAlias = Callable[[Pictures], "NDArray[np.floating]"]
"""Takes pictures, `(n, height, width, 3)` uint8 RGB, and gives vectors, `(n, d)`, that are compared by their cosine.

It may say who it is by `name`. A row of NaN says that there is nothing to compare in that picture.
"""

CROP = 224
"""Pixels of either side of the pictures that an embedder gets: what is in the box, its shape kept, grey around it."""
_GREY = 127
_HEAD = (0.35, 0.45, 0.35, 0.25)
"""How far a head reaches beyond its face, in shares of the face: left, above, right, below."""


def heads(picture: Picture, faces: Detector) -> list[Box]:
    """The head around each face in a picture, the largest first."""
    found = []
    for face in sorted(faces(picture), key=lambda face: -face.width * face.height):
        left, above, right, below = _HEAD
        wide, high = face.width, face.height
        found.append(
            Box(face.left - left * wide, face.top - above * high, wide * (1 + left + right), high * (1 + above + below))
        )
    return found


def crops(picture: Picture, boxes: Sequence[Box]) -> Pictures:
    """What is in each box, `(n, CROP, CROP, 3)`, as large as it goes in its own shape, on grey."""
    made = np.full((len(boxes), CROP, CROP, 3), _GREY, np.uint8)
    for ground, box in zip(made, boxes, strict=True):
        part = Image.fromarray(np.ascontiguousarray(box.crop(picture)))
        scale = CROP / max(part.size)
        part = part.resize((max(1, round(part.width * scale)), max(1, round(part.height * scale))))
        left, top = (CROP - part.width) // 2, (CROP - part.height) // 2
        ground[top : top + part.height, left : left + part.width] = np.asarray(part)
    return made


def vectors(pictures: Pictures, embedder: Embedder) -> Vectors:
    """What the embedder makes of pictures, each row of length 1. `ConfigError` where it is no row for each."""
    made = np.asarray(embedder(pictures), np.float64)
    if made.ndim != 2 or len(made) != len(pictures) or made.shape[1] < 1:
        raise ConfigError(
            f"The embedder made {made.shape} of {len(pictures)} pictures. It must give one row of numbers for each."
        )
    length = np.linalg.norm(made, axis=1, keepdims=True)
    return np.asarray(np.divide(made, length, out=np.full_like(made, np.nan), where=length > 0))
