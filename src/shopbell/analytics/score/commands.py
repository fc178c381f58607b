"""What is asked of the score, and what it shows."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shopbell.analytics.score.model import (
    Appeal,
    Ground,
    Numbers,
    Outcome,
    Profile,
    Rule,
    Standing,
    Trend,
    Verdict,
    Why,
)
from shopbell.conversations.commands import ATTACHMENTS_MOST
from shopbell.conversations.model import Attachment, Channel, ConversationId
from shopbell.kernel.actor import ShopId
from shopbell.kernel.ids import Id
from shopbell.kernel.texts import Words


class ScoreShown(Struct, frozen=True, kw_only=True):
    """How a shop stands, by which rule, and what comes; ``appeals`` are its newest ones.

    ``proofs`` are the files of these appeals, by the id of the appeal.
    """

    shop: ShopId
    standing: Standing
    rule: Rule
    coming: list[Rule]
    trend: list[Trend]
    verdicts: dict[Verdict, int]
    appeals: list[Appeal]
    proofs: dict[str, list[Attachment]]
    behind: float


class RoundShown(Struct, frozen=True, kw_only=True):
    """A round behind a score; ``seconds`` by the rule's clock, ``took`` by the one on the wall.

    ``seq`` is the number of the message that began it, if that stands where it was written;
    ``appeal`` is the id of the appeal on it, ``outcome`` what came of that.
    """

    conversation: ConversationId
    n: int
    seq: int | None
    subject: Words
    buyer: str
    started: datetime
    answered: datetime | None
    took: float | None
    seconds: float | None
    channel: Channel | None
    agent: str
    verdict: Verdict
    counted: bool
    appeal: str | None
    outcome: Outcome | None


class ScoreRounds(Struct, frozen=True):
    """A page of the rounds behind a score, the newest first."""

    items: list[RoundShown]
    next: str | None


class FileAppeal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask that a round should not count; ``id`` is yours, so that asking twice is asking once.

    ``files`` were uploaded into the conversation before; the buyer does not see them.
    """

    id: Id
    conversation: ConversationId
    n: Annotated[int, Meta(ge=1)]
    ground: Ground
    words: Why
    files: Annotated[list[Id], Meta(max_length=ATTACHMENTS_MOST)] = []


class DecideAppeal(Struct, frozen=True, forbid_unknown_fields=True):
    """Grant an appeal or deny it, with a reason that the shop reads."""

    outcome: Outcome
    answer: Why


class LayRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Have all shops judged by a profile from ``since`` on; at once, if it is left out.

    ``numbers`` are the operator's own, in place of those that come with the profile.
    """

    profile: str
    since: datetime | None = None
    numbers: Numbers | None = None


class ScoreRules(Struct, frozen=True):
    """The rule that judges, those to come and those of before; and what can be chosen."""

    rule: Rule
    laid_down: list[Rule]
    profiles: list[Profile]


class Ranked(Struct, frozen=True):
    """A shop and how it stands."""

    shop: ShopId
    slug: str
    name: str
    standing: Standing


class AppealShown(Struct, frozen=True):
    """An appeal that waits, with the round it is about and its files."""

    appeal: Appeal
    shop: str
    round: RoundShown | None
    files: list[Attachment]


class AppealQueue(Struct, frozen=True):
    """The appeals that wait, the oldest first."""

    items: list[AppealShown]
    more: bool
