"""The ways accounts say no."""

from shopbell.kernel.refusals import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    SignInFirst,
    TooMany,
)


class WrongEmailOrPassword(SignInFirst):
    """One answer for an unknown address and a wrong password."""


class StaffInAFrame(Forbidden):
    """The contact window on another site is for buyers; staff sign in on our own pages."""


class WrongPassword(Forbidden):
    """The present password, asked for once more, is not this."""


class TooManyTries(TooMany):
    """Too many passwords or sign-ups in a short time."""


class TooBusy(TooMany):
    """More people sign in at this moment than we can check."""


class NotAnEmail(Invalid):
    """No letter could ever reach this address."""


class NameUnreadable(Invalid):
    """A name is empty, too long, or has characters that cannot be seen."""


class NameHasContact(Invalid):
    """A name says how to reach its bearer past the marketplace."""


class PasswordTooShort(Invalid):
    """``least`` says how many characters it takes."""


class PasswordTooLong(Invalid):
    """``most`` says how many characters are taken."""


class PasswordTooCommon(Invalid):
    """It is among the first that anyone would try."""


class LetterForAnother(Forbidden):
    """Only the account a letter was written for may show what came in it."""


class LastOwner(Conflict):
    """A shop is never without an owner."""


class TokenUsed(Gone):
    """A link that was opened before, has run out, or never was ours."""


class EmailTaken(Conflict):
    """Only whoever sets up an installation is told; a visitor never is."""


class WorksHereAlready(Conflict):
    """Somebody of this shop's staff has this address."""


class AskedBefore(Conflict):
    """This request was carried out once; what came of it is gone, or it asked for other things."""


class PasswordStillLent(Conflict):
    """Whoever works for another shop joins a second once they have chosen their own password."""


class NotOnThisStaff(Forbidden):
    """Who acts for a shop is of its staff."""


class ActsForAnother(Conflict):
    """A page was opened for one shop, and its sign-in acts for another one now."""


class NoSuchPerson(NotFound):
    """There is no such person, or none that the asker may know of."""


class NoSuchKey(NotFound):
    """This shop has no such API key."""


class TooManyKeys(Conflict):
    """``most`` says how many keys a shop may have."""


class OperatorsOnly(Forbidden):
    """This is for whoever runs the marketplace."""


class NotForYourRole(Forbidden):
    """Another role among the operators may do this."""


class LastLead(Conflict):
    """There is always somebody who leads."""


class SecondLeadNeeded(Forbidden):
    """Whoever proposed that somebody lead, or is to lead, does not confirm it."""


class NotAnOperator(Conflict):
    """Roles are for those who run the marketplace."""


class ReasonMissing(Invalid):
    """What is dropped for good is dropped for a reason that others can read."""


class NoSuchJob(NotFound):
    """No given-up job has this id; perhaps it is waiting again already."""


class NotForYourRank(Forbidden):
    """Another rank in the shop's staff may do this."""
