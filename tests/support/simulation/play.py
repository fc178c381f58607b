"""Play the world of one seed, from the first page to the verdict."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import structlog

from shopbell.cli.bench.history import History, judge
from tests.support.simulation.faults import HURTS, LATER, LOSSES, SOON, Fault, draw_moods, heal
from tests.support.simulation.loop import VirtualLoop
from tests.support.simulation.outside import drawn_from
from tests.support.simulation.page import Disk
from tests.support.simulation.sizes import sized
from tests.support.simulation.world import World

PEOPLE = (("anna", 0), ("mei", 0), ("anna", 1), ("oleg", 0), ("boris", 0), ("eve", 0))
MESSAGES, HURTS_MOST = (3, 8), 4


@dataclass(frozen=True)
class Played:
    """What one seed brought: every broken rule with what breaks it, and what was seen."""

    seed: int
    broken: dict[str, list[str]]
    history: History
    seen: Counter[str]

    @property
    def digest(self) -> str:
        """Return a word that stands for everything that was seen."""
        return sha256(repr((self.history, self.broken, self.seen)).encode()).hexdigest()


def play(seed: int) -> Played:
    """Play one seed."""
    loop = VirtualLoop(seed)
    with drawn_from(seed, loop), sized(random.Random(f"sizes {seed}")):
        world = World(seed, loop)
        with _errors_noted(world):
            try:
                loop.run_until_complete(loop.outside.spawn(_live(world)))
            finally:
                _end(world)
    broken = {**judge(world.history), **world.complaints}
    if loop.troubles:
        broken["trouble"] = loop.troubles
    return Played(seed, broken, world.history, world.seen)


async def _live(world: World) -> None:
    """Let people come, talk and be hurt; then leave them alone, and look."""
    chance = world.chance
    for name in "ab"[: 1 + (chance.random() < 0.75)]:
        world.opens_a_node(name)
    for who, number in PEOPLE[:1] + tuple(chance.sample(PEOPLE[1:], chance.randint(1, 3))):
        world.opens_a_tab(Disk(world.furnished.keys[who][number], _streams(world, who)))
    if world.calm:
        world.store.slow = chance.choice((0.0, 0.3))
    else:
        draw_moods(world)
    lasts = chance.uniform(0.5, 5.0)
    many = chance.randint(*MESSAGES)
    coming: list[tuple[float, Fault]] = [
        (chance.uniform(0, lasts), _somebody_writes) for _message in range(many)
    ]
    together = chance.choice((_everybody_writes, _many_write_at_once))
    coming += [(chance.uniform(0, chance.choice((0.3, lasts))), together)]
    coming += [(chance.uniform(0, lasts), fault) for fault in _faults(world)]
    began = world.loop.time()
    for due, happens in sorted(coming, key=lambda one: one[0]):
        await asyncio.sleep(began + due - world.loop.time())
        happens(world)
        world.seen[happens.__name__] += 1
    if world.history.revoked:  # who has lost a right must not hear of what comes now
        await asyncio.sleep(SOON + (0.0 if world.calm else LATER) + 0.5)
        _everybody_writes(world)
    heal(world)
    await world.settles()


def _faults(world: World) -> list[Fault]:
    chance = world.chance
    faults = [chance.choice(LOSSES)] if chance.random() < 0.25 else []
    if not world.calm:
        faults += [chance.choice(HURTS) for _ in range(chance.randint(1, HURTS_MOST))]
    return faults


def _streams(world: World, who: str) -> list[str]:
    own = world.furnished.streams.get(who)
    return [own] if own else list(world.furnished.streams.values())


def _somebody_writes(world: World) -> None:
    tab = world.some_tab()
    if tab.disk.streams:
        tab.writes(world.chance.choice(tab.disk.streams))


def _everybody_writes(world: World) -> None:
    world.everybody_writes()


def _many_write_at_once(world: World) -> None:
    world.many_write_at_once()


def _end(world: World) -> None:
    """End everything that still runs; nothing may be left behind."""
    for tab in world.tabs:
        tab.process.end()
    for node in world.nodes:
        node.is_over = True
        node.dies()
    world.loop.outside.end()
    world.loop.finish()


@contextmanager
def _errors_noted(world: World) -> Iterator[None]:
    """Have what the product logs as an error count as one; say nothing else."""

    def note(_logger: object, name: str, event: MutableMapping[str, Any]) -> Any:
        if name in {"error", "exception", "critical"}:
            world.complaints["unexpected"].append(repr(dict(event)))
        raise structlog.DropEvent

    kept = structlog.get_config()
    structlog.configure(processors=[note])
    try:
        yield
    finally:
        structlog.configure(**kept)
