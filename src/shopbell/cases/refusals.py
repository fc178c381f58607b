"""The ways a case says no."""

from shopbell.kernel.refusals import Conflict, Forbidden, Invalid, Malformed, NotFound, Unavailable


class NoSuchCase(NotFound):
    """There is none, or it is not the actor's to know of."""


class NoSuchKind(NotFound):
    """No kind of case has this name."""


class CaseClosed(Conflict):
    """It has ended; it can be read, but nothing more is done in it."""


class CaseMovedOn(Conflict):
    """Somebody acted since the version that was looked at; look again before acting."""


class TermsUnseen(Invalid):
    """To agree to what somebody else wrote takes the ``version`` of the case it was read at."""


class CaseRunsAlready(Conflict):
    """A case of this kind about the same thing is open; ``case`` names it."""


class CaseNeedsOrder(Invalid):
    """This kind of case is about an order, and none was named."""


class NotYoursToOpen(Forbidden):
    """This kind of case is opened by another side."""


class DetailsUnknown(Malformed):
    """Details were given that this step does not ask for."""


class ReferenceTooLong(Invalid):
    """The reference of a payment is longer than what is kept of it: ``most`` characters."""


class DetailMalformed(Invalid):
    """One detail does not have the shape its field asks for."""


class TooOften(Conflict):
    """This step was taken as often as the rules allow; ``most`` says how often that is."""


class WarrantyRuns(Conflict):
    """The warranty runs ``until`` a day, so the repair costs the buyer nothing."""


class OtherWay(Conflict):
    """The thing goes to the service in another way than this step is for."""


class LedByReturn(Conflict):
    """The return that this repair belongs to decides about the money."""


class NotTheOpener(Forbidden):
    """Only the side that opened it may take it back."""


class NothingOffered(Conflict):
    """The other side has proposed nothing that could be accepted."""


class AppealByAnother(Forbidden):
    """An appeal is judged by another operator than the decision."""


class SignedByAnother(Forbidden):
    """A decision is countersigned by another operator than the one who drafted it."""


class NotYet(Conflict):
    """This step may be taken only later; ``when`` says from when on."""


class TooLate(Conflict):
    """The time for this step has passed; ``until`` says when it ended."""


class NoParcelToTrace(Conflict):
    """The order has no parcel with a number, so there is nothing a carrier could look for."""


class CarrierSaidOtherwise(Conflict):
    """What the carrier answered (``outcome``) leads to another step."""


class EtaInThePast(Invalid):
    """The last day of the new date, ``latest``, has passed already."""

    about = "eta"


class CannotSendAgain(Conflict):
    """The shop no longer has everything that was ordered."""


class NothingGivenYet(Conflict):
    """The buyer has got neither money nor goods for the parcel that came back."""


class OtherParcels(Conflict):
    """The order has other parcels, so an amount is named for this one."""


class OnlyParcel(Conflict):
    """The order has no other parcel, so all of it is given back."""


class SameParcelAgain(Invalid):
    """Every parcel has a number of its own; ``number`` is that of one already known."""

    about = "parcel"


class ProofMissing(Invalid):
    """Nothing shows that it was delivered: no paper, no address, nobody who signed."""

    about = "proof"


class NoSuchTrace(NotFound):
    """No question to a carrier has this reply address, or it was answered long ago."""


class LineTwice(Invalid):
    """One line of the order was named twice."""

    about = "lines"


class MoreThanBought(Invalid):
    """More was named than was bought and has not gone back; ``most`` is what is left."""

    about = "lines"


class ReasonElsewhere(Invalid):
    """The reason stands for another condition: ``fitting``."""

    about = "reason"


class FaultUntold(Invalid):
    """It is said not to be right, but not what is wrong with it."""

    about = "fault"


class NotAPicture(Invalid):
    """A file that should be a picture or a video is something else."""


class NotReturnable(Invalid):
    """The policy does not let it go back, or no longer; ``words`` say by which clause."""

    about = "reason"


class PhotosMissing(Invalid):
    """Photos are missing that the policy asks for; ``missing`` names them."""

    about = "shots"


class PhotosTooMany(Invalid):
    """More photos than the policy takes; ``most`` says how many those are."""

    about = "shots"


class ConclusionMissing(Invalid):
    """The policy asks for the conclusion of a service centre."""

    about = "conclusion"


class NotJudged(NotFound):
    """The policy has said nothing about this case."""


class NoDefect(Conflict):
    """Only what is broken is repaired."""


class GoodsElsewhere(Conflict):
    """This step makes no sense with the goods where they are."""


class NoCodeGiven(Conflict):
    """The shop has given no code with which this could be dropped off."""


class CodeDiffers(Invalid):
    """It is not the code that the shop gave for this return."""

    about = "sent_with_code"


class OtherRemedyAgreed(Conflict):
    """Something else was agreed: money instead of an exchange, or an exchange instead."""


class AmountTooHigh(Invalid):
    """The amount is nothing, or more than there is; ``most`` is the highest."""

    about = "amount"


class OtherCurrency(Invalid):
    """The order was paid in another ``currency``."""

    about = "amount"


class WayBackTooDear(Invalid):
    """What sending it back cost is nothing, in other money, or more than was paid (``most``)."""

    about = "return_cost"


class ExchangeIncomplete(Invalid):
    """More would be sent than goes back."""

    about = "replacement"


class ExchangeDearer(Invalid):
    """Something else would be sent that costs more than what goes back (``most``)."""

    about = "replacement"


class NotAnOption(Invalid):
    """The clause that decides offers other remedies: ``options``."""

    about = "wish"


class VideosTooMany(Invalid):
    """More videos than the policy takes; ``most`` says how many those are."""

    about = "video"


class FilesTooLarge(Invalid):
    """A photo, or all files together, are larger than the policy takes: ``most`` megabytes."""


class WordsTooMany(Invalid):
    """More characters than the policy takes: ``most``; ``field`` says where."""


class NotInStock(Conflict):
    """The shop has fewer of it; ``left`` says how many are free."""

    about = "replacement"


class SerialDiffers(Conflict):
    """What came back bears another serial number than what was sold."""

    about = "serial_seen"


class SerialSame(Conflict):
    """The serial numbers are the same, so they are no reason to refuse the goods."""

    about = "serial_seen"


class SerialUnknown(Invalid):
    """To compare serial numbers both must be given: the one sold and the one seen."""

    about = "serial_seen"


class NoSuchRefund(NotFound):
    """There is none, or it is not the actor's to know of."""


class RefundTooMuch(Conflict):
    """More than is left of what was paid for the order; ``most`` is what is left."""

    about = "amount"


class SecondHandNeeded(Conflict):
    """Somebody else than the one who asked for it must approve it."""


class NotYoursToPay(Forbidden):
    """Only managers of the shop and the operator decide about money."""


class MoneyUnderWay(Conflict):
    """A refund of this case is not finished."""


class AskedInAnotherCase(Conflict):
    """Money is asked for by hand in the case that this one is about."""


class NotYoursToCancel(Forbidden):
    """What a case gives back is called off by the operator only."""


class NoLabelHere(Conflict):
    """A label is for a return that was approved and has not come back."""


class NoReturnAddress(Conflict):
    """The shop has not said where things are to be sent back to."""


class NoLabelFont(Unavailable):
    """This machine has no font that could print names in every script."""


class AmountNotAsked(Invalid):
    """An amount belongs to money back without a return; otherwise it is what the things cost."""

    about = "amount"


class NotConfirmed(Invalid):
    """The word that confirms it was not typed."""

    about = "confirm"


class SecondSignatureNeeded(Conflict):
    """More than one person alone may decide about; ``most`` says how much that is."""


class OnItsWayToBuyer(Invalid):
    """What is on its way to the buyer is not sent back before it has come."""

    about = "outcome"


class ReturnOver(Invalid):
    """On appeal nothing is sent back any more: only money, or the decision as it was."""

    about = "outcome"
