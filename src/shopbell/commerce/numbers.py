"""Forms of tracking numbers, and how a slip in one is found. Pure."""

from collections.abc import Collection

from shopbell.kernel.refusals import Invalid
from shopbell.language.checks import FORMS, SHAPES, Form


class TrackingNumberMistyped(Invalid):
    """A number whose check digit does not fit the others."""

    about = "parcel"


class TrackingNumberOdd(Invalid):
    """Not a number that this carrier gives."""

    about = "parcel"


def check_number(number: str, forms: Collection[Form] = (), *, only: bool = False) -> None:
    """Refuse a number with a slip in it; a postal number shows one whoever carries it.

    With ``only``, a number of none of the carrier's ``forms`` is refused, too.
    """
    known = dict[Form, None].fromkeys((*forms, FORMS[0]))
    form: Form | None = next((f for f in known if SHAPES[f].looks.fullmatch(number)), None)
    if form is None:
        if only and number:
            raise TrackingNumberOdd(number=number[:60])
    elif not SHAPES[form].fits(number):
        raise TrackingNumberMistyped(number=number[:60])


def is_s10(number: str) -> bool:
    """Tell whether ``number`` is a postal number whose check digit is right."""
    looks, fits = SHAPES["s10"]
    return looks.fullmatch(number) is not None and fits(number)


def plain_number(number: str) -> str:
    """Return a number as it is kept: in capitals, without the gaps of a label."""
    return "".join(number.split()).upper()
