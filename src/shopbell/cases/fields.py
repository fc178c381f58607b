"""What a form asks for: fields with a kind, read strictly, so that no screen has to guess."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from shopbell.cases.refusals import DetailMalformed, DetailsUnknown
from shopbell.commerce.model import Eta, Money, OrderLineId, ProductId, ShortText, VariantId
from shopbell.commerce.numbers import plain_number
from shopbell.kernel.actor import Side
from shopbell.kernel.flow import DetailsMissing
from shopbell.kernel.ids import Id
from shopbell.kernel.texts import Words

TEXT_MOST = 1_000
"""Characters of a comment, as marketplaces allow (policies: ``comment_max_chars``)."""

LINK, LINK_MOST = r"^https://[A-Za-z0-9.-]+(:\d+)?([/?#][^\s\"'<>@\\\x00-\x1f]*)?$", 500
"""An address that people may be led to."""

FILES_MOST = 11
"""Ten photos and a video (policies: ``photos_max``, ``videos_max``)."""


class FieldKind(StrEnum):
    """How a field is asked for on a screen, and what its answer looks like."""

    TEXT = "text"
    CHOICE = "choice"
    SOME = "some"
    DAYS = "days"
    DAY = "day"
    MONEY = "money"
    FILES = "files"
    PHOTOS = "photos"
    VIDEO = "video"
    SHOTS = "shots"
    CHECKS = "checks"
    ITEM = "item"
    LINES = "lines"
    PARCEL = "parcel"
    SHIPMENT = "shipment"
    MOMENT = "moment"
    NUMBER = "number"
    YES = "yes"
    SHORT = "short"
    CLAUSE = "clause"
    """One of the rules that a case keeps, by its name, or other words."""
    LINK = "link"


class TakenLine(Struct, frozen=True, forbid_unknown_fields=True):
    """So many of one line of an order."""

    line: OrderLineId
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


class Shot(Struct, frozen=True, forbid_unknown_fields=True):
    """A photo, and which side of the matter it shows."""

    file: Id
    shows: Annotated[str, Meta(min_length=1, max_length=64)]


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """So many of something that the shop sells."""

    product: ProductId
    variant: VariantId | None = None
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


class SentBy(Struct, frozen=True, forbid_unknown_fields=True):
    """A parcel by its carrier and number, kept as carriers tell it, however it was typed."""

    carrier: Annotated[str, Meta(min_length=1, max_length=200)]
    number: Annotated[
        str, Meta(max_length=64, pattern=r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$")
    ]

    def __post_init__(self) -> None:
        force_setattr(self, "number", plain_number(self.number))


_SHAPES: Mapping[FieldKind, Any] = {
    FieldKind.TEXT: Annotated[str, Meta(min_length=1, max_length=TEXT_MOST)],
    FieldKind.SHORT: Annotated[ShortText, Meta(min_length=1)],
    FieldKind.CLAUSE: Annotated[ShortText, Meta(min_length=1)],
    FieldKind.CHOICE: Annotated[ShortText, Meta(min_length=1)],
    FieldKind.SOME: Annotated[list[str], Meta(min_length=1, max_length=20)],
    FieldKind.DAYS: Eta,
    FieldKind.DAY: date,
    FieldKind.MONEY: Money,
    FieldKind.FILES: Annotated[list[Id], Meta(min_length=1, max_length=FILES_MOST)],
    FieldKind.PHOTOS: Annotated[list[Id], Meta(min_length=1, max_length=FILES_MOST)],
    FieldKind.VIDEO: Annotated[list[Id], Meta(min_length=1, max_length=1)],
    FieldKind.SHOTS: Annotated[list[Shot], Meta(min_length=1, max_length=FILES_MOST)],
    FieldKind.CHECKS: dict[str, bool],
    FieldKind.ITEM: Item,
    FieldKind.LINES: Annotated[list[TakenLine], Meta(min_length=1, max_length=200)],
    FieldKind.PARCEL: SentBy,
    FieldKind.SHIPMENT: Id,
    FieldKind.MOMENT: datetime,
    FieldKind.NUMBER: Annotated[int, Meta(ge=0, le=1_000_000)],
    FieldKind.YES: bool,
    FieldKind.LINK: Annotated[str, Meta(max_length=LINK_MOST, pattern=LINK)],
}


class Field(Struct, frozen=True, omit_defaults=True):
    """One thing a form asks for; its label stands in the texts under ``case.field_<name>``.

    ``choices`` are labelled ``case.choice_<name>.<choice>``, or in their own ``words``; ``within``
    says which of them fit which answer to another field. Choices that are data are ``drawn`` from
    the policy or the shop when the form is read (``choosing.py``). It is asked for only ``when``
    another field has one of these answers. A ``private`` answer is shown to the shop's team and
    the operator only, a ``secret`` one to the operator only. A ``code`` is a number of goods or
    parcels, of which nothing is hidden as long as it is a number and no more.
    """

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    within: dict[str, dict[str, tuple[str, ...]]] = {}
    when: dict[str, tuple[str, ...]] = {}
    words: dict[str, Words] = {}
    drawn: Literal["", "conditions", "reasons", "centres"] = ""
    private: bool = False
    secret: bool = False
    code: bool = False

    def shown_to(self, side: Side) -> bool:
        """Tell whether a side may read the answer."""
        if side in {Side.OPERATOR, Side.SYSTEM}:
            return True
        return not self.secret and not (self.private and side is Side.BUYER)

    def fitting(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the choices that go with what else was answered."""
        found = self.choices
        for other, fit in self.within.items():
            found = tuple(one for one in found if one in fit.get(str(answers.get(other)), found))
        return found

    def wanted(self, answers: Mapping[str, Any]) -> bool:
        """Tell whether it is asked for, after what else was answered."""
        return all(answers.get(other) in fit for other, fit in self.when.items())

    def read(self, answer: object) -> Any:  # noqa: ANN401 - each kind has its own shape
        """Return the answer in its own type, or refuse it with the reason."""
        try:
            found = msgspec.convert(answer, _SHAPES[self.kind])
        except msgspec.ValidationError as error:
            raise DetailMalformed(field=self.name, reason=str(error)) from None
        if self.choices and not _chosen(found) <= set(self.choices):
            raise DetailMalformed(field=self.name, reason=", ".join(self.choices))
        if isinstance(found, str):
            found = found.strip()
        return found


def _chosen(answer: object) -> set[str]:
    """Return which of a field's choices an answer names."""
    match answer:
        case str():
            return {answer}
        case dict():
            return set(answer)
        case list():
            return {one if isinstance(one, str) else one.shows for one in answer}
        case _:
            return set()


def files_in(field: Field, answer: Any) -> list[Id]:  # noqa: ANN401 - each kind has its own shape
    """Return the files that an answer names."""
    if field.kind is FieldKind.SHOTS:
        return [shot["file"] if isinstance(shot, dict) else shot.file for shot in answer]
    return list(answer) if field.kind in MEDIA else []


MEDIA: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.FILES: ("image/", "video/", "application/pdf", "text/plain"),
    FieldKind.PHOTOS: ("image/",),
    FieldKind.SHOTS: ("image/",),
    FieldKind.VIDEO: ("video/",),
}
"""What files of each kind of field are, by how their media type begins."""


def files_most(kind: FieldKind) -> int:
    """Tell how many files an answer may name."""
    return 1 if kind is FieldKind.VIDEO else FILES_MOST


Answers = dict[str, Any]
"""What was given, by field: each in the type its field's kind names."""


def read_answers(
    known: Callable[[str], Field], asks: Collection[str], takes: Collection[str], given: Answers
) -> Answers:
    """Read what was given for the fields ``asks`` (all needed) and ``takes`` (welcome)."""
    answered = {name: answer for name, answer in given.items() if answer is not None}
    if unknown := answered.keys() - {*asks, *takes}:
        raise DetailsUnknown(unknown=", ".join(sorted(unknown)), known=", ".join([*asks, *takes]))
    read = {name: known(name).read(answer) for name, answer in answered.items()}
    if missing := [name for name in asks if name not in read or read[name] == ""]:
        raise DetailsMissing(missing=", ".join(missing))
    return read
