"""Who is acting. Every service receives an actor; none of them reads a session."""

from enum import StrEnum
from typing import NewType

from msgspec import Struct

PersonId = NewType("PersonId", str)
ShopId = NewType("ShopId", str)


class Side(StrEnum):
    """The side of the counter an actor stands on."""

    BUYER = "buyer"
    SELLER = "seller"
    OPERATOR = "operator"
    SYSTEM = "system"


class Rank(StrEnum):
    """What a member of a shop's staff may do; each rank includes those below it."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"

    @property
    def reach(self) -> int:
        """Return how far this rank reaches: the higher, the more it may do."""
        return {"agent": 1, "manager": 2, "owner": 3}[self.value]

    def includes(self, other: "Rank") -> bool:
        """Tell whether this rank may do what ``other`` may."""
        return self.reach >= other.reach


class Role(StrEnum):
    """What somebody who runs the marketplace is there for, and what it allows."""

    LEAD = "lead"
    MEDIATOR = "mediator"
    READER = "reader"
    OUT = "out"


class Reach(StrEnum):
    """How far a block reaches: no words at all, or none that nobody asked for."""

    WRITING = "writing"
    FIRST = "first"


class Actor(Struct, frozen=True):
    """Someone already authenticated by the door they came through.

    ``shop`` and ``rank`` are set for a seller only. An API key acts as a seller, too; its id
    is then the key's own. ``name`` is what others see: a buyer's name, a colleague's first name.
    ``role`` is an operator's; without one they lead, as those do whom the installation added.
    ``barred`` is set while a block keeps this person or their shop from writing.
    """

    id: PersonId
    side: Side
    shop: ShopId | None = None
    rank: Rank | None = None
    name: str = ""
    role: Role | None = None
    barred: Reach | None = None

    def works_for(self, shop: ShopId, at_least: Rank = Rank.AGENT) -> bool:
        """Tell whether this is staff of ``shop`` of at least the given rank."""
        return self.shop == shop and self.rank is not None and self.rank.includes(at_least)


SYSTEM = Actor(id=PersonId("00000000-0000-7000-8000-000000000000"), side=Side.SYSTEM)
