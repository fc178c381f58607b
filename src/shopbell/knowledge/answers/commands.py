"""What may be asked of this room. Decode or convert what comes from outside, never construct it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shopbell.conversations.commands import Cmid
from shopbell.kernel.ids import Id
from shopbell.kernel.texts import Locale

QUESTION_MOST = 1_000
ANSWER_MOST = 4_000
REASON_MOST = 400

Question = Annotated[str, Meta(min_length=1, max_length=QUESTION_MOST)]
Given = Annotated[str, Meta(min_length=1, max_length=ANSWER_MOST)]
Reason = Annotated[str, Meta(min_length=1, max_length=REASON_MOST)]
Until = Annotated[datetime, Meta(tz=True)] | None
Order = Literal["helpful", "newest"]


class AskInPublic(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask on a product's page, of one variant or all, to be read once the shop has answered."""

    cmid: Cmid
    question: Question
    variant: Id | None = None


class ReplyInPublic(Struct, frozen=True, forbid_unknown_fields=True):
    """Answer a public question, in the thread of who asked and on the product's page."""

    cmid: Cmid
    answer: Given


class ProveAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """See what everybody would read of an answer to a public question."""

    answer: Given


class PublishAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """Put a question and its answer from a thread on the product's page, in these words.

    It answers the public question ``asked``; unnamed, the one that was asked right before it.
    """

    question: Question
    answer: Given
    variant: Id | None = None
    valid_until: Until = None
    asked: Id | None = None


class PutAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """Write an entry of the shop's FAQ, or any of its answers anew; without ``product`` of all."""

    question: Question
    answer: Given
    locale: Locale
    product: Id | None = None
    variant: Id | None = None
    valid_until: Until = None


class AnswerVote(Struct, frozen=True, forbid_unknown_fields=True):
    """Say whether an answer helped."""

    helped: bool


class AnswerReport(Struct, frozen=True, forbid_unknown_fields=True):
    """Tell the operator why an answer should not stand there."""

    why: Reason


class HideAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """Take an answer from the pages; the shop reads the reason."""

    reason: Reason
