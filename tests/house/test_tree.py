"""What lies in the tree belongs to everybody: no machine, no registry, no lost file."""

import re
import subprocess
from collections.abc import Iterator

from tests.house import ROOT

HOSTS = re.compile(r"\b(pypi|pythonhosted|npmjs|npmmirror|yarnpkg|crates|rubygems)\.(org|com|io)\b")
MACHINES = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp/team)/\w")
LARGEST = 400_000
_PICTURES = {".png", ".woff2", ".ico", ".jpg", ".webp"}


def test_no_address_of_a_registry() -> None:
    assert [f"{name}: {found[0]}" for name, text in _texts() if (found := HOSTS.search(text))] == []


def test_no_path_of_one_machine() -> None:
    found = [f"{name}: {hit[0]}" for name, text in _texts() if (hit := MACHINES.search(text))]
    assert found == []


def test_no_file_is_huge() -> None:
    assert [name for name in _names() if (ROOT / name).stat().st_size > LARGEST] == []


def _texts() -> Iterator[tuple[str, str]]:
    for name in _names():
        if (ROOT / name).suffix not in _PICTURES:
            yield name, (ROOT / name).read_text()


def _names() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - whichever git is on the path
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]
