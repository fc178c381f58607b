"""Cases that have come before the operator, brought there by both sides over the API."""

from tests.browser.ordering import came
from tests.browser.people import Json, Visitor
from tests.browser.settling import opens, steps
from tests.support.server import RunningServer


def returned(market: RunningServer, buyer: Visitor) -> Json:
    """Let a buyer ask to send shoes of the wrong size back."""
    order = came(market, buyer.learns("/me")["person"]["id"])
    wish = {"condition": "proper", "reason": "size_fit", "wish": "refund"}
    return opens(buyer, "return", order.id, lines=[{"line": order.lines[0].id}], **wish)


def disputed(market: RunningServer, buyer: Visitor, seller: Visitor) -> str:
    """Have a return refused and the marketplace asked to decide; return the dispute."""
    case = returned(market, buyer)["id"]
    refusal = "The soles show that they were worn in the street."
    steps(seller, case, "reject", refused_for="used", refusal=refusal)
    statement = "I tried them on at home, on a carpet, for two minutes."
    dispute = str(steps(buyer, case, "open_dispute", statement=statement)["children"][0])
    steps(buyer, dispute, "request_review")
    return dispute
