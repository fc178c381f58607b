"""Where a shop is kinder than the rules, by a plain form: more days, the way back paid, sooner."""

from collections import defaultdict
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec import Struct

from shopbell.engine.database import Database, Tx
from shopbell.kernel.actor import Actor, ShopId
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text
from shopbell.knowledge import service, wording
from shopbell.knowledge.differences import field_name
from shopbell.knowledge.kindness import can_be_kinder, own_clocks
from shopbell.knowledge.model import UNITS, Kinder, Length, Profile, Rule, ShopTerms, Terms
from shopbell.knowledge.refusals import TermsMovedOn
from shopbell.web.pages import policy_clauses
from shopbell.web.pages.case_post import all_kept, posted_form
from shopbell.web.pages.errors import Told, explain
from shopbell.web.pages.look import Look
from shopbell.web.pages.office import at_work, elsewhere
from shopbell.web.pages.office_form import Filled
from shopbell.web.pages.policy_clauses import NUMBER, Row

Sent = Request[Any, Any, Any]
Sheet = dict[str, str]
"""What stands in the form, by the name of each field."""

PLACES = {
    "window_days": "days",
    "returnable": "taken",
    "seller_pays": "paid",
    "any_condition": "any",
}
"""Under which name of the form each part of what a shop gives stands."""


class Draft(Struct, frozen=True):
    """A form as it was sent, ``after`` which terms it was written, and what came of it."""

    sheet: Sheet
    after: int | None
    wrong: dict[str, str] = {}
    told: Told | None = None
    status: int = 200


@get("/shop/terms")
async def terms_page(
    look: NamedDependency[Look], db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[Any]:
    """Show what the shop gives beyond the rules."""
    if away := elsewhere(look):
        return away
    given, body = await db.read(see_terms, *at_work(look))
    draft = Draft(sheet_of(given.terms, body), given.number)
    return _page(look, body, draft, saved=done == "saved")


@post("/shop/terms", status_code=303)
async def give_terms(
    request: Sent, look: NamedDependency[Look], db: NamedDependency[Database]
) -> Response[Any]:
    """Give more than the rules ask; what is less is told at its field, and nothing is lost."""
    form = await posted_form(request, look)
    if look.visitor is None:
        return all_kept(look, form)
    actor, shop = at_work(look)
    _, body = await db.read(see_terms, actor, shop)
    sheet, after = sheet_in(form, body), _after(form)
    if wrong := troubles(sheet, body, look.locale):
        return _page(look, body, Draft(sheet, after, wrong, status=422))
    try:
        await db.write(service.give_terms, actor, shop, terms_of(sheet, body), after)
    except TermsMovedOn as moved:
        told = explain(moved, look.locale)
        seen = int(moved.facts["number"])
        return _page(look, body, Draft(sheet, seen, told=told, status=told.status))
    except Refusal as refusal:
        return _page(look, body, _refused(sheet, after, refusal, look.locale))
    return Redirect("/shop/terms?done=saved", status_code=303)


def see_terms(tx: Tx, actor: Actor, shop: ShopId) -> tuple[ShopTerms, Profile]:
    """Look up what a shop gives, and the rules that count for everybody."""
    return service.terms(tx, actor, shop), service.rules_in_force(tx)


def _refused(sheet: Sheet, after: int | None, refusal: Refusal, locale: Locale) -> Draft:
    """Tell a refusal at the field that it is about, if it is about one."""
    place, name = _place(str(refusal.facts.get("field", "")), locale)
    if place not in sheet:
        told = explain(refusal, locale)
        return Draft(sheet, after, told=told, status=told.status)
    told = explain(type(refusal)(field=name), locale)
    return Draft(sheet, after, {place: f"{told.title}. {told.next}"}, status=told.status)


def _place(field: str, locale: Locale) -> tuple[str, str]:
    """Return where in the form ``clauses.default-proper.window_days`` stands, and its name."""
    match field.split("."):
        case ["clauses", clause, part]:
            return f"clause-{clause}-{PLACES.get(part, part)}", field_name(part, locale)
        case ["clocks", name]:
            return f"clock-{name}-length", wording.clock(name, locale)
        case _:
            return "", ""


def _page(look: Look, body: Profile, draft: Draft, *, saved: bool = False) -> Response[str]:
    locale = look.locale
    return look.page(
        "terms.html",
        draft.status,
        sheet=draft.sheet,
        after=draft.after,
        wrong=defaultdict(str, draft.wrong),
        told=draft.told,
        saved=saved,
        rows=_rows(body, locale),
        clocks=[
            (name, wording.clock(name, locale), wording.length(length, locale))
            for name, length in _own_clocks(body).items()
        ],
        units=UNITS,
    )


def _rows(body: Profile, locale: Locale) -> list[Row]:
    sheet = policy_clauses.typed(body)
    rows = policy_clauses.rows(sheet, body, (), locale)
    return [row for row in rows if row.rule.id and can_be_kinder(row.rule)]


# --- the form -----------------------------------------------------------------------------


def sheet_of(terms: Terms, body: Profile) -> Sheet:
    """Write down what a shop gives."""
    found: Sheet = {}
    given = {one.clause: one for one in terms.clauses}
    for rule in body.rules:
        one = given.get(rule.id, Kinder(rule.id))
        for part, place in PLACES.items():
            value = getattr(one, part)
            found[f"clause-{rule.id}-{place}"] = "" if value in {None, False} else str(value)
    for name, length in _own_clocks(body).items():
        quick = terms.clocks.get(name)
        found[f"clock-{name}-length"] = str(quick.length) if quick else ""
        found[f"clock-{name}-unit"] = (quick or length).unit
    return found


def sheet_in(form: Filled, body: Profile) -> Sheet:
    """Read what was sent; a box that is not ticked is not sent at all."""
    return {name: _sent(form, name) for name in sheet_of(Terms(), body)}


def troubles(sheet: Sheet, body: Profile, locale: Locale) -> dict[str, str]:
    """Say what cannot be read, by the name of the field."""
    counts = [f"clause-{rule.id}-days" for rule in body.rules]
    counts += [f"clock-{name}-length" for name in _own_clocks(body)]
    bad = [name for name in counts if sheet[name] and not _is_count(sheet[name])]
    return {name: text(locale, "policy.bad_number") for name in bad}


def terms_of(sheet: Sheet, body: Profile) -> Terms:
    """Return what a sheet without troubles gives."""
    clauses = [_kinder(sheet, rule) for rule in body.rules]
    clocks = {
        name: Length(int(sheet[f"clock-{name}-length"]), _unit(sheet, name, length))
        for name, length in _own_clocks(body).items()
        if sheet[f"clock-{name}-length"]
    }
    return Terms([one for one in clauses if one != Kinder(one.clause)], clocks)


def _kinder(sheet: Sheet, rule: Rule) -> Kinder:
    days, taken, paid, whatever = (sheet[f"clause-{rule.id}-{place}"] for place in PLACES.values())
    return Kinder(rule.id, int(days) if days else None, bool(taken), bool(paid), bool(whatever))


def _unit(sheet: Sheet, name: str, known: Length) -> Any:  # noqa: ANN401 - one of the units
    typed = sheet[f"clock-{name}-unit"]
    return typed if typed in UNITS else known.unit


def _own_clocks(body: Profile) -> dict[str, Length]:
    return own_clocks(service.clocks_of(body))


def _is_count(typed: str) -> bool:
    return bool(NUMBER.fullmatch(typed)) and int(typed) > 0


def _after(form: Filled) -> int | None:
    typed = _sent(form, "after")
    return int(typed) if NUMBER.fullmatch(typed) else None


def _sent(form: Filled, name: str) -> str:
    sent = next(iter(form.getall(name, [])), "")
    return sent.strip() if isinstance(sent, str) else ""


ROUTES = (terms_page, give_terms)
