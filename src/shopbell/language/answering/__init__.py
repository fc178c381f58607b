"""Which of the things a shop has said already answer what is being asked now."""

from shopbell.language.answering.matching import Prepared, find, prepare
from shopbell.language.answering.model import Found, Known

__all__ = ["Found", "Known", "Prepared", "find", "prepare"]
