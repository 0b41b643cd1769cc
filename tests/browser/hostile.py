"""Texts that want to be more than text: known vectors, and what a seeded grammar makes of them.

Every text carries its number, as `hit(417)` where it would run, as `stray-417` where it would ask for something, or
as plain `stray-417`. So whoever finds one knows which it was, and a page can be searched for all that should be in it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

STRAY = "https://stray.invalid/stray-{n}"
"""An address that nobody has; a request for it is seen before it is sent."""

SEED = 7

OUTS = ("", '">', "'>", "-->", "</title>", "</textarea>", "</style>", "</script>", "</select>", "]]>", "</svg>", "`")
"""Ways out of where a text was put."""

TAGS = (
    "<img src=stray-{n} onerror=hit({n})>",
    "<img src=x:stray-{n} onerror='hit({n})'>",
    '<image src="stray-{n}" onerror="hit({n})">',
    "<svg onload=hit({n})>",
    "<svg><image href=stray-{n} onerror=hit({n}) /></svg>",
    "<svg><script>hit({n})</script></svg>",
    "<svg><animate onbegin=hit({n}) attributeName=x dur=1s>",
    "<video><source src=stray-{n} onerror=hit({n})></video>",
    "<audio src=stray-{n} onerror=hit({n})>",
    "<video poster=stray-{n}></video>",
    "<script>hit({n})</script>",
    "<script src=stray-{n}></script>",
    "<iframe srcdoc='<script>top.hit({n})</script>'></iframe>",
    "<iframe src=javascript:top.hit({n})></iframe>",
    "<iframe src=stray-{n}></iframe>",
    "<object data=stray-{n} onerror=hit({n})></object>",
    "<embed src=stray-{n}>",
    "<link rel=stylesheet href=stray-{n}>",
    "<style>@import 'stray-{n}';</style>",
    "<style>@keyframes k{{}}</style><b style='animation:k 1s' onanimationstart=hit({n})>",
    "<b style='background:url(stray-{n})'>b</b>",
    "<input autofocus onfocus=hit({n})>",
    "<details open ontoggle=hit({n})>d</details>",
    "<body onload=hit({n})>",
    "<marquee onstart=hit({n})>m</marquee>",
    "<a href='javascript:hit({n})' autofocus onfocus=hit({n})>a</a>",
    "<form action=javascript:hit({n})><button autofocus onfocus=hit({n})>f</button></form>",
    "<button formaction=javascript:hit({n}) data-commandlinker-command='hit({n})'>b</button>",
    "<img srcset='stray-{n} 1x'>",
    "<picture><source srcset=stray-{n}><img></picture>",
    "<math><mtext><img src=stray-{n} onerror=hit({n})></mtext></math>",
    "<noscript><p title='</noscript><img src=stray-{n} onerror=hit({n})>'>",
    "<template><img src=stray-{n} onerror=hit({n})></template><img src=stray-{n} onerror=hit({n})>",
)
"""What would run or ask for something by itself, as soon as it stands in a page as markup."""

OTHERS = (
    '" onmouseover="hit({n})" autofocus onfocus="hit({n})" x="',
    "' autofocus onfocus='hit({n})' x='",
    " onerror=hit({n}) onload=hit({n}) ",
    "javascript:hit({n})",
    "java\tscript:hit({n})",
    "\x01javascript:hit({n})",
    "vbscript:hit({n})",
    "data:text/html,<script>top.hit({n})</script>",
    "//stray.invalid/stray-{n}",
    STRAY,
    f'{STRAY}"><img src=stray-{{n}} onerror=hit({{n}})>',
    "file:///etc/passwd#stray-{n}",
    "/etc/passwd stray-{n}",
    "../../../../etc/passwd stray-{n}",
    f"![x]({STRAY})",
    "[x](javascript:hit({n}))",
    "[x](<javascript:hit({n})>)",
    f"[x]: {STRAY} 'title'\n\n![x]",
    f"a\n\n![x]({STRAY})",
    "# h\n\n<img src=stray-{n} onerror=hit({n})>\n\n| a |\n|---|\n| stray-{n} |",
    "```html\n<img src=stray-{n} onerror=hit({n})>\n```\n\n<img src=stray-{n} onerror=hit({n})>",
    "    <img src=stray-{n} onerror=hit({n})>",
    "\n\n\n<img src=stray-{n} onerror=hit({n})>\n\n\n",
    "$\\href{{javascript:hit({n})}}{{x}}$",
    "$$\\style{{background:url(stray-{n})}}{{x}}$$",
    "\\(\\unicode{{<img src=stray-{n} onerror=hit({n})>}}\\)",
    "\x1b]8;;javascript:hit({n})\x07link\x1b]8;;\x07",
    "\x1b[31m<img src=stray-{n} onerror=hit({n})>\x1b[0m",
    "\x1b[2J\x1b]0;stray-{n}\x07\x9b31m",
    "\u202e<img src=stray-{n} onerror=hit({n})>\u202c",
    "\u2066stray-{n}\u2069\u200b\u200d\ufeff",
    "{{{{hit({n})}}}}",
    "{{{{constructor.constructor('hit({n})')()}}}}",
    "${{hit({n})}}",
    "#{{hit({n})}} <%= hit({n}) %> {{% stray-{n} %}}",
    "{{scene}} {{0.__class__}} %s %(x)s stray-{n}",
    "__proto__ constructor stray-{n}",
    "red;background:url(stray-{n})",
    "}} * {{ background: url(stray-{n}) }} /*",
    "expression(hit({n}))",
    "');background:url('stray-{n}",
    "&lt;img src=stray-{n} onerror=hit({n})&gt;",
    "&#60;img src=stray-{n} onerror=hit({n})&#62;",
    "&amp;lt;img src=stray-{n} onerror=hit({n})&amp;gt;",
    "%3Cimg src=stray-{n} onerror=hit({n})%3E",
    "\\u003cimg src=stray-{n} onerror=hit({n})\\u003e",
    "+ADw-script+AD4-hit({n})+ADw-/script+AD4-",
    "＜img src=stray-{n} onerror=hit({n})＞",
    '"}}];hit({n});//',
    "\u2028hit({n})\u2029",
    "\\';hit({n});//",
    "<!--<script>hit({n})//--></script>",
    "<![CDATA[<img src=stray-{n} onerror=hit({n})>]]>",
    "<?xml-stylesheet href='stray-{n}'?>",
)
"""What needs a certain place to be read in: an attribute, an address, Markdown, a style, a template, a terminal."""


def hostile(count: int, seed: int = SEED) -> list[str]:
    """That many texts, the same for the same seed: every known vector first, then what the grammar makes."""
    rng = random.Random(seed)
    known = [*TAGS, *OTHERS]
    made = [known[n] if n < len(known) else _made(rng) for n in range(count)]
    return [text.format(n=n) for n, text in enumerate(made)]


def _made(rng: random.Random) -> str:
    text = rng.choice(OUTS) + rng.choice(rng.choice((TAGS, TAGS, OTHERS)))
    for change in rng.sample(CHANGES, rng.randrange(3)):
        text = change(rng, text)
    return text


def _cased(rng: random.Random, text: str) -> str:
    """Tags in mixed case, as filters of bad words forget."""
    for name in ("img", "script", "svg", "iframe", "onerror", "onload", "javascript", "style"):
        text = text.replace(name, "".join(rng.choice((letter, letter.upper())) for letter in name))
    return text


def _spaced(rng: random.Random, text: str) -> str:
    """Something else between a tag's name and its attributes."""
    return text.replace(" ", rng.choice(("/", "\t", "\n", "\f", " \n ")), 1)


def _doubled(_rng: random.Random, text: str) -> str:
    """A tag within itself, for filters that cut out once."""
    return text.replace("<s", "<s<s", 1).replace("<i", "<i<i", 1) + text


def _covered(rng: random.Random, text: str) -> str:
    """Letters around it that people do not see."""
    return rng.choice(("\u202e", "\u2067", "\u200b", "\ufeff", "\x1b[1m", "\x00", "\x08")) + text


def _worded(rng: random.Random, text: str) -> str:
    """Within a prompt such as people write."""
    return rng.choice(("A woman in a park, ", "@ada ", "雨の中 ", "🎬 ", "50 % of ")) + text


CHANGES: tuple[Callable[[random.Random, str], str], ...] = (_cased, _spaced, _doubled, _covered, _worded)
