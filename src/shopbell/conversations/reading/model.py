"""What is read out of words. No database, no web."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from shopbell.conversations.commands import TEXT_MOST
from shopbell.conversations.model import Card, Subject
from shopbell.language.model import Courtesy, FactKind, Hidden, Matter, Need


class Unsent(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that somebody is writing in a conversation.

    ``photos`` says whether pictures will go with them, ``today`` which day it is for the writer.
    """

    text: Annotated[str, Meta(max_length=TEXT_MOST)]
    photos: bool = False
    today: date | None = None


class FirstUnsent(Unsent, frozen=True, kw_only=True):
    """Words about ``subject``, of which there is no conversation yet."""

    subject: Subject


class ReadFact(Struct, frozen=True, omit_defaults=True):
    """Something that words name: its place in them, and what it is, if the writer may see it."""

    kind: FactKind
    value: str
    start: int
    end: int
    card: Card | None = None


class Choice(Struct, frozen=True):
    """What may be meant, and the number or code that names it in words."""

    card: Card
    code: str


class Reading(Struct, frozen=True, kw_only=True):
    """What words say that were not sent yet.

    ``missing`` is the next thing that the shop must know, of which ``choices`` may be meant.
    ``hidden`` is what the other side would not be shown.
    """

    matters: list[Matter]
    facts: list[ReadFact]
    missing: Need | None
    choices: list[Choice]
    courtesy: Courtesy
    hidden: list[Hidden]


class Lacking(Struct, frozen=True):
    """What is still missing, and how to ask for it in the buyer's language."""

    need: Need
    question: str


class ThreadReading(Struct, frozen=True, kw_only=True):
    """What a buyer has said so far."""

    matters: list[Matter]
    facts: list[ReadFact]
    missing: list[Lacking]
