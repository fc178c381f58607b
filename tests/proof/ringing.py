"""A worker in a process of its own, whose deadlines write down each time they fire."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from shopbell.app import build
from shopbell.engine.database import Tx
from shopbell.engine.settings import Settings
from shopbell.engine.tables import Moment
from shopbell.worker import Worker

BELL = "proof_bell"
rung = Table(
    "proof_rung",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("entity", String(36), nullable=False),
    Column("at", Moment, nullable=False),
)


def ring(tx: Tx, entity: str) -> None:
    """Leave a row for each firing: two rows for one deadline would show."""
    tx.execute(insert(rung), {"entity": entity, "at": tx.now})


def work(data: Path, database: str) -> None:
    """Fire what is due until this process is ended."""
    app = build(Settings(data=data, database=database))
    print("ready", flush=True)
    asyncio.run(Worker(replace(app, deadlines={BELL: ring}, jobs={})).run())


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2])
