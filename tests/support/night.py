"""A night at two shops: two hundred matters of all sorts, and what the teams have done by dawn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shopbell.cases.model import CaseId
from shopbell.cases.shown import CaseShown
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import OrderedLine, PlaceOrder, SentParcel
from shopbell.commerce.model import Eta, Order, Product
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Begin
from shopbell.conversations.model import ConversationId, Subject, SubjectKind
from shopbell.conversations.satisfaction import service as satisfaction
from shopbell.conversations.satisfaction.model import Answer
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import LOCALES, Locale
from tests.support.casework import acts, opens
from tests.support.house import Counter, House, Person
from tests.support.returns import shoes

MATTERS, BY_DAWN = 200, 120
BUYERS = 37
"""Beside ten sorts of matters, so that nobody comes twice with the same."""

TOGETHER, LEFT = 10, 8
"""So many come in one go: four questions about goods, two about parcels, and one of each other
sort; which of them nobody sees to in the night."""

ASKED: dict[Locale, str] = {
    "en": "Does it come with a lid?",
    "ru": "Крышка идёт в комплекте?",
    "zh": "带盖子吗？",
}
AND: dict[Locale, str] = {"en": "And with a spoon?", "ru": "А ложка?", "zh": "带勺子吗？"}
ANSWERED: dict[Locale, str] = {"en": "It does.", "ru": "Да, идёт.", "zh": "带的。"}
REFUSAL = "The soles show that they were worn in the street."
STATEMENT = "I tried them on at home, on a carpet, for two minutes."


@dataclass(frozen=True)
class Matter:
    """What a buyer has come with: words, or a case."""

    n: int
    talk: ConversationId
    buyer: Person
    locale: Locale
    counter: Counter
    case: CaseShown | None = None


@dataclass
class Night:
    """Two shops, and who came to them with what; all of it is done by calling services."""

    house: House
    halo: Counter
    nova: Counter
    matters: dict[ConversationId, Matter] = field(default_factory=dict[ConversationId, Matter])
    dispute: CaseId | None = None

    def __post_init__(self) -> None:
        self._buyers = [
            self.house.buyer(f"buyer{n}", LOCALES[n % len(LOCALES)]) for n in range(BUYERS)
        ]
        self._shelves = {one.shop.id: Shelf.of(one) for one in (self.halo, self.nova)}

    @property
    def goods(self) -> list[Product]:
        """Return what the first shop sells that is asked about."""
        return self._shelves[self.halo.shop.id].goods

    def passes(self) -> None:
        """Let it pass: most is answered in time, some late, and some by nobody."""
        for first in range(0, BY_DAWN, TOGETHER):
            late, *soon = [self._comes(n) for n in range(first, first + TOGETHER)]
            soon.pop(LEFT - 1)
            self.house.passes(minutes=2)
            for matter in soon:
                self._settles(matter)
            self.house.passes(minutes=4)
            self._settles(late)

    def ends(self) -> None:
        """Have the rest of them come while the shops open."""
        for n in range(BY_DAWN, MATTERS):
            self._comes(n)

    def _comes(self, n: int) -> Matter:
        buyer, counter = self._buyers[n % BUYERS], self.halo if n % 3 else self.nova
        locale = LOCALES[n % BUYERS % len(LOCALES)]
        shelf = self._shelves[counter.shop.id]
        case: CaseShown | None = None
        match n % TOGETHER:
            case 0 | 1 | 2 | 3:
                talk = self._begins(buyer, shelf.goods[n // BUYERS], locale)
                buyer.says(talk, ASKED[locale])
            case 8:
                talk = self._begins(buyer, counter.shop, locale)
                buyer.says(talk, ASKED[locale])
            case sort:
                kind, about, given = _CAME_WITH[sort](shelf, buyer, n)
                talk = self._begins(buyer, about, locale)
                case = opens(buyer, kind, about, **given)
        matter = Matter(n, talk, buyer, locale, counter, case)
        self.matters[talk] = matter
        return matter

    def _begins(self, buyer: Person, about: Any, locale: Locale) -> ConversationId:
        subject = Subject(SubjectKind(type(about).__name__.lower()), about.id)
        begun, _new = self.house.db.write_now(
            conversations.begin, buyer.actor, Begin(subject), locale
        )
        return begun.id

    def _settles(self, matter: Matter) -> None:
        staff = list(matter.counter.staff.values())
        agent = staff[matter.n % len(staff)]
        if matter.case is None:
            agent.answers(matter.talk, ANSWERED[matter.locale])
            self._comes_to_an_end(matter)
        elif matter.case.kind == "return" and self.dispute is None:
            self.dispute = self._quarrel(matter.buyer, agent, matter.case.id)
        else:
            action, given = step_of(matter.case)
            acts(agent, matter.case.id, action, **given)

    def _comes_to_an_end(self, matter: Matter) -> None:
        """Some buyers say that it is done, some of them whether it helped; one comes back."""
        if matter.n % 4 == 0:
            matter.buyer.does(matter.talk, "resolve")
            if matter.n % 8 == 0:
                answer = Answer(helped=matter.n % 16 == 0)
                self.house.db.write_now(
                    satisfaction.answer, matter.buyer.actor, matter.talk, answer
                )
        if matter.n == TOGETHER * 2:
            matter.buyer.says(matter.talk, AND[matter.locale])

    def _quarrel(self, buyer: Person, agent: Person, case: CaseId) -> CaseId:
        """Refuse a return, and have the marketplace called; return the dispute."""
        acts(agent, case, "reject", refused_for="used", refusal=REFUSAL)
        [dispute] = acts(buyer, case, "open_dispute", statement=STATEMENT).children
        acts(buyer, dispute, "request_review")
        return dispute


@dataclass(frozen=True)
class Shelf:
    """What a shop sells: things that are asked about, shoes that come back, lamps that break."""

    counter: Counter
    goods: list[Product]
    shoes: Product
    lamp: Product

    @classmethod
    def of(cls, counter: Counter) -> "Shelf":
        name = counter.shop.slug
        goods = [counter.sells(f"{name}-{n}") for n in range(MATTERS // BUYERS + 1)]
        lamp = counter.sells("lamp", warranty_months=24, stock=MATTERS)
        return cls(counter, goods, shoes(counter, MATTERS), lamp)

    def ships(self, buyer: Person, product: Product, n: int, **parcel: Any) -> Order:
        """Record that something was sent."""
        choice = product.variants[0].id if product.variants else None
        sent = SentParcel(carrier="CDEK", tracking_number=f"10{n:08}", **parcel)
        order = PlaceOrder(
            number=f"N-{n}",
            buyer=buyer.actor.id,
            shop=self.counter.shop.id,
            placed_at=self.counter.house.clock() - timedelta(days=50),
            currency=product.price.currency,
            lines=[OrderedLine(product=product.id, variant=choice)],
            shipments=[sent],
        )
        return self.counter.house.db.write_now(commerce.place_order, SYSTEM, order)


Came = tuple[str, Any, dict[str, Any]]
"""A kind of case, what it is about, and what its form is filled with."""


def _question(shelf: Shelf, _buyer: Person, n: int) -> Came:
    return "question", shelf.goods[n // BUYERS], {"question": "Is it for 220 V?"}


def _parcel(shelf: Shelf, buyer: Person, n: int) -> Came:
    now = shelf.counter.house.clock()
    eta = Eta((now - timedelta(days=3)).date(), (now - timedelta(days=2)).date(), "Europe/Berlin")
    order = shelf.ships(buyer, shelf.lamp, n, shipped_at=now - timedelta(days=9), eta=eta)
    return "logistics_inquiry", order, {"concern": "late"}


def _return(shelf: Shelf, buyer: Person, n: int) -> Came:
    came = shelf.counter.house.clock() - timedelta(days=2)
    order = shelf.ships(buyer, shelf.shoes, n, delivered_at=came)
    return "return", order, {"lines": _lines(order), "condition": "proper", "reason": "size_fit"}


def _repair(shelf: Shelf, buyer: Person, n: int) -> Came:
    came = shelf.counter.house.clock() - timedelta(days=40)
    order = shelf.ships(buyer, shelf.lamp, n, delivered_at=came)
    return "repair", order, {"lines": _lines(order), "fault": "It does not light up."}


def _lines(order: Order) -> list[dict[str, Any]]:
    return [{"line": order.lines[0].id, "quantity": 1}]


_CAME_WITH: dict[int, Callable[[Shelf, Person, int], Came]] = {
    4: _question,
    5: _parcel,
    6: _return,
    7: _repair,
    9: _parcel,
}


def step_of(case: CaseShown) -> tuple[str, dict[str, Any]]:
    """Return by which step a shop answers a case, with what that asks for."""
    day = str((case.opened_at + timedelta(days=3)).date())
    eta = {"earliest": day, "latest": day, "zone": "Europe/Berlin"}
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "question": ("answer", {"answer": "Yes."}),
        "logistics_inquiry": ("give_eta", {"eta": eta, "eta_reason": "weather"}),
        "return": ("approve_return", {"drop_off_code": "a 77"}),
        "repair": ("advise", {"advice": "Try another socket."}),
    }
    return steps[case.kind]
