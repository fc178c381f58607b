"""The kinds of case. To add one: its file, and its line here."""

from collections.abc import Mapping

from shopbell.cases.kinds.dispute import DISPUTE
from shopbell.cases.kinds.logistics import LOGISTICS
from shopbell.cases.kinds.question import QUESTION
from shopbell.cases.kinds.repair import REPAIR
from shopbell.cases.kinds.returns import RETURN
from shopbell.cases.kinship import related
from shopbell.cases.model import Kind

KINDS: Mapping[str, Kind] = related(QUESTION, LOGISTICS, RETURN, REPAIR, DISPUTE)
