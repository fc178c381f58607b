"""Showing answers that everybody may read in the reader's language, where somebody translates.

The answer as it was written is told beside; it is all that is shown if no translation comes soon.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable

from msgspec.structs import replace

from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Locale
from shopbell.knowledge.suggesting.model import Suggestion
from shopbell.knowledge.suggesting.ordering import Comparer, Looked
from shopbell.language.guard import find_hidden

EVERYBODYS = ("attribute", "question")
"""Of these kinds is what a shop has said to all; the rules are there in every language."""


@runtime_checkable
class Helper(Comparer, Protocol):
    """Whoever puts answers in order and translates them: the assistants, which may be none."""

    async def interpret(
        self,
        shop: ShopId,
        text: str,
        locale: Locale,
        names: Collection[str] = (),
        *,
        known: Locale,
        anew: bool = True,
    ) -> str | None:
        """Return a text of language ``known`` in another; None if nobody has it soon.

        Not ``anew``, it is only what was made for others.
        """
        ...


async def translated(
    helper: Helper, looked: Looked, found: Sequence[Suggestion]
) -> list[Suggestion]:
    """Return what is shown, each answer in the reader's language if it is there in time.

    For strangers nobody translates: anybody could spend a shop's budget by it.
    """
    return list(await asyncio.gather(*(_translated(helper, looked, one) for one in found)))


async def _translated(helper: Helper, looked: Looked, one: Suggestion) -> Suggestion:
    if one.kind not in EVERYBODYS or not one.answer or one.locale == looked.locale:
        return one
    words = [one.answer, one.question] if one.kind == "question" else [one.answer]
    answer, *question = await asyncio.gather(
        *(
            helper.interpret(
                looked.shop,
                text,
                looked.locale,
                looked.names,
                known=one.locale,
                anew=not looked.stranger,
            )
            for text in words
        )
    )
    if not answer or (find_hidden(answer) and not find_hidden(one.answer)):
        return one
    return replace(
        one,
        question=next((text for text in question if text), one.question),
        answer=answer,
        locale=looked.locale,
        original=one.answer,
        written_in=one.locale,
    )
