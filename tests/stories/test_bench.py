"""The measurements measure: each runs once, very small, and its judge finds nothing wrong."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopbell.cli import main
from shopbell.cli.bench import (
    cases,
    chat,
    floor,
    idle,
    late,
    mail,
    resume,
    search,
    server,
    stock,
    stuck,
    suggest,
    tracking,
)
from tests.house import ROOT
from tests.support.lying import LYING


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "SECONDS", 0.2)
    monkeypatch.setattr(chat, "WARM_SECONDS", 0.1)
    monkeypatch.setattr(idle, "SETTLE_SECONDS", 0.2)
    monkeypatch.setattr(stock, "READS", 20)
    monkeypatch.delenv("SHOPBELL_DATABASE", raising=False)


def test_a_house_that_loses_what_it_acknowledged_is_not_called_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lying(folder: Path, _ours: Sequence[str] = ()) -> AbstractContextManager[server.Process]:
        return server.running(folder, LYING)

    monkeypatch.setattr(chat, "running", lying)
    paced = ["--senders", "4", "--rate", "20", "--seconds", "4"]
    ran = CliRunner().invoke(main, ["bench", "chat", *paced])
    assert ran.exit_code == 1, ran.output
    assert "  lost: " in ran.output
    assert "  silent-gap: " not in ran.output
    assert "The measurement found what may not be" in ran.output


def test_idle_pages_are_weighed_and_messages_among_them_compared() -> None:
    figures = idle.measure(sockets=20, senders=2, rate=40, seconds=0.3, rounds=1)
    assert figures.left == figures.seen.refused == 0
    assert figures.seen.violations == {}
    assert 0 < figures.ack_p50_alone_ms <= figures.ack_p99_alone_ms
    assert figures.floor.echo_cpu_us > 0


def test_a_server_that_was_killed_has_all_its_pages_back_and_nothing_is_lost() -> None:
    figures = resume.measure(20, kill=True)
    assert figures.pages == 21
    assert figures.away_seconds < figures.back_all_seconds
    assert figures.seen.violations == {}
    assert figures.write_5xx == 0
    assert figures.seen.acknowledged > 0
    # Pages are read for at once; who writes meanwhile, and the index behind, read for themselves.
    assert 0 < figures.reads_a_stream * 20 < 5 * 20 + figures.seen.acknowledged


def test_pages_that_stop_reading_are_counted_when_they_are_cut_off() -> None:
    figures = stuck.measure(pages=19, stuck=2, rate=20, seconds=0.3, rounds=1)
    assert figures.pages == 21
    assert figures.cut_off == 0  # so little waits for them that they may stay
    assert figures.seen.violations == {}
    assert figures.seen.acknowledged > 0


@pytest.mark.parametrize("what", ["inbox", "history"])
def test_a_full_house_is_looked_into(what: stock.What) -> None:
    figures = stock.measure(what, talks=200, messages=3)
    assert figures.messages == 600
    assert figures.statements == (1 if what == "inbox" else 3)
    assert 0 < figures.floor_p50_ms <= figures.floor_p99_ms


def test_what_carriers_tell_is_counted_and_none_of_it_twice() -> None:
    figures = tracking.measure(parcels=20, batch=30, lines=2)
    assert figures.events == 20 * len(tracking.WAY)
    assert figures.lost == figures.doubled == 0
    assert figures.insert_cpu_us > 0


def test_real_orders_are_played_and_the_late_ones_noticed(tmp_path: Path) -> None:
    table = tmp_path / "orders.csv"
    table.write_text(
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
        "order_delivered_carrier_date,order_delivered_customer_date,"
        "order_estimated_delivery_date\n"
        "in-time,c,delivered,1/2/2018 9:00,,1/3/2018 9:00,1/9/2018 20:00,1/10/2018 0:00\n"
        "last-evening,c,delivered,1/2/2018 9:00,,1/3/2018 9:00,1/10/2018 23:30,1/10/2018 0:00\n"
        "at-night,c,delivered,1/2/2018 9:00,,1/3/2018 9:00,1/11/2018 2:00,1/10/2018 0:00\n"
        "days-late,c,delivered,1/2/2018 9:00,,1/3/2018 9:00,1/14/2018 6:00,1/10/2018 0:00\n"
        "never,c,shipped,1/2/2018 9:00,,1/3/2018 9:00,,1/10/2018 0:00\n"
        "not-sent,c,canceled,1/2/2018 9:00,,,,1/10/2018 0:00\n"
    )
    at_once, slowly = late.measure(table, 0), late.measure(table, 12)
    assert (at_once.orders, at_once.delivered, at_once.late) == (5, 4, 2)
    assert (at_once.flagged, at_once.came_within_grace, at_once.false_alarms) == (1, 1, 0)
    assert (at_once.never_came_flagged, at_once.flagged_after_hours) == (1, 6.0)
    assert at_once.told_before_arrival_p50_hours == 72
    assert (slowly.flagged, slowly.false_alarms) == (2, 1)


def test_steps_of_cases_are_timed_and_all_are_kept() -> None:
    figures = cases.measure(3, rate=100)
    assert (figures.steps, figures.lost) == (15, 0)
    assert 0 < figures.p50_ms <= figures.p99_ms
    assert figures.verdict_us > 0


def test_letters_are_seen_and_counted_and_those_in_folders_told_apart(tmp_path: Path) -> None:
    (tmp_path / "bounces").mkdir()
    (tmp_path / "plain").mkdir()
    returned = b"From: MAILER-DAEMON@example.org\nSubject: Undelivered Mail\n\nUser unknown\n"
    (tmp_path / "bounces/1.eml").write_bytes(returned)
    (tmp_path / "plain/1.eml").write_bytes(b"From: anna@example.org\nSubject: Hello\n\nHello\n")
    figures = mail.measure(10, 0.5, tmp_path, ROOT / "tests/samples/quotes")
    assert (figures.letters, figures.unseen) == (4, 0)
    assert 0 < figures.visible_p50_ms <= figures.visible_p95_ms
    assert figures.taken > 0
    assert (figures.bounces, figures.bounces_known) == (1, 1)
    assert (figures.people, figures.people_mistaken) == (1, 0)
    assert figures.quotes == figures.quotes_exact
    assert figures.quotes_emptied == 0


def test_a_full_house_is_searched_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LOOKS", 20)
    monkeypatch.setattr(search, "SEND_SECONDS", 0.5)
    monkeypatch.setattr(search, "AT_ONCE", 30)
    figures = search.measure(300)
    assert figures.messages == 300
    assert figures.not_found == 0
    assert figures.indexed_per_second > 0
    assert 0 < figures.median_ms <= figures.slowest_ms


def test_answers_are_looked_up_beside_a_full_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggest, "LOOKS", 30)
    monkeypatch.setattr(suggest, "ANEW", 3)
    monkeypatch.setattr(suggest, "ANSWERS", 60)
    monkeypatch.setattr(suggest, "AT_ONCE", 30)
    figures = suggest.measure(300)
    assert figures.messages == 300
    assert figures.found > 0
    assert 0 < figures.median_ms <= figures.p95_ms <= figures.slowest_ms
    assert figures.anew_median_ms > 0
