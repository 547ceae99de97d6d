"""The use cases are put together: each gets what it works with when it is made."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from queue_server.domain.alerts.alerts import Driver
from queue_server.domain.people.staff import PLAIN_LOGINS, LoginRules
from queue_server.domain.programs.webhooks import Network
from queue_server.services.access.here_codes import HereCodes
from queue_server.services.access.sealed_numbers import SealedNumbers
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.services.access.throttling import Throttling
from queue_server.services.alerts.causes import Causes
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.alerts.sending import Sending
from queue_server.services.alerts.staff_alerts import StaffAlerts
from queue_server.services.alerts.troubles import Troubles
from queue_server.services.alerts.watch import AlertWatch
from queue_server.services.analytics.analytics import Analytics
from queue_server.services.analytics.daily_report import DailyReport
from queue_server.services.analytics.gauges import Gauges
from queue_server.services.analytics.tallies import StoredTallies
from queue_server.services.clinic.backups import BackupPlaces, Backups
from queue_server.services.clinic.configuration_file import ConfigurationFile
from queue_server.services.clinic.departments import Departments
from queue_server.services.clinic.displays import ClinicSettings, Displays
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.restored import Restored
from queue_server.services.clinic.roster import Roster
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.clinic.voices import Clips, Voices, no_clips
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
from queue_server.services.people.pins import Pins
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
from queue_server.services.records.medicine_slips import MedicineSlips
from queue_server.services.records.medicines import Favourites, Medicines
from queue_server.services.records.personal_data import PersonalData
from queue_server.services.records.retention import Retention
from queue_server.services.records.signed_papers import SignedPapers
from queue_server.services.records.signed_records import SignedRecords
from queue_server.services.records.signing import Signing
from queue_server.services.records.slip_papers import SlipPapers
from queue_server.services.records.uploads import Uploads
from queue_server.services.screens.boards import Boards, Say
from queue_server.services.screens.dashboard import Dashboard
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.lists import Lists
from queue_server.services.screens.own_tokens import OwnTokens
from queue_server.services.screens.phones import Phones
from queue_server.services.screens.scanned_slips import ScannedSlips
from queue_server.services.screens.token_pages import TokenPages
from queue_server.services.screens.topic_views import Topics
from queue_server.services.screens.visits import Visits
from queue_server.services.subjects import (
    AlertServices,
    AnalyticsServices,
    ClinicServices,
    DeviceServices,
    PeopleServices,
    ProgramServices,
    QueueServices,
    RecordServices,
    ScreenServices,
    Services,
)
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import Keyring

if TYPE_CHECKING:
    from queue_server.abdm.gateway import Gateway


def compose(
    store: Store,
    say: Say,
    public_url: str,
    logins: LoginRules = PLAIN_LOGINS,
    keys: Keyring | None = None,
    drivers: Iterable[Driver] = (),
    webhook_networks: Sequence[Network] = (),
    reports_secret: str = "",
    backup_places: BackupPlaces | None = None,
    chance: Callable[[], float] = random.random,
    clips: Clips = no_clips,
) -> Services:
    """The services on this store; they hear of its commits from now on.

    `say` gives the words of an announcement, `public_url` begins phones' links, `logins` are the rules of those of
    staff. Without `keys` documents can be neither stored nor read. `drivers` send messages, at
    most one for a channel; at an address with `reports_secret`, if any, gateways say what became of them.
    `webhook_networks`: private ones that webhooks may reach. `chance`: random numbers in [0, 1). `clips`: the voice.
    """
    keys = keys or Keyring()
    clinic = _clinic(store, public_url, keys, backup_places or BackupPlaces(), clips)
    waits, queue = Waits(store, clinic.queues), _queue(store, clinic.queues)
    alerts = _alerts(store, clinic, waits, drivers, public_url, reports_secret, chance)
    people, pins = _people(store, clinic.queues, queue.duties, alerts.preferences, keys, logins)
    records = _records(store, clinic, pins, keys)
    devices = _devices(store, clinic, waits, public_url, records, queue)
    return Services(
        store=store,
        clinic=clinic,
        queue=queue,
        waits=waits,
        people=people,
        records=records,
        alerts=alerts,
        devices=devices,
        analytics=_analytics(store, clinic, alerts.preferences),
        programs=_programs(store, clinic.queues, webhook_networks),
        screens=_screens(store, clinic, waits, say, queue, devices.printing, records, alerts.troubles),
    )


def with_abdm(services: Services, gateway: Gateway) -> Services:
    """The same services, which give out numbers by ABDM's gateway too."""
    queues = services.clinic.queues
    shares = AbdmShares(services.store, queues, services.queue.issuing, gateway, services.alerts.preferences)
    posters = AbdmPosters(services.store, queues, shares, services.clinic.letterheads)
    return replace(services, programs=replace(services.programs, abdm=shares, posters=posters))


def _programs(store: Store, queues: Snapshots, networks: Sequence[Network]) -> ProgramServices:
    return ProgramServices(Programs(store), Webhooks(store, networks), WebhookDeliveries(store, queues), Journal(store))


def _queue(store: Store, queues: Snapshots) -> QueueServices:
    return QueueServices(
        issuing=Issuing(store, queues),
        calling=Calling(store, queues),
        afterwards=Afterwards(store, queues),
        duties=Duties(store),
        day_end=DayEnd(store, queues),
        timekeeping=Timekeeping(store, queues),
    )


def _clinic(store: Store, public_url: str, keys: Keyring, places: BackupPlaces, clips: Clips) -> ClinicServices:
    queues = Snapshots(store)
    store.watch_lines(queues.entries_changed)
    store.after_commit(queues.changed)
    return ClinicServices(
        queues=queues,
        departments=Departments(store),
        displays=Displays(store),
        roster=Roster(store, queues),
        settings=ClinicSettings(store),
        configuration=ConfigurationFile(store),
        letterheads=Letterheads(store, queues, public_url),
        restored=Restored(store),
        backups=Backups(store, queues, keys, places),
        voices=Voices(store, queues, clips),
    )


def _alerts(
    store: Store,
    clinic: ClinicServices,
    waits: Waits,
    drivers: Iterable[Driver],
    public_url: str,
    reports_secret: str,
    chance: Callable[[], float],
) -> AlertServices:
    queues, by_channel = clinic.queues, {driver.channel: driver for driver in drivers}
    causes = Causes(queues, by_channel)
    store.before_commit(causes.follow)
    preferences, troubles = Alerts(store, queues, by_channel, reports_secret), Troubles(store, queues, clinic.backups)
    made = AlertServices(
        preferences=preferences,
        troubles=troubles,
        staff=StaffAlerts(store, queues, preferences, troubles),
        watch=AlertWatch(store, queues, waits, causes, by_channel),
        sending=Sending(store, queues, by_channel, public_url, chance),
    )
    store.after_commit(made.watch.changed)
    store.after_commit(made.sending.changed)
    return made


def _devices(
    store: Store,
    clinic: ClinicServices,
    waits: Waits,
    public_url: str,
    records: RecordServices,
    queue: QueueServices,
) -> DeviceServices:
    medicines = MedicineSlips(store, clinic.queues, records.drafts, records.medicines, clinic.letterheads)
    sealed = SealedNumbers(store)
    keepers = Keepers(store, clinic.queues, clinic.letterheads, sealed, public_url)
    return DeviceServices(
        keepers=keepers,
        handing_in=HandingIn(store, clinic.queues, keepers, sealed, queue.issuing, queue.calling),
        registry=Devices(store, clinic.queues),
        printing=Printing(
            store, clinic.queues, waits, public_url, clinic.letterheads, records.slip_papers.digits, medicines.compose
        ),
        previews=Previews(clinic.queues, clinic.letterheads, public_url),
    )


def _people(
    store: Store, queues: Snapshots, duties: Duties, alerts: Alerts, keys: Keyring, rules: LoginRules
) -> tuple[PeopleServices, Pins]:
    tries, accounts = Throttling(store), Accounts(store, rules.lock_after, codes_required=rules.codes_required)
    pins = Pins(store, tries)
    people = PeopleServices(
        accounts=accounts,
        first_start=FirstStart(store),
        locking=ScreenLocks(store, accounts, tries),
        staffing=StaffAccounts(store, duties),
        roles=Roles(store, duties),
        factors=SecondFactors(store, keys, tries),
        provider_accounts=ProviderAccounts(store),
        patients=Patients(store, queues, pins),
        merging=Merging(store, queues),
        pin_resets=PinResets(store, queues, alerts),
        cleaning=Housekeeping(store),
    )
    return people, pins


def _records(store: Store, clinic: ClinicServices, pins: Pins, keys: Keyring) -> RecordServices:
    queues = clinic.queues
    documents, drafts = Documents(store, queues, keys), Drafts(store, queues, keys)
    medicines, wordings, papers = (
        Medicines(store, queues),
        CertificateWordings(store),
        SignedPapers(store, clinic.letterheads),
    )
    histories, slips = (
        MedicalHistories(store, queues, documents),
        SlipPapers(store, queues, documents, SlipDigits(store)),
    )
    return RecordServices(
        drafts=drafts,
        favourites=Favourites(store),
        medicines=medicines,
        wordings=wordings,
        signing=Signing(store, queues, drafts, medicines, wordings, documents, papers),
        papers=papers,
        signed=SignedRecords(store, keys, medicines),
        documents=documents,
        uploads=Uploads(store, documents),
        slip_papers=slips,
        bundles=Bundles(queues, documents, histories, slips, clinic.letterheads),
        histories=histories,
        attaching=Attaching(store, queues, pins),
        personal_data=PersonalData(store, queues, documents),
        retention=Retention(store, queues, documents),
        master_keys=MasterKeys(store, keys),
    )


def _analytics(store: Store, clinic: ClinicServices, alerts: Alerts) -> AnalyticsServices:
    tallies = StoredTallies(store, clinic.queues)
    reports = Analytics(store, clinic.queues, tallies, clinic.letterheads)
    return AnalyticsServices(
        tallies=tallies,
        reports=reports,
        daily_report=DailyReport(store, clinic.queues, reports, alerts),
        gauges=Gauges(store, clinic.queues),
    )


def _screens(
    store: Store,
    clinic: ClinicServices,
    waits: Waits,
    say: Say,
    queue: QueueServices,
    printing: Printing,
    records: RecordServices,
    troubles: Troubles,
) -> ScreenServices:
    queues = clinic.queues
    codes = HereCodes(store, records.slip_papers.digits)
    boards, desk = Boards(store, queues, waits, say, clinic.voices, codes), Desk(store, queues, waits, troubles)
    dashboard = Dashboard(store, queues, troubles)
    phones = Phones(store, queues, waits)
    token_pages = TokenPages(store, queues, waits, queue.calling, phones, codes)
    return ScreenServices(
        boards=boards,
        desk=desk,
        dashboard=dashboard,
        phones=phones,
        token_pages=token_pages,
        own_tokens=OwnTokens(store, queues, queue.issuing, token_pages),
        scanned_slips=ScannedSlips(store, queues, token_pages, queue.calling, records.slip_papers),
        lists=Lists(store, queues, waits, boards),
        visits=Visits(store, queues, token_pages),
        topics=Topics(boards, desk, dashboard, phones, printing, records.histories),
    )
