"""What is made once in a process, before the first message wants it."""

from shopbell.language import courtesy, glance

_ANYTHING = "Готово, 好的, ready: 1."


def make_ready() -> None:
    """Read out of the patterns what they look for: half a second that no message shall wait for."""
    glance.look(_ANYTHING)
    courtesy.may_hurt(_ANYTHING)
