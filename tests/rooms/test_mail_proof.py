"""What letters prove: SPF, DKIM and how they align with the sender that is shown."""

import threading
import time

import pytest

from shopbell.channels.mail.arriving import room as rooms
from shopbell.channels.mail.arriving.asking import Inquiry, NamesAway
from shopbell.channels.mail.arriving.authentic import Proof, Verdict, prove
from shopbell.channels.mail.arriving.reading import read
from shopbell.channels.mail.arriving.room import ReadingRoom
from shopbell.channels.mail.arriving.servers import Envelope
from tests.support.mail import HERE, SERVER, STRANGE, Letter, ask, signed

TO = f"c-1@{HERE}"


def proves(raw: bytes, sender: str, client: str) -> Proof:
    return prove(raw, Envelope(sender, TO, client, "mx.example.org"), read(raw), ask)


@pytest.mark.parametrize(
    ("sender", "signer", "client", "verdict"),
    [
        ("anna@example.org", "", SERVER, Verdict.PROVEN),
        ("anna@example.org", "", STRANGE, Verdict.DENIED),
        ("anna@example.org", "example.org", STRANGE, Verdict.PROVEN),
        ("anna@example.org", "mail.example.org", STRANGE, Verdict.PROVEN),
        ("anna@example.org", "evil.example", STRANGE, Verdict.DENIED),
        ("anna@mail.example.org", "example.org", STRANGE, Verdict.PROVEN),
        ("anna@strict.example", "sub.strict.example", STRANGE, Verdict.DENIED),
        ("anna@soft.example", "", SERVER, Verdict.PROVEN),
        ("anna@soft.example", "", STRANGE, Verdict.DENIED),
        ("anna@signed.example", "signed.example", STRANGE, Verdict.PROVEN),
        ("anna@signed.example", "", STRANGE, Verdict.OPEN),
        ("anna@sub.signed.example", "signed.example", STRANGE, Verdict.OPEN),
        ("anna@plain.example", "", STRANGE, Verdict.OPEN),
        ("anna@plain.example", "nothing.example", STRANGE, Verdict.OPEN),
        ("anna@localhost", "", STRANGE, Verdict.DENIED),
        ("anna@ten.example", "", SERVER, Verdict.PROVEN),
        ("anna@eleven.example", "", SERVER, Verdict.OPEN),
        ("anna@void.example", "", SERVER, Verdict.OPEN),
        ("anna@a.suffix.example", "a.suffix.example", STRANGE, Verdict.PROVEN),
        ("anna@mail.a.suffix.example", "a.suffix.example", STRANGE, Verdict.PROVEN),
        ("anna@b.suffix.example", "a.suffix.example", STRANGE, Verdict.DENIED),
        ("anna@suffix.example", "a.suffix.example", STRANGE, Verdict.DENIED),
        ("anna@a.suffix.example", "", STRANGE, Verdict.DENIED),
        ("anna@x.org.example", "org.example", STRANGE, Verdict.PROVEN),
        ("anna@own.org.example", "org.example", STRANGE, Verdict.DENIED),
    ],
)
def test_a_domain_is_proven_denied_or_left_open(
    sender: str, signer: str, client: str, verdict: Verdict
) -> None:
    raw = Letter(TO, sender=sender).raw()
    assert proves(signed(raw, signer) if signer else raw, sender, client).verdict is verdict


def test_every_signature_counts_and_a_broken_one_of_the_sender_denies() -> None:
    raw = Letter(TO, sender="anna@signed.example").raw()
    both = signed(signed(raw, "signed.example"), "evil.example")
    assert proves(both, "x@evil.example", "").signed == ["evil.example", "signed.example"]
    assert proves(both, "x@evil.example", "").verdict is Verdict.PROVEN
    changed = signed(raw, "signed.example").replace(b"open", b"shut")
    assert proves(changed, "anna@signed.example", "").verdict is Verdict.DENIED


def test_a_signature_that_leaves_open_to_whom_it_was_is_none() -> None:
    """Else whoever got a letter of hers could hand it on as one to somebody else."""
    raw = Letter(TO, sender="anna@signed.example", headers={"Cc": "bob@example.org"}).raw()
    for left_out in (b"to", b"cc"):
        names = [one for one in (b"from", b"to", b"cc", b"subject") if one != left_out]
        loose = signed(raw, "signed.example", include_headers=names)
        assert proves(loose, "anna@signed.example", STRANGE).verdict is Verdict.DENIED
    assert proves(signed(raw, "signed.example"), "", STRANGE).verdict is Verdict.PROVEN


@pytest.mark.parametrize(
    "line",
    [
        b"X-A: b\rFrom: bob@example.org",
        b"X-A: b\nFrom: bob@example.org",
        b"X-A: b\r\rFrom: bob@example.org",
        b"X-A: b\x00",
        b"To: somebody@else.example",
        b"Cc: a@else.example\r\ncc: b@else.example",
        b"\r\n".join(b"X-%d: a" % number for number in range(501)),
    ],
    ids=["bare_cr", "bare_lf", "two_bare_crs", "null", "two_to", "two_cc", "too_many"],
)
def test_what_can_be_read_in_two_ways_is_suspicious(line: bytes) -> None:
    raw = signed(Letter(TO).raw(), "example.org")
    assert proves(raw, "anna@example.org", SERVER).suspicion == ""
    assert proves(line + b"\r\n" + raw, "anna@example.org", SERVER).suspicion != ""


def test_one_key_that_nobody_can_tell_does_not_hold_up_what_another_proves() -> None:
    def half(name: str, kind: str) -> list[object]:
        if name.endswith("_domainkey.evil.example"):
            raise NamesAway(name)
        return ask(name, kind)

    raw = Letter(TO, sender="anna@signed.example").raw()
    both = signed(signed(raw, "signed.example"), "evil.example")
    envelope = Envelope("anna@signed.example", TO)
    assert prove(both, envelope, read(both), half).verdict is Verdict.PROVEN
    alone = signed(raw, "evil.example")
    with pytest.raises(NamesAway):
        prove(alone, envelope, read(alone), half)


def test_a_letter_that_is_too_much_to_prove_holds_up_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its signature does not hold; meanwhile this process goes on."""
    relaxed = (b"relaxed", b"relaxed")
    raw = signed(Letter(TO).raw(), "example.org", canonicalize=relaxed)
    bomb = raw + b" " * 400_000 + b"x\r\n"
    monkeypatch.setattr(rooms, "PATIENCE_SECONDS", 2.0)
    room, longest, ended = ReadingRoom(), 0.0, threading.Event()

    def beat() -> None:
        nonlocal longest
        while not ended.is_set():
            begun = time.monotonic()
            time.sleep(0.01)
            longest = max(longest, time.monotonic() - begun)

    heart = threading.Thread(target=beat)
    heart.start()
    envelope = Envelope("anna@example.org", TO, STRANGE)
    proof = prove(bomb, envelope, read(bomb), ask, (), room.examine)
    ended.set()
    heart.join()
    assert (proof.verdict, proof.signed) == (Verdict.DENIED, [])
    assert longest < 1.0
    again = prove(raw, envelope, read(raw), ask, (), room.examine)
    room.close()
    assert again.verdict is Verdict.PROVEN


def test_many_signatures_cost_no_more_than_ten() -> None:
    asked: list[str] = []

    def counting(name: str, kind: str) -> list[object]:
        asked.append(name)
        return ask(name, kind)

    raw = Letter(TO, sender="anna@signed.example").raw()
    many = signed(raw, "evil.example")
    for number in range(30):
        more = signed(raw, "evil.example").partition(b"From:")[0]
        many = more.replace(b"s=s1", b"s=k%d" % number) + many
    prove(many, Envelope("anna@signed.example", TO), read(many), counting)
    assert sum("_domainkey" in name for name in asked) == 10


@pytest.mark.parametrize("client", ["unknown", "::fffff", "1.2.3.4.5", "a b", "\x00"])
def test_who_handed_it_over_may_be_told_as_nonsense(client: str) -> None:
    raw = Letter(TO, sender="anna@plain.example").raw()
    proof = proves(raw, "anna@plain.example", client)
    assert (proof.spf, proof.verdict) == ("permerror", Verdict.OPEN)


def test_a_subdomain_inherits_what_is_demanded_of_subdomains() -> None:
    proof = proves(Letter(TO, sender="anna@x.org.example").raw(), "x@x.org.example", "")
    assert proof.policy == "quarantine"


def test_each_name_is_asked_for_once() -> None:
    asked: list[tuple[str, str]] = []

    def counting(name: str, kind: str) -> list[object]:
        asked.append((name, kind))
        return ask(name, kind)

    raw = signed(signed(Letter(TO).raw(), "mail.example.org"), "evil.example")
    prove(raw, Envelope("anna@example.org", TO, SERVER), read(raw), counting)
    assert len(asked) == len(set(asked))


def test_one_letter_has_us_wait_for_names_twenty_seconds_at_most() -> None:
    at = 0.0

    def slow(_name: str, _kind: str) -> list[object]:
        nonlocal at
        at += 4.9
        return []

    inquiry = Inquiry(slow, lambda: at)
    with pytest.raises(NamesAway, match="within 20 seconds"):
        all(inquiry(f"{number}.example", "A") == [] for number in range(60))
    assert at < 25


def test_one_letter_has_us_look_up_sixty_names_at_most() -> None:
    count = 0

    def counting(_name: str, _kind: str) -> list[object]:
        nonlocal count
        count += 1
        return []

    raw = signed(Letter(TO, sender="anna@signed.example").raw(), "signed.example")
    more = signed(Letter(TO).raw(), "evil.example").partition(b"From:")[0]
    deep = b"".join(
        more.replace(b"d=evil.example", b"d=" + b"a." * 40 + b"%d.example" % n) for n in range(9)
    )
    prove(deep + raw, Envelope("x@signed.example", TO), read(raw), counting)
    assert count <= 60
    inquiry = Inquiry(counting)
    with pytest.raises(NamesAway, match="more than 60"):
        all(inquiry(f"{number}.example", "A") == [] for number in range(61))


def test_names_that_nobody_can_tell_are_no_verdict() -> None:
    def away(name: str, kind: str) -> list[object]:
        raise NamesAway(name)

    raw = Letter(TO).raw()
    with pytest.raises(NamesAway):
        prove(raw, Envelope("anna@example.org", TO, SERVER), read(raw), away)
