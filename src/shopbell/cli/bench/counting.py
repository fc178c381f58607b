"""The same server, counting its statements: how often it reads what."""

import re
import threading

from prometheus_client import Counter
from sqlalchemy import Engine, event

from shopbell.cli import main
from shopbell.engine import metrics

COUNTING = ("-m", "shopbell.cli.bench.counting", "serve")
STATEMENTS = "shopbell_bench_statements_total"
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?(\w+)')


def _count() -> None:
    statements = Counter(
        STATEMENTS.removesuffix("_total"),
        "Statements, by what their thread does, their first word and first table",
        ["thread", "verb", "table"],
        registry=metrics.REGISTRY,
    )

    @event.listens_for(Engine, "before_cursor_execute")
    def note(*given: object) -> None:
        sql = str(given[2])
        table = _TABLE.search(sql)
        thread = threading.current_thread().name.partition("_")[0]
        statements.labels(thread, sql.split(None, 1)[0], table[1] if table else "").inc()


if __name__ == "__main__":
    _count()
    main()
