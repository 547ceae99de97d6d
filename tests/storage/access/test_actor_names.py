"""What actors are called."""

from __future__ import annotations

from queue_server.domain.access.scopes import Scope
from queue_server.domain.devices.devices import DeviceKind
from queue_server.storage.access.actor_names import named
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.programs import program_rows
from tests.storage.rows import FIRST, a_patient


async def names(work: Transaction, *texts: str) -> dict[str, str]:
    """Actor → name."""
    return {text: actor.name for text, actor in (await named(work.connection, texts)).items()}


async def test_staff_machines_and_programs_have_their_names(work: Transaction) -> None:
    kiosk = await device_rows.add_device(work, DeviceKind.KIOSK, "Entrance", "entrance", "a hash")
    program = await program_rows.add(work, "Laboratory system", "another hash", [Scope.QUEUES_READ])

    assert await names(work, f"doctor:{FIRST}", f"kiosk:{kiosk}", f"program:{program}") == {
        f"doctor:{FIRST}": "Doctor first",
        f"kiosk:{kiosk}": "Entrance",
        f"program:{program}": "Laboratory system",
    }


async def test_patients_the_system_and_whoever_is_gone_have_none(work: Transaction) -> None:
    patient = f"patient:{await a_patient(work, 'Asha')}"

    assert await names(work, patient, "system", "desk:99") == {patient: "", "system": "", "desk:99": ""}


async def test_a_number_of_one_kind_is_not_taken_for_another(work: Transaction) -> None:
    assert await names(work, f"kiosk:{FIRST}") == {f"kiosk:{FIRST}": ""}
