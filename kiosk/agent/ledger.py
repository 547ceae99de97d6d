"""Which jobs were begun and how they ended, in a small file that survives `kill -9` and a power cut.

A line is added and flushed to the disk before a slip goes to the printer, and another after it came out. So an
agent that starts again knows three kinds of jobs: never begun (print it), ended (say how), and begun without an end:
whether that slip is on paper nobody can know, so it is unconfirmed and never printed again.
"""

import errno
import json
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kiosk.printing import Outcome, PrintState

logger = logging.getLogger(__name__)

#: Jobs that are remembered. The server asks only for jobs without an end, which are minutes old.
KEPT = 1000

_BEGUN = "begun"


class LedgerInUse(Exception):
    """Another agent holds the ledger; two agents on one printer would print slips twice."""


@dataclass(frozen=True)
class Entry:
    """What is known of a job. `outcome` is None for one that was begun and has no end. `number`: what is on the slip,
    which a restore of the server's database asks for; empty in lines of older agents."""

    outcome: Outcome | None
    number: str = ""


class Ledger:
    """The file at `path`, made if missing. One agent at a time; one thread writes, any may read.

    Raises `LedgerInUse` when another agent has it open, and `OSError` when it cannot be read or written.
    """

    def __init__(self, path: Path, kept: int = KEPT) -> None:
        self._path = path
        self._kept = kept
        self._entries: dict[str, Entry] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = _open_locked(path)
        self._size = self._lines = 0
        self._load()

    def find(self, job_id: str) -> Entry | None:
        """What is known of the job, or None for one that was never begun."""
        return self._entries.get(job_id)

    def begin(self, job_id: str, number: str = "") -> None:
        """The job counts as begun, even if the machine dies now. `number`: what its slip says."""
        self._add(job_id, Entry(None, number))

    def finish(self, job_id: str, outcome: Outcome) -> None:
        """The job has ended this way, even if the machine dies now."""
        begun = self._entries.get(job_id)
        self._add(job_id, Entry(outcome, begun.number if begun else ""))

    def close(self) -> None:
        """Another agent may open the ledger."""
        os.close(self._file)

    def _add(self, job_id: str, entry: Entry) -> None:
        self._append(_line(job_id, entry))
        self._entries[job_id] = entry
        self._lines += 1
        if self._lines >= 4 * self._kept:
            self._try_to_compact()

    def _append(self, line: bytes) -> None:
        """Add the line whole or not at all: the rest of a line on a full disk would spoil the next one."""
        try:
            _write(self._file, line)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(line)

    def _load(self) -> None:
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._remember(line)
        if len(whole) < len(data):
            os.ftruncate(self._file, len(whole))
        self._size = len(whole)
        if self._lines > 2 * self._kept:
            self._try_to_compact()

    def _remember(self, line: bytes) -> None:
        self._lines += 1
        try:
            fields = json.loads(line)
            state, job_id = fields["state"], fields["job"]
            outcome = None if state == _BEGUN else Outcome(PrintState(state), fields["reason"])
        except (ValueError, KeyError, TypeError):
            logger.warning("Line %d of the ledger %s cannot be read and is left out.", self._lines, self._path)
            return
        self._entries[job_id] = Entry(outcome, str(fields.get("number", "")))

    def _try_to_compact(self) -> None:
        """Failing to grow smaller is no reason not to print."""
        try:
            self._compact()
        except OSError:
            logger.exception("The ledger %s could not be compacted.", self._path)

    def _compact(self) -> None:
        """Write the file anew with the last jobs only; the old one stays until the new one is safe."""
        self._entries = dict(list(self._entries.items())[-self._kept :])
        draft = self._path.with_name(f"{self._path.name}.draft")
        draft.unlink(missing_ok=True)
        file = _open_locked(draft)
        data = b"".join(_line(job_id, entry) for job_id, entry in self._entries.items())
        try:
            _write(file, data)
            draft.replace(self._path)
        except OSError:
            os.close(file)
            raise
        os.close(self._file)
        self._file, self._size, self._lines = file, len(data), len(self._entries)
        _sync_folder(self._path.parent)


def _line(job_id: str, entry: Entry) -> bytes:
    outcome = entry.outcome
    fields = {"state": outcome.state, "reason": outcome.reason} if outcome else {"state": _BEGUN}
    named = {"number": entry.number} if entry.number else {}
    return json.dumps({"job": job_id, **named, **fields}).encode() + b"\n"


def _write(file: int, data: bytes) -> None:
    """All of the data is on the disk; `OSError` if there is no room for it."""
    if os.write(file, data) != len(data):
        raise OSError(errno.ENOSPC, "the disk is full")
    os.fsync(file)


def _open_locked(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            raise LedgerInUse(f"Another agent uses the ledger {path}.") from error
    _sync_folder(path.parent)
    return file


def _sync_folder(folder: Path) -> None:
    """The names in the folder survive a power cut. Windows neither needs nor allows this."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
