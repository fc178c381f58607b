"""What can go wrong in a world, and what in each one does."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from shopbell.accounts.model import SessionId
from shopbell.kernel.refusals import Refusal
from tests.support.simulation import node as doors
from tests.support.simulation.furnished import Key
from tests.support.simulation.letters import Mood
from tests.support.simulation.lines import LATE, NARROW, Line
from tests.support.simulation.loop import Process
from tests.support.simulation.page import Away

if TYPE_CHECKING:
    from tests.support.simulation.world import World

SOON, LATER = 2.0, 4.0
"""Seconds from a loss of rights to the last word, beside a sound broker; and how many more
without one, when only the round of the watchman tells (PROTOCOL 5 and 6)."""

HOUR, DAY = 3_600.0, 86_400.0
SLOW_TURNS = 3
"""How often everybody says something while one reads slowly."""

Fault = Callable[["World"], None]


def a_line_breaks(world: "World") -> None:
    """One that both ends see breaking, or only one, or neither."""
    if line := _some_line(world):
        by_page, by_node = world.chance.choice(
            ((True, True), (True, True), (True, False), (False, True), (False, False))
        )
        line.cut(seen_by_page=by_page, seen_by_node=by_node)


def a_line_goes_deaf(world: "World") -> None:
    """What is sent stays on its way for a while, in one direction or both."""
    if line := _some_line(world):
        pipes = world.chance.choice(((line.up,), (line.down,), (line.up, line.down)))
        for pipe in pipes:
            pipe.deaf = True
            world.loop.outside.after(world.chance.uniform(0.2, 7.0), pipe.hears_again)


def a_page_reads_slowly(world: "World") -> None:
    """While the others go on, so that what is sent to it queues up."""
    for _turn in range(SLOW_TURNS):
        world.loop.outside.after(world.chance.uniform(0, 1.0), world.everybody_writes)
    tab = world.some_tab()
    tab.slow = world.chance.choice((0.1, 1.0, 8.0))
    if tab.line is not None:
        tab.line.down.window = NARROW


def a_node_dies(world: "World") -> None:
    """At any moment."""
    world.chance.choice(world.nodes).restart(world.chance.uniform(0.2, 2.0))


def a_node_dies_before_its_commit(world: "World") -> None:
    """What it was writing is gone; it may live on for a moment, and say something about it."""
    world.store.before = _dying(world, world.chance.choice((0.0, 0.05)))


def a_node_dies_after_its_commit(world: "World") -> None:
    """What it wrote is there, and nobody was told."""
    world.store.after = _dying(world)


def a_node_stands_still(world: "World") -> None:
    """Its loop does not turn, while its database goes on."""
    process = world.chance.choice(world.nodes).process
    process.still_until = world.loop.time() + world.chance.uniform(0.05, 1.0)


def a_clock_jumps(world: "World") -> None:
    """Of one node, while pages are connected: an hour or two days, either way."""
    node = world.chance.choice(world.nodes)
    node.skew += world.chance.choice((-2 * DAY, -HOUR, HOUR, 2 * DAY))


def a_node_is_stopped_politely(world: "World") -> None:
    """It sends everybody away, and ends."""
    node = world.chance.choice(world.nodes)
    process = node.process

    async def stops() -> None:
        await node.drain()
        if node.process is process:
            node.restart(0.5)

    process.begin(stops())


def the_store_fails(world: "World") -> None:
    """For a while many transactions do, at their beginning, midway or at their end."""
    world.store.unwell = world.chance.uniform(0.05, 0.4)
    the_store_is_slow(world)
    world.loop.outside.after(world.chance.uniform(0.2, 2.0), _well, world)


def the_store_is_slow(world: "World") -> None:
    """For a while."""
    world.store.slow = world.chance.uniform(0.1, 0.6)
    world.loop.outside.after(world.chance.uniform(0.5, 3.0), _quick, world)


def the_broker_goes_away(world: "World") -> None:
    """For a while, and everybody is told."""
    world.office.away(away=True)
    away = world.chance.uniform(0.5, 6.0)
    world.loop.outside.after(away, lambda: world.office.away(away=False))


def a_tab_dies(world: "World") -> None:
    """And is opened again: what lies on its disk is still there."""
    tab = world.some_tab()
    if len(world.tabs) > 1:
        tab.closes()
        world.tabs.remove(tab)

        async def opens_again() -> None:
            await asyncio.sleep(world.chance.uniform(0.1, 1.0))
            world.opens_a_tab(tab.disk)

        world.loop.outside.begin(opens_again())


def a_copy_is_put_back(world: "World") -> None:
    """The house is stopped, another epoch begins, and it runs again."""
    for node in world.nodes:
        node.restart(0.3)
    world.store.changes_epoch(f"epoch {world.chance.getrandbits(40):x}")


def somebody_is_signed_out(world: "World") -> None:
    """From another device of theirs."""
    tab = world.some_tab()
    key, other = tab.key, world.other_key(tab.key)
    _revoke(world, [key], other, lambda: doors.sign_out(SessionId(key.session)))


def somebody_is_dismissed(world: "World") -> None:
    """By the owner of the shop."""
    oleg, mei = world.furnished.keys["oleg"], world.furnished.keys["mei"]
    _revoke(world, [*oleg], mei[1], lambda: doors.dismiss(oleg[0].actor.id))


HURTS: tuple[Fault, ...] = (
    a_line_breaks,
    a_line_breaks,
    a_line_goes_deaf,
    a_page_reads_slowly,
    a_node_dies,
    a_node_dies_before_its_commit,
    a_node_dies_after_its_commit,
    a_node_stands_still,
    a_clock_jumps,
    a_node_is_stopped_politely,
    the_store_fails,
    the_store_is_slow,
    the_broker_goes_away,
    a_tab_dies,
    a_copy_is_put_back,
)
LOSSES: tuple[Fault, ...] = (somebody_is_signed_out, somebody_is_dismissed)
"""They hurt nothing: they may happen in a calm world, too."""


def draw_moods(world: "World") -> None:
    """Choose how letters and requests travel in a world that is not calm."""
    chance, often = world.chance, world.chance.uniform(0.1, 1.0)
    world.office.mood = chance.choice(
        (
            Mood(),
            Mood(lost=1.0),
            Mood(lost=often / 2),
            Mood(late=often),
            Mood(repeated=often, overtaken=often),
            Mood(lost=often / 2, late=often, repeated=often, overtaken=often),
        )
    )
    world.lost_requests = chance.choice((0.0, 0.0, 0.05, 0.2))
    world.latency = chance.choice((0.02, LATE))


def heal(world: "World") -> None:
    """End everything that hurts, except the broker's mood, which nobody may rely on."""
    _well(world)
    _quick(world)
    world.store.before = world.store.after = None
    for node in world.nodes:
        node.skew = 0.0
    world.lost_requests, world.latency = 0.0, 0.02
    for tab in world.tabs:
        tab.slow = 0.0
    for line in world.lines:
        if line.up.over or line.down.over:
            line.cut()
        for pipe in (line.up, line.down):
            pipe.hears_again()


def _some_line(world: "World") -> Line | None:
    lines = [tab.line for tab in world.tabs if tab.line is not None]
    return world.chance.choice(lines) if lines else None


def _dying(world: "World", after: float = 0.0) -> Callable[[Process], None]:
    def dies(process: Process) -> None:
        for node in world.nodes:
            if node.process is process:
                node.restart(world.chance.uniform(0.2, 2.0))

    def dies_soon(process: Process) -> None:
        world.loop.outside.after(after, dies, process)

    return dies_soon if after else dies


def _well(world: "World") -> None:
    world.store.unwell = 0.0


def _quick(world: "World") -> None:
    world.store.slow = 0.0


def _revoke(
    world: "World", losers: list[Key], by: Key, work: Callable[[], doors.Visited[None]]
) -> None:
    """Take a right away, and note since when it is gone."""

    async def revokes() -> None:
        while True:
            try:
                await world.ask(world.loop.outside, by.secret, work(), 5.0)
            except Away:
                await asyncio.sleep(0.2)
            except Refusal as refusal:
                if refusal.code in {"no_such_person", "sign_in_first"}:
                    return
                await asyncio.sleep(0.2)
            else:
                break
        since = world.loop.time() + (0.0 if world.calm else LATER)
        for key in losers:
            for stream in world.history.members:
                if key.label in world.history.members[stream]:
                    world.history.revoked.setdefault((stream, key.label), since)

    world.loop.outside.begin(revokes())
