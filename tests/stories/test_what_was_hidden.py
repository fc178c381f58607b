"""The operator looks over what was hidden from the other side, and the words only on purpose."""

import pytest

from shopbell.accounts import operating
from shopbell.accounts.deeds import Wanted
from shopbell.accounts.refusals import OperatorsOnly
from shopbell.commerce.model import NoSuchShop
from shopbell.conversations import covers, service
from shopbell.conversations.model import Covers
from shopbell.kernel.actor import Side
from shopbell.language.model import Hidden
from tests.support.house import House, Person

PHONE, MAIL = "Call me: +49 30 901820", "Write to anna@post.example, please"


def hidden(operator: Person, shop: str | None = None, **more: str | int) -> Covers:
    """Look at what was hidden."""

    def look(tx: object) -> Covers:
        return covers.covers(tx, operator.actor, shop=shop, **more)  # type: ignore[arg-type]

    return operator.house.db.read_now(look)


def test_what_was_hidden_is_listed_newest_first_without_the_words(house: House) -> None:
    halo, sota, anna = house.shop("halo"), house.shop("sota", staff=["vera"]), house.buyer("anna")
    olga = house.operator()
    talk = anna.asks(halo, None, PHONE)
    house.passes(minutes=1)
    halo.mei.answers(talk, MAIL)
    house.passes(minutes=1)
    other = anna.asks(sota, None, PHONE)
    anna.says(other, "Are you there?")

    seen = hidden(olga).items
    assert [(one.conversation.id, one.author.name, one.author.side) for one in seen] == [
        (other, "Anna", Side.BUYER),
        (talk, "Mei", Side.SELLER),
        (talk, "Anna", Side.BUYER),
    ]
    assert [one.kinds for one in seen] == [[Hidden.PHONE], [Hidden.EMAIL], [Hidden.PHONE]]
    assert {one.where for one in seen} == {"message"}
    assert not any("901820" in repr(one) or "post.example" in repr(one) for one in seen)
    assert [one.conversation.id for one in hidden(olga, "sota").items] == [other]
    with pytest.raises(NoSuchShop):
        hidden(olga, "nobody")


def test_the_list_goes_on_where_it_ended(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, PHONE)
    for _more in range(4):
        anna.says(talk, PHONE)
    whole = hidden(olga)
    assert (len(whole.items), whole.next) == (5, None)
    first = hidden(olga, limit=2)
    then = hidden(olga, limit=2, before=first.next or "")
    last = hidden(olga, "halo", limit=2, before=then.next or "")
    assert [*first.items, *then.items, *last.items] == whole.items
    assert last.next is None


def test_only_the_operator_looks_and_a_look_at_the_words_is_noted(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = anna.asks(halo, None, PHONE)
    for other in (anna, halo.mei):
        with pytest.raises(OperatorsOnly):
            hidden(other)
    (one,) = hidden(olga).items
    wanted = Wanted(action="originals_seen")
    assert house.db.read_now(operating.found, olga.actor, wanted).deeds == []
    (said,) = house.db.write_now(service.originals, olga.actor, one.conversation.id)
    assert (said.place, said.text) == (one.place, PHONE)
    assert len(house.db.read_now(operating.found, olga.actor, wanted).deeds) == 1
    assert talk == one.conversation.id
