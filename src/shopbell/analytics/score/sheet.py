"""The rounds behind a score as a table."""

from collections.abc import Sequence

from shopbell.analytics.export import Cell, Sheet, as_cell
from shopbell.analytics.score.commands import RoundShown
from shopbell.kernel.texts import Locale, say


def of_rounds(found: Sequence[RoundShown], locale: Locale) -> Sheet:
    """Return every round with all that is known of it, times in universal time."""
    head = [name for name in RoundShown.__struct_fields__ if name != "subject"]
    rows: list[list[Cell]] = [
        [say(one.subject, locale), *(as_cell(getattr(one, name)) for name in head)] for one in found
    ]
    return Sheet(["subject", *head], rows)
