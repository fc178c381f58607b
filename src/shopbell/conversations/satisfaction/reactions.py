"""What this room does when a conversation is resolved."""

from typing import Any

from shopbell.conversations.model import StateChanged
from shopbell.conversations.satisfaction import service
from shopbell.engine.database import Reaction

REACTIONS: tuple[Reaction[Any], ...] = (Reaction(StateChanged, service.ask),)
