"""What the busiest paths ask of the database: few statements, none through a whole table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from shopbell.conversations import queues, service
from shopbell.conversations.commands import Append, Ask
from shopbell.conversations.model import ConversationId, MarkKind, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.ids import new_id
from tests.support.house import House, Person

Statement = tuple[str, Any]


@contextmanager
def listening(house: House) -> Iterator[list[Statement]]:
    """Note what is run, and leave out what begins and ends transactions."""
    seen: list[Statement] = []

    def note(*given: Any) -> None:
        sql, parameters = given[2], given[3]
        many = isinstance(parameters, list)
        if sql.split()[0] in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
            seen.append((sql, parameters[0] if many else parameters))

    event.listen(house.db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(house.db.engine, "before_cursor_execute", note)


def plan(connection: Connection, statement: Statement) -> list[str]:
    """Return the steps by which the database would answer."""
    how = "QUERY PLAN " if connection.dialect.name == "sqlite" else ""
    found = connection.exec_driver_sql(f"EXPLAIN {how}{statement[0]}", statement[1])
    return [str(row[-1]) for row in found]


def scans(connection: Connection, statement: Statement) -> list[str]:
    """Return the steps that look through a whole table of people's words."""
    whole = ("SCAN conversation", "SCAN event", "Seq Scan on conversation", "Seq Scan on event")
    steps = plan(connection, statement)
    return [step for step in steps if any(f"{name}" in step for name in whole)]


def asks(who: Person, talks: list[ConversationId]) -> list[Ask]:
    command = {"text": "Is it still available?"}
    return [Ask(who.actor, Stream(talk), Append(new_id(), "message", command)) for talk in talks]


def busy_paths(house: House) -> dict[str, Callable[[], object]]:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talks = [anna.asks(halo, halo.sells(f"lamp-{n}"), "Hello") for n in range(3)]
    db, mei = house.db, halo.mei.actor
    return {
        "send": lambda: db.write_now(service.append_all, asks(anna, talks)),
        "mark": lambda: db.write_now(service.mark, mei, Stream(talks[0]), MarkKind.READ, 2),
        "history": lambda: db.read_now(service.page, mei, Stream(talks[0]), before=3),
        "missed": lambda: db.read_now(service.page, mei, Stream(talks[0]), after=1),
        "desk": lambda: db.read_now(service.inbox, mei),
        "own inbox": lambda: db.read_now(service.inbox, anna.actor),
    }


@pytest.mark.parametrize("path", ["send", "mark", "history", "missed", "desk", "own inbox"])
def test_a_busy_path_looks_through_no_whole_table(house: House, path: str) -> None:
    work = busy_paths(house)[path]
    with listening(house) as seen:
        work()
    assert seen

    with house.db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # small tables are scanned, so forbid it
            connection.exec_driver_sql("SET enable_seqscan = off")
        assert [scans(connection, statement) for statement in seen] == [[]] * len(seen)


def test_what_waits_at_a_desk_is_one_range_of_one_index(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    for n in range(20):
        anna.asks(halo, halo.sells(f"lamp-{n}"), "Hello")
    shop, mei = halo.shop.id, halo.mei.actor.id
    looks: list[tuple[str, Callable[[Tx], object]]] = [
        ("ix_conversation_assignee", lambda tx: queues.line(tx, shop, 50)),
        ("ix_conversation_assignee", lambda tx: queues.load(tx, shop, mei)),
        ("ix_conversation_parcel", lambda tx: queues.asleep_for_parcels(tx, shop)),
        ("ix_conversation_unsorted", lambda tx: queues.unsorted(tx, 20)),
    ]
    with house.db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # small tables are scanned, so forbid it
            connection.exec_driver_sql("SET enable_seqscan = off")
        for index, look in looks:
            with listening(house) as seen:
                house.db.read_now(look)
            steps = "\n".join(plan(connection, seen[0]))
            assert "Seq Scan" not in steps, steps
            if connection.dialect.name == "sqlite":  # PostgreSQL chooses by what it has counted
                assert index in steps, steps
                assert "TEMP B-TREE" not in steps, steps


def test_a_message_to_a_shop_that_gives_out_by_hand_pays_nothing_for_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")
    halo.mei.says(talk, "Hello!")
    with listening(house) as seen:
        anna.says(talk, "Is it in stock?")
    assert not [sql for sql, _given in seen if "desk_" in sql.replace("desk_order", "")]


def test_a_batch_costs_as_many_statements_as_one_message(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talks = [anna.asks(halo, halo.sells(f"lamp-{n}"), "Hello") for n in range(20)]

    def count(some: list[ConversationId]) -> int:
        with listening(house) as seen:
            house.db.write_now(service.append_all, asks(anna, some))
        return len(seen)

    assert count(talks[:1]) == count(talks) == 4


def test_what_waits_is_found_written_by_whoever_looks(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = anna.asks(halo, None, "Hello")

    def say_and_look(tx: Tx) -> int:
        service.append_all(tx, asks(anna, [talk, talk]))
        return len(service.page(tx, anna.actor, Stream(talk)).events)

    assert house.db.write_now(say_and_look) == 4


def test_a_repeated_message_is_looked_for_by_its_name_not_in_its_whole_thread(house: House) -> None:
    """PostgreSQL knows nothing of a table that is new, and must find the right index anyway."""
    halo, anna = house.shop("halo"), house.buyer("anna")
    talks = [anna.asks(halo, halo.sells(f"lamp-{n}"), "Hello") for n in range(20)]
    for _turn in range(20):
        house.db.write_now(service.append_all, asks(anna, talks))
    with listening(house) as seen:
        house.db.write_now(service.append_all, asks(anna, talks))
    [look_up] = [s for s in seen if "cmid" in s[0] and s[0].split()[0] in {"SELECT", "WITH"}]

    with house.db.engine.connect() as connection:
        steps = "\n".join(plan(connection, look_up))

    by_name = {"sqlite": "(cmid=? AND conversation=?", "postgresql": "uq_event_cmid_"}
    assert by_name[house.db.engine.dialect.name] in steps, steps
