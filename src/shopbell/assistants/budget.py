"""How much assistants may be asked: counted before, settled after, each day anew."""

from datetime import datetime, timedelta

from shopbell.assistants import storage
from shopbell.assistants.model import BudgetSpent
from shopbell.assistants.storage import ALL, Spent
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId

KEPT = timedelta(days=90)
_BYTES_A_TOKEN = 3


def tokens_in(text: str) -> int:
    """Return about how many tokens a text is, in any of our languages."""
    return len(text.encode(errors="replace")) // _BYTES_A_TOKEN + 1


def take(tx: Tx, shop: ShopId, tokens: int) -> str:
    """Take one call and about so many tokens out of today's budget, or refuse; return the day."""
    day, more, now = _day(tx.now), Spent(1, tokens), Spent()
    for whose, calls, most in _limits(tx, shop):
        now = storage.add(tx, day, whose, more)
        if now.calls > calls or now.tokens > most:
            raise BudgetSpent
    if now.calls == 1:
        storage.sweep(tx, _day(tx.now - KEPT))
    return day


def settle(tx: Tx, shop: ShopId, day: str, tokens: int) -> None:
    """Correct what was taken by what it really came to; less than nothing gives back."""
    for whose, _calls, _most in _limits(tx, shop):
        storage.add(tx, day, whose, Spent(0, tokens))


def _limits(tx: Tx, shop: ShopId) -> tuple[tuple[ShopId, int, int], ...]:
    own = tx.settings
    return (
        (ALL, own.assistants_calls, own.assistants_tokens),
        (shop, own.assistants_shop_calls, own.assistants_shop_tokens),
    )


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
