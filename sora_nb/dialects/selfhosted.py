"""What the servers that people run themselves have in common: one model each, no characters, no key unless one is set.

Fields and figures of the three are those of their sources and manuals of 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sora_nb.dialects.base import Capabilities, RemoteVideo
from sora_nb.dialects.videos import VideosDialect
from sora_nb.timerange import REFERENCE

OWN_MODEL = "default"
"""Stands for the one model that a server runs. It is not sent."""

CAPABILITIES = Capabilities(
    limits=REFERENCE,
    character_ways=(),
    models=(OWN_MODEL,),
    naming="words",
    default_seconds=4,
    default_size="1280x720",
    max_characters=8,
    reference_ways=("first_frame", "words"),
    can_list=True,
    reconcile="list",
    needs_key=False,
)
"""What they agree in. None names a longest prompt, so OpenAI's stands; more than eight people are a crowd."""


class SelfHostedDialect(VideosDialect):
    """`/v1/videos` of a server with one model."""

    capabilities = CAPABILITIES

    def told(self, body: Mapping[str, Any]) -> RemoteVideo:
        # They repeat the model that was asked for, or a made-up one, whichever they run.
        return replace(super().told(body), model=None)


def model_named(model: str) -> dict[str, str]:
    """The model as a field, where one was asked for."""
    return {} if model == OWN_MODEL else {"model": model}
