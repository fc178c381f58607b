"""The rules that come with the program, in three languages, to be taken over."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from shopbell.desk.macros import recipes as macro_recipes
from shopbell.desk.macros.model import Deed
from shopbell.desk.rules import service
from shopbell.desk.rules.acts import OF_ONE_SHOP
from shopbell.desk.rules.checking import keeper
from shopbell.desk.rules.commands import PutRule
from shopbell.desk.rules.model import Rule, RuleBody
from shopbell.desk.rules.refusals import NoSuchRuleRecipe
from shopbell.engine.database import Tx
from shopbell.kernel.actor import Actor
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import Locale, Words, say

_FILE = Path(__file__).with_name("recipes.toml")


class RecipeAct(Struct, frozen=True, forbid_unknown_fields=True):
    """An action with its words in each language."""

    do: str
    value: Words


class RuleRecipe(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule that is nobody's yet, what it is good for, and the recipe of the macro it sends."""

    key: str
    name: Words
    why: Words
    body: dict[str, Any]
    acts: list[RecipeAct]
    macro: str = ""

    @property
    def for_all_shops(self) -> bool:
        """Tell whether the marketplace could have it for all shops."""
        return not any(act.do in OF_ONE_SHOP for act in self.acts)

    def rule(self, locale: Locale) -> RuleBody:
        """Return it as somebody would keep it, in a language."""
        acts = [Deed(act.do, say(act.value, locale)) for act in self.acts]
        given = {**self.body, "name": say(self.name, locale), "acts": acts}
        return msgspec.convert(given, RuleBody)


@cache
def recipes() -> Mapping[str, RuleRecipe]:
    """Return all recipes by key."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {one.key: one for one in msgspec.convert(read["recipe"], list[RuleRecipe])}


def adopt(tx: Tx, actor: Actor, key: str, locale: Locale) -> Rule:
    """Take a recipe over, with its macro; asked again, the rule of its name stays as it is."""
    recipe, shop = recipes().get(key), keeper(actor)
    if recipe is None or not (shop or recipe.for_all_shops):
        raise NoSuchRuleRecipe
    body = recipe.rule(locale)
    for known in service.rules(tx, actor):
        if known.body.name == body.name:
            return known
    if recipe.macro:
        macro_recipes.adopt(tx, actor, recipe.macro, locale)
    return service.put(tx, actor, new_id(), PutRule(body))
