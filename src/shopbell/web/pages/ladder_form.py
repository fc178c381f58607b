"""The form of who is told when: what stands in it, what is wrong with that, the rules it means.

A step without a wait is left out. Steps are taken by their waits, so their order is not asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from shopbell.contact.ladder import Ladder
from shopbell.contact.model import PACES, PLAIN, TO_BUYER, TO_SHOP, Rules, Rung, Step, Way
from shopbell.contact.refusals import LadderWrong
from shopbell.conversations.model import Channel
from shopbell.kernel.texts import Locale, text
from shopbell.web.pages.office_form import Filled

Sheet = dict[str, str]
"""What stands in the form, by the name of each field."""

BACK = "back"
ASKING = tuple(channel.value for channel in Channel)
LADDERS: Mapping[str, Mapping[Step, Sequence[Way]]] = {
    **dict.fromkeys(ASKING, TO_SHOP),
    BACK: TO_BUYER,
}
"""The ladders of a form, and the steps that may stand in each."""

UNITS: Mapping[str, timedelta] = {
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
}
KINDS = tuple(sorted(PACES, key=["product", "order", "shop", "case"].index))
_COUNT = re.compile(r"[0-9]{1,5}")


class Line(Struct, frozen=True):
    """One step of a ladder as it is shown; ``made``: there is a channel for it here."""

    key: str
    step: Step
    made: bool
    must: bool


def sheet_of(rules: Rules) -> Sheet:
    """Write down what rules say."""
    sheet: Sheet = {}
    for name, ways in LADDERS.items():
        waits = {rung.step: rung.after for rung in _rungs(rules, name)}
        for step in ways:
            count, unit = _said(waits[step]) if step in waits else ("", "minutes")
            sheet |= {f"{name}-{step}-length": count, f"{name}-{step}-unit": unit}
    return sheet | {f"pace-{kind}": str(rules.pace.get(kind, PLAIN)) for kind in KINDS}


def sheet_in(form: Filled, shown: Rules) -> Sheet:
    """Read what was sent; whatever it is, it can be shown again."""
    return {name: _sent(form, name) for name in sheet_of(shown)}


def lines(rules: Rules, name: str, ladder: Ladder) -> list[Line]:
    """List the steps of a ladder: those that rules take in their order, then the others."""
    ways = LADDERS[name]
    taken = [rung.step for rung in _rungs(rules, name)]
    rest = [step for step in ways if step not in taken]
    last = Step.OPERATOR
    ordered = [step for step in [*taken, *rest] if step is not last]
    return [
        Line(f"{name}-{step}", step, ladder.makes(ways[step], step), must=step is last)
        for step in [*ordered, *([last] if last in ways else [])]
    ]


def troubles(sheet: Sheet, locale: Locale) -> dict[str, str]:
    """Say what is wrong, by the name of the field, or of the ladder that the steps do not make."""
    wrong = dict(_wrong_fields(sheet, locale))
    return wrong or dict(_wrong_ladders(sheet, locale))


def rules_of(sheet: Sheet) -> Rules:
    """Return the rules that a sheet without troubles means."""
    return Rules(**{name: _ladder(sheet, name) for name in LADDERS}, pace=_pace(sheet))


def _wrong_fields(sheet: Sheet, locale: Locale) -> Iterator[tuple[str, str]]:
    for field, typed in sheet.items():
        if field.endswith("-length") and typed and not _COUNT.fullmatch(typed):
            yield field, text(locale, "contact.bad_wait")
        elif field.endswith("-unit") and typed not in UNITS:
            yield field.replace("-unit", "-length"), text(locale, "contact.bad_wait")
        elif field.startswith("pace-") and not _is_pace(typed):
            yield field, text(locale, "contact.bad_pace", most=10 * PLAIN)


def _wrong_ladders(sheet: Sheet, locale: Locale) -> Iterator[tuple[str, str]]:
    """Try each ladder by itself in rules that are right."""
    for name in LADDERS:
        try:
            replace(_RIGHT, **{name: _ladder(sheet, name)})
        except LadderWrong as refusal:
            yield name, why(refusal, locale)


def why(refusal: LadderWrong, locale: Locale) -> str:
    """Say what is wrong with a ladder, what became of it, and what to do."""
    return text(locale, "contact.not_so", why=text(locale, refusal.named["why"]))


def _is_pace(typed: str) -> bool:
    return bool(_COUNT.fullmatch(typed)) and 1 <= int(typed) <= 10 * PLAIN


def _ladder(sheet: Sheet, name: str) -> list[Rung]:
    """Return the steps that have a wait, the first first; the operator is always the last."""
    rungs = [
        Rung(step, int(count) * UNITS[sheet[f"{name}-{step}-unit"]])
        for step in LADDERS[name]
        if (count := sheet[f"{name}-{step}-length"])
    ]
    return sorted(rungs, key=lambda rung: (rung.step is Step.OPERATOR, rung.after))


def _pace(sheet: Sheet) -> dict[str, int]:
    paces = {kind: int(sheet[f"pace-{kind}"]) for kind in KINDS}
    return {kind: pace for kind, pace in paces.items() if pace != PLAIN}


def _rungs(rules: Rules, name: str) -> Sequence[Rung]:
    return rules.back if name == BACK else rules.asking(Channel(name))


def _said(wait: timedelta) -> tuple[str, str]:
    """Count a wait in the longest unit that it is a whole number of."""
    unit = next((name for name, one in UNITS.items() if wait and not wait % one), "seconds")
    return str(wait // UNITS[unit]), unit


def _sent(form: Filled, name: str) -> str:
    value = next(iter(form.getall(name, [])), "")
    return value.replace("\x00", "").strip()[:20] if isinstance(value, str) else ""


_ANY = [Rung(Step.OPERATOR, timedelta(hours=1))]
_RIGHT = Rules(
    chat=_ANY, message=_ANY, email=_ANY, back=[Rung(Step.MAIL, timedelta(hours=1))], pace={}
)
"""Rules that nothing is wrong with, to try one ladder in."""
