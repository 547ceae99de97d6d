"""All use cases, grouped by subject; put together once for the whole process."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.alerts.sending import Sending
from queue_server.services.alerts.watch import AlertWatch
from queue_server.services.analytics.analytics import Analytics
from queue_server.services.analytics.daily_report import DailyReport
from queue_server.services.analytics.gauges import Gauges
from queue_server.services.analytics.tallies import Figures
from queue_server.services.clinic.configuration_file import SetUpFile
from queue_server.services.clinic.departments import Departments
from queue_server.services.clinic.displays import ClinicSettings, Displays
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.roster import Roster
from queue_server.services.clinic.snapshot import Queues
from queue_server.services.devices.devices import Devices
from queue_server.services.devices.previews import Samples
from queue_server.services.devices.printing import Printing
from queue_server.services.people.accounts import Accounts
from queue_server.services.people.first_start import FirstStart
from queue_server.services.people.housekeeping import Cleaning
from queue_server.services.people.patients import Patients
from queue_server.services.people.pin_resets import PinResets
from queue_server.services.people.screen_locks import Locking
from queue_server.services.people.staff_accounts import Staffing
from queue_server.services.programs.journal import Reports
from queue_server.services.programs.programs import Programs
from queue_server.services.programs.webhook_deliveries import Delivering
from queue_server.services.programs.webhooks import Webhooks
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.day_end import DayEnd
from queue_server.services.queue.duties import Duties
from queue_server.services.queue.issuing import Issuing
from queue_server.services.records.attaching import Attaching
from queue_server.services.records.certificate_wordings import Wordings
from queue_server.services.records.documents import Documents
from queue_server.services.records.drafts import Drafts
from queue_server.services.records.master_keys import KeyKeeping
from queue_server.services.records.medical_history import Histories
from queue_server.services.records.medicines import Favourites, Medicines
from queue_server.services.records.personal_data import Rights
from queue_server.services.records.retention import Keeping
from queue_server.services.records.signed_papers import Papers
from queue_server.services.records.signing import Records
from queue_server.services.records.uploads import Uploads
from queue_server.services.screens.boards import Boards
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.lists import Lookups
from queue_server.services.screens.own_tokens import Visits
from queue_server.services.screens.phones import Phones
from queue_server.services.screens.token_pages import Status
from queue_server.services.screens.topics import Topics
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store


@dataclass(frozen=True, slots=True)
class ClinicServices:
    """How the clinic is set up, and how each of its queues stands."""

    queues: Queues
    departments: Departments
    displays: Displays
    roster: Roster
    settings: ClinicSettings
    configuration: SetUpFile
    letterheads: Letterheads


@dataclass(frozen=True, slots=True)
class QueueServices:
    """Numbers are given out and called, doctors come and go, days end."""

    issuing: Issuing
    calling: Calling
    duties: Duties
    day_end: DayEnd


@dataclass(frozen=True, slots=True)
class PeopleServices:
    """Accounts of staff and of patients."""

    accounts: Accounts
    first_start: FirstStart
    locking: Locking
    staffing: Staffing
    patients: Patients
    pin_resets: PinResets
    cleaning: Cleaning


@dataclass(frozen=True, slots=True)
class RecordServices:
    """What is known of a patient: documents, and what doctors write and sign."""

    drafts: Drafts
    favourites: Favourites
    medicines: Medicines
    wordings: Wordings
    signing: Records
    papers: Papers
    documents: Documents
    uploads: Uploads
    histories: Histories
    attaching: Attaching
    personal_data: Rights
    retention: Keeping
    master_keys: KeyKeeping


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
    previews: Samples


@dataclass(frozen=True, slots=True)
class AnalyticsServices:
    """How the clinic did, in numbers."""

    tallies: Figures
    reports: Analytics
    daily_report: DailyReport
    gauges: Gauges


@dataclass(frozen=True, slots=True)
class ProgramServices:
    """What other programs are given."""

    keys: Programs
    webhooks: Webhooks
    delivering: Delivering
    journal: Reports


@dataclass(frozen=True, slots=True)
class ScreenServices:
    """What boards, consoles, phones and the desk show."""

    boards: Boards
    desk: Desk
    phones: Phones
    token_pages: Status
    own_tokens: Visits
    lists: Lookups
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
