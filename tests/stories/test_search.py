"""Anybody finds what was said to them, by any word of it, and nobody finds anything else."""

import pytest

from shopbell.conversations.search import indexing, service
from shopbell.conversations.search.model import Found, Hit
from tests.support.house import Counter, House, Person


def finds(person: Person, asked: str, **more: object) -> list[str]:
    """Return what somebody finds, newest first."""
    return [hit.excerpt for hit in looks(person, asked, **more).items]


def looks(person: Person, asked: str, **more: object) -> Found:
    """Look for something, once all that was said can be found."""
    person.house.passes(seconds=1)
    found: Found = person.house.db.read_now(service.find, person.actor, asked, **more)
    return found


def lit(hit: Hit) -> list[str]:
    """Return what is marked in an excerpt."""
    return [hit.excerpt[start:end] for start, end in hit.marks]


SAID = {
    "可以退货吗？": ("退", "可", "吗", "退货", "可以", "可以退货", "可以退货吗"),
    "iPhone手机壳有货吗": ("iphone", "手机", "手机壳", "iphone手机壳", "壳"),
    "Где моя посылка с чайниками?": ("посылки", "посылка", "чайник", "ЧАЙНИКОВ"),
    "Ещё не пришло": ("еще", "ещё", "пришло"),
    "The kettles were leaking": ("kettle", "leaks", "LEAKED", "kettle leak"),
    "Order 2026-51873, tracking RB123456785CN": (
        "2026-51873",
        "51873",
        "5187",
        "26-518",
        "RB123456785CN",
        "456785",
        "85cn",
    ),
    "ＡＢＣ１２３４ full width": ("abc1234", "1234"),
    "Цвет 白色 или black?": ("白", "白色 black", "цвет black", "цвета"),
    "Размер 42 мм": ("42", "42 мм", "42мм"),
}


@pytest.mark.parametrize("said", SAID, ids=range(len(SAID)))
def test_any_word_of_any_language_finds_what_was_said(house: House, said: str) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Good day / Добрый день / 您好")
    anna.says(talk, said)

    for asked in SAID[said]:
        assert finds(anna, asked) == [said], asked
        assert finds(halo.mei, asked) == [said], asked


def test_what_stands_apart_is_not_what_was_looked_for(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(halo, None, "退了，货到，到了没有货运")
    assert finds(anna, "退货") == []
    anna.says(anna.begins(halo, None), "货到付款，到付运费")
    assert finds(anna, "货到付运") == []
    assert finds(anna, "到付运") == ["货到付款，到付运费"]


def test_a_word_with_one_wrong_letter_finds_what_was_meant(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "The teapot is broken")
    anna.says(talk, "Посылка потерялась")

    for asked in ("teapto", "taepot", "teapt", "teappot", "teopot", "Посылкаа", "песылка"):
        found = looks(anna, asked)
        assert [hit.near for hit in found.items] == [True], asked
    [hit] = looks(anna, "teapto").items
    assert lit(hit) == ["teapot"]
    assert finds(anna, "taept") == []
    assert finds(anna, "brok") == []


def test_what_is_written_as_asked_comes_first(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "A kettle, please")
    anna.says(talk, "A kettel, please")

    page = looks(anna, "kettle please", limit=1)
    assert [hit.excerpt for hit in page.items] == ["A kettle, please"]
    rest = looks(anna, "kettle please", after=page.next)
    assert [hit.excerpt for hit in rest.items] == ["A kettel, please"]
    assert (rest.items[0].near, rest.next) == (True, None)


def test_two_shops_never_see_a_byte_of_each_other(house: House) -> None:
    halo, sota = house.shop("halo"), house.shop("sota", staff=["vera"])
    anna = house.buyer("anna")
    anna.asks(halo, None, "a secret kingfisher 翠鸟 for halo 2026-51873")
    sota.vera.notes(anna.asks(sota, None, "hello sota"), "note of sota about a kingfisher")

    for asked in ("kingfisher", "翠鸟", "翠", "51873", "kingfishre", "secret", "halo", "from:anna"):
        assert all("halo" not in said for said in finds(sota.vera, asked)), asked
    assert finds(sota.vera, "kingfisher") == ["note of sota about a kingfisher"]
    assert finds(halo.mei, "note") == []


def test_notes_are_found_by_the_team_alone(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    boris = house.buyer("boris")
    talk = anna.asks(halo, None, "My lamp flickers")
    halo.mei.notes(talk, "She flickers herself: a difficult lamp 难缠")

    assert finds(halo.mei, "flicker") == [
        "She flickers herself: a difficult lamp 难缠",
        "My lamp flickers",
    ]
    assert finds(halo.mei, "kind:note lamp") == ["She flickers herself: a difficult lamp 难缠"]
    for other in (anna, olga):
        assert finds(other, "flicker") == ["My lamp flickers"]
        assert finds(other, "difficult") == finds(other, "难") == finds(other, "kind:note") == []
    assert finds(boris, "flicker") == finds(boris, "lamp") == []


def test_what_was_taken_back_is_found_no_more(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "My number is 5551234 号码")
    assert finds(halo.mei, "5551234") == finds(olga, "号") == ["My number is 5551234 号码"]

    anna.adds(halo_stream(talk), "delete", target=2)
    found = house.db.read_now(service.find, halo.mei.actor, "5551234")
    assert found.items == []
    for who in (anna, halo.mei, olga):
        assert finds(who, "5551234") == finds(who, "号码") == finds(who, "number") == []


def test_what_was_corrected_is_found_by_its_new_words_alone(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is the kettle red? 红色")
    assert finds(anna, "red") == ["Is the kettle red? 红色"]

    anna.adds(halo_stream(talk), "edit", target=2, text="Is the kettle blue? 蓝色")
    for who in (anna, halo.mei):
        [hit] = looks(who, "blue").items
        assert (hit.seq, hit.type, hit.excerpt) == (2, "message", "Is the kettle blue? 蓝色")
        assert finds(who, "红") == finds(who, "red") == []

    anna.adds(halo_stream(talk), "edit", target=2, text="Is the kettle green?")
    assert finds(anna, "blue") == []
    assert finds(anna, "kettle") == ["Is the kettle green?"]
    anna.adds(halo_stream(talk), "delete", target=2)
    assert finds(anna, "green") == finds(anna, "kettle") == []


def halo_stream(talk: str) -> object:
    from shopbell.conversations.model import ConversationId, Stream

    return Stream(ConversationId(talk))
