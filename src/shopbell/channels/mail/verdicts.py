"""What mail servers mean by the codes of their refusals (RFC 3463). Pure."""

import re

NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""There is no such mailbox or domain, it moved, or it is closed; all else may be our own fault."""

_CODE = re.compile(r"(?<![\d.])5\.(?!0\.0\b)\d{1,3}\.\d{1,3}(?!\.?\d)")
"""An enhanced code of a refusal for good; 5.0.0 says nothing, so the next one counts."""


def says_no_mailbox(words: str) -> bool:
    """Tell whether a server refuses because of the address itself, by the first code it gives.

    Many a server says 550 for policies, relaying and moods, too: a bare 550 blames no address.
    """
    found = _CODE.search(words)
    return found is not None and found[0] in NO_MAILBOX
