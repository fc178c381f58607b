"""The kinds of case. To add one: its file, and its line here."""

from collections.abc import Mapping

from shopbell.cases.kinds.dispute import DISPUTE
from shopbell.cases.kinds.logistics import LOGISTICS
from shopbell.cases.kinds.question import QUESTION
from shopbell.cases.kinds.repair import REPAIR
from shopbell.cases.kinds.returns import RETURN
from shopbell.cases.model import Kind, check_family

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (QUESTION, LOGISTICS, RETURN, REPAIR, DISPUTE)
}
check_family(KINDS)
