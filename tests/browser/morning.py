"""A morning at two shops: the program they run on, and who of the teams works without a screen."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from tests.support.clock import WoundClock
from tests.support.house import House, Person
from tests.support.night import ANSWERED, Night, step_of
from tests.support.wound import WoundServer

LIMIT, GRACE = 3, 60
"""How much of what waits somebody is given, and after how many seconds others get it."""

HALO, NOVA = ("mei", "oleg", "ivan", "lin"), ("rosa", "sven")
NIGHT = timedelta(minutes=74)
DAWN = timedelta(minutes=1)

PATIENCE = 60
"""Seconds that a busy machine may take for what is due at once."""

Json = dict[str, Any]


class Hands:
    """What somebody of a team does without looking at a screen, by the cookie of their browser."""

    def __init__(self, url: str, session: str) -> None:
        self.session = session
        self.http = httpx.Client(
            base_url=f"{url}/api/v1",
            cookies={"shopbell_session": session},
            headers={"Sec-Fetch-Site": "same-origin"},
            timeout=60,
        )

    def asks(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Ask for something that may be refused."""
        return self.http.request(method, path, json=body or None)

    def does(self, method: str, path: str, **body: Any) -> Any:
        """Ask for something that is done."""
        answer = self.asks(method, path, **body)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def chooses(self, presence: str, **more: Any) -> None:
        self.does("PUT", "/desk/seat", presence=presence, **more)

    def has(self) -> list[Json]:
        """List what of theirs waits for the shop."""
        found: list[Json] = self.does("GET", "/conversations?view=mine&turn=seller")["items"]
        return found

    def team(self) -> dict[str, Json]:
        """Return everybody of the team by name."""
        return {one["name"]: one for one in self.does("GET", "/desk/team")["items"]}

    def answers(self, talk: Json, words: str) -> httpx.Response:
        """Answer from what was seen of the thread."""
        said = {"cmid": new_id(), "type": "message", "data": {"text": words}, "seen": talk["head"]}
        return self.asks("POST", f"/streams/c.{talk['id']}.p/events", **said)


@dataclass(frozen=True)
class Morning:
    """The shops with what the night has left them, and the program that goes on from there."""

    house: House
    night: Night
    server: WoundServer
    olga: Person
    hands: Mapping[str, Hands]

    def session(self, person: Person) -> str:
        return _session(self.house, person)

    def passes(self, **time: float) -> None:
        """Let time pass; whoever is there says so again, as an open page does."""
        there = [name for name in HALO + NOVA if self.seat(name)["presence"] == "available"]
        self.server.passes(**time)
        for name in there:
            if self.seat(name)["presence"] == "available":
                self.hands[name].chooses("available")

    def seat(self, name: str) -> Json:
        found: Json = self.hands[name].does("GET", "/desk/seat")
        return found

    def nobody_has_a_fourth(self, of: str = HALO[0]) -> None:
        """See that a machine gave nobody of somebody's team more than they can take."""
        for mate in self.hands[of].team().values():
            assert mate["load"] <= LIMIT, mate

    def settles(self, name: str, talk: Json) -> None:
        """Answer what waits: with the step that its case asks for, or with words."""
        matter = self.night.matters.get(talk["id"])
        if matter and matter.case and talk["open_cases"]:
            action, given = step_of(matter.case)
            path = f"/cases/{matter.case.id}/steps"
            self.hands[name].does("POST", path, cmid=new_id(), action=action, given=given)
        else:
            said = self.hands[name].answers(talk, ANSWERED[talk["locale"]])
            assert said.is_success, said.text

    def is_worked_off(self, *names: str) -> None:
        """Have some of the team answer what they are given until nothing waits any more."""
        busy = True
        while busy:
            busy = False
            for name in names:
                self.hands[name].chooses("available")
                for talk in self.hands[name].has():
                    self.settles(name, talk)
                    self.nobody_has_a_fourth(name)
                    busy = True


@contextmanager
def a_morning(data: Path, database: str) -> Iterator[Morning]:
    """Live through the night, and open the shops."""
    clock = WoundClock(datetime.now(UTC) - NIGHT)
    with ExitStack() as at_the_end:
        app = build(Settings(data=data, database=database), clock=clock)
        at_the_end.callback(app.close)
        house = House(app, clock)
        night = Night(house, house.shop("halo", HALO), house.shop("nova", NOVA))
        olga = house.operator()
        night.passes()
        clock.now = datetime.now(UTC) - DAWN
        night.ends()
        clock.now = datetime.now(UTC)
        server = at_the_end.enter_context(WoundServer(data, database))
        staff = {**night.halo.staff, **night.nova.staff}
        hands = {name: Hands(server.url, _session(house, one)) for name, one in staff.items()}
        for one in hands.values():
            at_the_end.callback(one.http.close)
        yield Morning(house, night, server, olga, hands)


def _session(house: House, person: Person) -> str:
    who = house.db.read_now(accounts.person, person.actor.id)
    return house.db.write_now(accounts.let_in, who, Knock(address="127.0.0.1")).session


def waiting(hands: Hands, which: str) -> list[Json]:
    """List questions in words that wait for a shop, the most urgent first."""
    found = hands.does("GET", f"/conversations?{which}&turn=seller&limit=100")["items"]
    return [one for one in found if not one["open_cases"]]


def until(happened: Callable[[], bool]) -> None:
    """Wait for what the program does by the clock."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.1)
