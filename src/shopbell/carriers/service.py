"""What is noted of questions to carriers, and how their answers become steps of their cases."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from shopbell.carriers.model import Asked, CarrierTrouble, HearCarrier, NoSuchInquiry, Question
from shopbell.carriers.ways import WAYS
from shopbell.cases import traces
from shopbell.cases.acting import take
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import CarrierAnswer
from shopbell.cases.recording import held
from shopbell.cases.traces import TROUBLE_MOST, Trace
from shopbell.commerce import roster
from shopbell.commerce import service as commerce
from shopbell.commerce.carriers import find
from shopbell.commerce.signing import check_signature
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.refusals import Malformed, Refusal

REPLY = "carrier_reply"
LOOKS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 8, 12, 24))
"""Waits between looks for an answer; the last one again and again, until the answer is due."""


class AnswerUnreadable(Malformed):
    """What a carrier sent is no answer that we can read."""


class Signed(Struct, frozen=True):
    """A request in a carrier's name: what it says, and what shows that it is the carrier's."""

    carrier: str
    timestamp: str
    signature: str
    body: bytes


def question(tx: Tx, trace_id: str, site: str) -> Question | None:
    """Return what there is to ask, or none if there is nobody to ask it of, or no more need."""
    asked = traces.trace(tx, trace_id)
    carrier = find(roster.every(tx), asked.carrier)
    if carrier is None or asked.answered_at is not None:
        return None
    return Question(
        trace=asked.id,
        carrier=carrier,
        number=asked.number,
        reason=asked.reason,
        asked_at=tx.now,
        due_at=asked.due_at,
        shop=commerce.shop(tx, asked.shop).name,
        carrier_ref=asked.carrier_ref,
        secret=roster.secrets_of(tx, carrier.id)[0],
        callback=f"{site}/api/v1/carriers/{carrier.id}/answers",
    )


def note_asked(tx: Tx, trace_id: str, way: str, asked: Asked) -> None:
    """Note how a carrier was asked; with it a letter is left to be mailed, or a look for later."""
    known = traces.trace(tx, trace_id)
    news = {"channel": way, "trouble": "", "carrier_ref": asked.reference or known.carrier_ref}
    if asked.letter:
        tx.later(asked.letter)
        news["reply_to"] = traces.reply_address(asked.letter.token)
    known = traces.change(tx, known, **news)
    if asked.answer:
        take_answer(tx, known, asked.answer)
    elif asked.reference:
        look_again(tx, HearCarrier(trace=trace_id))


def note_trouble(tx: Tx, trace_id: str, trouble: str) -> None:
    """Note why a carrier could not be asked, for the shop to see."""
    traces.change(tx, traces.trace(tx, trace_id), trouble=trouble[:TROUBLE_MOST])


def look_again(tx: Tx, last: HearCarrier) -> None:
    """Have somebody look for the answer later, ever more rarely, as long as it may come."""
    due = tx.now + LOOKS[min(last.looks, len(LOOKS) - 1)]
    if due <= traces.trace(tx, last.trace).due_at:
        tx.later(HearCarrier(trace=last.trace, looks=last.looks + 1), due)


def take_answer(tx: Tx, asked: Trace, answer: CarrierAnswer) -> None:
    """Let an answer be the carrier's step in its case; heard again, it changes nothing."""
    case = held(tx, asked.case)
    known = traces.trace(tx, asked.id)
    if known.answered_at and (known.outcome, known.said) == (answer.outcome, answer.said):
        return
    newest = traces.latest(tx, case.id)
    given = {"finding": answer.outcome.value} | {
        name: told
        for name in ("carrier_ref", "said", "signed_by", "proof_url")
        if (told := getattr(answer, name).strip())
    }
    waits = KINDS[case.kind].may_take(case, REPLY)
    if waits and newest is not None and newest.id == asked.id:
        take(tx, SYSTEM, case, REPLY, given)
    else:
        traces.answer(tx, known, given)


def take_reply(tx: Tx, token: str, words: str) -> None:
    """Take in a carrier's letter that came to the reply address with this token."""
    asked = traces.by_token(tx, token)
    if answer := WAYS["letter"].read_answer(words.encode()):
        take_answer(tx, asked, answer)


def hear_all(tx: Tx, asks: Sequence[Signed]) -> list[Refusal | None]:
    """Take in what carriers' services send; each stands or falls by its own signature."""
    return tx.each(_hear, asks)


def _hear(tx: Tx, sent: Signed) -> None:
    carrier, secrets = roster.signing(tx, sent.carrier)
    check_signature(secrets, sent.timestamp, sent.body, sent.signature, tx.now)
    try:
        answer = WAYS["web"].read_answer(sent.body)
    except CarrierTrouble:
        raise AnswerUnreadable from None
    if answer is None:
        return
    asked = traces.by_reference(tx, answer.carrier_ref)
    ours = next((one for one in asked if carrier.is_called(one.carrier)), None)
    if ours is None:
        raise NoSuchInquiry(reference=answer.carrier_ref)
    take_answer(tx, ours, answer)
