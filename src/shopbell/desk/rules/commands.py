"""What may be asked of rules. Decode or convert what comes from outside, never construct it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shopbell.desk.rules.model import RuleBody
from shopbell.kernel.ids import Id

DAYS_MOST = 90


class PutRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Write a rule, or anew if it still has the ``version`` that was seen."""

    body: RuleBody
    version: Annotated[int, Meta(ge=1, le=1 << 31)] | UnsetType = UNSET


class TryRule(Struct, frozen=True, forbid_unknown_fields=True):
    """See what a rule would make of one conversation now."""

    body: RuleBody
    conversation: Id


class RehearseRule(Struct, frozen=True, forbid_unknown_fields=True):
    """See what a rule would have done in the last ``days``."""

    body: RuleBody
    days: Annotated[int, Meta(ge=1, le=DAYS_MOST)] = 7
