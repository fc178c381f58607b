"""What tells on words that became more than words, and a page on which all of them do."""

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Dialog, Frame, Page, Request

CORPUS = Path(__file__).with_name("hostile_words.toml")
NOWHERE = "evil.invalid"
QUIET = "quiet"


def _script(name: str) -> str:
    return Path(__file__).with_name(f"{name}.js").read_text()


_TELL = """
addEventListener('securitypolicyviolation', (event) =>
  violated(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile} ${event.sample}`))
"""
CARELESS = _script("careless")
"""A page that puts words everywhere as they are, and does with them what pages do."""

TAGS = _script("tags")
"""Tags of ours on a page, each carrying one of the words in all it can carry."""

LOADED = _script("loaded")
"""A page of ours that takes a file for everything it is not."""

SHAPES = _script("shapes")
"""Which elements and attributes pages have, to which kinds of addresses, and what can be read."""


def corpus() -> dict[int, str]:
    """Return the hostile words by number; none of them stands twice."""
    classes: dict[str, list[str]] = tomllib.loads(CORPUS.read_text())
    words = [one for kind in classes.values() for one in kind]
    assert len(words) == len(set(words))
    return {n: one.replace("§", str(n)) for n, one in enumerate(words, 1)}


def loud() -> set[int]:
    """Return the numbers of those that do something on a careless page."""
    classes: dict[str, list[str]] = tomllib.loads(CORPUS.read_text())
    quiet = len(classes[QUIET])
    assert list(classes)[-1] == QUIET
    return set(list(corpus())[:-quiet])


@dataclass
class Traps:
    """What happened in a context that words alone cannot do."""

    own: str
    ran: set[int] = field(default_factory=set[int])
    called: set[int] = field(default_factory=set[int])
    other: list[str] = field(default_factory=list[str])

    def watch(self, context: BrowserContext) -> None:
        """Listen to all pages and frames of ``context``."""
        context.expose_binding("pwn", lambda _page, n: self._ran(n))
        context.expose_binding("violated", lambda _page, what: self.other.append(f"CSP: {what}"))
        context.add_init_script(_TELL)
        context.on("request", self._requested)
        context.on("dialog", self._asked)
        context.on("page", self._opened)

    @property
    def found(self) -> list[str]:
        """Say everything that went off."""
        ran = [f"ran: {n}" for n in sorted(self.ran)]
        return ran + [f"called out: {n}" for n in sorted(self.called)] + self.other

    def _ran(self, n: object) -> None:
        self.ran.add(int(str(n).strip("[]'")))

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.hostname == NOWHERE:
            self.called.add(int(address.path.strip("/")))
        elif address.scheme in {"http", "https", "ws"} and address.netloc != self.own:
            self.other.append(f"asked {request.url}")

    def _asked(self, dialog: Dialog) -> None:
        self.other.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _opened(self, page: Page) -> None:
        page.on("framenavigated", self._went)

    def _went(self, frame: Frame) -> None:
        address = urlsplit(frame.url)
        if address.netloc != self.own and frame.url != "about:blank":
            self.other.append(f"went to {frame.url}")


def plain(words: str) -> str:
    """Return words as two of them are compared: one spelling, single spaces."""
    return " ".join(unicodedata.normalize("NFC", words).split())


def lost(wanted: Iterable[str], shown: Iterable[str]) -> list[str]:
    """Return which of the ``wanted`` words stand nowhere among the ``shown``."""
    seen = "\n".join(map(plain, shown))
    return [one for one in wanted if plain(one) not in seen]
