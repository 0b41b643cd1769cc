"""The service behind the shapes: jobs, characters, pictures and pretend money. No HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sora_nb.errors import ConfigError, LibraryError
from sora_nb.simulator import clockwork, markers
from sora_nb.simulator.clockwork import Standing
from sora_nb.simulator.gallery import Draw, Gallery, GivenUp
from sora_nb.simulator.journal import Journal
from sora_nb.simulator.markers import Failure
from sora_nb.simulator.profiles import PROFILES
from sora_nb.simulator.records import Ask, Character, Charge, Family, Job, Records, digest, job_id, request_key
from sora_nb.simulator.refusal import Refusal, not_found
from sora_nb.simulator.worker import Worker


class World:
    """A video service that is not there, kept in *folder*.

    It is not a model: it draws a small illustrated scene from the words of a prompt, and says so in the picture.
    A job waits 1 s and renders for 0.6 s per second of video, both divided by *speed*; `inf` is as fast as it can
    draw. *clock* gives seconds since 1970. *draw* stands in for `pictures.render`, for tests that need no picture.

    What is accepted is on disk before it is answered, so a world opened on the same folder carries on, whatever
    became of the process before. Equal requests to worlds of equal *seed* give equal ids and equal pictures: the
    first one equals the first, the second the second, in whatever order they stand among others.

    Prompts with `[moderation]`, `[moderation late]`, `[fail]`, `[slow]` or `[429]` misbehave; see `markers`.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        seed: int = 0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
        draw: Draw | None = None,
        profile: str = "default",
    ) -> None:
        if profile not in PROFILES:
            raise ConfigError(f"There is no profile {profile!r}. Choose one of {', '.join(PROFILES)}.")
        self.folder = Path(folder)
        self.seed = seed
        self.speed = above_zero(speed)
        self.profile = PROFILES[profile]
        self.gallery = Gallery(self.folder / "files", draw)
        self.clock = clock
        self._lock = threading.RLock()
        self._records = Records()
        self._kept_waiting: set[str] = set()
        self._worker = Worker(self._make_picture)
        self._journal = Journal(self.folder / "world.jsonl")
        try:
            self._follow()
        except LibraryError:
            self._journal.close()
            raise
        self._want_pictures()

    def close(self) -> None:
        """Let go of the folder. What is open goes on in the next world there."""
        self._worker.close()
        with self._lock:
            self._journal.close()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def submit(self, ask: Ask, files: Mapping[str, bytes] | None = None) -> Job:
        """Accept a generation, or raise `Refusal`. *files* holds the bytes of its references, by their names."""
        if markers.REFUSED in ask.prompt:
            raise Refusal(400, "The simulated moderation refused this prompt.", code="sentinel_block")
        if markers.GONE in ask.prompt:
            raise Refusal(410, f"{ask.model} is retired, because the prompt asked for it.", code="gone")
        key = request_key(ask)
        with self._lock:
            if markers.BUSY in ask.prompt and ask.prompt not in self._kept_waiting:
                self._kept_waiting.add(ask.prompt)
                message = "Too many requests, because the prompt asked for it. Ask again in a second."
                raise Refusal(429, message, code="rate_limit_exceeded", retry_after=1)
            with self._journal.locked():
                self._follow()
                id_ = job_id(ask.family, digest(self.seed, key, self._records.seen[key]))
                for file, data in (files or {}).items():
                    self.gallery.keep(file, data)
                facts = {field.name: getattr(ask, field.name) for field in fields(ask)}
                self._write("job", key=key, id=id_, at=self.clock(), ask=facts)
            self._want_pictures()
            return self._records.jobs[id_]

    def job(self, id_: str, family: Family | None = None) -> Job:
        """The generation with this id, asked for in one shape or in any; `Refusal` 404 where there is none."""
        with self._lock:
            self._follow()
            job = self._records.jobs.get(id_)
            if job is None or family not in (None, job.ask.family):
                raise not_found("video", id_)
            return job

    def jobs(self, family: Family) -> list[Job]:
        """The generations asked for in one shape, the oldest first."""
        with self._lock:
            self._follow()
            return [job for job in self._records.jobs.values() if job.ask.family == family]

    def standing(self, job: Job) -> Standing:
        """Where a job stands now."""
        with self._lock:
            self._settle()
            return clockwork.standing(job, self._records.ends.get(job.id), self.speed, self.clock())

    def delete(self, job: Job, *, unended: bool = False) -> None:
        """Throw away a job and its files; `Refusal` 409 while it goes on, unless *unended* jobs may go, too."""
        with self._lock, self._journal.locked():
            self._settle()
            if job.id not in self._records.jobs:
                raise not_found("video", job.id)
            if job.id not in self._records.ends and not unended:
                message = f"{job.id} has not ended; delete it once it is completed or failed."
                raise Refusal(409, message, code="video_not_ended")
            self._write("deleted", id=job.id, at=self.clock())
            used = {one.file for other in self._records.jobs.values() for one in other.ask.references}
            self.gallery.remove(job.id, [one.file for one in job.ask.references if one.file not in used])

    def content(self, job: Job, variant: str = "video") -> Path | None:
        """The file of a completed job, None where there is none (yet); `Refusal` 410 once it expired.

        *variant* is one of `gallery.FILES`. Blocks while any but the video is made for the first time.
        """
        standing = self.standing(job)
        if standing.status != "completed":
            return None
        if standing.expires_at is not None and self.clock() >= standing.expires_at:
            raise Refusal(410, f"{job.id} has expired; generate it again.", code="expired")
        return self.gallery.variant(job.id, variant)

    def etag(self, job: Job) -> str:
        """Stands for the bytes of a completed job's video."""
        return f'"{self._records.drawings[job.id].sha256[:32]}"'

    def add_character(
        self,
        clip: Path,
        span: tuple[float, float] | None,
        *,
        origin: str,
        name: str | None = None,
        failure: Failure | None = None,
    ) -> Character:
        """Cut a character out of *clip*, between two seconds of it. Blocks for about a second.

        *origin* says where the clip came from, so that equal requests give equal ids. With a *failure* nothing is
        cut, and the character is there only to say so. Raises `VideoFileError` where the clip is not a video.
        """
        keep = None if failure else self.gallery.cut(clip, span)
        key = digest("character", origin, span, name)
        with self._lock, self._journal.locked():
            self._follow()
            hash_ = digest(self.seed, key, self._records.seen[key])
            id_ = f"char_{hash_[:32]}"
            if keep is not None:
                keep(id_)
            facts = {"name": name, "task_id": f"task_{hash_[32:]}", "failure": failure}
            self._write("character", key=key, id=id_, at=self.clock(), **facts)
            return self._records.characters[id_]

    def character(self, id_: str) -> Character:
        """The character with this id or username, or that this task made or failed to make.

        Raises `Refusal` 404 where there is none.
        """
        with self._lock:
            self._follow()
            for character in self._records.characters.values():
                if id_ == character.task_id or (id_ in (character.id, character.username) and not character.failure):
                    return character
            raise not_found("character", id_)

    def is_ready(self, character: Character) -> bool:
        """Whether a shape that answers later answers now."""
        return self.clock() >= character.created_at + clockwork.QUEUE_S / self.speed

    @property
    def ledger(self) -> list[Charge]:
        """What was charged, in pretend dollars. Failed jobs are not."""
        with self._lock:
            self._settle()
            return list(self._records.charges)

    @property
    def total_usd(self) -> float:
        """The sum of the ledger."""
        return round(sum(charge.usd for charge in self.ledger), 6)

    def _follow(self) -> None:
        for event in self._journal.news():
            self._records.apply(event)

    def _write(self, event: str, **facts: Any) -> None:
        self._journal.append({"event": event, **facts})
        self._follow()

    def _open_jobs(self) -> list[Job]:
        return [job for job in self._records.jobs.values() if job.id not in self._records.ends]

    def _want_pictures(self) -> None:
        for job in self._open_jobs():
            if job.id not in self._records.drawings and not markers.failure(job.ask.prompt):
                self._worker.want(job.id)

    def _settle(self) -> None:
        """Write down the end of every job whose time has come."""
        self._follow()
        if not any(self._end(job) for job in self._open_jobs()):
            return
        with self._journal.locked():
            self._follow()
            for job in self._open_jobs():
                if facts := self._end(job):
                    self._write("ended", id=job.id, **facts)

    def _end(self, job: Job) -> dict[str, Any] | None:
        """How an open job ends now, or None where it goes on."""
        ready_at = clockwork.times(job, self.speed)[1]
        if self.clock() < ready_at:
            return None
        if failure := markers.failure(job.ask.prompt):
            return {"at": ready_at, "status": "failed", "code": failure.code, "message": failure.message}
        if drawing := self._records.drawings.get(job.id):
            return {"at": max(ready_at, drawing.at), "status": "completed", "code": None, "message": None}
        self._worker.want(job.id)
        return None

    def _make_picture(self, id_: str) -> None:
        """Draw one job; runs in the worker's thread."""
        with self._lock:
            job = self._records.jobs.get(id_)
        if job is None:
            return
        facts: dict[str, Any]
        try:
            facts = {"event": "drawn", "sha256": self.gallery.render(job, lambda: self._worker.closed)}
        except GivenUp:
            return
        except Exception as error:  # one thread draws for everyone, so one picture's trouble ends one job
            message = f"The picture could not be drawn: {type(error).__name__}: {error}"
            facts = {"event": "ended", "status": "failed", "code": "server_error", "message": message}
        with self._lock, self._journal.locked():
            self._follow()
            if id_ in self._records.jobs and id_ not in self._records.ends:
                self._write(**facts, id=id_, at=self.clock())
            elif id_ not in self._records.jobs:
                self.gallery.remove(id_)  # it was deleted while it was drawn


def above_zero(speed: float) -> float:
    """*speed* as it is; `ConfigError` where it would stop the clock, or turn it back."""
    if not speed > 0:
        raise ConfigError(f"speed={speed!r} is not above 0. Try 1, or inf for no waiting.")
    return speed
