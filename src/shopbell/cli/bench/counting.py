"""The same server, counting its statements: how often it reads what."""

import re
import threading

from prometheus_client import Counter
from sqlalchemy import Engine, event

from shopbell.cli import main
from shopbell.engine import metrics

COUNTING = ("-m", "shopbell.cli.bench.counting", "serve")
STATEMENTS = "shopbell_bench_statements_total"
_VERB = re.compile(r"^(?!WITH)\w+|\b(?:SELECT|INSERT|UPDATE|DELETE)\b")
_TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(?!given|json_to_recordset|LATERAL)(\w+)')


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
        verb = _VERB.search(sql)
        statements.labels(thread, verb[0] if verb else "", table[1] if table else "").inc()


if __name__ == "__main__":
    _count()
    main()
