"""Where a job stands at a moment: its states follow from the clock and from what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sora_nb.simulator.markers import SLOW, SLOWNESS
from sora_nb.simulator.records import End, Family, Job, Status

QUEUE_S = 1.0
"""How long a job waits for its turn, at speed 1."""

RENDER_S_PER_S = 0.6
"""How long a second of video takes to make, at speed 1."""

KEPT_S = 3600
"""How long a finished video is kept. One reply seen from the service had `expires_at` = `completed_at` + 3600."""

EXPIRY: Mapping[Family, Callable[[Job, End], float | None]] = {
    "azure": lambda job, end: job.created_at + 86_400,
    **dict.fromkeys(("vllm-omni", "sglang", "tensorrt-llm", "openrouter"), lambda job, end: None),
}
"""When a finished video is thrown away, where that is not `KEPT_S` after it was finished; None is never."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands."""

    status: Status
    progress: int
    """0 to 100."""
    ended_at: float | None = None
    error_code: str | None = None
    error: str | None = None
    expires_at: float | None = None
    """When a completed job's files are thrown away, None where they never are."""


ACCEPTED = Standing("queued", 0)
"""Where every job stands when it is answered first, even if the next look finds it done."""


def times(job: Job, speed: float) -> tuple[float, float]:
    """When the job's rendering starts and when it is through, at the earliest."""
    slowness = (SLOWNESS if SLOW in job.ask.prompt else 1) / speed
    starts_at = job.created_at + QUEUE_S * slowness
    return starts_at, starts_at + RENDER_S_PER_S * job.ask.seconds * slowness


def standing(job: Job, end: End | None, speed: float, now: float) -> Standing:
    """Where *job* stands. Without an end it is at most at 99 %, however late it is."""
    if end is not None:
        if end.status == "failed":
            return Standing("failed", 0, end.at, end.code, end.message)
        expires_at = EXPIRY.get(job.ask.family, _an_hour_later)(job, end)
        return Standing("completed", 100, end.at, expires_at=expires_at)
    starts_at, ready_at = times(job, speed)
    if now < starts_at:
        return Standing("queued", 0)
    done = (now - starts_at) / (ready_at - starts_at) if ready_at > starts_at else 1
    return Standing("in_progress", min(99, int(done * 100)))


def _an_hour_later(job: Job, end: End) -> float:
    return end.at + KEPT_S
