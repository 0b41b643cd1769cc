"""What the life of one job may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora_nb.dialects.base import Call, Cast, Dialect, Reply, Service
from sora_nb.errors import JobFailed
from sora_nb.jobs import asking
from sora_nb.jobs.looking import known_track, remarked
from sora_nb.jobs.outcome import Answer, Attempt, attempt
from sora_nb.jobs.transport import Transport
from sora_nb.library import CharacterRow, JobRow, Library
from sora_nb.models import SIZE
from sora_nb.timerange import Finding, TimeRange

if TYPE_CHECKING:
    from sora_nb.jobs.engine import Engine


@dataclass(frozen=True, slots=True)
class Connection:
    """A service and the wire to it."""

    service: Service
    transport: Transport


class Desk:
    """The library, one connection, and the engine's help."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self._engine = engine
        self.library = engine.library
        self.connection = connection
        self.now = engine.now
        self.clock = engine.clock
        self.quota = engine.quota

    @property
    def service(self) -> Service:
        return self.connection.service

    @property
    def dialect(self) -> Dialect:
        return self.service.dialect

    def advance(self, row: JobRow, **facts: Any) -> JobRow:
        """Commit facts, then let everyone see them."""
        row = self.library.jobs.advance(row, **facts)
        self._engine.publish(row)
        return row

    async def commit(self, row: JobRow, **facts: Any) -> JobRow:
        """The same, together with what other jobs have to commit at the moment: for steps that every job takes."""
        return await self._engine.committer.commit(row, facts)

    def accept(self, row: JobRow, remote_id: str | None) -> JobRow:
        """Put the id of what a service made for the job on disk, before anyone sees it."""
        return self.advance(row, **self.accepted(remote_id))

    def accepted(self, remote_id: str | None) -> dict[str, Any]:
        """What there is to commit of a request that was accepted."""
        told = {"state": "ACCEPTED", "remote_id": remote_id, "accepted_at": self.now()}
        return {**told, "error_code": None, "error": None}

    async def pay_once(self, row: JobRow, call: Call, read: Callable[[Reply], Answer]) -> Attempt[Answer]:
        """Send a paid request under the job's key, and judge what came of it."""
        transport = self.connection.transport
        return await attempt(lambda: transport.pay(call, row.key), read, self.service.read_error, self.now)

    async def ask(self, call: Call) -> Reply:
        """The answer to a question that costs nothing, asked patiently; see `asking.ask`."""
        return await asking.ask(self, call)

    async def pause(self, seconds: float) -> bool:
        """Wait; True at once, and with fresh connections, where the wall clock jumps meanwhile."""
        jumped = await self.clock.sleep(seconds)
        if jumped:
            await self.connection.transport.forget_connections()
            for crowd in self.connection.transport.crowds.values():
                crowd.let_all_in()
        return jumped

    async def finished(self, job_id: str) -> JobRow:
        """Another job at its end; `JobFailed` where it ended without its result."""
        return await self._engine.finished(job_id)

    async def cast(self, character_id: str, size: str) -> Cast:
        """A character as this service knows it, once it does, or what stands for it in a video of *size*."""
        here = self.service
        row = self.projection(character_id)
        if row is None:
            handle = self.library.characters.get(character_id).handle
            raise JobFailed(f"@{handle} is not on {here.title}; create it there first.")
        done = await self.finished(row.id)
        # Read now: its clip may have been cut only while it was waited for.
        character = self.library.characters.get(character_id)
        one = Cast(
            character.name,
            character.handle,
            done.remote_id or "",
            done.remote_handle,
            description=character.description,
        )
        return one if here.capabilities.native else await self._with_reference(one, character, size)

    def projection(self, character_id: str) -> JobRow | None:
        """The job that made a character on this service, or is making it."""
        place = (self.service.base_url, self.dialect.name)
        rows = self.library.jobs.projections(character_id)
        return next((row for row in rows if (row.base_url, row.dialect) == place), None)

    async def _with_reference(self, one: Cast, character: CharacterRow, size: str) -> Cast:
        """The character with the picture or clip that the service takes in its place."""
        ways = self.service.capabilities.reference_ways
        if character.clip is None:
            return one
        clip = self.library.files.path(character.clip)
        shown = "image" in ways or "first_frame" in ways
        return replace(
            one,
            image=await self._still(clip, size) if shown else None,
            clip=clip if "clip" in ways else None,
        )

    async def _still(self, clip: Path, size: str) -> Path:
        known = self._engine.stills.get((clip.name, size))
        if known is None or not known.exists():
            known = self._engine.stills[clip.name, size] = await self._engine.in_pool(self._drawn, clip, size)
        return known

    def _drawn(self, clip: Path, size: str) -> Path:
        from sora_nb.video import guarded as video

        match = SIZE.fullmatch(size)
        info = video.probe(clip)
        wanted = (int(match[1]), int(match[2])) if match else (info.width, info.height)
        return self.library.files.path(self.library.files.add(video.still(clip, wanted), ".png"))

    def address(self, character: CharacterRow) -> str:
        return self._engine.address_of(character)

    async def duration(self, path: Path) -> float:
        """Seconds that a video lasts."""
        from sora_nb.video import guarded as video

        return (await self._engine.in_pool(video.probe, path)).duration

    async def cut(self, path: Path, span: TimeRange) -> tuple[str, str]:
        """The names of a range's clip and poster, cut and kept in the library."""
        return await self._engine.in_pool(self._cut, path, span)

    def _cut(self, path: Path, span: TimeRange) -> tuple[str, str]:
        from sora_nb.video import guarded as video

        part = self.library.files.incoming(".mp4")
        video.cut(path, span, part)
        poster = video.poster(part)
        return self.library.files.keep(part, ".mp4"), self.library.files.add(poster, ".jpg")

    async def seen(self, path: Path, span: TimeRange, box: tuple[float, ...] | None) -> list[Finding]:
        """What the pictures of a range say against it, where that is known or cheap to find out.

        *box* is that of a character: a place in the clip that is cut from the range.
        """
        return await self._engine.in_pool(self._seen, path, span, box)

    def _seen(self, path: Path, span: TimeRange, box: tuple[float, ...] | None) -> list[Finding]:
        from sora_nb.video import Box

        drawn = None if box is None else (Box(*box[:4]), span.start + box[4])
        track = remarked(self.library, path, drawn)
        return [] if track is None else track.findings(span, self.service.capabilities.limits)

    async def look(self, path: Path) -> dict[str, Any]:
        """What the pictures of a finished video say: size, rate, length, and the measures."""
        return await self._engine.in_pool(_look, self.library, path)


def _look(library: Library, path: Path) -> dict[str, Any]:
    from sora_nb.video import VideoMeasures
    from sora_nb.video import guarded as video

    track = known_track(library, path)
    info = video.probe(path)
    measures = video.measure(path, info) if track is None else VideoMeasures.of(track)
    return {
        "width": info.width,
        "height": info.height,
        "fps": info.fps,
        "duration_s": info.duration,
        "measures": {"sharpness": measures.sharpness, "motion": measures.motion, "cuts": measures.cuts},
    }
