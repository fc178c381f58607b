"""Write the parts of the documents that the code itself can tell.

A document says where: between ``<!-- made: settings -->`` and ``<!-- /made -->``. Run
``python -m scripts.docs`` after a change; a house test compares.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import click
import msgspec

import shopbell
from shopbell.analytics.register import ALL
from shopbell.analytics.score.profiles import profiles as rules
from shopbell.cases.kinds import KINDS
from shopbell.cases.model import END_OF_ETA, END_OF_TRACE, Kind, Timer, Wait
from shopbell.engine.settings import PREFIX, Settings
from shopbell.kernel.events import Fact, Job
from shopbell.kernel.flow import Flow
from shopbell.kernel.refusals import Refusal
from shopbell.kernel.texts import catalogue
from shopbell.web.pages.score_words import formula

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- /made -->)", re.DOTALL)
_MEANING = re.compile(r"^ +(\w+): (.+?)(?=\n +\w+: |\n+\Z)", re.DOTALL | re.MULTILINE)


def settings() -> str:
    """List every setting with its default and its meaning."""
    meanings = dict(_MEANING.findall(inspect.cleandoc(Settings.__doc__ or "") + "\n"))
    rows = (
        f"| `{PREFIX}{field.name.upper()}` | {_default(field)} | {_line(meanings[field.name])} |"
        for field in msgspec.structs.fields(Settings)
    )
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def commands() -> str:
    """Show the help of the command line and of each of its commands."""
    cli = importlib.import_module("shopbell.cli")
    return "\n\n".join(_helps(cli.main, "shopbell"))


def refusals() -> str:
    """List every refusal with its kind, and what it says."""
    words = catalogue("en")
    rows = (
        f"| `{code}` | {kind} | {words[f'{key}.title']} | {words[f'{key}.next']} |"
        for code, kind in sorted(_refusals())
        for key in [f"refusals.{code}"]
    )
    return "\n".join(["| code | kind | what happened | what next |", "|---|---|---|---|", *rows])


def figures() -> str:
    """List every figure of the reports: what it means, and by what it can be told apart."""
    words = catalogue("en")
    rows = (
        f"| {words[f'figures.{one.name}']} | `{one.name}` | {one.measure} | {one.better} "
        f"| {words[f'figures.{one.name}_means']} | {', '.join(one.by)} |"
        for one in ALL
    )
    head = "| figure | name | measure | better | what it means | told apart by |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def profiles() -> str:
    """List the rules by which shops can be judged."""
    rows = (
        f"| `{one.name}` {one.version} | {' '.join(formula(one, 'en'))} |"
        for one in rules().values()
    )
    return "\n".join(["| rule | what it says |", "|---|---|", *rows])


def facts() -> str:
    """List every fact that rooms announce, with what it carries."""
    return _structs("fact", Fact)


def jobs() -> str:
    """List every kind of work that transactions leave behind."""
    return _structs("job", Job)


def flows() -> str:
    """Draw every workflow."""
    found = {
        f"{module}.{name}": flow
        for module, names in _modules()
        for name, flow in vars(names).items()
        if isinstance(flow, Flow) and not name.startswith("_")
    }
    firsts = {id(flow): name for name, flow in reversed(found.items())}
    return "\n\n".join(
        f"`{name}`\n\n```mermaid\n{found[name].diagram()}\n```" for name in sorted(firsts.values())
    )


def case_kind(kind: Kind) -> str:
    """Draw a kind of case, list its steps, and say whom each state waits for, until when."""
    return "\n\n".join(
        [
            f"```mermaid\n{kind.flow.diagram()}\n```",
            "\n".join([*_heads("in", "step", "by", "asks", "may take", "to"), *_steps(kind)]),
            "\n".join(
                [*_heads("state", "waits for", "deadline", "then", "reminds"), *_waits(kind)]
            ),
        ]
    )


MADE: dict[str, Callable[[], str]] = {
    made.__name__: made
    for made in (settings, commands, refusals, facts, jobs, flows, figures, profiles)
} | {f"case_{kind.name}": partial(case_kind, kind) for kind in KINDS.values()}

KIND_PAGES = ROOT / "docs" / "rooms" / "cases"


def page_of(kind: Kind) -> str:
    """Return the document of a kind of case, made whole."""
    name = f"case_{kind.name}"
    return as_the_code_has_it(
        f"# {catalogue('en')[f'case.{kind.name}']}\n\n<!-- made: {name} -->\n<!-- /made -->\n",
        {name: partial(case_kind, kind)},
    )


def documents() -> list[Path]:
    """Return every document that has a made part."""
    every = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(file for file in every if _BLOCK.search(file.read_text()))


def as_the_code_has_it(text: str, made: Mapping[str, Callable[[], str]] = MADE) -> str:
    """Return a document with its made parts made anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}{made[found[2]]()}\n{found[3]}", text)


def main() -> None:
    """Bring every document up to date; a new kind of case gets its own."""
    for kind in KINDS.values():
        if not (page := KIND_PAGES / f"{kind.name}.md").exists():
            page.parent.mkdir(exist_ok=True)
            page.write_text(page_of(kind))
    for file in documents():
        old = file.read_text()
        new = as_the_code_has_it(old)
        if new != old:
            file.write_text(new)
            print(f"wrote {file.relative_to(ROOT)}")


def _heads(*names: str) -> list[str]:
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def _steps(kind: Kind) -> Iterator[str]:
    for step in kind.flow.moves:
        asks, takes = (", ".join(f"`{one}`" for one in names) for names in (step.asks, step.takes))
        by = ", ".join(step.by)
        yield f"| {step.state} | `{step.action}` | {by} | {asks} | {takes} | {step.to} |"


def _waits(kind: Kind) -> Iterator[str]:
    for state, wait in kind.waits.items():
        due = f"{_until(wait.due)} | {_then(wait.due)}" if wait.due else _child(wait)
        yield f"| {state} | {wait.on} | {due} | {_reminds(wait)} |"


def _child(wait: Wait) -> str:
    return f"until its {wait.child} ends |"


def _until(timer: Timer) -> str:
    said = _length(timer.after)
    return f"{said}, since it first came into {timer.since}" if timer.since else said


def _length(after: timedelta | str) -> str:
    return (
        _PROMISED.get(after, f"`{after}` of the policy") if isinstance(after, str) else _span(after)
    )


_PROMISED = {
    END_OF_ETA: "the end of the promised days",
    END_OF_TRACE: "the day by which the carrier should answer",
}


def _then(timer: Timer) -> str:
    others = (f"`{step}` where the policy says `{then}`" for then, step in timer.instead.items())
    return "; ".join([f"`{timer.then}`", *others])


def _reminds(wait: Wait) -> str:
    nudge = [f"who must act, after {_length(wait.nudge)}"] if wait.nudge else []
    note = [f"the buyer, every {_length(wait.note)}"] if wait.note else []
    return "; ".join([*nudge, *note])


def _span(length: timedelta) -> str:
    """Write a length of time in its largest whole unit."""
    for unit, one in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if not length % one:
            return _counted(length // one, unit)
    return _counted(length // timedelta(minutes=1), "minute")


def _counted(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if str(value) else "empty"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")


def _helps(command: click.Command, name: str, above: click.Context | None = None) -> Iterator[str]:
    wide = {"max_content_width": 88, "terminal_width": 88}
    context = click.Context(
        command,
        parent=above,
        info_name=name.rpartition(" ")[2],
        **{**command.context_settings, **wide},
    )
    yield f"```\n$ {name} --help\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            if found := command.get_command(context, inner):
                yield from _helps(found, f"{name} {inner}", context)


def _refusals() -> Iterator[tuple[str, str]]:
    _open_every_room()
    for kind in Refusal.__subclasses__():
        for said in kind.__subclasses__() or [kind]:
            yield said().code, kind.__name__


def _structs(word: str, base: type[msgspec.Struct]) -> str:
    _open_every_room()
    found = {kind.__name__: kind for kind in base.__subclasses__() if _is_ours(kind)}
    rows = (
        f"| `{name}` | {_room(kind)} | {', '.join(f'`{f}`' for f in kind.__struct_fields__)} | "
        f"{_line((kind.__doc__ or '').partition(chr(10) * 2)[0])} |"
        for name, kind in sorted(found.items())
    )
    return "\n".join([f"| {word} | room | carries | when |", "|---|---|---|---|", *rows])


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("shopbell.")


def _room(kind: type) -> str:
    return kind.__module__.split(".")[1]


def _open_every_room() -> None:
    for _ in _modules():
        pass


def _modules() -> Iterator[tuple[str, object]]:
    for module in pkgutil.walk_packages(shopbell.__path__, "shopbell."):
        if ".migrations." not in module.name:
            yield module.name.removeprefix("shopbell."), importlib.import_module(module.name)


if __name__ == "__main__":
    main()
