"""What programs and the desk's pages are given of tokens, rooms and patients, field by field; no script is sent these.

Moments are texts, UTC to the second, unless a field says otherwise.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.presence import AwayView
from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.ordering import PlaceView
from queue_server.domain.queue.tokens import Action, DutyState, Priority, State
from queue_server.live.view_types import NamedDepartment, WaitFigures


class QueuedToken(TypedDict):
    """A token in a department's queue; so many people are `ahead` while it waits.

    `is_here`: false until whoever has it has arrived, where that is needed; it is not called before.
    """

    id: int
    number: str
    state: State
    priority: Priority
    ahead: int | None
    wait: WaitFigures | None
    room: str | None
    is_here: bool


class ProgramToken(QueuedToken):
    """A token for another program; `key` is that of its link. `away` when nobody calls."""

    department: str
    away: AwayView | None
    key: str


class QueueList(NamedDepartment):
    """A department's queue in order."""

    waiting: int
    tokens: list[QueuedToken]


class ListedToken(TypedDict):
    """A token of any day."""

    id: int
    number: str
    service_day: str
    department: str
    state: State
    priority: Priority
    channel: str
    room: str | None
    issued_at: str
    called_at: str | None
    started_at: str | None
    finished_at: str | None


class ListedDepartment(NamedDepartment):
    """A department as it stands; see `view_types.DepartmentView`."""

    why: str | None
    opens_at: str | None
    waiting: int
    wait: WaitFigures | None
    is_closing: bool
    away: AwayView | None
    must_arrive: bool
    rooms: list[str]


class ListedDuty(TypedDict):
    """Who has a room."""

    doctor: str
    state: DutyState
    reason: str | None
    back_at: str | None


class PresentToken(TypedDict):
    """The token that is called or served in a room."""

    id: int
    number: str
    state: State


class ListedDoctor(TypedDict):
    """A doctor who may log in, and where he or she is."""

    id: int
    name: str
    room: str | None
    state: DutyState | None


class ListedRoom(TypedDict):
    """A room, who is on duty there and who is inside; `name`, the one in English, is empty where it has none."""

    code: str
    name: str
    names: dict[str, str]
    department: str
    duty: ListedDuty | None
    token: PresentToken | None


class ListedPatient(TypedDict):
    """A registered patient; `phone` in E.164."""

    id: int
    name: str
    birth_year: int
    sex: Sex
    language: str
    phone: str | None


class FoundRow(TypedDict):
    """A token that a search has found; `names` are its department's."""

    id: int
    number: str
    day: date
    is_today: bool
    names: dict[str, str]
    name: str | None


class PersonAtDesk(TypedDict):
    """Who it is; of the phone number only the end, which is enough to ask for."""

    id: int
    name: str
    birth_year: int | None
    phone: str


class FoundPerson(PersonAtDesk):
    """A patient whom a search has found, with the newest tokens."""

    tokens: list[FoundRow]


class FoundView(TypedDict):
    """What a search has found."""

    tokens: list[FoundRow]
    patients: list[FoundPerson]


class HistoryLine(TypedDict):
    """One event of a token; `time` is the moment in the reader's words, added by the page."""

    kind: str
    at: datetime
    reason: str | None
    room: str | None
    priority: str | None
    place: str | None
    to: str | None
    was: str | None
    language: str | None
    #: Entered when the server was back, of what was done by voice.
    is_afterwards: bool
    #: Given out by a kiosk's keeper without the server; `at` is then, not when it was handed in.
    is_kept: bool
    by: Actor
    time: NotRequired[str]


class HistorySlip(TypedDict):
    """A slip that was queued, and what became of it; `time` as in `HistoryLine`."""

    place: str
    copy: int
    state: str
    at: datetime
    time: NotRequired[str]


class TokenFacts(TypedDict):
    """What never changes by calling: whose number it is, of which day, in which language."""

    id: int
    number: str
    key: str
    day: date
    language: str
    channel: str
    is_deleted: bool


class TokenHistory(TokenFacts):
    """Everything about a token: where it stands, whose it is, what may be done, and what has happened."""

    state: State
    priority: Priority
    reason: str | None
    place: PlaceView | None
    room: str | None
    department: NamedDepartment | None
    patient: PersonAtDesk | None
    actions: list[Action]
    is_here: bool
    can_change: bool
    is_open: bool
    events: list[HistoryLine]
    slips: list[HistorySlip]
    room_names: dict[str, dict[str, str]]
    places: list[str]
    by_slip: bool
    departments: list[NamedDepartment]
