"""What is built on is pinned, is used, may be used, and runs nothing when it is installed.

All of it is read from the tree and from what is installed; nothing is asked of anybody. Whether a
version has a known weakness cannot be seen from here: docs/operate/proof.md says so.
"""

import ast
import json
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import Distribution, distributions
from itertools import pairwise
from typing import Any

import pytest

from tests.house import ROOT, in_the_tree, texts

LOCKS = ("build", "dev", "run", "tools")
FREE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "OFL-1.1",
    "PSF-2.0",
    "Python-2.0",
    "Zlib",
}
"""Licences under which a shop may run, change and pass on what we hand it."""

ALSO = {
    "certifi": "MPL-2.0",
    "hypothesis": "MPL-2.0",
    "pathspec": "MPL-2.0",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "py-vapid": "MPL-2.0",
    "text-unidecode": "Artistic-1.0-Perl",
    "tnefparse": "LGPL",
    "tqdm": "MPL-2.0 AND MIT",
}
"""Used unchanged as libraries of their own."""

REACH_THE_PRODUCT = {"certifi", "psycopg", "psycopg-binary", "py-vapid", "tnefparse"}

ALSO_IN_PAGES = {"axe-core": "MPL-2.0", "lightningcss": "MPL-2.0"}
"""Tools that build and test pages; nothing of them reaches a browser."""

IN_A_FILE = {"aiofastnet", "axe-playwright-python", "imapclient", "picows", "resvg-py"}
"""They say it in a file alone, by the licence's own words."""

WORDS = {
    "MIT": "Permission is hereby granted, free of charge",
    "BSD-3-Clause": "Redistribution and use in source and binary forms, with or without",
}


SAME = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Artistic License": "Artistic-1.0-Perl",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "MIT, BSD": "MIT AND BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "BSD-like": "Zlib",
    "Python Software Foundation License": "PSF-2.0",
}

UNSEEN = {
    "httptools": "uvicorn reads HTTP by it",
    "tzdata": "the time zones of shops, where the system has none",
    "websockets": "uvicorn speaks sockets by it where picows is not used",
}
NAMED_BY_TOOLS = {
    "hatchling": "hatch_build.py and the build",
    "import-linter": "scripts/check",
    "mypy": "scripts/check",
    "pyright": "scripts/check",
    "pytest-playwright": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
    "ruff": "scripts/check",
}
NAMED_BY_THE_BUILD = {
    "@types/node": "the types of what builds the pages",
    "svelte-check": "npm run check",
    "typescript": "npm run check",
    "openapi-typescript": "scripts/wire_types.py",
}
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "dkimpy": "dkim",
    "dnspython": "dns",
    "pillow": "PIL",
    "pyspf": "spf",
    "pystemmer": "Stemmer",
    "python-barcode": "barcode",
}
BESIDE = {"markupsafe": "jinja2", "hypothesis": "hypothesis", "nacl": "dkimpy[ed25519]"}
"""Packages that come with another one and are part of how it is used."""


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_and_known_by_its_hash(lock: str) -> None:
    lines = (ROOT / f"requirements/{lock}.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    hashed = [line for line, after in pairwise(lines) if "--hash=sha256:" in after and line in pins]
    assert pins
    assert [pin for pin in pins if not re.match(r"[a-z0-9-]+==[\w.]+( ;.*)? \\$", pin)] == []
    assert pins == [line for line in pins if line in hashed]


def test_what_is_tested_is_what_runs() -> None:
    assert pinned("run").items() <= pinned("dev").items()


def test_only_what_is_locked_is_installed() -> None:
    here = {_plain(one.name): one.version for one in distributions() if one.name != "shopbell"}
    assert {f"{n} {v}" for n, v in here.items() if pinned("dev").get(n) != v} == set()


def test_every_licence_lets_a_shop_use_it() -> None:
    said = {_plain(one.name): licence_of(one) for one in distributions()}
    assert {n: s for n, s in said.items() if not _is_free(s) and ALSO.get(n) != s} == {}
    assert ALSO.keys() & pinned("run").keys() == REACH_THE_PRODUCT


def test_every_licence_of_the_pages_lets_a_shop_use_it() -> None:
    said = {_package(path): one.get("license", "") for path, one in locked_pages().items()}
    strange = {name for name, licence in said.items() if not _is_free(licence)}
    assert {name for name in strange if not name.startswith(tuple(ALSO_IN_PAGES))} == set()
    shipped = {_package(path) for path, one in locked_pages().items() if not one.get("dev")}
    assert shipped & strange == set()


def test_nothing_of_the_pages_runs_when_it_is_installed() -> None:
    """A package that is taken over by somebody does its harm when it is installed."""
    assert [path for path, one in locked_pages().items() if one.get("hasInstallScript")] == []
    assert "npm --prefix frontend ci --ignore-scripts" in (ROOT / "scripts/prepare").read_text()


def test_every_package_of_the_pages_is_known_by_its_hash() -> None:
    assert [path for path, one in locked_pages().items() if not one.get("integrity")] == []


def test_every_package_asked_for_is_used() -> None:
    ours, theirs = imported("src/"), imported("tests/") | imported("scripts/")
    runs, tests = asked_for()
    assert {name for name in runs if _module(name) not in ours} == UNSEEN.keys()
    assert {name for name in tests if _module(name) not in theirs} == NAMED_BY_TOOLS.keys()


def test_every_package_used_is_asked_for() -> None:
    """What only comes with another package goes with it, too, one day."""
    runs, tests = ({_module(name) for name in names} for names in asked_for())
    known = sys.stdlib_module_names | BESIDE.keys() | {"shopbell", "tests", "scripts"}
    assert imported("src/") - runs - known == set()
    assert imported("tests/") - runs - tests - known == set()


def test_every_package_of_the_pages_is_used() -> None:
    asked = json.loads((ROOT / "frontend/package.json").read_text())
    named = {*asked["dependencies"], *asked["devDependencies"]}
    code = "".join(text for name, text in texts().items() if name.startswith("frontend/"))
    used = {name for name in named if re.search(rf"""from ['"]{name}|import ['"]{name}""", code)}
    assert named - used == NAMED_BY_THE_BUILD.keys()


@cache
def pinned(lock: str) -> dict[str, str]:
    """Return what a lock names, for whatever machine: name and version."""
    found = re.findall(
        r"^([\w.-]+)==([\w.]+)", (ROOT / f"requirements/{lock}.txt").read_text(), re.MULTILINE
    )
    return dict(found)


@cache
def locked_pages() -> dict[str, dict[str, Any]]:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    return {path: one for path, one in lock["packages"].items() if path}


def asked_for() -> tuple[set[str], set[str]]:
    """Return what the product, with its extras, and what its tests ask for by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    own = [*project["project"]["dependencies"], *(name for extra in extras for name in extra)]
    lists = own, project["dependency-groups"]["dev"]
    runs, tests = ({re.split(r"[>=<\[]", one)[0] for one in names} for names in lists)
    return runs, tests


@cache
def imported(folder: str) -> frozenset[str]:
    """Return the first names of all that the code in a folder imports."""
    found = set[str]()
    for name in in_the_tree():
        if name.startswith(folder) and name.endswith(".py"):
            for node in ast.walk(ast.parse((ROOT / name).read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.partition(".")[0])
    return frozenset(found)


def licence_of(one: Distribution) -> str:
    """Return the licence of an installed package as an SPDX expression, as far as it says so."""
    if _plain(one.name) in IN_A_FILE:
        files = (f for f in one.files or () if f.name.upper().startswith(("LICENSE", "COPYING")))
        file = next(files)
        words = " ".join(file.read_text().split())
        return next((name for name, said in WORDS.items() if said in words), words[:80])
    if expressions := one.metadata.get_all("License-Expression"):
        said = str(expressions[0])
        return SAME.get(said, said)
    classified = one.metadata.get_all("Classifier") or []
    named = [line.rpartition(" :: ")[2] for line in classified if line.startswith("License ::")]
    said = next(iter(one.metadata.get_all("License") or ()), "")
    short = said if said and len(said) < 40 else next(iter(named), said[:11])
    return SAME.get(short, short)


def _is_free(licence: str) -> bool:
    choices = licence.strip("()").split(" OR ")
    return any(all(part in FREE for part in choice.split(" AND ")) for choice in choices)


def _module(name: str) -> str:
    return IMPORTED_AS.get(name, name.replace("-", "_"))


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _package(path: str) -> str:
    return path.rpartition("node_modules/")[2]
