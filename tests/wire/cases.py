"""Loads the golden exchanges and fills in their placeholders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

EXAMPLES: Mapping[str, Any] = {
    "<video>": "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5",
    "<character>": "char_6918a2",
    "<task>": "task_01HZX4",
    "<time>": 1_760_000_000,
    "<percent>": 40,
    "<share>": 0.4,
    "<text>": "Something in the service's own words.",
    "<code>": "invalid_value",
    "<param>": None,
    "<request>": "req_51f0",
    "<key>": "test-key",
    "<url>": "https://videos.example/ada.mp4",
    "<clip>": "clip.mp4",
    "<frame>": "frame.png",
    "<clip as text>": "clip.mp4",
    "<frame as text>": "frame.png",
    "<handle>": "hfspncadz.mooflapand",
    "<model>": "Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    "<usd>": 4.0,
    "<address>": "/v1/videos/video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5",
}
"""One thing that each placeholder may stand for."""


@dataclass(frozen=True)
class Case:
    """One golden exchange."""

    name: str
    """Service and exchange, such as `openai/create_video`."""
    content: Mapping[str, Any]

    @property
    def service(self) -> str:
        return self.name.partition("/")[0]

    def filled(self, values: Mapping[str, Any] = EXAMPLES) -> Mapping[str, Any]:
        """The exchange with *values* in place of the placeholders."""
        return dict(fill(self.content, values))


def fill(content: Any, values: Mapping[str, Any]) -> Any:
    """*content* with every placeholder replaced; one that is a whole text may become something else than text."""
    if isinstance(content, Mapping):
        return {key: fill(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [fill(item, values) for item in content]
    if not isinstance(content, str) or content in values:
        return values[content] if isinstance(content, str) else content
    for placeholder, value in values.items():
        content = content.replace(placeholder, str(value))
    return content


def cases(folder: Path = FOLDER) -> list[Case]:
    """Every golden exchange, by name."""
    paths = sorted(folder.glob("*/*.json"))
    return [Case(f"{path.parent.name}/{path.stem}", json.loads(path.read_text(encoding="utf-8"))) for path in paths]
