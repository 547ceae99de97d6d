"""Sources: the things that change, each with a revision, and what views and caches depend on.

A transaction touches the sources that it changes. The commit gives each of them its next revision and tells every
process, which computes the views anew that name one of them. Only this module spells and parses a source.

==================  ====================================================  ==========================================
source              touched when                                          depended on by
==================  ====================================================  ==========================================
`CLINIC`            settings, departments, rooms, displays, the roster    every screen; letterheads
                    or staff change
`department(id)`    the journal gets a line of the department, its        board, room, kiosk, desk, phone; alerts
                    rooms or plans change; every 20 s, for the clock
`token(id)`         the token's own facts change, or one of its           phone
                    documents comes or goes
`records(id)`       the patient's documents or their readers change       history
`prints(place)`     a slip is queued there, or its state changes          kiosk, agent, desk
`DEVICES`           a device or program is added, revoked or changes      kiosk, agent, desk; open lines; known keys
                    its state
`SESSIONS`          a login ends, is locked or unlocked                   open lines
`MEDICINES`         the clinic's own list of medicines changes            the list in memory
`VOICES`            a word is recorded or removed; a display is to speak  board, kiosk; the clips in memory
`ALERT_CHOICES`     somebody's addresses or wishes change                 alerts
`OUTBOX`            there is something new to send                        the sender
==================  ====================================================  ==========================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from sys import intern
from typing import NewType
from zlib import crc32

#: Something that changes, as text of at most 64 characters. Two that are equal are one.
Source = NewType("Source", str)

CLINIC = Source("clinic")
DEVICES = Source("devices")
SESSIONS = Source("sessions")
MEDICINES = Source("medicines")
VOICES = Source("voices")
ALERT_CHOICES = Source("alerts")
OUTBOX = Source("outbox")

#: Tokens and patients share so many sources a kind, so that revisions do not pile up, one each, for ever.
BUCKETS = 64

#: The PostgreSQL channel on which the processes tell each other what changed.
CHANNEL = "queue"

#: What they tell: that a source has this revision now.
NOTICE = "%s %s"

#: The channel on which they tell, before the revision, which entries of a department are changed with it, and how.
ENTRIES_CHANNEL = "queue_entries"
ENTRIES_NOTICE = "%s %s %s"

_DEPARTMENT = "department:"
_ENTRIES = re.compile(rf"{_DEPARTMENT}(\d+) (\d+) ((?:\d+(?:,\d+)*)?)", re.ASCII)


def department(department_id: int) -> Source:
    """The department's queue, rooms and plans."""
    return Source(f"{_DEPARTMENT}{department_id}")


def department_of(source: Source) -> int | None:
    """The id of the department that the source is; none for every other source."""
    return int(source.removeprefix(_DEPARTMENT)) if source.startswith(_DEPARTMENT) else None


def token(token_id: int) -> Source:
    """The token's own facts and documents; not its state, which is its department's."""
    # Thousands of phones share a few of them.
    return Source(intern(f"token:{token_id % BUCKETS}"))


def records(patient_id: int) -> Source:
    """The patient's documents, and who has read them."""
    return Source(f"records:{patient_id % BUCKETS}")


def prints(place: str) -> Source:
    """The slips to print at the place; of its name, which may be longer than a source, only a checksum."""
    return Source(f"prints:{crc32(place.encode()):08x}")


def kept(source: str) -> Source:
    """The source whose text this module has made, and the database has kept."""
    return Source(source)


def ids_told(ids: Iterable[int]) -> str:
    """These entries, as a notice names them."""
    return ",".join(map(str, sorted(ids)))


def entries_heard(payload: str) -> tuple[int, int, frozenset[int]] | None:
    """The department, its revision and the entries of such a notice; none when the payload is none."""
    if (found := _ENTRIES.fullmatch(payload)) is None:
        return None
    department_id, rev, ids = found.groups()
    return int(department_id), int(rev), frozenset(int(one) for one in ids.split(",") if one)


def heard(payload: str) -> tuple[Source, int] | None:
    """The source and revision of a notice; none when the payload is no notice."""
    source, _, rev = payload.rpartition(" ")
    return (Source(source), int(rev)) if source and rev.isdecimal() else None
