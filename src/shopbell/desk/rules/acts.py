"""What rules do: the deeds of macros, and a few of their own. To add one, its line in `ACTS`."""

from collections.abc import Mapping

from shopbell.accounts import letters, staff
from shopbell.accounts import service as accounts
from shopbell.accounts.wishes.model import Kind
from shopbell.conversations import posting
from shopbell.desk import giving, tagging
from shopbell.desk import service as desk
from shopbell.desk import storage as desk_storage
from shopbell.desk.commands import Assign
from shopbell.desk.macros import running
from shopbell.desk.macros import service as macros
from shopbell.desk.macros.commands import RunMacro
from shopbell.desk.macros.deeds import DEEDS, NOBODY, Doing, Press
from shopbell.desk.macros.refusals import NoSuchMacro
from shopbell.desk.model import TAG_LETTERS_MOST
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Rank
from shopbell.kernel.ids import is_id

BY_RULE, MANAGERS = "rule", "managers"
"""Beside a person by id: whoever the shop's rule gives work to, and all its managers."""

KEY_MOST = 24
SPEAKS = frozenset({"macro"})
"""What says something to the buyer: once until a person speaks again."""

IN_PUBLIC = frozenset({"macro", "resolve"})
"""What the buyer sees is done by the shop; what the team alone sees, by the rule by name."""


def _assign(tx: Tx, press: Press) -> None:
    talk = press.known.talk
    if press.value == BY_RULE and talk.assignee is None:
        giving.serve_if_free(tx, talk.shop)
    elif press.value in {BY_RULE, NOBODY}:
        desk.unassign(tx, press.actor, talk.id)
    else:
        desk.assign(tx, press.actor, talk.id, Assign(press.value, over=True))


def _untag(tx: Tx, press: Press) -> None:
    talk = press.known.talk
    for one in desk_storage.tags_of(tx, talk.shop):
        if one.name.casefold() == press.value.casefold():
            tagging.untag(tx, press.actor, talk.id, one.id)


def _macro(tx: Tx, press: Press) -> None:
    found = macros.called(tx, press.actor, press.value, own=False)
    if found is None:
        raise NoSuchMacro
    asked = RunMacro(press.cmid, press.known.talk.id)
    running.run(tx, press.actor, found.id, asked, press.reader, automatic=True)


def _raise(tx: Tx, press: Press) -> None:
    """Call the operator, if that is a move from where the conversation stands."""
    posting.call_operator(tx, press.known.talk.id)


def _notify(tx: Tx, press: Press) -> None:
    talk, rule = press.known.talk, press.text
    for one in staff.of_shop(tx, SYSTEM, talk.shop):
        called = one.rank.includes(Rank.MANAGER) if press.value == MANAGERS else False
        if called or one.id == press.value:
            letters.tell(
                tx,
                accounts.person(tx, one.id),
                Kind.RULE,
                "rule_calls",
                rule=rule,
                buyer=talk.buyer_name,
                shop=talk.shop_name,
                link=f"{tx.settings.base_url}/desk/{talk.id}",
            )


ACTS: Mapping[str, Doing] = {
    "assign": Doing(_assign, lambda value: value in {BY_RULE, NOBODY} or is_id(value)),
    "tag": DEEDS["tag"],
    "untag": Doing(_untag, lambda value: 0 < len(value) <= TAG_LETTERS_MOST),
    "kind": DEEDS["kind"],
    "snooze": DEEDS["snooze"],
    "resolve": DEEDS["resolve"],
    "macro": Doing(_macro, lambda value: 0 < len(value) <= KEY_MOST),
    "note": DEEDS["note"],
    "notify": Doing(_notify, lambda value: value == MANAGERS or is_id(value)),
    "raise": Doing(_raise),
}

OF_ONE_SHOP = frozenset({"macro"})
"""What the marketplace's rules cannot do: it is one shop's own."""
