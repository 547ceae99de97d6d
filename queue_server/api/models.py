"""What programs send and are sent. The OpenAPI description is made from these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.tokens import DutyState, Priority, State
from queue_server.domain.records.documents import DocumentKind
from queue_server.web.bodies import Body, RowId

Code = Annotated[str, Field(min_length=1, max_length=12)]


class Wait(BaseModel):
    """A waiting time in seconds: 10 %, 50 % and 90 % of such waits are shorter."""

    low_s: int
    likely_s: int
    high_s: int


class NewToken(Body):
    """A token to issue."""

    department: Code
    priority: Priority = Priority.NORMAL
    reason: str | None = Field(None, description="why; urgent and emergency need one")
    language: str = Field("en", max_length=8)
    place: str | None = Field(None, max_length=64, description="print a slip at this place")


class TokenView(BaseModel):
    """A token as it stands."""

    id: int
    number: str
    department: str
    state: State
    priority: Priority
    ahead: int | None = Field(description="people before it, while it waits")
    wait: Wait | None
    room: str | None
    status_url: str


class QueuedToken(BaseModel):
    """A token in a department's queue."""

    id: int
    number: str
    state: State
    priority: Priority
    ahead: int | None
    wait: Wait | None
    room: str | None


class QueueView(BaseModel):
    """A department's live tokens: called and served ones first, then the waiting ones in order."""

    code: str
    names: dict[str, str]
    icon: str
    colour: str
    is_open: bool
    waiting: int
    tokens: list[QueuedToken]


class DepartmentView(BaseModel):
    """A department as it stands: whether it gives out numbers, who waits, and the wait of a newcomer."""

    code: str
    prefix: str
    names: dict[str, str]
    icon: str
    colour: str
    is_open: bool
    why: str | None = Field(description="why it gives out no numbers now")
    opens_at: str | None
    waiting: int
    wait: Wait | None
    rooms: list[str]


class Departments(BaseModel):
    """A page of departments."""

    departments: list[DepartmentView]
    next: int | None


Hours = dict[str, list[list[str]]]


def _changeable(model: type[BaseModel], without: str) -> dict[str, Any]:
    """The model's fields for `create_model`, each optional."""
    made: dict[str, Any] = {}
    for name, known in model.model_fields.items():
        kind: Any = known.annotation
        made[name] = (kind | None, Field(None, description=known.description))
    return {name: field for name, field in made.items() if name != without}


class DepartmentPlan(BaseModel):
    """How a department is set up."""

    code: str
    prefix: str
    names: dict[str, str]
    private_names: dict[str, str] = Field(description="shown on displays in place of `names`")
    icon: str
    colour: str
    is_open: bool
    pace_s: int = Field(description="seconds a consultation takes, until it is learned")
    return_after: int = Field(description="a missed patient comes after so many others")
    credits: dict[str, int] = Field(description="minutes by which each priority is called earlier")
    hours: Hours | None = Field(description='weekday → spans, {"mon": [["09:00", "13:00"]]}; null: always')
    daily_quota: int | None = Field(description="numbers a day; null: no limit")


#: What changes of a department's plan; what is left out stays, and the code never changes.
DepartmentChange = create_model(
    "DepartmentChange",
    __base__=Body,
    __doc__="What changes of a department's plan; what is left out stays.",
    **_changeable(DepartmentPlan, without="code"),
)


class DutyView(BaseModel):
    """Who is on duty in a room."""

    doctor: str
    state: DutyState
    reason: str | None
    back_at: str | None


class PresentToken(BaseModel):
    """The token that is called to a room or served there."""

    id: int
    number: str
    state: State


class RoomView(BaseModel):
    """A room as it stands."""

    code: str
    department: str
    duty: DutyView | None
    token: PresentToken | None


class Rooms(BaseModel):
    """A page of rooms."""

    rooms: list[RoomView]
    next: int | None


class TokenRecord(BaseModel):
    """A token of any day; department, room and times are those of its newest stay."""

    id: int
    number: str
    service_day: str
    department: str
    state: State
    priority: Priority
    channel: str = Field(description="who issued it: kiosk, desk, program, patient, …")
    room: str | None
    issued_at: str
    called_at: str | None
    started_at: str | None
    finished_at: str | None


class TokenRecords(BaseModel):
    """A page of tokens."""

    tokens: list[TokenRecord]
    next: int | None


class PatientView(BaseModel):
    """A registered patient."""

    id: int
    name: str
    birth_year: int | None
    sex: Sex
    language: str
    phone: str | None = Field(description="in E.164; a family may share it")


class Patients(BaseModel):
    """A page of patients."""

    patients: list[PatientView]
    next: int | None


class DocumentRecord(BaseModel):
    """A document without its content."""

    id: int
    token: int
    patient: int | None
    kind: DocumentKind
    name: str
    media_type: str
    size: int = Field(description="in bytes")
    added_at: str
    replaces: int | None = Field(description="the document that this one corrects")
    is_damaged: bool


class DocumentPage(BaseModel):
    """A page of documents."""

    documents: list[DocumentRecord]
    next: int | None


class ActionRequest(Body):
    """What an action needs: a call a room, a transfer a department; `was_seen` as of `CallNext`."""

    room: Code | None = None
    department: Code | None = None
    returning: bool = False
    was_seen: bool = False


class CallNext(Body):
    """`expected`: the token that the caller believes to be in the room; left out, nothing is checked.

    `was_seen`: whether the patient who was called there, and with whom nobody has begun (`start`), came; else missed.
    """

    expected: RowId | None = None
    was_seen: bool = False


class EventView(BaseModel):
    """One sealed line of the journal."""

    number: int
    kind: str
    at: str
    actor: str
    token: int | None
    data: dict[str, Any]


class Events(BaseModel):
    """Journal lines in order; ask again with `after` set to `next`."""

    events: list[EventView]
    next: int


class EnrolmentCode(Body):
    """The code that an administrator gave. `kind`: what the asker is; another device's code is then not used up."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    kind: DeviceKind | None = None


class Enrolled(BaseModel):
    """A device's key; it is told once."""

    key: str
    name: str
    kind: str
    place: str


class Problem(BaseModel):
    """Every error has this shape."""

    code: str
    message: str
    details: dict[str, Any]


class ErrorAnswer(BaseModel):
    """An error's envelope."""

    error: Problem
