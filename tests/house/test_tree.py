"""What lies in the tree belongs to everybody: no machine, no registry, no lost file."""

import re

from tests.house import ROOT, in_the_tree, texts

HOSTS = re.compile(r"\b(pypi|pythonhosted|npmjs|npmmirror|yarnpkg|crates|rubygems)\.(org|com|io)\b")
MACHINES = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp/team)/\w")
LARGEST = 600_000


def test_no_address_of_a_registry() -> None:
    assert [
        f"{name}: {found[0]}" for name, text in texts().items() if (found := HOSTS.search(text))
    ] == []


def test_no_path_of_one_machine() -> None:
    found = [
        f"{name}: {hit[0]}" for name, text in texts().items() if (hit := MACHINES.search(text))
    ]
    assert found == []


def test_no_file_is_huge() -> None:
    assert [name for name in in_the_tree() if (ROOT / name).stat().st_size > LARGEST] == []
