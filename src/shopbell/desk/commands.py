"""What may be asked of the desk. No database, no web."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.conversations.model import TalkKind
from shopbell.desk.model import CAPACITY_MOST, TAG_LETTERS_MOST, Attendance, Colour
from shopbell.kernel.actor import PersonId
from shopbell.kernel.ids import Id
from shopbell.kernel.texts import Locale


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client asks for."""


class Assign(_Asked, frozen=True):
    """Give a conversation to somebody, or take it oneself; ``over``: although they are full."""

    to: Id
    over: bool = False

    @property
    def person(self) -> PersonId:
        """Return to whom."""
        return PersonId(self.to)


Event = Literal["buyer", "case", "parcel"]
"""What a conversation may be put aside for, beside a time."""


class Snooze(_Asked, frozen=True):
    """Put a conversation aside until a time, or until something happens; one of the two."""

    until: datetime | None = None
    waits_for: Event | None = None


class Sort(_Asked, frozen=True):
    """Say what kind a conversation is."""

    kind: TalkKind


class MakeTag(_Asked, frozen=True):
    """Have a tag of this name; if there is one, it takes the colour."""

    name: Annotated[str, Meta(max_length=4 * TAG_LETTERS_MOST)]
    colour: Colour = Colour.GREY


class ChoosePresence(_Asked, frozen=True):
    """Be available, busy, away or off; ``shift_ends_at``: be off by itself from then on."""

    presence: Attendance
    shift_ends_at: datetime | UnsetType | None = UNSET


class Equip(_Asked, frozen=True):
    """Say how much somebody can take, and what they know; no capacity: as the shop's rule says."""

    capacity: Annotated[int, Meta(ge=0, le=CAPACITY_MOST)] | None = None
    languages: Annotated[list[Locale], Meta(max_length=3)] = []
    kinds: Annotated[list[TalkKind], Meta(max_length=len(TalkKind))] = []
