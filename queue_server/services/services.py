"""All use cases, put together once for the whole process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from queue_server.domain.errors import NotFound
from queue_server.live.topics import View
from queue_server.services.accounts import Accounts
from queue_server.services.administering import Administering
from queue_server.services.boards import Boards, Say
from queue_server.services.calling import Calling
from queue_server.services.day_end import DayEnd
from queue_server.services.departments import Departments
from queue_server.services.devices import Devices
from queue_server.services.displays import ClinicSettings, Displays
from queue_server.services.duties import Duties
from queue_server.services.issuing import Issuing
from queue_server.services.patients import Patients
from queue_server.services.pins import Pins
from queue_server.services.printing import Printing
from queue_server.services.queues import Queues
from queue_server.services.reports import Reports
from queue_server.services.roster import Roster
from queue_server.services.set_up_file import SetUpFile
from queue_server.services.status import Status
from queue_server.services.visits import Visits
from queue_server.services.waits import Waits
from queue_server.storage.store import Store


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
    devices: Devices
    printing: Printing
    reports: Reports
    day_end: DayEnd
    waits: Waits
    administering: Administering
    departments: Departments
    displays: Displays
    roster: Roster
    settings: ClinicSettings
    set_up_file: SetUpFile
    patients: Patients
    visits: Visits

    async def render(self, topic: str) -> View | None:
        """What the topic shows now; none when there is no such topic."""
        kind, _, name = topic.partition(":")
        views: dict[str, Callable[[], Awaitable[View]]] = {
            "board": lambda: self.boards.board(name),
            "room": lambda: self.boards.room(name),
            "token": lambda: self.status.phone(name),
            "kiosk": lambda: self.boards.kiosk(int(name)),
            "agent": lambda: self.printing.agent(int(name)),
            "desk": self.boards.desk,
        }
        if kind not in views:
            return None
        try:
            return await views[kind]()
        except NotFound:
            return None


def compose(store: Store, say: Say, public_url: str) -> Services:
    """The services on this store. `say` gives the words of an announcement, `public_url` begins phones' links."""
    queues = Queues(store)
    waits = Waits(store)
    calling = Calling(store, queues)
    issuing = Issuing(store, queues)
    status = Status(store, queues, waits, calling)
    pins = Pins(store)
    return Services(
        store=store,
        queues=queues,
        issuing=issuing,
        calling=calling,
        duties=Duties(store),
        boards=Boards(store, queues, waits, say),
        status=status,
        accounts=Accounts(store),
        devices=Devices(store, queues),
        printing=Printing(store, queues, waits, public_url),
        reports=Reports(store),
        day_end=DayEnd(store, queues),
        waits=waits,
        administering=Administering(store),
        departments=Departments(store),
        displays=Displays(store),
        roster=Roster(store, queues),
        settings=ClinicSettings(store),
        set_up_file=SetUpFile(store),
        patients=Patients(store, queues, pins),
        visits=Visits(store, queues, issuing, status, pins),
    )
