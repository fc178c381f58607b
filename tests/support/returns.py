"""Who returns things in tests: an order that has come, photos, and the steps by name."""

from typing import Any

import msgspec

from shopbell.cases import service
from shopbell.cases.commands import OpenCase, Preview
from shopbell.cases.fields import TakenLine
from shopbell.cases.model import CaseId
from shopbell.cases.shown import CaseShown
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import ListVariant, OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.model import Money, Order, Product, ShipmentId, TrackingEvent
from shopbell.commerce.tracking import TrackingCode
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.engine.blobs import Blob
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.ids import new_id
from shopbell.knowledge.model import ANGLES, Verdict
from tests.support import casework
from tests.support.house import Counter, House, Person

SHOE = Money(4_990, "EUR")


def shoes(counter: Counter, stock: int = 3, sold: tuple[int, ...] = (41, 42)) -> Product:
    """Put shoes on sale in two sizes; listed anew, only these are ``sold`` from then on."""
    sizes = [ListVariant(f"shoe-{size}", {"size": str(size)}, SHOE, stock=stock) for size in sold]
    return counter.sells("shoe", price=SHOE, category="shoes", variants=sizes)


def bought(
    counter: Counter, buyer: Person, product: Product, quantity: int = 1, **details: Any
) -> Order:
    """Record an order that was delivered yesterday."""
    now = counter.house.clock()
    choice = product.variants[0].id if product.variants else None
    parcel = SentParcel(carrier="dhl", tracking_number=f"JD{new_id()[-8:]}", delivered_at=now)
    given: dict[str, Any] = {
        "lines": [OrderedLine(product=product.id, variant=choice, quantity=quantity)],
        "shipments": [parcel],
    }
    order = _placed(counter, buyer, product, given | details)
    counter.house.clock.passes(days=1)
    return order


def _placed(counter: Counter, buyer: Person, product: Product, given: dict[str, Any]) -> Order:
    order = PlaceOrder(
        number=f"N-{new_id()[-8:]}",
        buyer=buyer.actor.id,
        shop=counter.shop.id,
        placed_at=counter.house.clock(),
        currency=product.price.currency,
        **given,
    )
    return counter.house.db.write_now(commerce.place_order, SYSTEM, order)


def file_of(
    person: Person,
    talk: ConversationId,
    name: str = "a.jpg",
    kind: str = "image/jpeg",
    size: int = 9,
) -> str:
    """Upload a file into a conversation; what it holds does not matter here."""
    blob = Blob(sha256=new_id().replace("-", "") * 2, media_type=kind, size=size, width=1, height=1)
    kept = person.house.db.write_now(conversations.attach, person.actor, talk, blob, name)
    return str(kept.id)


def opens(person: Person, order: Order, kind: str = "return", **given: Any) -> CaseShown:
    """Open a case about an order."""
    command = OpenCase(new_id(), kind, Subject(SubjectKind.ORDER, order.id), given)
    return person.house.db.write_now(service.open_case, person.actor, command)


def acts(person: Person, case: CaseId, action: str, **given: Any) -> CaseShown:
    """Take a step."""
    return casework.acts(person, case, action, **given)


def sees(person: Person, case: CaseId) -> CaseShown:
    """Look at a case."""
    return person.house.db.read_now(service.case, person.actor, case)


def arrives(house: House, shipment: str) -> None:
    """Let a carrier tell that a parcel has come."""
    event = TrackingEvent(TrackingCode("delivered.signed"), house.clock())
    house.db.write_now(commerce.add_tracking, SYSTEM, ShipmentId(shipment), event)
    house.passes(seconds=1)


def is_lost(house: House, shipment: str) -> None:
    """Let a carrier tell that a parcel is lost."""
    event = TrackingEvent(TrackingCode("lost.lost"), house.clock())
    house.db.write_now(commerce.add_tracking, SYSTEM, ShipmentId(shipment), event)
    house.passes(seconds=1)


def wrong_size(person: Person, order: Order, **more: Any) -> CaseShown:
    """Ask to give back the first line of an order because it does not fit."""
    given = {
        "lines": [{"line": order.lines[0].id, "quantity": 1}],
        "condition": "proper",
        "reason": "size_fit",
    }
    return opens(person, order, **given | more)


def entries(person: Person, talk: ConversationId) -> list[dict[str, Any]]:
    """Return what the thread tells of cases."""
    told = [event for event in person.events(talk) if event.type == "case"]
    return [msgspec.json.decode(event.data) for event in told]


def broken(person: Person, order: Order, **more: Any) -> CaseShown:
    """Ask to give back the first line of an order because it is broken, with all its photos."""
    talk = talk_about(person, order)
    return wrong_size(
        person,
        order,
        **{
            "condition": "defective",
            "reason": "defective",
            "fault": "The sole is loose.",
            "shots": shots_of(person, talk),
        }
        | more,
    )


def talk_about(person: Person, order: Order) -> ConversationId:
    """Open the conversation about an order, or find it."""
    subject = Begin(Subject(SubjectKind.ORDER, order.id))
    return person.house.db.write_now(conversations.begin, person.actor, subject)[0].id


def shots_of(person: Person, talk: ConversationId) -> list[dict[str, str]]:
    """Take a photo of everything that is asked for."""
    return [{"file": file_of(person, talk, f"{side}.jpg"), "shows": side} for side in ANGLES]


def sent_back(counter: Counter, buyer: Person, order: Order, **more: Any) -> CaseShown:
    """Bring a return to the shop's table."""
    asked = wrong_size(buyer, order, **more)
    acts(counter.mei, asked.id, "approve_return", drop_off_code="a 77")
    acts(buyer, asked.id, "drop_off", sent_with_code="A-77")
    return acts(counter.mei, asked.id, "arrived")


def money(amount: int, currency: str = "EUR") -> dict[str, Any]:
    """Name an amount as it is sent."""
    return {"amount": amount, "currency": currency}


def preview(person: Person, order: Order, reason: str) -> Verdict:
    """Ask what the rules say of an order's first line."""
    asked = Preview(order.number, [TakenLine(order.lines[0].id, 1)], reason)
    return person.house.db.read_now(service.preview, person.actor, asked)
