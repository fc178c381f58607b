"""What conditions may ask: to add one, its line in `FIELDS` and its word.

What is known of orders, products and parcels is what macros know; ``is`` takes the conditions of
their little language.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from babel.numbers import get_currency_precision

from shopbell.conversations.model import Channel, SubjectKind, TalkKind
from shopbell.conversations.turns import Turn
from shopbell.desk.macros.model import Parcel
from shopbell.desk.macros.naming import STANDS
from shopbell.desk.rules.model import Condition
from shopbell.desk.rules.scene import Scene
from shopbell.engine.search import tokens
from shopbell.kernel.texts import LOCALES
from shopbell.language.courtesy import is_abusive
from shopbell.language.model import Topic
from shopbell.language.topics import matters

Seen = tuple[str, bool]
"""What was seen, for people to read, and whether that is what was asked for."""

NOBODY, SOMEBODY = "nobody", "somebody"
OPEN, CLOSED = "open", "closed"
ABUSIVE, CALM = "abusive", "calm"


@dataclass(frozen=True)
class Field:
    """How a condition is looked at, and whether it can be asked so.

    ``choices`` are all there are, or none where anything may be asked for; ``counted``: a number.
    """

    look: Callable[[Scene, str, Condition], Seen]
    choices: Sequence[str] = ()
    counted: bool = False

    def takes(self, condition: Condition) -> bool:
        """Tell whether this can be asked."""
        bounded = condition.at_least is not None or condition.at_most is not None
        if self.counted:
            return bounded and not condition.one_of
        known = not self.choices or set(condition.one_of) <= set(self.choices)
        return bool(condition.one_of) and known and not bounded


def _choice(of: Callable[[Scene, str], Iterable[str]], choices: Iterable[str] = ()) -> Field:
    def look(scene: Scene, text: str, condition: Condition) -> Seen:
        found = sorted(of(scene, text))
        wanted = {one.casefold() for one in condition.one_of}
        return ", ".join(found), any(one.casefold() in wanted for one in found)

    return Field(look, [str(one) for one in choices])


def _number(of: Callable[[Scene], int | None]) -> Field:
    def look(scene: Scene, _text: str, condition: Condition) -> Seen:
        found = of(scene)
        if found is None:
            return "", False
        low = condition.at_least is None or found >= condition.at_least
        return str(found), low and (condition.at_most is None or found <= condition.at_most)

    return Field(look, counted=True)


def _words(_scene: Scene, text: str, condition: Condition) -> Seen:
    """Look for words as the search does: by their stems, and by characters in Chinese."""
    there = _stems(text)
    found = [one for one in condition.one_of if (asked := _stems(one)) and asked <= there]
    return ", ".join(found), bool(found)


def _stems(text: str) -> set[str]:
    return {one.text for one in tokens.words(tokens.fold(text))}


def _topics(_scene: Scene, text: str) -> set[str]:
    return {one.topic for one in matters(text)} if text else set()


def _tone(_scene: Scene, text: str) -> list[str]:
    return [ABUSIVE if text and is_abusive(text) else CALM]


def _product(scene: Scene, _text: str) -> list[str]:
    product = scene.known.product
    return [product.id, product.slug] if product else []


def _category(scene: Scene, _text: str) -> list[str]:
    product = scene.known.product
    return [product.category] if product and product.category else []


def _assignee(scene: Scene, _text: str) -> list[str]:
    who = scene.talk.assignee
    return [SOMEBODY, who] if who else [NOBODY]


def _hours(scene: Scene, _text: str) -> list[str]:
    known = scene.known
    return [OPEN if known.shop.open_at(known.now) else CLOSED]


def _stands(scene: Scene, _text: str) -> list[str]:
    return [name for name, stand in STANDS.items() if stand(scene.known)]


def _total(scene: Scene) -> int | None:
    """Return what the order costs in whole units of its currency, rounded down."""
    order = scene.known.order
    if order is None:
        return None
    places: int = get_currency_precision(order.total.currency)
    whole: int = order.total.amount // 10**places
    return whole


def _missed(scene: Scene) -> int:
    clocks = scene.talk.clocks
    return max(scene.talk.breaches, clocks.missed if clocks else 0)


FIELDS: Mapping[str, Field] = {
    "kind": _choice(lambda scene, _: [scene.talk.kind] if scene.talk.kind else [], TalkKind),
    "topic": _choice(_topics, Topic),
    "language": _choice(lambda scene, _: [scene.talk.locale], LOCALES),
    "channel": _choice(lambda scene, _: [scene.talk.channel], Channel),
    "words": Field(_words),
    "tone": _choice(_tone, (ABUSIVE, CALM)),
    "subject": _choice(lambda scene, _: [scene.talk.subject.kind], SubjectKind),
    "turn": _choice(lambda scene, _: [scene.talk.turn], Turn),
    "order_total": _number(_total),
    "orders": _number(lambda scene: scene.orders),
    "product": _choice(_product),
    "category": _choice(_category),
    "parcel": _choice(lambda scene, _: [scene.known.parcel], Parcel),
    "is": _choice(_stands, STANDS),
    "hours": _choice(_hours, (OPEN, CLOSED)),
    "assignee": _choice(_assignee),
    "tag": _choice(lambda scene, _: scene.tags),
    "missed": _number(_missed),
    "cases": _number(lambda scene: scene.talk.open_cases),
}
