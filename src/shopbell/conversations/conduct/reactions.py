"""What this room does when something was said."""

from typing import Any

from shopbell.conversations.conduct import service
from shopbell.conversations.tone import SpokeRudely
from shopbell.engine.database import Reaction

REACTIONS: tuple[Reaction[Any], ...] = (Reaction(SpokeRudely, service.count_abuse),)
