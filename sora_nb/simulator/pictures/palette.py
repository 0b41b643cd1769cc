"""Colours: their names in a prompt, and how they behave in light and shade."""

from __future__ import annotations

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "red": (211, 69, 60),
    "crimson": (176, 42, 62),
    "burgundy": (122, 40, 58),
    "maroon": (118, 42, 52),
    "coral": (240, 128, 108),
    "orange": (236, 132, 52),
    "yellow": (244, 190, 58),
    "mustard": (214, 160, 48),
    "gold": (222, 172, 74),
    "golden": (222, 172, 74),
    "green": (84, 150, 92),
    "olive": (132, 134, 72),
    "mint": (158, 214, 186),
    "teal": (46, 134, 136),
    "turquoise": (70, 182, 186),
    "cyan": (92, 196, 214),
    "blue": (58, 106, 182),
    "navy": (42, 58, 104),
    "indigo": (76, 74, 148),
    "purple": (124, 84, 162),
    "violet": (138, 98, 180),
    "lavender": (178, 162, 214),
    "pink": (236, 140, 164),
    "magenta": (204, 72, 138),
    "brown": (126, 84, 58),
    "tan": (206, 170, 126),
    "beige": (222, 202, 170),
    "cream": (244, 232, 206),
    "white": (244, 242, 236),
    "silver": (188, 196, 206),
    "grey": (138, 144, 154),
    "gray": (138, 144, 154),
    "black": (52, 50, 60),
}
"""What a colour word means on cloth, fur and paint."""

HAIR: dict[str, Colour] = {
    "black": (44, 38, 46),
    "dark": (58, 44, 44),
    "brown": (110, 68, 46),
    "brunette": (92, 58, 44),
    "chestnut": (132, 74, 48),
    "auburn": (142, 66, 44),
    "red": (188, 78, 44),
    "ginger": (206, 104, 52),
    "blonde": (230, 190, 110),
    "blond": (230, 190, 110),
    "golden": (228, 180, 92),
    "white": (238, 234, 230),
    "silver": (204, 206, 214),
    "grey": (172, 174, 182),
    "gray": (172, 174, 182),
}
"""What a colour word means on hair; other words fall back to `COLOURS`."""

SKIN: dict[str, Colour] = {
    "pale": (252, 222, 200),
    "light": (247, 208, 180),
    "tan": (228, 176, 138),
    "olive": (214, 164, 122),
    "brown": (170, 114, 80),
    "dark": (124, 80, 60),
}
"""Skin tones, the lightest first."""

INK: Colour = (48, 40, 52)
"""The darkest mark in a face or a line; never pure black."""


def mix(a: Colour, b: Colour, amount: float) -> Colour:
    """The colour that lies *amount* (0 to 1) of the way from *a* to *b*."""
    return (
        round(a[0] + (b[0] - a[0]) * amount),
        round(a[1] + (b[1] - a[1]) * amount),
        round(a[2] + (b[2] - a[2]) * amount),
    )


def lit(colour: Colour, amount: float = 0.25) -> Colour:
    """*colour* in warm light."""
    return mix(colour, (255, 246, 222), amount)


def dim(colour: Colour, amount: float = 0.3) -> Colour:
    """*colour* in cool shade: darker and a little towards violet, so that shadows never look dirty."""
    r, g, b = colour
    return mix(colour, (round(r * 0.42), round(g * 0.34), round(b * 0.56 + 12)), amount)


def under(colour: Colour, light: Colour, amount: float) -> Colour:
    """*colour* seen under a coloured *light*."""
    r, g, b = (c * w // 255 for c, w in zip(colour, light, strict=True))
    return mix(colour, (r, g, b), amount)


def brightness(colour: Colour) -> float:
    """Perceived brightness from 0 to 1."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255
