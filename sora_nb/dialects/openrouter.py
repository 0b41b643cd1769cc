"""OpenRouter: a router to hosted models under `/api/v1`, with words of its own for length and references.

From its API reference and its guides of 2026. Which lengths, sizes and references a model takes it tells under
`GET /videos/models`.
"""

from __future__ import annotations

from typing import Any

from sora_nb.dialects.base import Call, Capabilities, Inline, VideoAsk
from sora_nb.dialects.videos import VideosDialect
from sora_nb.timerange import REFERENCE

CAPABILITIES = Capabilities(
    limits=REFERENCE,
    character_ways=(),
    models=("google/veo-3.1", "alibaba/wan-2.6"),
    naming="words",
    seconds_as="number",
    default_seconds=8,
    default_size="1280x720",
    max_characters=8,
    reference_ways=("image", "words"),
    # What Veo takes; others take fewer or more.
    max_references=3,
    usd_per_second={"google/veo-3.1": 0.50, "google/veo-3.1 1920x1080": 0.75, "alibaba/wan-2.6": 0.04},
    priced_on="2026-11-26",
)
"""Prices are those that an example in its manual and a report of March 2026 gave, read on that day; its
`GET /videos/models` has today's. It has no list of videos and no way to cancel one."""


class OpenRouterDialect(VideosDialect):
    """Words of OpenRouter: `duration` as a number, images as addresses, a finished video by its index."""

    name = "openrouter"
    prefix = "/api/v1"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        words: dict[str, Any] = {
            "model": ask.model,
            "prompt": self.sent_prompt(ask),
            "duration": int(ask.seconds) if ask.seconds == int(ask.seconds) else ask.seconds,
            "size": ask.size,
        }
        images = [one.image for one in ask.cast if not one.made and one.image is not None]
        if images:
            words["input_references"] = [
                {"type": "image_url", "image_url": {"url": Inline(image, "image/png")}} for image in images
            ]
        return Call("POST", "/videos", json=words, paid=True)

    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        call = super().get_content(remote_id, variant)
        return Call("GET", call.path, params={"index": "0"})
