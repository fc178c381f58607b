"""What a buyer is asked when a conversation is resolved, and what they say. No database, no web."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta, Struct

from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.events import Fact
from shopbell.kernel.texts import Locale

RatingId = NewType("RatingId", str)
Stars = Annotated[int, Meta(ge=1, le=5)]

ASK_AGAIN = timedelta(days=30)
"""A buyer is asked about one shop no more often than that."""

ANSWER_WITHIN = timedelta(days=14)
WORDS_MOST = 500


class Rating(Struct, frozen=True, kw_only=True):
    """What was asked after one conversation, and what the buyer has said so far.

    ``agent`` is whose the conversation was; ``stars`` and ``words`` may come later or never.
    """

    id: RatingId
    conversation: ConversationId
    buyer: PersonId
    shop: ShopId
    agent: PersonId | None
    locale: Locale
    asked_at: datetime
    helped: bool | None = None
    stars: int | None = None
    words: str = ""
    answered_at: datetime | None = None
    declined_at: datetime | None = None

    def takes(self, now: datetime) -> bool:
        """Tell whether the buyer may still answer, or say more."""
        return now < self.asked_at + ANSWER_WITHIN

    def follows(self, said: "Answer") -> bool:
        """Tell whether ``said`` takes back nothing that was said before."""
        return (
            self.helped in {None, said.helped}
            and self.stars in {None, said.stars}
            and self.words in {"", said.words}
        )


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """Say whether it helped; stars and a few words may be added.

    "Not yet" takes the matter up again: the words are what is missing.
    """

    helped: bool
    stars: Stars | None = None
    words: Annotated[str, Meta(max_length=WORDS_MOST)] = ""


class Asked(Struct, frozen=True):
    """What one side sees of it: the buyer is ``asked`` as long as there is something to say.

    Nobody is asked who said that they would rather not answer.
    """

    asked: bool = False
    helped: bool | None = None
    stars: int | None = None
    words: str = ""
    answered_at: datetime | None = None


class RatedLine(Struct, frozen=True):
    """The data of the line in the thread: its type says whether it helped."""


RATED_LINES = {True: "said_helped", False: "said_not_yet"}
"""The types of that line; the words and the stars stand beside the thread, not in it."""


class Verdict(StrEnum):
    """What a buyer says of a conversation, for rules that wait for one of both."""

    HELPED = "helped"
    NOT_YET = "not_yet"


class SatisfactionAsked(Fact, frozen=True, tag="satisfaction_asked"):
    """The fact: a buyer was asked whether a conversation helped.

    ``present``: they resolved it themselves, and have the question before their eyes.
    """

    rating: RatingId
    conversation: ConversationId
    buyer: PersonId
    present: bool = False


class Rated(Fact, frozen=True, tag="rated"):
    """The fact: a buyer said whether a conversation helped, and perhaps how well."""

    conversation: ConversationId
    shop: ShopId
    agent: PersonId | None
    helped: bool
    stars: int | None

    @property
    def verdict(self) -> Verdict:
        return Verdict.HELPED if self.helped else Verdict.NOT_YET
