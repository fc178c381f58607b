"""What macros do: each deed through its own room and its rights. To add one, its line below."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from shopbell.cases import service as cases
from shopbell.cases.commands import Act
from shopbell.cases.kinds import KINDS
from shopbell.cases.shown import CaseShown
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append
from shopbell.conversations.model import Audience, Stream, TalkKind
from shopbell.desk import service as desk
from shopbell.desk import snoozing, tagging
from shopbell.desk.commands import Assign, Event, MakeTag, Snooze, Sort
from shopbell.desk.macros import naming
from shopbell.desk.macros.knowing import Known
from shopbell.desk.macros.model import Deed
from shopbell.desk.macros.refusals import (
    DeedUnknown,
    DeedValueOdd,
    GapsLeft,
    MacroCallsMacro,
    NoCaseForThat,
    NothingToSend,
)
from shopbell.desk.model import TAG_LETTERS_MOST
from shopbell.desk.spans import span_of
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.texts import Locale

ASKS_CARRIER = ("open_trace", "reopen_trace")
FORMS = frozenset(
    step.action for kind in KINDS.values() for step in kind.flow.moves if Side.SELLER in step.by
)
"""Steps of cases whose forms a macro may open; the agent fills them in and sends them."""


ME, NOBODY = "me", "nobody"
"""To whom a macro may give a conversation, beside a colleague by id."""

SLEEPS: Mapping[str, Event] = {name: name for name in get_args(Event)}


@dataclass(frozen=True)
class Press:
    """One deed, as somebody presses it: ``text`` is what goes to the buyer.

    What a rule does by itself is ``automatic``: its words are labelled, and answer nobody.
    """

    actor: Actor
    known: Known
    text: str
    value: str
    cmid: str
    reader: Locale
    automatic: bool = False


@dataclass(frozen=True)
class Doing:
    """How a deed is done, and which values it takes; it may return the address of a form.

    One that ``shares`` out work needs the row by which a shop's work is given out.
    """

    do: Callable[[Tx, Press], str | None]
    takes: Callable[[str], bool] = lambda value: not value
    shares: bool = False


def check(deed: Deed) -> None:
    """Refuse what no macro can do."""
    if deed.do == "macro":
        raise MacroCallsMacro
    if deed.do not in DEEDS:
        raise DeedUnknown(deed=deed.do)
    if not DEEDS[deed.do].takes(deed.value):
        raise DeedValueOdd(deed=deed.do, value=deed.value[:60])


def step_cmid(cmid: str, step: int) -> str:
    """Name one step of a use, so that pressing again does nothing again."""
    return hashlib.sha256(f"{cmid}.{step}".encode()).hexdigest()[:40]


def _insert(_tx: Tx, _press: Press) -> None:
    """Leave the words to the agent: they go into the field."""


def _send(tx: Tx, press: Press) -> None:
    if not press.text.strip():
        raise NothingToSend
    said: dict[str, object] = {"text": press.text, "channel": str(press.known.talk.channel)}
    if press.automatic:
        said["automatic"] = True
    _append(tx, press, Audience.PUBLIC, "message", said)


def _note(tx: Tx, press: Press) -> None:
    words, gaps = naming.fill(press.value, press.known, press.reader, press.reader)
    if gaps:
        raise GapsLeft(gaps=", ".join(naming.gap_name(gap, press.reader) for gap in gaps))
    _append(tx, press, Audience.NOTES, "note", {"text": words})


def _resolve(tx: Tx, press: Press) -> None:
    _append(tx, press, Audience.PUBLIC, "resolve", {})


def _append(tx: Tx, press: Press, audience: Audience, kind: str, data: dict[str, Any]) -> None:
    stream = Stream(press.known.talk.id, audience)
    conversations.append(tx, press.actor, stream, Append(press.cmid, kind, data))


def _form(tx: Tx, press: Press) -> str:
    case, action = _case_with(tx, press, (press.value,))
    return f"/cases/{case.id}/do/{action}"


def _carrier(tx: Tx, press: Press) -> None:
    case, action = _case_with(tx, press, ASKS_CARRIER)
    cases.act(tx, press.actor, case.id, Act(press.cmid, action, version=case.version))


def _case_with(tx: Tx, press: Press, actions: tuple[str, ...]) -> tuple[CaseShown, str]:
    """Return the open case of the conversation that has one of these steps now."""
    for listed in cases.cases(tx, press.actor, talk=press.known.talk.id).items:
        found = cases.case(tx, press.actor, listed.id)
        for step in found.actions:
            if step.action in actions:
                return found, step.action
    raise NoCaseForThat(action=actions[0])


def _tag(tx: Tx, press: Press) -> None:
    tag = tagging.make(tx, press.actor, MakeTag(press.value))
    tagging.tag(tx, press.actor, press.known.talk.id, tag.id)


def _sort(tx: Tx, press: Press) -> None:
    desk.sort(tx, press.actor, press.known.talk.id, Sort(TalkKind(press.value)))


def _assign(tx: Tx, press: Press) -> None:
    talk = press.known.talk.id
    if press.value == NOBODY:
        desk.unassign(tx, press.actor, talk)
    else:
        to = press.actor.id if press.value == ME else press.value
        desk.assign(tx, press.actor, talk, Assign(to, over=press.value == ME))


def _snooze(tx: Tx, press: Press) -> None:
    span = span_of(press.value)
    asked = Snooze(tx.now + span) if span else Snooze(None, SLEEPS[press.value])
    snoozing.snooze(tx, press.actor, press.known.talk.id, asked)


def shares_work(asked: Iterable[Deed]) -> bool:
    """Tell whether any deed changes who has what."""
    return any(DEEDS[deed.do].shares for deed in asked)


def _is_text(value: str) -> bool:
    """Tell whether a note can be filled; what is wrong with it is refused by its own name."""
    naming.check_text(value)
    return bool(value.strip())


DEEDS: Mapping[str, Doing] = {
    "insert": Doing(_insert),
    "send": Doing(_send),
    "note": Doing(_note, _is_text),
    "resolve": Doing(_resolve),
    "form": Doing(_form, lambda value: value in FORMS),
    "carrier": Doing(_carrier),
    "tag": Doing(_tag, lambda value: 0 < len(value) <= TAG_LETTERS_MOST, shares=True),
    "kind": Doing(_sort, lambda value: value in set(TalkKind)),
    "assign": Doing(_assign, lambda value: value in {ME, NOBODY} or is_id(value), shares=True),
    "snooze": Doing(_snooze, lambda value: value in SLEEPS or bool(span_of(value))),
}
