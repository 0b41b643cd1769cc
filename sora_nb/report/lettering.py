"""Words in a picture: set in the font that has each letter, and never left out in silence.

Pillow brings one font, Aileron, for Latin letters. For others those of the machine are asked, and what none of them
has becomes a box that the sheet explains.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from PIL import ImageDraw, ImageFont

MISSING = "\u25a1"
"""Stands for a letter that no font here has."""

FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "Arial Unicode.ttf",
    "arial.ttf",
    "segoeui.ttf",
    "seguisym.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "wqy-microhei.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
    "YuGothM.ttc",
    "malgun.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoEmoji-Regular.ttf",
)
"""Files to look for where the system keeps its fonts, those with many letters first."""

_NOBODYS = "\U0010ffff"
"""A place in Unicode that never has a letter: what a font draws for it is what it draws for all it does not have."""

Font = ImageFont.FreeTypeFont
Run = tuple[str, Font]


class Lettering:
    """Sets words, and remembers the letters that no font has."""

    def __init__(self) -> None:
        self.missing: dict[str, None] = {}
        """Letters that were asked for and are not there, in the order they came."""

    def lines(self, text: str, size: int, width: int, most: int) -> list[str]:
        """*text* broken into at most *most* lines of *width* pixels; an ellipsis ends what does not fit."""
        words = " ".join(text.split()).split(" ")
        lines: list[str] = []
        while words and len(lines) < most:
            line, words = self._filled(words, size, width)
            lines.append(line)
        if words:
            last = lines[-1]
            while last and self.width(f"{last}…", size) > width:
                last = last[:-1]
            lines[-1] = f"{last.rstrip()}…"
        return lines

    def width(self, text: str, size: int) -> float:
        """How many pixels wide *text* is."""
        return sum(font.getlength(run) for run, font in self._runs(text, size))

    def write(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, ink: str) -> float:
        """Draw *text* with its baseline's left end *at*, and return where it ends."""
        x, y = at
        for run, font in self._runs(text, size):
            draw.text((x, y), run, fill=ink, font=font, anchor="ls")
            x += font.getlength(run)
        return x

    def explained(self) -> str | None:
        """What has to be said of the letters that are missing; None where none is."""
        if not self.missing:
            return None
        codes = [f"U+{ord(letter):04X}" for letter in self.missing]
        more = f" and {len(codes) - 8} more" if len(codes) > 8 else ""
        return (
            f"{MISSING} stands for letters that no font of this machine has ({' '.join(codes[:8])}{more}). Install one "
            "that has them, such as Noto Sans, and write the sheet again."
        )

    def _filled(self, words: list[str], size: int, width: int) -> tuple[str, list[str]]:
        """As many words as a line holds, and those that are left; a word that is too long for one is broken."""
        line = ""
        for place, word in enumerate(words):
            longer = f"{line} {word}".lstrip()
            if self.width(longer, size) <= width:
                line = longer
                continue
            if line:
                return line, words[place:]
            count = next((n for n in range(len(word), 1, -1) if self.width(word[:n], size) <= width), 1)
            rest = [word[count:]] if word[count:] else []
            return word[:count], [*rest, *words[place + 1 :]]
        return line, []

    def _runs(self, text: str, size: int) -> Iterator[Run]:
        """*text* in pieces of one font each."""
        run, font = "", _fonts(size)[0]
        for letter in text:
            found = _font(letter, size, font)
            if found is None:
                self.missing.setdefault(letter)
                letter, found = MISSING, _font(MISSING, size, font) or font
            if found is not font and run:
                yield run, font
                run = ""
            run, font = run + letter, found
        if run:
            yield run, font


@cache
def _fonts(size: int) -> tuple[Font, ...]:
    """The fonts that are there, Pillow's own first, which looks the same on every machine."""
    own = ImageFont.load_default(size)
    found = [own] if isinstance(own, Font) else []
    for name in FONTS:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:
            continue  # most machines have a few of them
    return tuple(found)


def _font(letter: str, size: int, before: Font) -> Font | None:
    """The font to set *letter* in: the first that has it, None where none has.

    A space, and a mark that stands on the letter before it, are set in the font of that letter, where it has them.
    """
    leans = letter == " " or unicodedata.category(letter).startswith("M")
    return next((font for font in ((before,) if leans else ()) + _fonts(size) if _has(font, letter)), None)


@cache
def _has(font: Font, letter: str) -> bool:
    if letter == " ":
        return True
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn"):
        return False  # it would be drawn as nothing, or turn what follows round
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOBODYS)) or font.getbbox(letter) != font.getbbox(
        _NOBODYS
    )
