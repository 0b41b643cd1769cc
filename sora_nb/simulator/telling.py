"""What servers tell of a video: each field with its schema and how it follows from a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sora_nb.simulator.clockwork import ACCEPTED, Standing
from sora_nb.simulator.markers import CLOUD, FAIL
from sora_nb.simulator.profiles import SIM
from sora_nb.simulator.records import Job, signature
from sora_nb.simulator.schemas import NULL, NUMBER, STRING, WHOLE, Schema, choice, listed, one_of, record
from sora_nb.timerange import plain

FPS = 24


class Seen(NamedTuple):
    """A job as it stands, seen from the wire."""

    job: Job
    standing: Standing
    id: str
    """As the server writes it."""
    path: str
    """Where the server keeps the video, without the host."""
    address: str
    """The same with the host that was asked."""
    origin: str = ""
    """That host, with its scheme."""

    @property
    def done(self) -> bool:
        """Is it completed?"""
        return self.standing.status == "completed"

    @property
    def failed(self) -> bool:
        """Did it fail?"""
        return self.standing.status == "failed"


class Told(NamedTuple):
    """A field of a reply."""

    schema: Schema
    tell: Callable[[Seen], Any]
    always: bool = True
    """Told even where it is None; otherwise left out."""


Fields = Mapping[str, Told]


def told(fields: Fields, seen: Seen) -> dict[str, Any]:
    """A job in the words of a server."""
    said = {name: field.tell(seen) for name, field in fields.items()}
    return {name: value for name, value in said.items() if value is not None or fields[name].always}


def schema(fields: Fields) -> Schema:
    """What `told` gives."""
    always = {name: field.schema for name, field in fields.items() if field.always}
    return record(always, optional={name: field.schema for name, field in fields.items() if not field.always})


def _maybe(kind: Schema) -> Schema:
    return one_of(kind, NULL)


def _at(moment: float | None) -> int | None:
    return None if moment is None else int(moment)


def constant(value: Any) -> Told:
    """The same in every reply."""
    return Told({"const": value} if value is not None else NULL, lambda seen: value)


def echo(name: str, kind: Schema, default: Any = None) -> Told:
    """What the request said, as it said it."""
    return Told(_maybe(kind) if default is None else kind, lambda seen: seen.job.ask.echo.get(name, default))


def words(**spellings: str) -> Told:
    """The status, where some of the states go by another word."""
    states = {state: spellings.get(state, state) for state in ("queued", "in_progress", "completed", "failed")}
    return Told(choice(*dict.fromkeys(states.values())), lambda seen: states[seen.standing.status])


ID = Told(STRING, lambda seen: seen.id)
OBJECT = constant("video")
MODEL = Told(STRING, lambda seen: seen.job.ask.model)
PROMPT = Told(STRING, lambda seen: seen.job.ask.prompt)
SIZE = Told(STRING, lambda seen: seen.job.ask.size)
STATUS = words()
PROGRESS = Told({"type": "integer", "minimum": 0, "maximum": 100}, lambda seen: seen.standing.progress)
NONE_OR_ALL = Told(choice(0, 100), lambda seen: 100 if seen.done else 0)
SECONDS = Told(STRING, lambda seen: plain(seen.job.ask.seconds))
CREATED = Told(WHOLE, lambda seen: int(seen.job.created_at))
COMPLETED = Told(_maybe(WHOLE), lambda seen: _at(seen.standing.ended_at if seen.done else None))
ENDED = Told(_maybe(WHOLE), lambda seen: _at(seen.standing.ended_at))
EXPIRES = Told(_maybe(WHOLE), lambda seen: _at(seen.standing.expires_at))
REMIXED = Told(_maybe(STRING), lambda seen: seen.job.ask.remixed_from)
NULLED = constant(None)

ERROR = Told(
    _maybe(record({"code": STRING, "message": STRING})),
    lambda seen: {"code": seen.standing.error_code, "message": seen.standing.error} if seen.failed else None,
)
ERROR_TEXT = Told(_maybe(STRING), lambda seen: seen.standing.error)
ERROR_MESSAGE = Told(
    _maybe(record({"message": STRING})), lambda seen: {"message": seen.standing.error} if seen.failed else None
)
ERROR_CLASS = Told(
    _maybe(record({"code": one_of(STRING, WHOLE), "message": STRING})),
    lambda seen: {"code": _raised(seen), "message": seen.standing.error} if seen.failed else None,
)
"""vLLM-Omni's code is the name of whatever exception ended the job."""


def _raised(seen: Seen) -> str | None:
    return "RuntimeError" if FAIL in seen.job.ask.prompt else seen.standing.error_code


# The shape has no price in it. The simulator's own model adds one, as routers of today do.
COST_OF_SIM = Told(
    record({"cost": NUMBER}),
    lambda seen: {"cost": seen.job.ask.usd} if seen.done and seen.job.ask.model == SIM.name else None,
    always=False,
)


def _spent(seen: Seen) -> float | None:
    """How long a picture that is drawn in a moment was said to take."""
    return None if seen.standing.ended_at is None else round(seen.standing.ended_at - seen.job.created_at, 3)


OPENAI: Fields = {
    "id": ID,
    "object": OBJECT,
    "model": MODEL,
    "status": STATUS,
    "progress": PROGRESS,
    "created_at": CREATED,
    "completed_at": COMPLETED,
    "expires_at": EXPIRES,
    "prompt": PROMPT,
    "size": SIZE,
    "seconds": SECONDS,
    "remixed_from_video_id": REMIXED,
    "error": ERROR,
    "usage": COST_OF_SIM,
}

AZURE: Fields = {**OPENAI, "expires_at": Told(WHOLE, lambda seen: int(seen.job.created_at) + 86_400)}

LITELLM: Fields = {
    **{name: field for name, field in OPENAI.items() if name != "prompt"},
    "usage": Told(_maybe(record({}, optional={"duration_seconds": NUMBER, "cost": NUMBER})), lambda seen: _usage(seen)),
}
"""The proxy's own model of a video has no prompt in it."""


def _usage(seen: Seen) -> dict[str, float] | None:
    """What the proxy reckons when a video is made, and later whatever its upstream says."""
    if seen.standing is ACCEPTED:
        return {"duration_seconds": seen.job.ask.seconds}
    cost: dict[str, float] | None = COST_OF_SIM.tell(seen)
    return cost


VLLM: Fields = {
    "model": MODEL,
    "prompt": PROMPT,
    "id": ID,
    "object": OBJECT,
    "status": STATUS,
    "size": echo("size", STRING),
    "progress": NONE_OR_ALL,
    "seconds": echo("seconds", STRING, "4"),
    "quality": constant("default"),
    "completed_at": ENDED,
    "created_at": CREATED,
    "remixed_from_video_id": NULLED,
    "error": ERROR_CLASS,
    "media_type": constant("video/mp4"),
    "expires_at": NULLED,
    "file_name": Told(_maybe(STRING), lambda seen: f"{seen.id}.mp4" if seen.done else None),
    "inference_time_s": Told(_maybe(NUMBER), _spent),
    "stage_durations": Told(record({}), lambda seen: {}),
    "peak_memory_mb": Told(NUMBER, lambda seen: 0.0),
}

SGLANG: Fields = {
    "id": ID,
    "object": OBJECT,
    "model": MODEL,
    "status": words(in_progress="queued"),
    "progress": NONE_OR_ALL,
    "created_at": CREATED,
    "size": SIZE,
    "seconds": Told(STRING, lambda seen: str(round(seen.job.ask.seconds))),
    "quality": constant("standard"),
    "url": Told(_maybe(STRING), lambda seen: _stored(seen)),
    "remixed_from_video_id": NULLED,
    "completed_at": COMPLETED,
    "expires_at": NULLED,
    "error": ERROR_MESSAGE,
    "file_path": Told(_maybe(STRING), lambda seen: None if _stored(seen) else f"/srv/outputs/{seen.id}.mp4"),
    "file_paths": NULLED,
    "num_outputs": NULLED,
    "peak_memory_mb": NULLED,
    "inference_time_s": Told(_maybe(NUMBER), lambda seen: _spent(seen) if seen.done else None),
}
"""Its jobs never say that they are in progress, and name their file before it is there."""

TENSORRT: Fields = {
    "completed_at": ENDED,
    "created_at": CREATED,
    "error": ERROR_TEXT,
    "expires_at": NULLED,
    "id": ID,
    "model": MODEL,
    "object": OBJECT,
    "progress": NULLED,
    "prompt": PROMPT,
    "status": Told(choice("queued", "generating", "postprocessing", "completed", "failed"), lambda seen: _stage(seen)),
    "duration": Told(_maybe(NUMBER), lambda seen: seen.job.ask.seconds if "seconds" in seen.job.ask.echo else None),
    "fps": Told(_maybe(NUMBER), lambda seen: _rate(seen)),
    "size": SIZE,
    "response_format": echo("response_format", STRING),
}


def _stored(seen: Seen) -> str | None:
    """The signed address of a film that was put into a store."""
    if not seen.done or CLOUD not in seen.job.ask.prompt:
        return None
    file = f"{seen.job.id}.mp4"
    return f"{seen.origin}/store/{file}?signature={signature(file)}"


LAST_STAGE = 85
"""From this percentage on, what is left is said to be writing the file."""


def _stage(seen: Seen) -> str:
    if seen.standing.status != "in_progress":
        return seen.standing.status
    return "postprocessing" if seen.standing.progress >= LAST_STAGE else "generating"


def _rate(seen: Seen) -> float | None:
    rate = seen.job.ask.echo.get("fps", seen.job.ask.echo.get("frame_rate"))
    return None if rate is None else float(rate)


OPENROUTER: Fields = {
    "id": ID,
    "polling_url": Told(STRING, lambda seen: seen.path),
    "status": words(queued="pending"),
    "error": Told(STRING, lambda seen: seen.standing.error, always=False),
    "generation_id": Told(STRING, lambda seen: f"gen-{seen.id}" if seen.done else None, always=False),
    "unsigned_urls": Told(
        listed(STRING), lambda seen: [f"{seen.address}/content?index=0"] if seen.done else None, always=False
    ),
    "usage": Told(
        record({"cost": NUMBER, "is_byok": {"const": False}}),
        lambda seen: {"cost": seen.job.ask.usd, "is_byok": False} if seen.done else None,
        always=False,
    ),
}
