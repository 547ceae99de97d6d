"""All use cases, put together once for the whole process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from queue_server.domain.alerts.alerts import Driver
from queue_server.domain.errors import NotFound
from queue_server.domain.people.staff import LOCK_AFTER
from queue_server.domain.programs.webhooks import Network
from queue_server.live import topic_names
from queue_server.live.topic_names import DESK_QUEUES, TopicKind, TopicName
from queue_server.live.topics import View
from queue_server.services.access.throttling import Tries
from queue_server.services.alerts.causes import Causes
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.alerts.sending import Sending
from queue_server.services.alerts.watch import AlertWatch
from queue_server.services.analytics.analytics import Analytics
from queue_server.services.analytics.daily_report import DailyReport
from queue_server.services.analytics.gauges import Gauges
from queue_server.services.analytics.tallies import Figures
from queue_server.services.clinic.configuration import SetUp
from queue_server.services.clinic.departments_by_command import Administering
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Queues
from queue_server.services.devices.devices import Devices
from queue_server.services.devices.previews import Samples
from queue_server.services.devices.printing import Printing
from queue_server.services.people.accounts import Accounts
from queue_server.services.people.first_start import FirstStart
from queue_server.services.people.housekeeping import Cleaning
from queue_server.services.people.patients import Patients
from queue_server.services.people.pin_resets import PinResets
from queue_server.services.people.pins import Pins
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
from queue_server.services.screens.boards import Boards, Say
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.lists import Lookups
from queue_server.services.screens.own_tokens import Visits
from queue_server.services.screens.token_pages import Status
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Services:
    """What a handler finds as `request.state.services`."""

    store: Store
    queues: Queues
    issuing: Issuing
    calling: Calling
    duties: Duties
    boards: Boards
    status: Status
    accounts: Accounts
    first_start: FirstStart
    devices: Devices
    programs: Programs
    lookups: Lookups
    printing: Printing
    reports: Reports
    figures: Figures
    analytics: Analytics
    daily_report: DailyReport
    day_end: DayEnd
    waits: Waits
    administering: Administering
    set_up: SetUp
    desk: Desk
    alerts: Alerts
    alert_watch: AlertWatch
    sending: Sending
    patients: Patients
    visits: Visits
    webhooks: Webhooks
    delivering: Delivering
    gauges: Gauges
    attaching: Attaching
    documents: Documents
    uploads: Uploads
    key_keeping: KeyKeeping
    keeping: Keeping
    rights: Rights
    histories: Histories
    locking: Locking
    staffing: Staffing
    pin_resets: PinResets
    cleaning: Cleaning
    letterheads: Letterheads
    papers: Papers
    samples: Samples
    drafts: Drafts
    favourites: Favourites
    medicines: Medicines
    records: Records
    wordings: Wordings

    async def render(self, topic: TopicName) -> View | None:
        """What the topic shows now; none when there is no such topic."""
        kind, key = topic_names.kind_of(topic), topic_names.key_of(topic)
        views: dict[str, Callable[[], Awaitable[View]]] = {
            TopicKind.BOARD: lambda: self.boards.board(key),
            TopicKind.ROOM: lambda: self.boards.room(key),
            TopicKind.TOKEN: lambda: self.status.phone(key),
            TopicKind.KIOSK: lambda: self.boards.kiosk(int(key)),
            TopicKind.AGENT: lambda: self.printing.agent(int(key)),
            TopicKind.DESK: self.desk.queues if topic == DESK_QUEUES else self.boards.desk,
            TopicKind.HISTORY: lambda: self.histories.live(int(key)),
        }
        if kind not in views:
            return None
        try:
            return await views[kind]()
        except NotFound:
            return None


def compose(
    store: Store,
    say: Say,
    public_url: str,
    lock_after: timedelta = LOCK_AFTER,
    keys: Keyring | None = None,
    drivers: Iterable[Driver] = (),
    webhook_networks: Sequence[Network] = (),
) -> Services:
    """The services on this store.

    `say` gives the words of an announcement, `public_url` begins phones' links, and the screens of staff lock when
    nobody has touched them for `lock_after`. `keys` open the documents; without any, documents can be neither stored
    nor read. `drivers`: what messages are sent with, at most one for a channel.
    `webhook_networks`: private networks that webhooks may reach.
    """
    queues = Queues(store)
    waits = Waits(store, queues)
    calling = Calling(store, queues)
    issuing = Issuing(store, queues)
    status = Status(store, queues, waits, calling)
    by_channel = {driver.channel: driver for driver in drivers}
    causes = Causes(queues, by_channel)
    store.before_commit = causes.follow
    boards = Boards(store, queues, waits, say)
    duties = Duties(store)
    figures = Figures(store, queues)
    alerts = Alerts(store, queues, by_channel)
    letterheads = Letterheads(store, queues, public_url)
    analytics = Analytics(store, queues, figures, letterheads)
    return Services(
        store=store,
        queues=queues,
        issuing=issuing,
        calling=calling,
        duties=duties,
        boards=boards,
        status=status,
        devices=Devices(store, queues),
        printing=Printing(store, queues, waits, public_url, letterheads),
        reports=Reports(store),
        figures=figures,
        analytics=analytics,
        daily_report=DailyReport(store, queues, analytics, alerts),
        day_end=DayEnd(store, queues),
        waits=waits,
        administering=Administering(store),
        set_up=SetUp.on(store, queues),
        desk=Desk(store, queues, waits),
        alerts=alerts,
        alert_watch=AlertWatch(store, queues, waits, causes, by_channel),
        sending=Sending(store, queues, by_channel, public_url),
        visits=Visits(store, queues, issuing, status),
        **_for_papers(store, queues, letterheads, public_url),
        **_for_people(store, queues, duties, alerts, lock_after),
        **_for_records(store, queues, keys or Keyring(), Papers(store, letterheads)),
        **_for_programs(store, queues, boards, webhook_networks),
    )


def _for_people(store: Store, queues: Queues, duties: Duties, alerts: Alerts, lock_after: timedelta) -> dict[str, Any]:
    """The use cases of staff's and patients' accounts."""
    tries = Tries(store)
    pins, accounts = Pins(store, tries), Accounts(store, lock_after)
    return {
        "accounts": accounts,
        "first_start": FirstStart(store, accounts),
        "locking": Locking(store, accounts, tries),
        "staffing": Staffing(store, duties),
        "patients": Patients(store, queues, pins),
        "attaching": Attaching(store, queues, pins),
        "pin_resets": PinResets(store, queues, alerts),
        "cleaning": Cleaning(store),
    }


def _for_records(store: Store, queues: Queues, keys: Keyring, papers: Papers) -> dict[str, Any]:
    """The use cases of documents and of what doctors write."""
    documents = Documents(store, queues, keys)
    drafts = Drafts(store, queues, keys)
    medicines = Medicines(store, queues)
    wordings = Wordings(store)
    return {
        "documents": documents,
        "uploads": Uploads(store, documents),
        "histories": Histories(store, queues, documents),
        "key_keeping": KeyKeeping(store, keys),
        "keeping": Keeping(store, queues, documents),
        "rights": Rights(store, queues, documents),
        "drafts": drafts,
        "favourites": Favourites(store),
        "medicines": medicines,
        "records": Records(store, queues, drafts, medicines, wordings, documents, papers),
        "wordings": wordings,
    }


def _for_papers(store: Store, queues: Queues, letterheads: Letterheads, public_url: str) -> dict[str, Any]:
    """The use cases of what is printed and signed."""
    return {
        "letterheads": letterheads,
        "papers": Papers(store, letterheads),
        "samples": Samples(queues, letterheads, public_url),
    }


def _for_programs(store: Store, queues: Queues, boards: Boards, networks: Sequence[Network]) -> dict[str, Any]:
    """The use cases of other programs."""
    return {
        "programs": Programs(store),
        "lookups": Lookups(store, queues, boards),
        "webhooks": Webhooks(store, networks),
        "delivering": Delivering(store, queues),
        "gauges": Gauges(store, queues),
    }
