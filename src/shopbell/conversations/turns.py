"""Whose turn it is: the states of a conversation and the moves between them, as a table."""

from datetime import timedelta
from enum import StrEnum

from shopbell.kernel.actor import Side
from shopbell.kernel.flow import Flow, Move

REOPEN_WITHIN = timedelta(days=14)
SELLER_OPENS_WITHIN = timedelta(hours=72)
FIRST_LOOK = timedelta(seconds=30)
"""How long after something was said the ladder looks first: none of its steps comes sooner."""


class State(StrEnum):
    """Where a conversation stands; `FLOW` says what may happen next."""

    NEW = "new"
    WAITING_SELLER = "waiting_seller"
    WAITING_BUYER = "waiting_buyer"
    WAITING_OPERATOR = "waiting_operator"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def waiting_on(self) -> "Turn":
        """Return who has the ball."""
        return _TURNS.get(self, Turn.NOBODY)

    @property
    def done(self) -> bool:
        """Tell whether nobody is expected to do anything."""
        return self in {State.RESOLVED, State.CLOSED}


class Turn(StrEnum):
    """Who has the ball."""

    SELLER = "seller"
    BUYER = "buyer"
    CARRIER = "carrier"
    OPERATOR = "operator"
    NOBODY = "nobody"


_TURNS = {
    State.WAITING_SELLER: Turn.SELLER,
    State.WAITING_BUYER: Turn.BUYER,
    State.WAITING_OPERATOR: Turn.OPERATOR,
}
_BUYER, _SELLER, _OPERATOR, _SYSTEM = Side.BUYER, Side.SELLER, Side.OPERATOR, Side.SYSTEM
CASE_ASKS, CASE_RESTS = "case_asks", "case_rests"
"""The moves that open cases make: one waits for the shop, or none does any more."""

MERGE, TAKE_IN = "merge", "take_in"
"""The moves of a conversation that goes on in another, and of one that takes such a question in."""

SPEAKS = {_BUYER: "buyer_message", _SELLER: "seller_message", _OPERATOR: "operator_message"}
"""The move that a message of each side makes."""

FLOW = Flow(
    start=State.NEW,
    ends=(State.CLOSED,),
    said="talk.is_",
    moves=(
        Move("new", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("new", "seller_message", "waiting_buyer", by=(_SELLER,)),
        Move("new", CASE_ASKS, "waiting_seller", by=(_SYSTEM,)),
        Move("new", CASE_RESTS, "waiting_buyer", by=(_SYSTEM,)),
        Move("new", TAKE_IN, "waiting_seller", by=(_SYSTEM,)),
        Move("waiting_seller", "seller_message", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_seller", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("waiting_seller", "no_reply_needed", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_seller", "escalate", "waiting_operator", by=(_BUYER, _SYSTEM)),
        Move("waiting_seller", "resolve", "resolved", by=(_BUYER,)),
        Move("waiting_seller", "operator_message", "waiting_seller", by=(_OPERATOR,)),
        Move("waiting_seller", CASE_RESTS, "waiting_buyer", by=(_SYSTEM,)),
        Move("waiting_seller", MERGE, "closed", by=(_SELLER,)),
        Move("waiting_buyer", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("waiting_buyer", "seller_message", "waiting_buyer", by=(_SELLER,)),
        Move("waiting_buyer", "operator_message", "waiting_buyer", by=(_OPERATOR,)),
        Move("waiting_buyer", CASE_ASKS, "waiting_seller", by=(_SYSTEM,)),
        Move("waiting_buyer", TAKE_IN, "waiting_seller", by=(_SYSTEM,)),
        Move("waiting_buyer", MERGE, "closed", by=(_SELLER,)),
        Move("waiting_buyer", "escalate", "waiting_operator", by=(_SYSTEM,)),
        Move("waiting_buyer", "resolve", "resolved", by=(_BUYER, _SELLER, _SYSTEM)),
        Move("waiting_operator", "operator_message", "waiting_seller", by=(_OPERATOR,)),
        Move("waiting_operator", "seller_message", "waiting_operator", by=(_SELLER,)),
        Move("waiting_operator", "buyer_message", "waiting_operator", by=(_BUYER,)),
        Move("waiting_operator", CASE_ASKS, "waiting_seller", by=(_SYSTEM,)),
        Move("waiting_operator", CASE_RESTS, "waiting_buyer", by=(_SYSTEM,)),
        Move("waiting_operator", "resolve", "resolved", by=(_OPERATOR,)),
        Move("resolved", "buyer_message", "waiting_seller", by=(_BUYER,)),
        Move("resolved", "seller_message", "resolved", by=(_SELLER,)),
        Move("resolved", "operator_message", "resolved", by=(_OPERATOR,)),
        Move("resolved", CASE_ASKS, "waiting_seller", by=(_SYSTEM,)),
        Move("resolved", TAKE_IN, "waiting_seller", by=(_SYSTEM,)),
        Move("resolved", "close", "closed", by=(_SYSTEM,)),
    ),
    patience={
        "waiting_buyer": timedelta(days=14),
        "resolved": REOPEN_WITHIN,
    },
)
"""From shared rules: `waiting_seller` has the shop's own promise as its patience.

That promise is for words. What a case asks of the shop has the case's own clock.
"""

BUTTONS = ("resolve", "no_reply_needed", "escalate")
"""Moves that are buttons on a screen; the others are made by speaking or by the clock."""
