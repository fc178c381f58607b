"""Numbers that carry a check digit: of parcels, of payment cards, of devices. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

Form = Literal["s10", "russian_post", "ups_1z", "fedex_12", "fedex_15", "dhl_express"]
FORMS: tuple[Form, ...] = get_args(Form)

S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
FEDEX_WEIGHTS = (3, 1, 7) * 4
SEVEN = 7


class Shape(NamedTuple):
    """What numbers of one form look like, and whether their check digit fits."""

    looks: re.Pattern[str]
    fits: Callable[[str], bool]


def _fits_s10(number: str) -> bool:
    """Weigh as the Universal Postal Union's standard S10 does, for RR123456785CN."""
    rest = 11 - _weighed(number[2:10], S10_WEIGHTS) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(number[10])


def _fits_fedex_12(number: str) -> bool:
    return _weighed(number[:11], FEDEX_WEIGHTS) % 11 % 10 == int(number[11])


def _fits_dhl_express(number: str) -> bool:
    return int(number[:-1]) % SEVEN == int(number[-1])


def _fits_ups(number: str) -> bool:
    """Weigh what follows ``1Z``; a letter counts as a digit of its own."""
    digits = "".join(sign if sign.isdigit() else str((ord(sign) - 3) % 10) for sign in number[2:])
    return number[-1].isdigit() and _mod10(digits, (1, 2))


def _fits_russian_post(number: str) -> bool:
    return _mod10(number, (3, 1))


def _fits_fedex_15(number: str) -> bool:
    return _mod10(number, (1, 3))


def _mod10(digits: str, weights: tuple[int, int]) -> bool:
    """Tell whether the last digit fills the weighed sum of the others up to tens."""
    every = weights * len(digits)
    return (_weighed(digits[:-1], every) + int(digits[-1])) % 10 == 0


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


SHAPES: Mapping[Form, Shape] = {
    "s10": Shape(re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}"), _fits_s10),
    "russian_post": Shape(re.compile(r"[0-9]{14}"), _fits_russian_post),
    "ups_1z": Shape(re.compile(r"1Z[0-9A-Z]{16}"), _fits_ups),
    "fedex_12": Shape(re.compile(r"[0-9]{12}"), _fits_fedex_12),
    "fedex_15": Shape(re.compile(r"[0-9]{15}"), _fits_fedex_15),
    "dhl_express": Shape(re.compile(r"[0-9]{10}"), _fits_dhl_express),
}


def fits_luhn(digits: str) -> bool:
    """Tell whether the check digit of a payment card or of a device's IMEI is right."""
    turned = [int(digit) for digit in reversed(digits)]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in turned[1::2])
    return (sum(turned[::2]) + doubled) % 10 == 0
