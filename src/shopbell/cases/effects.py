"""What steps do beside moving their case. To add one: its name in the model, its line below."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from shopbell.accounts import service as accounts
from shopbell.cases import inquiring, storage
from shopbell.cases.fields import Answers, Item, SentBy, TakenLine
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, Effect, other_offers
from shopbell.cases.money import price_of
from shopbell.cases.refunding import give_back, give_difference, tell_of_new
from shopbell.cases.refusals import ExchangeDearer, NotInStock
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Errand, Money, NoSuchProduct
from shopbell.conversations.posting import call_operator
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor
from shopbell.kernel.texts import text


def escalate(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Call the operator; whoever was to act still may."""
    call_operator(tx, case.conversation)
    return msgspec.structs.replace(case, escalated_at=case.escalated_at or tx.now)


def propose(_tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Put a side's proposal in place of its earlier one; nothing is decided by it."""
    offers = {**case.facts.get("offers", {}), actor.side: _terms(given)}
    return _settled(case, {}, offers=offers)


def agree(_tx: Tx, actor: Actor, case: Case, _given: Answers) -> Case:
    """Let what the other side proposed be what was decided."""
    return _settled(case, other_offers(case, actor.side))


def sign(_tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Decide, and note who did: an appeal, or a second signature, is somebody else's."""
    return _settled(case, _terms(given), judges=[actor.id])


def draft(_tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Keep a decision that a second operator has to sign."""
    return case.knowing(draft=msgspec.to_builtins(given), drafted_by=actor.id)


def pronounce(_tx: Tx, actor: Actor, case: Case, _given: Answers) -> Case:
    """Let the drafted decision be the decision, of both who signed it."""
    judges = [case.facts["drafted_by"], actor.id]
    return _settled(case, case.facts["draft"], judges=judges)


def award(_tx: Tx, _actor: Actor, case: Case, given: Answers) -> Case:
    """Note what the things are worth by a decision, and who bears the way back, if it says so."""
    said = {"awarded": given.get("amount"), "payer": given.get("payer")}
    known = {name: msgspec.to_builtins(fact) for name, fact in said.items() if fact}
    stale = () if "awarded" in known else ("amount",)
    return case.forgetting(*said, *stale).knowing(**known)


TERMS = ("outcome", "amount", "payer")
"""What two proposals must have alike to be the same."""


def _terms(given: Mapping[str, Any]) -> dict[str, Any]:
    terms: dict[str, Any] = msgspec.to_builtins(given)
    return {name: terms[name] for name in TERMS if name in terms}


def _settled(case: Case, terms: dict[str, Any], **more: Any) -> Case:  # noqa: ANN401
    """Let these terms hold, and none from before."""
    return case.forgetting(*TERMS).knowing(**terms, **more)


def reserve(tx: Tx, _actor: Actor, case: Case, given: Answers) -> Case:
    """Keep what is offered in exchange from being offered twice; refuse what is not there."""
    item: Item = given["replacement"]
    product = commerce.product(tx, item.product, hold=True)
    chosen = next((one for one in product.variants if one.id == item.variant), None)
    if product.shop != case.shop or (chosen is None) is bool(product.variants or item.variant):
        raise NoSuchProduct(product=item.product[:80])
    _check_price(tx, case, item, (chosen or product).price)
    left = (chosen or product).stock - storage.reserved(tx, case, (chosen or product).id)
    if left < item.quantity:
        raise NotInStock(left=max(0, left))
    kept = {"product": product.id, "offer_id": (chosen or product).offer_id}
    return case.knowing(reserved=msgspec.to_builtins(item) | kept)


def _check_price(tx: Tx, case: Case, item: Item, price: Money) -> None:
    """Refuse something else that costs more than what goes back: nobody is asked to pay more.

    The same product is exchanged whatever it costs today.
    """
    order = commerce.order(tx, SYSTEM, case.order) if case.order else None
    if order is None or item.product in {line.product for line in order.lines}:
        return
    worth = price_of(order, [TakenLine(**one) for one in case.facts["lines"]])
    if price.currency != order.total.currency or price.amount * item.quantity > worth:
        raise ExchangeDearer(most=worth, currency=order.total.currency)


def release(_tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Let go of what was kept for an exchange that will not be."""
    return case.forgetting("reserved", "replacement")


def send_back(tx: Tx, _actor: Actor, case: Case, given: Answers) -> Case:
    """Follow the parcel that goes back."""
    return _following(tx, case, given["parcel"], Errand.RETURN, "back_shipment")


def send_again(tx: Tx, _actor: Actor, case: Case, given: Answers) -> Case:
    """Follow the parcel that comes instead or again, if it has a number, and no earlier one."""
    if "sent_parcel" not in given:
        return case.knowing(sent_shipment=None)
    return _following(tx, case, given["sent_parcel"], Errand.EXCHANGE, "sent_shipment")


def _following(tx: Tx, case: Case, parcel: SentBy, errand: Errand, fact: str) -> Case:
    if case.order is None:
        return case
    shipment = commerce.add_beside(tx, case.order, errand, parcel.carrier, parcel.number)
    return case.knowing(**{fact: shipment.id})


def speak(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Say for the buyer, in their language, what the marketplace is called in for."""
    locale = accounts.person(tx, case.buyer).locale
    return case.knowing(statement=text(locale, "case.return_stuck"))


def refund(tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Give back what the step says, or what the things cost."""
    return give_back(tx, actor, case, given)


def refund_part(tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Give back the amount that was offered."""
    return give_back(tx, actor, case, given, agreed=True)


def make_up(tx: Tx, actor: Actor, case: Case, _given: Answers) -> Case:
    """Give what a new decision gives more, if the case it is about can no longer do so itself."""
    if case.parent is None or case.facts["outcome"] != "refund":
        return case
    parent = storage.get(tx, case.parent)
    if KINDS[parent.kind].may_take(parent, "decide_refund"):
        return case
    return give_difference(tx, actor, case, parent, _terms(case.facts))


EFFECTS: Mapping[Effect, Callable[[Tx, Actor, Case, Answers], Case]] = {
    Effect.ESCALATE: escalate,
    Effect.PROPOSE: propose,
    Effect.AGREE: agree,
    Effect.SIGN: sign,
    Effect.REFUND: refund,
    Effect.REFUND_PART: refund_part,
    Effect.MAKE_UP: make_up,
    Effect.AWARD: award,
    Effect.RESERVE: reserve,
    Effect.RELEASE: release,
    Effect.SEND_BACK: send_back,
    Effect.SEND_AGAIN: send_again,
    Effect.SPEAK: speak,
    Effect.DRAFT: draft,
    Effect.PRONOUNCE: pronounce,
    Effect.PROMISE: inquiring.promise,
    Effect.KEEP_PROMISE: inquiring.keep_promise,
    Effect.BREAK_PROMISE: inquiring.break_promise,
    Effect.ASK_CARRIER: inquiring.ask_carrier,
    Effect.NOTE_ANSWER: inquiring.note_answer,
    Effect.NOTE_SILENCE: inquiring.note_silence,
    Effect.GOODS_LOST: inquiring.goods_lost,
    Effect.GOODS_COME_BACK: inquiring.goods_come_back,
    Effect.RESHIP: inquiring.reship,
}

AFTERWARDS: Mapping[Effect, Callable[[Tx, Case], None]] = {
    Effect.REFUND: tell_of_new,
    Effect.REFUND_PART: tell_of_new,
    Effect.MAKE_UP: tell_of_new,
}
"""What is told once the step itself has been told."""
