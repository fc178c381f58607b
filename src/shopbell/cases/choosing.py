"""Choices that are data: the reasons of the policy, the service centres of the shop."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from shopbell.cases.fields import Field, FieldKind
from shopbell.cases.model import Kind
from shopbell.commerce import service as commerce
from shopbell.engine.database import Tx
from shopbell.kernel.actor import ShopId
from shopbell.kernel.texts import LOCALES
from shopbell.knowledge import service as knowledge
from shopbell.knowledge.model import Condition, PolicyRef, Reason


def fields_of(
    tx: Tx, kind: Kind, shop: ShopId | None, policy: PolicyRef | None = None
) -> Callable[[str], Field]:
    """Return how the fields of a kind are asked for in a shop, under its rules or those given.

    Without a shop they are those of the marketplace.
    """

    def asked(name: str) -> Field:
        field = kind.field(name)
        return _DRAWN[field.drawn](tx, field, shop, policy) if field.drawn else field

    return asked


def _conditions(tx: Tx, field: Field, shop: ShopId | None, policy: PolicyRef | None) -> Field:
    given = {reason.condition for reason in _reasons_in(tx, shop, policy)}
    return replace(field, choices=tuple(one for one in field.choices if one in given))


def _reasons(tx: Tx, field: Field, shop: ShopId | None, policy: PolicyRef | None) -> Field:
    fitting: dict[str, tuple[str, ...]] = {}
    found = _reasons_in(tx, shop, policy)
    for one in found:
        fitting[one.condition] = (*fitting.get(one.condition, ()), one.code)
    return replace(
        field,
        choices=tuple(one.code for one in found),
        within={"condition": fitting},
        words={one.code: one.words for one in found if one.words},
    )


def _reasons_in(tx: Tx, shop: ShopId | None, policy: PolicyRef | None) -> list[Reason]:
    """Return the reasons for which a thing that came may go back."""
    ref = policy or knowledge.in_force(tx, shop, tx.now)
    book = knowledge.policy(tx, ref.profile, ref.version).body
    return [one for one in book.reasons if one.condition is not Condition.NOT_RECEIVED]


def _centres(tx: Tx, field: Field, shop: ShopId | None, _policy: PolicyRef | None) -> Field:
    """Let the shop pick one of the centres it has named; until it has, it writes one."""
    named = commerce.shop(tx, shop).service_centres if shop else []
    if not named:
        return field
    words = {centre: dict.fromkeys(LOCALES, centre) for centre in named}
    return replace(field, kind=FieldKind.CHOICE, choices=tuple(named), words=words)


_DRAWN: Mapping[str, Callable[[Tx, Field, ShopId | None, PolicyRef | None], Field]] = {
    "conditions": _conditions,
    "reasons": _reasons,
    "centres": _centres,
}
"""Where choices are drawn from, by what a field says."""
