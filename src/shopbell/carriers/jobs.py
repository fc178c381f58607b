"""Asking carriers and looking for their answers: slow, outside our control, never in a hurry."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shopbell.carriers import service
from shopbell.carriers.model import Asked, CarrierTrouble, HearCarrier
from shopbell.carriers.ways import BY_HAND, WAYS, way_to
from shopbell.cases import traces
from shopbell.cases.traces import AskCarrier
from shopbell.engine.database import Database
from shopbell.kernel.events import Job


class Desk:
    """Whoever asks carriers; ``site`` is the address at which they reach us."""

    def __init__(self, db: Database, site: str) -> None:
        self._db, self._site = db, site

    async def ask(self, job: AskCarrier) -> None:
        """Put a question; what fails is tried again later, with the same key."""
        question = await self._db.read(service.question, job.trace, self._site)
        way = way_to(question.carrier) if question else None
        if question is None or way is None:
            await self._db.write(service.note_asked, job.trace, BY_HAND, Asked())
            return
        try:
            asked = await way.ask(question)
        except CarrierTrouble as trouble:
            await self._db.write(service.note_trouble, job.trace, str(trouble))
            raise
        await self._db.write(service.note_asked, job.trace, way.name, asked)

    async def look(self, job: HearCarrier) -> None:
        """Look for an answer; none yet, or trouble, is a reason to look again later."""
        question = await self._db.read(service.question, job.trace, self._site)
        if question is None:
            return
        trace = await self._db.read(traces.trace, job.trace)
        try:
            answer = await WAYS[trace.channel].look(question)
        except CarrierTrouble as trouble:
            await self._db.write(service.note_trouble, job.trace, str(trouble))
            answer = None
        if answer is None:
            await self._db.write(service.look_again, job)
        else:
            await self._db.write(service.take_answer, trace, answer)


def jobs(db: Database, site: str) -> Mapping[type[Job], Callable[[Any], Awaitable[None]]]:
    """Return what a worker does here, and how."""
    desk = Desk(db, site)
    return {AskCarrier: desk.ask, HearCarrier: desk.look}
