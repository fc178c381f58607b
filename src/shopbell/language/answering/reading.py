"""What a question, or something known, says: its meanings, the words without one, its numbers."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from shopbell.language.answering.lexicon import Concept, Phrase, Word, lexicon, words
from shopbell.language.answering.quantities import Quantity, quantities
from shopbell.language.folding import plain

READ_MOST = 1_000
"""So many signs of one text are read."""

WEIGHTS = {
    "aspects": 1.0,
    "service": 1.0,
    "frames": 0.7,
    "parts": 1.0,
    "deeds": 0.9,
    "things": 0.8,
    "kinds": 0.8,
    "troubles": 0.9,
    "goods": 0.1,
}
_LIGHT = {
    **dict.fromkeys(("suits", "outside", "comes_with", "change", "work", "maximum"), 0.3),
    **dict.fromkeys(("big", "by_itself", "better", "water", "wear", "open"), 0.45),
    "after_order": 0.1,
    "aside": 0.1,
    **dict.fromkeys(("pack.", "packed.", "folded size.", "spec", "inside."), 0.3),
}
_WORD, _CHARACTER, _CODE = 0.35, 0.2, 0.8
_SKIPPED_MOST = 2

_EITHER = re.compile(r"([\u4e00-\u9fff])[不没]\1(?P<rest>[\u4e00-\u9fff]?)")
_NOT_CONTRACTED, _REST = re.compile(r"n't\b"), re.compile(r"'(?:s|re|m|ve|d|ll)\b")
_WHERE_FROM = re.compile(r"\bwhere (?:is|are|was|were|do|does|did)\b([^.?!]{0,40}?)\bfrom\b")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OFFERS = re.compile(
    r"\bdo you (?:also )?(?:have|sell|stock|make)|have you got|any other|\bесть\b|бывает|продаете"
    r"|можно ли? ?заказать|заказать|有没有|有.{1,8}[的款色]吗|有.{1,4}[款的色](?:$|[?？])|能定|可以定"
)
_SIZE = re.compile(r"(?<![a-zа-я0-9-])(\d?x{0,3}[sl]|m|\d{1,2}xl)(?![a-zа-я0-9'-])")
_SHORT = 4
_ASKS = re.compile(r"[?？]|([\u4e00-\u9fff])[不没]\1|\b(?:please|pls)\b|пожалуйста|\bплиз\b")
_TELLS = re.compile(
    r"\b(?:i|my|we|it|is|was|are|were|has|had|you)\b|\b(?:я|мне|мой|моя|мы|это|вы|меня|уже|был|была)\b"
    r"|我|了|很|已经|你们"
)
_NOT = frozenset({"not", "не", "no"})


class Read(Struct, frozen=True):
    """What a text says. ``units`` are its concepts and words, with how much each of them says."""

    units: Mapping[str, float]
    numbers: tuple[Quantity, ...]
    sizes: frozenset[str]
    small: int
    length: int
    asks: bool
    offers: bool
    denied: frozenset[str] = frozenset()

    @property
    def concepts(self) -> frozenset[str]:
        """Return what is meant, without the words that mean nothing to us."""
        return frozenset(lexicon().concepts.keys() & self.units.keys())

    def of_group(self, *groups: str) -> frozenset[str]:
        """Return the concepts of some groups."""
        known = lexicon().concepts
        return frozenset(
            name for name in self.units if name in known and known[name].group in groups
        )


def read(text: str) -> Read:
    """Read a text."""
    shown = plain(text[:READ_MOST])
    folded = _opened(shown)
    numbers = [*quantities(folded)]
    rest = folded
    for start, end, _quantity in reversed(numbers):
        rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    told = words(rest)
    units, denied, small = _units(told)
    found = tuple(quantity for _start, _end, quantity in numbers)
    _add_implied(units, found)
    return Read(
        units=units,
        numbers=found,
        sizes=frozenset(_SIZE.findall(rest)),
        small=small,
        length=len(told),
        asks=_asks(shown, told),
        offers=bool(_OFFERS.search(shown)),
        denied=denied,
    )


def _opened(folded: str) -> str:
    folded = _EITHER.sub(lambda one: one[1] + (one["rest"] or "吗"), folded)
    folded = _REST.sub("", _NOT_CONTRACTED.sub(" not", folded))
    return _WHERE_FROM.sub(r"where from \1", folded)


def _units(told: list[Word]) -> tuple[dict[str, float], frozenset[str], int]:
    """Return what the words mean and weigh, what of it is denied, and how many say nothing."""
    units, denied, left = dict[str, float](), set[str](), list[Word]()
    at = 0
    while at < len(told):
        length, concepts = _longest(told, at)
        for concept in concepts:
            units[concept.name] = _LIGHT.get(concept.name, WEIGHTS[concept.group])
            if at and told[at - 1].text in _NOT:
                denied.add(concept.name)
        if not concepts:
            left.append(told[at])
        at += max(1, length)
    for concept in [lexicon().concepts[name] for name in units]:
        if concept.of and not _names_an_aspect(units):
            units[concept.of] = WEIGHTS["aspects"]
    small = 0
    for name, weight in _left(left):
        if weight:
            units[name] = max(weight, units.get(name, 0))
        else:
            small += 1
    return units, frozenset(denied), small


def _longest(told: list[Word], at: int) -> tuple[int, tuple[Concept, ...]]:
    """Return how many words the longest phrase here has, and what it means."""
    small = lexicon().small
    for phrase, concepts in lexicon().phrases.get(told[at].unit, ()):
        if len(phrase) == 1 and told[at].text in small:
            continue
        if end := _end(phrase, told, at, small):
            return end - at, tuple(concepts)
    return 0, ()


def _end(phrase: Phrase, told: list[Word], at: int, small: frozenset[str]) -> int:
    """Return where a phrase ends that begins here, if it does: *turn it off* is *turn off*."""
    skipped = 0
    at += 1
    for unit in phrase[1:]:
        while at < len(told) and told[at].unit != unit:
            if skipped == _SKIPPED_MOST or told[at].text not in small:
                return 0
            at, skipped = at + 1, skipped + 1
        if at == len(told):
            return 0
        at += 1
    return at


def _names_an_aspect(units: Mapping[str, float]) -> bool:
    known = lexicon().concepts
    return any(
        known[name].group in {"aspects", "service", "deeds"} or name in {"time", "why"}
        for name in units
        if name in known
    )


def _left(left: list[Word]) -> Iterator[tuple[str, float]]:
    """Yield what is left without a meaning: words by stem, Chinese by characters and pairs."""
    small = lexicon().small
    run: list[Word] = []
    for word in left:
        if _HAN.match(word.text):
            if run and run[-1].end != word.start:
                yield from _characters("".join(one.text for one in run))
                run = []
            run.append(word)
        elif word.text in small or len(word.text) < 2:
            yield word.unit, 0
        else:
            yield word.unit, _CODE if any(map(str.isdigit, word.text)) else _WORD
    yield from _characters("".join(one.text for one in run))


def _characters(run: str) -> Iterator[tuple[str, float]]:
    for small in lexicon().small_han:
        if small in run:
            run = run.replace(small, " ")
            yield small, 0
    for piece in run.split():
        if len(piece) == 1:
            yield piece, _CHARACTER
        for at in range(len(piece) - 1):
            yield piece[at : at + 2], _WORD / (1 + 0.5 * (len(piece) > 2))


def _add_implied(units: dict[str, float], numbers: tuple[Quantity, ...]) -> None:
    """A measure tells what is asked about, where nothing else does."""
    if _names_an_aspect(units) or any(
        lexicon().concepts[name].group in {"parts", "things"}
        for name in units
        if name in lexicon().concepts
    ):
        return
    for number in numbers:
        measure = "size" if number.measure == "inch" else number.measure
        if measure:
            units[measure] = WEIGHTS["aspects"]


def _asks(shown: str, told: list[Word]) -> bool:
    """Tell whether somebody wants to know something, rather than tells it."""
    asking = lexicon().asking
    return (
        len(told) <= _SHORT
        or any(word.text in asking for word in told)
        or any(one in shown for one in lexicon().asking_han)
        or bool(_ASKS.search(shown))
        or not _TELLS.search(shown)
    )
