"""What calls somebody of a team when its time has come."""

from collections.abc import Callable, Mapping

from shopbell.desk.together import handed
from shopbell.desk.together.calls import MENTION_LETTER, write_letter
from shopbell.desk.together.handed import HANDED_LETTER
from shopbell.desk.together.reminding import REMIND, REMINDER_LETTER, fire, write_reminder
from shopbell.engine.database import Tx

DEADLINES: Mapping[str, Callable[[Tx, str], None]] = {
    REMIND: fire,
    MENTION_LETTER: write_letter,
    REMINDER_LETTER: write_reminder,
    HANDED_LETTER: handed.write_letter,
}
