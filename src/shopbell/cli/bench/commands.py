"""The commands that measure."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
from msgspec import Struct

from shopbell.cli.bench.figures import Judged
from shopbell.cli.bench.server import OURS, running
from shopbell.cli.house import as_json, print_json, say

TOLD_MOST = 5
"""Of what breaks one rule so much is told; ``--json`` has all of it."""


class StartFigures(Struct, frozen=True):
    """How long from the command to the first answer, and what an idle server keeps in memory."""

    first_start_seconds: float
    second_start_seconds: float
    idle_mib: float


@click.group()
def bench() -> None:
    """Measure this machine with a real server in a temporary folder."""


@bench.command()
@click.option(
    "--senders", multiple=True, default=[200], show_default=True, help="Pages that send at once."
)
@click.option("--seconds", default=5.0, show_default=True)
@click.option("--rate", type=float, help="Send so many a second, whatever the answers do.")
@click.option("--alone", is_flag=True, help="Then once more with a commit for each message.")
@as_json
def chat(
    senders: Sequence[int], seconds: float, rate: float | None, *, alone: bool, as_json: bool
) -> None:
    """Send over sockets, each page as fast as it is answered, and count what is durable.

    Every buyer's page follows its conversation, the shop's pages follow all, and the first
    watches the inbox. All that was sent, answered, shown and read back is judged afterwards, and
    the command fails if anything is wrong, as `idle`, `resume` and `stuck` do. Beside it the floor:
    a bare echo on the same socket server, and bare inserts in groups.
    """
    from shopbell.cli.bench.chat import measure  # noqa: PLC0415 - `--help` need not load the house

    runs: list[Judged] = []
    for count in senders:
        if not as_json:
            click.echo(say("bench_round", seconds=f"{seconds:g}", senders=count), err=True)
        runs.append(measure(count, seconds, rate, alone=alone))
    _show_judged(runs, as_json=as_json)


@bench.command()
@click.option("--sockets", default=10_000, show_default=True, help="Pages that only listen.")
@click.option("--senders", default=50, show_default=True)
@click.option("--rate", default=300.0, show_default=True, help="Messages a second.")
@click.option("--seconds", default=10.0, show_default=True)
@click.option("--rounds", default=3, show_default=True, help="Without and with them, in turn.")
@as_json
def idle(
    sockets: int, senders: int, rate: float, seconds: float, rounds: int, *, as_json: bool
) -> None:
    """Weigh pages that only listen, and see whether messages are slower among them.

    Messages are sent at a fixed rate with no such page, then among all of them, in turn. Beside it
    the floor: sockets with nothing behind them, a bare echo and bare inserts one by one.
    """
    from shopbell.cli.bench.idle import measure  # noqa: PLC0415

    _show_judged([measure(sockets, senders, rate, seconds, rounds)], as_json=as_json)


@bench.command()
@click.option("--sockets", default=5_000, show_default=True, help="Pages that come back.")
@click.option("--kill/--stop", default=True, help="Kill the server, or stop it politely.")
@as_json
def resume(sockets: int, *, kill: bool, as_json: bool) -> None:
    """Start a server anew under very many pages, and wait until all of them are back.

    They come back by the delays of the protocol, while the shop goes on writing over HTTP. Beside
    it the floor: how fast bare sockets come in, a bare echo and bare inserts one by one.
    """
    from shopbell.cli.bench.resume import measure  # noqa: PLC0415

    _show_judged([measure(sockets, kill=kill)], as_json=as_json)


@bench.command()
@click.option("--pages", default=950, show_default=True, help="Pages that go on reading.")
@click.option("--stuck", "stopping", default=50, show_default=True, help="Pages that stop.")
@click.option("--rate", default=300.0, show_default=True, help="Messages a second.")
@click.option("--seconds", default=10.0, show_default=True)
@click.option("--rounds", default=3, show_default=True, help="All reading and some not, in turn.")
@as_json
def stuck(
    pages: int, stopping: int, rate: float, seconds: float, rounds: int, *, as_json: bool
) -> None:
    """See whether pages that stop reading slow down those that go on.

    The pages that stop follow every conversation. Beside it the floor: a bare echo, and bare
    inserts one by one.
    """
    from shopbell.cli.bench.stuck import measure  # noqa: PLC0415

    _show_judged([measure(pages, stopping, rate, seconds, rounds)], as_json=as_json)


def _stock(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the sizes of a full house."""
    talks = click.option("--conversations", default=100_000, show_default=True)
    help_ = "Messages in each conversation."
    messages = click.option("--messages", default=20, show_default=True, help=help_)
    return talks(messages(as_json(command)))


@bench.command()
@_stock
def inbox(conversations: int, messages: int, *, as_json: bool) -> None:
    """Fill a house, then read pages of the desk's inbox; beside it the bare rows."""
    from shopbell.cli.bench.stock import measure  # noqa: PLC0415

    _show([measure("inbox", conversations, messages)], as_json=as_json)


@bench.command()
@_stock
def history(conversations: int, messages: int, *, as_json: bool) -> None:
    """Fill a house, then read the newest page of one thread after the other; beside it the rows."""
    from shopbell.cli.bench.stock import measure  # noqa: PLC0415

    _show([measure("history", conversations, messages)], as_json=as_json)


@bench.command()
@click.option("--conversations", default=100_000, show_default=True)
@as_json
def desk(conversations: int, *, as_json: bool) -> None:
    """Fill one shop, then read the first page of every list of its desk."""
    from shopbell.cli.bench.desk import measure  # noqa: PLC0415

    figures = measure(conversations)
    if as_json:
        print_json(figures)
        return
    for one in figures:
        click.echo(f"  {one.shown:22}{one.p50_ms:>12,.2f}{one.p99_ms:>12,.2f}")


@bench.command()
@click.option("--parcels", default=2_000, show_default=True)
@click.option("--batch", multiple=True, default=[100], show_default=True, help="Events a request.")
@click.option("--lines", default=4, show_default=True, help="Requests at once.")
@as_json
def tracking(parcels: int, batch: Sequence[int], lines: int, *, as_json: bool) -> None:
    """Take in what a carrier tells, signed, in this process; then the same words once more.

    Everything is counted after its commit; nothing may be lost or taken twice. Beside it the floor:
    bare inserts in batches of the same size.
    """
    from shopbell.cli.bench.tracking import measure  # noqa: PLC0415

    _show([measure(parcels, size, lines) for size in batch], as_json=as_json)


@bench.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--heard-after", multiple=True, default=[0.0], help="Hours until a carrier's word reaches us."
)
@as_json
def late(table: Path, heard_after: Sequence[float], *, as_json: bool) -> None:
    """Play real orders once more, in Olist's columns, and see which were noticed to be late."""
    from shopbell.cli.bench.late import measure  # noqa: PLC0415

    _show([measure(table, hours) for hours in heard_after], as_json=as_json)


@bench.command()
@click.option("--cases", "count", default=300, show_default=True, help="Returns, five steps each.")
@click.option("--rate", default=100.0, show_default=True, help="Steps a second.")
@as_json
def cases(count: int, rate: float, *, as_json: bool) -> None:
    """Take steps of cases at a fixed rate, in this process, whatever the earlier ones do.

    A step counts once it is durable with its entry in the thread and its deadlines; afterwards
    every case is read back, and no step may be missing.
    """
    from shopbell.cli.bench.cases import measure  # noqa: PLC0415

    _show([measure(count, rate)], as_json=as_json)


@bench.command()
@click.option("--conversations", default=10_000, show_default=True, help="Questions that wait.")
@click.option("--seconds", default=60.0, show_default=True, help="Within which they are asked.")
@click.option("--gap", default=10.0, show_default=True, help="Seconds between the two steps.")
@as_json
def ladder(conversations: int, seconds: float, gap: float, *, as_json: bool) -> None:
    """Leave questions unanswered, and see whether each step comes once and in time.

    Two workers take the steps, and one is killed when half of the questions are asked.
    """
    from shopbell.cli.bench.ladder import measure  # noqa: PLC0415

    _show([measure(conversations, seconds, gap)], as_json=as_json)


_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@bench.command()
@click.option("--rate", default=20.0, show_default=True, help="Letters a second, to be seen.")
@click.option("--seconds", default=10.0, show_default=True, help="For each of the two parts.")
@click.option("--mails", type=_FOLDER, help="Real letters, to be read and told apart.")
@click.option("--quotes", type=_FOLDER, help="Labelled answers, to take their quotes off.")
@as_json
def mail(
    rate: float, seconds: float, mails: Path | None, quotes: Path | None, *, as_json: bool
) -> None:
    """Hand letters over as a mail server does, and see when the desk shows them.

    Then as many as can be are handed over, and counted once they are kept. Of the letters in a
    folder, those below folders named after bounces are bounces, and plain ones are people's.
    """
    from shopbell.cli.bench.mail import measure  # noqa: PLC0415

    _show([measure(rate, seconds, mails, quotes)], as_json=as_json)


@bench.command()
@click.option("--messages", default=500_000, show_default=True, help="In three languages.")
@as_json
def search(messages: int, *, as_json: bool) -> None:
    """Fill a house with messages, index them, and look for words in everything and in one shop.

    Then messages are sent at a fixed rate, without an indexer beside them and with one.
    """
    from shopbell.cli.bench.search import measure  # noqa: PLC0415

    _show([measure(messages)], as_json=as_json)


@bench.command()
@click.option("--messages", default=1_000_000, show_default=True, help="In talks of ten.")
@as_json
def report(messages: int, *, as_json: bool) -> None:
    """Fill a house with a month of messages, count them, and ask for figures of all of it.

    Each is asked for the first time, then once more. Then messages are sent at a fixed rate,
    without reports beside them and with one that is asked for again and again.
    """
    from shopbell.cli.bench.report import measure  # noqa: PLC0415

    _show([measure(messages)], as_json=as_json)


@bench.command()
@click.option("--messages", default=1_000_000, show_default=True, help="In three languages.")
@as_json
def suggest(messages: int, *, as_json: bool) -> None:
    """Fill a house with messages and a product with answers, and type questions about it.

    Then the same by a buyer with an order and a conversation of their own, and again after each
    change of what is known.
    """
    from shopbell.cli.bench.suggest import measure  # noqa: PLC0415

    _show([measure(messages)], as_json=as_json)


@bench.command()
@click.option(
    "--lines",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("benchmarks/language"),
    show_default=True,
    help="Where the labelled lines are.",
)
@click.option("--misses", is_flag=True, help="List the lines that were read wrongly, too.")
@as_json
def language(folder: Path, *, misses: bool, as_json: bool) -> None:
    """Have the language room read labelled lines, and count what it reads rightly.

    For each task and language: the lines it was tuned by, and those that were held back.
    """
    from shopbell.cli.bench.language import measure  # noqa: PLC0415

    scores = measure(folder)
    if as_json:
        print_json(scores)
        return
    for score in scores:
        shares = "  ".join(f"{name} {share:g}" for name, share in score.shares.items())
        head = f"  {score.task:9}{score.part:10}{score.language:6}{score.lines:>5}"
        click.echo(f"{head}  {shares}  ms {score.usual_ms:g}")
        if misses and score.language != "all":
            for miss in score.misses:
                click.echo(f"      {miss}")


@bench.command(name="import")
@click.option("--products", default=100_000, show_default=True)
@click.option("--kind", type=click.Choice(["csv", "xlsx"]), default="xlsx", show_default=True)
@as_json
def import_(products: int, kind: str, *, as_json: bool) -> None:
    """Bring in a file of many products, and the same once more."""
    from shopbell.cli.bench.listings import measure  # noqa: PLC0415
    from shopbell.connectors.listings.printing import Kind  # noqa: PLC0415

    _show([measure(products, Kind(kind))], as_json=as_json)


@bench.command()
@click.option("--demo/--no-demo", default=True, help="With the demo marketplace in it.")
@as_json
def start(*, demo: bool, as_json: bool) -> None:
    """Time the first and the second start, and weigh an idle server."""
    program = (*OURS, "--demo") if demo else OURS
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder), program) as process:
            first = process.took
        with running(Path(folder), program) as process:
            time.sleep(2)
            figures = StartFigures(round(first, 2), round(process.took, 2), process.mebibytes())
    _show([figures], as_json=as_json)


def _show_judged(runs: Sequence[Judged], *, as_json: bool) -> None:
    """Print runs, and fail if a judge found what may not be."""
    _show(runs, as_json=as_json)
    found = [(rule, what) for run in runs for rule, what in run.seen.violations.items()]
    for rule, complaints in found:
        for complaint in complaints[:TOLD_MOST]:
            click.echo(f"  {rule}: {complaint}", err=True)
    if found:
        raise click.ClickException(say("bench_violations"))


def _show(runs: Sequence[Struct], *, as_json: bool) -> None:
    """Print runs side by side, a figure to a line."""
    if as_json:
        print_json(runs)
        return
    columns = [dict(_figures(run)) for run in runs]
    for name in columns[0]:
        click.echo(f"  {name:22}" + "".join(f"{column[name]:>12}" for column in columns))


def _figures(run: Struct) -> Iterator[tuple[str, str]]:
    for name in run.__struct_fields__:
        value = getattr(run, name)
        if isinstance(value, Struct):
            yield from _figures(value)
        elif isinstance(value, dict):
            yield name, f"{sum(map(len, value.values())):,}"
        else:
            yield name, "–" if value is None else f"{value:,.10g}"
