"""How what was said is shown: abuse is kept and acknowledged as any, and folded for its reader.

What upset people say stays as it is. Their author, their colleagues and the operator see it.
"""

from functools import lru_cache
from typing import Literal

from msgspec import UNSET, UnsetType

from shopbell.kernel.actor import PersonId, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.language.courtesy import is_abusive

Tone = Literal["abusive"]
ABUSIVE: Tone = "abusive"

GLIMPSES_KNOWN, GLIMPSE_MOST = 4_096, 200
_of_glimpse = lru_cache(GLIMPSES_KNOWN)(is_abusive)


class SpokeRudely(Fact, frozen=True, tag="spoke_rudely"):
    """Somebody was abusive in message ``seq`` of a conversation, or in a correction of it."""

    conversation: str
    shop: ShopId
    author: PersonId
    side: Side
    seq: int


def tone_of(side: Side, text: str) -> Tone | UnsetType:
    """Return the tone in which a buyer or a shop speaks, if it has to be folded."""
    if side not in {Side.BUYER, Side.SELLER}:
        return UNSET
    hurts = _of_glimpse(text) if len(text) <= GLIMPSE_MOST else is_abusive(text)
    return ABUSIVE if hurts else UNSET


def folded_for(reader: Side, author: Side, tone: Tone | UnsetType) -> bool:
    """Tell whether a reader sees a line of warning in place of the words: the other side does."""
    return tone is ABUSIVE and reader in {Side.BUYER, Side.SELLER} and reader is not author
