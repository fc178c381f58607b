"""A service that translates, spoken to as LibreTranslate is (``/translate``)."""

from msgspec import Struct, field

from shopbell.assistants.contracts import Passage
from shopbell.assistants.line import Line
from shopbell.assistants.model import Used
from shopbell.engine.settings import Settings


class _Ask(Struct, omit_defaults=True):
    q: str
    source: str
    target: str
    format: str = field(default_factory=lambda: "text")
    api_key: str = ""


class _Detected(Struct, frozen=True):
    language: str = ""


class _Told(Struct, frozen=True, rename="camel"):
    translated_text: str
    detected_language: _Detected = _Detected()


class LibreTranslate:
    """Translates by a service; its key travels in the body, as there."""

    name = "libretranslate"

    def __init__(self, settings: Settings) -> None:
        self._line = Line(self.name, settings.translate_url, "", settings)
        self._key = settings.translate_key

    async def translate(self, passage: Passage) -> Used:
        """Translate; of a language that we do not know, the service says which it is."""
        source = "auto" if passage.source == "other" else passage.source
        ask = _Ask(passage.text, source, passage.target, api_key=self._key)
        told = await self._line.ask("/translate", ask, _Told)
        return Used(told.translated_text, language=told.detected_language.language[:8])
