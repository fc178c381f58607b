"""A marketplace with people in it, and browsers for them."""

import os
import shutil
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.people import People
from tests.support.eyes import Faults
from tests.support.server import RunningServer, make_demo

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
    """Run the demo marketplace. It is made once; each process of a run has a copy of its own."""
    folder = tmp_path_factory.mktemp("market") / "data"
    shutil.copytree(made_market(tmp_path_factory), folder)
    with RunningServer(folder, demo=True) as running:
        yield running


def made_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo marketplace in it; the first who asks makes it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "made-market"
    with (shared / "made-market.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not folder.exists():
            make_demo(folder)
    return folder


@pytest.fixture
def people(browser: Browser, market: RunningServer) -> Iterator[People]:
    """Let people come to the marketplace. What their pages complain about fails the test."""
    faults = Faults()
    guests = People(browser, market.url, faults)
    yield guests
    guests.leave()
    assert not faults.found, "\n".join(faults.found)
