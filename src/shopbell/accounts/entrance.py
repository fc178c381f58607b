"""Coming in: short transactions around the slow work on a password.

The doors call these: the JSON routes and the pages with forms alike.
"""

from shopbell.accounts import letters, passwords, service, staff
from shopbell.accounts.model import (
    Entry,
    Joined,
    Knock,
    NewColleague,
    NewPassword,
    NewStaff,
    SignIn,
    SignUp,
    Visit,
    checked_email,
    chosen_name,
)
from shopbell.accounts.passwords import PasswordHash
from shopbell.accounts.refusals import (
    PasswordStillLent,
    StaffInAFrame,
    WrongEmailOrPassword,
    WrongPassword,
)
from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId


async def sign_up(db: Database, form: SignUp, knock: Knock, site: str) -> Entry:
    """Make an account and let its owner in; ``site`` is the address that letters link to."""
    name = chosen_name(form.name, hiding=db.settings.hide_contacts)
    passwords.check(form.password, checked_email(form.email), name)
    await db.write(service.count_sign_up, knock)
    hashed = await passwords.make_hash(form.password)
    return await db.write(_sign_up_and_in, form, hashed, knock, site)


async def sign_in(db: Database, form: SignIn, knock: Knock) -> Entry:
    """Let somebody in who knows the password, or refuse with one answer for every reason."""
    tried = await db.write(service.begin_sign_in, form.email, knock)
    place = await passwords.find_match(form.password, tried.passwords)
    if place is None:
        await db.write(service.fail_sign_in, tried, knock)
        raise WrongEmailOrPassword
    better = await _refreshed(form.password, tried.passwords[place])
    try:
        return await db.write(service.finish_sign_in, tried, place, knock, better)
    except StaffInAFrame:
        await db.write(service.fail_sign_in, tried, knock)
        raise


async def change_password(db: Database, visit: Visit, form: NewPassword) -> None:
    """Change the password of somebody who knows the present one."""
    if visit.person is None:
        raise WrongPassword
    passwords.check(form.new, visit.person.email, visit.person.name)
    compared = await db.write(service.begin_password_change, visit.actor)
    if await passwords.find_match(form.old, [compared]) is None:
        if await passwords.find_match(form.new, [compared]) is not None:
            return  # the same change, sent twice: the first has done it
        await db.write(service.fail_password_change, visit.actor)
        raise WrongPassword
    hashed = await passwords.make_hash(form.new)
    await db.write(service.change_password, visit, compared, hashed)


async def confirm(db: Database, visit: Visit, password: str) -> None:
    """Refuse whoever does not know the password of the account they are in."""
    compared = await db.write(service.begin_password_change, visit.actor)
    if await passwords.find_match(password, [compared]) is None:
        await db.write(service.fail_password_change, visit.actor)
        raise WrongPassword
    await db.write(service.confirm_password, visit.actor)


async def add_colleague(
    db: Database, actor: Actor, shop: ShopId, form: NewColleague, site: str
) -> Joined:
    """Take somebody into a shop's staff, with a first password to come in with."""
    name = chosen_name(form.name, hiding=db.settings.hide_contacts)
    passwords.check(form.password, checked_email(form.email), name)
    new = NewStaff(form.email, form.name, form.rank, form.locale, asked=form.id)
    if repeated := await db.write(staff.begin_adding, actor, shop, new):
        return repeated
    hashed = await passwords.make_hash(form.password)
    try:
        return await db.write(_add_and_welcome, actor, shop, new, hashed, site=site)
    except PasswordStillLent:
        await db.write(staff.fail_adding, actor, shop)
        raise


def _add_and_welcome(
    tx: Tx, actor: Actor, shop: ShopId, new: NewStaff, hashed: PasswordHash, *, site: str
) -> Joined:
    joined = staff.add(tx, actor, shop, new, hashed)
    letters.welcome(tx, joined, site)
    return joined


def _sign_up_and_in(tx: Tx, form: SignUp, hashed: PasswordHash, knock: Knock, site: str) -> Entry:
    return service.let_in(tx, service.sign_up(tx, form, hashed, site), knock)


async def _refreshed(password: str, kept: PasswordHash) -> PasswordHash | None:
    return await passwords.make_hash(password) if passwords.is_outdated(kept) else None
