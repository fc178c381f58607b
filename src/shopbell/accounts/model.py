"""Who people are, what they ask of us, and what they may do. No database, no web.

An address is *claimed* at sign-up and *owned* once its letter was opened. Several people may
claim one address; at most one owns it. So nobody learns from a sign-up whether an address is
known, and nobody can keep an address from its owner by signing up first.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, NewType

from msgspec import Meta, Struct, field

from shopbell.accounts.refusals import NameHasContact, NameUnreadable, NotAnEmail
from shopbell.accounts.roles import Right, may
from shopbell.kernel.actor import Actor, PersonId, Rank, ShopId, Side
from shopbell.kernel.events import Fact, Job
from shopbell.kernel.ids import Id, new_id
from shopbell.kernel.texts import Locale
from shopbell.language.guard import cover, find_hidden

SessionId = NewType("SessionId", str)
DeviceId = NewType("DeviceId", str)
KeyId = NewType("KeyId", str)

LEAST, MOST = 8, 128
KEY_PREFIX = "sbk_"
FRAME_PREFIX = "sbf_"
"""How the secret of a session begins that counts only in our frame on another site."""

_SEAL = re.compile(r"0-|[1-9][0-9]{0,17}-[0-9a-f]{64}(-[0-9]{4}-[0-9]{2}-[0-9]{2})?")
"""As it is printed; of an empty log it is ``0-``. Those noted long ago have no day."""

TOKEN_LIFE = timedelta(hours=24)
DEVICE_LIFE = timedelta(days=400)
NOTED_EVERY = timedelta(minutes=5)
"""How exactly we know when a session or a key was last used."""
_ADDRESS = re.compile(r"[^@\s<>,;:\"\\]{1,64}@[^@\s<>,;:\"\\.]+(\.[^@\s<>,;:\"\\.]+)+")

Typed = Annotated[str, Meta(max_length=1_024)]
"""What somebody typed, before anyone looked at it."""
Secret = Annotated[str, Meta(min_length=16, max_length=128)]
KeyName = Annotated[str, Meta(min_length=1, max_length=80)]


# --- people -------------------------------------------------------------------------------


def first_name(name: str) -> str:
    """Return by what name somebody at work is called."""
    return name.partition(" ")[0]


class Person(Struct, frozen=True):
    """Somebody with an account; ``verified`` once the address is known to be theirs."""

    id: PersonId
    side: Side
    email: str
    name: str
    locale: Locale
    verified: bool = False
    demo: bool = False

    @property
    def called(self) -> str:
        """What others see: a buyer's name, the first name of somebody at work."""
        return self.name if self.side is Side.BUYER else first_name(self.name)


class Membership(Struct, frozen=True):
    """Somebody's place in the staff of a shop."""

    person: PersonId
    shop: ShopId
    rank: Rank


class Visit(Struct, frozen=True):
    """What a session or an API key stands for.

    A key has neither person nor session. ``fading``: the visit should be noted, so that
    its session does not end for idleness.
    """

    actor: Actor
    person: Person | None = None
    session_id: SessionId | None = None
    fading: bool = False


class SignedIn(Struct, frozen=True):
    """One of somebody's own sign-ins: with which browser, from where, and when it was last used.

    ``here``: it is the one that asks. ``device`` is empty where we do not know the browser.
    """

    id: SessionId
    device: str
    address: str
    opened_at: datetime
    seen_at: datetime
    here: bool


class Me(Struct, frozen=True, omit_defaults=True):
    """The answer to "who am I?"."""

    person: Person | None
    shop: ShopId | None = None
    rank: Rank | None = None


class Colleague(Struct, frozen=True):
    """Somebody of a shop's staff, as the others see them."""

    id: PersonId
    name: str
    email: str
    rank: Rank

    @property
    def called(self) -> str:
        """What others see: the first name."""
        return first_name(self.name)


class Joined(Struct, frozen=True):
    """Somebody who works for a shop from now on; ``back`` if the account was theirs before."""

    person: Person
    rank: Rank
    back: bool


class ApiKey(Struct, frozen=True):
    """A key of a shop, without its secret."""

    id: KeyId
    shop: ShopId
    name: str
    rank: Rank
    made_by: PersonId
    created_at: datetime
    used_at: datetime | None = None


class KeyMade(Struct, frozen=True):
    """A new key; nobody sees its secret again."""

    key: ApiKey
    secret: str


class Knock(Struct, frozen=True):
    """How somebody stands at the door: from where, with which device and earlier session.

    ``framed``: at the contact window on a page of another site. ``agent`` is what their browser
    says of itself.
    """

    address: str
    device: str | None = None
    session: str | None = None
    framed: bool = False
    agent: str = ""


class Entry(Struct, frozen=True):
    """Somebody let in, with the secrets for their browser to keep."""

    person: Person
    session: str
    device: str
    lasts: timedelta


def is_for_programs(secret: str) -> bool:
    """Tell whether a secret is an API key, which no browser brings in a cookie."""
    return secret.startswith(KEY_PREFIX)


def is_for_frame(secret: str) -> bool:
    """Tell whether a secret counts only in our frame on another site."""
    return secret.startswith(FRAME_PREFIX)


class Seal(NamedTuple):
    """The number and hash of a line of the audit log: all before it is as it was while they fit.

    The day of the line tells later whether it could have been cut off by then.
    """

    seq: int
    hash: str
    day: date | None = None

    def __str__(self) -> str:
        return f"{self.seq}-{self.hash}" + (f"-{self.day}" if self.day else "")

    @classmethod
    def parse(cls, noted: str) -> "Seal":
        """Read a seal that somebody noted; refuses with `ValueError` what is none."""
        no_seal = f"no seal: {noted[:80]}"
        if not _SEAL.fullmatch(tidied := noted.strip().lower()):
            raise ValueError(no_seal)
        seq, digest, *day = tidied.split("-", 2)
        try:
            return cls(int(seq), digest, date.fromisoformat(day[0]) if day else None)
        except ValueError as no_day:
            raise ValueError(no_seal) from no_day


# --- commands -----------------------------------------------------------------------------


class SignUp(Struct, frozen=True, forbid_unknown_fields=True):
    """Become a buyer."""

    email: Typed
    password: Typed
    name: Typed
    locale: Locale = "en"


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Come in with an address and a password."""

    email: Typed
    password: Typed


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """Change the password, knowing the present one."""

    old: Typed
    new: Typed


class Verification(Struct, frozen=True, forbid_unknown_fields=True):
    """Show the token of a letter."""

    token: Secret


class ChosenShop(Struct, frozen=True, forbid_unknown_fields=True):
    """Act for another of one's shops."""

    shop: ShopId


class NewRank(Struct, frozen=True, forbid_unknown_fields=True):
    """Give somebody of the staff another rank."""

    rank: Rank


class NewLanguage(Struct, frozen=True, forbid_unknown_fields=True):
    """Be written to in another language."""

    locale: Locale


class NewColleague(Struct, frozen=True, forbid_unknown_fields=True):
    """Take somebody into a shop's staff, with the password they first come in with.

    ``id`` is the asker's own name for this request: asked again with it, nobody is added twice,
    and another request by that name is refused.
    """

    email: Typed
    name: Typed
    password: Typed
    rank: Rank = Rank.AGENT
    locale: Locale = "en"
    id: Id | None = None


class NewKey(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for an API key; it may do what ``rank`` may, except make keys and staff."""

    name: KeyName
    rank: Rank = Rank.AGENT


class NewPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody an installation starts with: an operator, or a person of the demo."""

    email: Typed
    name: Typed
    side: Side = Side.BUYER
    locale: Locale = "en"
    verified: bool = False
    demo: bool = False


class NewStaff(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who joins the staff of a shop; ``asked`` if whoever asks has named the request."""

    email: Typed
    name: Typed
    rank: Rank = Rank.AGENT
    locale: Locale = "en"
    verified: bool = False
    demo: bool = False
    asked: Id | None = None


class Letter(Job, frozen=True):
    """A letter to be mailed, already in the words of its reader; by its id it is mailed once.

    One of a ``kind`` says where its reader can switch that off.
    """

    to: str
    subject: str
    body: str
    locale: Locale
    person: PersonId
    id: str = field(default_factory=new_id)
    kind: str = ""


class PersonSignedUp(Fact, frozen=True):
    """The fact: somebody has an account now."""

    person: PersonId
    side: Side


class PersonSignedIn(Fact, frozen=True):
    """The fact: somebody came in."""

    person: PersonId
    session: SessionId


class SessionsEnded(Fact, frozen=True):
    """The fact: these sessions let nobody in any more; open sockets close on it."""

    person: PersonId
    sessions: list[SessionId]


class SessionsMoved(Fact, frozen=True):
    """The fact: these sessions act for another shop of this person; open sockets close on it."""

    person: PersonId
    sessions: list[SessionId]


class PasswordChanged(Fact, frozen=True):
    """The fact: somebody has a new password."""

    person: PersonId


class EmailVerified(Fact, frozen=True):
    """The fact: an address was shown to be this person's.

    ``known_as``: whom the marketplace had told us of under this address before.
    """

    person: PersonId
    known_as: tuple[PersonId, ...] = ()


class StaffJoined(Fact, frozen=True):
    """The fact: somebody works for a shop now."""

    person: PersonId
    shop: ShopId
    rank: Rank


class StaffLeft(Fact, frozen=True):
    """The fact: somebody works for a shop no more."""

    person: PersonId
    shop: ShopId


class RankChanged(Fact, frozen=True):
    """The fact: somebody of a shop's staff may do more, or less, than before."""

    person: PersonId
    shop: ShopId
    rank: Rank


class KeyRevoked(Fact, frozen=True):
    """The fact: an API key opens nothing any more."""

    key: KeyId
    shop: ShopId


# --- rules --------------------------------------------------------------------------------


class Purpose(StrEnum):
    """What a token is for; it is good for nothing else."""

    EMAIL = "email"


class Lasting(Struct, frozen=True):
    """How long a session lives: unused, and at all."""

    idle: timedelta
    at_most: timedelta


_BUYER = Lasting(idle=timedelta(days=30), at_most=timedelta(days=180))
_AT_WORK = Lasting(idle=timedelta(hours=12), at_most=timedelta(days=30))


def lasting(side: Side) -> Lasting:
    """Return how long a session lives on this side of the counter."""
    return _BUYER if side is Side.BUYER else _AT_WORK


class Limit(Struct, frozen=True):
    """So many tries; then ``window`` of quiet."""

    tries: int
    window: timedelta


PASSWORD_TRIES = Limit(10, timedelta(minutes=15))
SIGN_UPS = Limit(60, timedelta(minutes=15))
LETTERS = Limit(3, timedelta(hours=1))
ADDED_BY_ONE = Limit(15, timedelta(hours=1))
ADDED_TO_SHOP = Limit(30, timedelta(hours=1))
"""Each added colleague is a letter to an address of the shop's choosing."""

KEYS_PER_SHOP = 20


def tidy(email: str) -> str:
    """Write an address the one way we keep it; with unprintable signs in it, it is nobody's."""
    tidied = unicodedata.normalize("NFC", email).strip().lower()
    return tidied if tidied.isprintable() else ""


def checked_email(email: str) -> str:
    """Return the address tidied, or refuse what cannot be one."""
    tidied = tidy(email)
    if len(tidied) > 254 or not _ADDRESS.fullmatch(tidied):  # noqa: PLR2004 - RFC 5321
        raise NotAnEmail
    return tidied


def checked_name(name: str) -> str:
    """Return the name with single spaces, or refuse what nobody could read."""
    tidied = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(tidied) <= 80 or not tidied.isprintable():  # noqa: PLR2004 - a screen's width
        raise NameUnreadable(most=80)
    return tidied


def chosen_name(name: str, *, hiding: bool) -> str:
    """Return the name somebody chose; refuse a way off the marketplace in it, if ``hiding``."""
    tidied = checked_name(name)
    if hiding and find_hidden(tidied):
        raise NameHasContact
    return tidied


def told_name(name: str, *, hiding: bool) -> str:
    """Return a name that a letter or a catalogue told us, with ways off the marketplace covered."""
    return cover(name, find_hidden(name)) if hiding else name


def may_add_person(actor: Actor) -> bool:
    """Tell whether ``actor`` may make people who did not sign up: only the installation may."""
    return actor.side is Side.SYSTEM


def may_come_in(person: Person, knock: Knock) -> bool:
    """Tell whether somebody may come in by this door: at a frame on another site buyers only.

    Whoever runs that site could lay things over the window, so no staff's session is in it.
    """
    return person.side is Side.BUYER or not knock.framed


def may_operate(actor: Actor) -> bool:
    """Tell whether ``actor`` may look at how the marketplace runs."""
    return may(actor, Right.SEE)


def may_add_staff(actor: Actor, shop: ShopId, rank: Rank) -> bool:
    """Tell whether ``actor`` may add staff of ``rank``: a manager may, up to the own rank."""
    return actor.side is Side.SYSTEM or (
        actor.works_for(shop, Rank.MANAGER) and actor.works_for(shop, rank)
    )


def may_see_staff(actor: Actor, shop: ShopId) -> bool:
    """Tell whether ``actor`` may know who works for ``shop``: whoever does, too."""
    return actor.side is Side.SYSTEM or actor.works_for(shop)


def may_move_staff(actor: Actor, shop: ShopId, member: Membership, to: Rank | None = None) -> bool:
    """Tell whether ``actor`` may give ``member`` the rank ``to``, or send them away.

    An owner may; a manager only those below, and up to the own rank; anybody may leave.
    """
    if actor.side is Side.SYSTEM or actor.works_for(shop, Rank.OWNER):
        return True
    if actor.id == member.person:
        return to is None
    above = actor.works_for(shop, Rank.MANAGER) and not member.rank.includes(Rank.MANAGER)
    return above and (to is None or actor.works_for(shop, to))


def may_see_keys(actor: Actor, shop: ShopId) -> bool:
    """Tell whether ``actor`` may list, make and revoke the keys of ``shop``."""
    return actor.works_for(shop, Rank.MANAGER)


def may_make_key(actor: Actor, shop: ShopId, rank: Rank) -> bool:
    """Tell whether ``actor`` may make a key of ``rank``: never above the own."""
    return may_see_keys(actor, shop) and actor.works_for(shop, rank)
