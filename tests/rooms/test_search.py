"""What texts are found by, and what was asked: pure, quick, and unmoved by evil texts."""

from collections.abc import Callable
from functools import partial

import msgspec
import pytest

from shopbell.conversations.model import CASE
from shopbell.conversations.search.asked import understand
from shopbell.conversations.search.excerpt import all_marks, excerpt, holds
from shopbell.conversations.search.wording import words_of
from shopbell.engine.search.terms import All, But, Some, Term, Word, for_postgres, for_sqlite
from shopbell.engine.search.tokens import fold, fold_each, spelling, tokens
from tests.support.pace import milliseconds

EVIL_BYTES = 100_000
MILLISECONDS_MOST = 50


def found_by(text: str) -> set[str]:
    return {token.text for token in tokens(fold(text))}


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("可以退货", {"可", "可以", "以", "以退", "退", "退货", "货"}),
        ("iPhone手机", {"iphon", "手", "手机", "机"}),
        ("посылками Ещё", {"посылк", "ещ"}),
        ("Kettles", {"kettl"}),
        ("5мм", {"5", "мм"}),
        ("N-12345", {"n", "12345", "_nn123", "_n1234", "_n2345"}),
        ("ＡＢ１２", {"ab", "12", "_nab12"}),
        ("a_b", {"a", "b"}),
        ("👍 !?", set()),
        ("1234 567", {"1234", "567", "_n1234", "_n2345", "_n3456", "_n4567"}),
        ("rr 12 34 ru", {"rr", "12", "34", "ru", "_nrr12", "_nr123", "_n1234", "_n234r", "_n34ru"}),
        ("a 12  34", {"a", "12", "34"}),
    ],
    ids=range(12),
)
def test_texts_are_found_by_stems_characters_and_fragments(text: str, by: set[str]) -> None:
    assert found_by(text) == by


def test_spellings_are_words_of_some_length_without_digits() -> None:
    assert spelling(fold("The Kettle, чайник 42мм ab12cdef 退货退货退货")) == {
        "kettle",
        "чайник",
        "cdef",
    }


def test_what_is_left_out_of_a_question_is_said() -> None:
    assert [hint.code for hint in understand("before:2026-05").hints] == ["date_alone"]
    assert understand("lamp before:2026-05").hints == []
    [hint] = understand(" ".join(f"w{chr(97 + n)}" for n in range(20))).hints
    assert (hint.code, hint.word) == ("left_out", "wq")


def test_what_people_wrote_into_a_form_is_found_and_codes_are_not() -> None:
    given = {
        "reason": "not_as_described",
        "wish": "refund",
        "line": "019ac0de-0000-7000-8000-000000000000",
        "words": "Broken",
        "parcel": "RB123456785CN",
    }
    assert (
        words_of(CASE, msgspec.json.encode({"given": given}).decode()) == "Broken · RB123456785CN"
    )


def test_each_database_reads_the_same_tree() -> None:
    tree: Term = But(All([Word("a"), Some([Word("б"), Word("货")])]), Word("_knote"))
    assert for_sqlite(tree) == '(("a" AND ("б" OR "货")) NOT "_knote")'
    assert for_postgres(tree) == "(('a' & ('б' | '货')) & !'_knote')"


EVIL = {
    "accents": "a" + "\u0301\u0323" * 30_000,
    "accents in turn": "\u0323\u0301\u0345" * 17_000,
    "ligatures": "ﷺ" * 34_000,
    "digits": "1" * EVIL_BYTES,
    "joints": "1-" * 50_000,
    "groups": "1 " * 50_000,
    "groups of letters": "ab 12 " * 17_000,
    "dots": "." * EVIL_BYTES,
    "letters with dots": "a." * 50_000,
    "one character": "退" * 34_000,
    "one word": "слово" * 10_000,
    "many words": " ".join(f"word{n:x}" for n in range(11_000)),
    "blanks": " \t" * 50_000,
    "operators": "from:" * 20_000,
    "operators with words": "from:a kind:b " * 7_000,
    "quotes": "\"'" * 50_000,
    "brackets": "((((" * 25_000,
    "other direction": "\u202e\u2067" * 16_000,
    "lone surrogates": "\ud800\udfff" * 16_000,
    "nothing": "\0" * EVIL_BYTES,
    "emoji": "👨‍👩‍👧‍👦" * 4_000,
    "hangul in parts": "\u1100\u1161\u11a8" * 11_000,
    "long marks": "İ" * 50_000,
}
ASKED = understand("kettle 退货单 51873 слово")
WORKS: dict[str, Callable[[str], object]] = {
    "fold": fold,
    "fold_each": fold_each,
    "tokens": lambda text: list(tokens(fold(text))),
    "spelling": lambda text: spelling(fold(text)),
    "understand": understand,
    "holds": lambda text: holds(text, ASKED.parts),
    "excerpt": lambda text: excerpt(text, all_marks(ASKED.parts)),
    "excerpt of all": lambda text: excerpt(text, found_by(text[:200])),
}


@pytest.mark.parametrize("name", EVIL)
def test_evil_texts_take_no_longer_than_others(name: str) -> None:
    for work in WORKS.values():
        work("Kettle 退货")
    took = {
        what: milliseconds(partial(work, EVIL[name]), MILLISECONDS_MOST)
        for what, work in WORKS.items()
    }
    assert {what: ms for what, ms in took.items() if ms > MILLISECONDS_MOST} == {}
