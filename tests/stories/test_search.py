"""Anybody finds what was said to them, by any word of it, and nobody finds anything else."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from shopbell.cli import main
from shopbell.commerce.facts import OrdersMoved
from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.search import indexing, service, storage
from shopbell.conversations.search.model import Found, Hit
from shopbell.conversations.service import CursorMalformed, attach
from shopbell.conversations.tables import events
from shopbell.engine.blobs import Blob
from shopbell.engine.database import Tx
from shopbell.engine.search import cursors, index, vocabulary
from shopbell.engine.search.terms import Word
from shopbell.engine.search.tokens import stem
from shopbell.kernel.ids import id_at
from tests.support.house import House, Person


def finds(person: Person, asked: str) -> list[str]:
    """Return what somebody finds, newest first."""
    return [hit.excerpt for hit in looks(person, asked).items]


def looks(person: Person, asked: str, after: str = "", limit: int = 20) -> Found:
    """Look for something, once all that was said can be found."""
    person.house.passes(seconds=1)
    return person.house.db.read_now(service.find, person.actor, asked, after=after, limit=limit)


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
    "Трек RR 123 456 785 RU": ("12345678", "rr123456785ru", "123 456", "785"),
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
    rest = looks(anna, "kettle please", page.next or "")
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


def test_each_of_the_two_locks_holds_alone(house: House) -> None:
    """The index is asked for what somebody may find at all; reading asks the one rule again."""
    halo, sota = house.shop("halo"), house.shop("sota", staff=["vera"])
    anna, boris, olga = house.buyer("anna"), house.buyer("boris"), house.operator()
    talk = anna.asks(halo, None, "A kingfisher")
    halo.mei.notes(talk, "A note about a kingfisher")
    boris.asks(sota, None, "A teapot")
    assert len(finds(halo.mei, "kingfisher")) == 2

    every = range(1, house.db.read_now(indexing.progress) + 1)
    may = {anna: {"p"}, halo.mei: {"p", "n"}, olga: {"p"}, boris: set[str](), sota.vera: set[str]()}
    for who, audiences in may.items():
        rows = house.db.read_now(storage.readable, who.actor, every)
        assert {row.audience for row in rows if row.conversation == talk} == audiences
        scope = house.db.read_now(service.scope_of, who.actor)
        assert scope is not None
        found = house.db.read_now(
            index.find, scope(Word(stem("kingfisher"))), 50, below=index.NO_NUMBER
        )
        assert len(found) == len(audiences)


def test_what_was_taken_back_is_found_no_more(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, "My parcel is 5551234 号码")
    assert finds(halo.mei, "5551234") == finds(olga, "号") == ["My parcel is 5551234 号码"]

    anna.adds(Stream(talk), "delete", target=2)
    found = house.db.read_now(service.find, halo.mei.actor, "5551234")
    assert found.items == []
    for who in (anna, halo.mei, olga):
        assert finds(who, "5551234") == finds(who, "号码") == finds(who, "parcel") == []


def test_what_was_corrected_is_found_by_its_new_words_alone(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Is the kettle red? 红色")
    assert finds(anna, "red") == ["Is the kettle red? 红色"]

    anna.adds(Stream(talk), "edit", target=2, text="Is the kettle blue? 蓝色")
    for who in (anna, halo.mei):
        [hit] = looks(who, "blue").items
        assert (hit.seq, hit.type, hit.excerpt) == (2, "message", "Is the kettle blue? 蓝色")
        assert finds(who, "红") == finds(who, "red") == []

    anna.adds(Stream(talk), "edit", target=2, text="Is the kettle green?")
    assert finds(anna, "blue") == []
    assert finds(anna, "kettle") == ["Is the kettle green?"]
    anna.adds(Stream(talk), "delete", target=2)
    assert finds(anna, "green") == finds(anna, "kettle") == []


def test_what_was_corrected_is_shown_to_nobody_before_the_index_follows(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "My parcel is 5551234")
    assert finds(halo.mei, "parcel") == ["My parcel is 5551234"]
    anna.adds(Stream(talk), "edit", target=2, text="My parcel is hidden")
    for asked in ("5551234", "parcel"):
        assert house.db.read_now(service.find, halo.mei.actor, asked).items == []
    assert finds(halo.mei, "parcel") == ["My parcel is hidden"]


def test_a_corrected_message_is_still_found_by_the_names_of_its_files(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Good day")
    file = house.db.write_now(
        attach, anna.actor, talk, Blob("0" * 64, "image/png", 100, 8, 6), "kingfisher.png"
    )
    anna.adds(Stream(talk), "message", text="Lok", attachments=[file.id])
    assert finds(halo.mei, "kingfisher") == ["Lok kingfisher.png"]
    anna.adds(Stream(talk), "edit", target=3, text="Look")
    assert finds(halo.mei, "kingfisher") == ["Look kingfisher.png"]


def test_what_was_taken_back_leaves_no_words_behind(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "The password is kingfisher")
    house.passes(seconds=1)
    anna.adds(Stream(talk), "delete", target=2)
    house.passes(seconds=1)
    house.db.write_now(indexing.begin_anew)
    house.passes(seconds=1)

    def traces(tx: Tx) -> tuple[list[str], list[int]]:
        word = Word(stem("kingfisher"))
        return (
            vocabulary.neighbours(tx, "kingfishe"),
            index.find(tx, word, 50, below=index.NO_NUMBER),
        )

    assert house.db.read_now(traces) == ([], [])
    anna.says(talk, "Not a kingfisher")
    assert finds(anna, "kingfishre") == ["Not a kingfisher"]


def test_postgres_forgets_the_words_with_the_message(house: House) -> None:
    """SQLite keeps them, of a message that nobody can read, until the index is built anew."""
    keeps = house.app.settings.database_url.startswith("sqlite")
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "The password is kingfisher")
    house.passes(seconds=1)
    anna.adds(Stream(talk), "delete", target=2)
    house.passes(seconds=1)
    word = Word(stem("kingfisher"))
    found = house.db.read_now(index.find, word, 50, below=index.NO_NUMBER)
    assert bool(found) is keeps
    assert finds(halo.mei, "kingfisher") == []


def test_operators_narrow_what_is_found(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    order = halo.ships_to(anna, halo.sells("lamp"), number="2026-51873")
    talk = anna.asks(halo, order, "The lamp is late")
    halo.mei.answers(talk, "The lamp left yesterday")
    boris.asks(halo, None, "Do you sell a lamp?")

    def mei(asked: str) -> set[str]:
        return set(finds(halo.mei, asked))

    late, left, sell = "The lamp is late", "The lamp left yesterday", "Do you sell a lamp?"
    card = "2026-51873 · Lamp"
    assert mei("lamp") == {late, left, sell, card}
    assert mei("lamp from:anna") == mei("lamp от:Anna") == {late}
    assert mei("lamp from:buyer") == mei("lamp 来自：买家") == {late, sell}
    assert mei("from:mei") == {left}
    assert mei("lamp order:51873") == mei("заказ:5187") == {late, left, card}
    assert mei("51873") == {card}
    assert mei("kind:order lamp") == mei("类型:订单 lamp") == {late, left, card}
    assert mei("kind:message lamp") == {late, left, sell}

    house.passes(days=40)
    boris.asks(halo, None, "A lamp again")
    day = house.clock().date()
    assert mei(f"lamp after:{day}") == mei(f"lamp после:{day:%d.%m.%Y}") == {"A lamp again"}
    assert mei(f"lamp before:{day}") == {late, left, sell, card}


def test_an_operator_that_is_none_is_a_word_with_a_hint(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(halo, None, "colour:red or size:small, from:mars before:noon kind:odd")

    hints = {
        "colour:red": ("unknown_operator", "colour"),
        "kind:odd": ("unknown_kind", "odd"),
        "before:noon": ("unknown_before", "noon"),
        "order:12": ("unknown_order", "12"),
        "from:!!!": ("unknown_from", "!!!"),
    }
    for asked, (code, word) in hints.items():
        found = looks(anna, asked)
        assert [(hint.code, hint.word) for hint in found.hints] == [(code, word)], asked
        assert len(found.items) == (asked != "order:12"), asked
    assert looks(anna, "https://example.org/red").hints == []


def test_a_buyer_finds_what_was_asked_about_an_order_that_became_theirs(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    order = halo.ships_to(anna, halo.sells("lamp"))
    anna.asks(halo, order, "Where is my kingfisher?")
    assert finds(anna, "kingfisher") == ["Where is my kingfisher?"]

    moved = OrdersMoved(orders=[order.id], before=anna.actor.id, buyer=boris.actor.id)
    house.db.write_now(lambda tx: tx.announce(moved))
    assert finds(boris, "kingfisher") == ["Where is my kingfisher?"]
    assert finds(anna, "kingfisher") == []


def test_pages_follow_each_other_without_a_gap(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "lamp 0")
    for number in range(1, 8):
        anna.says(talk, f"lamp {number}")

    seen: list[str] = []
    page = looks(anna, "lamp", limit=3)
    while True:
        seen += [hit.excerpt for hit in page.items]
        if page.next is None:
            break
        anna.says(talk, "lamp, written meanwhile")
        page = looks(anna, "lamp", page.next, limit=3)
    assert seen == [f"lamp {number}" for number in range(7, -1, -1)]
    for strange in (
        "x",
        "e.",
        "z.1",
        "e.1.p",
        f"e.{talk}.p.2",
        f"e.{talk}.n.1",
        "e.-1",
        "e.١",
        "e." + "9" * 19,
    ):
        with pytest.raises(CursorMalformed):
            looks(anna, "lamp", after=strange)


def test_a_place_among_hits_tells_nothing_about_notes(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    talk = anna.asks(halo, None, "lamp 1")
    halo.mei.notes(talk, "a note about a lamp")
    anna.says(talk, "lamp 2")
    page = looks(anna, "lamp", limit=1)
    assert page.next is not None
    for number in range(1, 6):
        assert looks(boris, "lamp", after=f"e.{number}") == Found([], None, [])
    with pytest.raises(CursorMalformed):
        looks(boris, "lamp", after=f"e.{talk}.n.1")


def test_a_page_goes_on_where_it_stood_after_a_correction(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "lamp 0")
    for number in range(1, 4):
        anna.says(talk, f"lamp {number}")
    first = looks(anna, "lamp", limit=2)
    anna.adds(Stream(talk), "edit", target=first.items[-1].seq, text="lamp two")
    rest = looks(anna, "lamp", first.next or "")
    assert [hit.excerpt for hit in rest.items] == ["lamp 1", "lamp 0"]


def test_hits_behind_many_that_may_not_be_read_are_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_MOST", 2)
    monkeypatch.setattr(service, "ROUNDS_MOST", 2)
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "the first lamp")
    for number in range(12):
        anna.says(talk, f"lamp {number}")
    house.passes(seconds=1)
    for seq in range(3, 15):
        anna.adds(Stream(talk), "delete", target=seq)

    found, after = list[str](), ""
    while True:
        page = house.db.read_now(service.find, anna.actor, "lamp", after=after, limit=1)
        found += [hit.excerpt for hit in page.items]
        if page.next is None:
            break
        after = page.next
    assert found == ["the first lamp"]


def test_what_was_found_is_marked(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(
        halo, None, "word " * 100 + "👍 ｋｅｔｔｌｅｓ, 可以退货吗 2026-51873 " + "word " * 100
    )
    for asked, marked in {
        "kettle": ["ｋｅｔｔｌｅｓ"],
        "退货": ["退货"],
        "以退货": ["以退货"],
        "51873 kettle": ["ｋｅｔｔｌｅｓ", "2026-51873"],
    }.items():
        [hit] = looks(anna, asked).items
        assert lit(hit) == marked, asked
        assert len(hit.excerpt) <= 170
        assert "".join(text for text, _lit in hit.pieces) == hit.excerpt
        assert [text for text, is_lit in hit.pieces if is_lit] == marked


def test_building_the_index_anew_finds_the_same(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "A kettle, 水壶")
    anna.says(talk, "A lamp")
    anna.adds(Stream(talk), "edit", target=2, text="A teapot, 茶壶")
    anna.says(talk, "A spoon")
    anna.adds(Stream(talk), "delete", target=5)
    asked = ("kettle", "teapot", "茶", "水", "lamp", "spoon", "teapto")
    before = {word: finds(halo.mei, word) for word in asked}

    house.db.write_now(lambda tx: tx.execute(delete(vocabulary.vocabulary)))
    house.db.write_now(indexing.begin_anew)
    assert house.db.read_now(indexing.count) >= 5
    assert house.db.read_now(service.find, halo.mei.actor, "teapot").items == []
    assert {word: finds(halo.mei, word) for word in asked} == before
    assert before["teapot"] == before["茶"] == before["teapto"] == ["A teapot, 茶壶"]
    assert before["kettle"] == before["水"] == before["spoon"] == []


def test_what_came_late_behind_the_cursor_is_found_by_a_second_look(house: House) -> None:
    """As a transaction does that took its number first and was committed last."""
    halo, anna = house.shop("halo"), house.buyer("anna")
    house.clock.now = datetime.now(UTC)
    anna.asks(halo, None, "An early bird")
    house.passes(seconds=1)
    place = house.db.read_now(cursors.place, indexing.CURSOR)
    later = msgspec.structs.replace(place, at=id_at(house.clock() + timedelta(seconds=30)))
    house.db.write_now(cursors.move, indexing.CURSOR, later)

    anna.says(anna.begins(halo, None), "A late kingfisher")
    assert finds(anna, "kingfisher") == []
    house.passes(seconds=150)
    assert finds(anna, "kingfisher") == ["A late kingfisher"]


def test_what_came_much_later_is_found_by_a_third_look(house: House) -> None:
    """As from a node whose clock is behind: its ids lie where the index has been long ago."""
    halo, anna = house.shop("halo"), house.buyer("anna")
    house.clock.now = datetime.now(UTC)
    talk = anna.asks(halo, None, "An early bird")
    house.passes(seconds=200)
    anna.says(talk, "A kingfisher")
    _give_id(house, talk, 3, id_at(datetime.now(UTC) - timedelta(hours=3)))
    assert finds(anna, "kingfisher") == []
    for _minute in range(75):
        house.passes(seconds=61)
    assert finds(anna, "kingfisher") == ["A kingfisher"]


def test_which_correction_is_the_last_is_told_by_its_number(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    house.clock.now = datetime.now(UTC)
    talk = anna.asks(halo, None, "An early bird")
    house.passes(seconds=1)
    anna.says(talk, "A red kettle")
    anna.adds(Stream(talk), "edit", target=3, text="A blue kettle")
    place = house.db.read_now(cursors.place, indexing.CURSOR)
    behind = f"{place.at[:-12]}{int(place.at[-12:], 16) + 1:012x}"
    _give_id(house, talk, 4, behind)
    assert finds(anna, "kettle") == ["A blue kettle"]


def test_one_entry_that_cannot_be_read_holds_up_none_behind_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "A kingfisher")
    broken = update(events).where(events.c.conversation == talk, events.c.seq == 2)
    house.db.write_now(lambda tx: tx.execute(broken.values(data='{"text": 5}')))
    anna.says(talk, "A lamp")
    assert finds(anna, "lamp") == ["A lamp"]


def test_long_texts_are_taken_apart_a_few_at_a_time(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    house.passes(seconds=1)
    talk = anna.asks(halo, None, "A kingfisher")
    for _message in range(4):
        anna.says(talk, "слово " * 1_500)
    house.clock.passes(seconds=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "CHARACTERS_MOST", 20_000)
        batch = house.db.read_now(indexing.gather)
    assert batch is not None
    assert (len(batch.taken.texts), batch.more) == (4, True)
    assert len(finds(anna, "слово")) == 4


def _give_id(house: House, talk: ConversationId, seq: int, ident: str) -> None:
    entry = update(events).where(events.c.conversation == talk, events.c.seq == seq)
    house.db.write_now(lambda tx: tx.execute(entry.values(id=ident)))


def test_two_followers_do_not_index_twice(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    house.passes(seconds=1)
    anna.asks(halo, None, "A kingfisher")
    first, second = (house.db.read_now(indexing.gather) for _follower in range(2))
    assert first is not None
    assert second is not None
    stored = [house.db.write_now(indexing.store, batch) for batch in (first, second)]
    assert (stored[0] > 0, stored[1]) == (True, 0)
    assert finds(anna, "kingfisher") == ["A kingfisher"]


def test_how_far_the_index_lies_behind_is_told(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(halo, None, "A kingfisher")
    house.clock.passes(seconds=7)
    assert house.db.read_now(indexing.lag) == 7
    house.passes(seconds=1)
    assert house.db.read_now(indexing.lag) == 0


def test_who_has_nothing_finds_nothing(house: House) -> None:
    halo, anna, boris = house.shop("halo"), house.buyer("anna"), house.buyer("boris")
    anna.asks(halo, None, "A kingfisher")
    assert looks(boris, "kingfisher") == Found([], None, [])
    for nothing in (
        "",
        "   ",
        "?!",
        "\N{SMILING FACE WITH SMILING EYES}",
        "\ud800",
        "\0",
        "\u202e",
    ):
        assert looks(anna, nothing) == Found([], None, [])


def test_words_of_the_index_itself_are_words_like_others(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    anna.asks(halo, None, "knote NOT AND OR \" ' * ( ) : & | ! <-> tokens")
    halo.mei.notes(anna.begins(halo, None), "a note")
    for asked in ("NOT", "AND", '"', "knote", "a* OR b", "'x' & !y", "_knote", "tokens:x", "a:*"):
        assert all(hit.audience == "p" for hit in looks(olga, asked).items), asked
    assert len(finds(olga, "knote")) == len(finds(olga, "NOT and")) == 1


def test_the_command_line_builds_the_index_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    anna.asks(halo, None, "A kingfisher")
    monkeypatch.setenv("SHOPBELL_DATABASE", house.app.settings.database_url)
    monkeypatch.setenv("SHOPBELL_DATA", str(house.app.settings.data))
    monkeypatch.setenv("LC_ALL", "en")
    ran = CliRunner().invoke(main, ["search", "rebuild"])
    assert ran.exit_code == 0, ran.output
    assert "entries are read anew" in ran.output
    assert "texts can be found" in ran.output
    found = house.db.read_now(service.find, anna.actor, "kingfisher")
    assert [hit.excerpt for hit in found.items] == ["A kingfisher"]
    as_json = json.loads(CliRunner().invoke(main, ["search", "rebuild", "--json"]).output)
    assert as_json["read"] >= as_json["searchable"] >= 2
