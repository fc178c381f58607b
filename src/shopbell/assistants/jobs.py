"""Translating what readers wait for: by a worker, once for all readers of a language."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from shopbell.assistants.helping import Assistants
from shopbell.assistants.model import AssistantTrouble, BudgetSpent
from shopbell.conversations.model import Stream
from shopbell.conversations.translation import service
from shopbell.conversations.translation.model import TranslateMessage
from shopbell.engine import metrics
from shopbell.engine.database import Database
from shopbell.engine.log import log
from shopbell.kernel.events import Job
from shopbell.kernel.texts import Locale


class Interpreter:
    """Puts messages into their readers' languages; where nobody can, the original is read."""

    def __init__(self, db: Database, assistants: Assistants) -> None:
        self._db, self._assistants = db, assistants

    async def translate(self, job: TranslateMessage) -> None:
        """Translate one message. What fails is not tried again until somebody asks again."""
        if await self._into(Stream.parse(job.stream), [job.seq], job.locale):
            late = (self._db.clock() - job.asked_at).total_seconds()
            metrics.TRANSLATION_LAG.observe(max(0.0, late))

    async def in_time(self, stream: Stream, seqs: Collection[int], locale: Locale) -> None:
        """Translate what a letter will tell, if that is done soon: the letter goes anyway."""
        try:
            async with asyncio.timeout(self._db.settings.assistants_seconds):
                await self._into(stream, seqs, locale)
        except TimeoutError:
            log().info("a letter went without translations", stream=str(stream))

    async def _into(self, stream: Stream, seqs: Collection[int], locale: Locale) -> bool:
        """Translate what nobody has; false if it was broken off."""
        if self._assistants.plugs.translator is None:
            return False
        work = await self._db.read(service.to_do, stream, locale, seqs)
        for said in work.said:
            try:
                made = await self._assistants.translate(work.shop, said.text, locale, work.names)
            except (AssistantTrouble, BudgetSpent) as trouble:
                log().info("not translated", stream=str(stream), trouble=str(trouble))
                return False
            await self._db.write(service.keep, stream, locale, said, made)
        return True


def jobs(interpreter: Interpreter) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here."""
    return {TranslateMessage: interpreter.translate}
