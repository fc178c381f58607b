"""What a shop must still ask before it can help, given what is known and what was said."""

from collections.abc import Collection, Mapping
from datetime import date

from shopbell.language.facts import find_facts
from shopbell.language.folding import gist, plain
from shopbell.language.meanings import meanings
from shopbell.language.missing_words import (
    BEFORE_BUYING,
    BUYING,
    GOODS,
    NEW_ADDRESS,
    NO_PHOTO,
    NUMBERED,
    ON_THE_WAY,
    ORDERED,
    PHOTO,
    PLACE,
    PREPAID,
    REASON,
    UNNAMED,
    VARIANT,
    WANTS_MONEY,
)
from shopbell.language.model import Fact, FactKind, Matter, Need, Topic
from shopbell.language.topics import matters

_NEEDS: Mapping[str, str] = {
    "product": "product",
    "logistics.where": "order",
    "logistics.late": "order",
    "logistics.missing": "order",
    "logistics.customs": "order",
    "logistics.pickup": "order",
    "logistics.when": "address",
    "logistics.cost": "address",
    "logistics.address": "order address",
    "return.return": "order reason",
    "return.refund": "order",
    "return.exchange": "order variant",
    "return.wrong": "order photo",
    "return.damaged": "order photo",
    "return.incomplete": "order photo",
    "after_sales.broken": "order photo",
    "after_sales.repair": "order reason",
    "after_sales.warranty": "product",
    "after_sales.parts": "product",
    "after_sales.manual": "product",
    "other.invoice": "order",
    "other.cancel": "order",
}
"""What each matter needs, in the order in which to ask."""

_NEW_ONE = frozenset({"damaged", "defect", "broke", "incomplete"})
"""What came so is replaced by the same again: nobody asks for a kind."""

_OF_GOODS = frozenset({Topic.PRODUCT, Topic.OTHER})
_WRONG = frozenset(
    {"damaged", "wrong", "incomplete", "defect", "broke", "late", "absent", "promised"}
)
_A_DAY = date(2000, 1, 1)
"""Which day it is does not matter for what is named at all."""


def missing(text: str, known: Collection[Need] = (), *, attached: bool | None = None) -> list[Need]:
    """Return what is missing, in the order in which to ask.

    ``known`` is what the conversation knows already. ``attached`` tells whether a picture is;
    without it the words of the message are believed.
    """
    words = plain(gist(text))
    return lacking(matters(words), text, known, attached=attached)


def lacking(
    about: Collection[Matter],
    text: str,
    known: Collection[Need] = (),
    *,
    attached: bool | None = None,
) -> list[Need]:
    """Return the same of matters that were recognised before, perhaps in a part of the text."""
    words = plain(gist(text))
    needs = dict.fromkeys(need for matter in about for need in _needs(words, matter))
    if BUYING.search(words) and all(matter.topic in _OF_GOODS for matter in about):
        needs |= dict.fromkeys([Need.PRODUCT, Need.VARIANT])
    if open_needs := [need for need in needs if need not in known]:
        told = _told(words, about, find_facts(gist(text), _A_DAY), attached=attached)
        return [need for need in open_needs if need not in told]
    return []


def _needs(words: str, matter: Matter) -> list[Need]:
    name = matter.name
    if name == "logistics.when" and not BEFORE_BUYING.search(words) and _has_ordered(words):
        return [Need.ORDER]
    if name == "return.refund" and WANTS_MONEY.search(words):
        return [Need.ORDER, Need.REASON]
    if name == "return.exchange" and not _NEW_ONE.isdisjoint(meanings(words)):
        return [Need.ORDER, Need.PHOTO]
    if name == "other.payment":
        return [Need.ORDER] if PREPAID.search(words) else []
    if name == "return.damaged" and UNNAMED.search(words):
        return [Need.ORDER, Need.PRODUCT, Need.PHOTO]
    return [Need(need) for need in _NEEDS.get(name, _NEEDS.get(matter.topic, "")).split()]


def _has_ordered(words: str) -> bool:
    if ORDERED.search(words):
        return True
    return ON_THE_WAY.search(words) is not None and not PLACE.search(words)


def _told(
    words: str, found: Collection[Matter], facts: Collection[Fact], *, attached: bool | None
) -> set[Need]:
    """Return what the message itself tells."""
    kinds = {fact.kind for fact in facts}
    told = set[Need]()
    if kinds & {FactKind.ORDER, FactKind.TRACKING} or NUMBERED.search(words):
        told.add(Need.ORDER)
        if not UNNAMED.search(words):
            told.add(Need.PRODUCT)
    if kinds & {FactKind.SKU, FactKind.LINK}:
        told.add(Need.PRODUCT)
    if GOODS.search(words) and all(matter.topic in _OF_GOODS for matter in found):
        told.add(Need.PRODUCT)
    if attached if attached is not None else _shows(words):
        told.add(Need.PHOTO)
    if FactKind.SIZE in kinds or VARIANT.search(words):
        told.add(Need.VARIANT)
    if _gives_reason(words, found):
        told.add(Need.REASON)
    if _names_place(words, found):
        told.add(Need.ADDRESS)
    return told


def _shows(words: str) -> bool:
    return PHOTO.search(words) is not None and not NO_PHOTO.search(words)


def _gives_reason(words: str, found: Collection[Matter]) -> bool:
    if all(Need.REASON not in _needs(words, matter) for matter in found):
        return False
    return REASON.search(words) is not None or not _WRONG.isdisjoint(meanings(words))


def _names_place(words: str, found: Collection[Matter]) -> bool:
    if NEW_ADDRESS.search(words):
        return True
    if any(matter.name == "logistics.address" for matter in found):
        return False
    return (
        any(matter.topic is Topic.LOGISTICS for matter in found) and PLACE.search(words) is not None
    )
