"""Cases that have come before the operator, brought there by both sides over the API."""

from typing import Any

from shopbell.kernel.ids import new_id
from tests.browser.ordering import came
from tests.browser.people import Json, Visitor
from tests.support.server import RunningServer

WISH = {"condition": "proper", "reason": "size_fit", "wish": "refund"}


def sends(guest: Visitor, path: str, body: Json) -> Any:
    """Send something to the API as the own browser would, and return the answer."""
    answer = guest.context.request.post(
        f"/api/v1{path}", data=body, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.ok, f"{path}: {answer.status} {answer.text()}"
    return answer.json()


def steps(guest: Visitor, case: str, action: str, **given: Any) -> Json:
    """Take a step of a case."""
    step = {"cmid": new_id(), "action": action, "given": given}
    found: Json = sends(guest, f"/cases/{case}/steps", step)
    return found


def returned(market: RunningServer, buyer: Visitor) -> Json:
    """Let a buyer ask to send shoes of the wrong size back."""
    order = came(market, buyer.learns("/me")["person"]["id"])
    asked = {
        "cmid": new_id(),
        "kind": "return",
        "subject": {"kind": "order", "id": order.id},
        "given": {"lines": [{"line": order.lines[0].id}], **WISH},
    }
    found: Json = sends(buyer, "/cases", asked)
    return found


def disputed(market: RunningServer, buyer: Visitor, seller: Visitor) -> str:
    """Have a return refused and the marketplace asked to decide; return the dispute."""
    case = returned(market, buyer)["id"]
    refusal = "The soles show that they were worn in the street."
    steps(seller, case, "reject", refused_for="used", refusal=refusal)
    statement = "I tried them on at home, on a carpet, for two minutes."
    dispute = str(steps(buyer, case, "open_dispute", statement=statement)["children"][0])
    steps(buyer, dispute, "request_review")
    return dispute
