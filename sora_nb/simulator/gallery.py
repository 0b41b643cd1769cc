"""The files of a world: pictures of jobs and sprites of characters. Each appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from sora_nb.errors import VideoFileError
from sora_nb.simulator import markers, pictures
from sora_nb.simulator.records import Job, Reference, ReferenceKind


class Kind(NamedTuple):
    """How a file is named and what it is."""

    suffix: str
    media_type: str


VARIANTS = {
    "video": Kind(".mp4", "video/mp4"),
    "thumbnail": Kind(".webp", "image/webp"),
    "spritesheet": Kind(".jpg", "image/jpeg"),
}
"""What can be had of a finished job by name."""

FILES = {**VARIANTS, "avi": Kind(".avi", "video/x-msvideo")}
"""All that can be made of one; some servers give an AVI unasked."""

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
        given = [(kind, self.folder / file) for kind, file in job.ask.references]
        sprites += [pictures.cut_sprite(path) for kind, path in given if kind != "first_frame"]
        opening = [path for kind, path in given if kind == "first_frame"]
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
                opening=opening,
            )

        video = self._put(self.video(job.id), make)
        with video.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def video(self, job_id: str) -> Path:
        """Where a job's video is, or will be."""
        return self._path(job_id, VARIANTS["video"].suffix)

    def variant(self, job_id: str, variant: str) -> Path:
        """A file of a finished job, of those in `FILES`; all but the video are made when first asked for."""
        target = self._path(job_id, FILES[variant].suffix)
        if not target.exists():
            makers = {"thumbnail": pictures.thumbnail, "spritesheet": pictures.spritesheet, "avi": pictures.as_avi}
            make = makers[variant]
            self._put(target, lambda path: path.write_bytes(make(self.video(job_id))))
        return target

    def cut(self, clip: Path, span: tuple[float, float] | None) -> Callable[[str], None]:
        """Cut a character out of a clip; what is returned keeps its sprite under an id."""
        sprite = pictures.cut_sprite(clip, *(span or ()))

        def keep(character_id: str) -> None:
            self._put(self._path(character_id, ".npz"), sprite.save)

        return keep

    def reference(self, kind: ReferenceKind | None, data: bytes) -> tuple[Reference, bytes, tuple[int, int] | None]:
        """What *data* is to a job, the bytes to `keep` of it, and a picture's width and height.

        Without a *kind*, a picture is a first frame and a video is a clip. Raises `VideoFileError` for what is
        neither, or not of the *kind*.
        """
        picture = None if kind == "clip" else pictures.still(data)
        name = hashlib.sha256(data).hexdigest()[:32]
        if picture is not None:
            return Reference(kind or "first_frame", f"{name}.png"), *picture
        if kind not in (None, "clip"):
            raise VideoFileError("This is no PNG, JPEG or WebP picture.")
        pictures.check_clip(data)
        return Reference("clip", f"{name}.mp4"), data, None

    def keep(self, file: str, data: bytes) -> None:
        """Keep the bytes of a reference; the same bytes are kept once."""
        if not (self.folder / file).exists():
            self._put(self.folder / file, lambda path: path.write_bytes(data))

    def sample(self, file_name: str) -> Path | None:
        """A public clip by its file name, drawn when first asked for; None where there is no such clip."""
        name = file_name.removesuffix(".mp4")
        if name not in pictures.CLIPS or file_name == name:
            return None
        with self._sampling:
            return pictures.sample(self.folder / "samples", name)

    def remove(self, job_id: str, references: Iterable[str] = ()) -> None:
        """Throw away what belongs to a job, and the files of *references* that no other goes by."""
        for kind in FILES.values():
            self._path(job_id, kind.suffix).unlink(missing_ok=True)
        for file in references:
            (self.folder / file).unlink(missing_ok=True)

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
