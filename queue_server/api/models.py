"""What programs send and are sent. The OpenAPI description is made from these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from queue_server.domain.clinic.presence import Away
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.patients import CONSENT_VERSION, LONGEST_NAME, Sex
from queue_server.domain.queue.ordering import LONGEST_REASON, NEED_REASON
from queue_server.domain.queue.tokens import DutyState, Priority, State
from queue_server.domain.records.documents import DocumentKind
from queue_server.web.bodies import Body, RowId

Code = Annotated[str, Field(min_length=1, max_length=12)]


class Wait(BaseModel):
    """A waiting time in seconds: 10 %, 50 % and 90 % of such waits are shorter."""

    low_s: int
    likely_s: int
    high_s: int


#: As JSON Schema says it: these priorities need a reason.
_NEEDS_REASON = {
    "if": {"properties": {"priority": {"enum": sorted(NEED_REASON)}}, "required": ["priority"]},
    "then": {"properties": {"reason": {"type": "string", "pattern": r"\S"}}, "required": ["reason"]},
}


class NewToken(Body, json_schema_extra=_NEEDS_REASON):
    """A token to issue."""

    department: Code
    priority: Priority = Priority.NORMAL
    reason: str | None = Field(None, max_length=LONGEST_REASON, description="why; urgent and emergency need one")
    language: str = Field("en", max_length=8)
    place: str | None = Field(None, max_length=64, description="print a slip at this place")
    is_here: bool = Field(True, description="false for somebody who is not in the clinic yet, and may have to arrive")


class AwayView(BaseModel):
    """Why nobody calls now, and the time that was announced."""

    why: Away
    at: str | None


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
    is_here: bool = Field(description="false until it has arrived, where the department wants that")
    away: AwayView | None = Field(description="why nobody calls the department's patients, and until when")
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
    is_here: bool


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


def changeable(model: type[BaseModel], without: str) -> dict[str, Any]:
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
    must_arrive: bool = Field(description="numbers taken outside the clinic are called once they have arrived")
    place_kept_min: int = Field(description="minutes after its turn in which such a number arrives and keeps its place")


#: What changes of a department's plan; what is left out stays, and the code never changes.
DepartmentChange = create_model(
    "DepartmentChange",
    __base__=Body,
    __doc__="What changes of a department's plan; what is left out stays.",
    **changeable(DepartmentPlan, without="code"),
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
    """A room as it stands. People read its name, where it has one; requests and tokens have the `code`."""

    code: str
    name: str = Field(description="in English, or what stands in for it; empty: people read the code")
    names: dict[str, str] = Field(description="language → name")
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


class NewPatient(Body):
    """A patient to register."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    birth_year: int = Field(ge=1850, le=2200)
    sex: Sex = Sex.UNSAID
    language: str = Field("en", max_length=8)
    phone: str = Field(min_length=3, max_length=40, description="in any spelling; a family may share it")
    pin: str = Field(pattern=r"^[0-9]{6}$", description="as the patient chose it; a family's phone has one PIN")
    consent: str = Field(
        max_length=20,
        description="the version of the text that the patient has agreed to",
        json_schema_extra={"enum": [CONSENT_VERSION]},
    )


class PatientChange(Body):
    """What changes of a patient's profile; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    birth_year: int | None = Field(None, ge=1850, le=2200)
    sex: Sex | None = None
    language: str | None = Field(None, max_length=8)


class PatientMerge(Body):
    """Which record becomes part of the one of the address, and at which version (its ETag) it was read."""

    other: RowId
    version: str = Field(max_length=40)


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


class UploadedDocument(BaseModel):
    """The document that a file is; `is_again` when the token had the same file already."""

    id: int
    is_again: bool


class DocumentPage(BaseModel):
    """A page of documents."""

    documents: list[DocumentRecord]
    next: int | None


class ActionRequest(Body):
    """What an action needs: a call a room, a transfer a department; `was_seen` as of `CallNext`.

    `afterwards`, of attend and miss alone: it was done by voice while the server was away. Then it is possible without
    a call, teaches nothing of waits, and nobody is alerted.
    """

    room: Code | None = None
    department: Code | None = None
    returning: bool = False
    was_seen: bool = False
    afterwards: bool = False


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
