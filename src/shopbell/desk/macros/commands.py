"""What may be asked of this room. Decode or convert what comes from outside, never construct it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.conversations.commands import Cmid
from shopbell.desk.macros.model import TEXT_MOST, MacroBody
from shopbell.kernel.ids import Id

SHEET_MOST = 2_000_000
"""Characters of one file of macros."""


class PutMacro(Struct, frozen=True, forbid_unknown_fields=True):
    """Write a macro, one's own or the shop's; anew only if it still has the ``version`` seen."""

    body: MacroBody
    own: bool = False
    version: Annotated[int, Meta(ge=1, le=1 << 31)] | UnsetType = UNSET


class TryMacro(Struct, frozen=True, forbid_unknown_fields=True):
    """See a macro that is not kept yet in one conversation."""

    body: MacroBody
    conversation: Id


class RunMacro(Struct, frozen=True, forbid_unknown_fields=True):
    """Use a macro once: to fill the field, or with all it does.

    ``text`` is what the agent made of its words; without it they go out as they fill themselves.
    """

    cmid: Cmid
    conversation: Id
    acts: bool = True
    text: Annotated[str, Meta(max_length=TEXT_MOST)] | UnsetType = UNSET


class ReadSheet(Struct, frozen=True, forbid_unknown_fields=True):
    """Bring in a file of macros, or with ``dry`` only say what it comes to."""

    table: Annotated[str, Meta(max_length=SHEET_MOST)]
    dry: bool = False
