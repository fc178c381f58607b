"""Facts that rooms announce and other rooms may react to."""

from typing import ClassVar

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, tag_field="fact"):
    """Something that happened. Named in the past tense, stored for ever, never edited.

    ``journaled`` is false for a fact that its own room already keeps as a row of its own,
    such as an entry in a thread: writing it twice would only cost.
    """

    journaled: ClassVar[bool] = True
