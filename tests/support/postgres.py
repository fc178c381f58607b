"""A PostgreSQL for the tests: the one named, or one of our own.

``SHOPBELL_TEST_POSTGRES`` names a server by URL. Without it, a private one is started in a
temporary folder: it may lose what it was given, so a database is made and dropped in a tenth of
the time. Tests never skip because a server is missing: they fail with the sentence that helps.
"""

import getpass
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.support.ports import free_port

MISSING = (
    "The tests need PostgreSQL. Run `make test` as root to have it installed, install Debian's "
    "package `postgresql`, or name a server: SHOPBELL_TEST_POSTGRES=postgresql://USER@HOST/postgres"
)
_SAFE_TO_LOSE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
_PATIENCE = 20


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server on which we may make and drop databases."""

    host: str
    port: int
    user: str
    password: str = ""

    def url(self, database: str) -> str:
        """Return the address of one database, as the settings want it."""
        login = f"{self.user}:{self.password}" if self.password else self.user
        return f"postgresql+psycopg://{login}@{self.host}:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a database of its own, as a copy of ``template``, and return its name."""
        name = f"shopbell_test_{secrets.token_hex(6)}"
        self._command(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._command(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def admits(self) -> bool:
        """Tell whether this user may come in and make databases."""
        try:
            with self._connect() as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.OperationalError:
            return False
        return bool(row and row[0])

    def _command(self, command: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(command)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password or None,
            dbname="postgres",
            autocommit=True,
            connect_timeout=3,
        )


def cut_all(url: str) -> None:
    """End every other connection to a database, as an administrator may."""
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def server() -> Iterator[Server]:
    """Find a server, or run one for as long as it is needed."""
    if found := named():
        yield found
        return
    with private() as own:
        yield own


def named() -> Server | None:
    """Return the server of ``SHOPBELL_TEST_POSTGRES``; a name that does not answer is an error."""
    url = os.environ.get("SHOPBELL_TEST_POSTGRES")
    if not url:
        return None
    parts = conninfo_to_dict(url.replace("+psycopg", "", 1))
    found = Server(
        host=str(parts.get("host", "127.0.0.1")),
        port=int(str(parts.get("port", 5432))),
        user=str(parts.get("user", getpass.getuser())),
        password=str(parts.get("password", "")),
    )
    if not found.admits():
        raise RuntimeError(
            f"SHOPBELL_TEST_POSTGRES names {found.host}:{found.port}, but the user {found.user} "
            "cannot come in there and make databases"
        )
    return found


@dataclass(frozen=True)
class Private(Server):
    """A server of our own, which may be stopped and started again."""

    folder: Path = Path()
    options: str = ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        listen = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {self.options}"
        self._control("-l", self.folder / "log", "-w", "-o", listen, "start")
        _await(self)

    def stop_at_once(self) -> None:
        """Stop it without letting anybody finish, as a crash would."""
        self._control("-m", "immediate", "-w", "stop")

    def _control(self, *words: str | Path) -> None:
        _as_postgres(_binaries() / "pg_ctl", "-D", self.folder / "data", *words)


@contextmanager
def private(*, durable: bool = False) -> Iterator[Private]:
    """Run a server of our own in a temporary folder; PostgreSQL refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="shopbell-postgres-"))
    options = "" if durable else _SAFE_TO_LOSE
    own = Private("127.0.0.1", free_port(), "postgres", folder=folder, options=options)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        initdb = _binaries() / "initdb"
        _as_postgres(initdb, "-D", folder / "data", "-U", "postgres", "-A", "trust", "-N")
        own.start()
        try:
            yield own
        finally:
            own.stop_at_once()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    on_path = [Path(found).resolve() for found in [shutil.which("initdb")] if found]
    if not (found := [*on_path, *debian]):
        raise RuntimeError(MISSING)
    return found[-1].parent


def _as_postgres(*command: str | Path) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")


def _await(own: Server) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not own.admits():
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not answer on port {own.port}")
        time.sleep(0.1)


def _can_be_had() -> bool:
    if named():
        return True
    try:
        _binaries()
    except RuntimeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(not _can_be_had())
