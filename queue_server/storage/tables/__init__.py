"""All tables; `metadata` is what the migrations are compared with."""

from sqlmodel import SQLModel

from queue_server.domain.prints import PrintState
from queue_server.storage.tables.clinic import DepartmentRow, RoomRow, SettingRow
from queue_server.storage.tables.devices import ApiKeyRow, DeviceRow, EnrolmentRow, PrintJobRow
from queue_server.storage.tables.journal import AnswerRow, EventRow, RevisionRow
from queue_server.storage.tables.patients import (
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
from queue_server.storage.tables.records import (
    CertificateCounterRow,
    FavouriteRow,
    MedicineRow,
    RecordRow,
    RegimenRow,
    WordingRow,
)
from queue_server.storage.tables.staff import SessionRow, StaffRow

metadata = SQLModel.metadata

__all__ = [
    "AnswerRow",
    "ApiKeyRow",
    "CallRow",
    "CertificateCounterRow",
    "ConsentRow",
    "CounterRow",
    "DepartmentRow",
    "DeviceRow",
    "DutyRow",
    "EnrolmentRow",
    "EventRow",
    "FavouriteRow",
    "KnownBrowserRow",
    "LearnedRow",
    "MedicineRow",
    "PatientRow",
    "PatientSessionRow",
    "PhoneAccountRow",
    "PinTryRow",
    "PrintJobRow",
    "PrintState",
    "PromiseRow",
    "QueueEntryRow",
    "RecordRow",
    "RegimenRow",
    "RevisionRow",
    "RoomRow",
    "SessionRow",
    "SettingRow",
    "StaffRow",
    "TokenRow",
    "UndoRow",
    "WordingRow",
    "metadata",
]
