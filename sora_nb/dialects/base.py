"""What every dialect answers: a question becomes a `Call`, a `Reply` becomes an answer. No I/O."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sora_nb.errors import ServerError, ServiceError
from sora_nb.models import Status
from sora_nb.timerange import Limits, TimeRange

CharacterWay = Literal["clip", "url", "task"]
"""How a service takes a character's source: the cut clip itself, a public address, or a task id."""

ReferenceWay = Literal["first_frame", "image", "clip", "words"]
"""How a service that makes no characters is told of one: a frame that the video begins with, an image or a
clip to go by, or its description in the prompt alone."""

Reconcile = Literal["replay", "single_use", "list", "none"]
"""How a lost answer can be found again: same key replays it, key is refused twice, by listing, not at all."""


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
    files: tuple[Upload, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    paid: bool = False
    """Sending it may cost money, so it is never sent twice by itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, as plain data. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

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
    """The clip it was cut from, an MP4 file, where the service takes one."""


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
    can_list: bool = False
    can_delete: bool = False
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
    """The path a server keeps this shape under, such as `/v1`."""
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

    @abstractmethod
    def create_character(self, ask: CharacterAsk) -> Call:
        """The request that makes a character."""

    @abstractmethod
    def read_character(self, reply: Reply) -> RemoteCharacter:
        """The answer to `create_character` and `get_character`."""

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


@dataclass(frozen=True, slots=True)
class Service:
    """Somewhere a dialect is spoken: an address, and what it can do there."""

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
