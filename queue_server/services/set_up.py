"""Everything that sets the clinic up, under one name."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.services.departments import Departments
from queue_server.services.displays import ClinicSettings, Displays
from queue_server.services.queues import Queues
from queue_server.services.roster import Roster
from queue_server.services.set_up_file import SetUpFile
from queue_server.storage.store import Store


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the pages of the administration, the commands and the API change the clinic with."""

    departments: Departments
    displays: Displays
    roster: Roster
    settings: ClinicSettings
    file: SetUpFile

    @classmethod
    def on(cls, store: Store, queues: Queues) -> SetUp:
        """On this store."""
        return cls(Departments(store), Displays(store), Roster(store, queues), ClinicSettings(store), SetUpFile(store))
