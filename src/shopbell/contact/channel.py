"""What every channel that reaches people must be able to do."""

from typing import ClassVar, Protocol

from shopbell.contact.model import Reach, Whom
from shopbell.conversations.model import Conversation
from shopbell.engine.database import Tx


class Channel(Protocol):
    """One way to tell people what waits. To add one: its folder, and its line in ``plugs.py``.

    ``tests/contracts/test_channels.py`` says what each must keep.
    """

    name: ClassVar[str]

    def reaches(self, tx: Tx, talk: Conversation, whom: Whom) -> bool:
        """Tell whether somebody of this side has an address that can be used."""
        ...

    async def reach(self, reach: Reach) -> None:
        """Tell them, once, however often it is asked; raise to be asked again later."""
        ...
