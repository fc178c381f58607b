"""A disk whose power fails, below the very SQLite the product uses.

SQLite reaches its files through a table of functions (a VFS). `Disk.recording` registers a copy
of the system's own in the SQLite library that Python's ``sqlite3`` is linked to; its files write,
truncate and sync as ever, and every such step is noted. Nothing of the product is replaced: it
runs its own statements, pragmas and group commits in the usual library.

`Disk.after_cut` makes a folder as a disk may hold it after the power failed at some step: what
was synced is there; of each later write any part may be there, in any combination, torn between
sectors. A file that was made and never synced may be missing. What this does not show: a disk
that lies about syncing, or one that spoils sectors it was not writing.
"""

import ctypes
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
_ALIVE: list[object] = []
"""What SQLite may still point to; it never says when it has let go."""


class _File(Structure):
    """``sqlite3_file``: what it can do; the rest belongs to the system's own VFS."""


_Write = CFUNCTYPE(c_int, POINTER(_File), c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, POINTER(_File), c_int64)
_Sync = CFUNCTYPE(c_int, POINTER(_File), c_int)


class _Methods(Structure):
    """``sqlite3_io_methods``; the functions we leave alone are plain addresses."""

    _fields_ = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("others", c_void_p * 13),
    ]


_File._fields_ = [("methods", POINTER(_Methods))]


class _Vfs(Structure):
    """``sqlite3_vfs``."""


# A path is handed on as the address we were given: the system's VFS keeps it, and reads behind it.
_Open = CFUNCTYPE(c_int, POINTER(_Vfs), c_void_p, POINTER(_File), c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, POINTER(_Vfs), c_void_p, c_int)
_Vfs._fields_ = [
    ("version", c_int),
    ("file_size", c_int),
    ("longest_path", c_int),
    ("next", c_void_p),
    ("name", c_char_p),
    ("app_data", c_void_p),
    ("open", _Open),
    ("delete", _Delete),
    ("others", c_void_p * 14),
]


_Hooks = tuple[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done to a file: ``create``, ``write``, ``truncate``, ``sync`` or ``delete``."""

    what: str
    name: str
    at: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """Every step done to the files below ``folder``, in order, and what was promised between."""

    folder: Path
    before: dict[str, bytes] = field(default_factory=dict[str, bytes])
    steps: list[Step] = field(default_factory=list[Step])
    promised: list[tuple[int, object]] = field(default_factory=list[tuple[int, object]])

    def promise(self, what: object) -> None:
        """Note that ``what`` was acknowledged: it must survive any later cut."""
        self.promised.append((len(self.steps), what))

    def promised_by(self, cut: int) -> list[object]:
        """Return what had been acknowledged when the power failed."""
        return [what for step, what in self.promised if step <= cut]

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Note what SQLite does to the folder's files from now on."""
        self.before = {file.name: file.read_bytes() for file in self.folder.iterdir()}
        with _noted(self):
            yield

    def after_cut(self, cut: int, chance: random.Random, folder: Path) -> None:
        """Lay out in ``folder`` what may be on the disk after step ``cut``."""
        for name, data in self._survivors(cut, chance).items():
            (folder / name).write_bytes(data)

    def _survivors(self, cut: int, chance: random.Random) -> dict[str, bytes]:
        kept = {name: bytearray(data) for name, data in self.before.items()}
        unsynced: dict[str, list[Step]] = {}
        for step in self.steps[:cut]:
            match step.what:
                case "sync":
                    for earlier in unsynced.pop(step.name, []):
                        _apply(kept, earlier)
                case "delete" if step.at or chance.random() < 0.5:
                    unsynced.pop(step.name, None)
                    kept.pop(step.name, None)
                case "delete":
                    unsynced.pop(step.name, None)
                case _:
                    unsynced.setdefault(step.name, []).append(step)
        for steps in unsynced.values():
            _apply_some(kept, steps, chance)
        return {name: bytes(data) for name, data in kept.items()}


def _apply_some(kept: dict[str, bytearray], steps: list[Step], chance: random.Random) -> None:
    """Let any part of what was not synced reach the disk."""
    luck = chance.choice((0.0, 0.5, 0.9, 1.0))
    for step in steps:
        if chance.random() < luck:
            torn = step.what == "write" and chance.random() < 0.3
            _apply(kept, _torn(step, chance) if torn else step)


def _torn(step: Step, chance: random.Random) -> Step:
    """Keep the beginning or the end of a write, up to a sector."""
    within = chance.randrange(0, len(step.data) + 1) // SECTOR * SECTOR
    if chance.random() < 0.5:
        return Step(step.what, step.name, step.at, step.data[:within])
    return Step(step.what, step.name, step.at + within, step.data[within:])


def _apply(kept: dict[str, bytearray], step: Step) -> None:
    if step.what == "truncate" and step.name in kept:
        del kept[step.name][step.at :]
        return
    if step.what == "create":
        kept[step.name] = bytearray()
    data = kept.setdefault(step.name, bytearray())
    if step.what == "write" and step.data:
        data.extend(bytes(max(0, step.at - len(data))))
        data[step.at : step.at + len(step.data)] = step.data


# ── the table of functions ──────────────────────────────────────────────────────────────────


def _library() -> ctypes.CDLL:
    """Return the SQLite that Python's own module is linked to, and no other."""
    import _sqlite3  # noqa: PLC0415 - its address is what we need

    library = ctypes.CDLL(_sqlite3.__file__)
    try:
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    except AttributeError:
        raise RuntimeError(
            "Python's sqlite3 hides its SQLite; the power cuts need one linked to the system's "
            "libsqlite3, as Debian's is"
        ) from None
    return library


@contextmanager
def _noted(disk: Disk) -> Iterator[None]:
    library, lock = _library(), threading.Lock()
    system = library.sqlite3_vfs_find(None)
    own = _Vfs.from_buffer_copy(system.contents)
    own.name = b"powercut"
    hooks: dict[int, _Hooks] = {}
    names: dict[int, str] = {}
    tables: dict[int, _Methods] = {}

    def note(step: Step) -> None:
        with lock:
            disk.steps.append(step)

    def open_(_vfs: Any, path: int | None, file: Any, flags: int, out: Any) -> int:
        place = Path(ctypes.string_at(path).decode()) if path else None
        new = place is not None and not place.exists()
        done: int = system.contents.open(system, path, file, flags, out)
        if done or place is None or place.parent != disk.folder or place.name.endswith("-shm"):
            return done
        address, theirs = ctypes.addressof(file.contents), file.contents.methods.contents
        tables[address] = ours = _Methods.from_buffer_copy(theirs)
        names[address] = place.name
        key = ctypes.addressof(theirs)
        hooks[key] = hooks.get(key) or _hooked(theirs, names, note)
        ours.write, ours.truncate, ours.sync = hooks[key]
        file.contents.methods = ctypes.pointer(ours)
        if new:
            note(Step("create", place.name))
        return done

    def delete(_vfs: Any, path: int, durably: int) -> int:
        place = Path(ctypes.string_at(path).decode())
        done: int = system.contents.delete(system, path, durably)
        if not done and place.parent == disk.folder:
            note(Step("delete", place.name, at=durably))
        return done

    own.open, own.delete = _Open(open_), _Delete(delete)
    _ALIVE.append((own, hooks, tables))
    library.sqlite3_vfs_register(ctypes.byref(own), 1)
    try:
        yield
    finally:
        library.sqlite3_vfs_register(system, 1)
        library.sqlite3_vfs_unregister(ctypes.byref(own))


def _hooked(theirs: _Methods, names: dict[int, str], note: Callable[[Step], None]) -> _Hooks:
    """Return functions that do what the system's do, and note it."""
    real = _Methods.from_buffer_copy(theirs)

    def write(file: Any, data: int, size: int, at: int) -> int:
        note(Step("write", names[_address(file)], at, ctypes.string_at(data, size)))
        return int(real.write(file, data, size, at))

    def truncate(file: Any, size: int) -> int:
        note(Step("truncate", names[_address(file)], size))
        return int(real.truncate(file, size))

    def sync(file: Any, flags: int) -> int:
        done = int(real.sync(file, flags))
        note(Step("sync", names[_address(file)]))
        return done

    return _Write(write), _Truncate(truncate), _Sync(sync)


def _address(file: Any) -> int:
    return ctypes.addressof(file.contents)
