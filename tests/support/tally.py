"""Add up what several test runs reported, and say it in one line.

A test that was skipped did not show anything, so it counts as failed.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET


def tally(reports: Iterable[Path]) -> tuple[int, int]:
    """Return how many tests passed and how many did not."""
    suites = [suite for report in reports for suite in ET.parse(report).iter("testsuite")]  # noqa: S314 - pytest wrote them
    failed = sum(int(s.get(kind, 0)) for s in suites for kind in ("failures", "errors", "skipped"))
    return sum(int(s.get("tests", 0)) for s in suites) - failed, failed


def main(names: list[str]) -> int:
    """Print the sum of the reports; none at all is a failure, too."""
    passed, failed = tally(map(Path, names))
    print(f"\n{passed} passed, {failed} failed")
    return int(failed > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
