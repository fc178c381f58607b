"""The assistants of this installation, by the operator's settings: none, unless they say so."""

from dataclasses import dataclass

from shopbell.assistants.completions import Completions, Embeddings
from shopbell.assistants.contracts import Embedder, Translator, Writer
from shopbell.assistants.libretranslate import LibreTranslate
from shopbell.assistants.local import Local
from shopbell.engine.settings import Settings


@dataclass(frozen=True)
class Plugged:
    """Who translates, compares and writes here, if anybody does."""

    translator: Translator | None = None
    embedder: Embedder | None = None
    writer: Writer | None = None


def plugged(settings: Settings) -> Plugged:
    """Return the assistants that the settings choose; one model that does two things is one."""
    model = Completions(settings)
    translators: dict[str, Translator] = {
        "libretranslate": LibreTranslate(settings),
        "llm": model,
    }
    embedders: dict[str, Embedder] = {"local": Local(), "llm": Embeddings(settings)}
    return Plugged(
        translator=translators.get(settings.translator),
        embedder=embedders.get(settings.embedder),
        writer=model if settings.writer else None,
    )
