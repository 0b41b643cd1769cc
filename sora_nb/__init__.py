"""Reusable characters in generated video, without leaving the notebook.

>>> import sora_nb as sora
>>> studio = sora.Studio("simulator")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from sora_nb.analyzing import analyze_many
    from sora_nb.dialects import Service
    from sora_nb.errors import (
        ConfigError,
        JobError,
        JobFailed,
        JobUnknown,
        RangeError,
        ServiceError,
        SoraError,
        VideoFileError,
        WaitTimeout,
    )
    from sora_nb.handles import Character, Video
    from sora_nb.models import FromFile, FromTask, FromURL
    from sora_nb.studio import Studio
    from sora_nb.sweep import Plan, Progress, Sweep
    from sora_nb.tables.files import read_table
    from sora_nb.timerange import Finding, Limits, TimeRange, check, validate_timestamps
    from sora_nb.video import (
        Box,
        Followed,
        Likeness,
        Suggestion,
        Suggestions,
        Track,
        VideoInfo,
        cut,
        follow,
        likeness,
        probe,
        scan,
        suggest,
    )
    from sora_nb.widgets import CompareGrid, KeyBox, Panel, RangePicker, pick

__version__ = "0.1.0"

_HOMES = {
    "Box": "video",
    "Character": "handles",
    "CompareGrid": "widgets",
    "ConfigError": "errors",
    "Finding": "timerange",
    "Followed": "video",
    "FromFile": "models",
    "FromTask": "models",
    "FromURL": "models",
    "JobError": "errors",
    "JobFailed": "errors",
    "JobUnknown": "errors",
    "KeyBox": "widgets",
    "Likeness": "video",
    "Limits": "timerange",
    "Panel": "widgets",
    "Plan": "sweep",
    "Progress": "sweep",
    "RangeError": "errors",
    "RangePicker": "widgets",
    "Service": "dialects",
    "ServiceError": "errors",
    "SoraError": "errors",
    "Studio": "studio",
    "Suggestion": "video",
    "Suggestions": "video",
    "Sweep": "sweep",
    "TimeRange": "timerange",
    "Track": "video",
    "Video": "handles",
    "VideoFileError": "errors",
    "VideoInfo": "video",
    "WaitTimeout": "errors",
    "analyze_many": "analyzing",
    "check": "timerange",
    "cut": "video",
    "follow": "video",
    "likeness": "video",
    "pick": "widgets",
    "probe": "video",
    "read_table": "tables.files",
    "scan": "video",
    "suggest": "video",
    "validate_timestamps": "timerange",
}
"""Where each public name lives. It is imported when it is first used, so that importing sora_nb costs nothing."""

__all__ = [
    "Box",
    "Character",
    "CompareGrid",
    "ConfigError",
    "Finding",
    "Followed",
    "FromFile",
    "FromTask",
    "FromURL",
    "JobError",
    "JobFailed",
    "JobUnknown",
    "KeyBox",
    "Likeness",
    "Limits",
    "Panel",
    "Plan",
    "Progress",
    "RangeError",
    "RangePicker",
    "Service",
    "ServiceError",
    "SoraError",
    "Studio",
    "Suggestion",
    "Suggestions",
    "Sweep",
    "TimeRange",
    "Track",
    "Video",
    "VideoFileError",
    "VideoInfo",
    "WaitTimeout",
    "analyze_many",
    "check",
    "cut",
    "follow",
    "likeness",
    "load_ipython_extension",
    "pick",
    "probe",
    "read_table",
    "scan",
    "suggest",
    "validate_timestamps",
]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add `%%sora` and `%sora_jobs` to a notebook: `%load_ext sora_nb`."""
    from sora_nb.magics import load_ipython_extension as _load

    _load(shell)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sora_nb' has no attribute {name!r}")
    value = getattr(import_module(f"sora_nb.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
