"""What may be asked of insight. Decode or convert what comes from outside, never construct it."""

from typing import Annotated

from msgspec import Meta, Struct

from shopbell.kernel.ids import Id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers.commands import Given, Question

Line = Annotated[str, Meta(min_length=1, max_length=200)]
Key = Annotated[str, Meta(min_length=1, max_length=80)]


class NewAttribute(Struct, frozen=True, forbid_unknown_fields=True):
    """A line for the specification of a product."""

    name: Line
    value: Line


class NewAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry for the FAQ of a product."""

    question: Question
    answer: Given


class AddToListing(Struct, frozen=True, forbid_unknown_fields=True):
    """Add an ``attribute`` or an ``answer`` to a listing, because buyers asked: ``key`` says what.

    The same ``id`` again adds nothing more.
    """

    id: Id
    key: Key
    locale: Locale
    attribute: NewAttribute | None = None
    answer: NewAnswer | None = None
