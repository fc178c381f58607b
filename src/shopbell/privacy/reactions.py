"""What this room does when other rooms announce something."""

from typing import Any

from shopbell.accounts.model import PersonSignedIn
from shopbell.engine.database import Reaction
from shopbell.privacy import service

REACTIONS: tuple[Reaction[Any], ...] = (Reaction(PersonSignedIn, service.come_back),)
