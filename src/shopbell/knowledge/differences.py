"""What one version of a profile says otherwise than another, in words. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from msgspec import Struct

from shopbell.kernel.texts import LOCALES, Locale, catalogue, text
from shopbell.knowledge import wording
from shopbell.knowledge.model import ANY, Length, Profile, Rule, Verdict

T = TypeVar("T")

_SAID: Mapping[str, str] = {
    "categories": "policy.category_",
    "condition": "policy.condition_",
    "conditions": "policy.condition_",
    "condition_required": "policy.must_",
    "documents": "policy.document_",
    "evidence": "policy.proof_",
    "options": "policy.option_",
    "refund_parts": "policy.part_",
    "required_angles": "policy.angle_",
    "return_shipping_payer": "policy.payer_",
    "window_from": "policy.since_",
}
"""Under which texts the codes that a field holds are said."""

_OUTCOME = ("allowed", "until", "return_shipping_payer", "condition_required", "options")
_SHOWN = ("photos_min", "required_angles", "documents")


def differences(old: Profile, new: Profile, locale: Locale) -> list[str]:
    """List what is different, one sentence each; none if nothing is."""
    return [
        *_clocks(old.clocks, new.clocks, locale),
        *_rules(old, new, locale),
        *_named(old, new, "reasons", locale),
        *_named(old, new, "categories", locale),
        *_fields(old.evidence, new.evidence, text(locale, "policy.evidence"), locale),
        *_fields(old.measure, new.measure, text(locale, "policy.measure"), locale),
        *_heading(old, new, locale),
    ]


def outcomes(old: Verdict, new: Verdict | None, locale: Locale) -> list[str]:
    """List what a matter comes to otherwise than it did, one sentence each; the clause first."""
    if new is None:
        reason = catalogue(locale).get(f"policy.reason_{old.reason}", old.reason)
        return [text(locale, "policy.is_gone", what=reason)]
    other = text(locale, "policy.by_clause", before=old.rule, after=new.rule)
    told = [_clause(new.rule, locale) if new.rule == old.rule else other]
    for before, after, fields in ((old, new, _OUTCOME), (old.evidence, new.evidence, _SHOWN)):
        for field in fields:
            told += _field(before, after, field, "", locale)
    return told


def _clocks(old: Mapping[str, Length], new: Mapping[str, Length], locale: Locale) -> Iterator[str]:
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if before != after:
            whole = before is None or after is None or before.then != after.then
            yield text(
                locale,
                "policy.was_is",
                what=wording.clock(name, locale),
                before=_length(before, locale, whole=whole),
                after=_length(after, locale, whole=whole),
            )


def _rules(old: Profile, new: Profile, locale: Locale) -> Iterator[str]:
    before, after = _by(old.rules, _id), _by(new.rules, _id)
    for name in {**before, **after}:
        if name not in before:
            yield text(locale, "policy.is_new", what=_clause(name, locale))
        elif name not in after:
            yield text(locale, "policy.is_gone", what=_clause(name, locale))
        else:
            yield from _fields(before[name], after[name], _clause(name, locale), locale)


def _named(old: Profile, new: Profile, field: str, locale: Locale) -> Iterator[str]:
    """Compare reasons or categories: what is new, what is gone, what is another than before."""
    before, after = _by(getattr(old, field), _code), _by(getattr(new, field), _code)
    name = wording.reason if field == "reasons" else wording.category
    for code in {**before, **after}:
        said = name(new if code in after else old, code, locale)
        if code not in before:
            yield text(locale, "policy.is_new", what=said)
        elif code not in after:
            yield text(locale, "policy.is_gone", what=said)
        else:
            yield from _fields(before[code], after[code], said, locale)


def _heading(old: Profile, new: Profile, locale: Locale) -> Iterator[str]:
    for field in ("title", "timezone", "note"):
        yield from _field(old, new, field, "", locale)


def _fields(old: Struct, new: Struct, of: str, locale: Locale) -> Iterator[str]:
    for field in old.__struct_fields__:
        yield from _field(old, new, field, of, locale)


def _field(old: Struct, new: Struct, field: str, of: str, locale: Locale) -> Iterator[str]:
    before, after = getattr(old, field), getattr(new, field)
    if isinstance(before, Struct):
        yield from _fields(before, after, of, locale)
    elif before != after:
        what = field_name(field, locale)
        yield text(
            locale,
            "policy.was_is",
            what=f"{of} · {what}" if of else what,
            before=value(before, locale, field),
            after=value(after, locale, field),
        )


def field_name(field: str, locale: Locale) -> str:
    """Name a field; one without words of its own is shown as it is written."""
    return catalogue(locale).get(f"policy.field_{field}", field)


def value(of: Any, locale: Locale, field: str = "") -> str:  # noqa: ANN401 - whatever it holds
    """Write what a field holds."""
    if of is None or of in ("", [], {}):
        return text(locale, "policy.nothing")
    match of:
        case bool():
            return text(locale, "policy.yes" if of else "policy.no")
        case date():
            return wording.whole_day(of, locale)
        case list():
            return ", ".join(value(one, locale, field) for one in of)
        case dict():
            return " / ".join(str(of[key]) for key in (*LOCALES, *of) if key in of)
        case _:
            return _code_said(str(of), locale, field)


def _code_said(code: str, locale: Locale, field: str) -> str:
    key = f"{_SAID.get(field)}{'any' if code == ANY else code}"
    return catalogue(locale).get(key, code)


def _length(of: Length | None, locale: Locale, *, whole: bool) -> str:
    """Write a length of time; the ``whole`` of it includes what happens then."""
    if of is None:
        return text(locale, "policy.nothing")
    then = f" ({text(locale, f'policy.then_{of.then}')})" if whole and of.then else ""
    return f"{wording.length(of, locale)}{then}"


def _clause(name: str, locale: Locale) -> str:
    return text(locale, "policy.clause_named", clause=name)


def _by(all_of_them: Sequence[T], name: Callable[[T], str]) -> dict[str, T]:
    return {name(one): one for one in all_of_them}


def _id(rule: Rule) -> str:
    return rule.id


def _code(named: Any) -> str:  # noqa: ANN401 - a reason or a category
    return str(named.code)
