"""What every assistant must be able to do.

``tests/contracts/test_assistants.py`` says what each must keep: it answers, or it raises
`AssistantTrouble` in time; it never hangs.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shopbell.assistants.model import Source, Used
from shopbell.kernel.texts import Locale
from shopbell.language.detect import Language


class Passage(NamedTuple):
    """A text to be put into another language; its marks ``{0}`` must come back as they are."""

    text: str
    source: Language
    target: Locale


class Translator(Protocol):
    """Puts texts into another language."""

    @property
    def name(self) -> str:
        """Return what figures call it."""
        ...

    async def translate(self, passage: Passage) -> Used:
        """Return the text in its target's language."""
        ...


class Embedder(Protocol):
    """Gives texts places, so that what means the same lies near each other."""

    @property
    def name(self) -> str:
        """Return what figures call it."""
        ...

    @property
    def costs(self) -> bool:
        """Tell whether asking it counts against the budget."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a place for each text, all of the same length."""
        ...


class Writer(Protocol):
    """Writes an answer to a question out of sources."""

    @property
    def name(self) -> str:
        """Return what figures call it."""
        ...

    async def write(self, question: str, sources: Sequence[Source], locale: Locale) -> Used:
        """Return what it wrote, as it wrote it: JSON of a `DraftedAnswer`, if it obeyed."""
        ...
