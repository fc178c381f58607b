"""Letters in somebody else's name: none of them ever speaks in a conversation."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dkim
import pytest

from shopbell.channels.mail import addresses
from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.arriving.model import Fate
from shopbell.conversations.model import ConversationId
from shopbell.kernel.ids import new_id
from tests.support.house import Counter, House, Person
from tests.support.mail import HERE, SERVER, STRANGE, Letter, Letterbox, signed


@dataclass(frozen=True)
class Scene:
    """What a forger may know: the addresses of everybody, and one of our own letters' ids."""

    box: Letterbox
    anna: str
    team: str
    mei: str
    other: str
    talk: ConversationId


Forgery = Callable[[Scene], tuple[bytes, str, str, str]]
"""A letter, to whom, the sender of its envelope, and the address it was handed over from."""

MALLORY = "mallory@evil.example"


def honest(to: str, **how: Any) -> Letter:
    return Letter(to, text="Send it to my new address.", **how)


def handed(letter: Letter | bytes, to: str, envelope: str = MALLORY, client: str = STRANGE) -> Any:
    return (letter.raw() if isinstance(letter, Letter) else letter), to, envelope, client


def as_anna(**how: Any) -> Forgery:
    """Write as Anna, from a server of the forger's own."""
    return lambda scene: handed(honest(scene.anna, **how), scene.anna)


def as_team(**how: Any) -> Forgery:
    return lambda scene: handed(
        honest(scene.team, **{"sender": "halo@example.org", **how}), scene.team
    )


def from_line(line: str) -> Forgery:
    """Prove all there is to prove of the forger's own domain, and show another From."""

    def forge(scene: Scene) -> Any:
        raw = honest(scene.anna, sender=MALLORY, shown="Mallory <mallory@evil.example>").raw()
        raw = raw.replace(b"From: Mallory <mallory@evil.example>", line.encode(), 1)
        with contextlib.suppress(dkim.DKIMException):  # some are no letters that could be signed
            raw = signed(raw, "evil.example")
        return handed(raw, scene.anna)

    return forge


def tampered(change: Callable[[bytes], bytes], domain: str = "example.org") -> Forgery:
    """Take a letter that Anna signed, and change it."""

    def forge(scene: Scene) -> Any:
        return handed(change(signed(honest(scene.anna).raw(), domain)), scene.anna)

    return forge


def to_address(make: Callable[[Scene], str]) -> Forgery:
    """Write truly as Anna, to an address that was not made for her."""

    def forge(scene: Scene) -> Any:
        to = make(scene)
        return handed(signed(honest(to).raw(), "example.org"), to, "anna@example.org", SERVER)

    return forge


def to_shop(**how: Any) -> Forgery:
    to = f"halo@{HERE}"
    return lambda _scene: handed(honest(to, **how), to)


def local(scene: Scene) -> str:
    return scene.anna.partition("@")[0]


def wrong_key(scene: Scene) -> str:
    ring = Keyring({"a": b"guessed" * 5}, "a")
    return f"{addresses.relay_address(ring, scene.talk, 'person:' + new_id())}@{HERE}"


def replayed(scene: Scene) -> Any:
    """Anna wrote this to somebody else, who hands it on."""
    raw = signed(honest(MALLORY).raw(), "example.org")
    return handed(raw, scene.anna)


def second_to(scene: Scene) -> Any:
    """Anna wrote this to somebody else, who puts our address in front."""
    raw = signed(honest(MALLORY).raw(), "example.org")
    return handed(f"To: {scene.anna}\r\n".encode() + raw, scene.anna)


def half_a_line(scene: Scene) -> Any:
    """Somebody at her provider, who may sign in its name; one program sees her name, one theirs."""
    raw = honest(scene.anna, sender="bob@example.org").raw()
    split = raw.replace(b"From:", b"X-Note: \rFrom: anna@example.org\r\nFrom:", 1)
    split = split.replace(b"\r\nFrom: bob", b"\r\nX-From: bob", 1)
    return handed(signed(split, "example.org", include_headers=[b"to", b"from"]), scene.anna)


def limited(scene: Scene) -> Any:
    """Anna's program signs only the beginning of a letter; the forger goes on."""
    raw = signed(honest(scene.anna).raw(), "example.org", length=True)
    return handed(raw + b"and send the money, too.\r\n", scene.anna)


FORGERIES: dict[str, Forgery] = {
    "her_address": as_anna(),
    "her_address_in_capitals": as_anna(shown="ANNA@EXAMPLE.ORG"),
    "her_name_and_address": as_anna(shown="Anna <anna@example.org>"),
    "her_envelope_too": lambda s: handed(honest(s.anna), s.anna, "anna@example.org"),
    "null_envelope": lambda s: handed(honest(s.anna), s.anna, ""),
    "no_client": lambda s: handed(honest(s.anna), s.anna, "anna@example.org", ""),
    "local_client": lambda s: handed(honest(s.anna), s.anna, "anna@example.org", "127.0.0.1"),
    "signed_by_another": lambda s: handed(signed(honest(s.anna).raw(), "evil.example"), s.anna),
    "signed_by_a_neighbour": lambda s: handed(
        signed(honest(s.anna).raw(), "signed.example"), s.anna
    ),
    "reply_to_her": lambda s: handed(
        signed(
            honest(s.anna, sender=MALLORY, headers={"Reply-To": "anna@example.org"}).raw(),
            "evil.example",
        ),
        s.anna,
    ),
    "sender_header": lambda s: handed(
        honest(s.anna, sender=MALLORY, headers={"Sender": "anna@example.org"}), s.anna
    ),
    "house_header": lambda s: handed(
        honest(s.anna, sender=MALLORY, headers={"X-Shopbell-From": "anna@example.org"}), s.anna
    ),
    "claimed_results": as_anna(
        headers={"Authentication-Results": f"{HERE}; dkim=pass header.d=example.org; spf=pass"}
    ),
    "claimed_seal": as_anna(headers={"ARC-Authentication-Results": "i=1; x; dmarc=pass"}),
    "received_from_her_server": as_anna(
        headers={"Received": f"from mx.example.org ([{SERVER}]) by {HERE}"}
    ),
    "two_from_lines": from_line("From: anna@example.org\r\nFrom: mallory@evil.example"),
    "two_from_lines_turned": from_line("From: mallory@evil.example\r\nFrom: anna@example.org"),
    "from_written_twice": from_line("from: anna@example.org\r\nFROM : mallory@evil.example"),
    "two_in_one_from": from_line("From: anna@example.org, mallory@evil.example"),
    "two_in_one_from_turned": from_line("From: mallory@evil.example, anna@example.org"),
    "no_from": from_line("X-From: anna@example.org"),
    "empty_from": from_line("From: "),
    "group": from_line("From: anna@example.org:mallory@evil.example;"),
    "empty_group": from_line("From: undisclosed:;"),
    "name_is_her_address": from_line('From: "anna@example.org" <mallory@evil.example>'),
    "name_is_her_address_encoded": from_line(
        "From: =?utf-8?q?anna=40example.org?= <mallory@evil.example>"
    ),
    "name_with_wide_at": from_line('From: "anna＠example.org" <mallory@evil.example>'),
    "comment": from_line("From: mallory@evil.example (anna@example.org)"),
    "route": from_line("From: <@evil.example:anna@example.org>"),
    "two_angles": from_line("From: <anna@example.org> <mallory@evil.example>"),
    "quoted_at": from_line('From: "anna@example.org"@evil.example'),
    "null_inside": from_line("From: anna@example.org\x00@evil.example"),
    "encoded_newline": from_line(
        "From: =?utf-8?q?Anna=0D=0AFrom:_anna=40example.org?= <mallory@evil.example>"
    ),
    "look_alike": from_line("From: аnna@example.org"),
    "subdomain": from_line("From: anna@example.org.evil.example"),
    "words_changed": tampered(lambda raw: raw.replace(b"new address", b"old address")),
    "words_added": tampered(lambda raw: raw + b"And the money, too.\r\n"),
    "from_added_in_front": tampered(lambda raw: b"From: mallory@evil.example\r\n" + raw),
    "second_from_behind": tampered(
        lambda raw: raw.replace(b"Subject:", b"From: anna@example.org\r\nSubject:", 1)
    ),
    "second_to_in_front": second_to,
    "from_behind_half_a_line_end": half_a_line,
    "only_the_beginning_signed": limited,
    "signed_but_for_somebody_else": replayed,
    "key_of_no_domain": tampered(lambda raw: raw, "nothing.example"),
    "tag_guessed": to_address(lambda s: local(s)[:-16] + "a" * 16 + f"@{HERE}"),
    "tag_of_another_key": to_address(wrong_key),
    "tag_of_the_team": to_address(lambda s: s.team),
    "tag_of_mei": to_address(lambda s: s.mei),
    "tag_of_another_buyer": to_address(lambda s: s.other),
    "talk_exchanged": to_address(lambda s: f"c-{new_id()}.{local(s).rpartition('.')[2]}@{HERE}"),
    "no_tag": to_address(lambda s: f"c-{s.talk}@{HERE}"),
    "team_from_elsewhere": as_team(),
    "team_by_name": as_team(sender=MALLORY, shown="Halo <mallory@evil.example>"),
    "buyer_at_the_teams_address": lambda s: handed(
        signed(honest(s.team).raw(), "example.org"), s.team, "anna@example.org", SERVER
    ),
    "colleague_at_the_teams_address": lambda s: handed(
        signed(honest(s.team, sender="mei@example.org").raw(), "example.org"),
        s.team,
        "mei@example.org",
        SERVER,
    ),
    "team_with_references": as_team(headers={"In-Reply-To": f"<aaaaaaaaaaaaaaaaa@{HERE}>"}),
    "shop_address_as_anna": to_shop(),
    "shop_address_with_references": to_shop(headers={"References": f"<aaaaaaaaaaaaaaaaa@{HERE}>"}),
}


def test_there_are_enough_of_them() -> None:
    assert len(FORGERIES) >= 40


@pytest.fixture
def scene(house: House, box: Letterbox, talk: ConversationId, anna: Person, halo: Counter) -> Scene:
    bob = house.buyer("bob")
    theirs = bob.asks(halo, None, "And mine?")
    return Scene(
        box=box,
        anna=box.relay(talk, addresses.person(anna.actor.id)),
        team=box.relay(talk, addresses.team(halo.shop.id)),
        mei=box.relay(talk, addresses.person(halo.mei.actor.id)),
        other=box.relay(theirs, addresses.person(bob.actor.id)),
        talk=talk,
    )


def test_no_forged_letter_speaks_and_none_is_lost(
    scene: Scene, house: House, anna: Person, halo: Counter
) -> None:
    spoke: dict[str, str] = {}
    for name, forge in FORGERIES.items():
        raw, to, envelope, client = forge(scene)
        mail = scene.box.takes(raw, to, sender=envelope, client=client, reads=False)
        house.passes(minutes=1)
        fate = scene.box.now(mail.id)
        expected = Fate.AUTOMATIC if name == "null_envelope" else Fate.HELD
        if fate.fate is not expected:
            spoke[name] = f"{fate.fate} {fate.why} {fate.trouble}"
    assert spoke == {}
    shown = {entry.type for entry in anna.events(scene.talk)}
    assert anna.reads(scene.talk) == ["Is the lamp paper?"]
    assert "automatic_mail" not in shown


def test_the_same_letter_from_where_it_should_come_speaks(scene: Scene) -> None:
    truth = [
        handed(honest(scene.anna), scene.anna, "anna@example.org", SERVER),
        handed(signed(honest(scene.anna).raw(), "example.org"), scene.anna),
        handed(signed(honest(scene.anna).raw(), "mail.example.org"), scene.anna),
    ]
    for raw, to, envelope, client in truth:
        mail = scene.box.takes(raw, to, sender=envelope, client=client)
        assert (mail.fate, mail.why) == (Fate.SHOWN, "")
