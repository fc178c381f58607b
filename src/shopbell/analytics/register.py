"""Every figure there is. To add one: a line here, its words in ``locales/``, and it is everywhere.

The words of a figure are ``figures.<name>`` and its definition ``figures.<name>_means``.
"""

from collections.abc import Mapping
from typing import Any

from shopbell.analytics.model import Better, Dimension, Ended, Manner, Metric, Solver, What

_D = Dimension
_WHEN = (_D.DAY, _D.WEEK, _D.WEEKDAY, _D.HOUR)
_OF_CASE = (*_WHEN, _D.SHOP, _D.KIND, _D.LANGUAGE, _D.PRODUCT)
_OF_TALK = (*_OF_CASE, _D.CHANNEL)
_OF_WORK = (*_OF_TALK, _D.AGENT)
_OF_RATING = (*_OF_CASE, _D.AGENT)
_OF_LOOK = (*_WHEN, _D.SHOP, _D.PRODUCT)
_DETAIL = (_D.DETAIL,)
_ANSWERED = (("detail", (Ended.ANSWERED.value,)),)
_GOOD = (("good", (1,)),)
_COUNT, _SHARE, _TIME = Manner.COUNT, Manner.SHARE, Manner.TIME


def _metric(
    name: str,
    manner: Manner,
    of: What | tuple[What, ...],
    by: tuple[Dimension, ...],
    better: Better = Better.NEITHER,
    **which: Any,  # noqa: ANN401 - which points count, as `Metric` has it
) -> Metric:
    whole = of if isinstance(of, tuple) else (of,)
    return Metric(name=name, of=whole, measure=manner, better=better, by=by, **which)


_FIRST = (*_ANSWERED, ("n", (1,)))
_OPEN = (("detail", (Ended.OPEN.value,)),)
_AGAIN = (("detail", (Solver.REOPENED.value,)),)
_WRONG = (("detail", ("wrong",)),)
_WELL = {"hits": _GOOD, "known": True}

ALL = (
    _metric("contacts", _COUNT, (What.CONTACT, What.CASE), _OF_TALK),
    _metric("first_answer", _TIME, What.ROUND, _OF_WORK, Better.LESS, where=_FIRST),
    _metric("answer", _TIME, What.ROUND, _OF_WORK, Better.LESS, where=_ANSWERED),
    _metric("within_promise", _SHARE, What.ROUND, _OF_WORK, Better.MORE, **_WELL),
    _metric("waiting", _COUNT, What.ROUND, _OF_TALK, Better.LESS, where=_OPEN),
    _metric("workload", _COUNT, What.ROUND, _OF_WORK, where=_ANSWERED),
    _metric("resolution", _TIME, What.SOLVED, _OF_TALK + _DETAIL, Better.LESS),
    _metric("first_contact", _SHARE, What.SOLVED, _OF_TALK, Better.MORE, **_WELL),
    _metric("reopened", _SHARE, What.SOLVED, _OF_TALK, Better.LESS, hits=_AGAIN),
    _metric("satisfied", _SHARE, What.RATING, _OF_RATING, Better.MORE, **_WELL),
    _metric("deflected", _SHARE, What.LOOK, _OF_LOOK, Better.MORE, hits=_GOOD),
    _metric("wrong_suggestions", _SHARE, What.LOOK, _OF_LOOK, Better.LESS, hits=_WRONG),
    _metric("ladder", _COUNT, What.RUNG, _OF_TALK + _DETAIL, Better.LESS),
    _metric("dates_kept", _SHARE, What.DATE, _OF_CASE, Better.MORE, **_WELL),
    _metric("cases", _COUNT, What.CASE, _OF_CASE + _DETAIL),
    _metric("case_time", _TIME, What.CASE, _OF_CASE + _DETAIL, Better.LESS),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in ALL}
