"""The camera: painted layers that pass by, the near ones faster than the far."""

from __future__ import annotations

from PIL import Image

from sora_nb.simulator.pictures.stage import Layer

_FINE_BELOW = 1.5
"""Pixels per frame under which a layer would stutter if it moved by whole pixels."""
_PARTS = 4


class Camera:
    """Moves one layer past a frame *width* pixels wide, whose ground passes by at *speed* units per second."""

    def __init__(self, layer: Layer, width: int, scale: float, speed: float, fps: int, endless: bool) -> None:
        self._travel = (speed * layer.depth + layer.wind) * scale
        self._rest = 0 if endless else (layer.picture.width - width) // 2
        self._span = layer.picture.width if endless else 0
        self._parts = _PARTS if 0 < self._travel / fps < _FINE_BELOW else 1
        solid = layer.solid_from()
        board, height = layer.picture.size
        self._bands = [
            (layer.top + top, _phases(layer.picture.crop((0, top, board, bottom)), self._parts))
            for top, bottom in ((0, solid), (solid, height))
            if bottom > top
        ]

    def paste(self, frame: Image.Image, seconds: float) -> None:
        """Set the layer into *frame*."""
        whole, part = divmod(round((self._rest + self._travel * seconds) * self._parts), self._parts)
        left = -(whole % self._span) if self._span else -whole
        while left < frame.width:
            for top, phases in self._bands:
                colours, mask = phases[part]
                frame.paste(colours, (left, top), mask)
            if not self._span:
                return
            left += self._span


def _phases(picture: Image.Image, parts: int) -> list[tuple[Image.Image, Image.Image | None]]:
    """The picture moved to the left by 0, 1/parts, 2/parts ... pixels, end meeting end, as colours and mask."""
    flat = picture.convert("RGBa")
    moved = Image.new("RGBa", flat.size)
    moved.paste(flat, (-1, 0))
    moved.paste(flat.crop((0, 0, 1, flat.height)), (flat.width - 1, 0))
    phases: list[tuple[Image.Image, Image.Image | None]] = []
    for part in range(parts):
        shifted = (Image.blend(flat, moved, part / parts) if part else flat).convert("RGBA")
        alpha = shifted.getchannel("A")
        opaque = alpha.getextrema() == (255, 255)
        phases.append((shifted.convert("RGB"), None if opaque else alpha))
    return phases
