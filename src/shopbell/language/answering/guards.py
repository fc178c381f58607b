"""What makes a question another one, though it has the words of something known."""

from msgspec import Struct

from shopbell.language.answering.lexicon import lexicon
from shopbell.language.answering.model import Known
from shopbell.language.answering.reading import Read
from shopbell.language.folding import plain

STRONG = ("aspects", "service", "parts", "deeds", "things")
"""Groups whose concepts change what is asked."""

_MANNERS = ("why", "compare", "without")
_OTHER, _DOUBTFUL, _STRANGE = 0.4, 0.6, 0.8


class Entry(Struct, frozen=True):
    """Something known, read: ``said`` is what it is about, ``follows`` what goes without saying."""

    known: Known
    asked: Read
    answer: Read
    variant: Read
    said: frozenset[str]
    follows: frozenset[str]

    @property
    def subjects(self) -> frozenset[str]:
        """Return what is said, but for how it is asked."""
        return self.said - self.asked.of_group("frames")

    @property
    def all_said(self) -> frozenset[str]:
        """Return what is said in question and answer."""
        return self.said | self.answer.units.keys()


class Pair(Struct, frozen=True):
    """A question, or one of several in a text, beside something known of a product."""

    question: Read
    whole: Read
    entry: Entry
    title: frozenset[str]
    variant: str


def trust(pair: Pair) -> float:
    """Tell how far equal words may be believed: from 1 down to 0."""
    score = 1.0
    for guard in _GUARDS:
        score *= guard(pair)
        if not score:
            break
    return score


def _trouble(pair: Pair) -> float:
    """Answer no complaint by a specification: people need people, or the clause for it."""
    troubles = pair.whole.of_group("troubles")
    if not troubles or troubles & pair.entry.said:
        return 1
    if {"request", "thanks"} & troubles or pair.entry.known.kind not in ("clause", "order"):
        return 0
    return 1 if pair.question.asks else 0


def _own_order(pair: Pair) -> float:
    """Where my parcel is, only the order knows."""
    asks = "where_order" in pair.whole.units
    return _OTHER if asks and "where_order" not in pair.entry.said else 1


def _service(pair: Pair) -> float:
    """Find a clause by what it is for, not by another word in it."""
    service = pair.entry.asked.of_group("service")
    if pair.entry.known.kind != "clause" or not service:
        return 1
    return 1 if service & pair.question.units.keys() else _OTHER


def _manner(pair: Pair) -> float:
    """Why is not whether, more than another is not how much, and without is not with."""
    score = 1.0
    for manner in _MANNERS:
        asks = manner in pair.whole.units
        if asks != (manner in pair.entry.said) and (asks or pair.entry.known.kind == "question"):
            score *= _OTHER
    return score


def _part(pair: Pair) -> float:
    """Keep apart what a battery weighs and what a telephone does."""
    asked = pair.question.of_group("parts") - pair.title - {"outside"}
    if "volume" in pair.question.units:
        asked -= {"container"}
    return _OTHER if asked - pair.entry.all_said - pair.entry.follows else 1


def _object(pair: Pair) -> float:
    """How long it charges is not how long it charges a tablet."""
    asked = pair.question.of_group("things") - pair.title - pair.entry.all_said
    strange = {one for one in asked - pair.entry.follows if not one.endswith(".")}
    follows = (lexicon().implies.get(one, frozenset()) for one in strange)
    return 1 if all(pair.entry.said & others for others in follows) else _STRANGE


def _number(pair: Pair) -> float:
    """Of another size, model or number of people the answer may be another."""
    entry = pair.entry
    if _of_a_body(pair) and not entry.asked.numbers:
        return _OTHER
    if entry.known.kind != "question" and "compatible" not in entry.said:
        return 1
    asked = pair.whole.numbers if entry.asked.numbers else pair.question.numbers
    told = (*entry.asked.numbers, *entry.answer.numbers)
    strange = [one for one in asked if not any(one.alike(other) for other in told)]
    return _DOUBTFUL ** len(strange)


def _of_a_body(pair: Pair) -> bool:
    """Tell whether a size is asked for somebody: 182 cm, 85 kg."""
    asked, numbers = pair.question.units, pair.whole.numbers
    return bool(numbers) and ("which_size" in asked or ("size" in asked and len(numbers) > 1))


def _kind(pair: Pair) -> float:
    """Whether it is silk is not answered by whether it is wool, but by what it is made of."""
    strange = pair.question.of_group("kinds") - pair.entry.all_said
    return _OTHER if strange and pair.entry.known.kind in ("question", "thread") else 1


def _offer(pair: Pair) -> float:
    """Whether there is another one is not answered by how this one is."""
    if not pair.question.offers or "colour" in pair.entry.said:
        return 1
    told = (*pair.entry.asked.numbers, *pair.entry.answer.numbers)
    other = pair.question.of_group("kinds") - pair.entry.all_said
    numbers = [one for one in pair.question.numbers if not any(one.alike(two) for two in told)]
    return _OTHER if other or numbers else 1


def _statement(pair: Pair) -> float:
    return 1 if pair.question.asks and pair.whole.asks else _DOUBTFUL


def _variant(pair: Pair) -> float:
    """Show what holds for one variant for no other; none chosen, it holds only perhaps."""
    told = plain(pair.entry.known.variant)
    if not told:
        return 1
    chosen = plain(pair.variant)
    if chosen and told not in chosen and chosen not in told:
        return 0
    asked, known = pair.question, pair.entry.variant
    named = asked.sizes & known.sizes or asked.of_group("kinds") & known.of_group("kinds")
    if named:
        return 1
    if (asked.sizes and known.sizes) or (asked.of_group("kinds") and known.of_group("kinds")):
        return 0
    return 1 if chosen else _OTHER


_GUARDS = (
    _trouble,
    _own_order,
    _service,
    _manner,
    _part,
    _object,
    _number,
    _kind,
    _offer,
    _statement,
    _variant,
)
