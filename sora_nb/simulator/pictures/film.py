"""From a prompt to a film."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

from sora_nb.errors import ConfigError
from sora_nb.simulator.pictures.backdrops import paint
from sora_nb.simulator.pictures.camera import Camera
from sora_nb.simulator.pictures.canvas import Canvas
from sora_nb.simulator.pictures.cast import gather
from sora_nb.simulator.pictures.curves import box, oval
from sora_nb.simulator.pictures.motes import Motes, Steam
from sora_nb.simulator.pictures.opening import Opening
from sora_nb.simulator.pictures.poses import LOOPS
from sora_nb.simulator.pictures.scene import Scene
from sora_nb.simulator.pictures.sound import ambience
from sora_nb.simulator.pictures.sprite import Sprite
from sora_nb.simulator.pictures.stage import HEIGHT, Backdrop, Layer
from sora_nb.simulator.pictures.words import read
from sora_nb.video.encode import SOUND_RATE, Mp4Writer

MARK = "simulated"
"""What every picture says in its corner."""

PRESET, CRF = "superfast", 23
"""Drawn films are flat and soft: a quick encoder does them justice."""


def render(
    path: str | Path,
    prompt: str,
    *,
    seconds: float,
    size: tuple[int, int] = (1280, 720),
    seed: int = 0,
    fps: int = 24,
    characters: Sequence[Sprite] = (),
    opening: Sequence[Path] = (),
    progress: Callable[[float], None] | None = None,
) -> None:
    """Draw *prompt* as an MP4 of H.264 and quiet AAC at *path*.

    *size* is width and height in pixels, both even. *characters* are set into the scene in place
    of the figures that the prompt describes. The film begins with the pictures of *opening*.
    *progress* hears the share that is done, from 0 to 1.
    Equal arguments give equal bytes. Raises `ConfigError` for a length or a size that cannot be.
    """
    frames = round(seconds * fps)
    if frames < 1:
        raise ConfigError(f"{seconds:g} s at {fps} frames per second is no frame at all. Ask for 1 s or more.")
    film = Film(read(prompt, seed), size=size, seed=_seed(prompt, seed), fps=fps, characters=characters)
    if opening:
        film.opening = Opening(list(opening), size, seconds)
    with Mp4Writer(path, size, fps, audio=True, preset=PRESET, crf=CRF) as writer:
        film.write(writer, frames, progress)


class Film:
    """A scene made ready to be shot: everything is painted once, then only moved."""

    def __init__(
        self,
        scene: Scene,
        *,
        size: tuple[int, int],
        seed: int,
        fps: int = 24,
        characters: Sequence[Sprite] = (),
    ) -> None:
        self.scene, self.fps, self._seed = scene, fps, seed
        self.opening: Opening | None = None
        self._scale = size[1] / HEIGHT
        width = size[0] / self._scale
        backdrop = paint(scene, size, seed)
        self._actors = gather(scene, backdrop, width, self._scale, characters)
        still = scene.crossing or not backdrop.endless
        speed = 0.0 if still or not self._actors else LOOPS[scene.action].speed * backdrop.figure_scale
        self._base, behind = _merge_still(_visible(backdrop.behind, size[1]), size)

        def camera(layer: Layer) -> Camera:
            layer = replace(layer, wind=0) if scene.crossing else layer
            return Camera(layer, size[0], self._scale, speed, fps, backdrop.endless)

        self._behind = [camera(layer) for layer in behind]
        self._front = [camera(layer) for layer in backdrop.front]
        self._frame = self._base.copy()
        self._air = _air(scene, backdrop, width, self._scale, seed)
        self._mark = _mark(self._scale)

    def frame(self, index: int) -> Image.Image:
        """One picture of the film as RGB; it is painted over when the next one is asked for."""
        seconds = index / self.fps
        moment = round(index * 24 / self.fps)
        frame = self._frame
        frame.paste(self._base)
        for camera in self._behind:
            camera.paste(frame, seconds)
        for actor in self._actors:
            actor.paste(frame, seconds, moment, self._scale)
        for camera in self._front:
            camera.paste(frame, seconds)
        if self._air is not None:
            self._air.paste(frame, seconds)
        if self.opening is not None:
            self.opening.paste(frame, seconds)
        margin = round(14 * self._scale)
        corner = (frame.width - self._mark.width - margin, frame.height - self._mark.height - margin)
        frame.paste(self._mark, corner, self._mark)
        return frame

    def write(self, writer: Mp4Writer, frames: int, progress: Callable[[float], None] | None = None) -> None:
        """Shoot the first *frames* pictures, with their sound."""
        sound = ambience(self.scene, frames / self.fps, self._seed)
        for index in range(frames):
            if index % self.fps == 0:
                start = round(index / self.fps * SOUND_RATE)
                writer.write_sound(sound[start : start + SOUND_RATE])
                if progress is not None:
                    progress(index / frames)
            writer.write(np.asarray(self.frame(index)))
        if progress is not None:
            progress(1.0)


def _seed(prompt: str, seed: int) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}\n{prompt}".encode(), digest_size=6).digest(), "big")


def _visible(layers: Sequence[Layer], height: int) -> list[Layer]:
    """The layers without the rows that a nearer one covers from end to end."""
    kept: list[Layer] = []
    for layer in reversed(layers):
        rows = min(layer.picture.height, height - layer.top)
        if rows <= 0:
            continue
        part = replace(layer, picture=layer.picture.crop((0, 0, layer.picture.width, rows)))
        kept.append(part)
        if part.top + rows == height:
            height = part.top + part.solid_from()
    return kept[::-1]


def _merge_still(layers: list[Layer], size: tuple[int, int]) -> tuple[Image.Image, list[Layer]]:
    """The layers that never move as one picture, and the others."""
    base = Image.new("RGB", size, (20, 24, 40))
    while layers and layers[0].depth == 0:
        layer = layers.pop(0)
        base.paste(layer.picture, (0, layer.top), layer.picture)
    return base, layers


def _air(scene: Scene, backdrop: Backdrop, width: float, scale: float, seed: int) -> Motes | Steam | None:
    if backdrop.motes is None:
        return None
    if backdrop.motes == "steam":
        source = (width / 2 + 116, 516.0) if scene.place == "kitchen" else (width / 2 + 190, 580.0)
        return Steam((source,), scale)
    return Motes(backdrop.motes, width, HEIGHT, scale, seed)


def _mark(scale: float) -> Image.Image:
    """A small pill that says what this is."""
    scale = max(scale, 0.6)
    font = ImageFont.load_default(size=17 * scale * 3)
    assert isinstance(font, ImageFont.FreeTypeFont)
    wide = font.getlength(MARK) / 3 / scale
    board = Canvas(wide + 44, 30, scale)
    board.fill(box(0, 0, wide + 44, 30, 15), (24, 22, 44), 0.42)
    board.fill(oval(17, 15, 4.5), (255, 214, 140))
    board.write(28, 15, MARK, font, (255, 255, 255), 0.92)
    return board.picture()
