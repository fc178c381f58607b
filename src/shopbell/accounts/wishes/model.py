"""The kinds of news, the ways they come by, and what nobody can switch off. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from shopbell.kernel.actor import Side


class Kind(StrEnum):
    """What news is about; what is of no kind is always told."""

    ANSWER = "answer"
    CASE = "case"
    DELIVERY = "delivery"
    SATISFACTION = "satisfaction"
    MENTION = "mention"
    DUE = "due"
    RULE = "rule"
    REMINDER = "reminder"
    ASSIGNED = "assigned"
    HANDED = "handed"


class Way(StrEnum):
    """By which way it comes."""

    PRODUCT = "product"
    PUSH = "push"
    MAIL = "mail"


CHOICES: Mapping[Side, Mapping[Kind, tuple[Way, ...]]] = {
    Side.BUYER: {
        Kind.ANSWER: (Way.PUSH, Way.MAIL),
        Kind.CASE: (Way.PUSH, Way.MAIL),
        Kind.DELIVERY: (Way.PUSH, Way.MAIL),
        Kind.SATISFACTION: (Way.PRODUCT, Way.MAIL),
    },
    Side.SELLER: {
        Kind.MENTION: (Way.MAIL,),
        Kind.DUE: (Way.MAIL,),
        Kind.RULE: (Way.MAIL,),
        Kind.REMINDER: (Way.MAIL,),
        Kind.ASSIGNED: (Way.MAIL,),
        Kind.HANDED: (Way.MAIL,),
    },
}
"""What can be chosen. All of it is wanted until somebody says otherwise; what is not here, such as
an answer in the thread itself or a dispute, always comes."""


class Wish(Struct, frozen=True):
    """Whether somebody wants one kind of news by one way."""

    kind: Kind
    way: Way
    wanted: bool = True
