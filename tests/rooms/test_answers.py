"""What is left of words when everybody may read them, and which part of a thread was asked."""

from datetime import date

import pytest

from shopbell.kernel.actor import Side
from shopbell.knowledge.answers.heard import Line, asked_before
from shopbell.knowledge.answers.redaction import redacted

TODAY = date(2026, 11, 26)
LEFT = {
    "Hello Anna, it weighs 1.2 kg.": "Hello, it weighs 1.2 kg.",
    "Anna, it weighs 1.2 kg.": "It weighs 1.2 kg.",
    "您好，Anna！一共1.2公斤。": "您好！一共1.2公斤。",
    "Annabel lamps are 40 cm high.": "Annabel lamps are 40 cm high.",
    "Заказ 2026-51873 уже едет": "Заказ ••• уже едет",
    "订单号2026-51873已发货": "订单号•••已发货",
    "Parcel RB123456785CN is there": "Parcel ••• is there",
    "Write to shop@example.com": "Write to •••",
    "Size EU 42, 30x40 cm, 1299.99 USD": "Size EU 42, 30x40 cm, 1299.99 USD",
    "• one\n• two": "• one\n• two",
    "": "",
}


@pytest.mark.parametrize("words", LEFT)
def test_what_is_somebodys_own_is_left_out(words: str) -> None:
    left = redacted(words, ["Anna Lind"], TODAY)
    assert left == LEFT[words]
    assert redacted(left, ["Anna Lind"], TODAY) == left


def test_a_chinese_name_is_left_out_wherever_it_stands() -> None:
    assert redacted("陈雨桐您好，可以的。", ["陈雨桐"], TODAY) == "您好，可以的。"


CALLED = {
    ("It may be 2 kg", "May"): "It may be 2 kg",
    ("Hello May, it is 2 kg", "May"): "Hello, it is 2 kg",
    ("Здравствуйте, Анна! Передадим Андрею", "Анна"): "Здравствуйте! Передадим Андрею",
    ("Привет, Андрей, отдадим Андрею", "Андрей Белов"): "Привет, отдадим",
    ("您好小明，可以", "王小明"): "您好，可以",
}


@pytest.mark.parametrize(("words", "name"), CALLED)
def test_a_name_is_left_out_as_people_are_called_and_no_word_that_sounds_like_it(
    words: str, name: str
) -> None:
    assert redacted(words, [name], TODAY) == CALLED[words, name]


@pytest.mark.parametrize("words", ["a" * 100_000, "1 " * 50_000, "@" * 100_000, "Anna, " * 16_000])
def test_endless_words_are_read_in_time(words: str) -> None:
    assert isinstance(redacted(words, ["Anna Lind"], TODAY), str)


def test_what_was_asked_are_the_buyers_last_words_before_the_answer() -> None:
    said = [
        (Side.BUYER, "Hello"),
        (Side.SELLER, "Hello!"),
        (Side.BUYER, "How heavy"),
        (Side.BUYER, "is it?"),
        (Side.SELLER, "One moment"),
        (Side.SELLER, "1.2 kg"),
        (Side.BUYER, "Thanks"),
    ]
    lines = [Line(seq, side, text) for seq, (side, text) in enumerate(said)]
    assert [line.seq for line in asked_before(lines, 5)] == [2, 3]
    assert asked_before(lines, 1) == lines[:1]
    assert asked_before(lines, 0) == []
