"""What a block is, and who may do what about it. No database, no web.

A block takes words away, never rights: whoever is blocked still opens cases and takes their
steps, and still writes to the operator, so no deadline has to wait for them.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta, Struct

from shopbell.kernel.actor import Actor, PersonId, Rank, Reach
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import Id

BlockId = NewType("BlockId", str)
Words = Annotated[str, Meta(max_length=2_000)]
LONGEST = timedelta(days=366)
ENDS = "block_ends"
"""The deadline at which a block ends by itself."""


class Subject(StrEnum):
    """What stands blocked."""

    PERSON = "person"
    SHOP = "shop"


class Reason(StrEnum):
    """Why somebody is blocked; the words beside it say more."""

    ABUSE = "abuse"
    SPAM = "spam"
    FRAUD = "fraud"
    CONTACTS = "contacts"
    RULES = "rules"


class Ending(StrEnum):
    """How a block came to its end."""

    EXPIRED = "expired"
    LIFTED = "lifted"
    APPEALED = "appealed"


class Block(Struct, frozen=True):
    """One block, with what its subject said to it, and what was decided about that."""

    id: BlockId
    subject: str
    kind: Subject
    reach: Reach
    reason: Reason
    words: str
    by: PersonId
    at: datetime
    until: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    appeal: str | None = None
    appealed_by: PersonId | None = None
    appealed_at: datetime | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    answer: str | None = None

    @property
    def waits(self) -> bool:
        """Tell whether an appeal waits for another operator."""
        return self.appealed_at is not None and self.decided_at is None and self.ended_at is None

    def concerns(self, actor: Actor) -> bool:
        """Tell whether this is the actor's own block, or their shop's."""
        return self.subject in {actor.id, actor.shop}

    def may_appeal(self, actor: Actor) -> bool:
        """Tell whether ``actor`` speaks for whoever is blocked: of a shop's staff, its managers."""
        if self.kind is Subject.PERSON:
            return self.subject == actor.id
        return actor.shop is not None and actor.works_for(actor.shop, Rank.MANAGER)


class PutBlock(Struct, frozen=True, forbid_unknown_fields=True):
    """Block somebody or a shop, until a moment or until further notice.

    ``id`` is the asker's own name for this request; asked again, nothing more happens.
    """

    id: Id
    subject: Id
    kind: Subject
    reach: Reach
    reason: Reason
    words: Words
    until: datetime | None = None


class BlocksChanged(Fact, frozen=True):
    """The fact: somebody, or a shop, may write less than before, or more."""

    subject: str
    reach: Reach | None
