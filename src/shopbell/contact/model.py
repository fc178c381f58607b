"""The ladder as rules: who is told by which way, how long after something began to wait. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from shopbell.contact.refusals import LadderWrong
from shopbell.conversations.model import Channel, Conversation, ConversationId
from shopbell.conversations.turns import FIRST_LOOK
from shopbell.kernel.actor import PersonId
from shopbell.kernel.events import Job

PLAIN = 100
"""The pace, in percent, at which waits are as long as the rules say."""

LATEST = timedelta(days=14)
"""No step may come later: somebody who waits so long has been forgotten."""

PACES = {"product", "order", "shop", "case"}
"""What a conversation can be about, and whether a case is open in it: each may have a pace."""


class Whom(StrEnum):
    """Who is told that something waits."""

    BUYER = "buyer"
    TEAM = "team"
    STAFF = "staff"
    OWNER = "owner"
    OPERATOR = "operator"


class Step(StrEnum):
    """The rungs of the ladder. Below the first is the chat: the desk shows a message at once."""

    PUSH = "push"
    MAIL = "mail"
    PLATFORM = "platform"
    STAFF = "staff"
    OWNER = "owner"
    OPERATOR = "operator"


class Way(Struct, frozen=True):
    """By which channel a step reaches whom."""

    channel: str
    whom: Whom


TO_SHOP: Mapping[Step, Sequence[Way]] = {
    Step.PUSH: [Way("push", Whom.TEAM)],
    Step.MAIL: [Way("mail", Whom.TEAM)],
    Step.PLATFORM: [Way("platform", Whom.TEAM)],
    Step.STAFF: [Way("mail", Whom.STAFF), Way("push", Whom.STAFF)],
    Step.OWNER: [Way("push", Whom.OWNER), Way("mail", Whom.OWNER)],
    Step.OPERATOR: [Way("push", Whom.OPERATOR), Way("mail", Whom.OPERATOR)],
}
TO_BUYER: Mapping[Step, Sequence[Way]] = {
    Step.PUSH: [Way("push", Whom.BUYER)],
    Step.MAIL: [Way("mail", Whom.BUYER)],
    Step.PLATFORM: [Way("platform", Whom.BUYER)],
}
"""The ways of each step, the best first: the first that reaches them is taken."""

HURRIES = {Step.OWNER, Step.OPERATOR}
"""Steps that are taken although somebody of the shop has read the question: it is unanswered."""

CHOICES = (Step.PUSH, Step.MAIL, Step.PLATFORM)
"""Ways that a buyer who waits may choose at once."""


class Reach(Job, frozen=True):
    """Somebody is to be told, by one channel, what waits for them in a conversation.

    Attributes:
        since: the number of the first entry that waits.
        upto: the number of the last one that this step tells of; 0 if it tells of all.
        step: the step that this is, if it is one.
        chosen: the buyer asked for it, so that it is taken although the shop has read.
        told: people whom an earlier step has told: they are not among ``staff``.
    """

    conversation: ConversationId
    whom: Whom
    channel: str
    since: int
    upto: int = 0
    step: Step | None = None
    chosen: bool = False
    told: tuple[PersonId, ...] = ()

    def tells(self, seq: int) -> bool:
        """Tell whether it is about this entry."""
        return self.since <= seq and (not self.upto or seq <= self.upto)


class Reached(Struct, frozen=True):
    """The data of a ``contact`` entry: which step was taken, towards the shop or the buyer.

    ``chosen``: a buyer asked for it, before its time.
    """

    step: Step
    to: Whom
    chosen: bool = False


class Missed(Struct, frozen=True):
    """The data of a ``contact_missed`` entry: which step has reached nobody after all."""

    step: Step
    to: Whom


class Rung(Struct, frozen=True, forbid_unknown_fields=True):
    """A step is taken when something has waited for so long.

    For the shop only its opening hours count; for the operator, time since the promise was broken.
    """

    step: Step
    after: timedelta


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """The ladders of a marketplace or of one shop: by the channel of a question, and back.

    ``pace`` says for kinds of conversation how long waits are, in percent: half for an order at 50.
    """

    chat: list[Rung]
    message: list[Rung]
    email: list[Rung]
    back: list[Rung]
    pace: dict[str, int]

    def __post_init__(self) -> None:
        for channel in Channel:
            _check(channel, self.asking(channel), TO_SHOP)
            if self.asking(channel)[-1].step is not Step.OPERATOR:
                raise LadderWrong.at(channel, "last")
        _check("back", self.back, TO_BUYER)
        if wrong := sorted(set(self.pace) - PACES) or [
            kind for kind, pace in self.pace.items() if not 1 <= pace <= 10 * PLAIN
        ]:
            raise LadderWrong.at(wrong[0], "pace")

    def asking(self, channel: Channel) -> list[Rung]:
        """Return the ladder of a question that came by this channel."""
        ladders = {
            Channel.CHAT: self.chat,
            Channel.MESSAGE: self.message,
            Channel.EMAIL: self.email,
        }
        return ladders[channel]

    def wait(self, rung: Rung, talk: Conversation) -> timedelta:
        """Return how long a step is waited for in this conversation."""
        return self.paced(rung, [str(talk.subject.kind), *(["case"] if talk.open_cases else [])])

    def paced(self, rung: Rung, kinds: Sequence[str]) -> timedelta:
        """Return how long a step is waited for where a conversation is of these kinds."""
        pace = min(self.pace.get(kind, PLAIN) for kind in kinds)
        return min(LATEST, max(FIRST_LOOK, rung.after * pace / PLAIN))


def _check(name: str, rungs: Sequence[Rung], ways: Mapping[Step, object]) -> None:
    """Refuse a ladder on which somebody would be told twice, never, or in the wrong order."""
    steps, waits = [rung.step for rung in rungs], [rung.after for rung in rungs]
    operator = waits.pop() if steps and steps[-1] is Step.OPERATOR else FIRST_LOOK
    if not steps or any(step not in ways for step in steps):
        raise LadderWrong.at(name, "step")
    if len(set(steps)) < len(steps):
        raise LadderWrong.at(name, "twice")
    if waits != sorted(set(waits)):
        raise LadderWrong.at(name, "order")
    if min([*waits, operator]) < FIRST_LOOK:
        raise LadderWrong.at(name, "soon")
    if max([*waits, operator]) > LATEST:
        raise LadderWrong.at(name, "late")


class Laid(Struct, frozen=True):
    """Rules that were laid down in a scope: by whom, and when."""

    rules: Rules
    by: PersonId
    at: datetime


class Waited(Struct, frozen=True):
    """How far the ladder has come towards one side, whatever waits for it.

    Attributes:
        began: since when the clock runs by which owner and operator are asked, each once.
        taken: the newest entry that each step has told of.
        passed: the newest entry for which each step was passed over, as it reached nobody.
        hasty: a step that was taken has reached nobody: the next is to be taken at once.
    """

    began: datetime | None = None
    taken: dict[Step, int] = {}
    passed: dict[Step, int] = {}
    hasty: bool = False

    def behind(self, step: Step) -> int:
        """Return the newest entry for which a step will not be taken any more by itself."""
        return max(self.taken.get(step, 0), self.passed.get(step, 0))

    def by_clock(self, began: datetime) -> "Waited":
        """Return it by the clock that runs now: with another, owner and operator come anew."""
        if self.began == began:
            return self
        return replace(self, began=began, taken=_told_of(self.taken), passed=_told_of(self.passed))

    def after(self, step: Step, upto: int, *, taken: bool) -> "Waited":
        """Return how far it has come with one more step behind it."""
        if taken:
            return replace(self, taken={**self.taken, step: upto}, hasty=False)
        return replace(self, passed={**self.passed, step: upto})

    def missing(self, step: Step, *, hasty: bool) -> "Waited":
        """Return how far it has come if a step that was taken has reached nobody."""
        left = {one: upto for one, upto in self.taken.items() if one is not step}
        passed = {**self.passed, step: self.behind(step)}
        return replace(self, taken=left, passed=passed, hasty=hasty)


def _told_of(steps: Mapping[Step, int]) -> dict[Step, int]:
    return {step: upto for step, upto in steps.items() if step not in HURRIES}
