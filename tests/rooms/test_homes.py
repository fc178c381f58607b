"""Where somebody lives is told from streets, houses and sizes that nobody lives in."""

import re
from collections import deque
from datetime import date
from functools import partial

import pytest

from shopbell.knowledge.answers.redaction import redacted
from shopbell.language import homes
from shopbell.language.homes import find_homes
from shopbell.language.needs import parser
from tests.support.pace import milliseconds

HOMES = [
    "Do you deliver to 221B Baker Street, London NW1 6XE?",
    "Can it be sent to 12 oak avenue, apt 4?",
    "I live at 350 Fifth Ave, New York, NY 10118.",
    "Liefern Sie auch in die Hauptstraße 12a, 10115 Berlin?",
    "Доставите на ул. Ленина, д. 5, кв. 12?",
    "Мой адрес: 101000, г. Москва, Тверская ул., д. 7 корп. 2, кв. 15",
    "Сколько идёт до улицы Гагарина 14?",
    "Невский проспект 28, можно курьером?",
    "能送到北京市朝阳区建国路88号3号楼502室吗？",
    "我家在阳光花园12栋3单元601室",
    "寄到上海市南京西路 1266 号可以吗",
    "Москва, Ленина 5 кв 12",
    "Привезёте: Гагарина 14, кв. 3?",
    "Can you bring it to Lenina 5, apt 12?",
    "Calle Mayor 5, Madrid",
    "10 rue de Rivoli, 75001 Paris",
    "Livrez-vous au 24 bis avenue des Ternes ?",
    "Via Garibaldi 12, 20121 Milano",
    "Entregam na Rua Augusta, 12?",
]
NOBODYS = [
    "How heavy is it, 12 kg or 14?",
    "Is the 30 day return free?",
    "Does it fit a bike for the street, size 12?",
    "Is there a 2 way street sign?",
    "Do you ship to London?",
    "Подходит для улицы, 12 вольт?",
    "Размер 42, полная длина 28 см?",
    "Есть ли доставка в Москву за 5 дней?",
    "Большая ли кружка, 300 мл?",
    "这个有多重？3号颜色有吗？",
    "电池能用12小时吗，充电线多长？",
    "路上用可以吗，5号电池行不行？",
    "Ковёр 5 кв. м подойдёт?",
    "Отчёт за 3 кв 2025 есть?",
    "Хватит на 12 кв метров?",
    "Do you ship via DHL, 24 hours?",
    "Via Bluetooth 5 or by cable?",
    "Is it a 12 place setting?",
    "Has it 2 avenue lamps?",
    "¿Es para la calle, talla 5?",
    "Is size 5 apt for a child of 4?",
]


@pytest.mark.parametrize("words", HOMES)
def test_an_address_is_found(words: str) -> None:
    assert [*find_homes(words)]


@pytest.mark.parametrize("words", NOBODYS)
def test_what_is_no_address_stays(words: str) -> None:
    assert [words[slice(*span)] for span in find_homes(words)] == []


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (HOMES[0], "Do you deliver to •••?"),
        (HOMES[4], "Доставите на •••?"),
        (HOMES[8], "能送到•••吗？"),
    ],
)
def test_nothing_of_the_address_is_left_for_everybody(words: str, left: str) -> None:
    assert redacted(words, (), date(2026, 3, 1), homes=True) == left


def test_no_address_reaches_farther_than_is_looked() -> None:
    for shape in homes.SHAPES:
        least, most = parser.parse(
            shape.address.pattern, shape.address.flags & ~re.UNICODE
        ).getwidth()
        assert 0 < least < most <= homes.REACH


@pytest.mark.parametrize(
    "words", ["Lange STRASSE 5, 10115 Berlin", "Hauptſtraße 5", "улица Ленина 5", "ПР-Т Мира, 5"]
)
def test_an_address_is_found_far_into_a_text_however_it_is_written(words: str) -> None:
    alone = [(start + 5_001, end + 5_001) for start, end in find_homes(f"Am {words}")]
    assert [*find_homes(f"{'-' * 5_000} Am {words}{'.' * 5_000}")] == alone != []


@pytest.mark.parametrize("piece", ["a-", "a.b.", "路5号", "улица а-а ", "twenty-", "1 ", "а 5 кв "])
def test_no_text_keeps_the_search_for_homes_busy(piece: str) -> None:
    evil = piece * (100_000 // len(piece))
    assert milliseconds(partial(_all_of, evil), enough=75) <= 75


@pytest.mark.parametrize(
    "evil",
    [
        "a " * 3000,
        "1 a" * 1500,
        "ул. " * 1500,
        "улица а-а " * 600,
        "路" * 4000,
        "市区" * 2000,
        "12 " * 1500,
        "а-а 5 кв " * 600,
        "calle de la " * 600,
        "10 rue de la l'" * 500,
    ],
)
def test_evil_words_take_no_time(evil: str) -> None:
    assert len([*find_homes(evil)]) < len(evil)
    once, twice = (milliseconds(partial(_all_of, evil * times)) for times in (1, 2))
    assert twice < 3.5 * max(once, 20), "twice the words take about twice the time"


def _all_of(words: str) -> None:
    deque(find_homes(words), maxlen=0)
