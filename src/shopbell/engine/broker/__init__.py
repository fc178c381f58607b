"""How the processes of one house tell each other what happened, without keeping anything."""

from sqlalchemy.engine import make_url

from shopbell.engine.broker.contract import LETTER_MOST, Broker, Receiver
from shopbell.engine.broker.memory import Exchange, MemoryBroker
from shopbell.engine.broker.postgres import PostgresBroker

__all__ = [
    "LETTER_MOST",
    "Broker",
    "Exchange",
    "MemoryBroker",
    "PostgresBroker",
    "Receiver",
    "broker_for",
]


def broker_for(database: str) -> Broker:
    """Return the broker that goes with a database: PostgreSQL's own, or none but ourselves."""
    if make_url(database).get_backend_name() == "postgresql":
        return PostgresBroker(database)
    return MemoryBroker(Exchange())
