"""Look an installation over: what is well, what needs attention, what keeps it from running."""

import os
import re
import shutil
import stat
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, Engine
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from shopbell.accounts import operating
from shopbell.accounts.deeds import Reading
from shopbell.accounts.model import Seal
from shopbell.cli.exam_assistants import look_at_assistants
from shopbell.cli.exam_contents import look_at_contents
from shopbell.cli.exam_mail import look_at_mail
from shopbell.cli.exam_mailbox import look_at_mailbox
from shopbell.engine import migrations
from shopbell.engine.connect import connect, is_embedded, snapshot
from shopbell.engine.database import Memory, Tx
from shopbell.engine.settings import BadSetting, Settings, load
from shopbell.engine.vitals import DISK_STOP, DISK_WARN
from shopbell.kernel.actor import SYSTEM
from shopbell.kernel.texts import Locale, text
from shopbell.privacy import retention

SLOW_WRITE_MS, BROKEN_WRITE_MS = 20.0, 500.0
"""A durable write takes 0.1-5 ms on a sound disk; more and answers feel slow."""

Told = Callable[[Reading], None]

_ORIGIN = re.compile(r"https?://[^\s/@?#]+")
CLOCK_SKEW_SECONDS = 2.0
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


class Weight(IntEnum):
    """How bad a finding is; also the exit code."""

    WELL = 0
    ATTENTION = 1
    BROKEN = 2


class Finding(Struct, frozen=True):
    """What one check found, in a sentence that says what to do."""

    check: str
    weight: Weight
    says: str

    @property
    def mark(self) -> str:
        """Return a sign for a terminal."""
        return {Weight.WELL: "✓", Weight.ATTENTION: "!", Weight.BROKEN: "✗"}[self.weight]


class Exam:
    """Collects findings in one language."""

    def __init__(self, locale: Locale) -> None:
        self.findings: list[Finding] = []
        self._locale: Locale = locale

    def note(self, check: str, weight: Weight, key: str, **facts: str | int) -> None:
        """Write down what a check found."""
        says = text(self._locale, f"doctor.{key}", **facts)
        self.findings.append(Finding(check, weight, says))

    def is_well(self, check: str) -> bool:
        """Tell whether a check was made and found nothing wrong."""
        return any(f.check == check and f.weight is Weight.WELL for f in self.findings)

    def has_found(self, check: str) -> bool:
        """Tell whether a check found something wrong."""
        return any(f.check == check and f.weight is not Weight.WELL for f in self.findings)

    def weigh(self, check: str, n: int, *, broken: bool = False) -> None:
        """Write down that ``n`` of something are not as they should be, or that all is well."""
        if n:
            self.note(check, Weight.BROKEN if broken else Weight.ATTENTION, f"{check}_found", n=n)
        else:
            self.note(check, Weight.WELL, f"{check}_well")

    def well(self, check: str, key: str, **facts: str | int) -> None:
        """Write down what is as it should be."""
        self.note(check, Weight.WELL, key, **facts)

    def attention(self, check: str, key: str, **facts: str | int) -> None:
        """Write down what somebody should look at."""
        self.note(check, Weight.ATTENTION, key, **facts)

    def broken(self, check: str, key: str, **facts: str | int) -> None:
        """Write down what keeps the house from running."""
        self.note(check, Weight.BROKEN, key, **facts)


def examine(
    environ: Mapping[str, str],
    locale: Locale,
    noted: Seal | None = None,
    told: Told = operating.silent,
) -> list[Finding]:
    """Check everything; later checks are left out when what they need is broken.

    ``noted`` is a seal of the audit log that somebody kept elsewhere; ``told`` hears how far that
    was read again, which takes its time.
    """
    exam = Exam(locale)
    try:
        settings = load(environ)
    except BadSetting as wrong:
        exam.note("settings", Weight.BROKEN, "settings_bad", what=str(wrong))
        return exam.findings
    exam.note("settings", Weight.WELL, "settings_well", data=str(settings.data))
    _addresses(exam, settings)
    look_at_mailbox(exam, settings)
    look_at_assistants(exam, settings)
    _disk(exam, settings)
    if not any(finding.check == "folder" for finding in exam.findings):
        _database(exam, settings, noted, told)
        look_at_mail(exam, settings)
    return exam.findings


def _addresses(exam: Exam, settings: Settings) -> None:
    """Check what people and pages call us by."""
    named = [one.strip() for one in settings.origins.split(",") if one.strip()]
    wrong = [one for one in (*named, settings.base_url) if not _ORIGIN.fullmatch(one.rstrip("/"))]
    if wrong:
        exam.broken("addresses", "addresses_wrong", what=", ".join(wrong))
    elif settings.reachable_by_others and not settings.base_url.startswith("https://"):
        exam.note("addresses", Weight.ATTENTION, "addresses_plain", url=settings.base_url)
    else:
        exam.note("addresses", Weight.WELL, "addresses_well", url=settings.base_url)


def _disk(exam: Exam, settings: Settings) -> None:
    folder = _existing(settings.data)
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        exam.note("folder", Weight.BROKEN, "folder_closed", folder=str(settings.data))
        return
    if folder.stat().st_mode & stat.S_IWOTH and not folder.stat().st_mode & stat.S_ISVTX:
        exam.note("owner", Weight.ATTENTION, "owner_anybody", folder=str(folder))
    usage = shutil.disk_usage(folder)
    share = usage.free / usage.total if usage.total else 1.0
    facts = {"free": f"{usage.free / 1e9:.1f}", "share": f"{share:.0%}"}
    weight = (
        Weight.BROKEN
        if share < DISK_STOP
        else Weight.ATTENTION
        if share < DISK_WARN
        else Weight.WELL
    )
    exam.note("disk", weight, "disk_well" if weight is Weight.WELL else "disk_low", **facts)


def _database(exam: Exam, settings: Settings, noted: Seal | None, told: Told) -> None:
    try:
        with _opened(settings) as engine, engine.connect() as connection:
            _look_inside(exam, engine, connection)
            if exam.is_well("tables") and not exam.has_found("integrity"):
                with snapshot(engine) as one_moment:
                    _audit(exam, Tx(one_moment, datetime.now(UTC), (), Memory()), noted, told)
                look_at_contents(exam, settings, connection)
    except Exception as trouble:  # noqa: BLE001 - any trouble is a finding
        exam.note("database", Weight.BROKEN, "database_away", trouble=str(trouble).splitlines()[0])


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    engine = connect(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _look_inside(exam: Exam, engine: Engine, connection: Connection) -> None:
    exam.note("database", Weight.WELL, "database_well", kind=engine.dialect.name)
    for check in (_tables, _durability, _integrity, _write_speed, _clock):
        check(exam, engine, connection)


def _tables(exam: Exam, engine: Engine, _connection: Connection) -> None:
    try:
        behind = migrations.pending(engine)
    except migrations.NewerSchema as newer:
        exam.note("tables", Weight.BROKEN, "tables_newer", revision=str(newer))
        return
    if behind:
        exam.note("tables", Weight.ATTENTION, "tables_behind")
    else:
        exam.note("tables", Weight.WELL, "tables_well")


def _audit(exam: Exam, tx: Tx, noted: Seal | None, told: Told) -> None:
    """Read the whole audit log again, and compare it with what was noted of it."""
    broken = operating.record(tx, SYSTEM, check=True, told=told).broken
    if broken is not None:
        exam.note("audit", Weight.BROKEN, "audit_broken", entry=broken)
    elif noted and retention.has_let_go(tx, SYSTEM, noted):
        seal = str(operating.sealed(tx, SYSTEM))
        exam.note("audit", Weight.ATTENTION, "audit_noted_cut", entry=noted.seq, seal=seal)
    elif noted and not operating.is_as_noted(tx, SYSTEM, noted):
        exam.note("audit", Weight.BROKEN, "audit_changed", entry=noted.seq)
    else:
        key = "audit_as_noted" if noted else "audit_well"
        exam.note("audit", Weight.WELL, key, seal=str(operating.sealed(tx, SYSTEM)))


def _durability(exam: Exam, engine: Engine, connection: Connection) -> None:
    wanted = (
        {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
        if is_embedded(engine)
        else {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
    )
    ask = "PRAGMA {}" if is_embedded(engine) else "SHOW {}"
    found = {name: str(connection.execute(sql(ask.format(name))).scalar()) for name in wanted}
    wrong = [f"{name}={found[name]}" for name, value in wanted.items() if found[name] != value]
    if wrong:
        exam.note("durability", Weight.BROKEN, "durability_lost", what=", ".join(wrong))
    else:
        exam.note("durability", Weight.WELL, "durability_well")


def _integrity(exam: Exam, engine: Engine, connection: Connection) -> None:
    if not is_embedded(engine):
        return
    found = str(connection.execute(sql("PRAGMA quick_check(1)")).scalar())
    if found == "ok":
        exam.note("integrity", Weight.WELL, "integrity_well")
    else:
        exam.note("integrity", Weight.BROKEN, "integrity_lost", what=found)


def _write_speed(exam: Exam, engine: Engine, connection: Connection) -> None:
    try:
        millis = _median_commit_ms(engine, connection)
    except OperationalError as refused:
        exam.broken("write_speed", "write_refused", trouble=str(refused.orig).strip())
        return
    facts = {"ms": f"{millis:.1f}"}
    if millis < SLOW_WRITE_MS:
        exam.note("write_speed", Weight.WELL, "write_speed_well", **facts)
    else:
        bad = Weight.BROKEN if millis > BROKEN_WRITE_MS else Weight.ATTENTION
        exam.note("write_speed", bad, "write_speed_slow", **facts)


def _median_commit_ms(engine: Engine, connection: Connection) -> float:
    """Time a few durable writes to a table that is gone afterwards."""
    begin, name = ("BEGIN IMMEDIATE" if is_embedded(engine) else "BEGIN"), "doctor_probe"
    with engine.connect() as probe:
        own = probe.execution_options(isolation_level="AUTOCOMMIT")
        own.execute(sql(f"CREATE TABLE IF NOT EXISTS {name} (n INTEGER)"))
        try:
            return statistics.median(_timed(lambda: _commit(own, begin, name)) for _ in range(9))
        finally:
            own.execute(sql(f"DROP TABLE {name}"))
            connection.rollback()


def _commit(connection: Connection, begin: str, table: str) -> None:
    for statement in (begin, f"INSERT INTO {table} VALUES (1)", "COMMIT"):  # noqa: S608 - our own name
        connection.execute(sql(statement))


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _clock(exam: Exam, engine: Engine, connection: Connection) -> None:
    here = datetime.now(UTC)
    if here < NOT_BEFORE:
        exam.note("clock", Weight.BROKEN, "clock_wrong", now=here.isoformat(timespec="seconds"))
        return
    skew = 0.0
    if not is_embedded(engine):
        there = connection.execute(sql("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
        skew = abs(float(there) - time.time())
    if skew > CLOCK_SKEW_SECONDS:
        exam.note("clock", Weight.ATTENTION, "clock_skewed", seconds=f"{skew:.1f}")
    else:
        exam.note("clock", Weight.WELL, "clock_well", now=here.isoformat(timespec="seconds"))


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())
