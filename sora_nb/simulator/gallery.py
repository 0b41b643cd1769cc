"""The files of a world: pictures of jobs and sprites of characters. Each appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sora_nb.simulator import markers, pictures
from sora_nb.simulator.records import Job


class Kind(NamedTuple):
    """How a file is named and what it is."""

    suffix: str
    media_type: str


VARIANTS = {
    "video": Kind(".mp4", "video/mp4"),
    "thumbnail": Kind(".webp", "image/webp"),
    "spritesheet": Kind(".jpg", "image/jpeg"),
}
"""What can be had of a finished job."""

Draw = Callable[..., None]
"""Makes a video; `pictures.render` has the signature."""


class GivenUp(Exception):
    """The picture was stopped half way, since the world closes."""


class Gallery:
    """Makes, keeps and gives out files under *folder*; *draw* stands in for the drawing."""

    def __init__(self, folder: Path, draw: Draw | None = None) -> None:
        self.folder = folder
        self._draw = draw
        self._sampling = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def render(self, job: Job, stopped: Callable[[], bool]) -> str:
        """Draw a job's video and return its SHA-256. Raises `GivenUp` soon after *stopped* says so."""

        def progress(done: float) -> None:
            if stopped():
                raise GivenUp

        width, height = map(int, job.ask.size.split("x"))
        sprites = [pictures.Sprite.load(self._path(id_, ".npz")) for id_ in job.ask.characters]
        draw = self._draw or pictures.render

        def make(path: Path) -> None:
            draw(
                path,
                markers.without_markers(job.ask.prompt),
                seconds=job.ask.seconds,
                size=(width, height),
                seed=job.picture_seed,
                characters=sprites,
                progress=progress,
            )

        video = self._put(self.video(job.id), make)
        with video.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def video(self, job_id: str) -> Path:
        """Where a job's video is, or will be."""
        return self._path(job_id, VARIANTS["video"].suffix)

    def variant(self, job_id: str, variant: str) -> Path:
        """A file of a finished job; thumbnails and sheets are made when first asked for."""
        target = self._path(job_id, VARIANTS[variant].suffix)
        if not target.exists():
            make = pictures.thumbnail if variant == "thumbnail" else pictures.spritesheet
            self._put(target, lambda path: path.write_bytes(make(self.video(job_id))))
        return target

    def cut(self, clip: Path, span: tuple[float, float] | None) -> Callable[[str], None]:
        """Cut a character out of a clip; what is returned keeps its sprite under an id."""
        sprite = pictures.cut_sprite(clip, *(span or ()))

        def keep(character_id: str) -> None:
            self._put(self._path(character_id, ".npz"), sprite.save)

        return keep

    def sample(self, file_name: str) -> Path | None:
        """A public clip by its file name, drawn when first asked for; None where there is no such clip."""
        name = file_name.removesuffix(".mp4")
        if name not in pictures.CLIPS or file_name == name:
            return None
        with self._sampling:
            return pictures.sample(self.folder / "samples", name)

    def remove(self, job_id: str) -> None:
        """Throw away what belongs to a job."""
        for kind in VARIANTS.values():
            self._path(job_id, kind.suffix).unlink(missing_ok=True)

    def _path(self, id_: str, suffix: str) -> Path:
        return self.folder / f"{id_}{suffix}"

    def _put(self, target: Path, make: Callable[[Path], object]) -> Path:
        handle, name = tempfile.mkstemp(suffix=target.suffix, dir=self.folder)
        os.close(handle)
        part = Path(name)
        try:
            make(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target
