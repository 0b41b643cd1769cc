"""How a film begins that was given its first frame: with that picture, which then turns into the scene."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

HELD_S, FADE_S = 1.0, 0.5
"""How long the picture stays, and how long it takes to go; both shorter in a film of less than 3 s."""

SHARE = 0.5
"""No more of a film than this is opening."""


class Opening:
    """Pictures that are shown one after another before the scene is."""

    def __init__(self, pictures: list[Path], size: tuple[int, int], seconds: float) -> None:
        """*size* is the film's width and height in pixels, which the pictures are made to fill."""
        self._stills = [_filling(path, size) for path in pictures]
        wanted = len(self._stills) * (HELD_S + FADE_S)
        self._pace = max(1.0, wanted / (seconds * SHARE))

    def paste(self, frame: Image.Image, seconds: float) -> None:
        """Lay over *frame*, the scene at a time of the film, what is still seen of the opening."""
        place, at = divmod(seconds * self._pace, HELD_S + FADE_S)
        if place >= len(self._stills):
            return
        still = self._stills[int(place)]
        if at <= HELD_S:
            frame.paste(still)
            return
        after = self._stills[int(place) + 1] if place + 1 < len(self._stills) else frame
        frame.paste(Image.blend(still, after, min(1.0, (at - HELD_S) / FADE_S)))


def _filling(path: Path, size: tuple[int, int]) -> Image.Image:
    with Image.open(path) as picture:
        return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
