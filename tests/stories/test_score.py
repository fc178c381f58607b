"""A shop is judged by an open formula: every round counts once, and what is left out says why."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopbell.accounts.refusals import NotForYourRank, OperatorsOnly
from shopbell.analytics import export
from shopbell.analytics.model import Ended
from shopbell.analytics.refusals import PlaceUnknown
from shopbell.analytics.score import appealing, judging, ruling, service
from shopbell.analytics.score.commands import (
    DecideAppeal,
    FileAppeal,
    LayRule,
    ScoreRounds,
    ScoreShown,
)
from shopbell.analytics.score.model import Ground, Numbers, Outcome, RoundTold, Rule, Verdict
from shopbell.analytics.score.profiles import profiles
from shopbell.analytics.score.refusals import (
    AppealDecided,
    AppealsTooMany,
    NoSuchAppeal,
    NoSuchProfile,
    NoSuchRound,
    RoundAppealedAlready,
    RoundNotJudged,
    RuleTooSoon,
    TargetBelowDanger,
    TargetNothing,
)
from shopbell.analytics.score.sheet import of_rounds
from shopbell.channels.mail import service as mail
from shopbell.channels.mail.compose import opened
from shopbell.channels.mail.model import Posted
from shopbell.conversations.model import Channel, ConversationId, Stream
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.ids import new_id
from shopbell.kernel.refusals import Refusal
from tests.support.house import Counter, House, Person

BERLIN = ZoneInfo("Europe/Berlin")
PROMISE = 5
"""Minutes that our shops promise for a chat: when they have passed, a worker says so."""

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def asks(buyer: Person, halo: Counter, *, answered_after: float | None) -> ConversationId:
    """Have somebody ask about something new, and the shop answer after so many minutes."""
    talk = buyer.asks(halo, halo.sells(f"lamp-{new_id()}"), "Is it paper?")
    if answered_after is not None:
        in_time = answered_after < PROMISE
        wait = buyer.house.clock.passes if in_time else buyer.house.passes
        wait(minutes=answered_after)
        halo.mei.answers(talk, "It is.")
    return talk


def sees(halo: Counter, by: Person | None = None) -> ScoreShown:
    halo.house.passes(seconds=1)
    return halo.house.db.read_now(service.score, (by or halo.mei).actor, "halo")


def lists(
    halo: Counter, verdict: Verdict | None = None, *, after: str = "", limit: int = 50
) -> ScoreRounds:
    return halo.house.db.read_now(
        service.rounds, halo.mei.actor, "halo", verdict, after=after, limit=limit
    )


def appeal_on(talk: str, n: int = 1) -> FileAppeal:
    return FileAppeal(
        id=new_id(), conversation=ConversationId(talk), n=n, ground=Ground.SPAM, words="A robot."
    )


def judged_by(house: House, profile: str) -> None:
    house.db.write_now(ruling.lay_down, house.operator(f"olga-{profile}").actor, LayRule(profile))


def refuses(
    refusal: type[Refusal], house: House, what: Callable[..., object], *given: object
) -> None:
    with pytest.raises(refusal):
        house.db.write_now(what, *given)


# ── the number ──────────────────────────────────────────────────────────────────────────────


def test_too_few_questions_are_no_number(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    for _each in range(9):
        asks(anna, halo, answered_after=0.1)
    assert sees(halo).standing.score is None
    asks(anna, halo, answered_after=0.1)
    assert sees(halo).standing.score == 1


def test_buyers_are_told_the_number_that_the_shop_sees(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    for minutes in (*[2] * 10, 9, 9):
        asks(anna, halo, answered_after=minutes)
    shown = sees(halo)
    assert shown.standing.score == pytest.approx(10 / 12)
    assert (shown.standing.kept, shown.standing.counted, shown.standing.minutes) == (10, 12, 2)
    assert shown.standing.is_below
    assert house.db.read_now(service.expected, halo.shop) == shown.standing
    assert shown.verdicts == {Verdict.KEPT: 10, Verdict.LATE: 2}
    assert shown.trend[-1].score == shown.standing.score
    assert shown.trend[0].score is None


def test_every_round_is_listed_with_what_was_made_of_it(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    late = asks(anna, halo, answered_after=9)
    silent = asks(anna, halo, answered_after=None)
    thanks = asks(anna, halo, answered_after=1)
    anna.says(thanks, "Thank you!")
    halo.mei.does(thanks, "no_reply_needed")
    settled = asks(anna, halo, answered_after=None)
    anna.does(settled, "resolve")
    house.passes(minutes=10)
    waits = asks(anna, halo, answered_after=None)
    house.passes(seconds=1)

    made = {(one.conversation, one.n): one.verdict for one in lists(halo).items}
    assert made == {
        (late, 1): Verdict.LATE,
        (silent, 1): Verdict.UNANSWERED,
        (thanks, 1): Verdict.KEPT,
        (thanks, 2): Verdict.NO_REPLY_NEEDED,
        (settled, 1): Verdict.SETTLED,
        (waits, 1): Verdict.WAITING,
    }
    [one] = lists(halo, Verdict.LATE).items
    assert (one.buyer, one.agent, one.took, one.seconds) == ("Anna", "Mei", 540.0, 540.0)
    assert one.answered == one.started + timedelta(minutes=9)
    rows = [*csv.reader(io.StringIO(export.as_csv(of_rounds([one], "en")).decode("utf-8-sig")))]
    assert dict(zip(rows[0], rows[1], strict=True))["verdict"] == "late"


def test_rounds_come_page_by_page_and_none_twice(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    for _each in range(5):
        asks(anna, halo, answered_after=1)
    house.passes(seconds=1)
    first = lists(halo, limit=3)
    rest = lists(halo, after=first.next or "", limit=3)
    assert [*first.items, *rest.items] == lists(halo).items
    assert rest.next is None
    with pytest.raises(PlaceUnknown):
        lists(halo, after="nowhere")


def test_a_machine_answers_only_where_the_rule_says_so(house: House) -> None:
    halo, anna = house.shop("halo"), house.buyer("anna")
    talk = asks(anna, halo, answered_after=None)
    house.passes(minutes=1)
    halo.mei.adds(Stream(talk), "message", text="We are away.", automatic=True)
    house.passes(minutes=60)
    assert sees(halo).verdicts == {Verdict.UNANSWERED: 1}
    judged_by(house, "etsy_like")
    [one] = lists(halo).items
    assert (one.verdict, one.seconds, one.answered) == (Verdict.KEPT, 60.0, None)


# ── the rule ────────────────────────────────────────────────────────────────────────────────


def test_another_rule_judges_from_its_day_on_and_the_old_one_is_kept(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    asks(anna, halo, answered_after=9)
    later = LayRule("amazon_like", house.clock() + timedelta(days=1))
    laid = house.db.write_now(ruling.lay_down, olga.actor, later)
    assert house.db.write_now(ruling.lay_down, olga.actor, later) == laid
    shown = sees(halo)
    assert (shown.rule.number, shown.coming) == (0, [laid])
    assert shown.verdicts == {Verdict.LATE: 1}
    house.passes(days=1)
    shown = sees(halo)
    assert (shown.rule, shown.coming) == (laid, [])
    assert shown.verdicts == {Verdict.KEPT: 1}
    assert shown.standing.score == 1
    assert house.db.read_now(ruling.show).laid_down == [laid]


def test_rules_are_laid_down_by_the_operator_for_a_time_to_come(house: House) -> None:
    halo, olga = house.shop("halo"), house.operator()
    lay = ruling.lay_down
    refuses(OperatorsOnly, house, lay, halo.mei.actor, LayRule("ozon_like"))
    refuses(NoSuchProfile, house, lay, olga.actor, LayRule("mine"))
    past = house.clock() - timedelta(days=1)
    refuses(RuleTooSoon, house, lay, olga.actor, LayRule("ozon_like", past))


# ── appeals ─────────────────────────────────────────────────────────────────────────────────


def test_a_shop_that_falls_is_told_so_once_for_each_fall(house: House) -> None:
    halo, anna = house.shop("halo", staff=("mei", "kai")), house.buyer("anna")
    judged_by(house, "amazon_like")
    kept, late = asks(anna, halo, answered_after=1), asks(anna, halo, answered_after=26 * 60)
    house.passes(days=1)
    told = letters_of(house)
    assert [one.address for one in told] == [house.address("mei")]
    said = opened(house.db.read_now(mail.letter, told[0].id).raw).plain
    assert "Halo kept 50% of its answers in time. The promise is 90%" in said

    house.passes(days=3)
    assert len(letters_of(house)) == 1, "as long as it stays below, nothing more"
    asked = house.db.write_now(appealing.file, halo.mei.actor, "halo", appeal_on(late))[0]
    granted = DecideAppeal(Outcome.GRANTED, "A robot, indeed.")
    house.db.write_now(appealing.decide, house.operator().actor, asked.id, granted)
    house.passes(days=1, minutes=2)
    assert (
        next(one for one in lists(halo).items if one.conversation == kept).verdict is Verdict.KEPT
    )
    asks(anna, halo, answered_after=26 * 60)
    house.passes(days=2)
    assert len(letters_of(house)) == 2, "it had come back"


def letters_of(house: House) -> list[Posted]:
    """Return the warnings that were mailed."""
    found = house.db.read_now(mail.listed, SYSTEM)
    return [one for one in found if one.subject == "Halo has fallen below its promise"]


def test_an_operator_sets_numbers_of_their_own_and_each_version_is_kept(house: House) -> None:
    olga = house.operator().actor

    def lay(asked: LayRule) -> Rule:
        return house.db.write_now(ruling.lay_down, olga, asked)

    first = lay(LayRule("shopbell", numbers=Numbers(within=30, least=3)))
    again = lay(LayRule("shopbell", numbers=Numbers(within=30, least=3)))
    house.clock.passes(days=1)
    second = lay(LayRule("shopbell", numbers=Numbers(target=0.8, danger=0.5)))

    assert again == first
    assert [(one.profile.own, one.profile.version) for one in (first, second)] == [
        (True, 1),
        (True, 2),
    ]
    ours = profiles()["shopbell"]
    assert first.profile == replace(ours, within=30, least=3, own=True)
    assert second.profile == replace(ours, target=0.8, danger=0.5, own=True, version=2)
    assert house.db.read_now(ruling.show).laid_down == [second, first]
    refuses(TargetBelowDanger, house, ruling.lay_down, olga, of_own(target=0.5, danger=0.6))
    refuses(TargetNothing, house, ruling.lay_down, olga, of_own(target=0.0, danger=0.0))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"profile":"shopbell","numbers":{"least":0}}', type=LayRule)
    assert lay(LayRule("shopbell")).profile == ours


def of_own(**given: Any) -> LayRule:
    return LayRule("shopbell", numbers=Numbers(**given))


def test_an_appeal_that_is_granted_takes_a_round_out(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = asks(anna, halo, answered_after=9)
    house.passes(seconds=1)
    asked, db = appeal_on(talk), house.db
    kept, is_new = db.write_now(appealing.file, halo.mei.actor, "halo", asked)
    assert is_new
    assert db.write_now(appealing.file, halo.mei.actor, "halo", asked) == (kept, False)
    [waiting] = db.read_now(appealing.queue, olga.actor).items
    assert waiting.appeal == kept
    assert waiting.round is not None
    assert waiting.round.verdict is Verdict.LATE

    decision = DecideAppeal(Outcome.GRANTED, "It was a robot.")
    decided = db.write_now(appealing.decide, olga.actor, kept.id, decision)
    assert db.write_now(appealing.decide, olga.actor, kept.id, decision) == decided
    other = DecideAppeal(Outcome.DENIED, "No.")
    refuses(AppealDecided, house, appealing.decide, olga.actor, kept.id, other)
    assert (decided.decided_by, decided.answer) == (olga.actor.id, "It was a robot.")
    shown = sees(halo)
    assert shown.verdicts == {Verdict.EXCUSED: 1}
    assert shown.appeals == [decided]
    assert db.read_now(appealing.queue, olga.actor).items == []


def test_a_denied_appeal_changes_nothing_and_is_answered(house: House) -> None:
    halo, anna, olga = house.shop("halo"), house.buyer("anna"), house.operator()
    talk = asks(anna, halo, answered_after=9)
    house.passes(seconds=1)
    kept, _ = house.db.write_now(appealing.file, halo.mei.actor, "halo", appeal_on(talk))
    denied = DecideAppeal(Outcome.DENIED, "It reads like a buyer.")
    house.db.write_now(appealing.decide, olga.actor, kept.id, denied)
    shown = sees(halo)
    assert shown.verdicts == {Verdict.LATE: 1}
    assert shown.appeals[0].answer == "It reads like a buyer."
    refuses(RoundAppealedAlready, house, appealing.file, halo.mei.actor, "halo", appeal_on(talk))


def test_appeals_are_for_managers_about_their_own_late_rounds(house: House) -> None:
    halo, oak = house.shop("halo", staff=("mei", "kai")), house.shop("oak", staff=("leo",))
    anna, olga = house.buyer("anna"), house.operator()
    late, kept = asks(anna, halo, answered_after=9), asks(anna, halo, answered_after=1)
    house.passes(seconds=1)
    file = appealing.file
    refuses(NotForYourRank, house, file, halo.kai.actor, "halo", appeal_on(late))
    refuses(NotForYourRank, house, file, oak.leo.actor, "halo", appeal_on(late))
    refuses(NotForYourRank, house, file, olga.actor, "halo", appeal_on(late))
    refuses(NoSuchRound, house, file, oak.leo.actor, "oak", appeal_on(late))
    refuses(NoSuchRound, house, file, halo.mei.actor, "halo", appeal_on(late, 2))
    asked = house.db.write_now(file, halo.mei.actor, "halo", appeal_on(late))[0]
    refuses(RoundAppealedAlready, house, file, halo.mei.actor, "halo", appeal_on(late))
    for again in (appeal_on(late), replace(appeal_on(late), id=asked.id)):
        refuses(NoSuchRound, house, file, oak.leo.actor, "oak", again)
    refuses(RoundNotJudged, house, file, halo.mei.actor, "halo", appeal_on(kept))
    decision = DecideAppeal(Outcome.GRANTED, "Yes.")
    refuses(NoSuchAppeal, house, appealing.decide, olga.actor, new_id(), decision)
    refuses(OperatorsOnly, house, appealing.decide, halo.mei.actor, new_id(), decision)


def test_a_shop_has_so_many_appeals_open_and_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appealing, "OPEN_MOST", 1)
    halo, anna = house.shop("halo"), house.buyer("anna")
    first, second = (asks(anna, halo, answered_after=9) for _each in range(2))
    house.passes(seconds=1)
    house.db.write_now(appealing.file, halo.mei.actor, "halo", appeal_on(first))
    refuses(AppealsTooMany, house, appealing.file, halo.mei.actor, "halo", appeal_on(second))


def test_no_shop_sees_the_score_of_another(house: House) -> None:
    house.shop("halo")
    leo, anna = house.shop("oak", staff=("leo",)).leo, house.buyer("anna")
    for somebody in (leo, anna):
        refuses(Refusal, house, service.score, somebody.actor, "halo")
        refuses(Refusal, house, service.rounds, somebody.actor, "halo", None)
        refuses(Refusal, house, service.ranking, somebody.actor)


def test_the_operator_sees_who_is_furthest_below_first(house: House) -> None:
    halo, oak = house.shop("halo"), house.shop("oak", staff=("leo",))
    house.shop("new", staff=("eva",))
    anna = house.buyer("anna")
    for _each in range(10):
        asks(anna, halo, answered_after=9)
        talk = anna.asks(oak, oak.sells(f"oak-{new_id()}"), "Is it oak?")
        oak.leo.answers(talk, "It is.")
    house.passes(seconds=1)
    ranked = house.db.read_now(service.ranking, house.operator().actor)
    assert [(one.slug, one.standing.score) for one in ranked] == [
        ("halo", 0),
        ("oak", 1),
        ("new", None),
    ]


# ── the formula ─────────────────────────────────────────────────────────────────────────────

ROUNDS = st.builds(
    lambda days, n, detail, took, good, machine: RoundTold(
        ConversationId("c"),
        n,
        NOW - timedelta(days=days),
        Channel.CHAT,
        None,
        detail,
        took if detail is Ended.ANSWERED else None,
        good,
        machine,
    ),
    st.floats(0, 40),
    st.integers(1, 3),
    st.sampled_from(list(Ended)),
    st.integers(0, 400_000_000),
    st.sampled_from([True, False, None]),
    st.none() | st.integers(0, 400_000_000),
)


@pytest.mark.parametrize("name", profiles())
@given(told=st.lists(ROUNDS, min_size=25, max_size=40))
@settings(max_examples=25)
def test_a_score_by_days_equals_one_made_round_by_round(name: str, told: list[RoundTold]) -> None:
    profile = profiles()[name]
    judged = [judging.judge(profile, BERLIN, one, NOW) for one in told]
    share, whole = judging.score(profile, judging.tallied(judged, BERLIN), NOW.date())
    weights = {True: 0.0, False: 0.0}
    counted = 0
    for one in judged:
        age = (NOW.date() - one.round.at.astimezone(BERLIN).date()).days
        if one.verdict.counts and age < profile.window_days:
            half = profile.half_life_days
            weights[one.verdict is Verdict.KEPT] += 2 ** (-age / half) if half else 1
            counted += 1
    assert whole.counted == counted
    if counted < profile.least:
        assert share is None
    else:
        assert share == pytest.approx(weights[True] / sum(weights.values()))


@pytest.mark.parametrize(
    ("name", "local", "minutes", "verdict"),
    [
        ("taobao_like", "2026-11-10T10:00+08:00", 2, Verdict.KEPT),
        ("taobao_like", "2026-11-10T10:00+08:00", 4, Verdict.LATE),
        ("taobao_like", "2026-11-10T23:30+08:00", 400, Verdict.OUTSIDE),
        ("taobao_like", "2026-11-10T22:59+08:00", 602, Verdict.KEPT),
        ("ebay_like", "2026-11-06T18:00+01:00", 60 * 24 * 5 - 1, Verdict.KEPT),
        ("ebay_like", "2026-11-06T18:00+01:00", 60 * 24 * 5 + 1, Verdict.LATE),
        ("amazon_like", "2026-11-06T18:00+01:00", 60 * 24, Verdict.KEPT),
        ("amazon_like", "2026-11-06T18:00+01:00", 60 * 24 + 1, Verdict.LATE),
    ],
)
def test_each_rule_has_a_clock_of_its_own(
    name: str, local: str, minutes: int, verdict: Verdict
) -> None:
    at = datetime.fromisoformat(local).astimezone(UTC)
    one = RoundTold(
        ConversationId("c"), 1, at, Channel.CHAT, None, Ended.ANSWERED, minutes * 60_000, True
    )
    assert judging.judge(profiles()[name], BERLIN, one, NOW).verdict is verdict


def test_a_rule_that_judges_first_questions_leaves_later_ones_out() -> None:
    one = RoundTold(ConversationId("c"), 2, NOW, Channel.CHAT, None, Ended.WAVED, None, None)
    made = {
        name: judging.judge(rule, BERLIN, one, NOW).verdict for name, rule in profiles().items()
    }
    assert made["ozon_like"] is made["etsy_like"] is Verdict.NOT_FIRST
    assert made["shopbell"] is made["amazon_like"] is Verdict.NO_REPLY_NEEDED
