"""What people see: the range picker, the view of a job, the panel, and their forms without a kernel."""

from __future__ import annotations

from sora_nb.widgets.compare import CompareGrid
from sora_nb.widgets.keybox import KeyBox
from sora_nb.widgets.panel import Panel
from sora_nb.widgets.picker import RangePicker, pick
from sora_nb.widgets.player import JobView
from sora_nb.widgets.static import character_card, picker_card, table, video_card

__all__ = [
    "CompareGrid",
    "JobView",
    "KeyBox",
    "Panel",
    "RangePicker",
    "character_card",
    "pick",
    "picker_card",
    "table",
    "video_card",
]
