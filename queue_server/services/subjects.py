"""All use cases, grouped by subject; put together once for the whole process."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.alerts.sending import Sending
from queue_server.services.alerts.staff_alerts import StaffAlerts
from queue_server.services.alerts.troubles import Troubles
from queue_server.services.alerts.watch import AlertWatch
from queue_server.services.analytics.analytics import Analytics
from queue_server.services.analytics.daily_report import DailyReport
from queue_server.services.analytics.gauges import Gauges
from queue_server.services.analytics.tallies import StoredTallies
from queue_server.services.clinic.backups import Backups
from queue_server.services.clinic.configuration_file import ConfigurationFile
from queue_server.services.clinic.departments import Departments
from queue_server.services.clinic.displays import ClinicSettings, Displays
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.restored import Restored
from queue_server.services.clinic.roster import Roster
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.clinic.voices import Voices
from queue_server.services.devices.devices import Devices
from queue_server.services.devices.handing_in import HandingIn
from queue_server.services.devices.keepers import Keepers
from queue_server.services.devices.previews import Previews
from queue_server.services.devices.printing import Printing
from queue_server.services.people.accounts import Accounts
from queue_server.services.people.first_start import FirstStart
from queue_server.services.people.housekeeping import Housekeeping
from queue_server.services.people.merging import Merging
from queue_server.services.people.patients import Patients
from queue_server.services.people.pin_resets import PinResets
from queue_server.services.people.provider_accounts import ProviderAccounts
from queue_server.services.people.roles import Roles
from queue_server.services.people.screen_locks import ScreenLocks
from queue_server.services.people.second_factors import SecondFactors
from queue_server.services.people.staff_accounts import StaffAccounts
from queue_server.services.programs.abdm_posters import AbdmPosters
from queue_server.services.programs.abdm_shares import AbdmShares
from queue_server.services.programs.journal import Journal
from queue_server.services.programs.programs import Programs
from queue_server.services.programs.webhook_deliveries import WebhookDeliveries
from queue_server.services.programs.webhooks import Webhooks
from queue_server.services.queue.afterwards import Afterwards
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.day_end import DayEnd
from queue_server.services.queue.duties import Duties
from queue_server.services.queue.issuing import Issuing
from queue_server.services.queue.timekeeping import Timekeeping
from queue_server.services.records.attaching import Attaching
from queue_server.services.records.bundles import Bundles
from queue_server.services.records.certificate_wordings import CertificateWordings
from queue_server.services.records.documents import Documents
from queue_server.services.records.drafts import Drafts
from queue_server.services.records.master_keys import MasterKeys
from queue_server.services.records.medical_history import MedicalHistories
from queue_server.services.records.medicines import Favourites, Medicines
from queue_server.services.records.personal_data import PersonalData
from queue_server.services.records.retention import Retention
from queue_server.services.records.signed_papers import SignedPapers
from queue_server.services.records.signed_records import SignedRecords
from queue_server.services.records.signing import Signing
from queue_server.services.records.slip_papers import SlipPapers
from queue_server.services.records.uploads import Uploads
from queue_server.services.screens.boards import Boards
from queue_server.services.screens.dashboard import Dashboard
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.lists import Lists
from queue_server.services.screens.own_tokens import OwnTokens
from queue_server.services.screens.phones import Phones
from queue_server.services.screens.scanned_slips import ScannedSlips
from queue_server.services.screens.token_pages import TokenPages
from queue_server.services.screens.topic_views import Topics
from queue_server.services.screens.visits import Visits
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
    backups: Backups
    voices: Voices


@dataclass(frozen=True, slots=True)
class QueueServices:
    """Numbers are given out and called, doctors come and go, days end."""

    issuing: Issuing
    calling: Calling
    afterwards: Afterwards
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
    roles: Roles
    factors: SecondFactors
    provider_accounts: ProviderAccounts
    patients: Patients
    merging: Merging
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
    signed: SignedRecords
    documents: Documents
    uploads: Uploads
    slip_papers: SlipPapers
    histories: MedicalHistories
    attaching: Attaching
    bundles: Bundles
    personal_data: PersonalData
    retention: Retention
    master_keys: MasterKeys


@dataclass(frozen=True, slots=True)
class AlertServices:
    """How patients are told, and staff of what is wrong."""

    preferences: Alerts
    watch: AlertWatch
    sending: Sending
    troubles: Troubles
    staff: StaffAlerts


@dataclass(frozen=True, slots=True)
class DeviceServices:
    """Enrolled machines, and what they print."""

    registry: Devices
    printing: Printing
    previews: Previews
    keepers: Keepers
    handing_in: HandingIn


@dataclass(frozen=True, slots=True)
class AnalyticsServices:
    """How the clinic did, in numbers."""

    tallies: StoredTallies
    reports: Analytics
    daily_report: DailyReport
    gauges: Gauges


@dataclass(frozen=True, slots=True)
class ProgramServices:
    """What other programs are given; `abdm` and its `posters` where the clinic takes part in it."""

    keys: Programs
    webhooks: Webhooks
    delivering: WebhookDeliveries
    journal: Journal
    abdm: AbdmShares | None = None
    posters: AbdmPosters | None = None


@dataclass(frozen=True, slots=True)
class ScreenServices:
    """What boards, consoles, phones and the desk show."""

    boards: Boards
    desk: Desk
    dashboard: Dashboard
    phones: Phones
    token_pages: TokenPages
    own_tokens: OwnTokens
    scanned_slips: ScannedSlips
    lists: Lists
    visits: Visits
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
