"""Three processes: our server asks a carrier's service over HTTP, and it calls back, signed."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from shopbell.app import build
from shopbell.cases.model import TraceOutcome
from shopbell.cases.shown import CaseShown
from shopbell.commerce import roster
from shopbell.commerce.carriers import GiveSecret, well_known
from shopbell.commerce.commands import SentParcel
from shopbell.commerce.model import Eta
from shopbell.commerce.signing import sign
from shopbell.demo.carrier import SECRET
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM
from tests.support.carrier import RunningCarrier, running_carrier
from tests.support.casework import acts, opens, sees
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.server import RunningServer

NUMBER = "00340434161094029812"
PATIENCE = 60


@pytest.fixture(scope="module")
def sim() -> Iterator[RunningCarrier]:
    with running_carrier(delay=0.2) as running:
        yield running


@pytest.fixture
def house_behind(
    server: RunningServer, sim: RunningCarrier, database: str, tmp_path: Path
) -> Iterator[House]:
    """Give the house that the server serves; its carrier DHL has a service of its own."""
    app = build(Settings(data=tmp_path / "data", database=database))
    dhl = replace(well_known()["dhl"], api=sim.url)
    app.db.write_now(roster.put_carrier, SYSTEM, "dhl", dhl)
    app.db.write_now(roster.give_secret, SYSTEM, "dhl", GiveSecret(SECRET))
    yield House(app, WoundClock(datetime.now(UTC)))
    app.close()


PROOF = "https://dhl.example/proofs/1"


def asks(house: House) -> tuple[Person, CaseShown]:
    """Have a shop ask its carrier about a parcel; were it late, the server would ask first."""
    halo, anna = house.shop("halo"), house.buyer("anna")
    later = house.clock().date() + timedelta(days=5)
    sent = SentParcel("DHL", NUMBER, Eta(later, later, "Europe/Berlin"))
    order = halo.ships_to(anna, halo.sells("lamp"), shipments=[sent])
    case = opens(anna, "logistics_inquiry", order, concern="not_received")
    return halo.mei, acts(halo.mei, case.id, "open_trace")


def comes_to(person: Person, case: CaseShown, state: str) -> CaseShown:
    """Wait until a case is in a state."""
    until = time.monotonic() + PATIENCE
    while (now := sees(person, case.id)).state != state:
        assert time.monotonic() < until, now
        time.sleep(0.05)
    return now


def calls_back(server: RunningServer, carrier: str = "dhl", **told: Any) -> httpx.Response:
    body, stamp = msgspec.json.encode(told), str(int(time.time()))
    return posts(server, carrier, body, stamp, sign(SECRET, stamp, body))


def posts(
    server: RunningServer, carrier: str, body: bytes, stamp: str, signature: str
) -> httpx.Response:
    headers = {
        "content-type": "application/json",
        "shopbell-timestamp": stamp,
        "shopbell-signature": signature,
    }
    url = f"{server.url}/api/v1/carriers/{carrier}/answers"
    return httpx.post(url, content=body, headers=headers)


def test_a_carrier_that_was_asked_calls_back(
    server: RunningServer, sim: RunningCarrier, house_behind: House
) -> None:
    said = {"said": "Handed over at the door.", "signed_by": "M. Weber"}
    sim.will_say(NUMBER, "delivered", **said, proof_url=PROOF)
    mei, case = asks(house_behind)
    [trace] = comes_to(mei, case, "trace_answered").traces
    assert (trace.channel, trace.outcome) == ("web", TraceOutcome.DELIVERED)
    assert (trace.said, trace.signed_by, trace.proof_url) == (*said.values(), PROOF)

    before = sees(mei, case.id)
    again = {"outcome": "delivered", **said, "proof_url": "javascript:alert(1)"}
    assert calls_back(server, reference=trace.carrier_ref, **again).status_code == 204
    assert sees(mei, case.id) == before
    shown = acts(mei, case.id, "proof_of_delivery")
    assert (shown.state, shown.facts["proof_url"]) == ("awaiting_buyer_confirm", PROOF)
    assert calls_back(server, reference=trace.carrier_ref, outcome="lost").status_code == 204
    assert sees(mei, case.id).traces[0].outcome is TraceOutcome.LOST


def test_what_is_no_answer_of_this_carrier_is_refused(
    server: RunningServer, sim: RunningCarrier, house_behind: House
) -> None:
    sim.will_say(NUMBER, "held", mute=True)
    house_behind.db.write_now(roster.put_well_known, SYSTEM, ["cdek"])
    house_behind.db.write_now(roster.give_secret, SYSTEM, "cdek", GiveSecret(SECRET))
    mei, case = asks(house_behind)
    until = time.monotonic() + PATIENCE
    while not (reference := sees(mei, case.id).traces[0].carrier_ref):
        assert time.monotonic() < until
        time.sleep(0.05)

    answers = [
        posts(server, "dhl", b"{}", "1", "0" * 64),
        calls_back(server, reference="INQ-0", outcome="lost"),
        calls_back(server, "cdek", reference=reference, outcome="lost"),
        calls_back(server, "pigeons", reference=reference, outcome="lost"),
        calls_back(server, reference=7),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "signature_broken"),
        (404, "no_such_inquiry"),
        (404, "no_such_inquiry"),
        (404, "no_such_carrier"),
        (400, "answer_unreadable"),
    ]
    assert sees(mei, case.id).state == "trace_open"
