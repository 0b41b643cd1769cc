"""Sees what hostile texts would do in a page: what ran, what was asked for, and what became markup."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route

STRAY = re.compile(r"stray[-.]")
HIT = "hit "

# In every frame, because a text may bring a frame of its own.
LISTEN = f"window.hit = (number) => console.info(`{HIT}${{number}}`);"

PLANTED = r"""() => {
  const found = [];
  const asks = "src srcset srcdoc poster data action formaction style href xlink:href".split(" ");
  const ours = (value) => /hit\(\d|stray-\d/i.test(value);
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) walk(each.shadowRoot);
      for (const { name, value } of each.attributes) {
        // JupyterLab makes links of addresses in plain text, data: and file: ones too; nobody is sent there unasked,
        // and browsers open neither from a page. Elsewhere such a link is a text's own.
        const anchor = each.localName === "a" && name === "href";
        const plain = anchor && each.closest(".jp-RenderedText") && /^(data|file|ftp|mailto):/i.test(value);
        const link = plain || (anchor && /^https?:/i.test(value));
        const bad = name.startsWith("on") || name.startsWith("data-commandlinker") || asks.includes(name);
        if (bad && ours(value) && !link) found.push(`${each.localName} ${name}=${value.slice(0, 80)}`);
      }
      if (["script", "style"].includes(each.localName) && !each.type.includes("json") && ours(each.textContent)) {
        found.push(`${each.localName}: ${each.textContent.slice(0, 80)}`);
      }
    }
  };
  walk(document);
  return found;
}"""
"""Elements that only a text of ours can have made: more than what ran, since not all of it runs by itself."""

READ = r"""(root) => {
  const seen = new Set();
  const take = (text) => {
    for (const [, number] of text.matchAll(/(?:hit\(|stray-)(\d+)/gi)) seen.add(Number(number));
  };
  const walk = document.createTreeWalker(root ?? document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.nodeType === Node.TEXT_NODE) take(node.data);
    else for (const { value } of node.attributes) take(value);
    if (typeof node.value === "string") take(node.value);
  }
  return [...seen];
}"""


class Watch:
    """Watches one page for as long as the `with` lasts. Nothing that a text asks for leaves the machine."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hits: list[str] = []
        """What ran, by number."""
        self.strays: list[str] = []
        """What was asked for, by address."""

    def __enter__(self) -> Watch:
        self.page.add_init_script(LISTEN)
        self.page.evaluate(LISTEN)
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.route(STRAY, _refuse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.page.remove_listener("console", self._heard)
        self.page.remove_listener("request", self._asked)
        self.page.unroute(STRAY, _refuse)

    def settled(self) -> None:
        """Wait until what was put into the page is drawn, and what that would start has started."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20))))"
        )

    def found(self) -> list[str]:
        """All that went wrong so far, in words; it should be nothing."""
        self.settled()
        ran = [f"ran: {number}" for number in self.hits]
        asked = [f"asked for: {address}" for address in self.strays]
        return [*ran, *asked, *(f"in the page: {planted}" for planted in self.page.evaluate(PLANTED))]

    def seen(self, within: Locator | None = None) -> set[int]:
        """The numbers of the texts that can be read in the page or *within* it, as text or in an attribute."""
        return set(within.evaluate(READ) if within else self.page.evaluate(READ))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.text.startswith(HIT):
            self.hits.append(message.text.removeprefix(HIT))

    def _asked(self, request: Request) -> None:
        if STRAY.search(request.url):
            self.strays.append(request.url)


def _refuse(route: Route, _request: Any) -> None:
    route.abort()
