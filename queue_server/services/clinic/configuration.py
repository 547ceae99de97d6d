"""Everything that sets the clinic up, under one name."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.services.clinic.configuration_file import SetUpFile
from queue_server.services.clinic.departments import Departments
from queue_server.services.clinic.displays import ClinicSettings, Displays
from queue_server.services.clinic.roster import Roster
from queue_server.services.clinic.snapshot import Queues
from queue_server.storage.engine.store import Store


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
