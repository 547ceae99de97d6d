"""All use cases, grouped by subject; put together once for the whole process."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.alerts.sending import Sending
from queue_server.services.alerts.watch import AlertWatch
from queue_server.services.analytics.analytics import Analytics
from queue_server.services.analytics.daily_report import DailyReport
from queue_server.services.analytics.gauges import Gauges
from queue_server.services.analytics.tallies import StoredTallies
from queue_server.services.clinic.configuration_file import ConfigurationFile
from queue_server.services.clinic.departments import Departments
from queue_server.services.clinic.displays import ClinicSettings, Displays
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.restored import Restored
from queue_server.services.clinic.roster import Roster
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.devices.devices import Devices
from queue_server.services.devices.previews import Previews
from queue_server.services.devices.printing import Printing
from queue_server.services.people.accounts import Accounts
from queue_server.services.people.first_start import FirstStart
from queue_server.services.people.housekeeping import Housekeeping
from queue_server.services.people.patients import Patients
from queue_server.services.people.pin_resets import PinResets
from queue_server.services.people.screen_locks import ScreenLocks
from queue_server.services.people.staff_accounts import StaffAccounts
from queue_server.services.programs.journal import Journal
from queue_server.services.programs.programs import Programs
from queue_server.services.programs.webhook_deliveries import WebhookDeliveries
from queue_server.services.programs.webhooks import Webhooks
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.day_end import DayEnd
from queue_server.services.queue.duties import Duties
from queue_server.services.queue.issuing import Issuing
from queue_server.services.queue.timekeeping import Timekeeping
from queue_server.services.records.attaching import Attaching
from queue_server.services.records.certificate_wordings import CertificateWordings
from queue_server.services.records.documents import Documents
from queue_server.services.records.drafts import Drafts
from queue_server.services.records.master_keys import MasterKeys
from queue_server.services.records.medical_history import MedicalHistories
from queue_server.services.records.medicines import Favourites, Medicines
from queue_server.services.records.personal_data import PersonalData
from queue_server.services.records.retention import Retention
from queue_server.services.records.signed_papers import SignedPapers
from queue_server.services.records.signing import Signing
from queue_server.services.records.uploads import Uploads
from queue_server.services.screens.boards import Boards
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.lists import Lists
from queue_server.services.screens.own_tokens import OwnTokens
from queue_server.services.screens.phones import Phones
from queue_server.services.screens.token_pages import TokenPages
from queue_server.services.screens.topics import Topics
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store


@dataclass(frozen=True, slots=True)
class ClinicServices:
    """How the clinic is set up, and how each of its queues stands."""

    queues: Snapshots
    departments: Departments
    displays: Displays
    roster: Roster
    settings: ClinicSettings
    configuration: ConfigurationFile
    letterheads: Letterheads
    restored: Restored


@dataclass(frozen=True, slots=True)
class QueueServices:
    """Numbers are given out and called, doctors come and go, days end."""

    issuing: Issuing
    calling: Calling
    duties: Duties
    day_end: DayEnd
    timekeeping: Timekeeping


@dataclass(frozen=True, slots=True)
class PeopleServices:
    """Accounts of staff and of patients."""

    accounts: Accounts
    first_start: FirstStart
    locking: ScreenLocks
    staffing: StaffAccounts
    patients: Patients
    pin_resets: PinResets
    cleaning: Housekeeping


@dataclass(frozen=True, slots=True)
class RecordServices:
    """What is known of a patient: documents, and what doctors write and sign."""

    drafts: Drafts
    favourites: Favourites
    medicines: Medicines
    wordings: CertificateWordings
    signing: Signing
    papers: SignedPapers
    documents: Documents
    uploads: Uploads
    histories: MedicalHistories
    attaching: Attaching
    personal_data: PersonalData
    retention: Retention
    master_keys: MasterKeys


@dataclass(frozen=True, slots=True)
class AlertServices:
    """How patients are told."""

    preferences: Alerts
    watch: AlertWatch
    sending: Sending


@dataclass(frozen=True, slots=True)
class DeviceServices:
    """Enrolled machines, and what they print."""

    registry: Devices
    printing: Printing
    previews: Previews


@dataclass(frozen=True, slots=True)
class AnalyticsServices:
    """How the clinic did, in numbers."""

    tallies: StoredTallies
    reports: Analytics
    daily_report: DailyReport
    gauges: Gauges


@dataclass(frozen=True, slots=True)
class ProgramServices:
    """What other programs are given."""

    keys: Programs
    webhooks: Webhooks
    delivering: WebhookDeliveries
    journal: Journal


@dataclass(frozen=True, slots=True)
class ScreenServices:
    """What boards, consoles, phones and the desk show."""

    boards: Boards
    desk: Desk
    phones: Phones
    token_pages: TokenPages
    own_tokens: OwnTokens
    lists: Lists
    topics: Topics


@dataclass(frozen=True, slots=True)
class Services:
    """What a handler finds as `services(request)`."""

    store: Store
    clinic: ClinicServices
    queue: QueueServices
    waits: Waits
    people: PeopleServices
    records: RecordServices
    alerts: AlertServices
    devices: DeviceServices
    analytics: AnalyticsServices
    programs: ProgramServices
    screens: ScreenServices
