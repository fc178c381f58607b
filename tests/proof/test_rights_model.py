"""Who may do what, while people come, rise, fall and leave: against a model, on both databases.

Everybody comes in as at the door, by the secret of a session or of a key, and is looked up anew.
Again and again a secret opens exactly what the model says: somebody, or nobody, and of the
conversations, the notes and the lists of both shops what is theirs, and nothing else.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

from shopbell.accounts import keys, staff
from shopbell.accounts import service as accounts
from shopbell.accounts.model import KeyId, Knock, NewKey, NewStaff
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append
from shopbell.conversations.model import Audience, ConversationId, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.proof.conftest import Effort, Note
from tests.support.house import NO_PASSWORD, House
from tests.support.house import Counter as Desk

REACH = {Rank.AGENT: 1, Rank.MANAGER: 2, Rank.OWNER: 3}
DEEDS = ("add", "set_rank", "leave", "make", "revoke")
"""What is tried beside writing; each is both done and refused in every run."""

RANKS, SHOPS = some.sampled_from(Rank), some.sampled_from(["halo", "nord"])


@dataclass(frozen=True)
class Standing:
    """Where somebody stands: their side, and their shop and rank if they are staff."""

    side: Side
    shop: str = ""
    rank: Rank = Rank.AGENT

    def reaches(self, shop: str, rank: Rank) -> bool:
        return self.shop == shop and REACH[self.rank] >= REACH[rank]


@dataclass(frozen=True)
class Talk:
    """A conversation, and whose it is."""

    id: ConversationId
    buyer: str
    shop: str


class Rights(RuleBasedStateMachine):
    """Two shops with their staff, two buyers, an operator, programs, and all their secrets."""

    house: House
    looks = 0
    done: ClassVar[Counter[str]] = Counter()
    secrets: Bundle[str] = Bundle("secrets")
    programs: Bundle[str] = Bundle("programs")

    @initialize(target=secrets)
    def opens(self) -> Any:
        self.mark = new_id()[-8:]
        self.ids: dict[str, PersonId] = {}
        self.standing: dict[str, Standing] = {}
        self.held: dict[str, str] = {}  # who holds a secret that opens something
        self.makers: dict[str, str] = {}  # who made a key, by its secret
        self.shops: dict[str, Desk] = {}
        for name in ("halo", "nord"):
            owner = f"owner-{name}-{self.mark}"
            self.shops[name] = self.house.shop(f"{name}-{self.mark}", staff=[owner])
            self.comes(owner, self.shops[name].staff[owner].actor, name, Rank.OWNER)
        buyers = {name: self.house.buyer(f"{name}-{self.mark}") for name in ("anna", "boris")}
        self.talks = []
        for name, buyer in buyers.items():
            self.comes(name, buyer.actor)
            for shop in ("halo", "nord"):
                talk = buyer.asks(self.shops[shop], None, f"{name} to {shop}")
                self.talks.append(Talk(talk, name, shop))
        self.comes("olga", self.house.operator(f"olga-{self.mark}").actor)
        for name in ("agent-halo", "agent-nord", "manager-halo"):
            rank, _, shop = name.partition("-")
            self.joins(f"{name}-{self.mark}", shop, Rank(rank))
        return multiple(*(self.enters(name) for name in [*self.standing]))

    def comes(self, name: str, actor: Actor, shop: str = "", rank: Rank = Rank.AGENT) -> None:
        self.ids[name] = actor.id
        self.standing[name] = Standing(actor.side, shop, rank)

    def joins(self, name: str, shop: str, rank: Rank) -> None:
        new = NewStaff(email=f"{name}@example.org", name=name, rank=rank)
        joined = self.house.db.write_now(staff.add, SYSTEM, self.shop(shop), new, NO_PASSWORD)
        self.comes(name, Actor(joined.person.id, Side.SELLER), shop, rank)

    def enters(self, name: str) -> str:
        person = self.house.db.read_now(accounts.person, self.ids[name])
        entry = self.house.db.write_now(accounts.let_in, person, Knock(address="127.0.0.1"))
        self.held[entry.session] = name
        return entry.session

    # ── coming and going ────────────────────────────────────────────────────────────────────

    @rule(target=secrets, chance=some.integers(0, 99))
    def signs_in(self, chance: int) -> str:
        return self.enters(self.one_of(chance))

    @rule(secret=secrets)
    def signs_out(self, secret: str) -> None:
        visit = self.house.db.read_now(accounts.who, secret)
        if visit is not None and visit.session_id is not None:
            self.house.db.write_now(accounts.sign_out, visit.session_id)
            del self.held[secret]

    @rule(secret=secrets)
    def signs_out_everywhere(self, secret: str) -> None:
        name = self.held.get(secret, "key-")
        if not name.startswith("key-"):
            self.house.db.write_now(accounts.sign_out_everywhere, self.actor(secret))
            self.forgets(name)

    # ── staff and programs ──────────────────────────────────────────────────────────────────

    @rule(secret=secrets, shop=SHOPS, rank=RANKS)
    def adds_a_colleague(self, secret: str, shop: str, rank: Rank) -> None:
        name = f"staff-{new_id()[-8:]}"
        new = NewStaff(email=f"{name}@example.org", name=name, rank=rank)
        may = self.is_staff(secret, shop, Rank.MANAGER) and self.is_staff(secret, shop, rank)
        joined = self.tries(may, secret, staff.add, self.shop(shop), new, NO_PASSWORD)
        if joined is not None:
            self.comes(name, Actor(joined.person.id, Side.SELLER), shop, rank)

    @rule(secret=secrets, shop=SHOPS, chance=some.integers(0, 99), rank=RANKS)
    def gives_a_rank(self, secret: str, shop: str, chance: int, rank: Rank) -> None:
        name = self.one_of(chance)
        has = self.standing[name]
        same = has.rank is rank
        may = self.may_move(secret, shop, name, rank)
        may = may and (same or rank is Rank.OWNER or self.owners(shop) != {name})
        self.tries(may, secret, staff.set_rank, self.shop(shop), self.ids[name], rank)
        if may and not same:
            self.standing[name] = replace(has, rank=rank)
            self.forgets(name)

    @rule(secret=secrets, shop=SHOPS, chance=some.integers(0, 99))
    def sends_away(self, secret: str, shop: str, chance: int) -> None:
        name = self.one_of(chance)
        may = self.may_move(secret, shop, name, None) and self.owners(shop) != {name}
        self.tries(may, secret, staff.leave, self.shop(shop), self.ids[name])
        if may:
            self.standing[name] = Standing(Side.SELLER)
            self.forgets(name)
            for made in [key for key, maker in self.makers.items() if maker == name]:
                self.held.pop(made, None)

    @rule(target=programs, secret=secrets, shop=SHOPS, rank=RANKS)
    def makes_a_key(self, secret: str, shop: str, rank: Rank) -> str:
        may = self.is_staff(secret, shop, Rank.MANAGER) and self.is_staff(secret, shop, rank)
        made = self.tries(may, secret, keys.make, self.shop(shop), NewKey("Program", rank))
        if made is None:
            return ""
        name = f"key-{made.key.id}"
        self.standing[name] = Standing(Side.SELLER, shop, rank)
        self.held[made.secret], self.makers[made.secret] = name, self.held[secret]
        return str(made.secret)

    @rule(target=secrets, program=programs)
    def a_program_comes_in(self, program: str) -> str:
        return program

    @rule(secret=secrets, shop=SHOPS, program=programs)
    def revokes_a_key(self, secret: str, shop: str, program: str) -> None:
        name = self.held.get(program, "")
        ours = bool(name) and self.standing[name].shop == shop
        may = self.is_staff(secret, shop, Rank.MANAGER) and ours
        key = KeyId(name.removeprefix("key-"))
        self.tries(may, secret, keys.revoke, self.shop(shop), key)
        if may:
            del self.held[program]

    @rule(shop=SHOPS, chance=some.integers(0, 99), rank=RANKS, deed=some.sampled_from(DEEDS))
    def the_owner_puts_things_in_order(self, shop: str, chance: int, rank: Rank, deed: str) -> None:
        """By chance alone too little is allowed: here owners act mostly, others now and then."""
        owners, staff_of = self.owners(shop), self.team(shop)
        first = next(name for name in self.standing if name in owners)
        if chance % 3 == 0:
            first = staff_of[chance % len(staff_of)]
        owner = next((s for s, who in self.held.items() if who == first), "") or self.enters(first)
        team = [name for name, has in self.standing.items() if has.shop == shop]
        people = staff_of if chance % 2 else [name for name in staff_of if name != first] or [first]
        chosen = self.place_of(people[chance % len(people)])
        keys_of = [s for s, who in self.held.items() if who.startswith("key-") and who in team]
        match deed:
            case "add":
                self.adds_a_colleague(owner, shop, rank)
            case "set_rank":
                self.gives_a_rank(owner, shop, chosen, rank)
            case "leave":
                self.sends_away(owner, shop, chosen)
            case "make":
                self.makes_a_key(owner, shop, rank)
            case _:
                key = keys_of[0] if keys_of else self.makes_a_key(owner, shop, rank)
                self.revokes_a_key(owner, shop, key)

    @rule(shop=SHOPS)
    def an_owner_wants_to_go(self, shop: str) -> None:
        owners = self.owners(shop)
        first = next(name for name in self.standing if name in owners)
        self.sends_away(self.enters(first), shop, self.place_of(first))

    # ── talking ─────────────────────────────────────────────────────────────────────────────

    @rule(secret=secrets, chance=some.integers(0, 99), audience=some.sampled_from(Audience))
    def writes(self, secret: str, chance: int, audience: Audience) -> None:
        talk = self.talks[chance % len(self.talks)]
        kind = "message" if audience is Audience.PUBLIC else "note"
        entry = Append(new_id(), kind, {"text": "Well"})
        may = self.admitted(secret, talk, audience)
        self.tries(may, secret, conversations.append, Stream(talk.id, audience), entry)

    @rule(secret=secrets)
    def somebody_looks_around(self, secret: str) -> None:
        self.house.db.read_now(self.looks_around, [secret])

    def teardown(self) -> None:
        self.house.db.read_now(self.looks_around, list(self.held))

    def looks_around(self, tx: Tx, secrets: list[str]) -> None:
        """Every secret opens what the model says, and no more; one taken back opens nothing."""
        for secret in secrets:
            if secret not in self.held:
                assert accounts.who(tx, secret) is None
                continue
            name = self.held[secret]
            has, visit = self.standing[name], accounts.who(tx, secret)
            assert visit is not None, name
            actor = visit.actor
            shop = self.shop(has.shop) if has.shop else None
            rank = has.rank if has.shop else None
            assert (actor.side, actor.shop, actor.rank) == (has.side, shop, rank), name
            for talk in self.talks:
                for audience in Audience:
                    Rights.looks += 1
                    assert _opens(tx, actor, talk, audience) is self.admitted(
                        secret, talk, audience
                    ), f"{name} {talk} {audience}"
            listed = _all_listed(tx, actor)
            ours = {talk.id for talk in self.talks}
            seen = {t.id for t in self.talks if self.admitted(secret, t, Audience.PUBLIC)}
            assert listed & ours == seen, name

    # ── the model ───────────────────────────────────────────────────────────────────────────

    def is_staff(self, secret: str, shop: str, rank: Rank) -> bool:
        """Tell whether a person, not a program, holds this secret and so much of a shop."""
        name = self.held.get(secret, "key-")
        return not name.startswith("key-") and self.standing[name].reaches(shop, rank)

    def may_move(self, secret: str, shop: str, name: str, rank: Rank | None) -> bool:
        if not self.is_staff(secret, shop, Rank.AGENT) or self.standing[name].shop != shop:
            return False
        if self.is_staff(secret, shop, Rank.OWNER):
            return True
        if self.held[secret] == name:
            return rank is None
        below = self.standing[name].rank is Rank.AGENT and self.is_staff(secret, shop, Rank.MANAGER)
        return below and rank is not Rank.OWNER

    def admitted(self, secret: str, talk: Talk, audience: Audience) -> bool:
        name = self.held.get(secret)
        if name is None:
            return False
        has = self.standing[name]
        if audience is Audience.NOTES:
            return has.shop == talk.shop
        return has.side is Side.OPERATOR or name == talk.buyer or has.shop == talk.shop

    def one_of(self, chance: int) -> str:
        """Return one of the people, whoever they are now."""
        people = [name for name in self.standing if not name.startswith("key-")]
        return people[chance % len(people)]

    def team(self, shop: str) -> list[str]:
        return [
            name
            for name, has in self.standing.items()
            if has.shop == shop and not name.startswith("key-")
        ]

    def place_of(self, name: str) -> int:
        return [one for one in self.standing if not one.startswith("key-")].index(name)

    def owners(self, shop: str) -> set[str]:
        return {
            name
            for name, has in self.standing.items()
            if has.shop == shop and has.rank is Rank.OWNER and not name.startswith("key-")
        }

    def forgets(self, name: str) -> None:
        self.held = {secret: who for secret, who in self.held.items() if who != name}

    # ── doing it ────────────────────────────────────────────────────────────────────────────

    def shop(self, name: str) -> ShopId:
        return self.shops[name].shop.id

    def actor(self, secret: str) -> Actor:
        visit = self.house.db.read_now(accounts.who, secret)
        assert visit is not None
        return visit.actor

    def tries(self, may: bool, secret: str, work: Callable[..., Any], *args: Any) -> Any:
        """Do something as whoever holds a secret, or see it refused as the model says."""
        if secret not in self.held:
            assert not may
            return None
        Rights.done[f"{work.__name__} {'done' if may else 'refused'}"] += 1
        if may:
            return self.house.db.write_now(work, self.actor(secret), *args)
        with pytest.raises(Refusal):
            self.house.db.write_now(work, self.actor(secret), *args)
        return None


def _all_listed(tx: Tx, actor: Actor) -> set[ConversationId]:
    """Return what stands in an inbox: an operator's grows with every run in this house."""
    found: set[ConversationId] = set()
    place: str | None = ""
    while place is not None:
        rows, place = conversations.inbox(tx, actor, "all", after=place, limit=200)
        found |= {row.id for row in rows}
    return found


def _opens(tx: Tx, actor: Actor, talk: Talk, audience: Audience) -> bool:
    try:
        conversations.entered(tx, actor, Stream(talk.id, audience))
    except Refusal:
        return False
    return True


def test_everybody_may_do_what_the_model_of_rights_says(
    house: House, effort: Effort, note: Note
) -> None:
    Rights.house, Rights.looks, Rights.done = house, 0, Counter()
    examples = effort(25, 200)
    run_state_machine_as_test(
        Rights,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=examples < 100,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            database=None,
        ),
    )
    wanted = {f"{deed} {end}" for deed in (*DEEDS, "append") for end in ("done", "refused")}
    assert wanted - Rights.done.keys() == set()
    note(marketplaces=examples, looks=Rights.looks, **Rights.done)
