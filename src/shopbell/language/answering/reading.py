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
    "container": 0.3,
    **dict.fromkeys(("pack.", "when folded.", "spec", "fps_video", "inside."), 0.3),
}
_WORD, _PAIR, _CHARACTER, _CODE = 0.35, 0.23, 0.2, 0.8
"""How much a word says that means nothing to us: it may be what is asked about."""
_SKIPPED_MOST = 2

_EITHER = re.compile(r"([\u4e00-\u9fff])[不没]\1(?P<rest>[\u4e00-\u9fff]?)")
_NOT_CONTRACTED, _REST = re.compile(r"n't\b"), re.compile(r"'(?:s|re|m|ve|d|ll)\b")
_COMPARED = re.compile(r"[а-я]{2,}(?:ее|ей|ше|же|че),? чем\b")
_WHERE_FROM = re.compile(r"\bwhere (?:is|are|was|were|do|does|did)\b([^.?!]{0,40}?)\bfrom\b")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OFFERS = re.compile(
    r"\bdo you (?:also )?(?:have|sell|stock|make)|have you got|any other"
    r"|can i (?:also )?(?:buy|order|get)|\bесть\b|бывает|продаете|заказать"
    r"|有没有|有.{1,8}[的款色]吗|有.{1,4}[款的色](?:$|[?？])|能定|可以定"
)
"""Asks whether there is another one."""
_SIZE = re.compile(r"(?<![a-zа-я0-9-])(\d?x{0,3}[sl]|m|\d{1,2}xl)(?![a-zа-я0-9'-])")
_ASKS = re.compile(r"[?？]|([\u4e00-\u9fff])[不没]\1|\b(?:please|pls)\b|пожалуйста|\bплиз\b")
_TELLS = re.compile(
    r"\b(?:i|my|we|it|is|was|are|were|has|had|you)\b"
    r"|\b(?:я|мне|мой|моя|мы|это|вы|меня|уже|был|была)\b|我|了|很|已经|你们"
)
_TWO = 2


class Read(Struct, frozen=True):
    """What a text says. ``units`` are its concepts and words, with how much each of them says."""

    units: Mapping[str, float]
    numbers: tuple[Quantity, ...]
    sizes: frozenset[str]
    asks: bool
    offers: bool
    denied: frozenset[str]

    def of_group(self, *groups: str) -> frozenset[str]:
        """Return the concepts of some groups."""
        return frozenset(name for name in self.units if _group(name) in groups)


def _group(name: str) -> str:
    concept = lexicon().concepts.get(name)
    return concept.group if concept else ""


def read(text: str) -> Read:
    """Read a text."""
    shown = plain(text[:READ_MOST])
    rest, numbers = _without_numbers(_opened(shown))
    told = words(rest)
    units, denied = _units(told)
    if "height_person" in units:
        units.pop("weight", None)
    if "size" in units and _is_of_a_body(units, numbers):
        units["which_size"] = units.pop("size")
    if _COMPARED.search(shown):
        units["compare"] = WEIGHTS["frames"]
    if not _names_a_subject(units, "parts", "things"):
        units |= _measured(numbers)
    return Read(
        units=units,
        numbers=numbers,
        sizes=frozenset(_SIZE.findall(rest)),
        asks=_asks(shown, told),
        offers=bool(_OFFERS.search(shown)),
        denied=denied,
    )


def _is_of_a_body(units: Mapping[str, float], numbers: tuple[Quantity, ...]) -> bool:
    """Tell whether a size is asked for somebody, who is so tall or weighs so much."""
    persons = {"height_person", "weight_person"}
    return bool(numbers) and (
        not persons.isdisjoint(units) or any(one.measure == "weight" for one in numbers)
    )


def _opened(folded: str) -> str:
    """Return a text in the words of the table: 重不重 is 重吗, *where is it from* *where from*."""
    folded = _EITHER.sub(lambda one: one[1] + (one["rest"] or "吗"), folded)
    folded = _REST.sub("", _NOT_CONTRACTED.sub(" not", folded))
    return _WHERE_FROM.sub(r"where from \1", folded)


def _without_numbers(folded: str) -> tuple[str, tuple[Quantity, ...]]:
    found = [*quantities(folded)]
    for start, end, _quantity in found:
        folded = f"{folded[:start]}{' ' * (end - start)}{folded[end:]}"
    return folded, tuple(quantity for _start, _end, quantity in found)


def _measured(numbers: tuple[Quantity, ...]) -> dict[str, float]:
    """Return what is asked about where only a measure tells it, as *is it 2 kg*."""
    measures = ("size" if one.measure == "inch" else one.measure for one in numbers)
    return {measure: WEIGHTS["aspects"] for measure in measures if measure}


def _units(told: list[Word]) -> tuple[dict[str, float], frozenset[str]]:
    """Return what the words mean, how much each says, and what is not meant, as is said."""
    units, denied, left = dict[str, float](), set[str](), list[Word]()
    at = 0
    while at < len(told):
        length, concepts = _longest(told, at)
        for concept in concepts:
            units[concept.name] = _LIGHT.get(concept.name, WEIGHTS[concept.group])
            if _is_denied(told, at):
                denied.add(concept.name)
        if not concepts:
            left.append(told[at])
        at += max(1, length)
    if not _names_a_subject(dict.fromkeys(units.keys() - denied, 1.0)):
        denied.clear()
    else:
        units = {name: weight for name, weight in units.items() if name not in denied}
    for concept in [lexicon().concepts[name] for name in units]:
        if concept.of and not _names_a_subject(units):
            units[concept.of] = WEIGHTS["aspects"]
    for name, weight in _left(left):
        units[name] = max(weight, units.get(name, 0))
    return units, frozenset(denied)


def _is_denied(told: list[Word], at: int) -> bool:
    """Tell whether somebody says that this is not meant: *not the weight, the height*."""
    before = "".join(one.text for one in told[max(0, at - _TWO) : at])
    if before.endswith("не"):
        return any(one.text == "а" for one in told[at:])
    return before in {"不是", "notthe", "notabout"}


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
    may_skip = 0 if small.issuperset(phrase) else _SKIPPED_MOST
    at += 1
    for unit in phrase[1:]:
        while at < len(told) and told[at].unit != unit:
            if not may_skip or told[at].text not in small:
                return 0
            at, may_skip = at + 1, may_skip - 1
        if at == len(told):
            return 0
        at += 1
    return at


def _names_a_subject(units: Mapping[str, float], *beside: str) -> bool:
    groups = {"aspects", "service", "deeds", *beside}
    return not {"time", "why"}.isdisjoint(units) or any(_group(name) in groups for name in units)


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
        elif word.text not in small and len(word.text) > 1:
            yield word.unit, _CODE if any(map(str.isdigit, word.text)) else _WORD
    yield from _characters("".join(one.text for one in run))


def _characters(run: str) -> Iterator[tuple[str, float]]:
    """Yield the pairs of characters of what is left when small words are taken out."""
    for small in lexicon().small_han:
        run = run.replace(small, " ")
    for piece in run.split():
        if len(piece) == 1:
            yield piece, _CHARACTER
        weight = _WORD if len(piece) == _TWO else _PAIR
        yield from ((piece[at : at + _TWO], weight) for at in range(len(piece) - 1))


def _asks(shown: str, told: list[Word]) -> bool:
    """Tell whether somebody wants to know something, rather than tells it."""
    asking = lexicon().asking
    return (
        not _TELLS.search(shown)
        or any(word.text in asking for word in told)
        or any(one in shown for one in lexicon().asking_han)
        or bool(_ASKS.search(shown))
    )
