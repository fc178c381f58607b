"""Letters that servers on their way changed and sealed (ARC): whose word is taken for them."""

import pytest

from shopbell.channels.mail.arriving.authentic import Proof, Verdict, prove
from shopbell.channels.mail.arriving.reading import read
from shopbell.channels.mail.arriving.servers import Envelope
from tests.support.mail import HERE, STRANGE, Letter, ask, signed
from tests.support.seals import SEEN, sealed

TO = f"c-1@{HERE}"
TRUSTED = frozenset({"lists.example", "school.example"})


def passed_on() -> bytes:
    """Anna signed it; a server on the way put a line under it, and broke her signature."""
    return signed(Letter(TO).raw(), "example.org") + b"-- \r\nSent to a list.\r\n"


def proves(raw: bytes, sealers: frozenset[str] = TRUSTED) -> Proof:
    handed = Envelope("bounces@lists.example", TO, STRANGE, "mx.lists.example")
    return prove(raw, handed, read(raw), ask, sealers)


def test_the_word_of_a_trusted_server_is_taken() -> None:
    proof = proves(sealed(passed_on(), "lists.example"))
    assert (proof.verdict, proof.sealed) == (Verdict.PROVEN, "lists.example")
    assert str(proof).endswith("arc=lists.example")


def test_nobodys_word_is_taken_unless_the_operator_says_so() -> None:
    assert proves(sealed(passed_on(), "lists.example"), frozenset()).verdict is Verdict.DENIED
    assert proves(sealed(passed_on(), "evil.example")).verdict is Verdict.DENIED
    assert proves(passed_on()).verdict is Verdict.DENIED


def test_the_word_of_the_first_is_taken_if_all_after_it_are_trusted() -> None:
    first = sealed(passed_on(), "school.example") + b"Another line.\r\n"
    second = sealed(
        first, "lists.example", "arc=pass; dmarc=fail header.from=example.org", chain="pass"
    )
    assert proves(second).sealed == "school.example"
    assert proves(second, frozenset({"school.example"})).verdict is Verdict.DENIED
    strange = sealed(first, "evil.example", "arc=pass", chain="pass")
    assert proves(strange).verdict is Verdict.DENIED
    washed = sealed(sealed(passed_on(), "evil.example"), "lists.example", "arc=pass", chain="pass")
    assert proves(washed).verdict is Verdict.DENIED


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=fail header.from=example.org",
        "dmarc=pass header.from=evil.example",
        "dmarc=pass",
        "spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org",
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org"@evil.example',
        "spf=pass (x; dmarc=pass header.from=example.org; y) smtp.mailfrom=evil.example",
        "spf=pass (a (b; dmarc=pass header.from=example.org; c) d) smtp.mailfrom=evil.example",
        "dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
        "dmarc=pass header.from=evil.example header.from=example.org",
        "xdmarc=pass header.from=example.org",
        "dmarc=passed header.from=example.org",
        "",
    ],
)
def test_only_what_it_plainly_saw_counts(results: str) -> None:
    assert proves(sealed(passed_on(), "lists.example", results)).verdict is Verdict.DENIED


def test_what_was_changed_after_the_seal_has_none() -> None:
    whole = sealed(passed_on(), "lists.example")
    assert proves(whole + b"And the money, too.\r\n").verdict is Verdict.DENIED
    assert proves(whole.replace(b"pass (p=REJECT)", b"pass (p=NONE)")).verdict is Verdict.DENIED
    assert proves(whole.replace(b"it was open", b"it was shut")).verdict is Verdict.DENIED
    moved = whole.replace(b"From: anna@", b"From: bob@")
    assert proves(moved).verdict is Verdict.DENIED
    kept = whole.partition(b"ARC-Message-Signature")
    assert proves(kept[1] + kept[2]).verdict is Verdict.DENIED


def test_a_seal_that_leaves_the_sender_out_is_none() -> None:
    loose = sealed(passed_on(), "lists.example", covers=(b"to", b"subject"))
    assert proves(loose).verdict is Verdict.DENIED


def test_a_chain_without_end_is_not_looked_at() -> None:
    asked: list[str] = []

    def counting(name: str, kind: str) -> list[object]:
        asked.append(name)
        return ask(name, kind)

    raw = passed_on()
    for number in range(11):
        raw = sealed(raw, "lists.example", SEEN, chain="pass" if number else "none")
    handed = Envelope("bounces@lists.example", TO, STRANGE)
    assert prove(raw, handed, read(raw), counting, TRUSTED).verdict is Verdict.DENIED
    assert not any("r1._domainkey.lists.example" in name for name in asked)
