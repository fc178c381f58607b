"""The macros that come with the program, in three languages, for a shop to take over."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct, field

from shopbell.desk.macros import service
from shopbell.desk.macros.commands import PutMacro
from shopbell.desk.macros.model import Deed, Fits, Macro, MacroBody
from shopbell.desk.macros.refusals import NoSuchRecipe
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale, Words, say

_FILE = Path(__file__).with_name("recipes.toml")


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """A macro that is not any shop's yet."""

    key: str
    name: Words
    texts: Words
    fits: Fits = field(default_factory=Fits)
    deeds: list[Deed] = []

    def body(self, locale: Locale) -> MacroBody:
        """Return it as a shop would keep it, named in a language."""
        return MacroBody(self.key, say(self.name, locale), dict(self.texts), self.fits, self.deeds)


@cache
def recipes() -> Mapping[str, Recipe]:
    """Return all recipes by key."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = msgspec.convert(read["recipe"], list[Recipe])
    return {one.key: one for one in found}


def adopt(tx: Tx, actor: Actor, key: str, locale: Locale) -> Macro:
    """Make a recipe the shop's own; asked again, what the shop has made of it stays."""
    if key not in recipes():
        raise NoSuchRecipe
    if there := service.called(tx, actor, key, own=False):
        return there
    return service.put(tx, actor, new_id(), PutMacro(recipes()[key].body(locale)))
