"""What carriers are formally asked about parcels, and what they answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select, update

from shopbell.accounts.secret import digest
from shopbell.cases.model import Case, CaseId, TraceOutcome
from shopbell.cases.refusals import NoSuchTrace
from shopbell.cases.shown import TraceShown
from shopbell.cases.tables import traces
from shopbell.commerce.model import Shipment
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor, PersonId, ShopId, Side
from shopbell.kernel.events import Job
from shopbell.kernel.ids import new_id
from shopbell.kernel.likeness import like

TROUBLE_MOST = 200


class Trace(TraceShown, frozen=True, kw_only=True):
    """One question to a carrier, whole. ``reply_to`` is the digest of the reply address's token."""

    case: CaseId
    shop: ShopId
    asked_by: PersonId
    reply_to: str = ""


_REASONS = {
    "where_is_it": "late",
    "late": "late",
    "no_news": "no_news",
    "not_received": "not_received",
}
"""Why a carrier is asked, if nobody says so: for what the buyer asked."""


class AskCarrier(Job, frozen=True):
    """Put a question to its carrier."""

    trace: str


_t = traces.c
_ALL = select(*(_t[name] for name in Trace.__struct_fields__))
_ADD = insert(traces)
_GET = _ALL.where(_t.id == bindparam("trace_id"))
_BY_TOKEN = _ALL.where(_t.reply_to == bindparam("token"))
_BY_REFERENCE = _ALL.where(_t.carrier_ref == bindparam("reference")).order_by(_t.id.desc())
_OF_CASE = _ALL.where(_t.case == bindparam("case_id")).order_by(_t.id)
_LATEST = _ALL.where(_t.case == bindparam("case_id")).order_by(_t.id.desc()).limit(1)
_CHANGING = (
    "channel",
    "carrier_ref",
    "reply_to",
    "trouble",
    "answered_at",
    "outcome",
    "said",
    "signed_by",
    "proof",
    "proof_url",
)
_CHANGE = (
    update(traces)
    .where(_t.id == bindparam("trace_id"))
    .values({name: bindparam(f"to_{name}") for name in _CHANGING})
)


def ask(tx: Tx, by: PersonId, case: Case, parcel: Shipment) -> Trace:
    """Leave a question to the carrier of a parcel; a worker puts it."""
    made = Trace(
        id=new_id(),
        case=case.id,
        shop=case.shop,
        carrier=parcel.carrier,
        number=parcel.tracking_number,
        reason=case.facts.get("trace_reason") or _REASONS[case.facts["concern"]],
        asked_by=by,
        asked_at=tx.now,
        due_at=msgspec.convert(case.facts["answer_by"], datetime),
    )
    tx.execute(_ADD, {name: getattr(made, name) for name in made.__struct_fields__})
    tx.later(AskCarrier(trace=made.id), key=f"ask_carrier:{made.id}")
    return made


def trace(tx: Tx, trace_id: str) -> Trace:
    """Return one question, or refuse."""
    return _one(tx, _GET, {"trace_id": trace_id})


def by_token(tx: Tx, token: str) -> Trace:
    """Return the question that a reply belongs to."""
    return _one(tx, _BY_TOKEN, {"token": reply_address(token)})


def by_reference(tx: Tx, reference: str) -> list[Trace]:
    """Return the questions that carriers know by a reference of theirs."""
    found = tx.execute(_BY_REFERENCE, {"reference": reference}) if reference else ()
    return [Trace(**row._mapping) for row in found]  # noqa: SLF001


def is_asked(tx: Tx, token: str) -> bool:
    """Tell whether a question to a carrier takes its answer at the address of this token."""
    return tx.execute(_BY_TOKEN, {"token": reply_address(token)}).first() is not None


def reply_address(token: str) -> str:
    """Return what is kept of a reply address: enough to know it again, not to guess it."""
    return digest(token)


def latest(tx: Tx, case: CaseId) -> Trace | None:
    """Return the newest question of a case, if there is one."""
    row = tx.execute(_LATEST, {"case_id": case}).one_or_none()
    return Trace(**row._mapping) if row else None  # noqa: SLF001


def shown(tx: Tx, actor: Actor, case: CaseId) -> list[TraceShown]:
    """List the questions of a case as ``actor`` sees them."""
    found = [like(TraceShown, one) for one in of_case(tx, case)]
    if actor.side is Side.BUYER:
        return [msgspec.structs.replace(one, **_PRIVATE) for one in found]
    return found


_PRIVATE = {"channel": "", "trouble": "", "said": ""}


def of_case(tx: Tx, case: CaseId) -> list[Trace]:
    """List the questions of a case, oldest first."""
    return [Trace(**row._mapping) for row in tx.execute(_OF_CASE, {"case_id": case})]  # noqa: SLF001


def change(tx: Tx, known: Trace, **news: Any) -> Trace:  # noqa: ANN401 - columns of any type
    """Keep what is new about a question."""
    wanted = msgspec.structs.replace(known, **news)
    given = {f"to_{name}": getattr(wanted, name) for name in _CHANGING}
    tx.execute(_CHANGE, {**given, "trace_id": known.id})
    return wanted


def answer(tx: Tx, known: Trace, given: Mapping[str, Any]) -> Trace:
    """Keep what a carrier answered, the first time and each time after."""
    told = {
        name: given[name]
        for name in ("carrier_ref", "said", "signed_by", "proof", "proof_url")
        if name in given
    }
    return change(
        tx, known, answered_at=tx.now, outcome=TraceOutcome(given["finding"]), trouble="", **told
    )


def _one(tx: Tx, query: Any, given: Mapping[str, str]) -> Trace:  # noqa: ANN401
    row = tx.execute(query, given).one_or_none()
    if row is None:
        raise NoSuchTrace
    return Trace(**row._mapping)  # noqa: SLF001
