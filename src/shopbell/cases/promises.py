"""The days a shop has given for a parcel: kept or broken, and counted."""

from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from shopbell.cases.model import Case, CaseId
from shopbell.cases.shown import PromiseShown
from shopbell.cases.tables import promises
from shopbell.commerce.model import Eta, ShipmentId
from shopbell.engine.database import Tx
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import new_id


class Promise(PromiseShown, frozen=True, kw_only=True):
    """One date that a shop gave, with its reason, and whether the parcel came by then."""

    id: str
    case: CaseId
    shop: ShopId
    shipment: ShipmentId | None
    given_by: PersonId


_p = promises.c
_GIVE = insert(promises)
_SHOWN = select(*(_p[name] for name in PromiseShown.__struct_fields__))
_OF_CASE = _SHOWN.where(_p.case == bindparam("case_id")).order_by(_p.id)
_RUNNING = (_p.case == bindparam("case_id"), _p.kept_at.is_(None), _p.broken_at.is_(None))
_KEEP = update(promises).where(*_RUNNING).values(kept_at=bindparam("moment"))
_BREAK = update(promises).where(*_RUNNING).values(broken_at=bindparam("moment"))
_BROKEN = select(func.count()).where(_p.case == bindparam("case_id"), _p.broken_at.is_not(None))


def give(tx: Tx, by: PersonId, case: Case, eta: Eta, reason: str) -> None:
    """Note what a shop promises from now on."""
    made = Promise(
        id=new_id(),
        case=case.id,
        shop=case.shop,
        shipment=case.shipment,
        given_by=by,
        given_at=tx.now,
        eta=eta,
        reason=reason,
    )
    tx.execute(_GIVE, {name: getattr(made, name) for name in made.__struct_fields__})


def keep(tx: Tx, case: CaseId, arrived: datetime) -> None:
    """Note that the running promise was kept."""
    tx.execute(_KEEP, {"case_id": case, "moment": arrived})


def break_(tx: Tx, case: CaseId) -> int:
    """Note that the running promise was broken; return how many have been in this case."""
    tx.execute(_BREAK, {"case_id": case, "moment": tx.now})
    return tx.execute(_BROKEN, {"case_id": case}).scalar_one()


def of_case(tx: Tx, case: CaseId) -> list[PromiseShown]:
    """List what was promised in a case, oldest first."""
    return [PromiseShown(**row._mapping) for row in tx.execute(_OF_CASE, {"case_id": case})]  # noqa: SLF001
