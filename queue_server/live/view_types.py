"""The views that screens are sent, field by field; `scripts/views` writes the scripts' types from them.

Moments are texts, UTC to the second. Departments and rooms are named by their codes, doctors by their ids. `room_names`
maps the codes of rooms that have a name to it.
"""

from __future__ import annotations

from typing import TypedDict

from queue_server.domain.clinic.presence import AwayView
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.devices.troubles import TroubleView
from queue_server.domain.queue.ordering import PlaceView
from queue_server.domain.queue.tokens import DutyState, State
from queue_server.domain.waits.wording import WaitView, WhyView


class WaitFigures(TypedDict):
    """A wait for programs: of ten waits one is under `low_s`, five under `likely_s`, nine under `high_s` seconds."""

    low_s: int
    likely_s: int
    high_s: int


class NamedDepartment(TypedDict):
    """A department in a list."""

    code: str
    prefix: str
    names: dict[str, str]
    icon: str
    colour: str
    is_open: bool


class EntryView(TypedDict):
    """One patient for staff; `id` is the token's, `for_doctor` the name of the only doctor who is given this one.

    `kept_until`: of somebody who is not here and whose turn has passed, until when the place is kept.
    """

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
    place: PlaceView
    is_here: bool
    arrived_at: str | None
    kept_until: str | None


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

    `not_here` have a place in the order and cannot be called yet.

    `next` is the token that "call next" would bring here, and `actions` what may be done with an entry in each state;
    "history" opens its patient's records.
    """

    room: str
    department: NamedDepartment
    duty: DutyView | None
    current: EntryView | None
    waiting: list[EntryView]
    not_here: list[EntryView]
    held: list[EntryView]
    missed: list[EntryView]
    elsewhere: list[EntryView]
    next: int | None
    actions: dict[str, list[str]]
    undo: UndoView | None
    departments: list[NamedDepartment]
    rooms: list[str]
    room_names: dict[str, dict[str, str]]
    clock_wrong: bool


class SpokenView(TypedDict):
    """What is said in one language; `words` are the keys of its clips, in their order."""

    language: str
    text: str
    words: list[str]


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

    `why` it is closed, if it is, and when it opens; `is_closing` when a newcomer may be called only after closing time;
    `away` while nobody calls although it is open. `must_arrive`: numbers taken elsewhere are called once their holders
    have said that they are here.
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
    away: AwayView | None
    must_arrive: bool


class DoctorView(TypedDict):
    """A doctor's duty on a display; `serving` is the number in the room."""

    doctor: str
    room: str
    department: str
    state: DutyState
    reason: str | None
    back_at: str | None
    serving: str | None


class TrialView(TypedDict):
    """Somebody wants to hear a display, since this moment."""

    at: str


class BoardView(TypedDict):
    """A display. `calls` holds the recent ones, newest last; `volume` goes from 0 to 100; `notices` are by language.

    `voices`: language → where its clips are; `trial`: somebody wants to hear it now. `abha_code`: the counter whose
    code for ABHA apps it shows, empty for none; `abha_sms`: whoever scans it agrees to an SMS. `here_code`: what
    a phone asks for to know that it is here, empty where no department of the display wants that.
    """

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
    room_names: dict[str, dict[str, str]]
    voices: dict[str, str]
    trial: TrialView | None
    here_code: str
    abha_code: str
    abha_sms: bool
    clock_wrong: bool


class KioskView(TypedDict):
    """A kiosk. `printer` is the state of its printer, "none" without one; `prints` the states of its latest jobs.

    `reach`: the lower part of its screen in which its buttons have to be, of 1. `abha_code`, `voices`: as of a display.
    """

    clinic: str
    departments: list[DepartmentView]
    printer: str
    prints: dict[str, PrintState]
    reach: float
    abha_code: str
    voices: dict[str, str]
    clock_wrong: bool


class SlipView(TypedDict):
    """A slip that was queued at a place; `copy` counts from 1."""

    id: int
    token: int | None
    number: str
    place: str
    copy: int
    state: PrintState
    reason: str | None
    at: str


class PrinterView(TypedDict):
    """A printer, and when it was last heard of."""

    name: str
    place: str
    state: str
    at: str | None


class DeskSlipsView(TypedDict):
    """The desk's page of slips and printers; the newest slips first."""

    prints: list[SlipView]
    printers: list[PrinterView]
    departments: list[DepartmentView]
    clock_wrong: bool


class DeskToken(TypedDict):
    """A token of today in the desk's lists; `at`: since when it waits, or when it was called or finished.

    `is_here`: false until whoever has it has arrived, where that is needed.
    """

    id: int
    number: str
    department: str
    state: State
    priority: str
    room: str | None
    doctor: int | None
    at: str | None
    is_here: bool


class DeskDepartment(NamedDepartment):
    """A department at the desk; `is_closing` when a newcomer may be called only after closing time."""

    is_closing: bool


class DeskDoctor(TypedDict):
    """A doctor with a duty today."""

    id: int
    doctor: str
    room: str | None
    state: DutyState


class DeskView(TypedDict):
    """The desk. `completed` has the newest of today's finished tokens, of `completed_count`; `troubles` are all."""

    day: str
    departments: list[DeskDepartment]
    doctors: list[DeskDoctor]
    active: list[DeskToken]
    completed: list[DeskToken]
    completed_count: int
    troubles: list[TroubleView]
    room_names: dict[str, dict[str, str]]
    clock_wrong: bool


class AgentView(TypedDict):
    """What wakes a print agent's line: the ids of the jobs that wait for it."""

    jobs: list[int]


class DocumentsView(TypedDict):
    """A patient's open page hears which documents there are, by their ids."""

    documents: list[int]


class FiledView(TypedDict):
    """A document for a doctor; `can_remove` when the doctor handed it in and may take it back."""

    id: int
    name: str
    kind: str
    size: int
    is_damaged: bool
    can_remove: bool


class VisitView(TypedDict):
    """A past visit for a doctor."""

    token: int
    number: str
    day: str
    departments: list[str]
    doctors: list[str]
    state: str
    documents: list[FiledView]


class PresentPatient(TypedDict):
    """Whoever is in the room, as far as the clinic knows."""

    name: str
    age: int
    sex: str


class RecordsView(TypedDict):
    """What a doctor sees of the patient in the room: documents of this visit, and the visits before it."""

    patient: PresentPatient | None
    documents: list[FiledView]
    visits: list[VisitView]


VIEWS: tuple[type, ...] = (
    WhyView,
    WaitView,
    AwayView,
    PlaceView,
    NamedDepartment,
    EntryView,
    DutyView,
    UndoView,
    RoomView,
    SpokenView,
    TrialView,
    CallView,
    DepartmentView,
    DoctorView,
    BoardView,
    KioskView,
    SlipView,
    PrinterView,
    DeskSlipsView,
    DeskToken,
    DeskDepartment,
    DeskDoctor,
    TroubleView,
    DeskView,
    DocumentsView,
    FiledView,
    VisitView,
    PresentPatient,
    RecordsView,
)
