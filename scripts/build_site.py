"""Makes the site from the pages, the guide and the docstrings, and looks at each of its links: build/site.

usage: scripts/build_site.py [FOLDER]
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
SITE = ROOT / "build" / "site"

FETCHED = {"src", "srcset", "poster", "data"}
"""Attributes that a browser follows by itself, as it does the `href` of a `link`."""


def gather(pages: Path) -> None:
    """Put everything the site is made of into the folder *pages*: docs/, the guide, and what stands at the root."""
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages)
    (pages / "guides").mkdir()
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        # Its links lead to where things stand in the repository; docs/ is the root of the site.
        text = notebook.read_text(encoding="utf-8").replace("](../docs/", "](../")
        (pages / "guides" / notebook.name).write_text(text, encoding="utf-8")
    for name in ("CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, pages / name.lower())


def build(site: Path) -> None:
    """Write the site; a warning is an error. What was there goes, so that no page of before is left over."""
    pages = site.with_name(f"{site.name}-pages")
    gather(pages)
    shutil.rmtree(site, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet", "-d", f"{pages}/.doctrees"]
    subprocess.run([*command, str(pages), str(site)], check=True)
    shutil.rmtree(pages)
    (site / ".buildinfo").unlink(missing_ok=True)


class Page(HTMLParser):
    """Where a page can be jumped to, where it leads, and what it fetches by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element has to say."""
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in FETCHED or (tag == "link" and name == "href"):
                self.fetched.append(value)
            elif name == "href":
                self.links.append(value)


def broken(site: Path) -> Iterator[str]:
    """Links of the site that lead nowhere within it, and what it would fetch from elsewhere, as sentences.

    Links to other sites are not followed: that wants a network.
    """
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site)
        for address in page.fetched:
            if urlsplit(address).netloc:
                yield f"{name} fetches {address} from elsewhere"
        for address in [*page.links, *page.fetched]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{name} leads to {address}, which is not there"
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{name} leads to {address}, and that page has no such place"
    for sheet in sorted(site.rglob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        for mark in ("url(http", 'url("http', "url('http", "url(//", "@import"):
            if mark in text:
                yield f"{sheet.relative_to(site)} fetches something from elsewhere: {mark}"


def main() -> int:
    """Build, look at the links, and say where it is."""
    site = Path(sys.argv[1]).resolve() if sys.argv[1:] else SITE
    build(site)
    faults = list(broken(site))
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"Open {site / 'index.html'} in a browser.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
