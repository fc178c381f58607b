"""A carrier's own program tells of a parcel, as the document says it may."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from shopbell.app import build
from shopbell.commerce import roster, service
from shopbell.commerce.carriers import GiveSecret
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Order
from shopbell.commerce.signing import sign
from shopbell.commerce.tracking import Milestone
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM
from tests.house import ROOT
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.server import RunningServer

DOCUMENT = (ROOT / "docs/connect/tracking.md").read_text()
NUMBER = "1480033917"
SECRET = "a-secret-that-you-must-never-use"
URL = "https://shopbell.example"


@pytest.fixture
def house_behind(server: RunningServer, database: str, tmp_path: Path) -> Iterator[House]:
    """Give the house that the server serves; the carrier CDEK is known in it."""
    app = build(Settings(data=tmp_path / "data", database=database))
    app.db.write_now(roster.put_well_known, SYSTEM, ["cdek"])
    app.db.write_now(roster.give_secret, SYSTEM, "cdek", GiveSecret(SECRET))
    yield House(app, WoundClock(datetime.now(UTC)))
    app.close()


@pytest.fixture
def order(house_behind: House) -> Order:
    halo = house_behind.shop("halo")
    parcels = [SentParcel("СДЭК", NUMBER)]
    return halo.ships_to(house_behind.buyer("anna"), halo.sells("lamp"), shipments=parcels)


def tells(server: RunningServer, body: bytes, carrier: str = "cdek", **headers: str) -> Any:
    stamp = str(int(time.time()))
    given = {
        "content-type": "application/json",
        "shopbell-timestamp": stamp,
        "shopbell-signature": sign(SECRET, stamp, body),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return httpx.post(f"{server.url}/api/v1/tracking/{carrier}", content=body, headers=given)


def test_the_program_in_the_document_works(
    server: RunningServer, house_behind: House, order: Order
) -> None:
    [program] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    program = program.replace(URL, server.url).replace("the secret that was printed", SECRET)
    answers = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        for _twice in range(2)
    ]
    assert [msgspec.json.decode(answer) for answer in answers] == [
        {"events": [{"outcome": "taken"}]},
        {"events": [{"outcome": "known"}]},
    ]
    [parcel] = house_behind.db.read_now(service.order, SYSTEM, order.id).shipments
    assert parcel.state is Milestone.DELIVERED


def test_the_signature_in_the_document_is_right() -> None:
    found = re.search(
        r"secret `([\w-]+)`, the time `(\d+)`\s+and the body `(.+?)` give\s+`(\w+)`", DOCUMENT
    )
    assert found
    secret, stamp, body, signature = found.groups()
    assert sign(secret, stamp, body.encode()) == signature


def test_what_is_refused_says_why_and_what_now(
    server: RunningServer, house_behind: House, order: Order
) -> None:
    body = b'{"events": [{"number": "1480033917", "code": "DELIVERED", "at": "2099-01-01T00:00Z"}]}'
    forged = tells(server, body, shopbell_signature="0" * 64)
    old = tells(server, body, shopbell_timestamp="1", shopbell_signature=sign(SECRET, "1", body))
    nobody = tells(server, body, carrier="pigeons")
    broken = tells(server, b'{"events": ')
    future = tells(server, body, accept_language="ru")

    assert [(a.status_code, a.json()["code"]) for a in (forged, old, nobody, broken)] == [
        (403, "signature_broken"),
        (403, "signature_old"),
        (404, "no_such_carrier"),
        (400, "request_malformed"),
    ]
    assert "cdek" in nobody.json()["detail"]
    [refused] = future.json()["events"]
    assert (future.status_code, refused["outcome"]) == (200, "refused")
    assert refused["code"] == "tracking_from_future"
    assert "не сохранено" in refused["next"]
    assert house_behind.db.read_now(service.order, SYSTEM, order.id) == order
