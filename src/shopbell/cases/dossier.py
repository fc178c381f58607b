"""A case to take along: all that was done and said, in a form that shows any later change.

The seal covers the whole document. It is written into the marketplace's audit record when the
dossier is made, so that a document made anew with other contents has no seal known there.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shopbell.accounts import operating
from shopbell.cases import chain, storage
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import Case, CaseId, CaseStep, Goods, Kind, MoneyState
from shopbell.cases.recording import entered
from shopbell.conversations import service as conversations
from shopbell.conversations.model import AttachmentId, Author, Event, Stream
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, Side
from shopbell.kernel.ids import is_id
from shopbell.kernel.likeness import like
from shopbell.kernel.refusals import Refusal
from shopbell.knowledge.model import PolicyRef

FORMAT: Literal["shopbell-dossier/1"] = "shopbell-dossier/1"


class DossierStep(Struct, frozen=True, kw_only=True):
    """One step. Of what the reader may not see ``hidden`` keeps the marks (`chain.marks`).

    Of a quiet step nothing is told but the ``digest`` of all that was given.
    """

    seq: int
    action: str
    by: PersonId
    side: Side
    name: str
    before: str
    after: str
    at: datetime
    given: dict[str, Any]
    hidden: dict[str, str] = {}
    digest: str = ""
    hash: str


class DossierCase(Struct, frozen=True, kw_only=True):
    """One case with all its steps."""

    id: CaseId
    number: int
    kind: str
    state: str
    goods: Goods
    money: MoneyState
    policy: PolicyRef
    opened_at: datetime
    closed_at: datetime | None
    facts: dict[str, Any]
    steps: list[DossierStep]


class DossierFile(Struct, frozen=True):
    """A file that was shown: its digest says that it is this very file."""

    id: str
    name: str
    media_type: str
    sha256: str


class DossierEntry(Struct, frozen=True, kw_only=True):
    """One entry of the thread, as both sides read it."""

    seq: int
    type: str
    at: datetime
    actor: Author
    data: Any


class Dossier(Struct, frozen=True, kw_only=True):
    """A case, those it led to, the thread and the files; ``seal`` covers all of it."""

    format: Literal["shopbell-dossier/1"] = FORMAT
    made_at: datetime
    made_for: Side
    conversation: str
    cases: list[DossierCase]
    thread: list[DossierEntry]
    files: list[DossierFile]
    seal: str = ""


def make(tx: Tx, actor: Actor, case_id: CaseId) -> Dossier:
    """Put together the dossier of a case for somebody who may see it, and note its seal."""
    case = entered(tx, actor, case_id)
    family = [case, *_led_to(tx, case)]
    thread = [_entry(event) for event in _thread(tx, actor, Stream(case.conversation))]
    told = [_told(tx, actor, one) for one in family]
    dossier = Dossier(
        made_at=tx.now,
        made_for=actor.side,
        conversation=case.conversation,
        cases=told,
        thread=thread,
        files=_files(tx, actor, told, thread),
    )
    sealed = msgspec.structs.replace(dossier, seal=seal_of(dossier))
    operating.note_dossier(tx, actor, case.id, sealed.seal)
    return sealed


def seal_of(dossier: Dossier) -> str:
    """Return the digest of a dossier without its seal."""
    bare = msgspec.structs.replace(dossier, seal="")
    return sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()


def faults(dossier: Dossier) -> Iterator[str]:
    """Say what of a dossier is not as it was made: nothing, if it is whole."""
    if dossier.seal != seal_of(dossier):
        yield "seal"
    for case in dossier.cases:
        before = chain.first(case.id)
        for number, step in enumerate(case.steps, 1):
            given = _given(dossier.made_for, case.kind, step)
            before = chain.hang(before, case.id, step, given)
            if step.seq != number or before.hex() != step.hash:
                yield f"{case.kind} {case.number}, step {number}"
                break


def _given(reader: Side, kind: str, step: DossierStep) -> str:
    """Return what stands for all that was given with a step, made anew from what is told of it."""
    if step.digest and kind in KINDS and _is_quiet(KINDS[kind], reader, step):
        return step.digest
    return chain.digest({**step.hidden, **chain.marks(step.given)})


def _led_to(tx: Tx, case: Case) -> Iterator[Case]:
    for child in storage.children(tx, case.id):
        found = storage.get(tx, child)
        yield found
        yield from _led_to(tx, found)


def _told(tx: Tx, actor: Actor, case: Case) -> DossierCase:
    kind = KINDS[case.kind]
    steps = [_step(kind, actor, step) for step in storage.steps_of(tx, case.id)]
    return like(DossierCase, case, facts=kind.shown_to(actor.side, case.facts), steps=steps)


def _step(kind: Kind, actor: Actor, step: CaseStep) -> DossierStep:
    marked, quiet = chain.marks(step.given), _is_quiet(kind, actor.side, step)
    told = {} if quiet else step.given
    shown = kind.shown_to(actor.side, told)
    return like(
        DossierStep,
        step,
        given=shown,
        hidden=(
            {name: marked[name] for name in told if name not in shown}
            | ({} if quiet else step.erased)
        ),
        digest=chain.digest({**marked, **step.erased}) if quiet else "",
        hash=step.hash.hex(),
    )


def _is_quiet(kind: Kind, reader: Side, step: CaseStep | DossierStep) -> bool:
    return reader is not Side.OPERATOR and (step.before, step.action) in kind.quiet


def _thread(tx: Tx, actor: Actor, stream: Stream) -> Iterator[Event]:
    seq = 0
    while page := conversations.page(tx, actor, stream, after=seq).events:
        yield from page
        seq = page[-1].seq


def _entry(event: Event) -> DossierEntry:
    return like(DossierEntry, event, data=msgspec.json.decode(event.data))


def _files(tx: Tx, actor: Actor, *told: Iterable[Struct]) -> list[DossierFile]:
    """List the files that are named anywhere, and that the reader may see."""
    found: dict[str, DossierFile] = {}
    for name in sorted(set(_ids(msgspec.to_builtins(list(told))))):
        try:
            hashed, title, media_type = conversations.file(tx, actor, AttachmentId(name))
        except Refusal:
            continue
        found[name] = DossierFile(name, title, media_type, hashed)
    return list(found.values())


def _ids(told: Any) -> Iterator[str]:  # noqa: ANN401 - anything JSON can hold
    if isinstance(told, dict):
        told = list(told.values())
    if isinstance(told, list):
        for part in told:
            yield from _ids(part)
    elif isinstance(told, str) and is_id(told):
        yield told
