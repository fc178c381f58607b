"""What a careful person would notice on a page: faults it reports, and barriers in it."""

import json
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
"""Rules that a page may keep in light and break in dark."""

AXE = Axe().axe_script
_NETWORK = ("Failed to load resource", "WebSocket connection to")
_PRIVATE = "Chrome currently does not support the Push API in incognito mode"
"""The windows of tests are private ones: there, subscribing ends as without a push service."""

_TELL = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))
"""


@dataclass
class Faults:
    """Everything the pages of a context complain about, but for a line that was cut on purpose."""

    found: list[str] = field(default_factory=list[str])

    def watch(self, context: BrowserContext) -> None:
        """Listen to everything that happens in ``context`` from now on."""
        context.add_init_script(_TELL)
        context.on("console", self._hear)
        context.on("weberror", self._fail)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((*_NETWORK, _PRIVATE)):
            where = message.page.url if message.page else "a page"
            self.found.append(f"{where}: {message.text}")

    def _fail(self, error: WebError) -> None:
        where = error.page.url if error.page else "a page"
        stack = getattr(error.error, "stack", None)
        self.found.append(f"{where}: {stack or error.error}")


def barriers(page: Page, *, colours_only: bool = False) -> list[str]:
    """Return what axe finds wrong, in every frame and shadow root of the page."""
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    for frame in page.frames:  # each needs axe, which then asks its copies in the frames
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(AXE)
    kind, wanted = ("rule", COLOURS) if colours_only else ("tag", WCAG)
    options = {"runOnly": {"type": kind, "values": list(wanted)}, "resultTypes": ["violations"]}
    answer: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{found['id']}: {json.dumps([node['target'] for node in found['nodes']])}"
        for found in answer["violations"]
    ]
