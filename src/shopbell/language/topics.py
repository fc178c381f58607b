"""What a message is about: topic and sub-topic, several when there truly are several."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from shopbell.language.folding import gist, plain
from shopbell.language.meanings import meanings
from shopbell.language.model import Matter, Topic


class Rule(Struct, frozen=True):
    """Meanings that make a matter: each of ``needs`` (any of its words), none of ``without``."""

    matter: str
    needs: Sequence[frozenset[str]]
    without: frozenset[str]

    def holds(self, said: frozenset[str]) -> bool:
        """Tell whether a message that says this is about the matter."""
        return not self.without & said and all(any_of & said for any_of in self.needs)


_RULES = """
logistics.missing     delivered absent parcel|order|track|arrive|mine|question  -return
logistics.customs     customs
logistics.pickup      pickup                           -refund
logistics.where       at_home
logistics.where       sent_back                        -refund
logistics.address     address
logistics.cost        cost ship|parcel                 -refund return
logistics.late        late                             -broke refund service return
logistics.where       where order|parcel|track|ship    -refund manual
logistics.where       underway                         -refund damaged broke return own_fault
logistics.when        in_time question
logistics.where       news                             -refund
logistics.when        when ship|parcel|arrive|order    -refund late return stock
logistics.when        same_day
logistics.when        hold
logistics.where       courier                          -refund return damaged late stock rude
logistics.cost        cost ship|parcel warranty|repair
return.refund         refund
return.exchange       exchange                         -address pickup
return.wrong          wrong                            -address pickup
return.wrong          promised arrive                  -address question
return.incomplete     incomplete                       -stock
return.damaged        damaged on_arrival               -used might own_fault
return.damaged        damaged   -broke used question elsewhere might own_fault
return.damaged        broke on_arrival                 -used elsewhere might own_fault
return.damaged        defect                           -used
return.return         return                           -refund warranty repair cancel sent_back
return.return         return cancel arrive             -refund
after_sales.warranty  warranty
after_sales.repair    repair                           -pickup
after_sales.parts     parts                            -safety included
product.feature       included                         -arrive incomplete
after_sales.parts     part own_fault                   -incomplete
after_sales.parts     part for_sale                    -incomplete included
after_sales.manual    manual                           -assembled
product.feature       assembled                        -incomplete
product.feature       might
after_sales.broken    broke used                       -elsewhere might
after_sales.broken    noise used
after_sales.broken    broke     -on_arrival payment promo service elsewhere might
other.cancel          cancel                           -hold
other.invoice         invoice
other.promo           promo
other.account         account                          -device
other.service         service                          -courier at_home
other.service         courier rude
other.service         shop                             -order parcel return
other.greeting        presence
other.thanks          praise -wrong damaged broke late refund return exchange cancel promo defect
other.payment         payment
after_sales.howto     howto
product.genuine       genuine                          -shop
product.size          size                             -exchange wrong
product.material      material                         -damaged customs own_fault
product.compatible    compatible
product.stock         stock                            -incomplete
product.price         price                            -ship parcel refund
product.about         about
product.feature       feature question
"""

_HIDES = """
other.greeting       product.feature product.stock other.service logistics.where
other.thanks         product.feature product.stock product.size product.about logistics.when
logistics.customs    after_sales.broken
logistics.missing    logistics.address logistics.where logistics.late logistics.when
logistics.missing    logistics.pickup
logistics.late       logistics.where logistics.when
logistics.where      after_sales.broken
logistics.customs    other.invoice other.payment logistics.where logistics.late
logistics.customs    logistics.when logistics.cost
logistics.address    logistics.where logistics.when logistics.late return.wrong
logistics.cost       logistics.when other.payment product.price
logistics.pickup     logistics.where logistics.when
return.refund        return.incomplete return.return other.payment
return.refund        other.invoice other.account
return.refund        logistics.where logistics.when logistics.late
return.exchange      return.return product.size product.stock
return.wrong         return.damaged after_sales.broken logistics.where logistics.when
return.damaged       after_sales.broken logistics.where logistics.when
return.incomplete    return.damaged return.wrong after_sales.manual logistics.where logistics.when
return.return        logistics.cost logistics.when logistics.where other.payment
after_sales.warranty after_sales.broken after_sales.repair
after_sales.repair   after_sales.broken
after_sales.parts    after_sales.manual return.incomplete return.exchange logistics.where
after_sales.broken   after_sales.manual other.service
after_sales.manual   logistics.when
other.service        product.feature product.stock logistics.where logistics.when
other.cancel         product.price return.wrong logistics.when other.payment
other.invoice        other.payment
other.account        after_sales.manual
other.promo          after_sales.broken return.damaged after_sales.manual other.payment
other.payment        logistics.cost
product.genuine      product.stock product.feature
product.size         product.stock product.feature product.compatible
product.material     product.stock product.feature
product.compatible   product.stock product.feature
product.feature      product.stock
product.stock        product.about
product.price        product.feature product.stock
"""

_WEAK = frozenset({"after_sales.howto"})
"""Said of almost anything: counts where nothing else is said but the faint."""

_FAINT = frozenset({"product.feature", "product.stock"})

_NAMES = {
    "howto": "manual",
    "genuine": "authenticity",
    "compatible": "compatibility",
    "feature": "features",
}


def _rules(table: str) -> tuple[Rule, ...]:
    return tuple(_rule(line) for line in table.strip().splitlines())


def _rule(line: str) -> Rule:
    says, _, without = line.partition(" -")
    matter, *needs = says.split()
    return Rule(matter, [frozenset(one.split("|")) for one in needs], frozenset(without.split()))


def _hides(table: str) -> Mapping[str, frozenset[str]]:
    hidden: dict[str, frozenset[str]] = {}
    for line in table.strip().splitlines():
        matter, *others = line.split()
        hidden[matter] = hidden.get(matter, frozenset()) | frozenset(others)
    return hidden


RULES = _rules(_RULES)
HIDES = _hides(_HIDES)
_CLAUSE = re.compile(r"[.!?。！？;；,，\n]|(?<=[吗呢吧啊么不]) | and | и |还有")
_MOST_CLAUSES = 24


def matters(text: str) -> list[Matter]:
    """Return what a message is about; ``other`` if nothing else is recognised."""
    words = plain(gist(text))
    said = meanings(words)
    names = _shown(_of(said))
    if names and all(name.startswith("product.") for name in names):
        names += _delivery_apart(words)
    elif names:
        names = [
            name for name in names if not name.startswith("product.") or _asked_apart(words, name)
        ]
    return [_matter(name) for name in dict.fromkeys(names)] or [_matter(_guess(said))]


def _of(said: frozenset[str]) -> list[str]:
    return [*dict.fromkeys(rule.matter for rule in RULES if rule.holds(said))]


def _shown(found: Sequence[str]) -> list[str]:
    """Leave out what is only said because of something else; what is left out hides nothing."""
    strong = [name for name in found if not _hidden(name, found)]
    return [name for name in found if not _hidden(name, strong)]


def _hidden(name: str, others: Iterable[str]) -> bool:
    if name in _WEAK:
        return any(other != name and other not in _FAINT for other in others)
    if name in _FAINT and not _WEAK.isdisjoint(others):
        return True
    return any(name in HIDES.get(other, ()) for other in others)


def _asked_apart(words: str, name: str) -> bool:
    """Tell whether goods are asked about by themselves, beside something else."""
    clauses = [clause for clause in _CLAUSE.split(words)[:_MOST_CLAUSES] if clause.strip()]
    return len(clauses) > 1 and any(_asks_only(clause, name) for clause in clauses)


def _delivery_apart(words: str) -> list[str]:
    """Return what is asked of delivery by itself, beside a question about goods."""
    clauses = [clause for clause in _CLAUSE.split(words)[:_MOST_CLAUSES] if clause.strip()]
    if len(clauses) == 1:
        return []
    each = [_shown(_of(meanings(clause))) for clause in clauses]
    return [
        name
        for found in each
        if found and all(one.startswith("logistics.") for one in found)
        for name in found
    ]


def _asks_only(clause: str, name: str) -> bool:
    said = meanings(clause)
    found = _of(said)
    asks = "question" in said and name in found
    return asks and all(one.startswith("product.") for one in found)


_AT_LEAST = (
    ("news", "logistics.where"),
    ("parcel", "logistics.where"),
    ("track", "logistics.where"),
    ("thanks", "other.thanks"),
    ("order", "logistics.where"),
    ("when", "logistics.when"),
    ("where", "logistics.where"),
    ("ship", "logistics.when"),
    ("question", "product.feature"),
    ("greeting", "other.greeting"),
)
"""What a word says by itself, where nothing more is said."""


def _guess(said: frozenset[str]) -> str:
    return next((matter for word, matter in _AT_LEAST if word in said), "other.other")


def _matter(name: str) -> Matter:
    topic, _, sub = name.partition(".")
    return Matter(Topic(topic), _NAMES.get(sub, sub))
