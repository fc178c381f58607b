"""The pages where people set things: their account, their shop's page, its team, its keys."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from shopbell.accounts import audit
from shopbell.accounts import service as accounts
from shopbell.accounts import staff as colleagues
from shopbell.commerce import service as commerce
from shopbell.commerce.hours import Hours
from shopbell.kernel.actor import SYSTEM, Rank
from shopbell.kernel.texts import LOCALES, Locale, text
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import Kinder, Length, Terms
from tests.support.browsing import Door, checked, hidden
from tests.support.house import Counter, House

ANNA = {"name": "Anna", "email": "anna@example.org", "password": "seven green kettles"}
NEW = "eight blue kettles"
SPARE = {"opens-6": "", "closes-6": ""}
PAGES = ("/account", "/shop/settings", "/shop/team", "/shop/desk", "/shop/keys", "/shop/terms")


@pytest.fixture
def counter(house: House) -> Counter:
    """Open a shop with an owner, a manager and an agent."""
    shop = house.shop("halo", staff=["mei", "maria", "vera"])
    house.db.write_now(colleagues.set_rank, SYSTEM, shop.shop.id, shop.maria.actor.id, Rank.MANAGER)
    return shop


def told(page: str, key: str, locale: Locale = "en", **facts: str | int) -> bool:
    """Tell whether a page says something."""
    return text(locale, key, **facts) in unescape(page)


def settings(**changes: object) -> dict[str, Any]:
    """Fill the shop's form in as it is sent; a list stands under one name several times."""
    open_hours = {f"opens-{day}": ["09:00", "13:00"] for day in range(5)}
    closing = {f"closes-{day}": ["12:00", "18:00"] for day in range(5)}
    return {
        "name": "Halo",
        "email": "halo@example.org",
        "zone": "Europe/Berlin",
        "about-en": "Lamps",
        "about-ru": "",
        "about-zh": "灯具",
        "languages": ["zh", "en"],
        "channels": ["chat", "email"],
        "chat_minutes": "7",
        "message_hours": "24",
        "email_hours": "48",
        "holidays": ["2027-01-01", "", "2026-12-25"],
        "centres": "Lamp Service, 2 Wire Street\r\n\r\n Lichthaus Nord ",
        **open_hours,
        **closing,
        **SPARE,
        **changes,
    }


def team_form(page: str, **changes: str) -> dict[str, str]:
    """Fill in who is to be added."""
    given = {"name": "Leo Ray", "email": "leo@example.org", "password": NEW, "rank": "agent"}
    return {**hidden(page), **given, "language": "ru", **changes}


def secret_in(page: str) -> str:
    """Return the secret of the key that a page shows."""
    found = re.search(r"<code>(sbk_[\w-]+)</code>", page)
    return found[1] if found else ""


# --- for all of them ------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_of_settings_speaks_every_language(
    counter: Counter, door: Door, locale: Locale
) -> None:
    owner, agent = door(counter.mei), door(counter.vera)
    for browser, paths in ((owner, PAGES), (agent, PAGES[:4])):
        for path in paths:
            page = checked(browser.get(path, params={"lang": locale}))
            assert f'<html lang="{locale}"' in page


def test_nobody_unknown_sees_a_page_of_settings(house: House, counter: Counter, door: Door) -> None:
    stranger, anna = door(), door(house.buyer("anna"))
    for path in PAGES:
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["location"].split("=")[0]) == (
            303,
            "/sign-in?next",
        )
    for path in PAGES[1:]:
        assert anna.get(path).headers["location"] == "/"
        assert anna.get("/account").status_code == 200
    house.db.write_now(colleagues.leave, SYSTEM, counter.shop.id, counter.vera.actor.id)
    gone = door(counter.vera)
    for path in PAGES[1:]:
        checked(gone.get(path), 403)


# --- the account ----------------------------------------------------------------------------


def test_a_password_is_changed_and_other_places_are_out(house: House, door: Door) -> None:
    here, there = door(), door()
    here.post("/sign-up", data=ANNA)
    there.post("/sign-in", data=ANNA)
    change = {"old": ANNA["password"], "new": NEW}
    for _ in range(2):
        done = here.post("/account/password", data=change)
        assert (done.status_code, done.headers["location"]) == (303, "/account?done=password")
    assert told(checked(here.get("/account?done=password")), "account.password_done")
    assert there.get("/account").status_code == 303
    assert there.post("/sign-in", data=ANNA).status_code == 401
    assert there.post("/sign-in", data={**ANNA, "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "field", "code", "status"),
    [
        ("wrong", NEW, "old", "wrong_password", 403),
        (ANNA["password"], "zebra", "new", "password_too_short", 422),
        (ANNA["password"], ANNA["email"], "new", "password_too_common", 422),
    ],
)
def test_a_password_that_is_refused_is_said_at_its_field(
    *, door: Door, old: str, new: str, field: str, code: str, status: int
) -> None:
    anna = door()
    anna.post("/sign-up", data=ANNA)
    page = checked(anna.post("/account/password", data={"old": old, "new": new}), status)
    assert told(page, f"refusals.{code}.title")
    assert f'id="{field}-bad"' in page
    assert new not in page.replace(ANNA["email"], "")
    assert 'href="/account?lang=ru"' in page
    assert anna.get("/account").status_code == 200


def test_one_sign_in_is_ended_from_another(house: House, door: Door) -> None:
    anna, boris = house.buyer("anna"), door(house.buyer("boris"))
    here, there = door(anna), door(anna)
    page = checked(here.get("/account"))
    [end] = re.findall(r'action="(/account/sessions/[\w-]+/end)"', page)
    assert told(page, "account.here")

    assert boris.post(end).status_code == 303
    assert there.get("/account").status_code == 200
    for _ in range(2):
        assert here.post(end).headers["location"] == "/account?done=ended"
    assert there.get("/account").headers["location"].startswith("/sign-in")
    assert "/account/sessions/" not in checked(here.get("/account?done=ended"))


def test_signing_out_everywhere_ends_this_one_too(house: House, door: Door) -> None:
    anna = house.buyer("anna")
    here, there = door(anna), door(anna)
    answer = here.post("/account/sign-out-everywhere")
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"storage"'
    for browser in (here, there):
        assert browser.get("/account").headers["location"].startswith("/sign-in")


def test_an_address_is_confirmed_by_asking_for_the_letter_again(door: Door) -> None:
    anna = door()
    anna.post("/sign-up", data=ANNA)
    assert told(checked(anna.get("/account")), "account.unverified")
    assert anna.post("/account/letter").headers["location"] == "/account?done=letter"
    assert told(checked(anna.get("/account?done=letter")), "account.letter_done")
    assert not told(checked(anna.get("/account?done=nonsense")), "account.letter_done")


def test_the_language_chosen_is_that_of_letters_too(house: House, door: Door) -> None:
    anna = house.buyer("anna")
    browser = door(anna)
    answer = browser.post("/account/language", data={"language": "ru"})
    page = checked(browser.get(answer.headers["location"]))
    assert told(page, "account.language_done", "ru")
    assert house.db.read_now(accounts.person, anna.actor.id).locale == "ru"
    assert browser.post("/account/language", data={"language": "de"}).status_code == 400


@pytest.mark.parametrize("path", ["letter", "password", "language", "sign-out-everywhere"])
def test_nobody_unknown_changes_an_account(door: Door, path: str) -> None:
    answer = door().post(f"/account/{path}", data={"language": "ru"})
    assert answer.headers["location"].startswith("/sign-in")


# --- the shop's page ------------------------------------------------------------------------


def test_a_manager_says_anew_what_the_shop_shows(
    house: House, counter: Counter, door: Door
) -> None:
    maria = door(counter.maria)
    for _ in range(2):
        answer = maria.post("/shop/settings", data=settings())
        assert answer.headers["location"] == "/shop/settings?done=saved"
    kept = house.db.read_now(commerce.shop, counter.shop.id)
    assert kept.about == {"zh": "灯具", "en": "Lamps"}
    assert kept.hours[:2] == [Hours(0, "09:00", "12:00"), Hours(0, "13:00", "18:00")]
    assert (len(kept.hours), kept.languages, kept.channels) == (10, ["zh", "en"], ["chat", "email"])
    assert kept.holidays == [date(2026, 12, 25), date(2027, 1, 1)]
    assert kept.service_centres == ["Lamp Service, 2 Wire Street", "Lichthaus Nord"]
    assert (kept.promise.chat_minutes, kept.promise.email_hours) == (7, 48)
    assert (kept.slug, kept.picture) == (counter.shop.slug, counter.shop.picture)
    assert house.db.read_now(audit.newest)[0].action == "shop_changed"
    page = checked(maria.get("/shop/settings?done=saved"))
    assert told(page, "office.saved")
    assert page.count('value="13:00"') == 5
    assert page.count('name="opens-0"') == 3
    assert "13:00–18:00" in checked(door().get("/shops/halo"))


def test_a_shop_open_round_the_clock_stays_so(house: House, counter: Counter, door: Door) -> None:
    mei = door(counter.mei)
    page = checked(mei.get("/shop/settings"))
    assert page.count('type="time" value="00:00"') == 14
    days = {f"{edge}-{day}": ["00:00"] for day in range(7) for edge in ("opens", "closes")}
    assert mei.post("/shop/settings", data=settings(**days)).status_code == 303
    kept = house.db.read_now(commerce.shop, counter.shop.id)
    assert kept.hours == counter.shop.hours


@pytest.mark.parametrize(
    ("changes", "field", "key", "facts"),
    [
        ({"name": "  "}, "name", "office.bad_name", {}),
        ({"email": "halo"}, "email", "refusals.not_an_email.title", {}),
        ({"zone": "Mars/Base"}, "zone", "refusals.unknown_zone.title", {"zone": "Mars/Base"}),
        ({"about-en": "", "about-zh": "", "about-ru": " "}, "about", "office.bad_about", {}),
        ({"about-en": "x" * 2001}, "about", "office.bad_about_long", {"most": 2000}),
        ({"languages": []}, "languages", "office.bad_languages", {}),
        ({"languages": ["xx"]}, "languages", "office.bad_languages", {}),
        ({"chat_minutes": "0000000005" * 6}, "chat_minutes", "office.bad_promise", {"most": 10000}),
        ({"channels": []}, "channels", "refusals.no_way_to_reach.title", {}),
        ({"chat_minutes": "soon"}, "chat_minutes", "office.bad_promise", {"most": 10000}),
        ({"chat_minutes": "0"}, "chat_minutes", "office.bad_promise", {"most": 10000}),
        ({"holidays": ["2026-02-30"]}, "holidays", "office.bad_day", {"day": "2026-02-30"}),
        ({"holidays": ["20261225"]}, "holidays", "office.bad_day", {"day": "20261225"}),
        ({"closes-1": ["12:00", ""]}, "hours-1", "office.bad_pair", {}),
        ({"opens-1": ["25:00", "13:00"]}, "hours-1", "office.bad_pair", {}),
        ({"closes-2": ["12:00", "13:00"]}, "hours-2", "office.bad_empty_pair", {}),
        ({"closes-3": ["14:00", "18:00"]}, "hours-3", "office.bad_overlap", {}),
        ({"closes-4": ["08:00", "18:00"]}, "hours-4", "office.bad_overlap", {}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_is_kept(
    *,
    house: House,
    counter: Counter,
    door: Door,
    changes: dict[str, Any],
    field: str,
    key: str,
    facts: dict[str, Any],
) -> None:
    typed = settings(**{"message_hours": "77", **changes})
    page = checked(door(counter.mei).post("/shop/settings", data=typed), 422)
    assert told(page, key, **facts)
    assert f'id="{field}-bad"' in page
    assert 'value="77"' in page
    assert page.count('value="09:00"') >= 4
    assert house.db.read_now(commerce.shop, counter.shop.id) == counter.shop


def test_an_agent_reads_and_does_not_write(house: House, counter: Counter, door: Door) -> None:
    vera = door(counter.vera)
    page = checked(vera.get("/shop/settings"))
    assert told(page, "office.settings_read")
    assert 'action="/shop/settings' not in page
    assert "/shop/keys" not in page
    refused = checked(vera.post("/shop/settings", data=settings(name="Mine")), 403)
    assert told(refused, "refusals.not_your_shop.title")
    assert house.db.read_now(commerce.shop, counter.shop.id) == counter.shop
    checked(vera.get("/shop/keys"), 403)
    assert vera.post("/shop/keys", data={"name": "till"}).status_code == 403


def test_what_is_typed_into_the_shops_form_is_never_markup(counter: Counter, door: Door) -> None:
    bad = settings(name='"><script>x</script>', zone='"><u>', holidays=['"><i>'])
    page = checked(door(counter.mei).post("/shop/settings", data=bad), 422)
    assert re.findall(r"<script>x|<u>|<i>", page) == []


# --- the team -------------------------------------------------------------------------------


def test_a_colleague_is_added_and_comes_in(house: House, counter: Counter, door: Door) -> None:
    maria, leo = door(counter.maria), door()
    form = team_form(checked(maria.get("/shop/team")))
    for _ in range(2):
        page = checked(maria.post("/shop/team", data=form))
        assert told(page, "office.added", who="Leo Ray")
        assert f"<code>{NEW}</code>" in page
    assert NEW not in checked(maria.get("/shop/team"))
    assert len(house.db.read_now(colleagues.of_shop, counter.mei.actor, counter.shop.id)) == 4
    door_of_leo = {"email": "leo@example.org", "password": NEW}
    assert leo.post("/sign-in", data=door_of_leo).headers["location"] == "/desk"
    assert '<html lang="ru"' in checked(leo.get("/shop/team"))


@pytest.mark.parametrize(
    ("changes", "field", "code", "status"),
    [
        ({"email": "no address"}, "email", "not_an_email", 422),
        ({"name": "\u200b"}, "name", "name_unreadable", 422),
        ({"password": "short"}, "password", "password_too_short", 422),
        ({"email": "vera@example.org"}, "email", "works_here_already", 409),
        ({"rank": "owner"}, "", "not_for_your_rank", 403),
    ],
)
def test_a_colleague_who_cannot_be_added_stays_in_the_form(
    *,
    counter: Counter,
    door: Door,
    changes: dict[str, str],
    field: str,
    code: str,
    status: int,
) -> None:
    maria = door(counter.maria)
    form = team_form(checked(maria.get("/shop/team")), **changes)
    page = checked(maria.post("/shop/team", data=form), status)
    assert text("en", f"refusals.{code}.title", email="vera@example.org") in unescape(page)
    assert (f'id="{field}-bad"' in page) == bool(field)
    assert f'value="{form["email"]}"' in page
    assert form["id"] in page


def test_who_left_comes_back_with_the_old_account(
    house: House, counter: Counter, door: Door
) -> None:
    mei, vera = door(counter.mei), counter.vera.actor
    ended = f"/shop/team/{vera.id}/end"
    for _ in range(2):
        assert mei.post(ended).headers["location"] == "/shop/team?done=left"
    page = checked(mei.get("/shop/team?done=left"))
    assert told(page, "office.left_done")
    assert "vera@example.org" not in page

    form = team_form(page, name="Vera", email="vera@example.org")
    back = checked(mei.post("/shop/team", data=form))
    assert told(back, "office.back_lead", email="vera@example.org")
    assert NEW not in back
    people = house.db.read_now(colleagues.of_shop, counter.mei.actor, counter.shop.id)
    assert vera.id in [one.id for one in people]


def test_a_page_loaded_again_brings_nobody_and_no_key_back(counter: Counter, door: Door) -> None:
    mei = door(counter.mei)
    form = team_form(checked(mei.get("/shop/team")))
    added = checked(mei.post("/shop/team", data=form))
    *_, end = re.findall(r'action="(/shop/team/[\w-]+/end[^"]*)"', added)
    mei.post(end)
    again = checked(mei.post("/shop/team", data=form), 409)
    assert told(again, "refusals.asked_before.title")
    assert "leo@example.org" not in checked(mei.get("/shop/team"))
    back = checked(mei.post("/shop/team", data={**form, **hidden(again)}))
    assert told(back, "office.back_lead", email="leo@example.org")

    key = {**hidden(checked(mei.get("/shop/keys"))), "name": "Till", "rank": "agent"}
    [revoke] = re.findall(
        r'"(/shop/keys/[\w-]+/revoke[^"]*)"', checked(mei.post("/shop/keys", data=key))
    )
    mei.post(revoke)
    assert told(checked(mei.post("/shop/keys", data=key), 409), "refusals.asked_before.title")
    assert told(checked(mei.get("/shop/keys")), "office.no_keys")


def test_ranks_are_changed_by_those_above(house: House, counter: Counter, door: Door) -> None:
    mei, vera = door(counter.mei), door(counter.vera)
    path = f"/shop/team/{counter.vera.actor.id}/rank"
    assert 'action="/shop/team/' in checked(vera.get("/shop/team"))
    assert f"{counter.maria.actor.id}/rank" not in checked(vera.get("/shop/team"))
    assert vera.post(path, data={"rank": "owner"}).status_code == 403
    moved = mei.post(path, data={"rank": "manager"})
    assert moved.headers["location"] == "/shop/team?done=moved"
    assert vera.get("/shop/team").headers["location"].startswith("/sign-in")
    last = mei.post(f"/shop/team/{counter.mei.actor.id}/rank", data={"rank": "agent"})
    assert told(checked(last, 409), "refusals.last_owner.title")


def test_who_leaves_the_shop_is_out(house: House, counter: Counter, door: Door) -> None:
    vera = door(counter.vera)
    vera.post(f"/shop/team/{counter.vera.actor.id}/end")
    assert vera.get("/shop/team").headers["location"].startswith("/sign-in")


# --- API keys -------------------------------------------------------------------------------


def test_a_key_is_made_shown_once_and_revoked(counter: Counter, door: Door) -> None:
    maria, program = door(counter.maria), door()
    form = {**hidden(checked(maria.get("/shop/keys"))), "name": "Warehouse", "rank": "agent"}
    shown = [checked(maria.post("/shop/keys", data=form)) for _ in range(2)]
    secret = secret_in(shown[0])
    assert secret
    assert secret_in(shown[1]) == secret
    page = checked(maria.get("/shop/keys"))
    assert secret not in page
    assert told(page, "office.key_unused")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert program.get("/api/v1/conversations", headers=bearer).status_code == 200
    [revoke] = re.findall(r'action="(/shop/keys/[\w-]+/revoke[^"]*)"', page)
    for _ in range(2):
        assert maria.post(revoke).headers["location"] == "/shop/keys?done=revoked"
    assert told(checked(maria.get("/shop/keys?done=revoked")), "office.no_keys")
    assert program.get("/api/v1/conversations", headers=bearer).status_code == 401


def test_a_key_without_a_name_is_refused_at_its_field(counter: Counter, door: Door) -> None:
    maria = door(counter.maria)
    page = checked(maria.post("/shop/keys", data={"name": " ", "rank": "agent"}), 422)
    assert 'id="name-bad"' in page
    above = checked(maria.post("/shop/keys", data={"name": "Till", "rank": "owner"}), 403)
    assert told(above, "refusals.not_for_your_rank.title")
    assert 'value="Till"' in above


def test_keys_of_another_shop_are_not_there(house: House, counter: Counter, door: Door) -> None:
    mei, other = door(counter.mei), door(house.shop("lamps", staff=["felix"]).felix)
    mei.post("/shop/keys", data={"name": "Till", "rank": "agent"})
    page = checked(mei.get("/shop/keys"))
    [revoke] = re.findall(r'action="(/shop/keys/[\w-]+/revoke[^"]*)"', page)
    other.post(revoke)
    assert told(checked(other.get("/shop/keys")), "office.no_keys")
    assert revoke in checked(mei.get("/shop/keys"))


# --- the shop's terms -----------------------------------------------------------------------


def terms_form() -> dict[str, str]:
    """Give more days and the way back; what is left empty is sent empty."""
    return {
        "clause-default-proper-days": "30",
        "clause-default-proper-paid": "True",
        "clock-seller_decision-length": "24",
        "clock-seller_decision-unit": "hours",
    }


def test_a_shop_gives_more_than_the_rules(house: House, counter: Counter, door: Door) -> None:
    mei = door(counter.mei)
    sent = mei.post("/shop/terms", data=terms_form())
    assert sent.headers["location"] == "/shop/terms?done=saved"
    given = house.db.read_now(knowledge.terms, counter.mei.actor, counter.shop.id).terms
    assert given == Terms(
        [Kinder("default-proper", window_days=30, seller_pays=True)],
        {"seller_decision": Length(24, "hours")},
    )
    page = checked(mei.get("/shop/terms"))
    assert 'value="30"' in page
    assert mei.post("/shop/terms", data={}).status_code == 303
    empty = house.db.read_now(knowledge.terms, counter.mei.actor, counter.shop.id).terms
    assert empty == Terms()


@pytest.mark.parametrize(
    ("field", "typed", "key"),
    [
        ("clause-default-proper-days", "3", "refusals.not_kinder.title"),
        ("clock-seller_decision-length", "99", "refusals.not_kinder.title"),
        ("clause-food-proper-days", "7", "refusals.half_taken_back.title"),
        ("clause-default-proper-days", "many", "policy.bad_number"),
    ],
)
def test_terms_that_are_less_kind_are_refused_in_words_at_their_field(
    counter: Counter, door: Door, field: str, typed: str, key: str
) -> None:
    page = checked(door(counter.mei).post("/shop/terms", data=terms_form() | {field: typed}), 422)
    at_field = page.partition(f'id="{field}-bad"')[2].partition("</span>")[0]
    assert told(at_field, key)
    assert "clauses." not in at_field
    assert 'name="clause-default-proper-paid" value="on" checked' in page
    assert f'aria-describedby="{field}-bad"' in page
    kept = counter.house.db.read_now(knowledge.terms, counter.mei.actor, counter.shop.id)
    assert kept.number == 0


@pytest.mark.parametrize(
    ("path", "form"), [("/shop/terms", terms_form()), ("/shop/settings", settings())]
)
def test_a_long_form_outlives_the_end_of_a_sign_in(
    door: Door, path: str, form: dict[str, Any]
) -> None:
    kept = checked(door().post(path, data=form), 401)
    assert f'action="{path}"' in kept
    carried = re.findall('<input type="hidden" name="([^"]*)" value="([^"]*)">', kept)
    sent = [value if isinstance(value, list) else [value] for value in form.values()]
    assert len(carried) == sum(map(len, sent))
    assert {name for name, _ in carried} == form.keys()


def test_two_managers_do_not_undo_each_others_terms_unseen(
    house: House, counter: Counter, door: Door
) -> None:
    mei, terms = door(counter.mei), {"clause-default-proper-days": "30"}
    first, second = (hidden(checked(mei.get("/shop/terms"))) for _ in range(2))
    assert mei.post("/shop/terms", data=first | terms).status_code == 303
    late = second | {"clause-default-proper-days": "60"}
    told_so = checked(mei.post("/shop/terms", data=late), 409)
    assert told(told_so, "refusals.terms_moved_on.title")
    assert 'value="60"' in told_so
    kept = house.db.read_now(knowledge.terms, counter.mei.actor, counter.shop.id)
    assert [one.window_days for one in kept.terms.clauses] == [30]

    on_purpose = late | hidden(told_so)
    assert mei.post("/shop/terms", data=on_purpose).status_code == 303
    assert mei.post("/shop/terms", data=on_purpose).status_code == 303  # again, nothing new
    kept = house.db.read_now(knowledge.terms, counter.mei.actor, counter.shop.id)
    assert (kept.number, kept.terms.clauses[0].window_days) == (2, 60)


def test_a_shops_terms_are_nobody_elses(house: House, counter: Counter, door: Door) -> None:
    """Buyers and the operator have no shop; another shop's manager has their own."""
    for who in (house.buyer("anna"), house.operator()):
        assert door(who).get("/shop/terms").status_code != 200
        assert door(who).post("/shop/terms", data=terms_form()).status_code in {303, 403}
    felix = door(house.shop("lamps", staff=["felix"]).felix)
    assert felix.post("/shop/terms", data=terms_form()).status_code == 303
    assert house.db.read_now(knowledge.terms, counter.mei.actor, counter.shop.id).number == 0


def test_terms_are_the_managers(counter: Counter, door: Door) -> None:
    vera = door(counter.vera)
    assert "/shop/terms" not in checked(vera.get("/shop/settings"))
    checked(vera.get("/shop/terms"), 403)
    checked(vera.post("/shop/terms", data=terms_form()), 403)
