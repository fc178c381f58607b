"""Add up what the test runs reported, and say it in one line.

A test that was skipped did not show anything, so it counts as failed. What failed is tried once
more, alone: on a machine that others load, too, a test that waits may have waited too long. Who
passes only then is named, and more than one in a thousand are a failure (docs/decisions/0032).
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

TESTS_A_SECOND_TRY = 1_000
"""Of so many tests, one may have waited too long."""

FAILED = ("failure", "error", "skipped")


def tally(folder: Path) -> tuple[set[str], set[str], set[str]]:
    """Return which tests passed at once, which at their second try, and which did not."""
    again = sorted(folder.glob("*.again.xml"))
    first = _told(report for report in sorted(folder.glob("*.xml")) if report not in again)
    second = _told(iter(again))
    late = {name for name, passed in second.items() if passed and first.get(name) is False}
    passed = {name for name, passed in first.items() if passed}
    return passed, late, (first.keys() | second.keys()) - passed - late


def _told(reports: Iterator[Path]) -> dict[str, bool]:
    told: dict[str, bool] = {}
    for report in reports:
        for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote them
            name = f"{case.get('classname')}.{case.get('name')}"
            failed = any(case.find(kind) is not None for kind in FAILED)
            told[name] = told.get(name, True) and not failed
    return told


def main(folder: str) -> int:
    """Print the sum of the reports in a folder; none at all is a failure, too."""
    passed, late, failed = tally(Path(folder))
    print(f"\n{len(passed) + len(late)} passed, {len(failed)} failed")
    if late:
        print(f"{len(late)} of them only at the second try:", *sorted(late), sep="\n  ")
    too_many = len(late) * TESTS_A_SECOND_TRY > len(passed)
    return int(bool(failed) or not passed or too_many)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
