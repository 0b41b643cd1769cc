"""Words on the wire: a question becomes a `Call`, a `Reply` becomes an answer. One module per shape, no I/O."""

from __future__ import annotations

from sora_nb.dialects.base import (
    Call,
    Capabilities,
    Cast,
    CharacterAsk,
    Dialect,
    Inline,
    RemoteCharacter,
    RemoteVideo,
    Reply,
    Service,
    Upload,
    VideoAsk,
)
from sora_nb.dialects.checking import (
    character_remarks,
    check_character,
    check_video,
    remarks,
    require_character,
    require_video,
)
from sora_nb.dialects.lookup import service_for
from sora_nb.dialects.prices import estimate, with_prices
from sora_nb.dialects.services import DIALECTS, PLAYED, SERVICES

__all__ = [
    "DIALECTS",
    "PLAYED",
    "SERVICES",
    "Call",
    "Capabilities",
    "Cast",
    "CharacterAsk",
    "Dialect",
    "Inline",
    "RemoteCharacter",
    "RemoteVideo",
    "Reply",
    "Service",
    "Upload",
    "VideoAsk",
    "character_remarks",
    "check_character",
    "check_video",
    "estimate",
    "remarks",
    "require_character",
    "require_video",
    "service_for",
    "with_prices",
]
