"""The views that screens are sent, field by field; `scripts/views` writes the scripts' types from them.

Moments are texts, UTC to the second. Departments and rooms are named by their codes, doctors by their ids.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from queue_server.domain.queue.tokens import DutyState, State


class WaitView(TypedDict):
    """A wait as everybody is told it: the key of a sentence, what stands in it, the likely minutes in steps of five.

    `late` is there, and true, when somebody with this wait may be called only after closing time.
    """

    words: str
    values: dict[str, int | str]
    minutes: int
    late: NotRequired[bool]


class WaitFigures(TypedDict):
    """A wait for programs: of ten waits one is under `low_s`, five under `likely_s`, nine under `high_s` seconds."""

    low_s: int
    likely_s: int
    high_s: int


class PhoneView(TypedDict):
    """One token on a phone.

    While it waits, so many people are `ahead`; `calls` counts its calls, recalls included; `language` is the one in
    which the token speaks. `now_serving` are the numbers called last, while the patient watches them; `papers` counts
    the documents, if there are any.
    """

    number: str
    state: State
    department: str
    ahead: int | None
    wait: WaitView | None
    room: str | None
    now_serving: list[str]
    can_return: bool
    calls: int
    language: str
    papers: NotRequired[int]


class NamedDepartment(TypedDict):
    """A department in a list."""

    code: str
    prefix: str
    names: dict[str, str]
    icon: str
    colour: str
    is_open: bool


class EntryView(TypedDict):
    """One patient for staff; `id` is the token's, `for_doctor` the name of the only doctor who is given this one."""

    id: int
    number: str
    state: State
    priority: str
    reason: str | None
    joined_at: str
    called_at: str | None
    started_at: str | None
    room: str | None
    came_from: str | None
    return_to: str | None
    for_doctor: str | None
    calls: int
    wait: WaitView | None


class DutyView(TypedDict):
    """Who has the room: on_duty, on_break, expected or off_duty."""

    state: DutyState
    doctor: str
    doctor_id: int
    reason: str | None
    back_at: str | None


class UndoView(TypedDict):
    """The last action in the room, which can be taken back until then."""

    action: str
    number: str
    until_at: str


class RoomView(TypedDict):
    """A doctor's console. `waiting` stands in the order of calling; `elsewhere` are in the department's other rooms.

    `next` is the token that "call next" would bring here, and `actions` what may be done with an entry in each state.
    """

    room: str
    department: NamedDepartment
    duty: DutyView | None
    current: EntryView | None
    waiting: list[EntryView]
    held: list[EntryView]
    missed: list[EntryView]
    elsewhere: list[EntryView]
    next: int | None
    actions: dict[str, list[str]]
    undo: UndoView | None
    departments: list[NamedDepartment]
    rooms: list[str]
    clock_wrong: bool


class SpokenView(TypedDict):
    """What is said in one language."""

    language: str
    text: str


class CallView(TypedDict):
    """One call on a display; `say` is empty once it is too old to be announced."""

    call_id: int
    number: str
    room: str
    department: str
    at: str
    is_recall: bool
    say: list[SpokenView]


class DepartmentView(TypedDict):
    """What goes on in a department: how many wait, and the `wait` of somebody who would join now.

    `why` it is closed, if it is, and when it opens; `is_closing` when a newcomer may be called only after closing time.
    """

    code: str
    prefix: str
    names: dict[str, str]
    icon: str
    colour: str
    is_open: bool
    why: str | None
    opens_at: str | None
    waiting: int
    wait: WaitView | None
    is_closing: bool


class DoctorView(TypedDict):
    """A doctor's duty on a display; `serving` is the number in the room."""

    doctor: str
    room: str
    department: str
    state: DutyState
    reason: str | None
    back_at: str | None
    serving: str | None


class BoardView(TypedDict):
    """A display. `calls` holds the recent ones, newest last; `volume` goes from 0 to 100; `notices` are by language."""

    board: str
    clinic: str
    languages: list[str]
    time_zone: str
    layout: str
    volume: int
    notices: dict[str, str]
    calls: list[CallView]
    waiting: dict[str, int]
    departments: list[DepartmentView]
    doctors: list[DoctorView]
    clock_wrong: bool


VIEWS: tuple[type, ...] = (
    WaitView,
    PhoneView,
    NamedDepartment,
    EntryView,
    DutyView,
    UndoView,
    RoomView,
    SpokenView,
    CallView,
    DepartmentView,
    DoctorView,
    BoardView,
)
