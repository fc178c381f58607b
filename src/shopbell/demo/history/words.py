"""What people write: templates by topic, language and side, filled with what it is about. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from shopbell.conversations.model import SubjectKind
from shopbell.demo.history import chance
from shopbell.demo.history.chance import Chance
from shopbell.demo.tables import read
from shopbell.kernel.texts import Locale

Said = Mapping[Locale, Sequence[str]]


class Phrases(Struct, frozen=True, forbid_unknown_fields=True):
    """How one topic sounds in one language."""

    asks: list[str]
    answers: list[str]
    more: list[tuple[str, str]]


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """Something people ask about; ``share`` is of all that is asked about such a subject."""

    name: str
    subject: SubjectKind
    share: float
    zh: Phrases
    ru: Phrases
    en: Phrases

    def phrases(self, locale: Locale) -> Phrases:
        found: Phrases = getattr(self, locale)
        return found


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is said in a year, by what it is for."""

    hello: Said
    welcome: Said
    thanks: Said
    again: Said
    note: Said
    fault: Said
    refusal: Said
    statement: Said
    tags: Said
    topic: list[Topic]

    def drawn(self, about: SubjectKind, drawn: Chance) -> Topic:
        """Draw what somebody asks about."""
        fitting = [(one, one.share) for one in self.topic if one.subject is about]
        return chance.one_of(drawn, fitting)

    def named(self, name: str) -> Topic:
        return next(one for one in self.topic if one.name == name)


def words() -> Words:
    """Return what the table tells."""
    return read("history/words.toml", Words)
