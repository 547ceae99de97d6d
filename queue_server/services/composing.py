"""The use cases are put together: each gets what it works with when it is made."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from queue_server.domain.alerts.alerts import Driver
from queue_server.domain.people.staff import LOCK_AFTER
from queue_server.domain.programs.webhooks import Network
from queue_server.services.access.throttling import Throttling
from queue_server.services.alerts.causes import Causes
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
from queue_server.services.people.pins import Pins
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
from queue_server.services.screens.boards import Boards, Say
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.lists import Lists
from queue_server.services.screens.own_tokens import OwnTokens
from queue_server.services.screens.phones import Phones
from queue_server.services.screens.token_pages import TokenPages
from queue_server.services.screens.topics import Topics
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


def compose(
    store: Store,
    say: Say,
    public_url: str,
    lock_after: timedelta = LOCK_AFTER,
    keys: Keyring | None = None,
    drivers: Iterable[Driver] = (),
    webhook_networks: Sequence[Network] = (),
    reports_secret: str = "",
    chance: Callable[[], float] = random.random,
) -> Services:
    """The services on this store; they hear of its commits from now on.

    `say` gives the words of an announcement, `public_url` begins phones' links, and the screens of staff lock when
    nobody has touched them for `lock_after`. `keys` open the documents; without any, documents can be neither stored
    nor read. `drivers`: what messages are sent with, at most one for a channel. `webhook_networks`: private networks
    that webhooks may reach. `reports_secret`: the secret part of the address at which gateways report what became of
    messages; empty when they do not. `chance` gives random numbers in [0, 1), which spread the tries of messages.
    """
    clinic = _clinic(store, public_url)
    queues = clinic.queues
    waits = Waits(store, queues)
    queue = _queue(store, queues)
    alerts = _alerts(store, queues, waits, drivers, public_url, reports_secret, chance)
    devices = _devices(store, clinic, waits, public_url)
    people, pins = _people(store, queues, queue.duties, alerts.preferences, lock_after)
    records = _records(store, clinic, pins, keys or Keyring())
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
        programs=_programs(store, queues, webhook_networks),
        screens=_screens(store, queues, waits, say, queue, devices.printing, records.histories),
    )


def _programs(store: Store, queues: Snapshots, networks: Sequence[Network]) -> ProgramServices:
    return ProgramServices(Programs(store), Webhooks(store, networks), WebhookDeliveries(store, queues), Journal(store))


def _queue(store: Store, queues: Snapshots) -> QueueServices:
    return QueueServices(
        issuing=Issuing(store, queues),
        calling=Calling(store, queues),
        duties=Duties(store),
        day_end=DayEnd(store, queues),
        timekeeping=Timekeeping(store, queues),
    )


def _clinic(store: Store, public_url: str) -> ClinicServices:
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
    )


def _alerts(
    store: Store,
    queues: Snapshots,
    waits: Waits,
    drivers: Iterable[Driver],
    public_url: str,
    reports_secret: str,
    chance: Callable[[], float],
) -> AlertServices:
    by_channel = {driver.channel: driver for driver in drivers}
    causes = Causes(queues, by_channel)
    store.before_commit(causes.follow)
    made = AlertServices(
        preferences=Alerts(store, queues, by_channel, reports_secret),
        watch=AlertWatch(store, queues, waits, causes, by_channel),
        sending=Sending(store, queues, by_channel, public_url, chance),
    )
    store.after_commit(made.watch.changed)
    store.after_commit(made.sending.changed)
    return made


def _devices(store: Store, clinic: ClinicServices, waits: Waits, public_url: str) -> DeviceServices:
    return DeviceServices(
        registry=Devices(store, clinic.queues),
        printing=Printing(store, clinic.queues, waits, public_url, clinic.letterheads),
        previews=Previews(clinic.queues, clinic.letterheads, public_url),
    )


def _people(
    store: Store, queues: Snapshots, duties: Duties, alerts: Alerts, lock_after: timedelta
) -> tuple[PeopleServices, Pins]:
    tries, accounts = Throttling(store), Accounts(store, lock_after)
    pins = Pins(store, tries)
    people = PeopleServices(
        accounts=accounts,
        first_start=FirstStart(store),
        locking=ScreenLocks(store, accounts, tries),
        staffing=StaffAccounts(store, duties),
        patients=Patients(store, queues, pins),
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
    return RecordServices(
        drafts=drafts,
        favourites=Favourites(store),
        medicines=medicines,
        wordings=wordings,
        signing=Signing(store, queues, drafts, medicines, wordings, documents, papers),
        papers=papers,
        documents=documents,
        uploads=Uploads(store, documents),
        histories=MedicalHistories(store, queues, documents),
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
    queues: Snapshots,
    waits: Waits,
    say: Say,
    queue: QueueServices,
    printing: Printing,
    histories: MedicalHistories,
) -> ScreenServices:
    boards, desk = Boards(store, queues, waits, say), Desk(store, queues, waits)
    phones = Phones(store, queues, waits)
    token_pages = TokenPages(store, queues, waits, queue.calling, phones)
    return ScreenServices(
        boards=boards,
        desk=desk,
        phones=phones,
        token_pages=token_pages,
        own_tokens=OwnTokens(store, queues, queue.issuing, token_pages),
        lists=Lists(store, queues, waits, boards),
        topics=Topics(boards, desk, phones, printing, histories),
    )
