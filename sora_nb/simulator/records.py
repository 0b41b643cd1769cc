"""What the world knows: jobs, their ends, characters, charges. It is the sum of the journal's events."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sora_nb.simulator.markers import Failure

Family = str
"""The server a job was asked of, such as `openai` or `vllm-omni`, which decides how its id looks."""

Status = Literal["queued", "in_progress", "completed", "failed"]

ReferenceKind = Literal["first_frame", "image", "clip"]


class Reference(NamedTuple):
    """A picture or a clip that a job was given to go by."""

    kind: ReferenceKind
    """A video begins with a `first_frame`; an `image` or a `clip` shows somebody who is to be in it."""
    file: str
    """Its name in the gallery."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A generation as it was asked for, already judged to be acceptable."""

    family: Family
    model: str
    prompt: str
    seconds: float
    size: str
    usd: float
    """What it will cost, in pretend dollars."""
    characters: tuple[str, ...] = ()
    remixed_from: str | None = None
    references: tuple[Reference, ...] = ()
    echo: Mapping[str, Any] = field(default_factory=dict)
    """Fields as they were sent, which some servers tell back as they are."""


@dataclass(frozen=True, slots=True)
class Job:
    """A generation that was accepted."""

    id: str
    ask: Ask
    created_at: float
    """Seconds since 1970, as all times here."""

    @property
    def picture_seed(self) -> int:
        """Makes equal requests differ in their pictures, the same way each time."""
        return int(digest(self.id)[:8], 16)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is on disk."""

    at: float
    sha256: str


@dataclass(frozen=True, slots=True)
class End:
    """How a job ended."""

    status: Literal["completed", "failed"]
    at: float
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """A character; its sprite is a file."""

    id: str
    name: str | None
    created_at: float
    task_id: str
    """What the shape that answers later is polled with."""
    failure: Failure | None = None
    """Why there is no sprite, where there is none."""

    @property
    def username(self) -> str:
        """What gateways of the app gave instead of a name: two words that nobody chose."""
        letters = [chr(ord("a") + int(digest("username", self.id)[at : at + 4], 16) % 26) for at in range(0, 60, 3)]
        return f"{''.join(letters[:10])}.{''.join(letters[10:])}"


@dataclass(frozen=True, slots=True)
class Charge:
    """Pretend money for a finished job."""

    job: str
    model: str
    seconds: float
    usd: float
    at: float


class Records:
    """Everything that happened, in the order it did."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.drawings: dict[str, Drawing] = {}
        self.ends: dict[str, End] = {}
        self.characters: dict[str, Character] = {}
        self.charges: list[Charge] = []
        self.seen: Counter[str] = Counter()
        """How often each request was made, deleted ones included."""

    def apply(self, event: dict[str, Any]) -> None:
        """Take in one event of the journal."""
        match event:
            case {"event": "job", "key": key, "id": id_, "at": at, "ask": ask}:
                self.seen[key] += 1
                self.jobs[id_] = Job(id_, _ask(ask), at)
            case {"event": "drawn", "id": id_, "at": at, "sha256": sha256}:
                self.drawings[id_] = Drawing(at, sha256)
            case {"event": "ended", "id": id_, "at": at, "status": status, "code": code, "message": message}:
                self.ends[id_] = End(status, at, code, message)
                if status == "completed":
                    ask_ = self.jobs[id_].ask
                    self.charges.append(Charge(id_, ask_.model, ask_.seconds, ask_.usd, at))
            case {"event": "character", "key": key, "id": id_, "at": at, "failure": failure, **facts}:
                self.seen[key] += 1
                why = Failure(*failure) if failure else None
                self.characters[id_] = Character(id_, facts["name"], at, facts["task_id"], why)
            case {"event": "deleted", "id": id_}:
                for shelf in (self.jobs, self.drawings, self.ends):
                    shelf.pop(id_, None)


def _ask(facts: dict[str, Any]) -> Ask:
    references = tuple(Reference(*one) for one in facts.get("references", ()))
    return Ask(**{**facts, "characters": tuple(facts["characters"]), "references": references})


NEWER = ("references", "echo")
"""Fields that requests did not always have; where they are empty, ids are what they were before."""


def request_key(ask: Ask) -> str:
    """The same for equal requests."""
    told = {name: value for name, value in asdict(ask).items() if value or name not in NEWER}
    return digest(json.dumps(told, sort_keys=True))


_IDS: Mapping[Family, Callable[[str], str]] = {
    "openai": lambda hash_: f"video_{hash_[:48]}",
    "azure": lambda hash_: f"video_{hash_[:48]}",
    "litellm": lambda hash_: f"video_{hash_[:48]}",
    "tutorial": lambda hash_: f"task_{hash_[:32]}",
    "apiyi": lambda hash_: f"video_{UUID(hash_[:32])}",
    "laozhang": lambda hash_: f"video_{UUID(hash_[:32])}",
    "vllm-omni": lambda hash_: f"video_gen_{hash_[:32]}",
    "sglang": lambda hash_: str(UUID(hash_[:32])),
    "tensorrt-llm": lambda hash_: f"video_{hash_[:32]}",
    "openrouter": lambda hash_: hash_[:20],
}


def job_id(family: Family, hash_: str) -> str:
    """An id as a server writes it."""
    return _IDS[family](hash_)


def signature(file: str) -> str:
    """What opens a file of the store to whoever shows it. Nothing is secret here, so it follows from the name."""
    return digest("store", file)[:32]


def digest(*parts: object) -> str:
    """64 hexadecimal digits that stand for the parts."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()
