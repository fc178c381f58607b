"""The pages of who is told when nobody answers: the shop's, the operator's, and what they show."""

import re
from datetime import timedelta
from html import unescape

import msgspec
import pytest
from sqlalchemy import update

from shopbell.accounts import staff as colleagues
from shopbell.accounts.tables import people
from shopbell.commerce.hours import Hours
from shopbell.contact import service as contact
from shopbell.contact.foresight import Question, foresee
from shopbell.contact.ladder import Ladder
from shopbell.contact.model import Rules, Rung, Step
from shopbell.contact.shipped import STANDARD
from shopbell.conversations.model import Channel
from shopbell.kernel.actor import SYSTEM, Rank
from shopbell.kernel.texts import LOCALES, Locale, text
from tests.support.browsing import Door, checked, hidden
from tests.support.channels import Mail, Push, wired
from tests.support.clock import MORNING
from tests.support.house import Counter, House

WEEKDAYS = [Hours(weekday=day, opens="09:00", closes="18:00") for day in range(5)]
"""Of a shop in Berlin."""

OF_SHOP, OF_ALL = "/shop/ladder", "/console/ladder"


@pytest.fixture
def counter(house: House) -> Counter:
    """Open a shop with an owner, a manager and an agent."""
    shop = house.shop("halo", staff=["mei", "maria", "vera"], hours=WEEKDAYS)
    house.db.write_now(colleagues.set_rank, SYSTEM, shop.shop.id, shop.maria.actor.id, Rank.MANAGER)
    return shop


def told(page: str, key: str, **facts: str | int) -> bool:
    """Tell whether a page says something."""
    return text("en", key, **facts) in unescape(page)


def filled(page: str, **changes: str) -> dict[str, str]:
    """Fill a form in that goes by the rules we ship, but for some changes."""
    waits = {
        "chat": {"push": "1", "mail": "3", "owner": "60", "operator": "1440"},
        "message": {"mail": "30", "operator": "1440"},
        "email": {"mail": "5", "operator": "1440"},
        "back": {"push": "1", "mail": "5"},
    }
    sheet = {
        f"{name}-{step}-length": waits[name].get(step, "")
        for name in waits
        for step in ("push", "mail", "platform", "staff", "owner", "operator")
    }
    units = {key.replace("-length", "-unit"): "minutes" for key in sheet}
    paces = {"pace-product": "100", "pace-order": "50", "pace-shop": "100", "pace-case": "50"}
    sent = {**hidden(page), **sheet, **units, **paces, "do": "save"}
    return sent | {name.replace("__", "-"): value for name, value in changes.items()}


def test_letters_count_as_set_up_where_somebody_takes_them(
    house: House, counter: Counter, door: Door
) -> None:
    maria, operator = door(counter.maria), door(house.operator())

    def passed_over() -> list[bool]:
        pages = [checked(maria.get(OF_SHOP)), checked(operator.get(OF_ALL))]
        rows = [re.findall(r'<p class="what">(.*?)</p>', unescape(page)) for page in pages]
        letters = [row for found in rows for row in found if text("en", "contact.step_mail") in row]
        return [text("en", "contact.not_made") in row for row in letters]

    assert passed_over() == [True] * 6
    house.db.write_now(lambda tx: tx.execute(update(people).values(demo=True)))
    assert passed_over() == [False] * 6


@pytest.mark.parametrize("locale", LOCALES)
def test_the_pages_speak_every_language(
    house: House, counter: Counter, door: Door, locale: Locale
) -> None:
    manager, operator = door(counter.maria), door(house.operator())
    for browser, path in ((manager, OF_SHOP), (operator, OF_ALL)):
        page = checked(browser.get(path, params={"lang": locale}))
        assert f'<html lang="{locale}"' in page
        assert text(locale, "contact.step_operator") in unescape(page)


def test_only_managers_and_the_operator_lay_rules_down(
    house: House, counter: Counter, door: Door
) -> None:
    anna, agent, other = house.buyer("anna"), counter.vera, house.shop("tea", staff=["oleg"]).oleg
    for who in (anna, agent, other, counter.maria):
        checked(door(who).get(OF_ALL), 403)
    checked(door(agent).get(OF_SHOP), 403)
    assert door(anna).get(OF_SHOP).headers["location"] == "/"
    page = checked(door(counter.maria).get(OF_SHOP))
    checked(door(agent).post(OF_SHOP, data=filled(page)), 403)
    checked(door(counter.maria).post(f"{OF_ALL}/{counter.shop.id}/lift"), 403)
    assert _rules(house, counter) == STANDARD


def test_a_shop_lays_its_own_down_and_goes_back(house: House, counter: Counter, door: Door) -> None:
    maria = door(counter.maria)
    page = checked(maria.get(OF_SHOP))
    assert told(page, "contact.of_market")
    done = maria.post(OF_SHOP, data=filled(page, chat__push__length="2"))
    assert (done.status_code, done.headers["location"]) == (303, f"{OF_SHOP}?done=saved")
    assert _rules(house, counter).chat == [
        Rung(Step.PUSH, timedelta(minutes=2)),
        Rung(Step.MAIL, timedelta(minutes=3)),
        Rung(Step.OWNER, timedelta(hours=1)),
        Rung(Step.OPERATOR, timedelta(days=1)),
    ]
    assert counter.shop.name in checked(door(house.operator()).get(OF_ALL))

    page = checked(maria.get(f"{OF_SHOP}?done=saved"))
    assert told(page, "contact.since")
    assert maria.post(OF_SHOP, data={"do": "lift"}).headers["location"].endswith("done=lifted")
    assert _rules(house, counter) == STANDARD


def test_what_is_shown_is_saved_as_it_was(house: House, counter: Counter, door: Door) -> None:
    """A form that nobody changed lays down the rules that it shows."""
    operator = door(house.operator())
    page = checked(operator.get(OF_ALL))
    sent = hidden(page)
    sent |= dict(
        re.findall(r'<input id="[\w-]+" name="([\w-]+)" inputmode[^>]*value="(\w*)"', page)
    )
    for name, options in re.findall(r'<select id="[\w-]+" name="([\w-]+)">(.*?)</select>', page):
        found = re.search(r'value="([\w-]+)" selected', options)
        sent[name] = found[1] if found else ""
    assert operator.post(OF_ALL, data={**sent, "do": "save"}).status_code == 303
    assert _rules(house, counter) == STANDARD


@pytest.mark.parametrize(
    ("changes", "field", "key"),
    [
        ({"chat__push__length": "soon"}, "chat-push-length", "contact.bad_wait"),
        ({"chat__push__length": "-5"}, "chat-push-length", "contact.bad_wait"),
        ({"pace__order": "0"}, "pace-order", ""),
        ({"chat__operator__length": ""}, "chat", "contact.why_last"),
        ({"message__owner__length": "30"}, "message", "contact.why_order"),
        ({"email__mail__length": "0"}, "email", "contact.why_soon"),
        ({"email__mail__length": "99999"}, "email", "contact.why_late"),
        ({"back__push__length": "", "back__mail__length": ""}, "back", "contact.why_step"),
        ({"chat__operator__length": "1441"}, "chat", "contact.why_beyond"),
        ({"pace__order": "100"}, "chat", "contact.why_beyond"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    *, house: House, counter: Counter, door: Door, changes: dict[str, str], field: str, key: str
) -> None:
    maria = door(counter.maria)
    sent = filled(checked(maria.get(OF_SHOP)), **changes)
    page = checked(maria.post(OF_SHOP, data=sent), 422)
    assert f'id="{field}-bad"' in page
    assert told(page, key or "contact.bad_pace", most=1_000)
    for name, value in changes.items():
        assert f'name="{name.replace("__", "-")}"' in page
        assert f'value="{value}"' in page
    assert _rules(house, counter) == STANDARD


def test_an_operator_may_be_more_patient_than_shops_may(
    house: House, counter: Counter, door: Door
) -> None:
    operator = door(house.operator())
    page = checked(operator.get(OF_ALL))
    assert (
        operator.post(OF_ALL, data=filled(page, chat__operator__length="2880")).status_code == 303
    )
    maria = door(counter.maria)
    sent = filled(checked(maria.get(OF_SHOP)), chat__operator__length="2880")
    assert maria.post(OF_SHOP, data=sent).status_code == 303


def test_a_colleague_who_was_quicker_is_not_overwritten_unseen(
    house: House, counter: Counter, door: Door
) -> None:
    maria, mei = door(counter.maria), door(counter.mei)
    page = checked(maria.get(OF_SHOP))
    assert mei.post(OF_SHOP, data=filled(page, chat__push__length="2")).status_code == 303
    held = checked(maria.post(OF_SHOP, data=filled(page, chat__owner__length="77")), 409)
    assert told(held, "refusals.ladder_moved_on.title")
    assert 'value="77"' in held
    assert _rules(house, counter).chat[0].after == timedelta(minutes=2)
    again = filled(held, chat__owner__length="77")
    assert maria.post(OF_SHOP, data=again).status_code == 303
    assert _rules(house, counter).chat[2].after == timedelta(minutes=77)


def test_a_trial_shows_what_happens_and_keeps_nothing(
    house: House, counter: Counter, door: Door
) -> None:
    maria = door(counter.maria)
    sent = filled(checked(maria.get(OF_SHOP)), chat__owner__length="10") | {"do": "try"}
    page = checked(maria.post(OF_SHOP, data=sent))
    assert "Monday, " in page
    assert "9:10" in page  # the owner, ten minutes after the shop opens
    assert "Back on Monday at 09:00" in unescape(page)
    assert _rules(house, counter) == STANDARD


def test_what_is_foreseen_is_what_happens(house: House) -> None:
    """A question on Monday at 17:58 waits over the night: the preview says to the second how."""
    there = House(wired(house.app, Push(), Mail()), house.clock)
    halo, anna = there.shop("halo", hours=WEEKDAYS), there.buyer("anna")
    there.clock.now = MORNING.replace(hour=15, minute=58)
    order = halo.ships_to(anna, halo.sells("lamp"))
    asked = Question(Channel.CHAT, ["order"], there.clock())
    seen = foresee(halo.shop, STANDARD, Ladder(there.app.channels), asked)
    talk = anna.asks(halo, order, "Where is it?")

    for at in sorted({seen.promised, *(one.at for one in seen.steps)}):
        there.clock.now = at - timedelta(seconds=1)
        there.passes()
        there.passes(seconds=1)

    told = [one for one in anna.events(talk) if one.type in {"contact", "escalate"}]
    happened = [(_step(one.type, one.data), one.at) for one in told]
    assert happened == [(one.step, one.at) for one in seen.steps if one.made]
    overdue = [one.at for one in anna.events(talk) if one.type == "answer_overdue"]
    assert overdue == [seen.promised]


def _step(kind: str, data: msgspec.Raw) -> str:
    return msgspec.json.decode(data)["step"] if kind == "contact" else "operator"


def _rules(house: House, counter: Counter) -> Rules:
    return house.db.read_now(contact.rules_of, counter.mei.actor, counter.shop.id)
