"""What somebody typed into a search field, understood: words, numbers, and operators."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import msgspec

from shopbell.conversations.model import SubjectKind
from shopbell.conversations.search.model import Hint, Part, Query
from shopbell.engine.search.terms import All, Some, Term, Word
from shopbell.engine.search.tokens import FRAGMENT, compact, fold, fragments, numbers, runs, words
from shopbell.kernel.actor import Side

ASKED_MOST, PARTS_MOST, RUN_MOST = 400, 16, 64
_OPERATOR = re.compile(r"([^\W\d_]+):(?!//)(\S+)")
_NAMES = {
    "from": ("from", "от", "来自", "发件人"),
    "order": ("order", "заказ", "订单"),
    "kind": ("kind", "вид", "类型"),
    "before": ("before", "до", "之前"),
    "after": ("after", "после", "之后"),
}
_OPERATORS = {fold(name): operator for operator, names in _NAMES.items() for name in names}
_SIDES = {
    "buyer": Side.BUYER,
    "покупатель": Side.BUYER,
    "买家": Side.BUYER,
    "seller": Side.SELLER,
    "shop": Side.SELLER,
    "продавец": Side.SELLER,
    "магазин": Side.SELLER,
    "卖家": Side.SELLER,
    "商家": Side.SELLER,
    "operator": Side.OPERATOR,
    "оператор": Side.OPERATOR,
    "平台": Side.OPERATOR,
}
_KINDS = {
    "message": "message",
    "сообщение": "message",
    "消息": "message",
    "note": "note",
    "заметка": "note",
    "备注": "note",
    "case": "case",
    "обращение": "case",
    "工单": "case",
    "product": SubjectKind.PRODUCT.value,
    "товар": SubjectKind.PRODUCT.value,
    "商品": SubjectKind.PRODUCT.value,
    "order": SubjectKind.ORDER.value,
    "заказ": SubjectKind.ORDER.value,
    "订单": SubjectKind.ORDER.value,
    "shop": SubjectKind.SHOP.value,
    "магазин": SubjectKind.SHOP.value,
    "店铺": SubjectKind.SHOP.value,
}
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_DATE_RU = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def understand(asked: str) -> Query:
    """Read what was typed; what is no operator of ours is a word like others, with a hint."""
    query = Query()
    for word in fold(asked[:ASKED_MOST]).split():
        named = _OPERATOR.fullmatch(word)
        operator = _OPERATORS.get(named[1]) if named else None
        if named is None:
            query = _with_words(query, word)
        elif operator is None:
            query = _with_words(_with_hint(query, "unknown_operator", named[1]), word)
        else:
            read = _READ[operator](query, named[2])
            query = read or _with_words(_with_hint(query, f"unknown_{operator}", named[2]), word)
    if query.says_nothing and (query.before or query.after):
        return _with_hint(query, "date_alone", asked.strip())
    return query


def mark(kind: str, value: str) -> str:
    """Return the mark of texts from somebody (``f``), in an order (``o``), of a kind (``k``)."""
    return f"_{kind}{value}"


def name_marks(name: str) -> set[str]:
    """Return the marks of texts by somebody of this name."""
    return {mark("f", token.text) for token in words(fold(name))}


def order_marks(number: str) -> set[str]:
    """Return the marks of texts in an order of this number: every fragment of it."""
    return {mark("o", token.text) for token in fragments(fold(number))}


def _with_words(query: Query, word: str) -> Query:
    parts = [*query.parts, *_parts(word)]
    if len(parts) > PARTS_MOST and "left_out" not in {hint.code for hint in query.hints}:
        query = _with_hint(query, "left_out", word)
    return msgspec.structs.replace(query, parts=parts[:PARTS_MOST])


def _with_hint(query: Query, code: str, word: str) -> Query:
    return msgspec.structs.replace(query, hints=[*query.hints, Hint(code, word)])


def _with(query: Query, term: Term) -> Query:
    return msgspec.structs.replace(query, filters=[*query.filters, term])


def _parts(word: str) -> Iterator[Part]:
    for number in numbers(word):
        if len(compact(number)) >= FRAGMENT:
            yield _number(number)
            word = word.replace(number, " ", 1)
    for kind, run in runs(word):
        yield _characters(run[:RUN_MOST]) if kind == "cjk" else _word(kind, run)


def _number(number: str) -> Part:
    pieces = [token.text for token in fragments(number)]
    plain = [token.text for token in words(number)]
    term = Some([_all(pieces), _all(plain)])
    return Part(term, frozenset(pieces), compact(number), number=True)


def _characters(run: str) -> Part:
    pieces = [a + b for a, b in pairwise(run)] or [run]
    return Part(_all(pieces), frozenset(pieces), run if len(run) > len("ab") else "")


def _word(kind: str, run: str) -> Part:
    (token,) = words(run)
    return Part(Word(token.text), frozenset([token.text]), spelled=run if kind == "word" else "")


def _all(tokens: list[str]) -> Term:
    return All([Word(token) for token in dict.fromkeys(tokens)])


def _from(query: Query, value: str) -> Query | None:
    side = _SIDES.get(value)
    if side is not None:
        return _with(query, Word(mark("f", side.value)))
    marks = sorted(name_marks(value))
    return _with(query, All([Word(one) for one in marks])) if marks else None


def _order(query: Query, value: str) -> Query | None:
    marks = sorted(order_marks(value))
    return _with(query, All([Word(one) for one in marks])) if marks else None


def _kind(query: Query, value: str) -> Query | None:
    kind = _KINDS.get(value)
    return _with(query, Word(mark("k", kind))) if kind else None


def _before(query: Query, value: str) -> Query | None:
    day = _day(value)
    return None if day is None else msgspec.structs.replace(query, before=day)


def _after(query: Query, value: str) -> Query | None:
    day = _day(value)
    return None if day is None else msgspec.structs.replace(query, after=day)


def _day(value: str) -> datetime | None:
    """Return the first moment of a day, month or year, in universal time."""
    found: Any = _DATE.fullmatch(value)
    if found:
        year, month, day = (int(part or 1) for part in found.groups())
    else:
        found = _DATE_RU.fullmatch(value)
        if not found:
            return None
        day, month, year = map(int, found.groups())
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


_READ: dict[str, Callable[[Query, str], Query | None]] = {
    "from": _from,
    "order": _order,
    "kind": _kind,
    "before": _before,
    "after": _after,
}
