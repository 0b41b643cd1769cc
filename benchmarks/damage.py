"""Damaged files, made from small clips that are drawn here: each is told by its number, and is the same every time."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

FRAMES, FPS, SIZE = 18, 12, (96, 64)
SECONDS = FRAMES / FPS

CLIPS: dict[str, dict[str, Any]] = {
    "front.mp4": {"codec": "libx264", "sound": "aac", "options": {"movflags": "+faststart"}},
    "behind.mp4": {"codec": "libx264", "sound": "aac", "b_frames": 2},
    "pieces.mp4": {"codec": "libx264", "sound": "aac", "options": {"movflags": "frag_keyframe+empty_moov"}},
    "turned.mov": {"codec": "libx264", "turn": 90},
    "hevc.mp4": {"codec": "libx265", "coding": {"x265-params": "log-level=none"}},
    "vp8.webm": {"codec": "libvpx", "sound": "libopus"},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "a.mkv": {"codec": "libx264", "sound": "aac"},
    "a.avi": {"codec": "mpeg4", "sound": "libmp3lame"},
    "a.ts": {"codec": "libx264", "sound": "aac"},
    "a.flv": {"codec": "flv", "sound": "libmp3lame"},
    "a.gif": {"codec": "gif", "pixels": "rgb8"},
    "a.mpg": {"codec": "mpeg1video", "fps": 24},
    "a.wmv": {"codec": "wmv2"},
}
"""One of every container that is read, and several of those that people have."""

_EXTREMES = (0, 1, 2, 7, 8, 15, 16, 0x7FFF, 0xFFFF, 0x10000, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_BOXES = tuple(
    b"ftyp moov mvhd trak tkhd edts elst mdia mdhd hdlr minf vmhd smhd dinf dref stbl stsd avc1 avcC hvc1 hev1 hvcC "
    b"mp4a esds stts ctts stss stsz stsc stco co64 udta meta mvex trex moof mfhd traf tfhd tfdt trun mdat free "
    b"mfra tfra RIFF LIST avih strh strf movi idx1 JUNK".split()
)
_NUMBERS = tuple(
    b"mvhd tkhd mdhd elst stsd avc1 hvc1 avcC hvcC stts ctts stsz stsc stco trun tfhd avih strh strf".split()
)


@dataclass(frozen=True, slots=True)
class Case:
    """One file, and what must come of it."""

    number: int
    kind: str
    name: str
    """Its file name; the extension may lie."""
    clip: str
    """What it was made from."""
    data: bytes
    expected: str
    """`whole`: the facts of its clip. `refused`: a typed error. `either`: that, or facts that can be true."""


def clips(folder: Path) -> dict[str, bytes]:
    """Draw the clips that all is made from."""
    for name, wanted in CLIPS.items():
        _draw(folder / name, **wanted)
    return {name: (folder / name).read_bytes() for name in CLIPS}


def case(number: int, seed: int, whole: dict[str, bytes], baits: list[str]) -> Case:
    """The file of that number."""
    rng, kind = _drawn_lot(number, seed)
    clip = rng.choice(list(whole))
    name, expected = f"{number}{Path(clip).suffix}", "either"
    if kind in ("other", "playlist"):
        name, data, expected = _other(rng, baits) if kind == "other" else _playlist(rng, baits)
        return Case(number, kind, f"{number}{name}", "", data, expected)
    if kind == "renamed":
        name = f"{number}{rng.choice(['.mp4', '.avi', '.txt', '.png', '', '.m3u8', '.webm'])}"
        return Case(number, kind, name, clip, whole[clip], "whole")
    if kind == "spliced":
        other = whole[rng.choice(list(whole))]
        at, to = rng.randrange(len(whole[clip])), rng.randrange(len(other))
        return Case(number, kind, name, clip, whole[clip][:at] + other[to:], expected)
    damage = _KINDS[kind][1]
    assert damage is not None
    data = damage(whole[clip], rng)
    return Case(number, kind, name, clip, data, "refused" if len(data) < 8 else expected)


def kind(number: int, seed: int) -> str:
    """What is done to the file of that number."""
    return _drawn_lot(number, seed)[1]


def _drawn_lot(number: int, seed: int) -> tuple[random.Random, str]:
    rng = random.Random(f"{seed}:{number}")  # noqa: S311 - repeatable, not secret
    return rng, rng.choices(list(_KINDS), [share for share, _ in _KINDS.values()])[0]


def _truncated(data: bytes, rng: random.Random) -> bytes:
    edges = list(_places(data, _BOXES)) or [0]
    at = rng.choice(
        [
            rng.randrange(len(data)),
            rng.randrange(min(len(data), 400)),
            len(data) - 1 - rng.randrange(64),
            rng.choice(edges) + rng.randrange(-5, 12),
        ]
    )
    return data[: max(0, at)]


def _flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    near = rng.choice([0, 0, *_places(data, (b"moov", b"stbl", b"hdrl", b"moof"))])
    reach = rng.choice([64, 1024, len(data)])
    for _ in range(rng.choice([1, 1, 2, 8, 64, 500])):
        at = near + rng.randrange(reach)
        out[at % len(out)] ^= 1 << rng.randrange(8)
    return bytes(out)


def _lengths(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    places = list(_places(data, _BOXES))
    if not places or data.startswith(b"\x1aE"):
        for _ in range(rng.randrange(1, 4)):
            # Sizes of EBML are a marker bit and what follows; elsewhere four bytes of ones are a length too.
            at = rng.randrange(min(len(out) - 9, rng.choice([64, 600, len(out)])))
            bad = rng.choice(
                [b"\xff", b"\x01" + b"\xff" * 7, b"\x08\xff\xff\xff\xff", b"\x10\xff\xff\xff", b"\xff" * 4]
            )
            out[at : at + len(bad)] = bad
        return bytes(out)
    for _ in range(rng.randrange(1, 3)):
        at = rng.choice(places)
        riff = data.startswith(b"RIFF")
        at = at + 4 if riff else at - 4
        if at < 0:
            continue
        now = int.from_bytes(out[at : at + 4], "little" if riff else "big")
        new = rng.choice([*_EXTREMES, now + 1, max(0, now - 1), now * 2, len(data)]) & 0xFFFFFFFF
        out[at : at + 4] = new.to_bytes(4, "little" if riff else "big")
        if new == 1 and not riff:
            out[at + 8 : at + 16] = struct.pack(">Q", rng.choice([0, 16, 1 << 31, 1 << 62, (1 << 64) - 1]))
    return bytes(out)


def _numbers(data: bytes, rng: random.Random) -> bytes:
    """Extremes where a header says a size, a length, a rate or a count."""
    out = bytearray(data)
    places = list(_places(data, _NUMBERS))
    for _ in range(rng.randrange(1, 4)):
        at = rng.choice(places) + 4 + rng.randrange(0, 96, 2) if places else rng.randrange(min(len(out) - 4, 500))
        width = rng.choice([2, 4, 4, 8])
        new = rng.choice(_EXTREMES) & ((1 << 8 * width) - 1)
        out[at : at + width] = new.to_bytes(width, rng.choice(["big", "big", "little"]))
    return bytes(out[: len(data)])


def _blocks(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    size = rng.choice([1, 4, 188, 512, 4096])
    block = data[at : at + size]
    return rng.choice(
        [
            data[:at] + bytes(len(block)) + data[at + size :],
            data[:at] + data[at + size :],
            data[:at] + block + data[at:],
            data[:at] + rng.randbytes(len(block)) + data[at + size :],
            data[:at] + rng.randbytes(size) + data[at:],
        ]
    )


def _empty(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.choice([0, 0, 0, 1, 4, 7])]


def _other(rng: random.Random, baits: list[str]) -> tuple[str, bytes, str]:
    """Files of other kinds, under their own name or a video's."""
    words = f"see {baits[0]} ".encode() * 40
    kinds = {
        ".png": _picture("PNG"),
        ".jpg": _picture("JPEG"),
        ".webp": _picture("WEBP"),
        ".html": b"<!doctype html><html><body><h1>502 Bad Gateway</h1>" + words + b"</body></html>",
        ".json": b'{"error": {"code": "expired", "message": "The link has expired."}}',
        ".xml": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
        ".txt": words,
        ".wav": b"RIFF" + struct.pack("<I", 1036) + b"WAVEfmt \x10\0\0\0\1\0\1\0" + bytes(1016),
        ".zip": b"PK\3\4" + rng.randbytes(500),
        ".pdf": b"%PDF-1.7\n" + rng.randbytes(500),
        ".bin": rng.randbytes(rng.randrange(1, 5000)),
        ".srt": b"1\n00:00:00,000 --> 00:00:02,000\nHello\n",
        ".raw": bytes(rng.randrange(1, 5000)),
    }
    name = rng.choice(list(kinds))
    return rng.choice([name, ".mp4", ".webm"]), kinds[name], "either" if name == ".bin" else "refused"


def _playlist(rng: random.Random, baits: list[str]) -> tuple[str, bytes, str]:
    """Texts that make a player open something else, some behind the first bytes of a video."""
    bait = rng.choice(baits)
    texts = {
        ".m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{bait}\n#EXT-X-ENDLIST\n",
        ".ffconcat": f"ffconcat version 1.0\nfile '{bait}'\n",
        ".m3u": f"#EXTM3U\n{bait}\n",
        ".mpd": f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        f'<AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>{bait}</BaseURL><SegmentList>'
        f'<SegmentURL media="{bait}"/></SegmentList></Representation></AdaptationSet></Period></MPD>',
        ".sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        ".asx": f'<asx version="3.0"><entry><ref href="{bait}"/></entry></asx>',
        ".pls": f"[playlist]\nFile1={bait}\nNumberOfEntries=1\n",
        ".svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{bait}"/></svg>',
    }
    name = rng.choice(list(texts))
    data = texts[name].encode()
    disguise = rng.choice([b"", b"", b"", b"\0\0\0\x08wide", b"GIF89a", b"\x1aE\xdf\xa3\x80", b"G", b"OggS"])
    return rng.choice([name, ".mp4", ".mov"]), disguise + data, "refused"


_KINDS: dict[str, tuple[int, Callable[[bytes, random.Random], bytes] | None]] = {
    "truncated": (20, _truncated),
    "flipped": (25, _flipped),
    "lengths": (18, _lengths),
    "numbers": (16, _numbers),
    "blocks": (8, _blocks),
    "spliced": (3, None),
    "renamed": (2, None),
    "empty": (1, _empty),
    "other": (4, None),
    "playlist": (3, None),
}
"""What is done, and how many in a hundred are done so."""


def _places(data: bytes, names: tuple[bytes, ...]) -> Iterator[int]:
    for name in names:
        at = data.find(name)
        while at >= 0:
            yield at
            at = data.find(name, at + 1)


def _picture(kind: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 200)).save(file, kind)
    return file.getvalue()


def _draw(
    path: Path,
    codec: str,
    *,
    sound: str | None = None,
    options: dict[str, str] | None = None,
    coding: dict[str, str] | None = None,
    pixels: str = "yuv420p",
    fps: int = FPS,
    b_frames: int = 0,
    turn: int = 0,
) -> None:
    rng = np.random.default_rng(7)
    still = rng.integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8) // 2
    with av.open(str(path), "w", options=options or {}) as container:
        stream: Any = container.add_stream(codec, rate=fps, options=coding or {})
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixels
        stream.gop_size, stream.max_b_frames = 6, b_frames
        stream.codec_context.thread_count = 1
        if turn:
            stream.set_display_rotation(turn)
        track: Any = container.add_stream(sound, rate=48_000 if sound != "libmp3lame" else 44_100) if sound else None
        if track is not None:
            track.layout = "stereo"
        for index in range(round(SECONDS * fps)):
            picture = np.roll(still, index * 3, axis=1)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        if track is not None:
            samples = (rng.random((2, round(SECONDS * track.rate))) * 0.2).astype(np.float32)
            heard = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            heard.sample_rate, heard.pts, heard.time_base = track.rate, 0, Fraction(1, track.rate)
            resampler = av.AudioResampler(track.codec_context.format, "stereo", track.rate)
            for part in [*resampler.resample(heard), *resampler.resample(None)]:
                container.mux(track.encode(part))
            container.mux(track.encode(None))
        container.mux(stream.encode(None))
