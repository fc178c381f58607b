"""Try one change of the code after another: what `scripts/mutants` does when mutmut has made them.

mutmut starts pytest anew for each change. Here the tests are collected once, and each change has
a fork of that process, in which the tests that reach the changed function run until one fails:
first those that caught the last changes of the same function, then the quick ones.
"""

import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import mutants

REACH = Path("mutants/reach.json")
LOOKS = 3_000
"""How often a page under test looks for a frame, most likely in vain: three seconds at least."""
LONGEST, MOST_WORK = 300, 10
"""After so many seconds, or so many of the processor on top of thrice the usual, it hangs."""
PROOF_OF = 10
"""After so many catches the last one is tried without the change, and must not fail then."""
_HANGS = {-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}
OURS, NOBODYS = "stats", ""  # names that mutmut's code in the changed modules knows


@dataclass(frozen=True)
class Trial:
    change: str
    items: list[pytest.Item]
    answer: int
    is_proof: bool = False


class Trials:
    """In place of pytest's own loop through the tests."""

    def __init__(self, changes: list[str], workers: int) -> None:
        self.changes, self.workers = changes, workers
        self.running: dict[int, Trial] = {}
        self.caught_by: dict[str, list[pytest.Item]] = defaultdict(list)
        self.catches = self.false_alarms = self.tried = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn which test reaches what, then try every change."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        session.config.pluginmanager.unregister(reporter)
        self.session = session
        reached = self._reached()
        began = time.monotonic()
        for change in self.changes:
            function = _function(change)
            cost = {
                item: reached[item.nodeid][function]
                for item in session.items
                if function in reached[item.nodeid]
            }
            before = self.caught_by[function]
            others = sorted(cost.keys() - set(before), key=cost.__getitem__)
            if not cost:
                mutants.note(change, 33)
                continue
            while len(self.running) >= self.workers:
                self._hear()
            self._start(change, [*before, *others], MOST_WORK + 3 * round(sum(cost.values())))
        while self.running:
            self._hear()
        took = time.monotonic() - began
        print(
            f"{self.tried} tried in {took:.0f} s; {self.catches // PROOF_OF} catches looked at "
            f"again without the change, {self.false_alarms} false",
            file=sys.__stdout__,
        )
        return True

    def _reached(self) -> dict[str, dict[str, float]]:
        """Return by test the functions that it reaches, and how long the whole test takes."""
        known: dict[str, dict[str, float]] = {}
        stamp = sorted({_function(change) for change in mutants.all_fates()})
        if REACH.exists():
            kept = json.loads(REACH.read_text())
            known = kept["tests"] if kept["stamp"] == stamp else {}
        new = [item for item in self.session.items if item.nodeid not in known]
        if new and os.fork() == 0:
            _under(OURS)
            REACH.write_text(json.dumps({"stamp": stamp, "tests": known | self._measured(new)}))
            os._exit(0)
        if new:
            os.wait()
        found: dict[str, dict[str, float]] = json.loads(REACH.read_text())["tests"]
        return found

    def _measured(self, items: list[pytest.Item]) -> dict[str, dict[str, float]]:
        from mutmut.state import state

        found = {}
        for item, following in _pairs(items):
            began = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            cost = time.process_time() - began
            found[item.nodeid] = dict.fromkeys(state()._stats, cost)
            state()._stats.clear()
        if self.session.testsfailed:
            print("tests fail without any change", file=sys.__stdout__, flush=True)
        return found

    def _start(
        self, change: str, items: list[pytest.Item], most: int, *, is_proof: bool = False
    ) -> None:
        answer, tell = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST)
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            _under(NOBODYS if is_proof else change)
            for place, (item, following) in enumerate(_pairs(items)):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.session.testsfailed:
                    os.write(tell, str(place).encode())
                    os._exit(1)
            os._exit(0)
        os.close(tell)
        self.running[child] = Trial(change, items, answer, is_proof)

    def _hear(self) -> None:
        child, status = os.wait()
        trial = self.running.pop(child)
        with os.fdopen(trial.answer) as answer:
            place = answer.read()
        code = os.waitstatus_to_exitcode(status)
        if trial.is_proof:
            if code != 0:
                self.false_alarms += 1
                mutants.note(trial.change, None)
            return
        self.tried += 1
        mutants.note(trial.change, 36 if code in _HANGS else code)
        print(
            code,
            trial.change,
            trial.items[int(place)].nodeid if place else "",
            file=sys.__stdout__,
            flush=True,
        )
        if place:
            self._remember(trial, trial.items[int(place)])

    def _remember(self, trial: Trial, item: pytest.Item) -> None:
        before = self.caught_by[_function(trial.change)]
        if item in before:
            before.remove(item)
        before.insert(0, item)
        self.catches += 1
        if self.catches % PROOF_OF == 0:
            self._start(trial.change, [item], MOST_WORK, is_proof=True)


def _under(change: str) -> None:
    from mutmut.mutation.trampoline import set_mutant_under_test

    from tests.support import pages

    set_mutant_under_test(change)
    pages.LOOKS = LOOKS


def _pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _function(change: str) -> str:
    return change.partition("__mutmut_")[0]


def made() -> None:
    """Let mutmut write the changed modules."""
    from mutmut import __main__ as mutmut

    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.create_mutants(1)
    mutmut.setup_source_paths()


if __name__ == "__main__":
    from mutmut.configuration import config

    made()
    chosen = mutants.chosen(sys.argv[1:], int(os.environ.get("SAMPLE", 0)) or None)
    trials = Trials(chosen, int(os.environ.get("WORKERS", "1")))
    settings = config()
    os.environ["MUTANT_UNDER_TEST"] = NOBODYS
    sys.exit(
        pytest.main(
            [
                "-q",
                "--tb=native",
                *settings.pytest_add_cli_args,
                *settings.pytest_add_cli_args_test_selection,
            ],
            plugins=[trials],
        )
    )
