"""A quiet sound for every place, so that a clip is never without a track."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from sora_nb.simulator.pictures.scene import Scene
from sora_nb.video.encode import SOUND_RATE

_CHORDS: dict[str, tuple[float, ...]] = {
    "park": (196.0, 246.9, 293.7, 392.0),
    "beach": (174.6, 220.0, 261.6, 329.6),
    "city": (146.8, 220.0, 277.2, 329.6),
    "forest": (164.8, 196.0, 246.9, 293.7),
    "mountains": (130.8, 196.0, 246.9, 329.6),
    "cafe": (174.6, 220.0, 261.6, 349.2),
    "kitchen": (196.0, 246.9, 293.7, 370.0),
    "office": (164.8, 207.7, 246.9, 311.1),
    "home": (146.8, 185.0, 220.0, 293.7),
    "studio": (196.0, 261.6, 329.6, 392.0),
}
"""Four tones in Hz."""
_AIR = {"beach": 0.05, "forest": 0.022, "mountains": 0.026, "city": 0.022}


def ambience(scene: Scene, seconds: float, seed: int) -> NDArray[np.float32]:
    """A soft chord and a little air or surf, mono at `SOUND_RATE`, never louder than -16 dB."""
    count = round(seconds * SOUND_RATE)
    time = np.arange(count, dtype=np.float64) / SOUND_RATE
    dice = np.random.default_rng(seed)
    sound = np.zeros(count)
    for index, tone in enumerate(_CHORDS[scene.place]):
        swell = 0.5 + 0.5 * np.sin(2 * pi * time * (0.09 + 0.023 * index) + dice.uniform(0, 6))
        sound += 0.016 * swell * np.sin(2 * pi * tone * time)
    breath = dice.standard_normal(count // 8 + 2)
    breath = np.convolve(breath, np.hanning(9) / 4, mode="same")
    noise = np.interp(np.arange(count) / 8, np.arange(len(breath)), breath)
    strength = 0.05 if scene.weather == "rain" else _AIR.get(scene.place, 0.008)
    sound += strength * noise * (0.55 + 0.45 * np.sin(2 * pi * time / 5.5))
    ramp = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.25)
    return np.clip(sound * ramp, -0.15, 0.15).astype(np.float32)
