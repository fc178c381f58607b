"""Addresses and ids that only we can make, and that tell us what an answer belongs to. Pure.

Each ends in a tag: 80 bits of an HMAC-SHA256 with a key of the keyring, and in front of it the
letter that names the key. Whoever has not been written to cannot guess one. The tag of a relay
address is bound to its recipient: handed on, it does not speak for whoever it was handed to.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

from shopbell.conversations.model import ConversationId
from shopbell.kernel.actor import PersonId, ShopId
from shopbell.kernel.ids import ID_PATTERN

TAG_BYTES = 10
_ID = ID_PATTERN.strip("^$")
_TAG = r"(?P<key>[a-z])(?P<tag>[a-z2-7]{16})"
_relay = re.compile(rf"c-(?P<talk>{_ID})\.{_TAG}").fullmatch
_whole_tag = re.compile(_TAG).fullmatch
_inquiry = re.compile(r"i-(?P<token>[a-z2-7]{20,60})").fullmatch
_bounce = re.compile(rf"b-(?P<letter>{_ID})\.{_TAG}").fullmatch


class Keyring(Struct, frozen=True):
    """The secrets that tags are made with: the newest signs, all of them verify.

    ``keys`` are named by one letter from a to z.
    """

    keys: Mapping[str, bytes]
    newest: str


def person(who: PersonId) -> str:
    """Return how tags name a person whom we write to."""
    return f"person:{who}"


def team(shop: ShopId) -> str:
    """Return how tags name the mailbox of a shop's team."""
    return f"shop:{shop}"


def relay_address(keys: Keyring, talk: ConversationId, recipient: str) -> str:
    """Return the local part at which ``recipient`` answers in a conversation: 56 signs."""
    return f"c-{talk}.{_signed(keys, 'relay', talk, recipient)}"


def relayed_talk(local: str) -> ConversationId | None:
    """Return the conversation that a local part names, if it is a relay address at all.

    It says nothing yet of who may write there: that is `is_for`.
    """
    found = _relay(local.lower())
    return ConversationId(found["talk"]) if found else None


def is_for(keys: Keyring, local: str, talk: ConversationId, recipient: str) -> bool:
    """Tell whether this relay address was made for ``recipient`` in this conversation."""
    found = _relay(local.lower())
    return (
        found is not None and found["talk"] == talk and _fits(keys, found, "relay", talk, recipient)
    )


def bounce_address(keys: Keyring, letter_id: str) -> str:
    """Return the local part to which a letter returns that cannot be delivered (VERP)."""
    return f"b-{letter_id}.{_signed(keys, 'bounce', letter_id)}"


def bounced_letter(keys: Keyring, local: str) -> str | None:
    """Return the letter that came back to this local part, if it is one that we made."""
    found = _bounce(local.lower())
    if found is None or not _fits(keys, found, "bounce", found["letter"]):
        return None
    return found["letter"]


def inquiry_address(token: str) -> str:
    """Return the local part at which a carrier answers: its token, in signs of one case only."""
    secret = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return f"i-{base64.b32encode(secret).decode().rstrip('=').lower()}"


def inquiry_token(local: str) -> str | None:
    """Return the token in a local part, if it has that form; whether one is ours is not ours."""
    found = _inquiry(local.lower())
    if found is None:
        return None
    try:
        secret = base64.b32decode(found["token"].upper() + "=" * (-len(found["token"]) % 8))
    except ValueError:
        return None
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def stop_link(keys: Keyring, site: str, recipient: str, kind: str) -> str:
    """Return where ``recipient`` can ask for no more letters of a kind, without signing in."""
    return f"{site}/letters/stop?who={recipient}&tag={stop_tag(keys, recipient, kind)}&kind={kind}"


def stop_tag(keys: Keyring, recipient: str, kind: str = "") -> str:
    """Return what shows that somebody who wants no more letters, of a kind or at all, got one."""
    return _signed(keys, *_stopped(recipient, kind))


def may_stop(keys: Keyring, recipient: str, tag: str, kind: str = "") -> bool:
    """Tell whether this tag was in a letter to ``recipient``, for letters of this kind."""
    found = _whole_tag(tag)
    if found is None or "\0" in recipient + kind:
        return False
    return _fits(keys, found, *_stopped(recipient, kind))


def _stopped(recipient: str, kind: str) -> tuple[str, ...]:
    return ("stop", recipient, kind) if kind else ("stop", recipient)


def message_id(keys: Keyring, event_id: str, recipient: str, domain: str) -> str:
    """Return the Message-ID of the letter about an event: the same however often it is made."""
    return f"<{_signed(keys, 'message', event_id, recipient)}@{domain}>"


def _signed(keys: Keyring, *parts: str) -> str:
    return keys.newest + _tag(keys.keys[keys.newest], parts)


def _fits(keys: Keyring, found: re.Match[str], *parts: str) -> bool:
    secret = keys.keys.get(found["key"])
    return secret is not None and hmac.compare_digest(_tag(secret, parts), found["tag"])


def _tag(secret: bytes, parts: tuple[str, ...]) -> str:
    """Return the tag of parts none of which holds the sign that stands between them."""
    whole = hmac.digest(secret, "\0".join(parts).encode(), sha256)
    return base64.b32encode(whole[:TAG_BYTES]).decode().lower()
