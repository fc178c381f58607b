"""Try one change of the code after another: what `scripts/mutants` does when mutmut has made them.

mutmut would start pytest anew for each change. Here the tests are collected once, and each change
has a fork of that process, in which the tests that reach the changed function run until one fails:
first those that caught the last changes of the same function, then the quick ones.
"""

import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck
from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths

from tests.support import mutants

REACH = Path("mutants/reach.json")
"""Which functions each test reaches, and the work of the whole test in seconds."""

LOOKS = 3_000
"""How often a page under test looks for a frame, most likely in vain: three seconds at least."""

LONGEST, MOST_WORK = 300, 10
"""After so many seconds, or so many of the processor on top of thrice the usual, it hangs."""

PROVED_AGAIN = 10
"""After so many catches the last one is looked at without the change: did the test fail for it?"""

_LEARNING, _UNCHANGED, _NO_TESTS = "stats", "", 33  # names and a code of mutmut's
_HANGS = {-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}


@dataclass(frozen=True)
class Trial:
    """A change in a fork, which says which of the tests caught it."""

    change: str
    items: list[pytest.Item]
    answer: int
    is_proof: bool


class Trials:
    """In place of pytest's own loop through the tests."""

    def __init__(self, changes: list[str], workers: int) -> None:
        self._changes, self._workers = changes, workers
        self._running: dict[int, Trial] = {}
        self._caught_by: dict[str, list[pytest.Item]] = defaultdict(list)
        self._tried = self._catches = self._false = 0
        self._session: pytest.Session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn which test reaches what, then try every change."""
        self._session, plugins = session, session.config.pluginmanager
        plugins.unregister(plugins.get_plugin("terminalreporter"))
        reached, began = self._learn(), time.monotonic()
        for change in self._changes:
            self._try(change, reached)
        while self._running:
            self._hear()
        proved = self._catches // PROVED_AGAIN
        _say(f"{self._tried} tried in {time.monotonic() - began:.0f} s")
        _say(
            f"{proved} catches were looked at without the change, {self._false} failed all the same"
        )
        return True

    def _learn(self) -> dict[str, dict[str, float]]:
        """Return by test the functions that it reaches; tests that are known do not run again."""
        functions = sorted({_function(change) for change in mutants.chosen(["*"])})
        known = dict[str, dict[str, float]]()
        if REACH.exists():
            kept = json.loads(REACH.read_text())
            known = kept["tests"] if set(functions) <= set(kept["functions"]) else {}
        new = [item for item in self._session.items if item.nodeid not in known]
        if new and os.fork() == 0:
            _begin(_LEARNING)
            found = {"functions": functions, "tests": known | self._measure(new)}
            REACH.write_text(json.dumps(found))
            os._exit(self._session.testsfailed)
        if new and os.wait()[1]:
            raise pytest.UsageError("A test fails without any change.")
        tests: dict[str, dict[str, float]] = json.loads(REACH.read_text())["tests"]
        return tests

    def _measure(self, items: list[pytest.Item]) -> dict[str, dict[str, float]]:
        found = {}
        for item, following in _in_turn(items):
            began = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            work = time.process_time() - began
            found[item.nodeid] = dict.fromkeys(state()._stats, work)  # noqa: SLF001
            state()._stats.clear()  # noqa: SLF001
        return found

    def _try(self, change: str, reached: dict[str, dict[str, float]]) -> None:
        function = _function(change)
        items = [item for item in self._session.items if function in reached[item.nodeid]]
        if not items:
            mutants.note(change, _NO_TESTS)
            return
        while len(self._running) >= self._workers:
            self._hear()
        first = self._caught_by[function]
        work = {item: reached[item.nodeid][function] for item in items}
        others = sorted((item for item in items if item not in first), key=work.__getitem__)
        self._start(change, [*first, *others], MOST_WORK + 3 * round(sum(work.values())))

    def _start(
        self, change: str, items: list[pytest.Item], most: int, *, is_proof: bool = False
    ) -> None:
        answer, tell = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST)
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            _begin(_UNCHANGED if is_proof else change)
            for place, (item, following) in enumerate(_in_turn(items)):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._session.testsfailed:
                    os.write(tell, str(place).encode())
                    os._exit(1)
            os._exit(0)
        os.close(tell)
        self._running[child] = Trial(change, items, answer, is_proof)

    def _hear(self) -> None:
        child, status = os.wait()
        trial, code = self._running.pop(child), os.waitstatus_to_exitcode(status)
        with os.fdopen(trial.answer) as answer:
            place = answer.read()
        if not trial.is_proof:
            self._tried += 1
            mutants.note(trial.change, mutants.HUNG if code in _HANGS else code)
            _say(f"{code:3} {trial.change}")
            if place:
                self._remember(trial, trial.items[int(place)])
        elif code:
            self._false += 1
            mutants.note(trial.change, None)

    def _remember(self, trial: Trial, item: pytest.Item) -> None:
        before = self._caught_by[_function(trial.change)]
        if item in before:
            before.remove(item)
        before.insert(0, item)
        self._catches += 1
        if self._catches % PROVED_AGAIN == 0:
            self._start(trial.change, [item], MOST_WORK, is_proof=True)


def _begin(change: str) -> None:
    from tests.support import pages  # noqa: PLC0415 - the code it imports was to be changed first

    set_mutant_under_test(change)
    pages.LOOKS = LOOKS


def _in_turn(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _function(change: str) -> str:
    return change.partition("__mutmut_")[0]


def _say(words: str) -> None:
    print(words, file=sys.__stdout__, flush=True)


def main() -> int:
    """Let mutmut write the changed modules, and try what is named or was not caught yet."""
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(1)
    setup_source_paths()
    many = int(os.environ.get("SAMPLE", "0")) or None
    trials = Trials(mutants.chosen(sys.argv[1:], many), int(os.environ.get("WORKERS", "1")))
    settings = config()
    asked = [*settings.pytest_add_cli_args, *settings.pytest_add_cli_args_test_selection]
    set_mutant_under_test(_UNCHANGED)
    hypothesis.settings.register_profile("trials", deadline=None, suppress_health_check=HealthCheck)
    hypothesis.settings.load_profile("trials")  # a machine that is busy is nothing that was caught
    return pytest.main(["-q", "--tb=native", *asked], plugins=[trials])


if __name__ == "__main__":
    sys.exit(main())
