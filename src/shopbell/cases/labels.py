"""What is to stand on the label of a return, as far as it is known."""

from shopbell.accounts import service as accounts
from shopbell.cases import storage
from shopbell.cases.label import Label
from shopbell.cases.model import Case, CaseId
from shopbell.cases.recording import entered
from shopbell.cases.refusals import NoLabelHere, NoReturnAddress
from shopbell.commerce import service as commerce
from shopbell.commerce.model import Order
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor
from shopbell.kernel.texts import Locale, say

PRINTED_IN = frozenset({"approved", "in_transit_back"})


def label_of(tx: Tx, actor: Actor, case_id: CaseId, locale: Locale) -> Label:
    """Return the label of a return that may be sent, or refuse."""
    case = entered(tx, actor, case_id)
    if case.kind != "return" or case.state not in PRINTED_IN or case.order is None:
        raise NoLabelHere
    address = case.facts.get("return_to") or storage.last_return_address(tx, case.shop)
    if not address:
        raise NoReturnAddress
    order = commerce.order(tx, SYSTEM, case.order)
    return Label(
        sender=accounts.person(tx, case.buyer).name,
        sender_address=case.facts.get("return_from", ""),
        shop=commerce.shop(tx, case.shop).name,
        address=address,
        order=order.number,
        case=case.number,
        number=return_number(case),
        inside=_inside(case, order, locale),
        drop_off_code=case.facts.get("drop_off_code", ""),
    )


def return_number(case: Case) -> str:
    """Return the number by which a returned parcel is known at the shop."""
    return f"R-{case.id.replace('-', '')[-12:].upper()}"


def _inside(case: Case, order: Order, locale: Locale) -> list[str]:
    titles = {line.id: say(line.title, locale) for line in order.lines}
    return [f"{one['quantity']} × {titles[one['line']][:120]}" for one in case.facts["lines"]]
