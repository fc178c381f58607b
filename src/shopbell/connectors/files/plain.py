"""Texts without their HTML."""

import re
from html.parser import HTMLParser

BREAKS = frozenset(
    {"br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "table", "tr", "ul"}
)
UNSEEN = frozenset({"script", "style", "template", "title"})


_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#?\w+;")


def plain_text(html: str) -> str:
    """Return what a reader would see of ``html``, a line per paragraph.

    Where there is no markup, the lines are those of the text itself.
    """
    seen = _seen(html) if _MARKUP.search(html) else html
    return "\n".join(filter(None, (" ".join(line.split()) for line in seen.split("\n"))))


def _seen(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.seen)


class _Reader(HTMLParser):
    """Collects text; lists become dashes, paragraphs lines; scripts and styles are not text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unseen += tag in UNSEEN
        if tag in BREAKS:
            self.seen.append("\n– " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BREAKS:
            self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.seen.append(re.sub(r"\s+", " ", data))
