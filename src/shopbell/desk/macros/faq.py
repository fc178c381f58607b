"""Macros that everybody may read: entries of the shop's FAQ, written by the room that keeps it."""

from shopbell.desk.macros import storage
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale
from shopbell.knowledge.answers import writing
from shopbell.knowledge.answers.commands import PutAnswer
from shopbell.knowledge.answers.model import AnswerId
from shopbell.knowledge.answers.refusals import NoSuchAnswer


def publish(tx: Tx, actor: Actor, stored: storage.Stored) -> None:
    """Have the FAQ say what a macro says in public, in each language it does."""
    macro = stored.macro
    for locale, question in macro.body.question.items():
        stored.faq[locale] = _place(tx, actor, stored, locale)
        entry = PutAnswer(question, macro.body.texts[locale], locale)
        writing.put(tx, actor, macro.shop, stored.faq[locale], entry)
    _drop(tx, actor, stored, [one for one in stored.faq if one not in macro.body.question])


def _place(tx: Tx, actor: Actor, stored: storage.Stored, locale: Locale) -> AnswerId:
    """Return the entry it stands in, or a new one if it stands in none, or that was taken away."""
    standing = stored.faq.get(locale)
    try:
        return writing.one(tx, actor, stored.macro.shop, standing or "").answer.id
    except NoSuchAnswer:
        return AnswerId(new_id())


def withdraw(tx: Tx, actor: Actor, stored: storage.Stored) -> None:
    """Take a macro out of the FAQ."""
    _drop(tx, actor, stored, list(stored.faq))


def _drop(tx: Tx, actor: Actor, stored: storage.Stored, locales: list[Locale]) -> None:
    for locale in locales:
        writing.remove(tx, actor, stored.macro.shop, stored.faq.pop(locale))
    storage.note_faq(tx, stored.macro.id, stored.faq)
