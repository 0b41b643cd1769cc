"""TensorRT-LLM's visual generation: JSON without a field too many, seconds as a decimal number, references in the body.

From its protocol and its routes as of 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sora_nb.dialects.base import Call, Inline, VideoAsk
from sora_nb.dialects.selfhosted import CAPABILITIES as SELF_HOSTED
from sora_nb.dialects.selfhosted import SelfHostedDialect, model_named
from sora_nb.dialects.videos import first_clip, first_image

CAPABILITIES = replace(
    SELF_HOSTED,
    bodies=("json", "multipart"),
    seconds_as="number",
    seconds_range=(0.1, 60),
    reference_ways=("first_frame", "clip", "words"),
    deletion="cancels",
    unknown_fields="refused",
)
"""It takes any length above 0 s up to 60 s. Whether an image or a clip is of use is up to its model."""


class TensorrtLlmDialect(SelfHostedDialect):
    """Words of TensorRT-LLM: JSON with the reference inside it."""

    name = "tensorrt-llm"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        words: Mapping[str, Any] = {
            **model_named(ask.model),
            "prompt": self.sent_prompt(ask),
            "seconds": float(ask.seconds),
            "size": ask.size,
        }
        image, clip = first_image(ask), first_clip(ask)
        if image is not None:
            words = {**words, "image_reference": Inline(image, "image/png")}
        elif clip is not None:
            words = {**words, "video_reference": Inline(clip, "video/mp4")}
        return Call("POST", "/videos", json=words, paid=True)

    def list_videos(self, after: str | None = None) -> Call | None:
        # Its list has no pages and no parameters: what is asked for is all there is.
        return Call("GET", "/videos")
