"""The shape `/v1/sora`, as the first tutorial writes it. OpenAI's published description never held it."""

from __future__ import annotations

from sora_nb.dialects.base import (
    Call,
    Capabilities,
    CharacterAsk,
    Dialect,
    RemoteCharacter,
    RemoteVideo,
    Reply,
    VideoAsk,
)
from sora_nb.dialects.gateway import WHOLE_SECONDS, character_words, content_path, read_ready, whole
from sora_nb.dialects.prompts import with_ids
from sora_nb.dialects.reading import object_of, segment, video_of
from sora_nb.dialects.refusals import read_error
from sora_nb.errors import ServiceError
from sora_nb.timerange import TUTORIAL

CAPABILITIES = Capabilities(
    limits=TUTORIAL,
    character_ways=("url", "task"),
    models=("sora-2.0-turbo",),
    seconds=WHOLE_SECONDS,
    default_seconds=10,
    naming="id",
    seconds_as="whole",
    usd_per_character=0.0,
)
"""What the tutorial tells. It gives no price for a video, and calls a character free."""


class TutorialDialect(Dialect):
    """Words of `/v1/sora`: whole seconds, characters from an address or a task, there at once and named by id."""

    name = "tutorial"
    prefix = "/v1/sora"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        words = {
            "model": ask.model,
            "prompt": with_ids(ask.prompt, ask.cast),
            "size": ask.size,
            "duration": whole(ask.seconds),
        }
        return Call("POST", "/generations", json=words, paid=True)

    def get_video(self, remote_id: str) -> Call:
        return Call("GET", f"/generations/{segment(remote_id)}")

    def read_video(self, reply: Reply) -> RemoteVideo:
        # A creation is answered with an id alone.
        return video_of(object_of(reply, "a generation"), default_status="queued")

    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        # The tutorial shows no download; this is where one would look for it.
        return Call("GET", content_path("generations", remote_id, variant))

    def create_character(self, ask: CharacterAsk) -> Call:
        return Call("POST", "/characters", json=character_words(self.name, ask), paid=True)

    def read_character(self, reply: Reply) -> RemoteCharacter:
        return read_ready(object_of(reply, "a character"))

    def read_error(self, reply: Reply) -> ServiceError:
        return read_error(reply)
