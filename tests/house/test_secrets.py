"""No key, no token and nobody's password lies in the tree."""

import math
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from shopbell.accounts.model import KEY_PREFIX
from tests.house import texts

KINDS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a key of Amazon's": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "a key of Google's": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a token of GitHub's": r"\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{22,})\b",
    "a token of GitLab's": r"\bglpat-[0-9A-Za-z_-]{20,}\b",
    "a token of Slack's": r"\bxox[abprs]-[0-9A-Za-z-]{10,}\b",
    "a key of Stripe's": r"\b[rs]k_(live|test)_[0-9A-Za-z]{16,}\b",
    "a token of a registry": r"\b(npm_[0-9A-Za-z]{36}|pypi-AgE[0-9A-Za-z_-]{20,})\b",
    "a signed token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]+:[^\s/:@'\"{$<]{3,}@[\w.-]+",
    "a key of ours": rf"\b{KEY_PREFIX}[0-9A-Za-z_-]{{43}}\b",
}
_LONG = re.compile(r"(?<![\w/+.-])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w/.-])")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f-]+", re.IGNORECASE)
DRAWN_BITS, DRAWN_HEX_BITS = 4.3, 3.0
"""Bits per letter from which a long word looks drawn by chance: words of people have fewer."""

LOCKED = ("requirements/", "frontend/package-lock.json")
"""Locks are made of hashes."""

KNOWN = {
    "ApiV1DeskActsBulkUndo": "the name of an operation",
    "1234-9f86d081884c": "a seal of the doctor's, as an example",
    "7e026d80d15fe4cc": "a signature to compare with, as an example",
    "e481f51cbdc54678": "the number of an order in public data",
}
"""What looks like a secret and is none, by its beginning, with the reason."""

LETTERS = "0123456789" + "abcdefghijklmnopqrstuvwxyz"


def looking_like_secrets(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word that looks like a secret, and what it looks like."""
    for kind, pattern in KINDS.items():
        yield from ((found[0], kind) for found in re.finditer(pattern, text))
    for word in _LONG.findall(text):
        if not _ID.fullmatch(word) and _bits(word) >= (
            DRAWN_HEX_BITS if _HEX.fullmatch(word) else DRAWN_BITS
        ):
            yield word, "drawn by chance"


def _bits(word: str) -> float:
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)


def test_no_secret_lies_in_the_tree() -> None:
    found = {
        f"{name}: {kind}: {word[:60]}"
        for name, text in texts().items()
        if not name.startswith(LOCKED)
        for word, kind in looking_like_secrets(text)
        if not word.startswith(tuple(KNOWN))
    }
    assert found == set()


def test_no_address_of_a_lock_has_a_password_in_it() -> None:
    locks = [text for name, text in texts().items() if name.startswith(LOCKED)]
    assert locks
    assert [lock[:40] for lock in locks if re.search(r"://[^/\s]*@", lock)] == []


def test_what_is_known_is_still_there() -> None:
    others = "".join(text for name, text in texts().items() if not name.endswith("secrets.py"))
    assert {word for word in KNOWN if word not in others} == set()


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("a key of Amazon's", "AKIA" + "IOSFODNN7EXAMPLE"),
        ("a key of Google's", "AIza" + "Sy" + LETTERS[:33]),
        ("a token of GitHub's", "ghp_" + LETTERS),
        ("a token of GitLab's", "glpat-" + "0123456789abcdefghij"),
        ("a token of Slack's", "xoxb-" + "123456789012-abcdef"),
        ("a key of Stripe's", "sk_live_" + "0123456789abcdef"),
        ("a token of a registry", "npm_" + LETTERS),
        ("a signed token", "eyJhbGciOiJIUzI1" + ".eyJzdWIiOiIxMjM0" + ".c2lnbmF0dXJlIQ"),
        ("a password in an address", "postgresql://shopbell" + ":s3cret@db.example.org/x"),
        ("a key of ours", f"{KEY_PREFIX}{LETTERS}_{LETTERS[:6]}"),
        ("drawn by chance", "Zk9vQm3xT7LpW2sYd8" + "RfHc5JgNaKu4EbVi6XoM1q"),
        ("drawn by chance", "9f86d081884c" + "7d659a2feaa0c" + "55ad015"),
    ],
)
def test_a_planted_secret_is_found(kind: str, planted: str) -> None:
    text = f'{{"key": "{planted}"}}'
    assert kind in {kind for _word, kind in looking_like_secrets(text)}
