"""A character cut from a clip: a short loop of pictures with nothing around it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Anchor = Literal["feet", "bust", "sticker"]


@dataclass(frozen=True)
class Sprite:
    """A character's pictures, ready to be set into any scene."""

    frames: NDArray[np.uint8]
    """RGBA, of shape (count, height, width, 4); at most 24 of them and at most 480 pixels high."""
    fps: float = 12
    """Pictures per second."""
    anchor: Anchor = "feet"
    """`feet`: stands on the ground. `bust`: cut by the clip's lower edge. `sticker`: a portrait in a white rim."""

    def save(self, path: str | Path) -> None:
        """Write the sprite as one compressed numpy archive, under exactly this name."""
        with Path(path).open("wb") as file:
            np.savez_compressed(file, frames=self.frames, fps=np.float64(self.fps), anchor=np.str_(self.anchor))

    @classmethod
    def load(cls, path: str | Path) -> Sprite:
        """Read what `save` wrote."""
        with np.load(Path(path), allow_pickle=False) as stored:
            anchor: Anchor = stored["anchor"].item()
            return cls(stored["frames"], float(stored["fps"]), anchor)

    def pictures(self, height: int) -> list[Image.Image]:
        """The loop as RGBA pictures of *height* pixels."""
        count, tall, wide, _ = self.frames.shape
        size = (max(1, round(wide * height / tall)), max(1, height))
        return [Image.fromarray(self.frames[i]).resize(size, Image.Resampling.LANCZOS) for i in range(count)]
