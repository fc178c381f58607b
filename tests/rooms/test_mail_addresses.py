"""Addresses at which letters are answered: who may speak there, and that nobody guesses one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shopbell.channels.mail import addresses, keys
from shopbell.channels.mail.addresses import Keyring
from shopbell.channels.mail.keys import KEYRING, NAMES, KeyringFull, add_key, keyring
from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import new_id

RING = Keyring({"a": b"a" * 32}, "a")
TALK = ConversationId("01a218ea-39d1-727e-89aa-4d7c335a8f4b")
ANNA = addresses.person(PersonId(new_id()))
TEAM = addresses.team(ShopId(new_id()))


def test_an_address_names_its_conversation_and_is_for_one_reader_only() -> None:
    local = addresses.relay_address(RING, TALK, ANNA)
    assert addresses.relayed_talk(local) == TALK
    assert addresses.is_for(RING, local, TALK, ANNA)
    assert not addresses.is_for(RING, local, TALK, TEAM)
    assert not addresses.is_for(RING, local, ConversationId(new_id()), ANNA)
    assert not addresses.is_for(RING, local.replace(TALK, new_id()), TALK, ANNA)


def test_an_address_fits_into_a_mail_header_and_survives_capitals() -> None:
    local = addresses.relay_address(RING, TALK, ANNA)
    assert len(local) <= 64
    assert local == local.lower()
    assert addresses.is_for(RING, local.upper(), TALK, ANNA)
    assert addresses.relayed_talk(local.upper()) == TALK


@pytest.mark.parametrize(
    "local",
    [
        "",
        "c-",
        "office",
        f"c-{TALK}",
        f"c-{TALK}.a",
        f"c-{TALK}.aaaaaaaaaaaaaaaa",
        f"c-{TALK}.aaaaaaaaaaaaaaaaaa",
        f"c-{TALK}.a{'1' * 16}",
        f"x-{TALK}.a{'a' * 16}",
        f"c-{TALK}.a{'a' * 16}\n",
        f"c-{TALK}.a{'a' * 16}@evil.example",
    ],
)
def test_what_has_not_the_form_of_an_address_names_nothing(local: str) -> None:
    assert addresses.relayed_talk(local) is None
    assert not addresses.is_for(RING, local, TALK, ANNA)


def test_every_sign_of_the_tag_counts() -> None:
    local = addresses.relay_address(RING, TALK, ANNA)
    for place in range(len(local) - 16, len(local)):
        other = "b" if local[place] == "a" else "a"
        guess = local[:place] + other + local[place + 1 :]
        assert not addresses.is_for(RING, guess, TALK, ANNA)


def test_an_old_key_still_verifies_and_an_unknown_one_does_not() -> None:
    old = addresses.relay_address(RING, TALK, ANNA)
    renewed = Keyring({**RING.keys, "b": b"b" * 32}, "b")
    new = addresses.relay_address(renewed, TALK, ANNA)
    assert new != old
    assert addresses.is_for(renewed, old, TALK, ANNA)
    assert addresses.is_for(renewed, new, TALK, ANNA)
    assert not addresses.is_for(RING, new, TALK, ANNA)


def test_a_key_is_named_by_the_address_and_no_other_is_tried() -> None:
    two = Keyring({"a": b"a" * 32, "b": b"b" * 32}, "a")
    local = addresses.relay_address(two, TALK, ANNA)
    assert not addresses.is_for(two, local.replace(".a", ".b", 1), TALK, ANNA)


def test_a_returned_letter_is_known_by_the_address_it_returns_to() -> None:
    letter = new_id()
    local = addresses.bounce_address(RING, letter)
    assert len(local) <= 64
    assert addresses.bounced_letter(RING, local.upper()) == letter
    assert addresses.bounced_letter(RING, local.replace(letter, new_id())) is None
    assert addresses.bounced_letter(RING, addresses.relay_address(RING, TALK, ANNA)) is None
    assert addresses.relayed_talk(local) is None


def test_a_tag_made_for_one_purpose_is_good_for_no_other() -> None:
    letter = str(TALK)
    tag = addresses.bounce_address(RING, letter).rpartition(".")[2]
    assert not addresses.is_for(RING, f"c-{TALK}.{tag}", TALK, "")


def test_a_message_id_is_the_same_however_often_it_is_made_and_no_other_letter_has_it() -> None:
    event = new_id()
    made = addresses.message_id(RING, event, ANNA, "reply.example.org")
    assert made == addresses.message_id(RING, event, ANNA, "reply.example.org")
    assert made.startswith("<")
    assert made.endswith("@reply.example.org>")
    assert made != addresses.message_id(RING, event, TEAM, "reply.example.org")
    assert made != addresses.message_id(RING, new_id(), ANNA, "reply.example.org")


def test_keys_are_made_once_and_only_we_may_read_them(tmp_path: Path) -> None:
    made = keyring(tmp_path)
    assert keyring(tmp_path) == made
    place = tmp_path / keys.FOLDER / KEYRING
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert len(made.keys[made.newest]) == 32


def test_programs_that_start_together_have_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as together:
        made = list(together.map(keyring, [tmp_path] * 40))
    assert all(ring == made[0] for ring in made)
    assert [file.name for file in (tmp_path / keys.FOLDER).iterdir()] == [KEYRING]


def test_a_new_key_signs_and_the_old_ones_stay(tmp_path: Path) -> None:
    before = keyring(tmp_path)
    after = add_key(tmp_path)
    assert after.newest == "b"
    assert after.keys["a"] == before.keys["a"]
    assert keyring(tmp_path) == after
    for _ in NAMES[2:]:
        add_key(tmp_path)
    with pytest.raises(KeyringFull):
        add_key(tmp_path)
