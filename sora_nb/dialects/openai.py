"""The shape `/v1/videos`, as OpenAI published it and as many servers speak it today.

Fields and limits: OpenAI's published description of 2026-08-21. `characters`, 16 and 20 seconds, and
the 1080p sizes: OpenAI's video guide of June 2026, which says more than the description does.
"""

from __future__ import annotations

from dataclasses import replace

from sora_nb.dialects.base import (
    Call,
    Capabilities,
    CharacterAsk,
    Dialect,
    RemoteCharacter,
    RemoteVideo,
    Reply,
    Upload,
    VideoAsk,
)
from sora_nb.dialects.prompts import with_names
from sora_nb.dialects.reading import id_of, object_of, reason_of, segment, status_of, video_of
from sora_nb.dialects.refusals import read_error
from sora_nb.errors import ConfigError, ServerError, ServiceError
from sora_nb.timerange import OPENAI, plain

CAPABILITIES = Capabilities(
    limits=OPENAI,
    character_ways=("clip",),
    models=("sora-2", "sora-2-pro"),
    seconds=(4, 8, 12, 16, 20),
    default_seconds=4,
    sizes=("1280x720", "720x1280", "1792x1024", "1024x1792", "1920x1080", "1080x1920"),
    default_size="1280x720",
    prompt_max=32_000,
    max_characters=2,
    name_max=80,
    variants=("video", "thumbnail", "spritesheet"),
    can_list=True,
    can_delete=True,
    reconcile="list",
    usd_per_second={
        "sora-2": 0.10,
        "sora-2-pro": 0.30,
        "sora-2-pro 1024x1792": 0.50,
        "sora-2-pro 1792x1024": 0.50,
        "sora-2-pro 1080x1920": 0.70,
        "sora-2-pro 1920x1080": 0.70,
    },
    # The last prices there were: the service closed on that day.
    priced_on="2026-09-24",
)
"""OpenAI's own service, until it closed."""

COMPATIBLE = replace(CAPABILITIES, seconds=(), seconds_range=(1, 60), sizes=(), usd_per_second={}, priced_on=None)
"""Somebody else's server of this shape: which lengths and sizes it makes, and for how much, is its own affair."""

PAGE = 100
"""The most that a list may hold."""


class OpenAIDialect(Dialect):
    """Words of `/v1/videos`: seconds as text; characters from a clip, named in the prompt and listed by id."""

    name = "openai"
    prefix = "/v1"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        words: dict[str, object] = {
            "model": ask.model,
            "prompt": self.sent_prompt(ask),
            "seconds": plain(ask.seconds),
            "size": ask.size,
        }
        if ask.cast:
            words["characters"] = [{"id": one.remote_id} for one in ask.cast]
        return Call("POST", "/videos", json=words, paid=True)

    def sent_prompt(self, ask: VideoAsk) -> str:
        return with_names(ask.prompt, ask.cast)

    def get_video(self, remote_id: str) -> Call:
        return Call("GET", f"/videos/{segment(remote_id)}")

    def read_video(self, reply: Reply) -> RemoteVideo:
        return video_of(object_of(reply, "a video"))

    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        if variant not in self.capabilities.variants:
            raise ConfigError(
                f"There is no variant {variant!r}. Choose one of {', '.join(self.capabilities.variants)}."
            )
        # Servers that know only the video itself do not know the parameter either.
        params = {} if variant == "video" else {"variant": variant}
        return Call("GET", f"/videos/{segment(remote_id)}/content", params=params)

    def create_character(self, ask: CharacterAsk) -> Call:
        if ask.clip is None:
            raise ConfigError(
                f"The openai shape takes a character's clip itself, not an address or a task id, for {ask.name!r}. "
                "Cut the range to a file first."
            )
        clip = Upload("video", ask.clip, "video/mp4", "clip.mp4")
        return Call("POST", "/videos/characters", form={"name": ask.name}, files=(clip,), paid=True)

    def get_character(self, task_id: str) -> Call:
        return Call("GET", f"/videos/characters/{segment(task_id)}")

    def read_character(self, reply: Reply) -> RemoteCharacter:
        body = object_of(reply, "a character")
        error_code, error = reason_of(body.get("error"))
        id_ = id_of(body.get("id"))
        if id_ is None:
            told = f" It says: {error}" if error else ""
            raise ServerError(f"The service's answer names no id of a character.{told}", code=error_code)
        # The published shape has no status: a character that is answered is ready.
        status = status_of(body.get("status") or "completed")
        return RemoteCharacter(status, id_, task_id=id_, error_code=error_code, error=error)

    def list_videos(self, after: str | None = None) -> Call:
        params = {"limit": str(PAGE), "order": "desc"}
        return Call("GET", "/videos", params=params if after is None else {**params, "after": after})

    def read_list(self, reply: Reply) -> list[RemoteVideo]:
        items = object_of(reply, "a list of videos").get("data")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ServerError("The service's answer holds no list of videos under `data`.", status=reply.status)
        return [video_of(item) for item in items]

    def read_error(self, reply: Reply) -> ServiceError:
        return read_error(reply)
