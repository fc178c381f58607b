"""A buyer asks and closes the page, the seller is away: nobody waits in silence.

Two browsers, phones that ring, and letters by Postfix, Dovecot and people's mail programs.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from shopbell.kernel.texts import LOCALES, Locale
from tests.browser.people import Buyer, Json, People, Seller, V, Visitor, fresh, title
from tests.browser.test_case_one import ASKED
from tests.support.eyes import Faults
from tests.support.house import Person
from tests.support.mailclients import Answer, answered, apple, gmail, mutt, outlook, posts, swaks
from tests.support.mailrig import MailRig
from tests.support.posttown import PostTown, post_town
from tests.support.pushservice import Phone

SAID: dict[Locale, tuple[str, str, str]] = {
    "en": ("Where is my parcel?", "It is in Kazan, and comes on Friday.", "Until six, please."),
    "ru": ("Где моя посылка?", "Она в Казани, привезут в пятницу.", "Пожалуйста, до шести."),
    "zh": ("我的包裹到哪里了?", "已到喀山，周五送达。", "请在六点之前送到。"),
}
SHOWN = (
    "told_team_push",
    "told_team_mail",
    "told_buyer_push",
    "told_buyer_mail",
    "told_team_owner",
    "fact_answer_overdue",
    "fact_escalate",
)
AT_A_TIME = re.compile(r"\d\d?:\d\d")
A_PHONE: ViewportSize = {"width": 390, "height": 844}
Program = Callable[[MailRig, Answer, Path], None]


def by_mutt(rig: MailRig, answer: Answer, home: Path) -> None:
    mutt(rig, answer, home)


def by_gmail(rig: MailRig, answer: Answer, _home: Path) -> None:
    posts(rig, answered(answer, gmail))


def by_apple(rig: MailRig, answer: Answer, home: Path) -> None:
    swaks(rig, answered(answer, apple), home)


def by_outlook(rig: MailRig, answer: Answer, _home: Path) -> None:
    posts(rig, answered(answer, outlook))


THEIRS: dict[Locale, tuple[Program, Program]] = {
    "en": (by_gmail, by_apple),
    "ru": (by_mutt, by_outlook),
    "zh": (by_outlook, by_gmail),
}
"""The mail programs of the seller and of the buyer."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[PostTown]:
    data = tmp_path_factory.mktemp("town")
    file = shutil.copy(migrated_file, data / "shopbell.db")
    with post_town(data, f"sqlite:///{file}") as found:
        yield found


@pytest.fixture
def people(browser: Browser, town: PostTown) -> Iterator[People]:
    faults = Faults()
    guests = People(browser, town.server.url, faults)
    yield guests
    guests.leave()
    assert not faults.found, "\n".join(faults.found)


@dataclass
class Street:
    """A shop and a buyer who speak one language, each with a browser, a phone and a mailbox."""

    town: PostTown
    people: People
    locale: Locale
    home: Path

    def __post_init__(self) -> None:
        house = self.town.house
        self.anna, self.mei, self.team = (
            fresh(f"{name}-{self.locale}").replace(" ", "-") for name in ("anna", "mei", "team")
        )
        self.shop = house.shop(self.team, [self.mei], [self.locale])
        self.thing = self.shop.sells(self.team)
        buys, sells = house.buyer(self.anna, self.locale), self.shop.staff[self.mei]
        self.order = self.shop.ships_to(buys, self.thing)
        self.buyer: Buyer = self.comes(Buyer, buys, phone=True)
        self.seller: Seller = self.comes(Seller, sells)
        self.seller.opens("/desk")

    def comes(self, kind: type[V], who: Person, *, phone: bool = False) -> V:
        session = self.town.session(who)
        found = self.people.known(kind, session, self.locale, phone=phone)
        if phone:
            found.page.set_viewport_size(A_PHONE)
        return found

    def phone_of(self, visitor: Visitor) -> Phone:
        """Have somebody told on a phone of theirs."""
        phone = self.town.phones.phone()
        answer = visitor.context.request.post(
            "/api/v1/push/devices",
            data=msgspec.to_builtins(phone.subscription),
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.ok, answer.text()
        return phone

    def letter(self, who: str, number: int = 1) -> EmailMessage:
        """Return the newest of so many letters in somebody's mailbox."""
        return self.town.mailbox(who).waits_for(number)[-1]

    def answers(self, letter: EmailMessage, words: str, program: Program) -> None:
        program(self.town.rig, Answer(letter, words, self.locale), self.home)

    def told(self) -> list[str]:
        """Return what the buyer's pages tell: what was said, and each step of the ladder."""
        (talk,) = self.buyer.learns("/conversations?box=all")["items"]
        events = self.buyer.learns(f"/streams/c.{talk['id']}.p/events")["events"]
        return [_short(one) for one in events if one["type"] != "subject"]

    def until(self, *told: str) -> None:
        """Wait until the conversation tells exactly this."""
        for _look in range(300):
            if self.told() == list(told):
                return
            time.sleep(0.1)
        assert self.told() == list(told)


def _short(event: Json) -> str:
    match event["type"], event["data"]:
        case "message", said:
            return str(said["text"])
        case "contact", step:
            return f"{step['to']} {step['step']}"
        case other, _data:
            return str(other)


@pytest.fixture(params=LOCALES)
def street(
    request: pytest.FixtureRequest, town: PostTown, people: People, tmp_path: Path
) -> Street:
    return Street(town, people, request.param, tmp_path)


def test_a_question_reaches_somebody_by_every_way_and_stays_one_conversation(
    street: Street,
) -> None:
    town, buyer, seller, locale = street.town, street.buyer, street.seller, street.locale
    question, answer, more = map(fresh, SAID[locale])
    by_seller, by_buyer = THEIRS[locale]
    meis, annas = street.phone_of(seller), street.phone_of(buyer)
    asks_and_leaves(street, question)
    expect(seller.looks_for(question)).to_be_visible()

    town.server.passes(seconds=31)
    street.until(question, "team push")
    meis.waits_for(1)
    assert question in meis.shown[0]
    town.server.passes(seconds=60)
    told = [question, "team push", "team mail"]
    street.until(*told)
    letter = street.letter(street.team)
    holds_everything(letter, street, question)

    street.answers(letter, answer, by_seller)
    told.append(answer)
    street.until(*told)
    expect(seller.looks_for(answer)).to_be_visible()

    town.server.passes(seconds=31)
    street.until(*told, "buyer push")
    annas.waits_for(1)
    assert answer in annas.shown[0]
    town.server.passes(seconds=120)
    told += ["buyer push", "buyer mail"]
    street.until(*told)
    letter = street.letter(street.anna)
    assert answer in words_of(letter)

    desk = seller.takes(answer)
    street.answers(letter, more, by_buyer)
    desk.hears(more)
    desk.sees("read")
    told.append(more)
    street.until(*told)
    has_read(seller)
    seller.page.close()

    town.server.passes(hours=8)
    street.until(*told, "team owner")
    town.server.passes(hours=16)
    told += ["team owner", "answer_overdue"]
    street.until(*told)
    town.server.passes(hours=12)
    told += ["escalate"]
    street.until(*told)

    the_operator_has_it(street, more)
    the_buyer_sees_each_step(street, (question, answer, more))


def asks_and_leaves(street: Street, question: str) -> None:
    buyer = street.buyer
    buyer.opens(f"/orders/{street.order.number}")
    buyer.page.get_by_role("link", name=buyer.words("pages.bar_contact")).first.click()
    buyer.window.says(question)
    buyer.window.sees("sent")
    buyer.page.close()


def the_operator_has_it(street: Street, words: str) -> None:
    """See that the question lies on the operator's desk, and can be answered there."""
    olga = street.comes(Visitor, street.town.house.operator(fresh("olga").replace(" ", "-")))
    olga.opens("/console")
    waiting = olga.page.get_by_role("region", name=olga.words("questions.title"))
    expect(waiting.get_by_text(words)).to_be_visible()
    olga.finds_no_barriers(in_dark=True)
    waiting.get_by_role("listitem").filter(has_text=words).get_by_role("link").click()
    expect(olga.page.get_by_text(words)).to_be_visible()
    expect(olga.button("questions.settle")).to_be_visible()
    olga.finds_no_barriers(in_dark=True)


def the_buyer_sees_each_step(street: Street, said: tuple[str, ...]) -> None:
    """Open the page again: all stands there with its time, in the reader's language."""
    (talk,) = street.buyer.learns("/conversations?box=all")["items"]
    again = Buyer(street.buyer.context, street.locale, phone=True)
    again.page.set_viewport_size(A_PHONE)
    again.opens(f"/me/messages/{talk['id']}")
    log = again.page.get_by_role("log")
    for key in SHOWN:
        expect(log.get_by_text(again.words(f"thread.{key}"))).to_have_text(AT_A_TIME)
    for words in said:
        expect(log.get_by_text(words, exact=True)).to_have_count(1)
    again.fits()
    again.finds_no_barriers()


def test_case_one_with_a_shop_that_only_answers_letters(street: Street) -> None:
    town, buyer, locale = street.town, street.buyer, street.locale
    question, answer = map(fresh, ASKED[locale])
    talk = buyer.asks_about(msgspec.to_builtins(street.thing))
    talk.says(question)
    talk.sees("sent")

    town.server.passes(seconds=181)
    street.until(question, "team mail")
    letter = street.letter(street.team)
    assert question in words_of(letter)
    assert title(msgspec.to_builtins(street.thing), locale) in words_of(letter)
    street.answers(letter, answer, THEIRS[locale][0])

    talk.hears(answer)
    talk.sees("read")
    has_read(buyer)
    town.server.passes(minutes=10)
    street.until(question, "team mail", answer)
    assert town.mailbox(street.anna).letters() == [], "who has read an answer gets no letter"


def has_read(reader: Visitor) -> None:
    """Wait until somebody's page has noted that it showed everything."""
    for _look in range(100):
        if not any(talk["unread"] for talk in reader.learns("/conversations?box=all")["items"]):
            return
        time.sleep(0.1)
    raise AssertionError("it was not read")


def holds_everything(letter: EmailMessage, street: Street, question: str) -> None:
    """See that a letter to the team has all that is needed to answer it."""
    for kind in ("plain", "html"):
        words = words_of(letter, kind)
        assert question in words
        assert street.order.number in words
        assert street.seller.words("mail.answer_here") in words
        assert f"{street.town.server.url}/desk/" in words


def words_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())
