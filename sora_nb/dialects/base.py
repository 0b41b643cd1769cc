"""What every dialect answers: a question becomes a `Call`, a `Reply` becomes an answer. No I/O."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sora_nb.errors import ConfigError, ServerError, ServiceError
from sora_nb.models import Status
from sora_nb.timerange import Limits, TimeRange

CharacterWay = Literal["clip", "url", "task"]
"""How a service takes a character's source: the cut clip itself, a public address, or a task id."""

ReferenceWay = Literal["first_frame", "image", "clip", "words"]
"""How a service that makes no characters is told of one: a frame that the video begins with, an image or a
clip to go by, or its description in the prompt alone."""

Naming = Literal["name", "id", "handle", "words"]
"""How a prompt names a character: its name letter by letter beside a list of ids, `@id`, the service's own
`@handle`, or name and description, for a service that knows no characters."""

Encoding = Literal["json", "multipart"]

SecondsAs = Literal["text", "whole", "number"]
"""How a length is written: `"8"`, `8`, or a number that may be 4.5."""

Deletion = Literal["none", "ended", "cancels", "forgets"]
"""What DELETE does to a video: there is none; it is for ended ones alone; it stops a running one as well; the
record goes and the work goes on."""

UnknownFields = Literal["ignored", "refused", "passed_on", "untold"]
"""What becomes of a field that the service does not know, such as `characters`."""

Reconcile = Literal["replay", "single_use", "list", "none"]
"""How a lost answer can be found again: same key replays it, key is refused twice, by listing, not at all."""


_SHOWN: Mapping[str, str] = {
    "first_frame": "the frame that the video begins with",
    "image": "an image to go by",
    "clip": "a clip to go by",
}


def told_by(ways: Iterable[ReferenceWay]) -> str:
    """In words, how a service that makes no characters is told of one. The description always goes along.

    >>> told_by(("image", "words"))
    'its name and description in the prompt, and by an image to go by'
    """
    shown = " or ".join(_SHOWN[way] for way in ways if way in _SHOWN)
    return "its name and description in the prompt" + (f", and by {shown}" if shown else "")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that travels in a multipart body."""

    field: str
    path: Path
    content_type: str
    filename: str
    """What the service is told; never the file's real name."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A file that travels inside a JSON body, as a `data:` address. It stands anywhere in `Call.json`."""

    path: Path
    content_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as plain data. `path` is relative to the service's base address and already encoded."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    json: Mapping[str, Any] | None = None
    """May hold an `Inline` wherever a text may stand."""
    form: Mapping[str, str] | None = None
    """Fields of a multipart body, which it is even where no file goes with them."""
    files: tuple[Upload, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    paid: bool = False
    """Sending it may cost money, so it is never sent twice by itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, as plain data. Header names are lower case.

    Both may hold a signed address, and a repr is read in tracebacks.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """The body read as JSON, or `ServerError` where it is something else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("content-type", "no content type")
            raise ServerError(
                f"The service answered {self.status} with {len(self.body)} bytes that are not JSON ({kind}).",
                status=self.status,
            ) from error


@dataclass(frozen=True, slots=True)
class Cast:
    """A character as one service knows it, or what stands for it where the service makes none."""

    name: str
    handle: str
    """How our prompts name it."""
    remote_id: str
    """Empty where the service makes no characters."""
    remote_handle: str | None = None
    """The service's own handle, where it gives one."""
    description: str = ""
    image: Path | None = None
    """A frame of it, a PNG file of the video's own size, where the service takes one."""
    clip: Path | None = None
    """The clip it was cut to, an MP4 file, where the service takes one."""
    clip_size: str | None = None
    """The clip's own size, such as `1280x720`, where it is known."""

    @property
    def made(self) -> bool:
        """Does the service know it?"""
        return bool(self.remote_id)


@dataclass(frozen=True, slots=True)
class VideoAsk:
    """A generation to put into words. The prompt names characters as `@handle`."""

    prompt: str
    seconds: float
    size: str
    model: str
    cast: tuple[Cast, ...] = ()


@dataclass(frozen=True, slots=True)
class CharacterAsk:
    """A character to put into words; exactly one of `clip`, `url` and `task_id` is set."""

    name: str
    span: TimeRange
    clip: Path | None = None
    """Already cut to the range."""
    url: str | None = None
    task_id: str | None = None
    model: str = ""
    """By which a proxy knows where to send it; empty where the service asks for none."""


@dataclass(frozen=True, slots=True)
class RemoteVideo:
    """A generation as a service tells it."""

    id: str
    status: Status
    raw_status: str = ""
    """The service's own word."""
    progress: float | None = None
    """0 to 1, None where the service does not say."""
    error_code: str | None = None
    error: str | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None
    prompt: str | None = None
    seconds: float | None = None
    size: str | None = None
    model: str | None = None
    cost_usd: float | None = None
    """What the service says it took."""
    est_cost_usd: float | None = None
    """What the service says it will take."""
    polling_url: str | None = None
    """Where it asks to be polled: an address, or a path of its own server."""
    content_url: str | None = field(default=None, repr=False)
    """Where it says the video lies. It may be signed, so it is never kept or shown."""


@dataclass(frozen=True, slots=True)
class RemoteCharacter:
    """A character as a service tells it. Until it is ready, `id` may be None and `task_id` is what to poll."""

    status: Status
    id: str | None = None
    task_id: str | None = None
    handle: str | None = None
    error_code: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a service can do, as data."""

    limits: Limits
    """Rules for a character's range."""
    character_ways: tuple[CharacterWay, ...]
    """How it takes a character's source, the best first; empty where it makes no characters."""
    models: tuple[str, ...]
    """Known model ids, the default first; others are sent as given."""
    naming: Naming = "name"
    bodies: tuple[Encoding, ...] = ("json",)
    """The encodings it reads a generation from; what is sent is a matter of the dialect."""
    seconds_as: SecondsAs = "text"
    seconds: tuple[float, ...] = ()
    """The lengths it accepts; empty where any between `seconds_range` is."""
    seconds_range: tuple[float, float] = (1, 60)
    default_seconds: float = 4
    sizes: tuple[str, ...] = ()
    """The sizes it accepts; empty where any is."""
    default_size: str = "1280x720"
    side_max: int | None = None
    """The longest side in pixels, None where no one says."""
    prompt_max: int = 32_000
    max_characters: int = 2
    reference_ways: tuple[ReferenceWay, ...] = ()
    """How it is told of a character where it makes none, the best first."""
    max_references: int = 1
    """So many images or clips it takes; who comes after is told in words."""
    name_max: int = 80
    variants: tuple[str, ...] = ("video",)
    routes_characters: bool = False
    """It sends a character on by a model, as a proxy does; without one it would go to the wrong place."""
    can_list: bool = False
    deletion: Deletion = "none"
    unknown_fields: UnknownFields = "untold"
    reconcile: Reconcile = "none"
    needs_key: bool = True
    usd_per_second: Mapping[str, float] = field(default_factory=dict)
    """Price by model, where known; an estimate, and dated by `priced_on`."""
    usd_per_character: float | None = None
    priced_on: str | None = None
    simulated: bool = False

    @property
    def native(self) -> bool:
        """Does it make characters itself?"""
        return bool(self.character_ways)


class Dialect(ABC):
    """One shape of request and reply."""

    name: str
    prefix: str
    """The path its reference service keeps this shape under, such as `/v1`."""
    capabilities: Capabilities
    """What the reference service of this shape can do."""

    @abstractmethod
    def create_video(self, ask: VideoAsk) -> Call:
        """The paid request that starts a generation."""

    def sent_prompt(self, ask: VideoAsk) -> str:
        """The prompt as `create_video` writes it, by which a listed video is known again."""
        return ask.prompt

    @abstractmethod
    def get_video(self, remote_id: str) -> Call:
        """How is it going?"""

    @abstractmethod
    def read_video(self, reply: Reply) -> RemoteVideo:
        """The answer to `create_video` and `get_video`; `ServerError` where no id or status can be read."""

    @abstractmethod
    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        """The bytes of the finished video."""

    def create_character(self, ask: CharacterAsk) -> Call:
        """The request that makes a character; `ConfigError` where the shape has none."""
        raise ConfigError(
            f"The {self.name} shape makes no characters. Each video is told of {ask.name!r} by "
            f"{told_by(self.capabilities.reference_ways)}."
        )

    def read_character(self, reply: Reply) -> RemoteCharacter:
        """The answer to `create_character` and `get_character`."""
        raise NotImplementedError(f"{self.name} makes no characters")

    def get_character(self, task_id: str) -> Call | None:
        """Is it ready? None where creation answers at once."""
        return None

    def list_videos(self, after: str | None = None) -> Call | None:
        """The newest generations first, or None where the service cannot list."""
        return None

    def read_list(self, reply: Reply) -> list[RemoteVideo]:
        """The answer to `list_videos`."""
        raise NotImplementedError(f"{self.name} cannot list videos")

    @abstractmethod
    def read_error(self, reply: Reply) -> ServiceError:
        """What an answer of 400 or more means, as an exception to raise."""


KeyHeader = Literal["authorization", "api-key"]
"""The header that a key travels in: as a bearer's, or by itself."""


@dataclass(frozen=True, slots=True)
class Service:
    """Somewhere a dialect is spoken: an address, and what it can do there.

    One of your own is a few lines of data on top of one that is known:

        lab = Service.like("vllm-omni", name="lab", base_url="http://gpu3:8000/v1", sizes=("832x480",))
        studio = Studio(lab)
    """

    name: str
    dialect: Dialect
    base_url: str | None
    """None where the user must say; `simulator:` followed by the prefix for the one in this process."""
    capabilities: Capabilities
    key_names: tuple[str, ...] = ()
    """Environment variables that may hold its key, the first found wins."""
    samples: tuple[str, ...] = ()
    """Clips that anyone may fetch from it, by their paths on the server."""
    note: str = ""
    """One sentence a user should know, such as that it has closed."""
    retired: str | None = None
    """The day it closed, such as `2026-09-24`."""
    key_header: KeyHeader = "authorization"
    path: str = ""
    """Where it keeps the shape, if not where the reference service does."""
    plays: str | None = None
    """The service that the simulator plays, if it plays one."""

    @property
    def prefix(self) -> str:
        """The path that an address of it ends with, such as `/v1`."""
        return self.path or self.dialect.prefix

    @property
    def title(self) -> str:
        """Its name for people, which says so where it is the simulator playing another."""
        return f"{self.name} as {self.plays}" if self.plays else self.name

    @staticmethod
    def like(known: str, *, name: str, base_url: str | None = None, **changes: Any) -> Service:
        """A service of your own: what *known* is, under another name and address, with *changes*.

        *changes* are fields of `Capabilities`, such as `sizes`, `seconds` (in s), `models` or
        `usd_per_second` (US dollars by model), and `note`, `key_names` and `key_header` of `Service`.
        Without `models` the models are those that `usd_per_second` prices. Of the prices of *known*
        nothing is kept. Raises `ConfigError` for what does not exist.
        """
        from sora_nb.dialects.own import like

        return like(known, name=name, base_url=base_url, changes=changes)

    def read_error(self, reply: Reply) -> ServiceError:
        """What an answer of 400 or more means here; a `RetiredError` where the service has closed."""
        from sora_nb.dialects.refusals import with_retirement

        return with_retirement(self.dialect.read_error(reply), self)
