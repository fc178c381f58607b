"""Pages as a browser gets them, without one: who asks, and what every page must be."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from httpx import Response
from litestar.testing import TestClient

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
Browser = TestClient[Any]
Door = Callable[..., Browser]
UNLABELLED = {"hidden", "radio", "checkbox"}
"""Fields that stand inside their label, or are not seen."""


class Outline(HTMLParser):
    """What must hold of every page: a heading, labels, sized pictures, no inline code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings = 0
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.fields: list[str | None] = []
        self.labels: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.headings += tag == "h1"
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag in {"input", "textarea", "select"} and given.get("type") not in UNLABELLED:
            self.fields.append(given.get("id"))
        if tag == "label" and "for" in given:
            self.labels.append(given["for"])
        if tag == "img" and not {"alt", "width", "height"} <= given.keys():
            self.faults.append(f"picture without a size or words: {given}")
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline code: {tag} {given}")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("inline script")


def checked(answer: Response, status: int = 200) -> str:
    """Return a page that is as every page must be."""
    assert answer.status_code == status, answer.text
    outline = Outline(answer.text)
    assert outline.faults == []
    assert outline.headings == 1
    assert sorted(set(outline.ids)) == sorted(outline.ids)
    assert set(outline.fields) <= set(outline.labels)
    return answer.text


def hidden(page: str) -> dict[str, str]:
    """Return what a form on the page carries along."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
