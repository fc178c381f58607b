"""Bugs to plant in the product, small as they get written; the simulation must find them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from shopbell.accounts import service as accounts
from shopbell.conversations import entries, storage
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append, Appended, Page
from shopbell.conversations.model import Conversation, ConversationId, Stream
from shopbell.engine import writers
from shopbell.engine.database import Database, Tx
from shopbell.engine.trouble import explain
from shopbell.engine.writers import Groups, Piece
from shopbell.kernel.actor import Actor
from shopbell.realtime import service
from shopbell.realtime.following import Following, Subscriptions
from shopbell.realtime.frames import Sub, SubOk
from shopbell.realtime.hub import Hub
from shopbell.realtime.relay import Relay
from shopbell.realtime.rounds import Rounds
from shopbell.realtime.session import Session

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


# ── storing and acknowledging ───────────────────────────────────────────────────────────────


def acknowledges_before_the_commit(patch: Patch) -> None:
    def commit(self: Any, connection: Connection) -> None:
        group, answered = self._alike(writers.GROUP_MOST), False
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            writers._run_in_savepoint(connection, group)
            self._settle(group)
            answered = True
            connection.exec_driver_sql("COMMIT")
        except BaseException as error:
            writers._roll_back(connection)
            if not answered:
                for piece in group:
                    piece.failed(explain(error))
                self._settle(group)

    patch.setattr(Groups, "_commit_group", commit)


def takes_a_failed_commit_for_a_good_one(patch: Patch) -> None:
    right = Piece.failed

    def failed(self: Piece, error: BaseException) -> None:
        if self.left is None:
            right(self, error)

    patch.setattr(Piece, "failed", failed)


def acknowledges_for_its_neighbours(patch: Patch) -> None:
    def run(connection: Connection, alike: Sequence[Piece]) -> None:
        connection.exec_driver_sql("SAVEPOINT work")
        for piece in alike:
            try:
                writers._run(connection, [piece])
            except BaseException as error:
                if writers._transaction_is_lost(connection):
                    raise
                connection.exec_driver_sql("ROLLBACK TO work")
                piece.failed(explain(error))
        connection.exec_driver_sql("RELEASE work")

    patch.setattr(writers, "_run_in_savepoint", run)


def fails_its_neighbours(patch: Patch) -> None:
    def run(connection: Connection, alike: Sequence[Piece]) -> None:
        connection.exec_driver_sql("SAVEPOINT work")
        try:
            writers._run(connection, alike)
        except BaseException as error:
            if writers._transaction_is_lost(connection):
                raise
            connection.exec_driver_sql("ROLLBACK TO work")
            for piece in alike:
                piece.failed(explain(error))
        connection.exec_driver_sql("RELEASE work")

    patch.setattr(writers, "_run_in_savepoint", run)


def tells_the_pages_before_the_commit(patch: Patch) -> None:
    right = Database._bound

    def bound(self: Any, work: Any) -> Any:
        run = right(self, work)

        def told(connection: Connection, asks: Sequence[Any]) -> Any:
            outcomes, tx = run(connection, asks)
            if self._listener is not None:
                loop, listener = self._listener
                loop.call_soon_threadsafe(listener, list(tx.announced))
            return outcomes, tx

        return told

    patch.setattr(Database, "_bound", bound)


def takes_every_try_for_a_new_one(patch: Patch) -> None:
    patch.setattr(conversations, "same_again", lambda *_asked: None)


def gives_a_repetition_a_number(patch: Patch) -> None:
    right = entries.same_again

    def same_again(tx: Tx, actor: Actor, stream: Stream, command: Append) -> Appended | None:
        again = right(tx, actor, stream, command)
        if again is not None:
            talk = storage.get(tx, stream.conversation, hold=True)
            storage.change(tx, talk, head=talk.head + 1)
        return again

    patch.setattr(conversations, "same_again", same_again)


def believes_what_it_remembers(patch: Patch) -> None:
    right = storage.hold

    def hold(tx: Any, talks: Any) -> None:
        unknown: list[ConversationId] = []
        for talk in talks:
            known: Conversation | None = tx.memory.get(talk)
            if known is None:
                unknown.append(talk)
            else:
                tx.held[talk] = known
        right(tx, unknown)

    patch.setattr(storage, "hold", hold)


def lets_marks_go_back(patch: Patch) -> None:
    def advance(_tx: Tx, _talk: Conversation, side: Any, kind: Any, seq: int) -> dict[str, int]:
        return {f"{side}_{kind}": seq}

    patch.setattr(conversations, "_advance", advance)


# ── following ───────────────────────────────────────────────────────────────────────────────


def listens_after_reading(patch: Patch) -> None:
    async def sub(self: Any, wish: Sub) -> Following:
        self.unsub(wish.sid)
        return Following(wish.sid, Stream.parse(wish.stream), wish.stream)

    async def begin(self: Any, following: Following, wish: Sub) -> None:
        missed = await self._missed(following, wish.after)
        self._register(following)
        following.shop = missed.shop
        self._answer(following, wish, missed.page)
        self._attend(following)
        self._release(following)

    patch.setattr(Subscriptions, "sub", sub)
    patch.setattr(Subscriptions, "begin", begin)


def passes_on_before_it_answers(patch: Patch) -> None:
    right = Subscriptions._register

    def register(self: Any, following: Following) -> Following:
        following.catching_up = False
        return right(self, following)

    patch.setattr(Subscriptions, "_register", register)


def has_two_tellers(patch: Patch) -> None:
    right = Subscriptions._start_catching_up

    def start(self: Any, following: Following) -> None:
        right(self, following)
        following.catching_up = False

    patch.setattr(Subscriptions, "_start_catching_up", start)


def fills_no_gap(patch: Patch) -> None:
    def hear(self: Any, stream: str, seq: int, frame: bytes) -> None:
        following = self._by_stream.get(stream)
        if following is not None and not following.catching_up and seq > following.told:
            following.told = seq
            self._page.tell(frame)

    patch.setattr(Subscriptions, "hear", hear)


def tells_what_it_was_told_already(patch: Patch) -> None:
    right = Subscriptions.hear

    def hear(self: Any, stream: str, seq: int, frame: bytes) -> None:
        following = self._by_stream.get(stream)
        if following is not None and seq <= following.told and not following.catching_up:
            self._page.tell(frame)
        else:
            right(self, stream, seq, frame)

    patch.setattr(Subscriptions, "hear", hear)


def goes_on_behind_the_first_that_was_missed(patch: Patch) -> None:
    right = service.answer

    def answer(sid: str, page: Page, after: int) -> SubOk:
        found = right(sid, page, after)
        return replace(found, events=found.events[1:])

    patch.setattr(service, "answer", answer)


def goes_on_in_another_epoch(patch: Patch) -> None:
    patch.setattr(service, "of_another_history", lambda *_asked: False)


def drops_what_finds_no_room(patch: Patch) -> None:
    def queue(self: Any, frame: bytes) -> None:
        if self._outgoing.put(frame):
            self._begin_writing()

    patch.setattr(Session, "_queue", queue)


# ── many nodes ──────────────────────────────────────────────────────────────────────────────


def tells_no_other_node(patch: Patch) -> None:
    def publish(self: Any, facts: Any) -> None:
        self._hub.publish(facts)

    patch.setattr(Relay, "publish", publish)


def compares_no_heads(patch: Patch) -> None:
    async def look(_self: Rounds) -> None:
        await asyncio.sleep(0)

    patch.setattr(Rounds, "_look_at_streams", look)


# ── rights ──────────────────────────────────────────────────────────────────────────────────


def lets_anybody_read(patch: Patch) -> None:
    def entered(tx: Tx, _actor: Actor, stream: Stream, *, hold: bool = False) -> Conversation:
        return storage.get(tx, stream.conversation, hold=hold)

    patch.setattr(conversations, "entered", entered)


def keeps_the_pages_of_who_was_signed_out(patch: Patch) -> None:
    patch.setattr(Hub, "_throw_out", lambda _self, _pages: None)


def looks_at_no_sign_in_again(patch: Patch) -> None:
    async def look(_self: Rounds) -> None:
        await asyncio.sleep(0)

    patch.setattr(Rounds, "_look_at_sign_ins", look)


def remembers_who_may(patch: Patch) -> None:
    right, known = accounts.who, dict[tuple[int, str | None], Any]()

    def who(tx: Tx, secret: str | None) -> Any:
        key = id(tx.memory), secret
        if known.get(key) is None:
            known[key] = right(tx, secret)
        return known[key]

    patch.setattr(accounts, "who", who)


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        acknowledges_before_the_commit,
        takes_a_failed_commit_for_a_good_one,
        acknowledges_for_its_neighbours,
        fails_its_neighbours,
        tells_the_pages_before_the_commit,
        takes_every_try_for_a_new_one,
        gives_a_repetition_a_number,
        believes_what_it_remembers,
        lets_marks_go_back,
        listens_after_reading,
        passes_on_before_it_answers,
        has_two_tellers,
        fills_no_gap,
        tells_what_it_was_told_already,
        goes_on_behind_the_first_that_was_missed,
        goes_on_in_another_epoch,
        drops_what_finds_no_room,
        tells_no_other_node,
        compares_no_heads,
        lets_anybody_read,
        keeps_the_pages_of_who_was_signed_out,
        looks_at_no_sign_in_again,
        remembers_who_may,
    )
}

BREAKS = {
    "acknowledges_before_the_commit": "lost",
    "takes_a_failed_commit_for_a_good_one": "lost",
    "acknowledges_for_its_neighbours": "lost",
    "fails_its_neighbours": "neighbours",
    "drops_what_finds_no_room": "line-order",
}
"""The rule that must find a bug, where another one would do so only by luck."""
