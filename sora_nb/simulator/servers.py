"""The servers of the shape `/v1/videos` that the simulator plays, as data."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sora_nb.simulator import envelope, telling, wanting
from sora_nb.simulator.envelope import Envelope
from sora_nb.simulator.records import Family
from sora_nb.simulator.schemas import STRING, Schema, record

Body = Literal["json", "form"]


class Ids:
    """How ids are written. These are written as they are."""

    def out(self, id_: str, model: str = "") -> str:
        """An id of the world as the server writes it."""
        return id_

    def back(self, id_: str) -> str:
        """An id as it came from a client, as the world knows it."""
        return id_


class RoutedIds(Ids):
    """LiteLLM's: what it has to know to find the upstream again is packed into the id."""

    def __init__(self, kind: Literal["video", "character"]) -> None:
        self.kind = kind

    def out(self, id_: str, model: str = "") -> str:
        """The upstream's id between its provider and the model, in base64."""
        packed = f"litellm:custom_llm_provider:openai;model_id:{model};{self.kind}_id:{id_}"
        return f"{self.kind}_{base64.b64encode(packed.encode()).decode()}"

    def back(self, id_: str) -> str:
        """The upstream's id; whatever is no packed one is handed on as it is."""
        packed = id_.removeprefix(f"{self.kind}_")
        try:
            text = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode()
        except (binascii.Error, ValueError):
            return id_
        return text.rpartition(f";{self.kind}_id:")[2] if text.startswith("litellm:") else id_


class Listing(NamedTuple):
    """How a server lists videos."""

    pages: bool = True
    """It says where the page begins and ends and whether there is more."""
    asked: bool = True
    """It reads `limit`, `order` and `after`."""
    default: int | None = None
    """So many where no `limit` is given; None is all."""
    least: int = 0
    strict: bool = True
    """It refuses an `after` that it does not know; otherwise nothing comes after it."""
    needs: str | None = None
    """A parameter without which it does not know whose videos are meant."""


class Deleting(NamedTuple):
    """What DELETE does and says."""

    says: Literal["openai", "video", "flag"] = "openai"
    """That it was deleted; the video itself, with the status `deleted`; only a flag."""
    unended: bool = False
    """Jobs that go on may be deleted, too."""
    dawdles: bool = False
    """A `[slow]` job that is rendered answers 409 at first, while it is being cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server, with its quirks."""

    name: Family
    title: str
    about: str
    prefix: str = "/v1"
    keys: tuple[str, ...] = ("authorization",)
    """Headers that may hold the key; none where it asks for none."""
    errors: Envelope = envelope.OPENAI
    bodies: tuple[Body, ...] = ("json", "form")
    wrong_body: int = 415
    """The status for a body of another kind."""
    refuses_unknown: tuple[Body, ...] = ()
    """In these bodies a field that it does not know is refused; elsewhere it is ignored without a word."""
    asks: wanting.Fields
    tells: telling.Fields
    created: int = 200
    default_seconds: float = 4
    exact_references: bool = False
    """A first frame must have the video's own size."""
    listing: Listing | None
    deleting: Deleting | None
    variants: bool = False
    """`/content` reads `variant`; elsewhere it always gives the video."""
    unready: Mapping[str, int] = field(default_factory=lambda: {"failed": 404})
    """Statuses of `/content` by the job's state where there is nothing yet, 404 if not said."""
    casts: bool = False
    """It makes characters and puts them into videos."""
    character: Mapping[str, Any] = field(default_factory=dict)
    """What it says of a character beside `id`, `name` and `created_at`."""
    remixes: bool = False
    stores: bool = False
    """A film may be put into a store elsewhere; then there is no `/content`, and the video says where it is."""
    containers: bool = False
    """The file may be an AVI, and `/content` may be JSON that names a file on the server."""
    paced: bool = False
    """It says when to ask again."""
    video_ids: Ids = field(default_factory=Ids)
    character_ids: Ids = field(default_factory=Ids)
    lists_models: bool = False

    @property
    def character_schema(self) -> Schema:
        """What it tells of a character."""
        extra = {name: {"const": value} for name, value in self.character.items()}
        return record({"id": STRING, "name": STRING, "created_at": {"type": "integer"}, **extra})


OPENAI = Server(
    name="openai",
    title="OpenAI's own shape",
    about="As OpenAI's service spoke it, with characters.",
    refuses_unknown=("json", "form"),
    asks=wanting.OPENAI,
    tells=telling.OPENAI,
    exact_references=True,
    listing=Listing(default=20),
    deleting=Deleting(),
    variants=True,
    casts=True,
    remixes=True,
    paced=True,
)

SERVERS: dict[Family, Server] = {
    server.name: server
    for server in (
        Server(
            name="vllm-omni",
            title="vLLM-Omni",
            about="Takes forms alone, ignores what it does not know, and makes no characters.",
            keys=(),
            errors=envelope.VLLM,
            bodies=("form",),
            wrong_body=422,
            asks=wanting.VLLM,
            tells=telling.VLLM,
            listing=Listing(strict=False),
            deleting=Deleting(unended=True, dawdles=True),
            unready={"failed": 422},
        ),
        Server(
            name="sglang",
            title="SGLang Diffusion",
            about="Never says that a job is in progress, ignores what it does not know, and makes no characters.",
            keys=(),
            errors=envelope.FASTAPI,
            wrong_body=400,
            asks=wanting.SGLANG,
            tells=telling.SGLANG,
            listing=Listing(pages=False, least=1, strict=False),
            deleting=Deleting(says="video", unended=True),
            stores=True,
        ),
        Server(
            name="tensorrt-llm",
            title="TensorRT-LLM",
            about="Answers 202, counts seconds as numbers, refuses unknown JSON, and makes no characters.",
            keys=(),
            errors=envelope.FLAT,
            wrong_body=400,
            refuses_unknown=("json",),
            asks=wanting.TENSORRT,
            tells=telling.TENSORRT,
            created=202,
            listing=Listing(pages=False, asked=False),
            deleting=Deleting(says="flag", unended=True),
            unready={"queued": 400, "in_progress": 400, "failed": 400},
            containers=True,
        ),
        Server(
            name="litellm",
            title="LiteLLM proxy",
            about="OpenAI's shape through a proxy, which packs the way to the upstream into every id.",
            errors=envelope.LITELLM,
            asks=wanting.LITELLM,
            tells=telling.LITELLM,
            exact_references=True,
            listing=Listing(default=20, needs="custom_llm_provider"),
            deleting=None,
            casts=True,
            character={"object": "character"},
            remixes=True,
            video_ids=RoutedIds("video"),
            character_ids=RoutedIds("character"),
        ),
        Server(
            name="azure",
            title="Azure OpenAI",
            about="OpenAI's shape with the key in a header of its own; a model is a deployment.",
            prefix="/openai/v1",
            keys=("api-key", "authorization"),
            errors=envelope.AZURE,
            refuses_unknown=("json", "form"),
            asks=wanting.AZURE,
            tells=telling.AZURE,
            exact_references=True,
            listing=Listing(default=20),
            deleting=Deleting(),
            variants=True,
            casts=True,
            remixes=True,
        ),
        Server(
            name="openrouter",
            title="OpenRouter",
            about="Answers 202 with an address to poll, has a shape of its own, and makes no characters.",
            prefix="/api/v1",
            errors=envelope.OPENROUTER,
            bodies=("json",),
            wrong_body=400,
            asks=wanting.OPENROUTER,
            tells=telling.OPENROUTER,
            created=202,
            default_seconds=5,
            listing=None,
            deleting=None,
            lists_models=True,
        ),
    )
}
"""The servers that are played beside OpenAI's own shape, by name."""
