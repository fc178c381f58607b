"""A marketplace with people in it, and browsers for them."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.people import People
from tests.support.eyes import Faults
from tests.support.server import RunningServer

FLAGS = (
    "--no-sandbox",  # root in a container has no user namespace
    "--disable-gpu",
    "--disable-dev-shm-usage",  # /dev/shm is small in containers
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("The browser tests need Chromium: install Debian's package `chromium`")
    return {
        **browser_type_launch_args,
        "headless": True,
        "executable_path": chromium,
        "args": list(FLAGS),
    }


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run the demo marketplace, made once for all tests of this process."""
    with RunningServer(tmp_path_factory.mktemp("market"), demo=True) as running:
        yield running


@pytest.fixture
def people(browser: Browser, market: RunningServer) -> Iterator[People]:
    """Let people come to the marketplace. What their pages complain about fails the test."""
    faults = Faults()
    guests = People(browser, market.url, faults)
    yield guests
    guests.leave()
    assert faults.found == []
