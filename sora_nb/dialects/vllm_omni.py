"""vLLM-Omni: multipart bodies alone, and fields it does not know are dropped without a word.

From its manual of the videos API, its protocol and its routes as of 2026.
"""

from __future__ import annotations

from dataclasses import replace

from sora_nb.dialects.base import Call, Upload, VideoAsk
from sora_nb.dialects.selfhosted import CAPABILITIES as SELF_HOSTED
from sora_nb.dialects.selfhosted import SelfHostedDialect, model_named
from sora_nb.dialects.videos import film, first_clip, first_image, picture
from sora_nb.timerange import plain

CAPABILITIES = replace(
    SELF_HOSTED,
    bodies=("multipart",),
    seconds_as="text",
    seconds=tuple(float(second) for second in range(1, 61)),
    reference_ways=("first_frame", "clip", "words"),
    deletion="cancels",
    unknown_fields="ignored",
)
"""Its lengths are whole seconds without an end of their own. Whether an image or a clip is of use, its model tells."""


class VllmOmniDialect(SelfHostedDialect):
    """Words of vLLM-Omni: a form, with the reference as an upload."""

    name = "vllm-omni"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        form = {
            **model_named(ask.model),
            "prompt": self.sent_prompt(ask),
            "seconds": plain(ask.seconds),
            "size": ask.size,
        }
        # The one field takes either kind, and only one of them.
        image, clip = first_image(ask), first_clip(ask)
        files: tuple[Upload, ...] = ()
        if image is not None:
            files = (picture("input_reference", image),)
        elif clip is not None:
            files = (film("input_reference", clip),)
        return Call("POST", "/videos", form=form, files=files, paid=True)
