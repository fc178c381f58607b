"""What the rules say, in the words of people: why, until when, who pays, what to show. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from babel import dates
from babel.lists import format_list

from shopbell.kernel.texts import Locale, catalogue, say, text
from shopbell.knowledge.model import (
    ANY,
    Clock,
    Condition,
    Explained,
    GroupSaid,
    Length,
    Profile,
    ReasonGroup,
    ReasonSaid,
    Rule,
    Verdict,
)

_JOINT = {"en": " ", "ru": " ", "zh": ""}


def joined(sentences: Iterable[str], locale: Locale) -> str:
    """Write sentences one behind the other."""
    return _JOINT[locale].join(filter(None, sentences))


def explain(verdict: Verdict, locale: Locale) -> str:
    """Say what a verdict means for the buyer, and by which clause."""
    return joined((outcome(verdict, locale), _rested_on(verdict, locale)), locale)


def outcome(verdict: Verdict, locale: Locale) -> str:
    """Say what a verdict means for the buyer, and nothing of where that stands."""
    return joined(_sentences(verdict, locale), locale)


def explained(verdict: Verdict, locale: Locale) -> Explained:
    """Return a verdict together with its words."""
    return Explained(verdict, explain(verdict, locale), evidence(verdict, locale))


def evidence(verdict: Verdict, locale: Locale) -> list[str]:
    """Say what the buyer is to show: one line each."""
    wanted, lines = verdict.evidence, list[str]()
    if wanted.photos_min:
        lines.append(text(locale, "policy.photos", n=wanted.photos_min, most=wanted.photos_max))
    lines += [text(locale, f"policy.angle_{angle}") for angle in wanted.required_angles]
    lines += [text(locale, f"policy.document_{document}") for document in wanted.documents]
    return lines


def why(of: Clock, locale: Locale) -> str:
    """Say how long somebody has for what, and what happens then."""
    said = text(
        locale,
        "policy.why",
        what=clock(of.name, locale),
        length=length(Length(of.length, of.unit), locale),
    )
    then = text(locale, f"policy.then_{of.then}") if of.then else ""
    return joined((said, then), locale)


def clock(name: str, locale: Locale) -> str:
    """Name what somebody has time for; a clock of the marketplace's own goes by its name."""
    return catalogue(locale).get(f"policy.clock_{name}", name)


def length(of: Length, locale: Locale) -> str:
    """Write a length of time: ``3 working days``."""
    return text(locale, f"policy.length_{of.unit}", n=of.length)


def reason(profile: Profile, code: str, locale: Locale) -> str:
    """Name a reason as a buyer would give it."""
    words = next((one.words for one in profile.reasons if one.code == code), None)
    return say(words, locale) if words else text(locale, f"policy.reason_{code}")


def reasons(profile: Profile, groups: Iterable[ReasonGroup], locale: Locale) -> list[GroupSaid]:
    """Write the reasons a buyer may give, in two steps."""
    return [
        GroupSaid(
            group.condition,
            group.defect,
            text(locale, f"policy.condition_{group.condition}"),
            [ReasonSaid(code, reason(profile, code, locale)) for code in group.reasons],
        )
        for group in groups
    ]


def category(profile: Profile, code: str, locale: Locale) -> str:
    """Name a category of goods."""
    words = next((one.words for one in profile.categories if one.code == code), None)
    if code == ANY:
        return text(locale, "policy.category_any")
    return say(words, locale) if words else text(locale, f"policy.category_{code}")


def clause(profile: Profile, rule: Rule, locale: Locale) -> str:
    """Name a clause by what it is for: which goods, in which case, and for how long."""
    goods = ", ".join(category(profile, one, locale) for one in rule.match.categories)
    cases = [text(locale, f"policy.condition_{one}") for one in rule.match.conditions]
    said = "; ".join(cases[:SAID_MOST]) + ("…" if len(cases) > SAID_MOST else "")
    return f"{goods} · {said} · {_span(rule, locale)}"


SAID_MOST = 2
"""So many cases of a clause are named; those of a defect are seven."""


def _span(rule: Rule, locale: Locale) -> str:
    if not rule.returnable:
        return text(locale, "policy.not_taken_back")
    if rule.window_days is not None:
        return text(locale, "policy.length_days", n=rule.window_days)
    warranty = rule.match.warranty == "set_by_seller"
    return text(locale, "policy.by_warranty" if warranty else "policy.no_last_day")


def clauses(profile: Profile, locale: Locale) -> dict[str, str]:
    """Name every clause of a profile."""
    return {rule.id: clause(profile, rule, locale) for rule in profile.rules}


def day(on: date, beside: date, locale: Locale) -> str:
    """Write a date; with its year if that is another than that of the day beside it."""
    if on.year != beside.year:
        return whole_day(on, locale)
    return dates.format_skeleton("MMMMd", datetime.combine(on, time(12)), locale=locale)


def whole_day(on: date, locale: Locale) -> str:
    """Write a date with its year."""
    return dates.format_date(on, "long", locale)


# --- sentences ----------------------------------------------------------------------------


def _sentences(verdict: Verdict, locale: Locale) -> Iterator[str]:
    yield _window(verdict, locale)
    if verdict.returnable and not _is_over(verdict):
        yield from _terms(verdict, locale)
    if verdict.shop_gives:
        yield text(locale, "policy.shop_gives")


def _rested_on(verdict: Verdict, locale: Locale) -> str:
    """Say which clause, of whose rules, decided."""
    return text(
        locale,
        "policy.clause",
        clause=_matter(verdict, locale),
        profile=say(verdict.title, locale),
        version=verdict.version,
    )


def _matter(verdict: Verdict, locale: Locale) -> str:
    """Name what a clause decided: which kind of goods, and what is the matter with them."""
    words = catalogue(locale)
    known = "any" if verdict.category == ANY else verdict.category
    goods = words.get(f"policy.category_{known}", verdict.category)
    return f"{goods} · {text(locale, f'policy.condition_{verdict.condition}')}"


def _terms(verdict: Verdict, locale: Locale) -> Iterator[str]:
    payer, condition = verdict.return_shipping_payer, verdict.condition
    if payer != "none":
        fair = (payer == "buyer") == (condition is Condition.PROPER)
        because = text(locale, f"policy.because_{condition}") if fair else ""
        key = f"policy.{payer}_pays_because" if fair else f"policy.{payer}_pays"
        yield text(locale, key, because=because)
    if verdict.condition_required:
        yield text(locale, f"policy.wanted_{verdict.condition_required}")
    if verdict.options:
        named = [text(locale, f"policy.option_{option}") for option in verdict.options]
        yield text(locale, "policy.options", options=format_list(named, "or", locale))


def _window(verdict: Verdict, locale: Locale) -> str:
    if not verdict.returnable:
        return _excluded(verdict, locale)
    key = f"policy.{_about(verdict)}_{_stage(verdict)}"
    facts: dict[str, str | int] = {"n": verdict.window_days or 0}
    for name, on in (("until", verdict.until), ("opens", verdict.opens)):
        if on is not None:
            facts[name] = day(on, verdict.asked_on, locale)
    return text(locale, key, **facts)


def _excluded(verdict: Verdict, locale: Locale) -> str:
    kinds = (Condition.PROPER, Condition.WARRANTY)
    kind = verdict.condition if verdict.condition in kinds else "else"
    return text(locale, f"policy.excluded_{kind}")


def _about(verdict: Verdict) -> str:
    """Return which sentences fit: of a thing that came, of one that did not, of a warranty."""
    if verdict.window_from == "eta_end":
        return "missing"
    return "return" if verdict.window_days is not None else "warranty"


def _stage(verdict: Verdict) -> str:
    """Return where in the time for it the day of asking lies."""
    if verdict.opens is not None and verdict.asked_on < verdict.opens:
        return "early"
    if _is_over(verdict):
        return "over"
    if verdict.until is not None:
        return "until"
    return "open" if verdict.opens is not None or not verdict.window_days else "within"


def _is_over(verdict: Verdict) -> bool:
    return verdict.until is not None and verdict.asked_on > verdict.until
