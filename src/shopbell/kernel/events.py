"""Facts that rooms announce, and jobs they leave behind for a worker."""

from typing import ClassVar

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, tag_field="fact"):
    """Something that happened. Named in the past tense, stored for ever, never edited.

    ``journaled`` is false for a fact that its own room already keeps as a row of its own,
    such as an entry in a thread: writing it twice would only cost.
    """

    journaled: ClassVar[bool] = True


class Job(Struct, frozen=True, kw_only=True, tag_field="job"):
    """Work for a worker: slow, outside our control, or due later. Its class name is its kind."""
