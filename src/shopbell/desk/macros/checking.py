"""Who may keep a macro, and what may stand in it; all of it refused when it is written."""

from msgspec.structs import replace

from shopbell.conversations.thread import readable
from shopbell.desk.macros import deeds, naming
from shopbell.desk.macros.model import MacroBody
from shopbell.desk.macros.refusals import (
    MacroSaysNothing,
    OnlyManagersKeep,
    OnlyTheTeam,
    PublicHasGaps,
    PublicIsTheShops,
    PublicNeedsQuestion,
)
from shopbell.kernel.actor import Actor, Rank, ShopId


def shop_of(actor: Actor) -> ShopId:
    """Return the shop somebody works for; refuse all who work for none."""
    if actor.shop is None or not actor.works_for(actor.shop):
        raise OnlyTheTeam
    return actor.shop


def check_keeps(actor: Actor, shop: ShopId, *, own: bool) -> None:
    """Refuse who may not write the macros of a whole shop."""
    if not own and not actor.works_for(shop, Rank.MANAGER):
        raise OnlyManagersKeep


def cleaned(body: MacroBody, *, own: bool) -> MacroBody:
    """Return what is kept of a macro as it was written; refuse what cannot work."""
    texts = {locale: _tidied(said) for locale, said in body.texts.items() if said.strip()}
    questions = {one: _tidied(said) for one, said in body.question.items() if said.strip()}
    tidy = replace(
        body, key=body.key.lower(), name=_tidied(body.name), texts=texts, question=questions
    )
    if not tidy.name or not (texts or tidy.deeds):
        raise MacroSaysNothing
    for said in texts.values():
        naming.check_text(said)
    for deed in tidy.deeds:
        deeds.check(deed)
    if questions:
        _check_public(tidy, own=own)
    return tidy


def _tidied(said: str) -> str:
    return readable(said.replace("\r\n", "\n")).strip()


def _check_public(body: MacroBody, *, own: bool) -> None:
    """Refuse what cannot stand in the FAQ: everybody reads it, about no order of theirs."""
    if own:
        raise PublicIsTheShops
    for locale in body.question:
        if not body.texts.get(locale):
            raise PublicNeedsQuestion(locale=locale)
        if "{{" in body.texts[locale]:
            raise PublicHasGaps
