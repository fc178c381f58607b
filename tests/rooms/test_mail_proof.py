"""What letters prove: SPF, DKIM and how they align with the sender that is shown."""

import pytest

from shopbell.channels.mail.arriving.authentic import Envelope, NamesAway, Proof, Verdict, prove
from shopbell.channels.mail.arriving.reading import read
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


def test_many_signatures_cost_no_more_than_ten() -> None:
    asked: list[str] = []

    def counting(name: str, kind: str) -> list[object]:
        asked.append(name)
        return ask(name, kind)

    raw = Letter(TO, sender="anna@signed.example").raw()
    many = signed(raw, "evil.example")
    for _more in range(30):
        many = signed(raw, "evil.example").partition(b"From:")[0] + many
    prove(many, Envelope("anna@signed.example", TO), read(many), counting)
    assert sum("_domainkey" in name for name in asked) == 10


def test_names_that_nobody_can_tell_are_no_verdict() -> None:
    def away(name: str, kind: str) -> list[object]:
        raise NamesAway(name)

    raw = Letter(TO).raw()
    with pytest.raises(NamesAway):
        prove(raw, Envelope("anna@example.org", TO, SERVER), read(raw), away)
