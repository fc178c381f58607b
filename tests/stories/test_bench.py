"""The measurements measure: each runs once, very small, and finds nothing lost."""

import pytest

from shopbell.cli.bench import cases, idle, resume, stock, stuck


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for measurement in (idle, resume, stuck):
        monkeypatch.setattr(measurement, "FLOOR_SECONDS", 0.2)
    for measurement in (idle, stuck):
        monkeypatch.setattr(measurement, "WARM_SECONDS", 0.1)
    monkeypatch.setattr(idle, "SETTLE_SECONDS", 0.2)
    monkeypatch.setattr(stock, "READS", 20)
    monkeypatch.delenv("SHOPBELL_DATABASE", raising=False)


def test_idle_pages_are_weighed_and_messages_among_them_compared() -> None:
    figures = idle.measure(sockets=20, senders=2, rate=40, seconds=0.3, rounds=1)
    assert figures.left == figures.refused == figures.undelivered == 0
    assert figures.lost == figures.doubled == figures.disordered == 0
    assert 0 < figures.ack_p50_alone_ms <= figures.ack_p99_alone_ms
    assert figures.echo_cpu_us > 0


def test_a_server_that_was_killed_has_all_its_pages_back_and_nothing_is_lost() -> None:
    figures = resume.measure(20, kill=True)
    assert figures.pages == 21
    assert figures.away_seconds < figures.back_all_seconds
    assert figures.lost == figures.doubled == figures.disordered == figures.undelivered == 0
    assert figures.write_5xx == 0
    assert figures.writes > 0
    assert figures.reads_a_stream >= figures.streams / 20  # one for each page at each stream


def test_pages_that_stop_reading_are_counted_when_they_are_cut_off() -> None:
    figures = stuck.measure(pages=19, stuck=2, rate=20, seconds=0.3, rounds=1)
    assert figures.pages == 21
    assert figures.cut_off == 0  # so little waits for them that they may stay
    assert figures.lost == figures.doubled == figures.disordered == figures.undelivered == 0


@pytest.mark.parametrize("what", ["inbox", "history"])
def test_a_full_house_is_looked_into(what: stock.What) -> None:
    figures = stock.measure(what, talks=200, messages=3)
    assert figures.messages == 600
    assert figures.statements == (1 if what == "inbox" else 3)
    assert 0 < figures.floor_p50_ms <= figures.floor_p99_ms


def test_steps_of_cases_are_timed_and_all_are_kept() -> None:
    figures = cases.measure(3, rate=100)
    assert (figures.steps, figures.lost) == (15, 0)
    assert 0 < figures.p50_ms <= figures.p99_ms
    assert figures.verdict_us > 0
