"""Steps of cases at a fixed rate, each durable before it counts; and how long the rules take."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from msgspec import Struct

from shopbell.accounts import service as accounts
from shopbell.accounts.model import NewPerson
from shopbell.app import App, build
from shopbell.cases import service
from shopbell.cases.commands import Act, OpenCase
from shopbell.cases.model import CaseId
from shopbell.cli.bench.people import NOBODY_SIGNS_IN, found
from shopbell.cli.bench.server import database
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.model import Money, Order, Shop
from shopbell.conversations.model import Subject, SubjectKind
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, Side
from shopbell.kernel.ids import new_id
from shopbell.knowledge import service as knowledge

PARCEL = {"carrier": "CDEK", "number": "1480000001"}
STEPS: tuple[tuple[Side, str, dict[str, Any]], ...] = (
    (Side.SELLER, "ask_info", {"info_wanted": "Which size do you need?"}),
    (Side.BUYER, "provide_info", {"info": "42."}),
    (Side.SELLER, "approve_return", {"return_to": "Bench, 1 Bell Street"}),
    (Side.BUYER, "ship_back", {"parcel": PARCEL}),
    (Side.SELLER, "arrived", {}),
)
"""The way of each return: what its shop and its buyer do, one after the other."""

RESOLVED = 5_000


class CasesFigures(Struct, frozen=True):
    """One run: from when a step was to be taken until it was durable; and one verdict alone."""

    cases: int
    steps: int
    rate: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    step_cpu_ms: float
    verdict_us: float
    lost: int


class Doing(NamedTuple):
    """One step that is to be taken."""

    who: Actor
    case: CaseId
    act: Act


def measure(cases: int, rate: float) -> CasesFigures:
    """Open returns, take all steps of each at a fixed rate, and count what was kept."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=database())
        found(settings, 1)
        app = build(settings)
        try:
            shop = app.db.read_now(commerce.shops)[0]
            buyer = app.db.write_now(_buyer)
            orders = _orders(app, shop, buyer, cases)
            opened = [app.db.write_now(_open, buyer, order) for order in orders]
            doings = list(_doings(shop, buyer, opened))
            used = time.process_time()
            took = asyncio.run(_all_taken(app, doings, rate))
            cpu = time.process_time() - used
            kept = sum(len(app.db.read_now(service.case, buyer, case).steps) - 1 for case in opened)
            verdict = app.db.read_now(_verdict_seconds, orders[0])
        finally:
            app.close()
    marks = statistics.quantiles(took, n=100)
    return CasesFigures(
        cases=cases,
        steps=len(doings),
        rate=rate,
        p50_ms=round(marks[49] * 1e3, 2),
        p99_ms=round(marks[98] * 1e3, 2),
        slowest_ms=round(max(took) * 1e3, 2),
        step_cpu_ms=round(cpu / len(doings) * 1e3, 2),
        verdict_us=round(verdict * 1e6, 1),
        lost=len(doings) - kept,
    )


def _buyer(tx: Tx) -> Actor:
    new = NewPerson(email="returns@example.org", name="Bench", verified=True)
    return Actor(accounts.add_person(tx, SYSTEM, new, NOBODY_SIGNS_IN).id, Side.BUYER, name="Bench")


def _orders(app: App, shop: Shop, buyer: Actor, count: int) -> list[Order]:
    """Have as many orders delivered yesterday."""
    now = app.db.clock()
    line = OrderedLine(title={"en": "Lamp"}, price=Money(4_990, "EUR"))
    asked = [
        PlaceOrder(
            number=f"B-{n}",
            buyer=buyer.id,
            shop=shop.id,
            placed_at=now - timedelta(days=5),
            currency="EUR",
            lines=[line],
            shipments=[SentParcel("CDEK", f"14{n:08}", delivered_at=now - timedelta(days=1))],
        )
        for n in range(count)
    ]
    return [app.db.write_now(commerce.place_order, SYSTEM, one) for one in asked]


def _open(tx: Tx, buyer: Actor, order: Order) -> CaseId:
    given = {
        "lines": [{"line": order.lines[0].id}],
        "condition": "proper",
        "reason": "changed_mind",
    }
    subject = Subject(SubjectKind.ORDER, order.id)
    return service.open_case(tx, buyer, OpenCase(new_id(), "return", subject, given)).id


def _doings(shop: Shop, buyer: Actor, opened: Sequence[CaseId]) -> Iterator[Doing]:
    """Take each step in all returns before the next one, so that none waits for another."""
    desk = Actor(PersonId(new_id()), Side.SELLER, shop.id, Rank.OWNER, "Desk")
    for side, action, given in STEPS:
        for case in opened:
            yield Doing(desk if side is Side.SELLER else buyer, case, Act(new_id(), action, given))


async def _all_taken(app: App, doings: Sequence[Doing], rate: float) -> list[float]:
    """Take a step at each beat, whatever the earlier ones do; return how long each took."""
    begin = asyncio.get_running_loop().time() + 0.1
    return await asyncio.gather(
        *(_taken(app, one, begin + n / rate) for n, one in enumerate(doings))
    )


async def _taken(app: App, one: Doing, at: float) -> float:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(at - loop.time())
    await app.db.write(service.act, one.who, one.case, one.act)
    return loop.time() - at


def _verdict_seconds(tx: Tx, order: Order) -> float:
    """Return how long the rules take in one matter, once everything about it is known."""
    matter = knowledge.matter_of(tx, order, order.lines[0].id, "changed_mind")
    ref = knowledge.in_force(tx, order.shop, tx.now)
    knowledge.resolve(tx, order.shop, matter, ref)
    began = time.perf_counter()
    for _turn in range(RESOLVED):
        knowledge.resolve(tx, order.shop, matter, ref)
    return (time.perf_counter() - began) / RESOLVED
