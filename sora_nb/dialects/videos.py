"""What all speakers of `/v1/videos` have in common: how a video is asked after, fetched, listed and refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sora_nb.dialects.base import Call, Dialect, RemoteVideo, Reply, Upload, VideoAsk
from sora_nb.dialects.prompts import with_descriptions
from sora_nb.dialects.reading import object_of, segment, video_of
from sora_nb.dialects.refusals import read_error
from sora_nb.errors import ConfigError, ServerError, ServiceError

PAGE = 100
"""The most that a list may hold."""


class VideosDialect(Dialect):
    """Everything of `/v1/videos` but how a generation is asked for, in which its speakers differ."""

    prefix = "/v1"

    def sent_prompt(self, ask: VideoAsk) -> str:
        return with_descriptions(ask.prompt, ask.cast)

    def get_video(self, remote_id: str) -> Call:
        return Call("GET", f"/videos/{segment(remote_id)}")

    def read_video(self, reply: Reply) -> RemoteVideo:
        return self.told(object_of(reply, "a video"))

    def told(self, body: Mapping[str, Any]) -> RemoteVideo:
        """One video, wherever it is told of."""
        return video_of(body)

    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        if variant not in self.capabilities.variants:
            raise ConfigError(
                f"There is no variant {variant!r}. Choose one of {', '.join(self.capabilities.variants)}."
            )
        # Servers that know only the video itself do not know the parameter either.
        params = {} if variant == "video" else {"variant": variant}
        return Call("GET", f"/videos/{segment(remote_id)}/content", params=params)

    def list_videos(self, after: str | None = None) -> Call | None:
        if not self.capabilities.can_list:
            return None
        params = {"limit": str(PAGE), "order": "desc"}
        return Call("GET", "/videos", params=params if after is None else {**params, "after": after})

    def read_list(self, reply: Reply) -> list[RemoteVideo]:
        items = object_of(reply, "a list of videos").get("data")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ServerError("The service's answer holds no list of videos under `data`.", status=reply.status)
        return [self.told(item) for item in items]

    def read_error(self, reply: Reply) -> ServiceError:
        return read_error(reply)


def picture(field: str, path: Path) -> Upload:
    """An image in a multipart body."""
    return Upload(field, path, "image/png", "reference.png")


def film(field: str, path: Path) -> Upload:
    """A clip in a multipart body."""
    return Upload(field, path, "video/mp4", "clip.mp4")


def first_image(ask: VideoAsk) -> Path | None:
    """The image to send where a server takes one: that of the first who has one."""
    return next((one.image for one in ask.cast if not one.made and one.image is not None), None)


def first_clip(ask: VideoAsk) -> Path | None:
    """The clip to send where a server takes one."""
    return next((one.clip for one in ask.cast if not one.made and one.clip is not None), None)
