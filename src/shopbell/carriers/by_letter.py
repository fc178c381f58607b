"""Carriers that are written to: a letter in their language, and an answer by its reply address."""

import re
from collections.abc import Iterator, Mapping

from shopbell.accounts.secret import new_secret
from shopbell.carriers.model import Asked, CarrierLetter, Question
from shopbell.cases.fields import TEXT_MOST
from shopbell.cases.model import CarrierAnswer, TraceOutcome
from shopbell.commerce.carriers import Carrier
from shopbell.kernel.texts import LOCALES, text

ANSWERS = tuple(outcome for outcome in TraceOutcome if outcome is not TraceOutcome.SILENT)
QUOTED = re.compile(r"^\s*(>|On .+ wrote:$|.+ (писал|написал)\(?а?\)?:$|.+写道[：:]$)")


class ByLetter:
    """Ask by e-mail. The letter is left in the outbox, and mailed from there."""

    name = "letter"

    def serves(self, carrier: Carrier) -> bool:
        return bool(carrier.email)

    async def ask(self, question: Question) -> Asked:
        """Write the letter; it is kept together with the note that it was written, so once."""
        return Asked(letter=_letter(question))

    async def look(self, question: Question) -> CarrierAnswer | None:  # noqa: ARG002 - letters arrive
        return None

    def read_answer(self, said: bytes) -> CarrierAnswer | None:
        """Read the answer's first line, which is one of the words we offered; or leave it to us."""
        words = said.decode("utf-8", "replace")
        own = [line.strip() for line in _unquoted(words) if line.strip()]
        if not own:
            return None
        outcome = _outcome(own[0])
        return CarrierAnswer(outcome, said="\n".join(own)[:TEXT_MOST])


def _letter(question: Question) -> CarrierLetter:
    locale = question.carrier.language
    facts = {
        "number": question.number,
        "shop": question.shop,
        "carrier": question.carrier.name,
        "due": question.due_at.date().isoformat(),
        "why": text(locale, f"carriers.why_{question.reason}"),
        "words": ", ".join(text(locale, f"carriers.word_{outcome}") for outcome in ANSWERS),
    }
    return CarrierLetter(
        trace=question.trace,
        to=question.carrier.email,
        subject=text(locale, "carriers.letter_subject", **facts),
        body=text(locale, "carriers.letter_body", **facts),
        locale=locale,
        token=new_secret(),
    )


def _outcome(line: str) -> TraceOutcome:
    plain = line.casefold().rstrip(".!。！ ")
    return next((WORDS[word] for word in WORDS if plain == word), TraceOutcome.UNKNOWN)


def _unquoted(words: str) -> Iterator[str]:
    """Leave out what the answer repeats of our letter: all from the first quoted line on."""
    for line in words.splitlines():
        if QUOTED.match(line):
            return
        yield line


WORDS: Mapping[str, TraceOutcome] = {
    text(locale, f"carriers.word_{outcome}").casefold(): outcome
    for locale in LOCALES
    for outcome in ANSWERS
}
"""What a carrier may write in the first line, in whichever of our languages."""
