"""What a message says: hidden contacts, facts, topics, tone, what is missing, which language."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbell.cli.bench.language import measure, unmark
from shopbell.language.checks import fits_luhn
from shopbell.language.courtesy import courtesy
from shopbell.language.detect import detect
from shopbell.language.facts import find_facts
from shopbell.language.folding import fold
from shopbell.language.guard import COVER, cover, find_hidden
from shopbell.language.missing import missing
from shopbell.language.model import Courtesy, Fact, FactKind, Hidden, Need
from shopbell.language.numerals import han_number, joins
from shopbell.language.topics import HIDES, RULES, matters

TODAY = date(2026, 11, 26)
LINES = Path(__file__).parents[2] / "benchmarks/language"


def facts(text: str) -> list[Fact]:
    return find_facts(text, TODAY)


READERS: tuple[Callable[[str], object], ...] = (
    find_hidden,
    facts,
    matters,
    courtesy,
    missing,
    detect,
)


# ── what is hidden ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("write to jane@porter.com, please", "write to •••, please"),
        ("звоните 8 (916) 234-56-78 вечером", "звоните ••• вечером"),
        ("有事打①③⑧①②③④⑤⑥⑦⑧吧", "有事打•••吧"),
        ("call me: 4️⃣1️⃣5️⃣ 5️⃣5️⃣5️⃣ 0️⃣1️⃣3️⃣2️⃣ ok", "call me: ••• ok"),
        ("j\u200bane@po\u200brter.com!", "•••!"),
        ("перевод на карту 2202 2036 1234 5670 сегодня", "перевод на карту ••• сегодня"),
    ],
    ids=["mail", "phone", "circled", "emoji", "unseen", "card"],
)
def test_the_other_side_sees_the_rest_of_the_message_as_it_was(text: str, seen: str) -> None:
    assert cover(text, find_hidden(text)) == seen


@pytest.mark.parametrize(
    "text",
    [
        "the link is https://shop.example/p/7",
        "www.shop.example/orders",
        "our help: help.shop.example",
        "https://shop.example/p/7?from=mail",
    ],
)
def test_a_link_of_our_own_leads_nobody_away(text: str) -> None:
    assert find_hidden(text, own=["shop.example"]) == []


def test_a_link_that_only_looks_like_our_own_is_hidden() -> None:
    own = ["shop.com", "shop.example"]
    for text in (
        "https://shop.example.evil.com/p",
        "https://evil.com/shop.example",
        "https://shop.example@evil.com/p",
        "https://shop.example。evil.com/p",
        "myshop.com",
    ):
        covered = cover(text, find_hidden(text, own))
        assert {*covered} - {"。"} == {*COVER}, text


def test_a_link_of_our_own_carries_no_message() -> None:
    text = "https://shop.example/p/7?say=jane@porter.com"
    assert cover(text, find_hidden(text, own=["shop.example"])).startswith(
        "https://shop.example/p/7?"
    )
    assert "porter" not in cover(text, find_hidden(text, own=["shop.example"]))


def test_an_address_in_look_alike_letters_is_still_an_address() -> None:
    assert [span.kind for span in find_hidden("оleg@mаil.ru")] == [Hidden.EMAIL]
    assert [span.kind for span in find_hidden("t.mе/оleg_svet")] == [Hidden.MESSENGER]


@pytest.mark.parametrize(
    "text",
    [
        "order 2026-51873, parcel RB774120937RU",
        "IMEI 356938035643809",
        "Трек 80084712345678",
        "顺丰SF1234567890123",
        "12 990 ₽, 15.03.2026, 14:30",
        "sizes 36-38-40-42-44-46",
        "120x60x75 cm, 1.200 kg",
        "does the watch show WhatsApp messages?",
    ],
)
def test_numbers_of_our_own_trade_are_no_secrets(text: str) -> None:
    assert find_hidden(text) == []


def test_the_nearest_word_says_what_a_number_is() -> None:
    assert find_hidden("order 89123456789") == []
    assert [span.kind for span in find_hidden("order 12. Call 89123456789")] == [Hidden.PHONE]


def test_luhn() -> None:
    assert fits_luhn("4111111111111111")
    assert not fits_luhn("4111111111111112")


# ── facts ───────────────────────────────────────────────────────────────────────────────────────


def test_facts_stand_where_they_were_written() -> None:
    text = "Order\u200b 2026-51873, size ＸＬ, paid €1.200,00 yesterday"
    assert [(fact.kind, fact.value, text[fact.start : fact.end]) for fact in facts(text)] == [
        (FactKind.ORDER, "2026-51873", "2026-51873"),
        (FactKind.SIZE, "XL", "ＸＬ"),
        (FactKind.MONEY, "1200 EUR", "€1.200,00"),
        (FactKind.DATE, "2026-11-25", "yesterday"),
    ]


def test_a_day_without_a_year_is_rather_one_gone_by() -> None:
    assert [fact.value for fact in facts("28 Feb, 30 ноября, 1月5日")] == [
        "2026-02-28",
        "2026-11-30",
        "2027-01-05",
    ]
    assert facts("on 31.02.2026") == []


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("一千五", 1_500),
        ("一千五百", 1_500),
        ("一百二十", 120),
        ("二十", 20),
        ("十二", 12),
        ("一二", None),
    ],
)
def test_chinese_numbers(words: str, number: int | None) -> None:
    assert han_number(words) == number


def test_spoken_numbers_join_as_people_say_them() -> None:
    assert [joins(*pair) for pair in ((900, 26), (20, 3), (5, 5), (20, 30), (12, 3))] == [
        True,
        True,
        False,
        False,
        False,
    ]


# ── topics and what is missing ──────────────────────────────────────────────────────────────────


def test_rules_hide_only_what_there_is() -> None:
    known = {rule.matter for rule in RULES}
    assert known >= HIDES.keys()
    assert {hidden for names in HIDES.values() for hidden in names} <= known


def test_two_matters_in_one_message_are_two() -> None:
    assert [matter.name for matter in matters("опаздывает на две недели, отменяйте заказ")] == [
        "logistics.late",
        "other.cancel",
    ]


def test_what_is_known_is_not_asked_again() -> None:
    text = "the mug came broken"
    assert missing(text) == [Need.ORDER, Need.PHOTO]
    assert missing(text, [Need.ORDER]) == [Need.PHOTO]
    assert missing(f"{text}, order 2026-50218, see the picture") == []


def test_a_picture_that_was_promised_and_forgotten_is_missed() -> None:
    text = "заказ 2026-50218 разбит, фото прилагаю"
    assert missing(text) == []
    assert missing(text, attached=False) == [Need.PHOTO]
    assert missing("заказ 2026-50218 разбит", attached=True) == []


# ── courtesy ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("you are an idiot", Courtesy.ABUSIVE),
        ("I am an idiot, I ordered the wrong size", Courtesy.UPSET),
        ("the courier called me an idiot", Courtesy.UPSET),
        ("idiot that I am, wrong size again", Courtesy.UPSET),
        ("вы не идиоты, я понимаю", Courtesy.UPSET),
        ("т ы  д е б и л", Courtesy.ABUSIVE),
        ("y0u m0r0n", Courtesy.ABUSIVE),
        ("傻.逼", Courtesy.ABUSIVE),
        ("傻瓜相机多少钱", Courtesy.NEUTRAL),
        ("застрахуйте посылку, употреблять можно?", Courtesy.NEUTRAL),
        ("WHERE IS MY ORDER ANSWER NOW", Courtesy.UPSET),
        ("Thank you!!", Courtesy.POLITE),
    ],
)
def test_upset_is_not_abusive_and_a_stem_is_no_insult(text: str, wanted: Courtesy) -> None:
    assert courtesy(text) is wanted


# ── language ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Samsung Galaxy чехол есть?", "ru"),
        ("iPhone 15 Pro Max 手机壳", "zh"),
        ("gde moya posylka", "ru"),
        ("Де моя посилка і чому", "other"),
        ("注文はどこですか", "other"),
        ("Wo ist mein Paket?", "other"),
        ("", "other"),
        ("👍 12345", "other"),
    ],
)
def test_a_message_is_in_the_language_of_its_words(text: str, language: str) -> None:
    assert detect(text) == language


# ── what strangers send ─────────────────────────────────────────────────────────────────────────

PIECES = [
    *("a", "1", "a@", "1 ", "a ", "ж ", "点", "www.", "http://", "не ", "order ", "微信", ".", "@"),
    *("8 9 1 6 2 3 4 5 6 7 ", "one ", "((", "a.b.", "一", "telegram ", "a-", "\ud800", "👍", "1️⃣"),
    *("заказ 1", "12.12.2026 ", "$1", "not ", "you ", "你", "i am ", "\u200b", "a\u0301", "тысяч "),
    *("两", "+7", "加v", "退", "vx我", "one two ", "not my idiot ", "deliver ", "+79161234567 "),
    *("fuck you ", "\n", "\u202e", "<b>", "4111 1111 1111 1111 ", "gmail точка ", "собака "),
    *("x" * 63 + ".", "1x1x", "i'm a ", "-"),
]
SIZE, PATIENCE, TRIES = 100_000, 0.1, 4
"""Twice what is allowed, for the machine of a test is busy; what grows faster takes seconds."""


@pytest.mark.parametrize("piece", PIECES, ids=[f"{n:02}" for n in range(len(PIECES))])
def test_no_text_keeps_a_reader_busy(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    for read in READERS:
        assert any(_seconds(read, text) <= PATIENCE for _ in range(TRIES)), read


def _seconds(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_and_places_stay_inside(text: str) -> None:
    for read in READERS:
        read(text)
    places = [(span.start, span.end) for span in find_hidden(text)]
    places += [(fact.start, fact.end) for fact in facts(text)]
    assert all(0 <= start < end <= len(text) for start, end in places)


@given(st.text(alphabet="ab1①️\u200b⃣é字e\u0301 ", max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_place_of_the_plain_form_leads_back(text: str) -> None:
    folded = fold(text)
    for view in (folded, folded.closed):
        for at, sign in enumerate(view.plain):
            start, end = view.span(at, at + 1)
            assert end == start + 1
            assert fold(text[start]).plain == sign


# ── how well ────────────────────────────────────────────────────────────────────────────────────

WANTED = {
    "guard": {"recall": 95.0},
    "facts": {"f1": 93.0},
    "topics": {"topic": 90.0},
    "courtesy": {"abusive_found": 90.0},
    "missing": {"f1": 85.0},
    "answers": {"answered": 80.0},
    "detect": {"right": 95.0},
}
ALLOWED = {
    "guard": {"false": 2.0},
    "courtesy": {"upset_called_abusive": 3.0},
    "answers": {"intercepted": 5.0},
}


def test_lines_that_were_held_back_are_read_as_well_as_was_wanted() -> None:
    held = {
        score.task: score
        for score in measure(LINES)
        if score.part == "held" and score.language == "all"
    }
    assert held.keys() == WANTED.keys()
    for task, score in held.items():
        assert all(score.shares[name] >= least for name, least in WANTED[task].items()), score
        assert all(score.shares[name] <= most for name, most in ALLOWED.get(task, {}).items()), (
            score
        )


def test_a_mark_is_taken_out_of_a_line() -> None:
    marked = unmark("pay [[money=5 USD|5 bucks]] for [[sku|NC-301]]")
    assert marked.text == "pay 5 bucks for NC-301"
    assert marked.pieces == [("money", "5 USD", 4, 11), ("sku", "NC-301", 16, 22)]
