"""How people come in, go, and keep others out: told from the door."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from argon2 import PasswordHasher

from shopbell.accounts import audit, entrance, jobs, keys, operating, passwords, service
from shopbell.accounts import staff as colleagues
from shopbell.accounts.model import (
    EmailVerified,
    Entry,
    KeyId,
    Knock,
    Letter,
    NewColleague,
    NewKey,
    NewPassword,
    NewPerson,
    NewStaff,
    Person,
    Seal,
    SessionsEnded,
    SignIn,
    SignUp,
    StaffLeft,
    Visit,
)
from shopbell.accounts.refusals import (
    AskedBefore,
    EmailTaken,
    LastOwner,
    LetterForAnother,
    NameUnreadable,
    NoSuchJob,
    NoSuchKey,
    NoSuchPerson,
    NotAnEmail,
    NotForYourRank,
    OperatorsOnly,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    TokenUsed,
    TooBusy,
    TooManyTries,
    WorksHereAlready,
    WrongEmailOrPassword,
    WrongPassword,
)
from shopbell.engine import deadlines, outbox
from shopbell.engine.connect import connect
from shopbell.engine.database import Database
from shopbell.engine.tables import metadata
from shopbell.kernel.actor import SYSTEM, Actor, Rank, ShopId, Side
from shopbell.kernel.events import Fact
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import text
from tests.support.clock import WoundClock

SITE = "https://shop.example"
PASSWORD = "seven green kettles"
OTHER = "another long one"
SUBJECT = "accounts.password_changed_subject"
HOME = Knock(address="192.0.2.7")
ELSEWHERE = Knock(address="198.51.100.9")
LAMPS = ShopId(new_id())


@pytest.fixture
def db(database: str, clock: WoundClock) -> Iterator[Database]:
    engine = connect(database)
    metadata.create_all(engine)
    engine.dispose()
    opened = Database(database, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a thousandth of the work, for people here sign in hundreds of times."""
    monkeypatch.setattr(passwords, "_ARGON2", PasswordHasher(1, 8, 1))


async def anna_signs_up(db: Database, knock: Knock = HOME) -> Entry:
    form = SignUp(email="anna@example.org", password=PASSWORD, name="Anna", locale="ru")
    return await entrance.sign_up(db, form, knock, SITE)


async def anna_signs_in(db: Database, knock: Knock = HOME, password: str = PASSWORD) -> Entry:
    return await entrance.sign_in(db, SignIn("anna@example.org", password), knock)


async def refused(db: Database, knock: Knock, email: str = "anna@example.org") -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await entrance.sign_in(db, SignIn(email, "not this one"), knock)
    return refusal.value


def letters(db: Database) -> list[Letter]:
    waiting = db.read_now(outbox.waiting, Letter)
    return [msgspec.json.decode(job.body, type=Letter) for job in reversed(waiting)]


def token_in(letter: Letter) -> str:
    return letter.body.partition("token=")[2].split()[0]


def visiting(db: Database, entry: Entry) -> Visit:
    visit = db.read_now(service.who, entry.session)
    assert visit
    return visit


def staff(db: Database, name: str, rank: Rank, shop: ShopId = LAMPS) -> Actor:
    new = NewStaff(f"{name}@lamps.example", name.title(), rank, verified=True)
    person = db.write_now(colleagues.add, SYSTEM, shop, new, passwords.hash_now(PASSWORD)).person
    return Actor(person.id, Side.SELLER, shop, rank)


def shows(db: Database, entry: Entry, letter: Letter) -> Person:
    """Open a letter and press the button, signed in with ``entry``."""
    return db.write_now(service.verify_email, visiting(db, entry).actor, token_in(letter))


async def owned_by_anna(db: Database) -> Entry:
    entry = await anna_signs_up(db)
    shows(db, entry, letters(db)[0])
    return entry


# --- signing up ---------------------------------------------------------------------------


async def test_anna_signs_up_and_is_in(db: Database) -> None:
    entry = await anna_signs_up(db)

    visit = visiting(db, entry)
    assert visit.person == entry.person
    assert visit.actor == Actor(entry.person.id, Side.BUYER, name="Anna")
    assert not entry.person.verified


async def test_an_address_is_the_same_however_it_is_typed(db: Database) -> None:
    anna = await anna_signs_up(db)
    again = await entrance.sign_in(db, SignIn("  Anna@Example.ORG ", PASSWORD), HOME)
    assert again.person == anna.person


async def test_the_letter_shows_that_the_address_is_hers(db: Database) -> None:
    entry = await anna_signs_up(db)

    [letter] = letters(db)
    assert (letter.to, letter.locale, letter.person) == (
        "anna@example.org",
        "ru",
        entry.person.id,
    )
    assert shows(db, entry, letter).verified
    assert visiting(db, entry).person == msgspec.structs.replace(entry.person, verified=True)


async def test_a_token_is_good_once(db: Database) -> None:
    entry = await owned_by_anna(db)
    with pytest.raises(TokenUsed):
        shows(db, entry, letters(db)[0])


async def test_a_token_is_good_for_a_day(db: Database, clock: WoundClock) -> None:
    entry = await anna_signs_up(db)
    clock.passes(hours=24)

    with pytest.raises(TokenUsed):
        shows(db, entry, letters(db)[0])


@pytest.mark.parametrize("token", ("", " ", "0" * 43, "null", "x" * 5_000))
def test_a_made_up_token_is_good_for_nothing(db: Database, token: str) -> None:
    with pytest.raises(TokenUsed):
        db.write_now(service.verify_email, SYSTEM, token)


async def test_the_secret_of_a_session_is_no_token(db: Database) -> None:
    entry = await anna_signs_up(db)
    with pytest.raises(TokenUsed):
        db.write_now(service.verify_email, visiting(db, entry).actor, entry.session)


async def test_who_opens_a_letter_does_not_make_a_strangers_account_the_owner(
    db: Database,
) -> None:
    mallory = await anna_signs_up(db, ELSEWHERE)
    anna = await entrance.sign_up(db, SignUp("anna@example.org", OTHER, "Anna"), HOME, SITE)
    caused_by_mallory, own = letters(db)

    for stranger in (visiting(db, anna).actor, Actor(anna.person.id, Side.OPERATOR), SYSTEM):
        with pytest.raises(LetterForAnother):
            db.write_now(service.verify_email, stranger, token_in(caused_by_mallory))
    assert shows(db, anna, own).verified
    with pytest.raises(TokenUsed):
        shows(db, mallory, caused_by_mallory)


async def test_who_signs_up_with_anothers_address_learns_nothing(db: Database) -> None:
    anna = await owned_by_anna(db)

    mallory = await anna_signs_up(db, ELSEWHERE)

    assert mallory.person.id != anna.person.id
    assert msgspec.structs.replace(mallory.person, id=anna.person.id) == anna.person
    assert (await anna_signs_in(db, ELSEWHERE)).person.id in {anna.person.id, mallory.person.id}


async def test_the_owner_is_told_and_the_newcomer_gets_no_link(db: Database) -> None:
    anna = await owned_by_anna(db)
    await anna_signs_up(db, ELSEWHERE)

    told = letters(db)[-1]
    assert (told.to, told.person) == ("anna@example.org", anna.person.id)
    assert "token" not in told.body


async def test_owner_and_claimant_each_come_in_with_their_own_password(db: Database) -> None:
    anna = await owned_by_anna(db)
    other = SignUp(email="anna@example.org", password="another long one", name="Anna")
    mallory = await entrance.sign_up(db, other, ELSEWHERE, SITE)

    assert (await anna_signs_in(db)).person.id == anna.person.id
    claimed = await anna_signs_in(db, ELSEWHERE, "another long one")
    assert claimed.person.id == mallory.person.id


async def test_only_one_of_two_claimants_can_own_the_address(db: Database) -> None:
    anna, other = await anna_signs_up(db), await anna_signs_up(db, ELSEWHERE)
    first, second = letters(db)

    shows(db, anna, first)
    with pytest.raises(TokenUsed):
        shows(db, other, second)


async def test_a_squatter_does_not_oust_her_from_a_device_of_hers(db: Database) -> None:
    anna = await anna_signs_up(db)
    other = SignUp(email="anna@example.org", password="another long one", name="Anna")
    await entrance.sign_up(db, other, ELSEWHERE, SITE)

    at_home = Knock(HOME.address, device=anna.device)
    assert (await anna_signs_in(db, at_home)).person.id == anna.person.id


async def test_squatters_do_not_shut_her_out_of_a_new_device(db: Database) -> None:
    anna = await anna_signs_up(db)
    for n in range(3):
        squatter = SignUp("anna@example.org", f"{OTHER} {n}", "Anna")
        await entrance.sign_up(db, squatter, ELSEWHERE, SITE)

    assert (await anna_signs_in(db, Knock("203.0.113.5"))).person.id == anna.person.id


async def test_who_squats_first_does_not_shut_her_out_either(db: Database) -> None:
    await entrance.sign_up(db, SignUp("anna@example.org", OTHER, "Anna"), ELSEWHERE, SITE)
    anna = await anna_signs_up(db)

    assert (await anna_signs_in(db, Knock("203.0.113.5"))).person.id == anna.person.id


async def test_nobodys_letter_box_is_flooded(db: Database) -> None:
    for _ in range(6):
        await anna_signs_up(db)
    assert len(letters(db)) == 3


async def test_sign_ups_from_one_place_are_slowed(db: Database, clock: WoundClock) -> None:
    for _ in range(60):
        db.write_now(service.count_sign_up, ELSEWHERE)

    with pytest.raises(TooManyTries):
        db.write_now(service.count_sign_up, ELSEWHERE)
    db.write_now(service.count_sign_up, HOME)
    clock.passes(minutes=15)
    db.write_now(service.count_sign_up, ELSEWHERE)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    (
        ({"email": "anna"}, NotAnEmail),
        ({"email": "anna@example"}, NotAnEmail),
        ({"email": "anna@example.org\nBcc: all@example.org"}, NotAnEmail),
        ({"email": "anna@exam\x00ple.org"}, NotAnEmail),
        ({"email": f"{'a' * 64}@{'b' * 250}.org"}, NotAnEmail),
        ({"name": "  "}, NameUnreadable),
        ({"name": "An\x00na"}, NameUnreadable),
        ({"name": "Anna\u202e"}, NameUnreadable),
        ({"name": "A" * 81}, NameUnreadable),
        ({"password": "kettles"}, PasswordTooShort),
        ({"password": "k" * 129}, PasswordTooLong),
        ({"password": "Password1"}, PasswordTooCommon),
        ({"password": "йцукен123"}, PasswordTooCommon),
        ({"password": "anna@example.org"}, PasswordTooCommon),
    ),
)
async def test_what_cannot_be_taken_is_refused_by_name(
    db: Database, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    given = {"email": "anna@example.org", "password": PASSWORD, "name": "Anna", **changed}
    with pytest.raises(refusal):
        await entrance.sign_up(db, msgspec.convert(given, SignUp), HOME, SITE)


def test_the_usual_passwords_are_known() -> None:
    assert len(passwords.common()) >= 15_000
    assert {"corvette", "1qaz2wsx", "starwars", "trustno1"} <= passwords.common()
    assert {"12345678", "qwertyuiop", "iloveyou", "1q2w3e4r", "5201314a"} <= passwords.common()
    assert all(len(word) >= 8 for word in passwords.common())


def test_hashes_are_as_slow_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    kept = passwords.hash_now(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated(passwords.PasswordHash(PasswordHasher(1, 8, 1).hash("x")))


# --- signing in ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "email", ("", "\0", "anna\0@example.org", "x" * 1_000, "anna@example.org'")
)
async def test_what_can_be_no_address_is_nobodys(db: Database, email: str) -> None:
    assert isinstance(await refused(db, HOME, email), WrongEmailOrPassword)


async def test_unknown_address_and_wrong_password_get_one_answer(db: Database) -> None:
    await anna_signs_up(db)

    wrong = await refused(db, HOME)
    unknown = await refused(db, HOME, "nobody@example.org")

    assert type(wrong) is type(unknown) is WrongEmailOrPassword
    assert wrong.facts == unknown.facts


async def test_as_many_passwords_are_compared_for_nobody_as_for_somebody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = list[str]()

    def compare(_typed: str, kept: str) -> bool:
        compared.append(kept)
        return False

    monkeypatch.setattr(passwords, "_is_of", compare)

    for hashes in ([], ["one"], ["one", "two"], ["one", "two", "three", "four"]):
        compared.clear()
        await passwords.find_match("x", [passwords.PasswordHash(kept) for kept in hashes])
        assert len(compared) == 4


async def test_the_door_works_as_much_for_a_stranger_as_for_somebody_known(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds a watch to the door counts hashes: nothing else there takes long."""
    work = list[str]()
    is_of, hash_now = passwords._is_of, passwords.hash_now  # noqa: SLF001 - it is what takes long

    def compare(typed: str, kept: passwords.PasswordHash) -> bool:
        work.append("compared")
        return is_of(typed, kept)

    def make(password: str) -> passwords.PasswordHash:
        work.append("made")
        return hash_now(password)

    def done() -> list[str]:
        found = work.copy()
        work.clear()
        return found

    await owned_by_anna(db)
    db.write_now(service.known_buyer, "boris@example.org", "Boris")
    passwords._nobodys()  # noqa: SLF001 - made once for the life of a server
    monkeypatch.setattr(passwords, "_is_of", compare)
    monkeypatch.setattr(passwords, "hash_now", make)
    for email in ("anna@example.org", "boris@example.org", "stranger@example.org"):
        await refused(db, HOME, email)
        assert done() == ["compared"] * passwords.COMPARED
        await entrance.sign_up(db, SignUp(email, PASSWORD, "Vera"), HOME, SITE)
        assert done() == ["made"]


async def test_nobody_who_may_come_in_is_left_uncompared(db: Database) -> None:
    anna = await anna_signs_up(db)
    entries = [await anna_signs_up(db, ELSEWHERE) for _ in range(4)]
    shows(db, anna, letters(db)[0])
    known = Knock(HOME.address, entries[1].device)
    tried = db.write_now(service.begin_sign_in, "anna@example.org", known)
    who = [anna, entries[1], entries[0], entries[3]]
    assert [person.id for person in tried.people] == [entry.person.id for entry in who]
    assert len(tried.passwords) == passwords.COMPARED


async def test_every_sign_in_is_a_new_session_and_ends_the_one_before(db: Database) -> None:
    first = await anna_signs_up(db)
    second = await anna_signs_in(db, Knock(HOME.address, first.device, first.session))

    assert second.session != first.session
    assert db.read_now(service.who, first.session) is None
    assert visiting(db, second).person == first.person


async def test_a_planted_session_is_never_taken_over(db: Database) -> None:
    await anna_signs_up(db)
    planted = await anna_signs_in(db, Knock(HOME.address, session="planted"))
    assert planted.session != "planted"
    assert db.read_now(service.who, "planted") is None


async def test_strangers_get_ten_tries_however_many_addresses_they_have(
    db: Database, clock: WoundClock
) -> None:
    await anna_signs_up(db)
    answers = [await refused(db, Knock(f"198.51.100.{n}")) for n in range(14)]

    assert [type(answer) for answer in answers] == [WrongEmailOrPassword] * 10 + [TooManyTries] * 4
    assert answers[-1].facts == {"retry_after": 15 * 60}
    clock.passes(minutes=15)
    assert isinstance(await refused(db, ELSEWHERE), WrongEmailOrPassword)


async def test_tries_at_once_are_counted_like_tries_in_a_row(db: Database) -> None:
    await anna_signs_up(db)
    answers = await asyncio.gather(*(refused(db, Knock(f"198.51.100.{n}")) for n in range(15)))
    assert sum(isinstance(answer, WrongEmailOrPassword) for answer in answers) == 10


async def test_one_address_gets_ten_tries_however_many_accounts_it_tries(db: Database) -> None:
    answers = [await refused(db, ELSEWHERE, f"person-{n}@example.org") for n in range(11)]
    assert isinstance(answers[9], WrongEmailOrPassword)
    assert isinstance(answers[10], TooManyTries)


async def test_a_whole_ipv6_network_counts_as_one_place(db: Database) -> None:
    places = [Knock(f"2001:db8:1:1::{n}") for n in range(11)]
    answers = [await refused(db, place, f"person-{n}@a.example") for n, place in enumerate(places)]
    assert isinstance(answers[10], TooManyTries)


async def test_unknown_accounts_are_locked_like_known_ones(db: Database) -> None:
    await anna_signs_up(db)
    for email in ("anna@example.org", "nobody@example.org"):
        answers = [await refused(db, Knock(f"203.0.113.{n}-{email}"), email) for n in range(11)]
        assert answers[10].code == "too_many_tries"


async def test_the_owner_is_never_locked_out_of_a_device_of_hers(db: Database) -> None:
    entry = await anna_signs_up(db)
    for _ in range(12):
        await refused(db, HOME)

    with pytest.raises(TooManyTries):
        await anna_signs_in(db, HOME)
    back = await anna_signs_in(db, Knock(HOME.address, device=entry.device))
    assert back.person == entry.person


async def test_a_known_device_has_ten_tries_too(db: Database) -> None:
    entry = await anna_signs_up(db)
    stolen = Knock(ELSEWHERE.address, device=entry.device)
    answers = [await refused(db, stolen) for _ in range(11)]
    assert isinstance(answers[10], TooManyTries)


async def test_a_device_of_boris_helps_nobody_to_guess_at_anna(db: Database) -> None:
    await anna_signs_up(db)
    form = SignUp(email="boris@example.org", password=PASSWORD, name="Boris")
    boris = await entrance.sign_up(db, form, ELSEWHERE, SITE)
    answers = [await refused(db, Knock(f"203.0.113.{n}", boris.device)) for n in range(11)]
    assert isinstance(answers[10], TooManyTries)


async def test_who_signs_in_often_is_not_slowed(db: Database) -> None:
    anna = await anna_signs_up(db)
    came_in = [(await anna_signs_in(db, HOME)).person.id for _ in range(12)]
    assert came_in == [anna.person.id] * 12
    tries = [await refused(db, HOME) for _ in range(10)]
    assert {type(answer) for answer in tries} == {WrongEmailOrPassword}


async def test_a_flood_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hash_now", lambda _typed: passwords.PasswordHash(""))
    busy = asyncio.gather(*(passwords.make_hash("x") for _ in range(200)), return_exceptions=True)
    answers = await busy
    assert any(isinstance(answer, TooBusy) for answer in answers)
    assert await passwords.make_hash("x") == ""


async def test_an_old_hash_is_made_anew(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await anna_signs_up(db)
    monkeypatch.setattr(passwords, "is_outdated", lambda _kept: True)
    before = db.write_now(service.begin_sign_in, "anna@example.org", HOME).passwords
    await anna_signs_in(db)
    after = db.write_now(service.begin_sign_in, "anna@example.org", HOME).passwords
    assert before != after
    monkeypatch.undo()
    await anna_signs_in(db)


# --- sessions -----------------------------------------------------------------------------


async def test_a_buyers_session_lasts_thirty_quiet_days(db: Database, clock: WoundClock) -> None:
    entry = await anna_signs_up(db)
    clock.passes(days=30, seconds=-1)
    assert db.read_now(service.who, entry.session)
    clock.passes(seconds=1)
    assert db.read_now(service.who, entry.session) is None


async def test_a_session_in_use_ends_all_the_same(db: Database, clock: WoundClock) -> None:
    entry = await anna_signs_up(db)
    for _day in range(179):
        clock.passes(days=1)
        db.write_now(service.note, visiting(db, entry), HOME.address)
    clock.passes(days=1)
    assert db.read_now(service.who, entry.session) is None


async def test_a_session_at_work_ends_after_half_a_day(db: Database, clock: WoundClock) -> None:
    staff(db, "vera", Rank.AGENT)
    vera = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    assert visiting(db, vera).actor.rank is Rank.AGENT
    clock.passes(hours=12)
    assert db.read_now(service.who, vera.session) is None


async def test_a_visit_is_noted_now_and_then(db: Database, clock: WoundClock) -> None:
    entry = await anna_signs_up(db)
    assert not visiting(db, entry).fading
    clock.passes(minutes=6)
    assert visiting(db, entry).fading
    db.write_now(service.note, visiting(db, entry), HOME.address)
    assert not visiting(db, entry).fading


async def test_sessions_die_when_the_password_changes(db: Database) -> None:
    at_home, at_work = await anna_signs_up(db), await anna_signs_in(db, ELSEWHERE)
    lost = visiting(db, at_work).session_id
    ended = list[SessionsEnded]()
    db.publish(lambda facts: ended.extend(f for f in facts if isinstance(f, SessionsEnded)))

    change = NewPassword(old=PASSWORD, new="eight blue kettles")
    await entrance.change_password(db, visiting(db, at_home), change)

    assert visiting(db, at_home).person == at_home.person
    assert db.read_now(service.who, at_work.session) is None
    assert isinstance(await refused(db, HOME), WrongEmailOrPassword)
    await anna_signs_in(db, HOME, "eight blue kettles")
    assert letters(db)[-1].person == at_home.person.id
    assert [fact.sessions for fact in ended] == [[lost]]


async def test_a_password_change_beats_a_sign_in_under_way(db: Database) -> None:
    entry = await anna_signs_up(db)
    tried = db.write_now(service.begin_sign_in, "anna@example.org", ELSEWHERE)
    change = NewPassword(old=PASSWORD, new="eight blue kettles")
    await entrance.change_password(db, visiting(db, entry), change)

    with pytest.raises(WrongEmailOrPassword):
        db.write_now(service.finish_sign_in, tried, 0, ELSEWHERE)


async def test_the_present_password_cannot_be_guessed_at_an_open_desk(db: Database) -> None:
    visit = visiting(db, await anna_signs_up(db))
    change = NewPassword(old="not this one", new="eight blue kettles")
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await entrance.change_password(db, visit, change)
    with pytest.raises(TooManyTries):
        await entrance.change_password(db, visit, change)


async def test_somebody_sees_where_they_are_signed_in(db: Database, clock: WoundClock) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    old = await anna_signs_up(db, Knock(HOME.address, agent=firefox))
    clock.passes(days=29)
    here = await anna_signs_in(db, ELSEWHERE)
    seen = db.read_now(service.sessions, visiting(db, here))
    assert [(one.here, one.device, one.address) for one in seen] == [
        (True, "", ELSEWHERE.address),
        (False, "Firefox · Windows", HOME.address),
    ]
    db.write_now(service.note, visiting(db, old), "203.0.113.5")
    moved = db.read_now(service.sessions, visiting(db, here))
    assert {one.address for one in moved} == {"203.0.113.5", ELSEWHERE.address}
    clock.passes(days=29)
    db.write_now(service.note, visiting(db, here), ELSEWHERE.address)
    clock.passes(days=2)
    assert [one.here for one in db.read_now(service.sessions, visiting(db, here))] == [True]


async def test_a_password_changed_twice_by_one_form_changes_once(db: Database) -> None:
    here = visiting(db, await anna_signs_up(db))
    change = NewPassword(PASSWORD, OTHER)
    for _ in range(2):
        await entrance.change_password(db, here, change)
    told = [one for one in letters(db) if one.subject == text("ru", SUBJECT)]
    assert len(told) == 1
    with pytest.raises(WrongPassword):
        await entrance.change_password(db, here, NewPassword(PASSWORD, "yet another one"))


async def test_signing_out_ends_one_session_and_everywhere_all(db: Database) -> None:
    one, two, three = [await anna_signs_up(db), *[await anna_signs_in(db) for _ in range(2)]]
    session = visiting(db, one).session_id
    assert session
    db.write_now(service.sign_out, session)
    db.write_now(service.sign_out, session)
    assert db.read_now(service.who, one.session) is None

    actor = visiting(db, two).actor
    assert db.write_now(service.sign_out_everywhere, actor) == 2
    assert db.read_now(service.who, three.session) is None


@pytest.mark.parametrize("secret", (None, "", "sbk_", "sbk_guess", "guess", "\x00", "п" * 500))
def test_a_made_up_secret_opens_nothing(db: Database, secret: str | None) -> None:
    assert db.read_now(service.who, secret) is None


async def test_what_has_run_out_is_forgotten_every_night(db: Database, clock: WoundClock) -> None:
    entry = await anna_signs_up(db)
    db.write_now(jobs.begin_sweeping)
    for _ in range(2):
        clock.passes(days=1)
        db.write_now(jobs.begin_sweeping)  # somebody started the house again
        [due] = db.read_now(deadlines.due, [jobs.SWEEP], 9)
        assert due.due_at.hour == jobs.QUIET_HOUR
        assert db.write_now(deadlines.fire, [due]) == [due]
        db.write_now(jobs.sweep_daily, due.entity)
        assert db.read_now(deadlines.due, [jobs.SWEEP], 9) == []
    clock.passes(days=500)
    db.write_now(jobs.sweep_daily, SYSTEM.id)
    assert db.write_now(service.sweep) == 0
    assert db.read_now(service.who, entry.session) is None


async def test_what_has_run_out_is_forgotten(db: Database, clock: WoundClock) -> None:
    entry = await anna_signs_up(db)
    assert db.write_now(service.sweep) == 0
    clock.passes(days=500)
    assert db.write_now(service.sweep) > 0
    assert db.read_now(service.who, entry.session) is None


# --- people of a shop ---------------------------------------------------------------------


def test_a_manager_adds_staff_up_to_the_own_rank(db: Database) -> None:
    manager, agent = staff(db, "maria", Rank.MANAGER), staff(db, "vera", Rank.AGENT)
    hashed = passwords.hash_now(PASSWORD)
    add = colleagues.add
    new = NewStaff("leo@lamps.example", "Leo", Rank.AGENT)

    leo = db.write_now(add, manager, LAMPS, new, hashed).person
    assert (leo.side, leo.name) == (Side.SELLER, "Leo")
    listed = db.read_now(colleagues.of_shop, agent, LAMPS)
    assert [(one.name, one.rank) for one in listed] == [
        ("Maria", Rank.MANAGER),
        ("Vera", Rank.AGENT),
        ("Leo", Rank.AGENT),
    ]
    for actor, shop, rank in (
        (manager, LAMPS, Rank.OWNER),
        (agent, LAMPS, Rank.AGENT),
        (manager, ShopId(new_id()), Rank.AGENT),
        (Actor(leo.id, Side.OPERATOR), LAMPS, Rank.AGENT),
    ):
        with pytest.raises(NotForYourRank):
            db.write_now(add, actor, shop, msgspec.structs.replace(new, rank=rank), hashed)


def test_only_the_installation_makes_people(db: Database) -> None:
    new = NewPerson("op@example.org", "Olga", Side.OPERATOR, verified=True, demo=True)
    hashed = passwords.hash_now(PASSWORD)
    olga = db.write_now(service.add_person, SYSTEM, new, hashed)

    assert db.read_now(service.person, olga.id) == olga
    assert db.read_now(service.has_demo_people)
    assert db.read_now(service.names, [olga.id]) == {olga.id: "Olga"}
    with pytest.raises(EmailTaken):
        db.write_now(service.add_person, SYSTEM, new, hashed)
    with pytest.raises(NotForYourRank):
        db.write_now(service.add_person, Actor(olga.id, Side.OPERATOR), new, hashed)


async def test_who_leaves_is_out_at_once(db: Database) -> None:
    owner, vera = staff(db, "olga", Rank.OWNER), staff(db, "vera", Rank.AGENT)
    entry = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    session, found = visiting(db, entry).session_id, list[Fact]()
    db.publish(found.extend)

    await db.write(colleagues.leave, owner, LAMPS, vera.id)
    await asyncio.sleep(0.05)

    assert db.read_now(service.who, entry.session) is None
    assert [one.id for one in db.read_now(colleagues.of_shop, owner, LAMPS)] == [owner.id]
    assert SessionsEnded(person=vera.id, sessions=[session]) in found  # type: ignore[list-item]
    assert StaffLeft(person=vera.id, shop=LAMPS) in found
    with pytest.raises(NotForYourRank):
        db.read_now(colleagues.of_shop, vera, LAMPS)
    with pytest.raises(NoSuchPerson):
        db.write_now(colleagues.leave, owner, LAMPS, vera.id)
    again = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    assert visiting(db, again).actor.shop is None


async def test_another_rank_counts_from_the_next_sign_in(db: Database) -> None:
    owner, vera = staff(db, "olga", Rank.OWNER), staff(db, "vera", Rank.AGENT)
    entry = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    db.write_now(colleagues.set_rank, owner, LAMPS, vera.id, Rank.MANAGER)

    assert db.read_now(service.who, entry.session) is None
    again = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    assert visiting(db, again).actor.rank is Rank.MANAGER
    db.write_now(colleagues.set_rank, owner, LAMPS, vera.id, Rank.MANAGER)
    assert visiting(db, again).actor.rank is Rank.MANAGER
    actions = [deed.action for deed in db.read_now(audit.newest)]
    assert actions.count("rank_changed") == 1


def test_a_shop_always_has_an_owner(db: Database) -> None:
    olga = staff(db, "olga", Rank.OWNER)
    for actor in (olga, SYSTEM):
        with pytest.raises(LastOwner):
            db.write_now(colleagues.leave, actor, LAMPS, olga.id)
        with pytest.raises(LastOwner):
            db.write_now(colleagues.set_rank, actor, LAMPS, olga.id, Rank.AGENT)
    anton = staff(db, "anton", Rank.OWNER)
    db.write_now(colleagues.set_rank, anton, LAMPS, olga.id, Rank.AGENT)
    with pytest.raises(LastOwner):
        db.write_now(colleagues.leave, anton, LAMPS, anton.id)


async def test_who_left_can_come_back_with_the_same_address(db: Database) -> None:
    owner, vera = staff(db, "olga", Rank.OWNER), staff(db, "vera", Rank.AGENT)
    db.write_now(colleagues.leave, owner, LAMPS, vera.id)
    back = NewStaff("vera@lamps.example", "Vera", Rank.MANAGER)
    away = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)

    again = db.write_now(colleagues.add, owner, LAMPS, back, passwords.hash_now(OTHER)).person

    assert again.id == vera.id
    assert db.read_now(service.who, away.session) is None
    entry = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    assert visiting(db, entry).actor.rank is Rank.MANAGER
    with pytest.raises(WorksHereAlready):
        db.write_now(colleagues.add, owner, LAMPS, back, passwords.hash_now(OTHER))


async def test_another_shop_does_not_take_over_who_left(db: Database) -> None:
    owner, vera = staff(db, "olga", Rank.OWNER), staff(db, "vera", Rank.AGENT)
    books = ShopId(new_id())
    felix = staff(db, "felix", Rank.OWNER, books)
    db.write_now(colleagues.leave, owner, LAMPS, vera.id)
    new = NewStaff("vera@lamps.example", "Vera")

    other = db.write_now(colleagues.add, felix, books, new, passwords.hash_now(OTHER)).person

    assert other.id != vera.id
    entry = await entrance.sign_in(db, SignIn("vera@lamps.example", PASSWORD), HOME)
    assert visiting(db, entry).actor.shop is None


async def test_the_installation_takes_back_whoever_left(db: Database) -> None:
    owner, vera = staff(db, "olga", Rank.OWNER), staff(db, "vera", Rank.AGENT)
    db.write_now(colleagues.leave, owner, LAMPS, vera.id)
    books = ShopId(new_id())
    new = NewStaff("vera@lamps.example", "Vera", verified=True)

    back = db.write_now(colleagues.add, SYSTEM, books, new, passwords.hash_now(OTHER)).person

    assert back.id == vera.id
    entry = await entrance.sign_in(db, SignIn("vera@lamps.example", OTHER), HOME)
    assert visiting(db, entry).actor.shop == books


async def test_a_colleague_added_twice_by_one_form_is_added_once(db: Database) -> None:
    maria = staff(db, "maria", Rank.MANAGER)
    form = NewColleague("leo@lamps.example", "Leo", OTHER, id=new_id())

    first = await entrance.add_colleague(db, maria, LAMPS, form, SITE)
    assert await entrance.add_colleague(db, maria, LAMPS, form, SITE) == first
    assert ["/verify?token=" in letter.body for letter in letters(db)] == [True]
    db.write_now(colleagues.set_rank, SYSTEM, LAMPS, first.person.id, Rank.MANAGER)
    again = await entrance.add_colleague(db, maria, LAMPS, form, SITE)
    assert (again.person, again.rank) == (first.person, Rank.MANAGER)

    corrected = msgspec.structs.replace(form, email="leo.ray@lamps.example")
    with pytest.raises(AskedBefore):
        await entrance.add_colleague(db, maria, LAMPS, corrected, SITE)
    assert len(db.read_now(colleagues.of_shop, maria, LAMPS)) == 2


async def test_a_form_sent_again_takes_nobody_back_who_left(db: Database) -> None:
    maria = staff(db, "maria", Rank.MANAGER)
    form = NewColleague("leo@lamps.example", "Leo", OTHER, id=new_id())
    leo = (await entrance.add_colleague(db, maria, LAMPS, form, SITE)).person
    db.write_now(colleagues.leave, maria, LAMPS, leo.id)

    with pytest.raises(AskedBefore):
        await entrance.add_colleague(db, maria, LAMPS, form, SITE)

    fresh = msgspec.structs.replace(form, id=new_id())
    back = await entrance.add_colleague(db, maria, LAMPS, fresh, SITE)
    assert (back.person.id, back.back) == (leo.id, True)
    assert [letter.subject for letter in letters(db)] == [
        text("en", f"accounts.{letter}_subject") for letter in ("welcome", "welcome_back")
    ]
    db.write_now(colleagues.leave, maria, LAMPS, leo.id)
    with pytest.raises(AskedBefore):
        await entrance.add_colleague(db, maria, LAMPS, form, SITE)


@pytest.mark.parametrize("planted", ["key", "system"])
async def test_nobody_gets_an_id_that_stands_for_something_else(db: Database, planted: str) -> None:
    maria = staff(db, "maria", Rank.MANAGER)
    made = db.write_now(keys.make, maria, LAMPS, NewKey("till", Rank.MANAGER))
    wanted = made.key.id if planted == "key" else SYSTEM.id
    form = NewColleague("leo@lamps.example", "Leo", OTHER, Rank.MANAGER, id=wanted)

    joined = await entrance.add_colleague(db, maria, LAMPS, form, SITE)

    assert joined.person.id != wanted
    program = db.read_now(service.who, made.secret)
    assert program
    with pytest.raises(NotForYourRank):
        db.write_now(keys.make, program.actor, LAMPS, NewKey("mine"))


async def test_no_password_is_hashed_for_who_may_not_add(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera, buyer = staff(db, "vera", Rank.AGENT), await anna_signs_up(db)
    hashed = list[str]()
    monkeypatch.setattr(passwords, "hash_now", hashed.append)
    form = NewColleague("leo@lamps.example", "Leo", OTHER)
    for actor in (vera, Actor(buyer.person.id, Side.BUYER)):
        with pytest.raises(NotForYourRank):
            await entrance.add_colleague(db, actor, LAMPS, form, SITE)
    assert hashed == []


async def test_one_manager_does_not_write_to_the_whole_world(
    db: Database, clock: WoundClock
) -> None:
    maria, marta = staff(db, "maria", Rank.MANAGER), staff(db, "marta", Rank.MANAGER)
    lena = staff(db, "lena", Rank.OWNER)

    async def add_all(actor: Actor) -> int:
        for n in range(100):
            form = NewColleague(f"{actor.id}-{n}@any.example", "Leo", OTHER)
            try:
                await entrance.add_colleague(db, actor, LAMPS, form, SITE)
            except TooManyTries:
                return n
        return 100

    assert [await add_all(maria), await add_all(marta), await add_all(lena)] == [15, 15, 0]
    assert len(letters(db)) == 30
    clock.passes(hours=1)
    assert await add_all(lena) == 15


def test_who_was_demoted_meanwhile_acts_with_the_rank_of_now(db: Database) -> None:
    owner, maria = staff(db, "olga", Rank.OWNER), staff(db, "maria", Rank.MANAGER)
    leo = staff(db, "leo", Rank.AGENT)
    db.write_now(colleagues.set_rank, owner, LAMPS, maria.id, Rank.AGENT)
    new = NewStaff("nina@lamps.example", "Nina")
    for work in (
        lambda tx: colleagues.add(tx, maria, LAMPS, new, passwords.hash_now(OTHER)),
        lambda tx: colleagues.leave(tx, maria, LAMPS, leo.id),
        lambda tx: colleagues.set_rank(tx, maria, LAMPS, leo.id, Rank.AGENT),
        lambda tx: keys.make(tx, maria, LAMPS, NewKey("till")),
    ):
        with pytest.raises(NotForYourRank):
            db.write_now(work)


async def test_the_owner_of_an_address_is_told_when_a_shop_gives_it_to_a_colleague(
    db: Database,
) -> None:
    maria, anna = staff(db, "maria", Rank.MANAGER), await owned_by_anna(db)
    form = NewColleague("anna@example.org", "Anna", OTHER)
    joined = await entrance.add_colleague(db, maria, LAMPS, form, SITE)

    told = letters(db)[-1]
    assert joined.person.id != anna.person.id
    assert (told.person, told.locale) == (anna.person.id, "ru")
    assert told.subject == text("ru", "accounts.yours_at_work_subject")
    db.write_now(service.ask_verification, Actor(joined.person.id, Side.SELLER), SITE)
    assert letters(db)[-1].subject == told.subject


def test_a_program_adds_nobody(db: Database) -> None:
    maria = staff(db, "maria", Rank.MANAGER)
    made = db.write_now(keys.make, maria, LAMPS, NewKey("till", Rank.MANAGER))
    program = db.read_now(service.who, made.secret)
    assert program
    new = NewStaff("leo@lamps.example", "Leo")
    with pytest.raises(NotForYourRank):
        db.write_now(colleagues.add, program.actor, LAMPS, new, passwords.hash_now(OTHER))


def test_who_may_move_whom(db: Database) -> None:
    staff(db, "olga", Rank.OWNER)
    manager, other = staff(db, "maria", Rank.MANAGER), staff(db, "marta", Rank.MANAGER)
    agent, leo = staff(db, "vera", Rank.AGENT), staff(db, "leo", Rank.AGENT)
    foreign = staff(db, "felix", Rank.OWNER, ShopId(new_id()))
    made = db.write_now(keys.make, manager, LAMPS, NewKey("till", Rank.MANAGER))
    program = db.read_now(service.who, made.secret)
    assert program

    for actor in (agent, foreign, program.actor, Actor(agent.id, Side.BUYER)):
        with pytest.raises(NotForYourRank):
            db.write_now(colleagues.leave, actor, LAMPS, leo.id)
        with pytest.raises(NotForYourRank):
            db.write_now(colleagues.set_rank, actor, LAMPS, leo.id, Rank.AGENT)
    for person, rank in ((leo, Rank.OWNER), (other, Rank.AGENT), (manager, Rank.OWNER)):
        with pytest.raises(NotForYourRank):
            db.write_now(colleagues.set_rank, manager, LAMPS, person.id, rank)
    with pytest.raises(NotForYourRank):
        db.write_now(colleagues.leave, manager, LAMPS, other.id)
    db.write_now(colleagues.set_rank, manager, LAMPS, leo.id, Rank.MANAGER)
    db.write_now(colleagues.leave, manager, LAMPS, agent.id)
    db.write_now(colleagues.leave, other, LAMPS, other.id)


def test_buyers_see_the_first_name_of_staff(db: Database) -> None:
    new = NewStaff("vera@lamps.example", "Vera Lampe")
    vera = db.write_now(colleagues.add, SYSTEM, LAMPS, new, passwords.hash_now(PASSWORD)).person
    assert vera.called == "Vera"


async def test_an_imported_buyer_is_one_person_and_nobody_signs_in_as_them(db: Database) -> None:
    known = db.write_now(service.known_buyer, "Anna@example.org", "Anna K.")

    assert db.write_now(service.known_buyer, "anna@example.org", "Anna") == known
    assert isinstance(await refused(db, HOME), WrongEmailOrPassword)
    with pytest.raises(WrongEmailOrPassword):
        await anna_signs_in(db, password="")


async def test_orders_are_for_the_owner_of_an_address_not_for_who_claims_it(db: Database) -> None:
    entry = await anna_signs_up(db)
    known = db.write_now(service.known_buyer, "anna@example.org", "Anna")
    assert known.id != entry.person.id

    found = list[Fact]()
    db.publish(found.extend)
    await db.write(service.verify_email, visiting(db, entry).actor, token_in(letters(db)[0]))
    owner = await db.write(service.known_buyer, "anna@example.org", "Anna")
    assert owner.id == entry.person.id
    await asyncio.sleep(0.05)
    assert EmailVerified(person=entry.person.id, known_as=(known.id,)) in found


# --- API keys -----------------------------------------------------------------------------


def test_a_key_comes_in_as_the_shop(db: Database, clock: WoundClock) -> None:
    maria = staff(db, "maria", Rank.MANAGER)
    made = db.write_now(keys.make, maria, LAMPS, NewKey("warehouse"))

    visit = db.read_now(service.who, made.secret)
    assert visit
    assert (visit.actor.shop, visit.actor.rank, visit.person) == (LAMPS, Rank.AGENT, None)
    db.write_now(service.note, visit, HOME.address)
    clock.passes(minutes=1)
    [listed] = db.read_now(keys.of_shop, maria, LAMPS)
    assert (listed.name, listed.used_at) == ("warehouse", clock.now - timedelta(minutes=1))
    assert db.read_now(service.names, [visit.actor.id]) == {visit.actor.id: "warehouse"}


def test_a_revoked_key_opens_nothing(db: Database) -> None:
    maria = staff(db, "maria", Rank.MANAGER)
    made = db.write_now(keys.make, maria, LAMPS, NewKey("warehouse"))
    db.write_now(keys.revoke, maria, LAMPS, made.key.id)

    assert db.read_now(service.who, made.secret) is None
    assert db.read_now(keys.of_shop, maria, LAMPS) == []
    for key in (made.key.id, KeyId("no id at all")):
        with pytest.raises(NoSuchKey):
            db.write_now(keys.revoke, maria, LAMPS, key)


def test_a_key_asked_for_twice_by_one_form_is_made_once(db: Database) -> None:
    maria, other = staff(db, "maria", Rank.MANAGER), staff(db, "marta", Rank.MANAGER)
    secret = keys.draw()
    first = db.write_now(keys.make, maria, LAMPS, NewKey("till"), secret)
    assert first.secret == secret
    assert db.write_now(keys.make, maria, LAMPS, NewKey("till"), secret) == first

    for actor, given in ((maria, "sbk_easy"), (maria, "")):
        made = db.write_now(keys.make, actor, LAMPS, NewKey("till"), given)
        assert made.secret != given
    for actor, name in ((other, "till"), (maria, "lorry")):
        with pytest.raises(AskedBefore):
            db.write_now(keys.make, actor, LAMPS, NewKey(name), secret)
    db.write_now(keys.revoke, maria, LAMPS, first.key.id)
    with pytest.raises(AskedBefore):
        db.write_now(keys.make, maria, LAMPS, NewKey("till"), secret)
    assert db.read_now(service.who, secret) is None


def test_only_managers_of_the_shop_have_to_do_with_keys(db: Database) -> None:
    maria, vera = staff(db, "maria", Rank.MANAGER), staff(db, "vera", Rank.AGENT)
    foreign = staff(db, "felix", Rank.OWNER, ShopId(new_id()))
    made = db.write_now(keys.make, maria, LAMPS, NewKey("till", Rank.MANAGER))
    program = db.read_now(service.who, made.secret)
    assert program

    for actor in (vera, foreign, program.actor, Actor(vera.id, Side.BUYER), SYSTEM):
        with pytest.raises(NotForYourRank):
            db.read_now(keys.of_shop, actor, LAMPS)
        with pytest.raises(NotForYourRank):
            db.write_now(keys.make, actor, LAMPS, NewKey("mine"))
        with pytest.raises(NotForYourRank):
            db.write_now(keys.revoke, actor, LAMPS, made.key.id)
    with pytest.raises(NotForYourRank):
        db.write_now(keys.make, maria, LAMPS, NewKey("above me", Rank.OWNER))


# --- audit --------------------------------------------------------------------------------


async def test_every_step_at_the_door_is_written_down(db: Database) -> None:
    entry = await owned_by_anna(db)
    await refused(db, HOME)
    change = NewPassword(old=PASSWORD, new="eight blue kettles")
    await entrance.change_password(db, visiting(db, entry), change)
    db.write_now(service.sign_out_everywhere, visiting(db, entry).actor)
    maria = staff(db, "maria", Rank.OWNER)
    made = db.write_now(keys.make, maria, LAMPS, NewKey("till"))
    db.write_now(keys.revoke, maria, LAMPS, made.key.id)

    deeds = db.read_now(audit.newest)
    assert [deed.action for deed in reversed(deeds)] == [
        "signed_up",
        "signed_in",
        "email_verified",
        "sign_in_failed",
        "password_changed",
        "signed_out_everywhere",
        "staff_joined",
        "key_made",
        "key_revoked",
    ]
    assert db.read_now(audit.verify) is None
    told = msgspec.json.encode(deeds).decode()
    assert not [w for w in ("anna", "example.org", PASSWORD, made.secret) if w in told]


@pytest.mark.parametrize(
    ("tampering", "found"),
    (
        ("UPDATE audit SET action = 'nothing' WHERE seq = 2", 2),
        ("UPDATE audit SET facts = '{}' WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_head", 5),
    ),
)
def test_a_changed_log_is_found_out(db: Database, tampering: str, found: int) -> None:
    for n in range(4):
        db.write_now(service.audit, SYSTEM, "tested", n=n)
    assert db.read_now(audit.verify) is None

    with db.engine.begin() as connection:
        connection.exec_driver_sql(tampering)
    assert db.read_now(audit.verify) == found


@pytest.mark.parametrize("gone", (2, 5), ids=["what was read", "what is to be read"])
def test_a_log_is_read_again_in_parts_while_it_grows_and_is_cut(db: Database, gone: int) -> None:
    for n in range(9):
        db.write_now(service.audit, SYSTEM, "tested", n=n)
    reading = db.read_now(audit.read_on, None, 3)
    assert (reading.counted, reading.all, reading.done) == (3, 9, False)

    assert db.write_now(audit.cut, db.clock() + timedelta(days=1), gone) == gone
    db.write_now(service.audit, SYSTEM, "tested", n=9)
    rest = reading
    while not rest.done:
        rest = db.read_now(audit.read_on, rest, 3)
    assert (rest.whole, rest.broken) == (True, None)
    assert rest.counted == rest.all == 9 + 2 - gone

    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET action = 'nothing' WHERE seq = 7")
    while not reading.done:
        reading = db.read_now(audit.read_on, reading, 3)
    assert (reading.whole, reading.broken) == (False, 7)


@pytest.mark.parametrize("kept", (2, 3, 0), ids=["a row less", "a row other", "nothing"])
def test_a_log_written_anew_is_another_than_was_noted(db: Database, kept: int) -> None:
    """Whoever may write the table can make a chain that fits in itself, but not the same seal."""
    for n in range(4):
        db.write_now(service.audit, SYSTEM, "tested", n=n)
    noted = Seal.parse(str(db.read_now(operating.sealed, SYSTEM)))
    db.write_now(service.audit, SYSTEM, "tested", n=4)
    assert noted.day == db.clock().date()
    assert db.read_now(operating.is_as_noted, SYSTEM, noted)
    undated = Seal.parse(f"{noted.seq}-{noted.hash}")
    assert db.read_now(operating.is_as_noted, SYSTEM, undated), "as seals were noted before"

    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit")
        connection.exec_driver_sql("DELETE FROM audit_head")
    for n in (*range(kept), *([99, 3] if kept == 3 else [])):
        db.write_now(service.audit, SYSTEM, "tested", n=n)
    assert db.read_now(audit.verify) is None
    assert not db.read_now(operating.is_as_noted, SYSTEM, noted)


@pytest.mark.parametrize(
    "words", ("", "4", "4-", "4-abc", "x-" + "0" * 64, "4-" + "x" * 64, f"4-{'0' * 64}-2026-13-01")
)
def test_what_is_no_seal_is_not_taken_for_one(words: str) -> None:
    with pytest.raises(ValueError, match="no seal"):
        Seal.parse(words)


def test_the_seal_of_an_empty_log_fits_whatever_came_after(db: Database) -> None:
    noted = Seal.parse(str(db.read_now(operating.sealed, SYSTEM)))
    db.write_now(service.audit, SYSTEM, "tested")
    assert db.read_now(operating.is_as_noted, SYSTEM, noted)


async def test_only_the_operator_looks_behind_the_scenes(db: Database) -> None:
    anna = await anna_signs_up(db)
    new = NewPerson("op@example.org", "Olga", Side.OPERATOR, verified=True)
    olga = db.write_now(service.add_person, SYSTEM, new, passwords.hash_now(PASSWORD))
    operator = Actor(olga.id, Side.OPERATOR)

    [lease] = db.write_now(outbox.claim, ["Letter"], 9)
    db.write_now(outbox.fail, lease, "no such host", final=True)
    for actor in (visiting(db, anna).actor, staff(db, "maria", Rank.OWNER)):
        for look in (operating.given_up, operating.record, operating.sealed):
            with pytest.raises(OperatorsOnly):
                db.read_now(look, actor)
        with pytest.raises(OperatorsOnly):
            db.write_now(operating.try_again, actor, lease.id)
    assert [job.id for job in db.read_now(operating.given_up, operator)] == [lease.id]
    db.write_now(operating.try_again, operator, lease.id)
    assert db.read_now(operating.given_up, operator) == []
    for job in (lease.id, "no id"):
        with pytest.raises(NoSuchJob):
            db.write_now(operating.try_again, operator, job)


def test_the_record_is_read_again_only_when_asked_to(db: Database) -> None:
    for n in range(4):
        db.write_now(service.audit, SYSTEM, "tested", n=n)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET facts = '{}' WHERE seq = 3")
    assert db.read_now(operating.record, SYSTEM) == operating.Record(4, checked=False, broken=None)
    checked = db.read_now(operating.record, SYSTEM, check=True)
    assert checked == operating.Record(4, checked=True, broken=3)


async def test_people_who_act_at_once_leave_one_chain(db: Database) -> None:
    await asyncio.gather(*(db.write(service.audit, SYSTEM, "tested", n=n) for n in range(40)))
    assert [deed.seq for deed in db.read_now(audit.newest)] == list(range(40, 0, -1))
    assert db.read_now(audit.verify) is None


def test_a_person_is_what_the_wire_shows() -> None:
    assert "password" not in Person.__struct_fields__
