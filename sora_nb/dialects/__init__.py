"""Words on the wire: a question becomes a `Call`, a `Reply` becomes an answer. One module per shape, no I/O."""

from __future__ import annotations

from sora_nb.dialects.apiyi import ApiyiDialect
from sora_nb.dialects.base import (
    Call,
    Capabilities,
    Cast,
    CharacterAsk,
    Dialect,
    RemoteCharacter,
    RemoteVideo,
    Reply,
    Service,
    Upload,
    VideoAsk,
)
from sora_nb.dialects.checking import check_character, check_video, require_character, require_video
from sora_nb.dialects.openai import OpenAIDialect
from sora_nb.dialects.prices import estimate
from sora_nb.dialects.services import DIALECTS, SERVICES, service_for
from sora_nb.dialects.tutorial import TutorialDialect

__all__ = [
    "DIALECTS",
    "SERVICES",
    "ApiyiDialect",
    "Call",
    "Capabilities",
    "Cast",
    "CharacterAsk",
    "Dialect",
    "OpenAIDialect",
    "RemoteCharacter",
    "RemoteVideo",
    "Reply",
    "Service",
    "TutorialDialect",
    "Upload",
    "VideoAsk",
    "check_character",
    "check_video",
    "estimate",
    "require_character",
    "require_video",
    "service_for",
]
