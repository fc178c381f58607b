"""What one version of a profile says otherwise than another, in words. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from shopbell.kernel.texts import LOCALES, Locale, catalogue, text
from shopbell.knowledge import wording
from shopbell.knowledge.model import Length, Profile, Rule

T = TypeVar("T")


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
            before=value(before, locale),
            after=value(after, locale),
        )


def field_name(field: str, locale: Locale) -> str:
    """Name a field; one without words of its own is shown as it is written."""
    return catalogue(locale).get(f"policy.field_{field}", field)


def value(of: Any, locale: Locale) -> str:  # noqa: ANN401 - whatever a profile holds
    """Write what a field holds."""
    if of is None or of in ("", [], {}):
        return text(locale, "policy.nothing")
    if isinstance(of, bool):
        return text(locale, "policy.yes" if of else "policy.no")
    if isinstance(of, list):
        return ", ".join(value(one, locale) for one in of)
    if isinstance(of, dict):
        return " / ".join(str(of[key]) for key in (*LOCALES, *of) if key in of)
    return str(of)


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
