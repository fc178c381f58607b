"""The API against its own description: whatever it allows, and much that it does not, is answered.

Requests are made from ``/api/v1/openapi.json`` of a running, furnished house, half of them as the
description asks and half of them not. No answer may be a fault of ours, and each has the status,
the content type and the shape that the description promises.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shopbell.accounts import limits
from shopbell.accounts import service as accounts
from shopbell.accounts.model import Knock
from shopbell.app import build
from shopbell.engine.settings import Settings
from shopbell.kernel.ids import new_id
from tests.proof.conftest import Effort, Note
from tests.proof.test_access import ANNA, MEI, OLGA, World, filled, furnish
from tests.support.clock import WoundClock
from tests.support.house import House
from tests.support.server import RunningServer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LONGEST_WAIT = 25
"""Seconds that the API lets somebody wait for news; anything else is refused at once."""

ASKERS = (ANNA, MEI, OLGA, "the shop's key", "the shop's agent", "another buyer", "nobody")

THEMSELVES: dict[str, Any] = {
    "POST /api/v1/conversations": {"subject": {"kind": "shop", "id": "halo"}},
    "POST /api/v1/streams/{stream}/events": {
        "type": "message",
        "cmid": "{new}",
        "data": {"text": "Is it heavy?"},
    },
    "POST /api/v1/streams/{stream}/read": {"seq": 1},
    "POST /api/v1/streams/{stream}/ack": {"seq": 1},
    "PUT /api/v1/conversations/{talk}/draft": {"text": "Is it"},
    "POST /api/v1/conversations/{talk}/reading": {"text": "Where is order 2026-51873?"},
    "POST /api/v1/reading": {"text": "Is it", "subject": {"kind": "shop", "id": "halo"}},
}
"""What people really send: chance alone never finds the id of something that is there."""


class Caller:
    """Asks as the description says, as one of many people, and remembers what went wrong."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers = Counter[int]()
        self.trouble = dict[str, str]()
        self.api = schemathesis.openapi.from_url(f"{world.server.url}/api/v1/openapi.json")

    def operations(self) -> Iterator[Any]:
        for found in self.api.get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def tries(self, operation: Any, examples: int) -> None:
        """Ask one operation in many ways; note the smallest request that is answered wrongly."""
        self.lets_everybody_in_again()
        allowed, other = (
            operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode
        )

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=examples < 100,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(some.one_of(allowed, other), some.sampled_from(ASKERS), some.booleans())
        def asks(case: Any, who: str, meant: bool) -> None:
            if meant:
                self.means_it(operation, case)
            self.asks(case, who)

        asks()

    def means_it(self, operation: Any, case: Any) -> None:
        """Put real ids into a request, and often a body that makes sense."""
        ids = {**self.world.ids, "stream": f"c.{self.world.talk}.p", "new": new_id()}
        case.path_parameters.update({n: ids[n] for n in case.path_parameters if n in ids})
        if operation.label in THEMSELVES:
            case.body = filled(THEMSELVES[operation.label], ids)
        if operation.path == "/api/v1/events":
            case.query = {"cursor": f"~{ids['stream']}~0", "wait": 0}

    def asks(self, case: Any, who: str) -> None:
        headers = {"Origin": self.world.server.url, **self.world.doors[who]}
        if case.operation.path == "/api/v1/events" and _is_long((case.query or {}).get("wait")):
            case.query["wait"] = 0  # else it is answered after 25 s, when nothing has come
        answer = case.call(headers=headers)
        self.answers[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as wrong:
            for one in wrong.exceptions:
                what = f"{case.operation.label}: {answer.status_code} {type(one).__name__}"
                self.trouble.setdefault(what, f"{who}: {one} {case.as_curl_command()}")

    def lets_everybody_in_again(self) -> None:
        """Begin as if it were another day: whoever signed out is back, nobody tried too often."""
        db = self.world.house.db
        self.world.house.clock.passes(days=1)
        db.write_now(limits.forget)
        for who, somebody in self.world.people.items():
            person = db.read_now(accounts.person, somebody.actor.id)
            entry = db.write_now(accounts.let_in, person, Knock(address="127.0.0.1"))
            self.world.doors[who] = {"Cookie": f"shopbell_session={entry.session}"}


def _is_long(wait: Any) -> bool:
    return isinstance(wait, int | float) and 0 < wait <= LONGEST_WAIT


@pytest.fixture
def world(database: str, tmp_path: Path) -> Iterator[World]:
    data = tmp_path / "data"
    app = build(Settings(data=data, database=database))
    house = House(app, WoundClock(datetime.now(UTC)))
    with RunningServer(data, database, frames_per_second=1_000_000) as server:
        world = furnish(server, house)
        yield world
        world.line.close()
    app.close()


def test_every_answer_is_as_the_description_says(world: World, effort: Effort, note: Note) -> None:
    caller = Caller(world)
    for operation in caller.operations():
        caller.tries(operation, effort(5, 40))
    assert not caller.trouble, "\n".join(f"{k} <- {v}" for k, v in caller.trouble.items())
    note(requests=caller.answers.total(), answers=dict(sorted(caller.answers.items())))
