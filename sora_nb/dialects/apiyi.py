"""The shape `/sora/v1`, as the second tutorial and the gateways of its family write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

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
from sora_nb.errors import ConfigError, ServiceError
from sora_nb.timerange import APIYI

RESOLUTIONS: Mapping[str, str] = {"1280x720": "720p", "1920x1080": "1080p"}
"""The sizes there are, and their names on the wire."""

_SIZES = {name: size for size, name in RESOLUTIONS.items()}

CAPABILITIES = Capabilities(
    limits=APIYI,
    character_ways=("url", "task"),
    models=("sora-2",),
    seconds=WHOLE_SECONDS,
    default_seconds=10,
    naming="id",
    seconds_as="whole",
    sizes=tuple(RESOLUTIONS),
    # About 0.12 dollars a video by the gateway's own help pages, spread over the usual 10 s.
    usd_per_second={"sora-2": 0.012},
    priced_on="2026-11-22",
)
"""What the tutorial and the gateway's help pages tell."""

LAOZHANG = replace(CAPABILITIES, naming="handle", usd_per_second={}, usd_per_character=0.01, priced_on="2026-10-31")
"""A relative that answers a character at once, with a handle of its own by which prompts name it.

Its manual gives a price for characters alone, and called the route outdated by October 2026.
"""


class ApiyiDialect(Dialect):
    """Words of `/sora/v1`: whole seconds, named resolutions, characters that are polled for and named by id."""

    name = "apiyi"
    prefix = "/sora/v1"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        if ask.size not in RESOLUTIONS:
            raise ConfigError(f"The apiyi shape makes {' or '.join(RESOLUTIONS)}, not {ask.size}. Try size='1280x720'.")
        words = {
            "model": ask.model,
            "prompt": with_ids(ask.prompt, ask.cast),
            "duration": whole(ask.seconds),
            "resolution": RESOLUTIONS[ask.size],
        }
        return Call("POST", "/videos", json=words, paid=True)

    def get_video(self, remote_id: str) -> Call:
        return Call("GET", f"/videos/{segment(remote_id)}")

    def read_video(self, reply: Reply) -> RemoteVideo:
        body = object_of(reply, "a video")
        video = video_of(body, default_status="queued")
        return replace(video, size=video.size or _SIZES.get(str(body.get("resolution"))))

    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        return Call("GET", content_path("videos", remote_id, variant))

    def create_character(self, ask: CharacterAsk) -> Call:
        return Call("POST", "/characters", json=character_words(self.name, ask), paid=True)

    def get_character(self, task_id: str) -> Call:
        return Call("GET", f"/characters/{segment(task_id)}")

    def read_character(self, reply: Reply) -> RemoteCharacter:
        return read_ready(object_of(reply, "a character"))

    def read_error(self, reply: Reply) -> ServiceError:
        return read_error(reply)
