"""What a domain says of its letters, and which domains belong together (DMARCbis, section 4.10)."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from shopbell.channels.mail.arriving.asking import Ask

LABELS_MOST = 8
"""How many steps up the tree of names are asked for a policy."""

is_domain = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})+").fullmatch
_DMARC = re.compile(r"^v\s*=\s*DMARC1\s*(?:;|$)", re.IGNORECASE)
_TAG = re.compile(r"(?:^|;)\s*([a-z]{1,6})\s*=\s*([^;]*)")


class Policy(Struct, frozen=True):
    """What a domain, or the one above it, says of its letters; ``stated`` if anything at all.

    ``owner`` is the highest domain that they belong to together.
    """

    domain: str
    owner: str
    stated: bool = False
    demand: str = ""
    dkim: str = "r"
    spf: str = "r"

    def covers(self, other: str, how: str, ask: Ask) -> bool:
        """Tell whether what was proven for ``other`` proves this domain, too.

        ``how`` is ``s`` where both must be the same. Without a policy nobody has said which
        domains belong together: then they must be, too.
        """
        other = other.lower().rstrip(".")
        if self.domain == other:
            return True
        if how == "s" or not self.stated or not is_domain(other):
            return False
        return self.owner == _owner(other, _walk(other, ask))


def policy(domain: str, ask: Ask) -> Policy:
    """Return what holds for a domain: its own policy, its owner's, or the public suffix's."""
    found = _walk(domain, ask)
    owner = _owner(domain, found)
    tags = found.get(domain) or found.get(owner) or _suffix(found)
    if tags is None:
        return Policy(domain, owner)
    inherited = tags.get("sp") if domain not in found else None
    return Policy(
        domain,
        owner,
        stated=True,
        demand=inherited or tags.get("p", ""),
        dkim=tags.get("adkim", "r"),
        spf=tags.get("aspf", "r"),
    )


def _walk(domain: str, ask: Ask) -> dict[str, dict[str, str]]:
    """Return the policies from a domain upwards, until one says whether more can be above it."""
    found: dict[str, dict[str, str]] = {}
    for name in _upwards(domain):
        if tags := _policy_at(name, ask):
            found[name] = tags
            if tags.get("psd") in {"y", "n"}:
                break
    return found


def _owner(domain: str, found: dict[str, dict[str, str]]) -> str:
    """Return whose domain it is: the highest with a policy, though no public suffix owns any."""
    if not found:
        return domain
    highest = list(found)[-1]
    if found[highest].get("psd") != "y" or highest == domain:
        return highest
    labels = highest.count(".") + 2
    return ".".join(domain.split(".")[-labels:])


def _suffix(found: dict[str, dict[str, str]]) -> dict[str, str] | None:
    last = next(reversed(found.values()), None)
    return last if last and last.get("psd") == "y" else None


def _upwards(domain: str) -> Iterator[str]:
    """Walk from a domain up to the highest; a long name is shortened after a step."""
    labels = domain.split(".")
    yield domain
    first = max(1, len(labels) - LABELS_MOST + 1)
    for begin in range(first, len(labels)):
        yield ".".join(labels[begin:])


def _policy_at(name: str, ask: Ask) -> dict[str, str] | None:
    texts = [_joined(record) for record in ask(f"_dmarc.{name}", "TXT")]
    found = [one for one in texts if _DMARC.match(one)]
    return _tags(found[0]) if len(found) == 1 else None


def _joined(record: Any) -> str:  # noqa: ANN401 - dnspython's own
    return b"".join(record.strings).decode("utf-8", "replace")


def _tags(record: str) -> dict[str, str]:
    return {name: value.strip().lower() for name, value in _TAG.findall(record.lower())}
