"""Carriers with a service of their own: asked over HTTP, signed; they call back or are looked at.

The documents are in ``docs/connect/carriers.md``.
"""

import re
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shopbell.carriers.model import Asked, CarrierTrouble, Question
from shopbell.cases.fields import LINK, LINK_MOST, TEXT_MOST
from shopbell.cases.model import CarrierAnswer, TraceOutcome
from shopbell.commerce.carriers import Carrier
from shopbell.commerce.signing import sign
from shopbell.engine.calling import Answer, NoAnswer, call

NAME_MOST = 200


class Accepted(Struct, frozen=True):
    """A carrier's receipt for a question."""

    reference: str


class Told(Struct, frozen=True):
    """What a carrier's service says of a question; ``proof_url`` leads to its proof of delivery."""

    state: Literal["open", "answered"] = "answered"
    reference: str = ""
    outcome: str = ""
    said: str = ""
    signed_by: str = ""
    proof_url: str = ""


class ByWeb:
    """Ask a carrier's service. Whoever it is, it may be slow, wrong, or gone."""

    name = "web"

    def serves(self, carrier: Carrier) -> bool:
        return bool(carrier.api)

    async def ask(self, question: Question) -> Asked:
        """Put the question; a service that knows its key gives the receipt of the first time."""
        asked = {
            "number": question.number,
            "reason": question.reason,
            "asked_at": question.asked_at,
            "answer_by": question.due_at,
            "callback": question.callback,
        }
        answer = await _call(question, "POST", "/inquiries", msgspec.json.encode(asked))
        if answer.status == HTTPStatus.NOT_FOUND:
            return Asked(answer=CarrierAnswer(TraceOutcome.UNKNOWN, said=_words(answer.content)))
        reference = _read(_sound(answer), Accepted).reference[:NAME_MOST]
        if not reference:
            raise CarrierTrouble("no reference in the answer")
        return Asked(reference=reference)

    async def look(self, question: Question) -> CarrierAnswer | None:
        """Look at the question by its reference."""
        answer = await _call(question, "GET", f"/inquiries/{question.carrier_ref}")
        return self.read_answer(_sound(answer))

    def read_answer(self, said: bytes) -> CarrierAnswer | None:
        """Read what the service says; an outcome that we do not know is one nobody knows."""
        told = _read(said, Told)
        if told.state == "open":
            return None
        known = {outcome.value for outcome in TraceOutcome} - {TraceOutcome.SILENT}
        outcome = told.outcome if told.outcome in known else TraceOutcome.UNKNOWN
        return CarrierAnswer(
            TraceOutcome(outcome),
            said=told.said[:TEXT_MOST],
            signed_by=told.signed_by[:NAME_MOST],
            carrier_ref=told.reference[:NAME_MOST],
            proof_url=told.proof_url if _is_safe(told.proof_url) else "",
        )


def _is_safe(address: str) -> bool:
    """Tell whether people may be led to an address that a carrier gave."""
    return len(address) <= LINK_MOST and re.fullmatch(LINK, address) is not None


async def _call(question: Question, method: str, path: str, body: bytes = b"") -> Answer:
    moment = str(round(question.asked_at.timestamp()))
    headers = {
        "content-type": "application/json",
        "idempotency-key": question.trace,
        "shopbell-timestamp": moment,
        "shopbell-signature": f"sha256={sign(question.secret, moment, body)}",
    }
    try:
        return await call(method, question.carrier.api.rstrip("/") + path, body, headers)
    except NoAnswer as trouble:
        raise CarrierTrouble(str(trouble)) from trouble


def _sound(answer: Answer) -> bytes:
    if not answer.is_success:
        raise CarrierTrouble(f"HTTP {answer.status}")
    return answer.content


def _read(said: bytes, kind: Any) -> Any:  # noqa: ANN401 - msgspec's own shape
    try:
        return msgspec.json.decode(said, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise CarrierTrouble("the answer cannot be read") from None


def _words(said: bytes) -> str:
    """Return the words of an error, if it has any."""
    try:
        return str(_read(said, Told).said)[:TEXT_MOST]
    except CarrierTrouble:
        return ""
