"""All tables; `metadata` is what the migrations are compared with."""

from sqlmodel import SQLModel

from queue_server.domain.devices.print_jobs import PrintState
from queue_server.storage.tables.abdm import AbdmShareRow, AbhaRow
from queue_server.storage.tables.alerts import AlertAddressRow, AlertPreferenceRow, OutboxRow
from queue_server.storage.tables.clinic import BoardRow, DepartmentRow, HolidayRow, RoomRow, SettingRow, ShiftRow
from queue_server.storage.tables.devices import (
    ApiKeyRow,
    DeskTaskRow,
    DeviceRow,
    EnrolmentRow,
    KeeperRow,
    KeptNumberRow,
    PrintJobRow,
)
from queue_server.storage.tables.documents import AccessLogRow, ContentChunkRow, ContentRow, DocumentRow
from queue_server.storage.tables.figures import FaultRow, SlipTallyRow, TallyProgressRow, TallyRow
from queue_server.storage.tables.journal import AnswerRow, EventRow, RevisionRow
from queue_server.storage.tables.papers import PaperRow, PictureRow
from queue_server.storage.tables.patients import (
    AttachCodeRow,
    ConsentRow,
    KnownBrowserRow,
    PatientRow,
    PatientSessionRow,
    PhoneAccountRow,
    PinAttemptRow,
    ResetCodeRow,
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
from queue_server.storage.tables.staff import (
    RecoveryCodeRow,
    SessionRow,
    StaffBrowserRow,
    StaffFactorRow,
    StaffIdentityRow,
    StaffRoleRow,
    StaffRow,
    UsedCodeRow,
)
from queue_server.storage.tables.voices import VoiceClipRow
from queue_server.storage.tables.webhooks import DeliveryRow, WebhookRow

metadata = SQLModel.metadata

__all__ = [
    "AbdmShareRow",
    "AbhaRow",
    "AccessLogRow",
    "AlertAddressRow",
    "AlertPreferenceRow",
    "AnswerRow",
    "ApiKeyRow",
    "AttachCodeRow",
    "BoardRow",
    "CallRow",
    "CertificateCounterRow",
    "ConsentRow",
    "ContentChunkRow",
    "ContentRow",
    "CounterRow",
    "DeliveryRow",
    "DepartmentRow",
    "DeskTaskRow",
    "DeviceRow",
    "DocumentRow",
    "DutyRow",
    "EnrolmentRow",
    "EventRow",
    "FaultRow",
    "FavouriteRow",
    "HolidayRow",
    "KeeperRow",
    "KeptNumberRow",
    "KnownBrowserRow",
    "LearnedRow",
    "MedicineRow",
    "OutboxRow",
    "PaperRow",
    "PatientRow",
    "PatientSessionRow",
    "PhoneAccountRow",
    "PictureRow",
    "PinAttemptRow",
    "PrintJobRow",
    "PrintState",
    "PromiseRow",
    "QueueEntryRow",
    "RecordRow",
    "RecoveryCodeRow",
    "RegimenRow",
    "ResetCodeRow",
    "RevisionRow",
    "RoomRow",
    "SessionRow",
    "SettingRow",
    "ShiftRow",
    "SlipTallyRow",
    "StaffBrowserRow",
    "StaffFactorRow",
    "StaffIdentityRow",
    "StaffRoleRow",
    "StaffRow",
    "TallyProgressRow",
    "TallyRow",
    "TokenRow",
    "UndoRow",
    "UsedCodeRow",
    "VoiceClipRow",
    "WebhookRow",
    "WordingRow",
    "metadata",
]
