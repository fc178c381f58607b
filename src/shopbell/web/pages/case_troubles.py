"""What is wrong with an answer in a case's form, in words for its writer; pure."""

from collections.abc import Mapping
from typing import Any

from shopbell.cases.fields import MEDIA, Field, FieldKind, files_most
from shopbell.cases.refusals import DetailMalformed
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import Locale, text


def trouble_with(field: Field, answers: Mapping[str, Any], locale: Locale, *, needed: bool) -> str:
    """Say what is wrong with the answer to a field; nothing if it will do, or is not asked for."""
    if not field.wanted(answers):
        return ""
    if field.name not in answers:
        kind = "choose" if field.kind in _CHOSEN else "fill"
        return text(locale, f"case.please_{kind}") if needed else ""
    try:
        field.read(answers[field.name])
    except DetailMalformed:
        if field.kind in MEDIA:
            return text(locale, "case.odd_files", most=files_most(field.kind))
        return text(locale, f"case.odd_{field.kind}" if field.kind in _TOLD else "case.odd")
    except Refusal as refusal:
        return text(locale, f"refusals.{refusal.code}.title", **refusal.facts)
    return ""


def reads(field: Field, answer: Any) -> bool:  # noqa: ANN401 - each kind has its own
    """Tell whether an answer is one."""
    try:
        field.read(answer)
    except Refusal:
        return False
    return True


_CHOSEN = frozenset(
    {
        FieldKind.CHOICE,
        FieldKind.SOME,
        FieldKind.LINES,
        FieldKind.ITEM,
        FieldKind.CHECKS,
        FieldKind.SHIPMENT,
        FieldKind.YES,
        *MEDIA,
    }
)
_TOLD = frozenset(
    {
        FieldKind.TEXT,
        FieldKind.DAYS,
        FieldKind.MONEY,
        FieldKind.NUMBER,
        FieldKind.PARCEL,
        FieldKind.LINK,
    }
)
