"""A disk that remembers every write and flush of SQLite, and what of it is left when the power goes.

SQLite reaches its files through a table of functions, the VFS (https://sqlite.org/vfs.html). `recording` puts a table
before the usual one that copies each write and notes each flush. After a power cut, what was flushed is there; of what
was written since, each block may be there, be missing, or be torn, and blocks may have come in another order.
"""

from __future__ import annotations

import ctypes
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: A disk writes whole sectors of so many bytes; a file system may write its blocks in any order.
SECTOR, BLOCK = 512, 4096

# Names are passed on as addresses: SQLite finds more beside the text of a name.
_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, of which only the first functions have a name here."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("delete", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 14),
    )


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", ctypes.c_void_p),
        ("truncate", ctypes.c_void_p),
        ("sync", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 13),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: `write` (at `offset`), `truncate` (to `offset`), `sync` and `delete` of a file, or
    `promise`: somebody was told something."""

    kind: str
    path: str = ""
    offset: int = 0
    data: bytes = b""
    promise: Any = None


@dataclass
class Recording:
    """What has happened, in order. `before`: the files as they were when they were opened first. `failing`: kinds of
    steps that the disk refuses now, with SQLite's code for why."""

    steps: list[Step] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)

    def promise(self, what: Any) -> None:
        """Somebody has been told this, and relies on it from now on."""
        self.steps.append(Step("promise", promise=what))


@dataclass
class Disk:
    """Files by path: what is flushed of them, and the steps since."""

    flushed: dict[str, bytearray]
    since: dict[str, list[Step]] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        """The next step happens."""
        if step.kind == "delete":
            self.flushed.pop(step.path, None)
            self.since.pop(step.path, None)
        elif step.kind == "sync":
            for written in self.since.pop(step.path, []):
                _apply(self.flushed.setdefault(step.path, bytearray()), written)
        elif step.kind != "promise":
            self.since.setdefault(step.path, []).append(step)

    def cut(self, folder: Path, chance: random.Random) -> None:
        """The folder has the files that are left when the power goes now."""
        likely = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for path in self.flushed.keys() | self.since.keys():
            content = bytearray(self.flushed.get(path, b""))
            pieces = [piece for step in self.since.get(path, ()) for piece in _pieces(step)]
            if chance.random() < 0.5:
                chance.shuffle(pieces)
            for piece in pieces:
                if chance.random() < likely:
                    _apply(content, _perhaps_torn(piece, chance))
            (folder / Path(path).name).write_bytes(content)


def _pieces(step: Step) -> Iterator[Step]:
    """The blocks that are written one by one."""
    if step.kind != "write":
        yield step
    for start in range(0, len(step.data), BLOCK):
        yield Step("write", step.path, step.offset + start, step.data[start : start + BLOCK])


def _perhaps_torn(piece: Step, chance: random.Random) -> Step:
    if piece.kind != "write" or chance.random() < 0.9:
        return piece
    return Step("write", piece.path, piece.offset, piece.data[: SECTOR * chance.randrange(BLOCK // SECTOR)])


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.offset :]
        return
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset : step.offset + len(step.data)] = step.data


class CannotRecord(Exception):
    """This Python's SQLite cannot be reached from outside."""


@contextmanager
def recording() -> Iterator[Recording]:
    """Inside, whatever is opened of SQLite's files (but its shared memory) is recorded. Raises `CannotRecord`."""
    library = _library()
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    usual = library.sqlite3_vfs_find(None)
    made, kept = Recording(), _Kept()
    vfs = _copy(usual.contents, _Vfs)
    vfs.name = b"recording"
    vfs.open = kept.pointer(_OPEN(_opening(usual.contents, made, kept)))
    vfs.delete = kept.pointer(_DELETE(_deleting(usual.contents, made)))
    library.sqlite3_vfs_register(ctypes.byref(vfs), 1)
    try:
        yield made
    finally:
        library.sqlite3_vfs_register(usual, 1)
        library.sqlite3_vfs_unregister(ctypes.byref(vfs))
        _ALIVE.append((vfs, kept))  # a file that is still open goes on calling it


_ALIVE: list[object] = []


class _Kept:
    """What C points to must not be collected. `methods`: the usual table's address → ours."""

    def __init__(self) -> None:
        self.functions: list[object] = []
        self.methods: dict[int, _Methods] = {}
        self.paths: dict[int, str] = {}

    def pointer(self, function: Any) -> int:
        """The address of the function."""
        self.functions.append(function)
        return int(ctypes.cast(function, ctypes.c_void_p).value or 0)


def _opening(usual: _Vfs, made: Recording, kept: _Kept) -> Callable[..., int]:
    usual_open = _OPEN(usual.open)

    def opened(vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        status = usual_open(vfs, name, file, flags, out)
        first = ctypes.c_void_p.from_address(file)
        if status == 0 and name and first.value:
            path = kept.paths[file] = ctypes.string_at(name).decode()
            if path not in made.before:
                made.before[path] = Path(path).read_bytes() if Path(path).exists() else b""
            if first.value not in kept.methods:
                kept.methods[first.value] = _recorded(_Methods.from_address(first.value), made, kept)
            first.value = ctypes.addressof(kept.methods[first.value])
        return int(status)

    return opened


def _recorded(usual: _Methods, made: Recording, kept: _Kept) -> _Methods:
    write, truncate, sync = _WRITE(usual.write), _TRUNCATE(usual.truncate), _SYNC(usual.sync)

    def wrote(file: int, data: int, size: int, offset: int) -> int:
        if made.failing.get("write"):
            return made.failing["write"]
        made.steps.append(Step("write", kept.paths[file], offset, ctypes.string_at(data, size)))
        return int(write(file, data, size, offset))

    def truncated(file: int, size: int) -> int:
        made.steps.append(Step("truncate", kept.paths[file], size))
        return int(truncate(file, size))

    def synced(file: int, flags: int) -> int:
        if made.failing.get("sync"):
            return made.failing["sync"]
        status = int(sync(file, flags))
        made.steps.append(Step("sync", kept.paths[file]))
        return status

    methods: _Methods = _copy(usual, _Methods)
    methods.write, methods.truncate = kept.pointer(_WRITE(wrote)), kept.pointer(_TRUNCATE(truncated))
    methods.sync = kept.pointer(_SYNC(synced))
    return methods


def _deleting(usual: _Vfs, made: Recording) -> Callable[..., int]:
    delete = _DELETE(usual.delete)

    def deleted(vfs: int, name: int, sync_folder: int) -> int:
        made.steps.append(Step("delete", ctypes.string_at(name).decode()))
        return int(delete(vfs, name, sync_folder))

    return deleted


def _copy(usual: Any, kind: type[Any]) -> Any:
    return kind.from_buffer_copy(usual)


def _library() -> ctypes.CDLL:
    """The SQLite that Python uses."""
    with sqlite3.connect(":memory:") as opened:
        opened.execute("SELECT 1")
    opened.close()
    for line in Path("/proc/self/maps").read_text().splitlines():
        if "libsqlite3" in line:
            return ctypes.CDLL(line.split()[-1])
    raise CannotRecord("Python's SQLite is part of Python itself here, so its files cannot be watched.")
