"""What is asked of a carrier, and what becomes of asking."""

from datetime import datetime

from msgspec import Struct

from shopbell.cases.model import CarrierAnswer
from shopbell.commerce.carriers import Carrier
from shopbell.kernel.events import Job
from shopbell.kernel.refusals import NotFound
from shopbell.kernel.texts import Locale


class NoSuchInquiry(NotFound):
    """No question of ours to this carrier has this reference."""


class CarrierTrouble(Exception):
    """A carrier could not be asked, for now; the message says why, for the shop to read."""


class Question(Struct, frozen=True, kw_only=True):
    """One question to a carrier, with all that it takes to ask it.

    Attributes:
        trace: its id, the same however often it is asked: the key by which it is asked once.
        reason: why it is asked; ``not_received`` asks for the proof of delivery.
        shop: who asks.
        secret: what we and this carrier sign with.
        callback: where its service may send the answer.
    """

    trace: str
    carrier: Carrier
    number: str
    reason: str
    asked_at: datetime
    due_at: datetime
    shop: str
    carrier_ref: str = ""
    secret: str = ""
    callback: str = ""


class CarrierLetter(Job, frozen=True):
    """An inquiry to be mailed to a carrier; its answer comes to the address of its ``token``."""

    trace: str
    to: str
    subject: str
    body: str
    locale: Locale
    token: str


class HearCarrier(Job, frozen=True):
    """Look whether a carrier has answered; ``looks`` counts how often that was done before."""

    trace: str
    looks: int = 0


class Asked(Struct, frozen=True):
    """What became of asking: the carrier's reference, a letter to be mailed, or an answer."""

    reference: str = ""
    letter: CarrierLetter | None = None
    answer: CarrierAnswer | None = None
