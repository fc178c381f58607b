"""What no review should have to look for: each rule with a snippet that it must catch.

Ruff's own security rules are on, too, for everything; where one of them is silenced stands here.
"""

import re
from fnmatch import fnmatch
from functools import cache

import pytest

from tests.house import texts
from tests.house.rules import (
    Rule,
    awaits,
    calls,
    cookies_without_care,
    imports,
    secrets_compared,
    sql_put_together,
    swallowed,
    text,
)

PYTHON = "src/shopbell/**/*.py"
PAGES = "frontend/**/*"

RULES = (
    Rule(
        "work gets its time from the transaction, so that a test's clock rules it (HOUSE 2)",
        PYTHON,
        calls("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"),
        ("datetime.now(UTC)", "date.today()"),
        {
            "kernel/clock.py": "the one clock",
            "cli/exam.py": "the doctor compares this machine's clock with the database's",
            "cli/exam_contents.py": "the doctor asks what is late by the clock of this machine",
            "demo/carrier.py": "another house, with a clock of its own",
            "engine/migrations/versions/0005_asked_once.py": "a migration has no transaction",
            "engine/migrations/versions/0007_tracking.py": "a migration has no transaction",
            "realtime/hub.py": "a figure: how old an entry is when it is told",
            "web/pages/format.py": "the year in a date is left out if it is this one",
        },
    ),
    Rule(
        "only the engine begins, commits and rolls back (HOUSE 2)",
        PYTHON,
        calls(".commit", ".rollback", ".begin_nested"),
        ("tx.connection.commit()", "connection.rollback()"),
        {
            "cli/bench/floor.py": "the floor is a bare loop without the engine",
            "cli/exam.py": "the doctor leaves nothing behind in a database it looks at",
            "engine/connect.py": "the engine",
        },
    ),
    *(
        Rule(
            "work is an ordinary function: nothing waits inside a transaction (HOUSE 2)",
            f"src/shopbell/*/{file}.py",
            awaits,
            ("async def send(tx): ...",),
        )
        for file in ("model", "service", "storage", "tables", "reactions")
    ),
    Rule(
        "a statement is never put together where it is run (SECURITY A05)",
        PYTHON,
        sql_put_together,
        (
            'tx.execute(f"SELECT {name}")',
            'tx.execute("SELECT " + name)',
            'text("SELECT %s" % name)',
            'tx.exec_driver_sql("SELECT {}".format(name))',
        ),
        {
            "cli/bench/floor.py": "pragmas by their own names",
            "cli/exam.py": "a table of the doctor's own, by a name it made",
            "engine/broker/postgres.py": "LISTEN takes no parameters; the channel is a constant",
            "engine/connect.py": "pragmas by their own names",
        },
    ),
    Rule(
        "trouble is told, counted or refused, never swallowed (SECURITY A10)",
        PYTHON,
        swallowed,
        (
            "try:\n  x()\nexcept Exception:\n  pass",
            "try:\n  x()\nexcept:\n  ...",
            "with contextlib.suppress(OSError, Exception): x()",
        ),
        {"realtime/session.py": "a farewell to a line that may be gone already"},
    ),
    Rule(
        "secrets are compared by their hash in the database or in constant time (SECURITY A04)",
        PYTHON,
        secrets_compared,
        ("given.token == kept.token", "if secret != wanted: ...", "signature == expected"),
        {"connectors/listings/storage.py": "digests of files and links, which open nothing"},
    ),
    Rule(
        "a cookie says whether scripts, plain http and other sites get it (SECURITY V3.3)",
        PYTHON,
        cookies_without_care,
        ('Cookie("name", value, httponly=True)', 'datastructures.Cookie(key="x")'),
        {"web/pages/look.py": "the language is no secret, and pages read it"},
    ),
    Rule(
        "only the tools of this machine start programs (SECURITY A03)",
        PYTHON,
        imports("subprocess", "os.system", "os.popen", "pty", "multiprocessing"),
        ("import subprocess", "from os import system"),
        {
            "channels/mail/arriving/room.py": "what strangers write is read by a process apart",
            "cli/bench/server.py": "the bench starts the server it measures",
            "connectors/listings/apart.py": "what offices send is read by a process apart",
            "engine/dumps.py": "copies of PostgreSQL are made by PostgreSQL's own tools",
        },
    ),
    Rule(
        "nothing that arrives becomes code or objects (SECURITY A08)",
        PYTHON,
        calls("eval", "exec", "compile", "__import__", "yaml.load", "yaml.full_load"),
        ("eval(words)", "exec(words)", "yaml.load(file)"),
    ),
    Rule(
        "nothing that arrives becomes objects (SECURITY A08)",
        PYTHON,
        imports("pickle", "marshal", "shelve", "dill", "jsonpickle", "xml", "lxml"),
        ("import pickle", "from xml.etree import ElementTree"),
        {"connectors/listings/workbook.py": "a workbook is XML; one with entities is refused"},
    ),
    Rule(
        "the house calls nobody, so nobody can send it anywhere (SECURITY V1.3.6)",
        PYTHON,
        imports("requests", "httpx", "aiohttp", "urllib.request", "http.client", "smtplib"),
        ("import httpx", "from urllib.request import urlopen"),
        {
            "cli/bench/server.py": "the bench talks to its own server",
            "demo/carrier.py": "the demo's carrier calls back the shop that asked it",
            "engine/calling.py": "carriers' services and the platform, which the operator named",
        },
    ),
    Rule(
        "one place reads the environment: a setting is written down (HOUSE 9)",
        PYTHON,
        calls("os.getenv", "os.environ.get", "environ.get", "getenv"),
        ('os.getenv("DEBUG")', 'os.environ.get("HTTP_PROXY")'),
        {
            "cli/bench/server.py": "the server under measure is given settings of its own",
            "cli/house.py": "the language of the terminal is no setting of ours",
        },
    ),
    Rule(
        "rooms announce facts, they do not log (HOUSE, stack)",
        PYTHON,
        imports("logging", "structlog", "loguru"),
        ("import logging", "from structlog import get_logger"),
        {
            "engine/log.py": "the one log",
            "web/sockets.py": "the server underneath speaks by it, and is quietened",
        },
    ),
    Rule(
        "markup is made by templates alone (SECURITY A05)",
        PYTHON,
        calls("Markup", "markupsafe.Markup"),
        ("Markup(words)",),
        {"web/pages/shells.py": "JSON for a script, without any of HTML's own signs"},
    ),
    Rule(
        "templates escape everything, and hold no script (SECURITY V3.4)",
        "src/shopbell/**/*.html",
        text(
            r"\|\s*safe\b|autoescape false|javascript:|\bon[a-z]+=[\"']|<script(?![^>]*(src|json))"
        ),
        ("{{ words | safe }}", '<a onclick="x()">', "<script>x()</script>"),
        {"web/pages/templates/icons.html": "drawings of our own"},
    ),
    Rule(
        "pages put words into the document as words (SECURITY A05)",
        PAGES,
        text(
            r"\{@html|(inner|outer)HTML|insertAdjacentHTML|document\.write|srcdoc"
            r"|\beval\(|new Function|createContextualFragment"
        ),
        ("{@html words}", "box.innerHTML = words", "document.write(words)", "eval(words)"),
        {
            "frontend/launcher/launcher.ts": "the launcher's own markup, of constants",
            "frontend/shared/Icon.svelte": "drawings of our own",
        },
    ),
    Rule(
        "pages tell nothing to whoever happens to listen (SECURITY V3.5.5)",
        PAGES,
        text(r"postMessage\(.*['\"]\*['\"]"),
        ("parent.postMessage(words, '*')",),
    ),
    Rule(
        "pages keep no secret where any script finds it (SECURITY V14.3)",
        PAGES,
        text(r"(local|session)Storage.*(token|ticket|secret|password)|document\.cookie"),
        ("localStorage.setItem('token', token)", "document.cookie = x"),
    ),
    Rule(
        "no test is left out (CONTRIBUTING)",
        "tests/**/*.py",
        calls("pytest.skip", "pytest.importorskip", "pytest.xfail", ".skipif", ".skip", ".xfail"),
        ('pytest.skip("slow")', "pytest.mark.skipif(True)"),
    ),
    Rule(
        "no test is left out (CONTRIBUTING)",
        "frontend/**/*.test.ts",
        text(r"\b(test|it|describe)\.(skip|only|todo|fails)\b"),
        ("test.only('x', () => {})", "describe.skip('x', () => {})"),
    ),
    Rule(
        "tests meet the house itself, not a copy of their own (HOUSE)",
        "tests/**/*.py",
        imports("unittest.mock", "mock", "pytest_mock"),
        ("from unittest.mock import patch", "from unittest import mock"),
    ),
)

SILENCED = {
    "S105": {"demo/carrier.py", "demo/people.py"},
    "S106": {"web/pages/sign.py"},
    "S310": {"cli/bench/server.py"},
    "S311": {
        "cli/bench/corpus.py",
        "cli/bench/desk.py",
        "cli/bench/pages.py",
        "cli/bench/report.py",
        "cli/bench/resume.py",
        "cli/bench/stock.py",
        "engine/broker/postgres.py",
        "engine/pace.py",
        "engine/writers.py",
        "realtime/hub.py",
        "realtime/rounds.py",
        "realtime/session.py",
        "web/doorstep.py",
    },
    "S314": {"connectors/listings/workbook.py"},
    "S603": {"cli/bench/server.py", "engine/dumps.py"},
    "S608": {"cli/bench/stock.py", "cli/exam.py"},
    "S704": {"web/pages/shells.py"},
}
"""Where which of ruff's security rules is silenced in the product: jitter may be guessed."""


@cache
def files(where: str) -> dict[str, str]:
    """Return the files that a rule looks at, without those that hold what it must catch."""
    wanted = where.replace("**/", "*")
    return {
        name.removeprefix("src/shopbell/"): code
        for name, code in texts().items()
        if fnmatch(name, wanted) and not name.endswith("rules.py")
    }


@cache
def found(rule: Rule) -> dict[str, list[int]]:
    """Return the lines that break a rule, by file, exceptions included."""
    broken = {name: [*rule.finds(code)] for name, code in files(rule.where).items()}
    return {name: lines for name, lines in broken.items() if lines}


def _law(rule: Rule) -> str:
    return re.sub(r"\W+", "-", f"{rule.law} {rule.where}")


@pytest.mark.parametrize("rule", RULES, ids=_law)
def test_the_house_keeps_its_rule(rule: Rule) -> None:
    assert {f"{n}: {lines}" for n, lines in found(rule).items() if n not in rule.but} == set()


@pytest.mark.parametrize("rule", RULES, ids=_law)
def test_a_rule_catches_what_breaks_it(rule: Rule) -> None:
    assert [snippet for snippet in rule.breaks if not [*rule.finds(snippet)]] == []


@pytest.mark.parametrize("rule", RULES, ids=_law)
def test_no_exception_outlives_its_reason(rule: Rule) -> None:
    assert rule.but.keys() - found(rule).keys() == set()


@pytest.mark.parametrize("rule", RULES, ids=_law)
def test_a_rule_looks_at_something(rule: Rule) -> None:
    assert files(rule.where)


def test_ruffs_security_rules_are_silenced_only_where_it_was_thought_about() -> None:
    silenced: dict[str, set[str]] = {}
    for name, code in files(PYTHON).items():
        for told in re.findall(r"# noqa: ([A-Z0-9, ]+)", code):
            for law in re.findall(r"\bS\d{3}\b", told):
                silenced.setdefault(law, set()).add(name)
    assert silenced == SILENCED
