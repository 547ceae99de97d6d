"""What programs send and are sent about rooms, duties, displays and devices."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, create_model

from queue_server.api.models import Code, DepartmentPlan, changeable
from queue_server.domain.clinic.rooms import LONGEST_NAME, MOST_AT_ONCE
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.devices.devices import LONGEST_WORD
from queue_server.web.bodies import Body, RowId

#: A code without a space, or a code, an equals sign and the name: no code is made up here that nobody is told.
NewRoomLine = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^\s*[A-Za-z0-9-]{1,12}\s*(=.*\S.*)?$")]
DisplayName = Annotated[str, Field(min_length=1, max_length=32, pattern="^[a-z0-9-]+$")]
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD)]

#: A department to add: what is left out is as for a new one on the page of departments.
NewDepartment = create_model(
    "NewDepartment",
    __base__=Body,
    __doc__="A department to add; without an icon or a colour it gets ones that suit its name.",
    code=(Code, ...),
    prefix=(Annotated[str, Field(min_length=1, max_length=4)], ...),
    names=(dict[str, str], ...),
    rooms=(
        list[NewRoomLine],
        Field(
            default_factory=list,
            description="new rooms: a code, or code and name as in L1 = Lab 1",
            max_length=MOST_AT_ONCE,
        ),
    ),
    **{
        name: (known.annotation, Field(None, description=known.description))
        for name, known in DepartmentPlan.model_fields.items()
        if name not in {"code", "prefix", "names"}
    },  # type: ignore[call-overload]
)


class RoomPlan(BaseModel):
    """How a room is set up: its code, its names by language (none: people read the code), its department's code."""

    code: str
    name: str = Field(description="in English, or what stands in for it")
    names: dict[str, str]
    department: str


#: What people read in place of a room's code.
RoomName = Annotated[str, Field(max_length=LONGEST_NAME)]
_NAME = "the English name, where `names` are left out"


class NewRoom(Body):
    """A room to add."""

    code: Code
    name: RoomName = Field("", description=_NAME)
    names: dict[str, RoomName] | None = Field(None, description="language → name")
    department: Code


class RoomChange(Body):
    """What changes of a room; what is left out stays."""

    code: Code | None = None
    name: RoomName | None = Field(None, description=_NAME)
    names: dict[str, RoomName] | None = Field(None, description="language → name, in place of all that there were")
    department: Code | None = None


class DutyRequest(Body):
    """What a doctor does in the room from now on; a duty that he or she had elsewhere ends."""

    doctor: RowId = Field(description="the id of the doctor's account")
    state: DutyState
    reason: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(None, description="of a break")
    back_at: AwareDatetime | None = Field(None, description="when a doctor on a break, or expected, is there")


class DoctorView(BaseModel):
    """A doctor who may log in, and where he or she is."""

    id: int
    name: str
    room: str | None
    state: DutyState | None


class Doctors(BaseModel):
    """A page of doctors."""

    doctors: list[DoctorView]
    next: int | None


class DisplayPlan(BaseModel):
    """A display: what it shows and how; `departments` and `languages` are empty for all."""

    name: str
    title: str
    departments: list[str]
    layout: str
    distance_m: int
    screen_inches: int
    languages: list[str]
    volume: int
    quiet: list[list[str]]
    notices: dict[str, str]
    abha_code: str = Field(description="the department whose code for ABHA apps it shows until the first call")


#: A display to add: what is left out is as for a new one on the page of displays.
NewDisplay = create_model(
    "NewDisplay",
    __base__=Body,
    __doc__="A display to add, which screens open at /display/ and its name.",
    name=(DisplayName, ...),
    **changeable(DisplayPlan, without="name"),
)

#: What changes of a display; what is left out stays, and the name never changes.
DisplayChange = create_model(
    "DisplayChange",
    __base__=Body,
    __doc__="What changes of a display; what is left out stays.",
    **changeable(DisplayPlan, without="name"),
)


class DisplayView(DisplayPlan):
    """A display, and what hangs there."""

    devices: list[str] = Field(description="the names of the screens that show it")


class Displays(BaseModel):
    """A page of displays."""

    displays: list[DisplayView]
    next: int | None


class DeviceView(BaseModel):
    """An enrolled machine; only a print agent has the state of a `printer`."""

    id: int
    kind: DeviceKind
    name: str
    place: str
    printer: str | None
    seen_at: str | None


class Devices(BaseModel):
    """A page of the devices that may act."""

    devices: list[DeviceView]
    next: int | None


class NewDevice(Body):
    """A device to enrol."""

    kind: DeviceKind
    name: Word
    place: Word


class OfferedCode(BaseModel):
    """A code that enrols one such device within ten minutes; it is told once."""

    code: str
