"""What assistants are asked, what they answer, and what becomes of it. Data, never an action."""

from typing import NamedTuple

from msgspec import Struct

from shopbell.kernel.refusals import TooMany


class AssistantTrouble(Exception):
    """An assistant did not help, for now; the message says why. We go on without it."""


class BudgetSpent(TooMany):
    """Assistants were asked so much today that they rest until tomorrow."""


class Used(NamedTuple):
    """What an assistant returned, and how many tokens it took; 0 if it did not say."""

    text: str
    tokens: int = 0
    language: str = ""


class Source(Struct, frozen=True):
    """Something that an answer may be drafted from: its name, and what it says."""

    id: str
    text: str


class DraftedAnswer(Struct, frozen=True):
    """An answer that somebody may send after reading it, and the sources it was made from."""

    text: str
    sources: list[str]


class TranslationPreview(Struct, frozen=True):
    """What a reader of another language will see, and what that says in one's own again."""

    text: str
    back: str
    language: str
