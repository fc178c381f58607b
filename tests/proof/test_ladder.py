"""Very many questions that nobody answers, two workers, and one is killed among the steps."""

import pytest

from shopbell.cli.bench import ladder
from tests.proof.conftest import Effort, Note
from tests.support import postgres

MOST_LATE = 10_000.0
"""Milliseconds: tests run beside others. ``bench ladder`` measures alone."""


def test_each_step_is_taken_once_though_a_worker_is_killed_on_sqlite(
    monkeypatch: pytest.MonkeyPatch, effort: Effort, note: Note
) -> None:
    monkeypatch.delenv("SHOPBELL_DATABASE", raising=False)
    kill_among_steps(effort(150, 10_000), note)


@pytest.mark.postgres
def test_each_step_is_taken_once_though_a_worker_is_killed_on_postgresql(
    monkeypatch: pytest.MonkeyPatch, postgres_server: postgres.Server, effort: Effort, note: Note
) -> None:
    name = postgres_server.create()
    monkeypatch.setenv("SHOPBELL_DATABASE", postgres_server.url(name))
    kill_among_steps(effort(150, 10_000), note)
    postgres_server.drop(name)


def kill_among_steps(count: int, note: Note) -> None:
    figures = ladder.measure(count, seconds=max(12.0, count / 150), gap=2)
    note(steps=figures.steps, latest_ms=figures.latest_ms, killed_after=figures.killed_after_steps)
    assert (figures.missing, figures.twice, figures.early) == (0, 0, 0)
    assert figures.killed_after_steps > 0
    assert figures.latest_ms <= MOST_LATE
