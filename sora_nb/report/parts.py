"""Pieces of the page that more than one part of it is made of."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sora_nb.html import Html, element
from sora_nb.report.media import Media


def section(name: str, heading: str, *content: Html | Sequence[Html] | None) -> Html:
    """A part of the page under a heading that names it."""
    return element("section", element("h2", heading, id=name), *content, aria_labelledby=name)


def listing(values: Sequence[tuple[str, str | None]], **attributes: str) -> Html:
    """Names with their values; those without one are left out."""
    told = [element("div", element("dt", name), element("dd", value, dir="auto")) for name, value in values if value]
    return element("dl", told, **attributes)


def image(picture: Media, alt: str) -> Html:
    """A picture, written into the page."""
    return element("img", src=address(picture), alt=alt)


def address(media: Media) -> str:
    """A picture or film as an address that holds all of it."""
    return f"data:{media.kind};base64,{base64.b64encode(media.content).decode()}"
