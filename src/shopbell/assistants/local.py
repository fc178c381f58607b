"""A small model on this machine: the package's extra ``embeddings`` brings it, weights and all.

It is asked for nothing over the network: what it needs lies in its own package.
"""

import asyncio
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from shopbell.assistants.model import AssistantTrouble

_READING = threading.Lock()
READ_MOST = 2_000
"""So many signs of a text are read; what it is about stands in them."""


class Local:
    """Gives texts places by WordLlama: one table of words, no graphics card, 170 MB of memory.

    It is good within a language and weak between two: questions are translated before.
    """

    name, costs = "local", False

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Place texts, apart from the loop: the first time it reads its table for some seconds."""
        return await asyncio.to_thread(_places, [text[:READ_MOST] for text in texts])


def _places(texts: list[str]) -> list[list[float]]:
    found: list[list[float]] = _model().embed(texts, norm=True).tolist()
    return found


def _model() -> Any:  # noqa: ANN401 - it comes without types
    """Return the model; of those who want it while it is read, one reads it."""
    with _READING:
        return _read()


@cache
def _read() -> Any:  # noqa: ANN401 - it comes without types
    try:
        import wordllama  # noqa: PLC0415 - an extra: most houses do without it
    except ImportError as missing:
        raise AssistantTrouble("the extra 'embeddings' is not installed") from missing
    package = Path(str(wordllama.__file__)).parent
    return wordllama.WordLlama.load(cache_dir=package, disable_download=True)


def is_installed() -> bool:
    """Tell whether the model can be read, by reading it."""
    try:
        _model()
    except (AssistantTrouble, OSError):
        return False
    return True
