"""All tables; `metadata` is what the migrations are compared with."""

from sqlmodel import SQLModel

from queue_server.domain.prints import PrintState
from queue_server.storage.tables.clinic import DepartmentRow, RoomRow, SettingRow
from queue_server.storage.tables.devices import ApiKeyRow, DeviceRow, EnrolmentRow, PrintJobRow
from queue_server.storage.tables.journal import AnswerRow, EventRow, RevisionRow
from queue_server.storage.tables.patients import (
    AttachCodeRow,
    ConsentRow,
    KnownBrowserRow,
    PatientRow,
    PatientSessionRow,
    PhoneAccountRow,
    PinTryRow,
)
from queue_server.storage.tables.queue import (
    CallRow,
    CounterRow,
    DutyRow,
    LearnedRow,
    PromiseRow,
    QueueEntryRow,
    TokenRow,
    UndoRow,
)
from queue_server.storage.tables.staff import SessionRow, StaffRow

metadata = SQLModel.metadata

__all__ = [
    "AnswerRow",
    "ApiKeyRow",
    "AttachCodeRow",
    "CallRow",
    "ConsentRow",
    "CounterRow",
    "DepartmentRow",
    "DeviceRow",
    "DutyRow",
    "EnrolmentRow",
    "EventRow",
    "KnownBrowserRow",
    "LearnedRow",
    "PatientRow",
    "PatientSessionRow",
    "PhoneAccountRow",
    "PinTryRow",
    "PrintJobRow",
    "PrintState",
    "PromiseRow",
    "QueueEntryRow",
    "RevisionRow",
    "RoomRow",
    "SessionRow",
    "SettingRow",
    "StaffRow",
    "TokenRow",
    "UndoRow",
    "metadata",
]
