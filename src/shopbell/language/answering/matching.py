"""Find what answers a question among what is known, or nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from shopbell.language.answering.lexicon import lexicon
from shopbell.language.answering.model import Found, Known
from shopbell.language.answering.reading import READ_MOST, Read, read
from shopbell.language.folding import plain

BOUND = 0.66
"""What is less sure is not shown."""

_PARTS_OF_A_TEXT = re.compile(r"(?<=[?!;？！。；\n])|(?<=[.]) |, (?:and|but) |[，,] ?|、| and | а также | и еще |还有|另外")
_MOST_PARTS = 8
_EVIDENCE = 0.65
_STRONG = ("aspects", "service", "parts", "deeds")


class Entry(Struct, frozen=True):
    """Something known, read."""

    known: Known
    asked: Read
    answer: Read
    variant: Read
    said: frozenset[str]
    follows: frozenset[str]


class Prepared(Struct, frozen=True):
    """What is known of a product, read once. May be kept and shared."""

    entries: tuple[Entry, ...]
    by_unit: Mapping[str, Sequence[int]]
    title: frozenset[str]


def prepare(known: Sequence[Known], *, title: str = "") -> Prepared:
    """Read what is known of a product and its shop.

    What the ``title`` names, in as many languages as there are, is the product itself: the weight
    of a charger is its own where a charger is sold, and a part's where a telephone is.
    """
    entries = tuple(_entry(one) for one in known)
    by_unit: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        for unit in entry.said | entry.follows:
            by_unit.setdefault(unit, []).append(at)
    return Prepared(entries, by_unit, frozenset(read(title).units))


def _entry(known: Known) -> Entry:
    asked, answer = read(known.question), read(known.answer)
    said = frozenset(asked.units)
    follows = frozenset(other for unit in said for other in lexicon().implies.get(unit, ()))
    return Entry(known, asked, answer, read(known.variant), said, follows)


def find(asked: str, prepared: Prepared, *, variant: str = "", most: int = 3) -> list[Found]:
    """Return what answers a question, best first; nothing where nothing surely does."""
    whole = read(asked)
    best: dict[str, Found] = {}
    for question in _questions(asked, whole):
        for entry in _candidates(question, prepared):
            found = _judge(question, whole, entry, prepared.title, variant)
            if found.score >= BOUND and found.score > best.get(found.id, _NOTHING).score:
                best[found.id] = found
    return sorted(best.values(), key=lambda one: -one.score)[:most]


_NOTHING = Found("", 0)


def _questions(asked: str, whole: Read) -> Iterator[Read]:
    """Yield the question, and where there are several in one, each."""
    yield whole
    parts = [part for part in _PARTS_OF_A_TEXT.split(asked[:READ_MOST]) if part and part.strip()]
    if len(parts) > 1:
        for part in parts[:_MOST_PARTS]:
            yield read(part)


def _candidates(question: Read, prepared: Prepared) -> Iterator[Entry]:
    places = {place for unit in question.units for place in prepared.by_unit.get(unit, ())}
    for place in sorted(places):
        yield prepared.entries[place]


def _judge(question: Read, whole: Read, entry: Entry, title: frozenset[str], variant: str) -> Found:
    matched = {unit: _match(unit, entry) for unit in question.units}
    evidence = sum(question.units[unit] * share for unit, share in matched.items())
    if evidence < _EVIDENCE:
        return _NOTHING
    covers = evidence / sum(
        weight for unit, weight in question.units.items() if matched[unit] or unit not in title
    )
    score = 2 * covers * (covered := _covered(question, entry, title)) / (covers + covered)
    score *= _guards(question, whole, entry, title, variant) * entry.known.weight
    why = tuple(unit for unit, share in matched.items() if share)
    return Found(entry.known.id, round(min(score, 1.0), 3), why)


def _match(unit: str, entry: Entry) -> float:
    """Tell how far something asked is in what is known."""
    if unit in entry.said:
        return 1
    if unit in entry.follows:
        return 0.85
    if not entry.said.isdisjoint(lexicon().implies.get(unit, ())):
        return 0.85
    return 0.7 if unit in entry.answer.units else 0


def _covered(question: Read, entry: Entry, title: frozenset[str]) -> float:
    """Tell how much of what was once asked is asked now."""
    if entry.known.kind == "clause":
        return 1
    follows = {other for unit in question.units for other in lexicon().implies.get(unit, ())}
    whole = right = 0.0
    for unit, weight in entry.asked.units.items():
        is_in = unit in question.units or unit in follows or not entry_implies(unit, question)
        if is_in or unit not in title:
            whole += weight
            right += weight * is_in
    return right / whole if whole else 0


def entry_implies(unit: str, question: Read) -> bool:
    return frozenset(question.units).isdisjoint(lexicon().implies.get(unit, ()))


def _guards(question: Read, whole: Read, entry: Entry, title: frozenset[str], variant: str) -> float:
    """Tell how much a question is of another kind than what is known, though it has its words."""
    score = 1.0
    said = entry.said | entry.answer.units.keys()
    troubles = whole.of_group("troubles")
    if troubles:
        is_clause = entry.known.kind in ("clause", "order")
        if not (troubles & entry.said) and not (is_clause and question.asks):
            return 0
    for guard in ("why", "compare", "without"):
        if (guard in whole.units) != (guard in entry.said) and (guard != "without" or entry.known.kind != "clause"):
            if guard in whole.units or entry.known.kind == "question":
                score *= 0.5
    parts = question.of_group("parts") - title
    if parts - said - entry.follows - {"outside"}:
        score *= 0.5
    strong = set(_STRONG)
    known = lexicon().concepts
    if entry.known.kind != "clause":
        for unit in entry.said - title:
            if unit in known and known[unit].group in strong and unit not in question.units and not any(unit in lexicon().implies.get(o, ()) for o in question.units) and entry_implies(unit, question):
                score *= 0.85
    for unit in question.units:
        if unit in known and known[unit].group in strong and not _match(unit, entry) and unit not in title:
            score *= 0.85
    if entry.known.kind == "question" or "compatible" in entry.said:
        for number in question.numbers:
            if not any(number.alike(other) for other in (*entry.asked.numbers, *entry.answer.numbers)):
                score *= 0.6
    kinds = question.of_group("kinds")
    if kinds - said and entry.known.kind == "question":
        score *= 0.6
    if not question.asks:
        score *= 0.6
    if entry.known.variant:
        score *= _variant(question, entry, variant)
    return score


def _variant(question: Read, entry: Entry, variant: str) -> float:
    told = entry.known.variant
    if variant and plain(told) not in plain(variant) and plain(variant) not in plain(told):
        return 0
    sizes = entry.variant.sizes
    colours = entry.variant.of_group("kinds")
    if (question.sizes and sizes and not question.sizes & sizes) or (question.of_group("kinds") and colours and not colours & question.of_group("kinds")):
        return 0
    named = bool(question.sizes & sizes) or bool(question.of_group("kinds") & colours)
    return 1 if variant or named else 0.7
