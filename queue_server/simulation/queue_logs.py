"""Logs of queues as CSV: what joined, was called, was finished; and which rooms were on duty.

A log has the columns `id,queue,joined_at,called_at,finished_at,left_at,room`, a duty file
`room,expected_at,on_at,off_at`. A log may have more: `credit_s`, by how many seconds of credit an entry is called
earlier than by its arrival; `kind` (normal, assisted, urgent, emergency, appointment, or a word of the log's own; an
emergency goes first whatever its credit); `held_from` and `held_until`, between which it could not be called;
`came_from`, the queue that sent it here. A duty file may have `ends_at`, when the stretch was to end.

Times are ISO 8601, local without an offset or all with one; a cell is empty where the thing did not happen. Inside the
program times are seconds since 1970 on the log's own clock.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from queue_server.domain.errors import BadInput

LOG_COLUMNS = ("id", "queue", "joined_at", "called_at", "finished_at", "left_at", "room")
MORE_LOG_COLUMNS = ("credit_s", "kind", "held_from", "held_until", "came_from")
DUTY_COLUMNS = ("room", "expected_at", "on_at", "off_at")
MORE_DUTY_COLUMNS = ("ends_at",)
EMERGENCY = "emergency"
DAY_S = 86_400.0
SLIP_S = 3_600.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One stay in one queue. A no-show has `called_s` and `left_s`; one who gave up has `left_s` only."""

    id: str
    queue: str
    joined_s: float
    called_s: float | None = None
    finished_s: float | None = None
    left_s: float | None = None
    room: str = ""
    credit_s: float = 0.0
    kind: str = ""
    held_from_s: float | None = None
    held_until_s: float | None = None
    came_from: str = ""

    @property
    def is_emergency(self) -> bool:
        """Whether it goes first."""
        return self.kind == EMERGENCY

    @property
    def has_priority(self) -> bool:
        """Whether it is called earlier than by its arrival, without being an emergency."""
        return self.credit_s > 0.0 and not self.is_emergency

    @property
    def rank(self) -> tuple[bool, float]:
        """Smaller is called earlier."""
        return not self.is_emergency, self.joined_s - self.credit_s


@dataclass(frozen=True, slots=True)
class LogDuty:
    """One stretch of work in a room: when it was to begin, when it did, when it ended (None: not in the file)."""

    room: str
    expected_s: float
    on_s: float | None = None
    off_s: float | None = None
    ends_s: float | None = None


def read_log(path: Path) -> list[LogEntry]:
    """Return the entries of a log in the order of the file.

    A clock that was not turned over at midnight is put right: a time that is earlier than the one before it by nearly
    a day is taken as the next day's. Raises BadInput, naming file, line and column, for anything else that is wrong.
    """
    entries: list[LogEntry] = []
    seen: set[str] = set()
    for where, row in _rows(path, LOG_COLUMNS, MORE_LOG_COLUMNS):
        entry = _entry(where, row)
        if entry.id in seen:
            raise BadInput("id", f"{where}: the id {entry.id!r} is there twice.")
        seen.add(entry.id)
        entries.append(entry)
    return entries


def read_duty(path: Path) -> list[LogDuty]:
    """Return the stretches of a duty file in the order of the file. Raises BadInput as `read_log` does."""
    duties = []
    for where, row in _rows(path, DUTY_COLUMNS, MORE_DUTY_COLUMNS):
        if not row["room"]:
            raise BadInput("room", f"{where}: room is empty.")
        expected, on, off, ends = (_time(where, row, name) for name in (*DUTY_COLUMNS[1:], *MORE_DUTY_COLUMNS))
        if expected is None:
            if on is None:
                raise BadInput("expected_at", f"{where}: expected_at and on_at are both empty.")
            expected = on
        if off is not None and (on is None or off < on):
            raise BadInput("off_at", f"{where}: off_at {row['off_at']!r} is before on_at {row['on_at']!r}.")
        duties.append(LogDuty(row["room"], expected, on, off, ends))
    return duties


def write_log(entries: Iterable[LogEntry], out: TextIO) -> None:
    """Write entries so that `read_log` returns them again, to the second."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*LOG_COLUMNS, *MORE_LOG_COLUMNS))
    for entry in entries:
        times = (_text(at) for at in (entry.joined_s, entry.called_s, entry.finished_s, entry.left_s))
        held = (_text(at) for at in (entry.held_from_s, entry.held_until_s))
        credit = "" if entry.is_emergency else f"{entry.credit_s:.0f}"
        writer.writerow((entry.id, entry.queue, *times, entry.room, credit, entry.kind, *held, entry.came_from))


def write_duty(duties: Iterable[LogDuty], out: TextIO) -> None:
    """Write duties so that `read_duty` returns them again, to the second."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*DUTY_COLUMNS, *MORE_DUTY_COLUMNS))
    for duty in duties:
        writer.writerow((duty.room, *(_text(at) for at in (duty.expected_s, duty.on_s, duty.off_s, duty.ends_s))))


def _rows(path: Path, columns: tuple[str, ...], more: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    line = 1
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            names = reader.fieldnames or ()
            for missing in (name for name in columns if name not in names):
                raise BadInput("columns", f"{path.name} line 1: the column {missing!r} is missing.")
            for row in reader:
                line = reader.line_num
                if None in row or None in row.values():
                    raise BadInput("columns", f"{path.name} line {line}: the line does not have {len(names)} cells.")
                yield f"{path.name} line {line}", {name: row.get(name, "").strip() for name in (*columns, *more)}
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInput("line", f"{path.name}, after line {line}: not readable as CSV ({error}).") from error


def _entry(where: str, row: dict[str, str]) -> LogEntry:
    if not row["id"]:
        raise BadInput("id", f"{where}: id is empty.")
    joined, called, finished, left = (_time(where, row, name) for name in LOG_COLUMNS[2:6])
    if joined is None:
        raise BadInput("joined_at", f"{where}: joined_at is empty.")
    if finished is not None and called is None:
        raise BadInput("finished_at", f"{where}: finished_at without called_at.")
    called = _after(where, row, "called_at", called, joined)
    later = joined if called is None else called
    finished = _after(where, row, "finished_at", finished, later)
    left = _after(where, row, "left_at", left, later)
    held_from, held_until = (_time(where, row, name) for name in ("held_from", "held_until"))
    if held_until is not None and (held_from is None or held_until < held_from):
        raise BadInput("held_until", f"{where}: held_until {row['held_until']!r} is before held_from.")
    stay = LogEntry(row["id"], row["queue"], joined, called, finished, left, row["room"])
    more: dict[str, Any] = {"credit_s": _credit(where, row), "kind": row["kind"], "came_from": row["came_from"]}
    return replace(stay, held_from_s=held_from, held_until_s=held_until, **more)


def _credit(where: str, row: dict[str, str]) -> float:
    try:
        credit = float(row["credit_s"] or 0.0)
    except ValueError:
        credit = -1.0
    if not 0.0 <= credit < DAY_S:
        raise BadInput("credit_s", f"{where}: credit_s {row['credit_s']!r} is not a number of seconds.")
    return credit


def _after(where: str, row: dict[str, str], name: str, at: float | None, earlier: float) -> float | None:
    if at is None or at >= earlier:
        return at
    if at + DAY_S >= earlier and at + DAY_S - earlier <= SLIP_S:
        return at + DAY_S
    raise BadInput(name, f"{where}: {name} {row[name]!r} is before what must come first ({_text(earlier)}).")


def _time(where: str, row: dict[str, str], name: str) -> float | None:
    text = row[name]
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(name, f"{where}: {name} {text!r} is not a time like 2026-11-22T09:30:00.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _text(at: float | None) -> str:
    if at is None:
        return ""
    return (EPOCH + timedelta(seconds=round(at))).replace(tzinfo=None).isoformat()
