"""The log, where the disk is full."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from shopbell.engine.log import log, set_up


@pytest.fixture
def afterwards_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("afterwards_as_before")
def test_whoever_logs_on_a_full_disk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", buffering=1) as full:
        with pytest.raises(OSError, match="No space"):
            print("A line.", file=full)
        monkeypatch.setattr("sys.stderr", full)
        set_up("text")
        for _line in range(2_000):
            log().error("mailbox is not read", trouble="full " * 10)
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            full.close()
