"""The names of topics: what can be watched, one line a topic. Only this module spells and parses them.

===================  ======================================  =======================================
name                 who watches                             what it shows
===================  ======================================  =======================================
`board(name)`        displays                                calls and departments of a display
`room(code)`         doctor consoles                         the queue as the room sees it
`kiosk(id)`          that kiosk                              departments and its printer
`agent(id)`          that print agent                        the slips to print at its place
`DESK_SLIPS`         desks, page of slips and printers       prints and printers
`desk_queues(codes)` desks, page of queues                   active and completed tokens, of some departments
`DASHBOARD`          administrators                          the clinic today, and what is wrong
`token(key)`         the phone page with that secret link    the token's position
`history(id)`        the patient's medical history           the patient's documents
===================  ======================================  =======================================
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NewType

TopicName = NewType("TopicName", str)


class TopicKind(StrEnum):
    """The first part of a topic's name."""

    BOARD = "board"
    ROOM = "room"
    KIOSK = "kiosk"
    AGENT = "agent"
    DESK = "desk"
    DASHBOARD = "dashboard"
    TOKEN = "token"  # noqa: S105
    HISTORY = "history"


DESK_SLIPS = TopicName(f"{TopicKind.DESK}:main")
DESK_QUEUES = TopicName(f"{TopicKind.DESK}:queues")
DASHBOARD = TopicName(f"{TopicKind.DASHBOARD}:main")


def desk_queues(departments: Collection[str] = ()) -> TopicName:
    """The queues of the desk: of all departments, or of those with these codes."""
    return TopicName(f"{DESK_QUEUES}/{','.join(sorted(departments))}") if departments else DESK_QUEUES


def board(name: str) -> TopicName:
    """The display called `name`."""
    return TopicName(f"{TopicKind.BOARD}:{name}")


def room(code: str) -> TopicName:
    """The console of the room."""
    return TopicName(f"{TopicKind.ROOM}:{code}")


def kiosk(device_id: int) -> TopicName:
    """The kiosk with this device id."""
    return TopicName(f"{TopicKind.KIOSK}:{device_id}")


def agent(device_id: int) -> TopicName:
    """The print agent with this device id."""
    return TopicName(f"{TopicKind.AGENT}:{device_id}")


def token(key: str) -> TopicName:
    """The phone page of the link's key."""
    return TopicName(f"{TopicKind.TOKEN}:{key}")


def history(patient_id: int) -> TopicName:
    """The patient's medical history."""
    return TopicName(f"{TopicKind.HISTORY}:{patient_id}")


def departments_of(name: TopicName) -> tuple[str, ...] | None:
    """The codes of the departments whose queues the desk is shown, none of them for all; none for another topic."""
    page, _, codes = name.partition("/")
    if page != DESK_QUEUES:
        return None
    return tuple(codes.split(",")) if codes else ()


def kind_of(name: TopicName) -> str:
    """The part before the colon: a `TopicKind`, or anything where a topic is unknown."""
    return name.partition(":")[0]


def key_of(name: TopicName) -> str:
    """The part after the colon; empty without one."""
    return name.partition(":")[2]


def masked(name: TopicName) -> str:
    """The name for a log: of what follows the colon, which may be the secret of a link, not more than 16 characters."""
    kind, colon, rest = name.partition(":")
    return f"{kind}{colon}{rest if len(rest) <= 16 else rest[:4] + '…'}"
