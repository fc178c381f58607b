"""Whether the assistants of the settings help: the doctor asks each for something small."""

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shopbell.assistants.contracts import Passage, Translator
from shopbell.assistants.model import AssistantTrouble, Source
from shopbell.assistants.plugs import plugged
from shopbell.engine.settings import Settings
from shopbell.language.passages import unwrap, wrap

if TYPE_CHECKING:
    from shopbell.cli.exam import Exam

SAMPLE = wrap("Order 1234-5678 has arrived.")


def look_at_assistants(exam: "Exam", settings: Settings) -> None:
    """Ask those that are plugged in; no budget is counted, nothing of anybody is sent."""
    if plain := _never_called(settings):
        exam.attention("assistants", "assistants_plain", setting=plain)
        return
    plugs = plugged(settings)
    if plugs.translator:
        _translates(exam, settings, plugs.translator)
    if embedder := plugs.embedder:
        try:
            asyncio.run(embedder.embed(["a kettle"]))
        except (AssistantTrouble, OSError) as trouble:
            exam.attention("embedder", "embedder_away", who=embedder.name, trouble=str(trouble))
        else:
            exam.well("embedder", "embedder_well", who=embedder.name)
    if writer := plugs.writer:
        try:
            asyncio.run(writer.write("Is it heavy?", [Source("faq", "It is light.")], "en"))
        except AssistantTrouble as trouble:
            exam.attention("writer", "writer_away", who=writer.name, trouble=str(trouble))
        else:
            exam.well("writer", "writer_well", who=writer.name)


def _translates(exam: "Exam", settings: Settings, translator: Translator) -> None:
    begun = time.monotonic()
    try:
        used = asyncio.run(translator.translate(Passage(SAMPLE.text, "en", "ru")))
    except AssistantTrouble as trouble:
        setting = "LLM_URL" if settings.translator == "llm" else "TRANSLATE_URL"
        exam.attention(
            "translator",
            "translator_away",
            who=translator.name,
            trouble=str(trouble),
            setting=setting,
        )
        return
    if unwrap(used.text, SAMPLE) is None:
        exam.attention("translator", "translator_spoils", who=translator.name)
    else:
        seconds = f"{time.monotonic() - begun:.1f}"
        exam.well("translator", "translator_well", who=translator.name, seconds=seconds)


def _never_called(settings: Settings) -> str:
    """Return the setting of an address by http that is not among the operator's own, if any."""
    uses = {settings.translator, settings.embedder, settings.writer}
    chosen = {
        "TRANSLATE_URL": settings.translate_url if "libretranslate" in uses else "",
        "LLM_URL": settings.llm_url if "llm" in uses else "",
    }
    for name, address in chosen.items():
        place = urlsplit(address)
        own = f"{place.hostname}:{place.port or 80}" in settings.own_assistants
        if place.scheme == "http" and not own:
            return name
    return ""
