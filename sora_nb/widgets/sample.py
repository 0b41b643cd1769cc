"""A video for those who have none yet."""

from __future__ import annotations

from pathlib import Path

SAMPLE = "sample"
"""As a source: a clip that the simulator draws."""


def sample_clip(folder: Path) -> Path:
    """A drawn clip of one person who is clearly seen, made on first use."""
    from sora_nb.simulator.pictures import sample

    return sample(folder, "hero")
