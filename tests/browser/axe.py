"""What axe-core finds in a page, in both themes; axe itself comes with a Python package, and never from a CDN."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

OUTSIDE = ["document-title", "html-has-lang", "landmark-one-main", "page-has-heading-one", "region", "bypass"]
"""Rules about a whole page, which is Jupyter's."""


def wrong(live: Any) -> list[str]:
    """What axe finds in the widget of *live*, which has a `page`, in words; both themes."""
    told = []
    for light, ground in (("true", "#ffffff"), ("false", "#111111")):
        live.page.evaluate(
            """([light, ground]) => {
                document.body.dataset.jpThemeLight = light;
                document.body.style.background = ground;
                document.body.style.color = light === "true" ? "#000" : "#fff";
            }""",
            [light, ground],
        )
        live.page.wait_for_timeout(200)  # colours change over a moment
        rules = {rule: {"enabled": False} for rule in OUTSIDE}
        told += [f"{'light' if light == 'true' else 'dark'} {each}" for each in violations(live.page, "#widget", rules)]
    return told


def violations(page: Any, context: str | None = None, rules: dict[str, Any] | None = None) -> list[str]:
    """What axe finds in the page or in a part of it, by all rules or all but some: the rule, and up to three places."""
    found: Any = Axe().run(page, context=context, options={"rules": rules or {}}).response
    told = []
    for each in found["violations"]:
        nodes = [node["html"][:160] + " " + node.get("failureSummary", "")[:200] for node in each["nodes"][:3]]
        told.append(f"{each['id']}: {nodes}")
    return told
