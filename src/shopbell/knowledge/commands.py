"""What may be asked of this room. Decode or convert what comes from outside, never construct it."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shopbell.knowledge.model import Code, Profile


class Publish(Struct, frozen=True, forbid_unknown_fields=True):
    """Publish a profile anew, as a whole; ``after`` is the version it was written from.

    The first version of a profile comes ``after`` 0. Without ``effective_from`` it
    counts at once.
    """

    body: Profile
    after: int = 0
    effective_from: Annotated[datetime, Meta(tz=True)] | None = None


class Choose(Struct, frozen=True, forbid_unknown_fields=True):
    """Have the marketplace go by a profile."""

    profile: Code
