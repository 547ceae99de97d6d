"""What is wrong now, read from a real clinic."""

from pathlib import Path

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.devices.devices import DeviceKind
from queue_server.services.alerts.troubles import Troubles
from queue_server.services.clinic.backups import BackupPlaces, Backups
from queue_server.storage.records.keyring import Keyring
from tests.clinics import Clinic, a_clinic


async def wrong(clinic: Clinic) -> list[str]:
    return [str(trouble.kind) for trouble in await clinic.services.alerts.troubles.now()]


async def test_a_screen_that_falls_silent_while_patients_wait_is_missed_and_comes_back(clinic: Clinic) -> None:
    registry = clinic.services.devices.registry
    await registry.who(await registry.add(DeviceKind.DISPLAY, "Hall", "main"))
    await clinic.issue()
    seen = [await wrong(clinic)]

    clinic.clock.forward(minutes=3)
    seen.append(await wrong(clinic))
    await registry.heard(["display:1", "doctor:1/a-session", "system"])
    seen.append(await wrong(clinic))

    assert seen == [[], ["display_away"], []]
    assert [trouble.kind for trouble in clinic.services.alerts.troubles.known] == []


async def test_the_printer_says_itself_that_its_paper_is_used_up(clinic: Clinic) -> None:
    await clinic.services.devices.registry.add(DeviceKind.AGENT, "Entrance", "entrance")
    await clinic.issue()
    agent = Actor(ActorKind.AGENT, 1, place="entrance")

    await clinic.services.devices.printing.printer(agent, "out")

    assert await wrong(clinic) == ["paper_out"]


async def test_a_backup_that_the_server_should_have_made_is_missed(tmp_path: Path) -> None:
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic:
        store, queues = clinic.services.store, clinic.services.clinic.queues
        backups = Backups(store, queues, Keyring(), BackupPlaces(tmp_path / "backups"))
        troubles = Troubles(store, queues, backups)

        async def told() -> list[str]:
            return [str(trouble.kind) for trouble in await troubles.now()]

        seen = [await told()]
        clinic.clock.forward(minutes=11)
        seen.append(await told())
        await backups.keep()
        clinic.clock.forward(minutes=1)
        seen.append(await told())
        clinic.clock.forward(hours=25)
        seen.append(await told())

    assert seen == [[], ["no_backup"], [], ["backup_old"]]
