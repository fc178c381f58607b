"""What the steps of an inquiry about a parcel do beside moving it."""

import msgspec

from shopbell.cases import promises, traces
from shopbell.cases.fields import Answers
from shopbell.cases.kinds.logistics import PROOFS
from shopbell.cases.model import Case, Goods, TraceOutcome
from shopbell.cases.recording import situation
from shopbell.commerce import service as commerce
from shopbell.commerce.commands import SentParcel
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, Side
from shopbell.kernel.texts import LOCALES, Words, text


def promise(tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Note the date that the shop gave, and let the order page show it with its reason."""
    promises.give(tx, actor.id, case, given["eta"], given["eta_reason"])
    if case.shipment:
        reason = _in_words(given["eta_reason"])
        commerce.set_eta(tx, SYSTEM, case.shipment, given["eta"], reason)
    return case


def keep_promise(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Note that what was promised came true, when the parcel came or its buyer stopped waiting."""
    parcel = situation(tx, SYSTEM, case).shipment
    promises.keep(tx, case.id, (parcel and parcel.delivered_at) or tx.now)
    return case


def break_promise(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Note that the promised days have passed, and how often that has happened."""
    return case.knowing(promises_broken=promises.break_(tx, case.id))


def ask_carrier(tx: Tx, actor: Actor, case: Case, _given: Answers) -> Case:
    """Put the question to the carrier, later: carriers are slow and not ours.

    What was answered and shown before is in doubt now, and proves nothing any more.
    """
    parcel = situation(tx, SYSTEM, case).shipment
    if parcel is not None:
        traces.ask(tx, actor.id, case, parcel)
    return case.forgetting("finding", "signed_by", *PROOFS)


def note_answer(tx: Tx, actor: Actor, case: Case, given: Answers) -> Case:
    """Keep the carrier's answer with the question, and whom the carrier itself named."""
    if asked := traces.latest(tx, case.id):
        traces.answer(tx, asked, given)
    named = actor.side is Side.SYSTEM and "signed_by" in given
    return case.knowing(carrier_named=given["signed_by"]) if named else case


def note_silence(tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Note that the carrier did not answer in time; it may still."""
    if asked := traces.latest(tx, case.id):
        traces.change(tx, asked, outcome=TraceOutcome.SILENT)
    return case.knowing(finding=TraceOutcome.SILENT)


def goods_lost(_tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Note that the parcel is lost."""
    return msgspec.structs.replace(case, goods=Goods.LOST)


def goods_come_back(_tx: Tx, _actor: Actor, case: Case, _given: Answers) -> Case:
    """Note that the parcel goes back to the shop."""
    return msgspec.structs.replace(case, goods=Goods.ON_WAY_BACK)


def reship(tx: Tx, _actor: Actor, case: Case, given: Answers) -> Case:
    """Put the new parcel with the order; from now on it is watched like any other."""
    if case.order is None:
        return case
    sent = SentParcel(
        carrier=given["sent_parcel"].carrier,
        tracking_number=given["sent_parcel"].number,
        eta=given["eta"],
        eta_at=tx.now,
        shipped_at=tx.now,
    )
    commerce.send_another(tx, case.order, sent, case.shipment)
    return case


def _in_words(reason: str) -> Words:
    return {locale: text(locale, f"case.choice_eta_reason.{reason}") for locale in LOCALES}
