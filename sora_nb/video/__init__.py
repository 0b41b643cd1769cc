"""Pixels: what a video file is, and what can be made of it with no more than PyAV, NumPy and Pillow."""

from sora_nb.video.box import Box
from sora_nb.video.cut import cut, preview
from sora_nb.video.follow import Followed, follow
from sora_nb.video.likeness import Likeness, consistency, likeness
from sora_nb.video.measure import VideoMeasures, measure
from sora_nb.video.probe import VideoInfo, probe
from sora_nb.video.scan import scan
from sora_nb.video.stills import filmstrip, frames, poster, still
from sora_nb.video.suggest import Suggestion, Suggestions, suggest
from sora_nb.video.track import Track

__all__ = [
    "Box",
    "Followed",
    "Likeness",
    "Suggestion",
    "Suggestions",
    "Track",
    "VideoInfo",
    "VideoMeasures",
    "consistency",
    "cut",
    "filmstrip",
    "follow",
    "frames",
    "likeness",
    "measure",
    "poster",
    "preview",
    "probe",
    "scan",
    "still",
    "suggest",
]
