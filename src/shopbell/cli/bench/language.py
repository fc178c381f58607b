"""How well the language room reads: labelled lines in, shares of what was right out.

A file holds the lines of one task, tab-separated: ``part``, ``language``, labels, ``text``.
``part`` is ``tune``, ``held`` (back), or, by other hands, ``strangers`` (seen since), ``fresh`` or
``newcomers`` (held back, the newest).
In ``guard`` and ``facts`` pieces are marked within the text, ``[[kind|words]]`` or
``[[kind=value|words]]``. The lines of ``answers`` lie beside what is known.
"""

import csv
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median

from msgspec import Struct

from shopbell.cli.bench.answers import found as answers_found
from shopbell.language.courtesy import courtesy
from shopbell.language.detect import detect
from shopbell.language.facts import find_facts
from shopbell.language.guard import find_hidden
from shopbell.language.missing import missing
from shopbell.language.model import Courtesy, FactKind, Need, Topic
from shopbell.language.topics import matters

TODAY = date(2026, 11, 26)
"""The day on which the lines were written: *yesterday* is the day before."""

PARTS = ("tune", "held", "strangers", "fresh", "newcomers")
_MARK = re.compile(r"\[\[(\w+)(?:=([^|\]]+))?\|(.+?)\]\]")
_MOSTLY = 0.8

Line = Mapping[str, str]


class Score(Struct, frozen=True):
    """Of one task, part and language: lines, shares in per cent, milliseconds, and misses."""

    task: str
    part: str
    language: str
    lines: int
    shares: dict[str, float]
    usual_ms: float
    misses: list[str]


class Marked(Struct, frozen=True):
    """A line without its marks, and what they said: kind, value and place of each piece."""

    text: str
    pieces: list[tuple[str, str, int, int]]


class Tally:
    """Counts what was right of what was asked."""

    def __init__(self) -> None:
        self.right: dict[str, int] = defaultdict(int)
        self.of: dict[str, int] = defaultdict(int)

    def count(self, name: str, right: int, of: int = 1) -> None:
        """Add to one share."""
        self.right[name] += right
        self.of[name] += of

    def shares(self) -> dict[str, float]:
        """Return all shares in per cent; F1 from what was found, wanted and right."""
        shares = {name: 100 * self.right[name] / self.of[name] for name in self.of if self.of[name]}
        if "found" in self.of or "wanted" in self.of:
            both = self.of["found"] + self.of["wanted"]
            shares["f1"] = 200 * self.right["wanted"] / both if both else 100.0
            shares["precision"], shares["recall"] = (
                shares.pop("found", 100),
                shares.pop("wanted", 100),
            )
        return {name: round(share, 1) for name, share in sorted(shares.items())}


def unmark(marked: str) -> Marked:
    """Take the marks out of a line."""
    text, pieces, end = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[end : mark.start()]
        kind, value, words = mark.groups()
        pieces.append((kind, value or words, len(text), len(text) + len(words)))
        text += words
        end = mark.end()
    return Marked(text + marked[end:], pieces)


def measure(folder: Path) -> list[Score]:
    """Score every task whose file lies in the folder."""
    return [
        score for task in TASKS if _file(folder, task).exists() for score in _scores(folder, task)
    ]


def _scores(folder: Path, task: str) -> Iterator[Score]:
    lines = [*_lines(folder, task)]
    for part in PARTS:
        told = [line for line in lines if line["part"] == part]
        for language in dict.fromkeys(line["language"] for line in told):
            yield _score(task, part, language, [one for one in told if one["language"] == language])
        if told:
            yield _score(task, part, "all", told)


def _lines(folder: Path, task: str) -> Iterator[Line]:
    """Read the lines of a task; every line of all tasks tells which language it is in."""
    for name in TASKS if task == "detect" else (task,):
        path = _file(folder, name)
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                lines = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                yield from ({**line, "folder": str(path.parent)} for line in lines)


def _file(folder: Path, task: str) -> Path:
    beside = folder / task / "lines.tsv"
    return beside if beside.exists() else folder / f"{task}.tsv"


def _score(task: str, part: str, language: str, lines: Sequence[Line]) -> Score:
    tally, misses, times = Tally(), list[str](), list[float]()
    for line in lines:
        began = time.perf_counter()
        wrong = TASKS[task](line, tally)
        times.append(time.perf_counter() - began)
        if wrong:
            misses.append(f"{line['text']} — {wrong}")
    usual = round(median(times) * 1e3, 3)
    return Score(task, part, language, len(lines), tally.shares(), usual, misses)


def _guard(line: Line, tally: Tally) -> str:
    marked = unmark(line["text"])
    found = find_hidden(marked.text)
    covered = {place for span in found for place in range(span.start, span.end)}
    missed = [
        marked.text[start:end]
        for _kind, _value, start, end in marked.pieces
        if not _covers(marked.text, covered, start, end)
    ]
    if marked.pieces:
        tally.count("recall", len(marked.pieces) - len(missed), len(marked.pieces))
        return f"missed {missed}" if missed else ""
    tally.count("false", bool(found))
    return f"false {[marked.text[one.start : one.end] for one in found]}" if found else ""


def _covers(text: str, covered: set[int], start: int, end: int) -> bool:
    signs = [place for place in range(start, end) if text[place].isalnum()]
    return sum(place in covered for place in signs) >= _MOSTLY * len(signs)


def _facts(line: Line, tally: Tally) -> str:
    marked = unmark(line["text"])
    wanted = {_in_one_form(kind, value) for kind, value, _start, _end in marked.pieces}
    facts = find_facts(marked.text, TODAY)
    found = {_in_one_form(fact.kind.value, fact.value) for fact in facts}
    return _compare(tally, wanted, found)


def _in_one_form(kind: str, value: str) -> tuple[str, str]:
    """Return a value as it is compared: other hands write 37,5 and 200х220, and 47.5 CNY."""
    if kind == FactKind.SIZE:
        return kind, value.replace(",", ".").replace("х", "x")
    return kind, re.sub(r"(?<=\.\d)0(?= )", "", value) if kind == FactKind.MONEY else value


def _compare(tally: Tally, wanted: set[tuple[str, str]], found: set[tuple[str, str]]) -> str:
    tally.count("wanted", len(wanted & found), len(wanted))
    tally.count("found", len(wanted & found), len(found))
    if wanted == found:
        return ""
    return f"missed {sorted(wanted - found)}, false {sorted(found - wanted)}"


def _topics(line: Line, tally: Tally) -> str:
    wanted = set(line["topics"].split(","))
    found = {matter.name for matter in matters(line["text"])}
    mains, topics = ({name.partition(".")[0] for name in names} for names in (wanted, found))
    tally.count("topic", mains == topics)
    if wanted <= {*Topic}:
        return "" if wanted == topics else f"wanted {sorted(wanted)}, found {sorted(found)}"
    tally.count("sub", wanted == found)
    return "" if wanted == found else f"wanted {sorted(wanted)}, found {sorted(found)}"


def _courtesy(line: Line, tally: Tally) -> str:
    wanted, found = Courtesy(line["courtesy"]), courtesy(line["text"])
    tally.count("right", wanted is found)
    if wanted is Courtesy.ABUSIVE:
        tally.count("abusive_found", found is Courtesy.ABUSIVE)
    else:
        tally.count(f"{wanted}_called_abusive", found is Courtesy.ABUSIVE)
    return "" if wanted is found else f"wanted {wanted}, found {found}"


def _missing(line: Line, tally: Tally) -> str:
    wanted = {("", need) for need in _names(line["missing"])}
    known = [Need(need) for need in _names(line["known"])]
    found = {("", str(need)) for need in missing(line["text"], known)}
    return _compare(tally, wanted, found)


def _names(joined: str) -> Iterable[str]:
    return () if joined == "-" else joined.split(",")


def _detect(line: Line, tally: Tally) -> str:
    found = detect(unmark(line["text"]).text)
    tally.count("right", found == line["language"])
    return "" if found == line["language"] else f"found {found}"


def _answers(line: Line, tally: Tally) -> str:
    shown = [one.id for one in answers_found(line, Path(line["folder"]))]
    wanted = set(_names(line["answers"]))
    if not wanted:
        tally.count("intercepted", bool(shown))
        return f"shown {shown}" if shown else ""
    tally.count("answered", not wanted.isdisjoint(shown))
    tally.count("first", not wanted.isdisjoint(shown[:1]))
    return "" if not wanted.isdisjoint(shown) else f"wanted {sorted(wanted)}, shown {shown}"


TASKS: Mapping[str, Callable[[Line, Tally], str]] = {
    "guard": _guard,
    "facts": _facts,
    "topics": _topics,
    "courtesy": _courtesy,
    "missing": _missing,
    "answers": _answers,
    "detect": _detect,
}
