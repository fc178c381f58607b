"""What people do about their accounts. Each function is one transaction.

Coming in takes two of them, with the slow comparison of the password in between: see
`shopbell.accounts.entrance`.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from shopbell.accounts import audit as log
from shopbell.accounts import key_storage, keys, letters, limits, model, standing, storage, tokens
from shopbell.accounts.model import (
    EmailVerified,
    Entry,
    KeyId,
    Knock,
    Limit,
    Me,
    NewPerson,
    PasswordChanged,
    Person,
    PersonSignedIn,
    PersonSignedUp,
    Purpose,
    SessionId,
    SessionsEnded,
    SignedIn,
    SignUp,
    Visit,
)
from shopbell.accounts.passwords import PasswordHash
from shopbell.accounts.refusals import (
    EmailTaken,
    LetterForAnother,
    NoSuchPerson,
    NotForYourRank,
    StaffInAFrame,
    TokenUsed,
    WrongEmailOrPassword,
    WrongPassword,
)
from shopbell.accounts.secret import digest, new_secret
from shopbell.engine.database import Tx
from shopbell.engine.pace import network
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Role, Side
from shopbell.kernel.ids import is_id, new_id
from shopbell.kernel.texts import Locale

NO_SESSION = SessionId(SYSTEM.id)

audit = log.record


# --- becoming somebody --------------------------------------------------------------------


def sign_up(tx: Tx, form: SignUp, password: PasswordHash, site: str) -> Person:
    """Make an account for whoever asks.

    Should the address belong to somebody already, then the newcomer gets an account that only
    claims it, and the owner a letter: nothing in the answer tells the difference.
    """
    newcomer = NewPerson(email=form.email, name=form.name, locale=form.locale)
    person = become(tx, newcomer, password)
    letters.introduce(tx, person, site)
    audit(tx, _as_actor(person), "signed_up")
    return person


def add_person(tx: Tx, actor: Actor, new: NewPerson, password: PasswordHash) -> Person:
    """Add somebody who did not sign up: the first operator, the people of the demo."""
    if not model.may_add_person(actor):
        raise NotForYourRank
    person = become(tx, new, password)
    audit(tx, actor, "person_added", person=person.id, side=person.side)
    return person


def known_buyer(tx: Tx, email: str, name: str) -> Person:
    """Return whom the marketplace means by an address, making them known if need be.

    It never means somebody who only claims the address: whoever signs up with it must not see
    the orders of its owner.
    """
    email = model.checked_email(email)
    found = [storage.owner(tx, email), *storage.told_of(tx, email)]
    known = next(filter(None, found), None)
    return known or _told_of(tx, NewPerson(email, name))


def stranger(tx: Tx, email: str, name: str, locale: Locale) -> Person:
    """Return who writes from a mailbox without an account: somebody the market told us of, or new.

    Never its owner: a letter signs nobody in. Whoever shows later that the address is theirs gets
    what was said.
    """
    email = model.checked_email(email)
    known = next(iter(storage.told_of(tx, email)), None)
    return known or _told_of(tx, NewPerson(email, name, locale=locale))


def is_told_of(tx: Tx, email: str) -> bool:
    """Tell whether somebody without an account is known by their address."""
    return bool(storage.told_of(tx, model.checked_email(email)))


def also_known(tx: Tx, owner: Person) -> list[Person]:
    """Return whom the marketplace told us of under an address that is shown to be its owner's."""
    return storage.told_of(tx, owner.email) if owner.verified else []


def _told_of(tx: Tx, new: NewPerson) -> Person:
    """Keep somebody whom others named."""
    name = model.told_name(new.name, hiding=tx.settings.hide_contacts)
    return become(tx, replace(new, name=name), storage.NO_PASSWORD)


def become(tx: Tx, new: NewPerson, password: PasswordHash) -> Person:
    """Keep somebody new, whoever asked for it and may."""
    email = model.checked_email(new.email)
    if new.verified and storage.owner(tx, email):
        raise EmailTaken(email=email)
    person = Person(
        id=PersonId(new_id()),
        side=new.side,
        email=email,
        name=model.checked_name(new.name),
        locale=new.locale,
        verified=new.verified,
        demo=new.demo,
    )
    storage.add_person(tx, person, password)
    tx.announce(PersonSignedUp(person=person.id, side=person.side))
    return person


# --- coming in ----------------------------------------------------------------------------


class Try(Struct, frozen=True):
    """One try to come in: who it may be, and where it was counted."""

    account: str
    people: list[Person]
    passwords: list[PasswordHash]
    buckets: list[str]


def begin_sign_in(tx: Tx, email: str, knock: Knock) -> Try:
    """Count a try and find whose password to compare; refuses when there were too many.

    A device that signed in here before is counted by itself. So strangers who guess at an
    account slow each other down, and never its owner.
    """
    email = model.tidy(email)
    account = digest(email)
    device = storage.device(tx, digest(knock.device)) if knock.device else None
    owner = storage.owner(tx, email)
    claimants = storage.claimants(tx, email, device[1] if device else None)
    people = [owner, *claimants] if owner else claimants
    if device and device[1] in [person.id for person in people]:
        buckets = [f"device:{device[0]}"]
    else:
        buckets = [f"account:{account}", f"address:{network(knock.address)}"]
    for bucket in buckets:
        limits.count(tx, bucket, model.PASSWORD_TRIES)
    kept = storage.passwords(tx, [person.id for person in people])
    return Try(account, people, [kept[person.id] for person in people], buckets)


def fail_sign_in(tx: Tx, tried: Try, knock: Knock) -> None:
    """Write down that somebody was not let in."""
    audit(tx, SYSTEM, "sign_in_failed", account=tried.account[:16], address=knock.address)


def finish_sign_in(
    tx: Tx, tried: Try, place: int, knock: Knock, better: PasswordHash | None = None
) -> Entry:
    """Let in the person whose password it was, unless it has changed in the meantime.

    ``better`` is the same password, hashed with today's settings.
    """
    person, compared = tried.people[place], tried.passwords[place]
    if storage.password(tx, person.id) != compared:
        raise WrongEmailOrPassword
    if not model.may_come_in(person, knock):
        raise StaffInAFrame
    if better:
        storage.set_password(tx, person.id, better)
    for bucket in tried.buckets:
        limits.give_back(tx, bucket)
    return let_in(tx, person, knock)


def let_in(tx: Tx, person: Person, knock: Knock) -> Entry:
    """Open a new session on this device; an earlier one in the same browser ends."""
    _end_earlier(tx, knock.session)
    session = SessionId(new_id())
    secret = (model.FRAME_PREFIX if knock.framed else "") + new_secret()
    storage.open_session(tx, session, person.id, digest(secret), knock)
    device = _known_device(tx, person, knock.device)
    tx.announce(PersonSignedIn(person=person.id, session=session))
    audit(tx, _as_actor(person), "signed_in", session=session, address=knock.address)
    return Entry(person, secret, device, model.lasting(person.side).at_most)


def count_sign_up(tx: Tx, knock: Knock) -> None:
    """Count a sign-up from one place, or refuse it."""
    limits.count(tx, f"sign_up:{network(knock.address)}", model.SIGN_UPS)


def count_deed(tx: Tx, actor: Actor, deed: str, limit: Limit) -> None:
    """Count something that somebody does before everybody's eyes, or refuse it for a while."""
    limits.count(tx, f"{deed}:{actor.id}", limit)


def _end_earlier(tx: Tx, secret: str | None) -> None:
    earlier = storage.session(tx, digest(secret)) if secret else None
    if earlier:
        sign_out(tx, earlier.id)


def _known_device(tx: Tx, person: Person, secret: str | None) -> str:
    device = storage.device(tx, digest(secret)) if secret else None
    if secret and device and device[1] == person.id:
        storage.device_seen(tx, device[0])
        return secret
    fresh = new_secret()
    storage.add_device(tx, person.id, digest(fresh))
    return fresh


# --- being somebody -----------------------------------------------------------------------


def who(tx: Tx, secret: str | None) -> Visit | None:
    """Say who holds this secret of a session or an API key, if it still opens anything."""
    if not secret:
        return None
    if secret.startswith(model.KEY_PREFIX):
        return keys.visit(tx, secret)
    return _visit_by_session(tx, secret)


def note(tx: Tx, visit: Visit, address: str) -> None:
    """Remember that a session or key was used; call it when a visit is ``fading``."""
    if visit.session_id:
        storage.session_seen(tx, visit.session_id, address)
    else:
        key_storage.key_used(tx, KeyId(visit.actor.id))


def me(visit: Visit) -> Me:
    """Say what a visit may know of itself."""
    return Me(visit.person, visit.actor.shop, visit.actor.rank)


def person(tx: Tx, person_id: PersonId) -> Person:
    """Return one person or refuse."""
    found = storage.person(tx, person_id)
    if found is None:
        raise NoSuchPerson
    return found


def operators(tx: Tx) -> list[Person]:
    """List everybody who runs the marketplace."""
    return storage.operators(tx)


def names(tx: Tx, ids: Iterable[PersonId]) -> dict[PersonId, str]:
    """Return the names of people, and of API keys that acted."""
    return storage.names(tx, ids)


def choose_language(tx: Tx, actor: Actor, locale: Locale) -> None:
    """Write to somebody in another language from now on."""
    storage.set_locale(tx, actor.id, locale)


def has_demo_people(tx: Tx) -> bool:
    """Tell whether there are accounts whose password is printed in the manual."""
    return storage.any_demo(tx)


def still(tx: Tx, actor: Actor, session: SessionId | None) -> Actor | None:
    """Say who somebody let in before is now; None once their session or key opens nothing."""
    if session is None:
        visit = keys.visit_by_id(tx, actor)
    else:
        visit = _visit(tx, storage.session_by_id(tx, session))
    return visit.actor if visit else None


def still_open(tx: Tx, sessions: Iterable[SessionId], opened_by: Iterable[KeyId]) -> set[str]:
    """Return which of these sessions have not ended, and which of these keys are not revoked."""
    return storage.sessions_open(tx, sessions) | key_storage.keys_open(tx, opened_by)


def _visit_by_session(tx: Tx, secret: str) -> Visit | None:
    return _visit(tx, storage.session(tx, digest(secret)))


def _visit(tx: Tx, found: storage.OpenSession | None) -> Visit | None:
    if found is None or found.role is Role.OUT:
        return None
    lasting = model.lasting(found.person.side)
    if tx.now >= min(found.seen_at + lasting.idle, found.opened_at + lasting.at_most):
        return None
    whose = found.person
    barred = standing.furthest(found.barred, found.shop_barred)
    actor = Actor(whose.id, whose.side, found.shop, found.rank, whose.called, found.role, barred)
    return Visit(actor, found.person, found.id, tx.now - found.seen_at > model.NOTED_EVERY)


# --- going --------------------------------------------------------------------------------


def sign_out(tx: Tx, session: SessionId) -> None:
    """End one session; ending it again changes nothing."""
    whose = storage.end_session(tx, session)
    if whose:
        tx.announce(SessionsEnded(person=whose, sessions=[session]))
        audit(tx, _as_actor(person(tx, whose)), "signed_out", session=session)


def sessions(tx: Tx, visit: Visit) -> list[SignedIn]:
    """List one's own sign-ins, the one used last first."""
    here, whose = visit.session_id or NO_SESSION, visit.actor
    return storage.own_sessions(tx, whose.id, here, model.lasting(whose.side))


def end_session(tx: Tx, actor: Actor, session: SessionId) -> None:
    """End one of one's own sessions; one that has ended, or is another's, stays as it is."""
    held = storage.session_by_id(tx, session) if is_id(session) else None
    if held and held.person.id == actor.id:
        sign_out(tx, session)


def sign_out_everywhere(tx: Tx, actor: Actor) -> int:
    """End every session of ``actor``; returns how many."""
    ended = end_sessions(tx, actor.id)
    audit(tx, actor, "signed_out_everywhere", sessions=ended)
    return ended


def end_sessions(tx: Tx, whose: PersonId, but: SessionId = NO_SESSION) -> int:
    """End the sessions of somebody, except one; their open sockets close."""
    ended = storage.end_sessions(tx, whose, but)
    if ended:
        tx.announce(SessionsEnded(person=whose, sessions=ended))
    return len(ended)


def end_some(tx: Tx, whose: PersonId, sessions: list[SessionId]) -> None:
    """End some sessions of somebody; their open sockets close."""
    if sessions:
        storage.end_some(tx, sessions)
        tx.announce(SessionsEnded(person=whose, sessions=sessions))


# --- changing the password ----------------------------------------------------------------


def begin_password_change(tx: Tx, actor: Actor) -> PasswordHash:
    """Count a try and return what to compare the present password with."""
    limits.count(tx, f"password:{actor.id}", model.PASSWORD_TRIES)
    return storage.password(tx, actor.id)


def fail_password_change(tx: Tx, actor: Actor) -> None:
    """Write down that the present password was wrong."""
    audit(tx, actor, "password_wrong")


def confirm_password(tx: Tx, actor: Actor) -> None:
    """Give the try back of somebody who knew the password."""
    limits.give_back(tx, f"password:{actor.id}")


def change_password(tx: Tx, visit: Visit, compared: PasswordHash, password: PasswordHash) -> None:
    """Keep a new password and end every other session of this person."""
    actor = visit.actor
    if storage.password(tx, actor.id) != compared:
        raise WrongPassword
    storage.set_password(tx, actor.id, password)
    storage.set_lent(tx, actor.id, lent=False)
    limits.give_back(tx, f"password:{actor.id}")
    ended = end_sessions(tx, actor.id, visit.session_id or NO_SESSION)
    tx.announce(PasswordChanged(person=actor.id))
    letters.write(tx, person(tx, actor.id), "password_changed")
    audit(tx, actor, "password_changed", sessions=ended)


# --- showing that an address is one's own -------------------------------------------------


def ask_verification(tx: Tx, actor: Actor, site: str) -> None:
    """Send the letter once more; somebody who has shown the address needs none."""
    asker = person(tx, actor.id)
    if not asker.verified:
        letters.introduce(tx, asker, site)
        audit(tx, actor, "verification_asked")


def verify_email(tx: Tx, actor: Actor, token: str) -> Person:
    """Take the token of a letter as proof that the address is its reader's.

    Only the account that asked for the letter may show it. Whoever opens a letter that a
    stranger caused must not make the stranger's account, and password, the owner's.
    """
    whose = tokens.use(tx, Purpose.EMAIL, token)
    if whose != actor.id:
        raise LetterForAnother
    claimed = person(tx, whose)
    owner = storage.owner(tx, claimed.email)
    if owner and owner.id != whose:
        raise TokenUsed
    storage.set_verified(tx, whose)
    known = storage.told_of(tx, claimed.email) if claimed.side is Side.BUYER else []
    tx.announce(EmailVerified(person=whose, known_as=tuple(one.id for one in known)))
    audit(tx, _as_actor(claimed), "email_verified")
    return person(tx, whose)


# --- cleaning up --------------------------------------------------------------------------


def sweep(tx: Tx) -> int:
    """Forget what has run out long ago; safe at any time, once a day is enough."""
    return limits.forget(tx) + tokens.forget(tx) + storage.sweep(tx, tx.now - model.DEVICE_LIFE)


def _as_actor(of: Person) -> Actor:
    return Actor(of.id, of.side, name=of.called)
