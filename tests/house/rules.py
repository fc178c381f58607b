"""Rules of the house that protect a law, and where each has an exception and why.

A rule reads one file and names the lines that break it. ``breaks`` are snippets that it must
catch: a rule that catches nothing protects nothing.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

Finder = Callable[[str], Iterator[int]]


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule for the files that ``where`` names; ``but`` are its exceptions with reasons."""

    law: str
    where: str
    finds: Finder
    breaks: tuple[str, ...]
    but: dict[str, str] = field(default_factory=dict[str, str])


@cache
def nodes(code: str) -> list[ast.AST]:
    """Return everything in a file of Python."""
    return list(ast.walk(ast.parse(code)))


def dotted(node: ast.AST) -> str:
    """Return a name as it is written, such as ``datetime.now``; "" for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{dotted(owner)}.{name}"
        case _:
            return ""


def calls(*names: str) -> Finder:
    """Find calls of functions by their dotted name; ``.commit`` is any object's method."""
    whole = {name for name in names if not name.startswith(".")}
    methods = tuple(name for name in names if name.startswith("."))

    def finds(code: str) -> Iterator[int]:
        for node in nodes(code):
            if isinstance(node, ast.Call):
                name = dotted(node.func)
                if name in whole or (methods and name.endswith(methods)):
                    yield node.lineno

    return finds


def imports(*names: str) -> Finder:
    """Find imports of packages or modules."""

    def finds(code: str) -> Iterator[int]:
        for node in nodes(code):
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            if any(f"{name}.".startswith(f"{banned}.") for name in found for banned in names):
                yield node.lineno

    return finds


def text(pattern: str) -> Finder:
    """Find a pattern in what is not Python."""
    searched = re.compile(pattern)
    return lambda code: (n for n, line in enumerate(code.splitlines(), 1) if searched.search(line))


_RUNS_SQL = (".execute", ".exec_driver_sql", ".scalar", ".scalars", ".executemany")
_MAKES_SQL = {"text", "sql", "sa.text", "sqlalchemy.text"}


def sql_put_together(code: str) -> Iterator[int]:
    """Find statements made of pieces where they are run."""
    for node in nodes(code):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, statement = dotted(node.func), node.args[0]
        made = isinstance(statement, ast.JoinedStr | ast.BinOp) or (
            isinstance(statement, ast.Call) and dotted(statement.func).endswith(".format")
        )
        if made and (name.endswith(_RUNS_SQL) or name in _MAKES_SQL):
            yield node.lineno


def swallowed(code: str) -> Iterator[int]:
    """Find handlers that catch everything and do nothing about it."""
    for node in nodes(code):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or dotted(node.type) in {"Exception", "BaseException"}
            silent = all(isinstance(done, ast.Pass | ast.Continue | ast.Expr) for done in node.body)
            spoken = any(
                isinstance(part, ast.Call) for done in node.body for part in ast.walk(done)
            )
            if broad and silent and not spoken:
                yield node.lineno
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress"):
            yield from (node.lineno for what in node.args if dotted(what) == "Exception")


_SECRET = re.compile(r"(?:^|_)(token|secret|signature|hmac|mac|password|ticket|digest)s?(?:$|_)")


def secrets_compared(code: str) -> Iterator[int]:
    """Find secrets compared by ``==``, which tells by its time how much of them is right.

    A database looks for them in an index, by their hash.
    """
    for node in nodes(code):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [dotted(side) for side in (node.left, *node.comparators)]
            in_sql = any(".c." in side for side in sides)
            if not in_sql and any(_SECRET.search(side.rpartition(".")[2]) for side in sides):
                yield node.lineno


def cookies_without_care(code: str) -> Iterator[int]:
    """Find cookies that do not say who may read and send them."""
    for node in nodes(code):
        if isinstance(node, ast.Call) and dotted(node.func).endswith("Cookie"):
            said = {given.arg for given in node.keywords}
            yield from () if {"httponly", "secure", "samesite"} <= said else (node.lineno,)


def awaits(code: str) -> Iterator[int]:
    """Find asynchronous code where work is to be a plain function of a transaction."""
    for node in nodes(code):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield node.lineno
