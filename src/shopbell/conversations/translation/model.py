"""What a translation is, and how it is asked for."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shopbell.conversations.model import Seq
from shopbell.kernel.actor import ShopId
from shopbell.kernel.events import Job
from shopbell.kernel.texts import Locale

ASKED_MOST = 50


class AskTranslations(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for what some messages say; ``again`` only looks whether it has come meanwhile."""

    seqs: Annotated[list[Seq], Meta(min_length=1, max_length=ASKED_MOST)]
    again: bool = False


class Translation(Struct, frozen=True):
    """What a message says in the reader's language; ``language`` is the one it was written in."""

    seq: int
    text: str
    language: str


class Translations(Struct, frozen=True):
    """What is translated so far, and the numbers of the messages that are being worked on."""

    items: list[Translation]
    waiting: list[int]


class Said(Struct, frozen=True):
    """Words as the thread shows them; ``words`` is the entry they stand in, which an edit moves."""

    seq: int
    words: str
    text: str


class Work(Struct, frozen=True):
    """What waits to be translated in a conversation: for whose shop, and whose names stay."""

    shop: ShopId
    names: list[str]
    said: list[Said]


class TranslateMessage(Job, frozen=True):
    """Put a message into a reader's language; what it says is read when it is done."""

    stream: str
    seq: int
    locale: Locale
    asked_at: datetime

    @property
    def key(self) -> str:
        """Name it, so that it waits once however many readers ask."""
        return f"translate:{self.stream}:{self.seq}:{self.locale}"
