"""Asking the assistants that are plugged in: paid for, checked, and never needed.

Each function is called between transactions: an assistant may take seconds. What an assistant says
is text for people to read; nothing of it is ever done.
"""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from operator import mul

import msgspec

from shopbell.assistants import budget
from shopbell.assistants.contracts import Passage
from shopbell.assistants.glossary import Glossary, Wanted
from shopbell.assistants.model import (
    AssistantTrouble,
    BudgetSpent,
    DraftedAnswer,
    Source,
    Used,
)
from shopbell.assistants.plugs import Plugged
from shopbell.engine import metrics
from shopbell.engine.database import Database
from shopbell.engine.log import log
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import Locale
from shopbell.language.detect import detect
from shopbell.language.passages import unwrap, wrap

READ_MOST = 10_000
"""A text longer than any message is translated by nobody."""

DRAFT_MOST = 2_000
COMPARED_MOST = 50
COMPARED_SECONDS = 0.4
"""So long waits who types for answers to be put in order; longer, and they stay as they are."""

_NUMBER = re.compile(r"\d+")
_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+", re.IGNORECASE)


class Assistants:
    """Those who may help here, and the purse they are paid from."""

    def __init__(self, db: Database, plugs: Plugged) -> None:
        self.db, self.plugs = db, plugs
        self._glossary = Glossary(db.clock)

    async def translate(
        self,
        shop: ShopId,
        text: str,
        locale: Locale,
        names: Collection[str] = (),
        *,
        known: Locale | None = None,
    ) -> tuple[str, str]:
        """Return from which language a text was translated, and the translation.

        ``known`` is the language it is in, where that need not be guessed.
        The translation is empty if what must stay as it is did not come back. Raises
        `AssistantTrouble` or `BudgetSpent`.
        """
        translator, source = self.plugs.translator, known or detect(text)
        if translator is None:
            raise AssistantTrouble("nobody translates here")
        if source == locale or len(text) > READ_MOST:
            return source, ""
        wrapped = wrap(text, names)
        passage = Passage(wrapped.text, source, locale)
        used = await self._paid(
            shop, translator.name, wrapped.text, lambda: translator.translate(passage)
        )
        found = unwrap(used.text, wrapped)
        if found is None:
            metrics.ASSISTED.labels(translator.name, "spoilt").inc()
        language = used.language if source == "other" and used.language else source
        return language, "" if found is None or found == text.strip() else found

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
        """Return a text that everybody may read in another language; None if nobody has it soon.

        It is made once for all readers. Where it is empty or None, the original is read. Not
        ``anew`` asks nobody: it costs nothing, and tells what was made for others.
        """
        translator = self.plugs.translator
        if translator is None:
            return None
        wanted = Wanted(shop, text, known, locale)
        if not anew:
            return self._glossary.held(wanted)

        async def make() -> str | None:
            try:
                _, made = await self.translate(shop, text, locale, names, known=known)
            except (AssistantTrouble, BudgetSpent) as trouble:
                _tell(translator.name, trouble)
                return None
            return made

        return await self._glossary.get(wanted, make)

    async def rerank(
        self, shop: ShopId, question: str, candidates: Sequence[str]
    ) -> list[float] | None:
        """Return how near each candidate is to a question, from -1 to 1; None if nobody can say.

        Then whoever asked keeps the order found without help.
        """
        embedder, texts = self.plugs.embedder, [question, *candidates]
        if embedder is None or not candidates or len(candidates) > COMPARED_MOST:
            return None
        try:
            if embedder.costs:
                await self.db.write(budget.take, shop, budget.tokens_in("\n".join(texts)))
            async with asyncio.timeout(COMPARED_SECONDS):
                places = await embedder.embed(texts)
        except (AssistantTrouble, BudgetSpent, TimeoutError) as trouble:
            _tell(embedder.name, trouble)
            return None
        return _nearness(places, len(texts))

    async def draft(
        self, shop: ShopId, question: str, sources: Sequence[Source], locale: Locale
    ) -> DraftedAnswer | None:
        """Return an answer drafted out of sources; None if there is none that they bear out."""
        writer = self.plugs.writer
        if writer is None or not sources:
            return None
        given = "\n".join([question, *(source.text for source in sources)])
        try:
            used = await self._paid(
                shop, writer.name, given, lambda: writer.write(question, sources, locale)
            )
        except (AssistantTrouble, BudgetSpent) as trouble:
            _tell(writer.name, trouble)
            return None
        drafted = borne_out(used.text, question, sources)
        if drafted is None:
            metrics.ASSISTED.labels(writer.name, "dropped").inc()
        return drafted

    async def _paid(
        self, shop: ShopId, who: str, given: str, asking: Callable[[], Awaitable[Used]]
    ) -> Used:
        """Take what it may cost before, and settle what it did cost after."""
        guess = 2 * budget.tokens_in(given)
        day = await self.db.write(budget.take, shop, guess)
        used = await asking()
        cost = used.tokens or guess
        metrics.ASSISTED_TOKENS.labels(who).inc(cost)
        if cost != guess:
            await self.db.write(budget.settle, shop, day, cost - guess)
        return used


def borne_out(said: str, question: str, sources: Sequence[Source]) -> DraftedAnswer | None:
    """Read what a writer returned; None unless it names given sources, and they hold its numbers.

    A number or an address that stands in none of them was made up, or slipped in.
    """
    try:
        drafted = msgspec.json.decode(_unfenced(said), type=DraftedAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    known = {source.id: source.text for source in sources}
    words = drafted.text.strip()
    if not words or len(words) > DRAFT_MOST or not drafted.sources:
        return None
    if not known.keys() >= set(drafted.sources):
        return None
    cited = "\n".join(known[name] for name in drafted.sources)
    numbers = set(_NUMBER.findall(f"{question}\n{cited}"))
    if not numbers >= set(_NUMBER.findall(words)):
        return None
    if any(link not in cited for link in _LINK.findall(words)):
        return None
    return DraftedAnswer(words, list(dict.fromkeys(drafted.sources)))


def _unfenced(said: str) -> str:
    """Return JSON without the fence that models like to put around it."""
    inner = said.strip().removeprefix("```json").removeprefix("```")
    return inner.removesuffix("```")


def _nearness(places: list[list[float]], count: int) -> list[float] | None:
    """Return the cosines between the first place and the others; None if they are no places."""
    if len(places) != count or len({len(place) for place in places}) != 1 or not places[0]:
        return None
    if not all(math.isfinite(number) for place in places for number in place):
        return None
    lengths = [math.hypot(*place) for place in places]
    return [
        sum(map(mul, places[0], place)) / (lengths[0] * length) if lengths[0] and length else 0.0
        for place, length in zip(places[1:], lengths[1:], strict=True)
    ]


def _tell(who: str, trouble: Exception) -> None:
    log().info("an assistant did not help", who=who, trouble=str(trouble) or "too late")
