"""Find what answers a question among what is known, or nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from shopbell.language.answering.guards import STRONG, Entry, Pair, trust
from shopbell.language.answering.lexicon import lexicon
from shopbell.language.answering.model import Found, Known
from shopbell.language.answering.reading import READ_MOST, Read, read

BOUND = 0.62
"""What is less sure is not shown."""

_PARTS = re.compile(
    r"(?<=[?!;？！。；\n])|(?<=[.]) |, (?:and|but) |[，,] ?|、| and | а также | и еще |还有|另外"
)
_MOST_PARTS = 8
_EVIDENCE = 0.3
_FOLLOWS, _LEADS, _ANSWERED = 0.85, 0.6, 0.7
_NAMELESS = frozenset({"spec", "range", "maximum", "outside"})
"""Words in names of attributes that do not tell what they are of."""

_ASKED = ("aspects", "service", "frames", "kinds")
"""What is asked about, though a title has it: leather, waterproof."""

_STRANGE, _UNASKED = 0.92, 0.88
"""Trust for each strong word that only the question has, or only what is known."""


class Prepared(Struct, frozen=True):
    """What is known of a product, read once. May be kept and shared."""

    entries: tuple[Entry, ...]
    by_unit: Mapping[str, Sequence[int]]
    title: frozenset[str]


def prepare(known: Sequence[Known], *, title: str = "", before: Prepared | None = None) -> Prepared:
    """Read what is known of a product and its shop; what stood in ``before`` is not read again.

    What the ``title`` names, in as many languages as there are, is the product itself: the weight
    of a charger is its own where a charger is sold, and a part's where a telephone is.
    """
    held = {entry.known: entry for entry in before.entries} if before else {}
    entries = tuple(held.get(one) or _entry(one) for one in known)
    by_unit: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        for unit in entry.said | entry.follows | entry.answer.units.keys():
            by_unit.setdefault(unit, []).append(at)
    named = read(title)
    return Prepared(entries, by_unit, frozenset(named.units) - named.of_group(*_ASKED))


def _entry(known: Known) -> Entry:
    asked = read(known.question)
    answer, said = read(known.answer), frozenset(asked.units)
    follows = _implied(said)
    if known.kind == "attribute":
        follows |= _told_by_value(answer) | ({"kit"} if "comes_with" in said else set())
        if said <= asked.of_group("parts") and not answer.numbers:
            follows |= {"material"}
    return Entry(known, asked, answer, read(known.variant), said, follows)


def _told_by_value(answer: Read) -> frozenset[str]:
    """Return what a value is of: 3.2 kg is a weight, and rubber a material, whatever its name."""
    concepts = lexicon().concepts
    measures = {number.measure for number in answer.numbers} & concepts.keys()
    return frozenset(measures | {concepts[kind].of for kind in answer.of_group("kinds")})


def _implied(units: frozenset[str]) -> frozenset[str]:
    implies = lexicon().implies
    return frozenset().union(*(implies[unit] for unit in units & implies.keys()))


def find(asked: str, prepared: Prepared, *, variant: str = "", most: int = 3) -> list[Found]:
    """Return what answers a question, best first; nothing where nothing surely does."""
    whole = read(asked)
    best: dict[str, Found] = {}
    for question in _questions(asked, whole):
        for entry in _candidates(question, prepared):
            found = _judge(Pair(question, whole, entry, prepared.title, variant))
            if found.score >= max(BOUND, best.get(found.id, found).score):
                best[found.id] = found
    return sorted(best.values(), key=lambda one: -one.score)[:most]


def _questions(asked: str, whole: Read) -> Iterator[Read]:
    """Yield the question, and where there are several in one, each."""
    yield whole
    parts = [part for part in _PARTS.split(asked[:READ_MOST]) if part and part.strip()]
    if len(parts) > 1:
        each = map(read, parts[:_MOST_PARTS])
        yield from (one for one in each if whole.denied.isdisjoint(one.units))


def _candidates(question: Read, prepared: Prepared) -> Iterator[Entry]:
    units = [*question.units, *_implied(frozenset(question.units))]
    places = {place for unit in units for place in prepared.by_unit.get(unit, ())}
    return (prepared.entries[place] for place in sorted(places))


def _judge(pair: Pair) -> Found:
    question, entry = pair.question, pair.entry
    matched = {unit: _match(unit, entry) for unit in question.units}
    evidence = sum(question.units[unit] * share for unit, share in matched.items())
    frames = sum(
        question.units[unit] * matched[unit] for unit in question.of_group("frames", "goods")
    )
    if evidence - frames < _EVIDENCE:
        return Found(entry.known.id, 0)
    asked = sum(
        weight for unit, weight in question.units.items() if matched[unit] or unit not in pair.title
    )
    covers, covered = evidence / asked, _covered(pair)
    score = 2 * covers * covered / (covers + covered) if covered else 0
    if score >= BOUND:
        score *= trust(pair) * entry.known.weight * _nearness(pair, matched)
    why = tuple(unit for unit, share in matched.items() if share)
    return Found(entry.known.id, round(min(score, 1.0), 3), why)


def _match(unit: str, entry: Entry) -> float:
    """Tell how far something asked is in what is known."""
    if unit in entry.said:
        return 1
    if unit in entry.follows:
        return _FOLLOWS
    if entry.known.kind == "attribute" and _parent(unit) in entry.said:
        return _FOLLOWS
    if not entry.subjects.isdisjoint(lexicon().implies.get(unit, ())):
        return _LEADS
    return _ANSWERED if unit in entry.answer.units else 0


def _parent(unit: str) -> str:
    concept = lexicon().concepts.get(unit)
    return concept.of if concept else ""


def _covered(pair: Pair) -> float:
    """Tell how much of what was once asked is asked now; a clause is about more than one thing."""
    if pair.entry.known.kind == "clause":
        return 1
    missed = _unasked(pair)
    units = pair.entry.asked.units
    whole = sum(
        weight
        for unit, weight in units.items()
        if unit not in pair.title or unit in pair.question.units
    )
    return 1 - sum(units[unit] for unit in missed) / whole if whole else 0


def _unasked(pair: Pair) -> list[str]:
    """Return what was once asked, and is not asked now, not even in other words."""
    question, implies = frozenset(pair.question.units), lexicon().implies
    follows = _implied(question)
    return [
        unit
        for unit in pair.entry.said - question - follows - pair.title - _NAMELESS
        if question.isdisjoint(implies.get(unit, ()))
    ]


def _nearness(pair: Pair, matched: Mapping[str, float]) -> float:
    """Tell how much is asked that is not known, and known that is not asked."""
    asked = pair.question.of_group(*STRONG) - pair.title
    strange = sum(not matched[unit] for unit in asked)
    strange += sum(not matched[unit] for unit in asked & pair.question.of_group("aspects"))
    if pair.entry.known.kind == "clause":
        return float(_STRANGE**strange)
    unasked = len(pair.entry.asked.of_group(*STRONG).intersection(_unasked(pair)))
    return float(_STRANGE**strange * _UNASKED**unasked)
