"""What programs wrap up in their own way: winmail.dat, which only Outlook can open. Pure."""

import logging
from collections.abc import Sequence

from tnefparse import TNEF

from shopbell.channels.mail.arriving import decoding
from shopbell.channels.mail.arriving.structure import Part
