"""Having others tell which of the found answers is nearest; what they cannot do is to add one."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct

from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Locale
from shopbell.knowledge.suggesting.model import Suggestion

MOST = 3
"""So many are shown."""


@runtime_checkable
class Comparer(Protocol):
    """Whoever tells how near texts are: the assistants, which may be none."""

    async def rerank(
        self, shop: ShopId, question: str, candidates: Sequence[str]
    ) -> list[float] | None:
        """Return how near each candidate is to a question, from -1 to 1; None if nobody can say."""
        ...


class Looked(Struct, frozen=True):
    """What was found for the words of somebody beside a shop's things, the surest first.

    ``locale`` is the language of who reads the answer; ``names`` are the same in all languages.
    A ``stranger`` has not signed in.
    """

    shop: ShopId
    words: str
    locale: Locale
    found: list[Suggestion]
    names: tuple[str, ...] = ()
    stranger: bool = False


async def nearest(comparer: Comparer, looked: Looked) -> list[Suggestion]:
    """Return what is shown of what was found: the nearest first, if somebody can tell.

    Nobody is asked where there is nothing to choose: words are typed all the time.
    """
    found = looked.found
    if len(found) > 1:
        texts = [f"{one.question}\n{one.answer}" for one in found]
        near = await comparer.rerank(looked.shop, looked.words, texts)
        if near is not None and len(near) == len(found):
            places = sorted(range(len(found)), key=lambda place: -near[place])
            found = [found[place] for place in places]
    return found[:MOST]
