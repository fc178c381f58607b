"""The ways a file of listings, or a row of it, can be refused."""

from shopbell.kernel.refusals import Conflict, Invalid, Malformed, NotFound, TooLarge, WrongKind


class NoSuchListingFile(NotFound):
    """No file of this shop has this id."""


class NotChecked(Conflict):
    """The file is being checked, or was refused whole: there is nothing to apply."""


class TooMuchToRead(TooLarge):
    """Reading it took more memory or time than one file may have."""


class RowsWrong(Conflict):
    """All or nothing was asked for, and ``rows`` rows cannot be used."""


class WorkbookBroken(Malformed):
    """No workbook that can be read."""


class WorkbookOld(WrongKind):
    """A workbook of before 2007, or one locked with a password."""


class MacrosInside(WrongKind):
    """A workbook with programs in it."""


class ArchiveTooLarge(TooLarge):
    """It would unpack to more than ``most`` megabytes, or many times its own size."""


class NotATableFile(WrongKind):
    """Neither text in columns nor a workbook."""


class OfferTwice(Conflict):
    """The code stands in row ``first`` already."""


class BadBarcode(Invalid):
    """The check digit does not fit the other digits, or it is no barcode at all."""


class UnknownUnit(Invalid):
    """Not a unit of length or weight."""


class NotAMeasure(Invalid):
    """Not a number above zero that a parcel may have."""


class PriceNegative(Invalid):
    """A price below zero."""


class NotALink(Invalid):
    """Not an address of the web."""


class NotAZip(WrongKind):
    """No zip that can be read."""


class ZipLocked(WrongKind):
    """A zip with a password."""


class ZipUnsafe(WrongKind):
    """Something in it, ``name``, is a link, or its path leads out of the zip or on and on."""


class ZipNameTwice(Malformed):
    """Two things in it are called ``name``."""


class ZipTooLarge(TooLarge):
    """A zip of more than ``most`` megabytes."""


class PartsUnreadable(Malformed):
    """The form is broken, or has parts that are neither ``file`` nor ``album``, or one twice."""


class PictureNotInZip(Invalid):
    """The zip beside the table holds nothing of this name, or it stands in several folders."""


class NoPicture(Invalid):
    """It cannot be shown: no picture, a broken one, or too large to be drawn."""


class PictureHeavy(Invalid):
    """A picture of more than ``most`` megabytes."""
