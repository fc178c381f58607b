"""What may be asked of cases. Decode it from outside, never construct it from there."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.cases.fields import Field, TakenLine
from shopbell.cases.money import Part
from shopbell.cases.shown import CaseListed
from shopbell.commerce.model import Money, ShortText
from shopbell.conversations.commands import Cmid
from shopbell.conversations.model import Subject
from shopbell.knowledge.model import Profile


class OpenCase(Struct, frozen=True, forbid_unknown_fields=True):
    """Open a case of a kind about ``subject``, with what its form asks for."""

    cmid: Cmid
    kind: Annotated[str, Meta(min_length=1, max_length=32)]
    subject: Subject
    given: dict[str, Any] = {}


class Act(Struct, frozen=True, forbid_unknown_fields=True):
    """Take a step of a case, with the details it asks for.

    With ``version``, only if nobody acted since the case was seen at that version; who agrees to
    what somebody else wrote (an offer, a drafted decision) must give it.
    """

    cmid: Cmid
    action: Annotated[str, Meta(min_length=1, max_length=48)]
    given: dict[str, Any] = {}
    version: int | UnsetType = UNSET


class Preview(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what the rules say of things of an order, for a reason, before a return is asked for."""

    order: Annotated[str, Meta(max_length=64)]
    lines: Annotated[list[TakenLine], Meta(min_length=1, max_length=200)]
    reason: Annotated[str, Meta(max_length=40)]


class Rehearse(Struct, frozen=True, forbid_unknown_fields=True):
    """Try rules on last year's cases, the newest first, or those before the case ``before``."""

    body: Profile
    before: Annotated[str, Meta(max_length=64)] = ""


class AskRefund(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for one part of the money of a case's order."""

    cmid: Cmid
    part: Part
    amount: Money
    lines: list[TakenLine] = []


class RefundStep(Struct, frozen=True, forbid_unknown_fields=True):
    """Take a step of a refund; what was paid by hand needs the ``reference`` of the payment."""

    cmid: Cmid
    action: Annotated[str, Meta(min_length=1, max_length=48)]
    reference: ShortText = ""


class Form(Struct, frozen=True):
    """What it takes to open a case of a kind."""

    kind: str
    needs_order: bool
    asks: list[Field]
    takes: list[Field]


class CasePage(Struct, frozen=True):
    """A part of a list of cases; ``next`` is given back as ``after`` to go on."""

    items: list[CaseListed]
    next: str | None = None
