"""SGLang Diffusion: whole seconds as a number, no states between queued and done, and no word of unknown fields.

From its protocol and its routes as of 2026. Its field for a clip takes an address, and nobody says whether that may be
a `data:` one, so a clip is not sent.
"""

from __future__ import annotations

from dataclasses import replace

from sora_nb.dialects.base import Call, VideoAsk
from sora_nb.dialects.gateway import whole
from sora_nb.dialects.selfhosted import CAPABILITIES as SELF_HOSTED
from sora_nb.dialects.selfhosted import SelfHostedDialect, model_named
from sora_nb.dialects.videos import first_image, picture

CAPABILITIES = replace(
    SELF_HOSTED,
    bodies=("json", "multipart"),
    seconds_as="whole",
    seconds=tuple(float(second) for second in range(1, 61)),
    deletion="forgets",
    unknown_fields="ignored",
)
"""It names no longest video."""


class SglangDialect(SelfHostedDialect):
    """Words of SGLang Diffusion: JSON, or a form where a reference goes along."""

    name = "sglang"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        words = {**model_named(ask.model), "prompt": self.sent_prompt(ask), "size": ask.size}
        seconds = whole(ask.seconds)
        if (image := first_image(ask)) is None:
            return Call("POST", "/videos", json={**words, "seconds": seconds}, paid=True)
        # In JSON `input_reference` is a path on the server's own disk; every version reads an upload.
        form = {**words, "seconds": str(seconds)}
        return Call("POST", "/videos", form=form, files=(picture("input_reference", image),), paid=True)
