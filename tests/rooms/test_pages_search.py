"""The page that finds what was said, as somebody's browser gets it."""

import pytest

from shopbell.conversations.model import ConversationId, Stream
from shopbell.conversations.search import service
from tests.support.browsing import Door, checked
from tests.support.house import House, Person


def test_what_is_found_leads_to_where_it_can_be_read(
    door: Door, house: House, anna: Person, talk: ConversationId
) -> None:
    house.passes(seconds=1)
    olga = house.operator()
    for who, place in ((anna, "/me/messages/"), (olga, "/console/questions/")):
        assert f'href="{place}{talk}#p' in checked(door(who).get("/search?q=lamp"))
    assert door(olga).get(f"/console/questions/{talk}").status_code == 200


def test_an_empty_page_is_not_the_end_as_long_as_there_is_more(
    door: Door, house: House, anna: Person, talk: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_MOST", 2)
    monkeypatch.setattr(service, "ROUNDS_MOST", 2)
    taken = [anna.says(talk, f"Lamp {number}").seq for number in range(30)]
    house.passes(seconds=1)
    for seq in taken:
        anna.adds(Stream(talk), "delete", target=seq)
    page = checked(door(anna).get("/search?q=lamp"))
    assert 'rel="next"' in page
    assert "Try fewer words" not in page
