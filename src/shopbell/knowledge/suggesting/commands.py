"""What may be asked of this room. Decode or convert what comes from outside, never construct it."""

from typing import Annotated

from msgspec import Meta, Struct

from shopbell.conversations.commands import TEXT_MOST
from shopbell.conversations.model import Subject
from shopbell.knowledge.suggesting.model import PieceId

SHOWN_MOST = 20


class Suggest(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody types about something; ``variant`` is the choice they look at, by its id."""

    subject: Subject
    words: Annotated[str, Meta(max_length=TEXT_MOST)]
    variant: Annotated[str, Meta(max_length=80)] = ""


class Confirm(Struct, frozen=True, forbid_unknown_fields=True):
    """Say for a shop that something is right, although buyers called it wrong."""

    id: PieceId


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """Say what became of what was shown.

    It ``helped``, so nothing was sent; that was taken back (``undone``); or it answered something
    else than was asked (``wrong``).
    """

    subject: Subject
    shown: Annotated[list[PieceId], Meta(max_length=SHOWN_MOST)] = []
    helped: PieceId | None = None
    undone: PieceId | None = None
    wrong: PieceId | None = None
