"""A carrier: what it calls things, how its numbers look, how long it may take. Pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, NewType
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct

from shopbell.commerce.numbers import check_number
from shopbell.kernel.refusals import Forbidden, Invalid, NotFound
from shopbell.kernel.texts import Locale
from shopbell.language.checks import Form

CarrierId = NewType("CarrierId", str)
Secret = Annotated[str, Meta(min_length=32, max_length=200)]
NAME = re.compile("[a-z0-9][a-z0-9_-]{0,39}")


class NoSuchCarrier(NotFound):
    """No carrier of this name tells us of parcels."""


class CarrierNameOdd(Invalid):
    """A carrier's name in addresses is made of small letters, digits and dashes."""


class UrlWithoutNumber(Invalid):
    """An address of public tracking says where the number goes: ``{number}``."""


class NotYourCarriers(Forbidden):
    """Only the operator looks after carriers."""


class CarrierKind(StrEnum):
    """Whether a parcel goes by post or by courier: that decides how long silence is usual."""

    POST = "post"
    COURIER = "courier"


class Carrier(Struct, frozen=True):
    """Who carries parcels and tells of them.

    Attributes:
        id: its name in addresses, as ``cdek``.
        vocabulary: the table that translates its words.
        names: what shops call it, besides ``name``.
        forms: of its numbers, whose check digits we know.
        only: numbers of other forms are refused.
        speaks_for_all: a service that tells of other carriers' parcels.
        email: where the shop's inquiries go.
        api: the address of a service of its own that takes inquiries; then they go there.
        url: of its public tracking, with ``{number}``.
        zone: of times that come without one, where the place is not known.
        language: of its notes.
    """

    id: CarrierId
    name: str
    vocabulary: str
    kind: CarrierKind = CarrierKind.POST
    names: list[str] = []
    forms: list[Form] = []
    only: bool = False
    speaks_for_all: bool = False
    email: str = ""
    api: str = ""
    url: str = ""
    zone: str = "UTC"
    language: Locale = "en"

    def is_called(self, word: str) -> bool:
        """Tell whether a shop that wrote ``word`` on a parcel meant this carrier."""
        return not word or self.speaks_for_all or _plain(word) in self._called

    @property
    def _called(self) -> frozenset[str]:
        return _calls((self.id, self.name, *self.names))

    def check(self, number: str) -> None:
        """Refuse a number that cannot be this carrier's."""
        check_number(number, self.forms, only=self.only)

    def page_of(self, number: str) -> str | None:
        """Return where anybody can follow a parcel."""
        return self.url.replace("{number}", quote(number, safe="")) or None


class PutCarrier(Struct, frozen=True, forbid_unknown_fields=True):
    """Make a carrier known, or say anew what is known of it."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    vocabulary: str
    kind: CarrierKind = CarrierKind.POST
    names: Annotated[list[str], Meta(max_length=20)] = []
    forms: list[Form] = []
    only: bool = False
    speaks_for_all: bool = False
    email: Annotated[str, Meta(max_length=254)] = ""
    api: Annotated[str, Meta(max_length=500, pattern="^(https?://.*)?$")] = ""
    url: Annotated[str, Meta(max_length=500, pattern="^(https?://.*)?$")] = ""
    zone: str = "UTC"
    language: Locale = "en"


class GiveSecret(Struct, frozen=True, forbid_unknown_fields=True):
    """The secret a carrier signs with from now on; the one before stays good until the next."""

    secret: Secret


def find(carriers: Iterable[Carrier], word: str) -> Carrier | None:
    """Return the carrier a shop means by ``word``, if we know it; a service speaks for none."""
    if not word:
        return None
    own = (carrier for carrier in carriers if not carrier.speaks_for_all)
    return next((carrier for carrier in own if carrier.is_called(word)), None)


@cache
def well_known() -> Mapping[str, PutCarrier]:
    """Return what we know by ourselves of some carriers."""
    table = tomllib.loads(Path(__file__).with_name("carriers.toml").read_text("utf-8"))
    return msgspec.convert(table, dict[str, PutCarrier])


@cache
def _calls(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_plain, words))


@lru_cache(1_000)
def _plain(word: str) -> str:
    return "".join(word.casefold().replace("ё", "е").split())
