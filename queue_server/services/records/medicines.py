"""What a doctor writes with: the list of medicines, favourites, and usual prescriptions for a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput, NotFound
from queue_server.domain.queue.events import Event
from queue_server.domain.records.dosing import write_amount
from queue_server.domain.records.medicine_files import medicines_of, parse_file
from queue_server.domain.records.medicines import MedicineList
from queue_server.domain.records.prescribing import Typed, TypedLine, check_size, line_or_fault
from queue_server.domain.records.records import Line, Medicine
from queue_server.live.json_views import Json
from queue_server.paths import MEDICINES
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.engine.store import Store
from queue_server.storage.records import prescribing_list_rows

MOST_FAVOURITES = 60
MOST_REGIMENS = 60
LONGEST_DIAGNOSIS = 80


@dataclass(frozen=True, slots=True)
class Imported:
    """How many medicines of a file are new to the list or were known, and the columns that were not read."""

    added: int
    known: int
    further: tuple[str, ...] = ()


@cache
def built_in() -> Sequence[Medicine]:
    """The list that comes with the program."""
    return tuple(medicines_of(parse_file(MEDICINES.read_bytes()).preparations))


class Medicines:
    """The list is read once per change and shared."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues
        self._kept: tuple[int, MedicineList] | None = None

    async def all(self) -> MedicineList:
        """The built-in medicines and the clinic's own."""
        rev = self._queues.rev_of(sources.MEDICINES)
        if self._kept is None or self._kept[0] != rev:
            async with self._store.reading() as connection:
                own = [medicine for _, medicine in await prescribing_list_rows.medicines(connection)]
            self._kept = rev, MedicineList([*built_in(), *own])
        return self._kept[1]

    async def check(self, typed: Typed) -> list[Json]:
        """What each line means, in the order of the lines: its dose in parts, quantity and whether the name is listed;
        or `field` and `message` of what is missing or wrong. None of it is an error while somebody types.
        """
        known = await self.all()
        return [_checked(line_or_fault(index, line, known)) for index, line in enumerate(typed.lines)]

    async def own(self) -> list[tuple[int, Medicine]]:
        """What the clinic has added, with ids."""
        async with self._store.reading() as connection:
            return await prescribing_list_rows.medicines(connection)

    async def extend(self, content: bytes, *, by: Actor) -> Imported:
        """The medicines of the CSV file are on the list: all of them, or none. Raises `BadInput` with every fault."""
        file = parse_file(content)
        found = list(dict.fromkeys(medicines_of(file.preparations)))
        known = await self.all()
        new = [medicine for medicine in found if not known.holds(medicine)]
        async with self._store.transaction() as work:
            await prescribing_list_rows.add_medicines(work, new)
            work.record(Event("medicines_added", work.now, str(by), data={"count": len(new)}))
            work.touch(sources.MEDICINES)
        return Imported(len(new), len(found) - len(new), file.further)

    async def remove(self, medicine_id: int, *, by: Actor) -> None:
        """Delete the clinic's own medicine. Raises `NotFound`."""
        async with self._store.transaction() as work:
            if not await prescribing_list_rows.remove_medicine(work, medicine_id):
                raise NotFound("There is no such medicine.")
            work.record(Event("medicine_removed", work.now, str(by), data={"medicine": medicine_id}))
            work.touch(sources.MEDICINES)


def _checked(line: Line | BadInput) -> Json:
    if isinstance(line, BadInput):
        return {"field": str(line.details["field"]).split(".")[-1], "message": line.message}
    dose = line.dose
    return {
        "parts": [write_amount(part) for part in dose.parts],
        "single": write_amount(dose.single) if dose.single else None,
        "as_needed": dose.as_needed,
        "at_once": dose.at_once,
        "days": line.days,
        "quantity": write_amount(line.quantity) if line.quantity is not None else None,
        "is_listed": line.medicine.is_listed,
    }


class Favourites:
    """A doctor's own shortcuts; nobody else sees or changes them. They hold nothing about any patient."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, doctor: Actor) -> Json:
        """`favourites` (id and line) in the order in which they were added, `regimens` (id, diagnosis, content)."""
        async with self._store.reading() as connection:
            lines = await prescribing_list_rows.favourites(connection, doctor.id)
            regimens = await prescribing_list_rows.regimens(connection, doctor.id)
        return {
            "favourites": [{"id": one, "line": line} for one, line in lines],
            "regimens": [{"id": one, "diagnosis": words, "content": content} for one, words, content in regimens],
        }

    async def add(self, line: TypedLine, *, by: Actor) -> None:
        """One more favourite; the same line twice is one. Raises `BadInput`."""
        check_size(Typed((line,)))
        if not any(character.isalpha() for character in line.generic):
            raise BadInput("generic", "A favourite needs the name of a medicine.")
        async with self._store.transaction() as work:
            known = await prescribing_list_rows.favourites(work.connection, by.id)
            if asdict(line) in [one for _, one in known]:
                return
            if len(known) >= MOST_FAVOURITES:
                raise BadInput("favourite", f"{MOST_FAVOURITES} favourites are the most; remove one first.")
            await prescribing_list_rows.add_favourite(work, by.id, asdict(line))

    async def remove(self, favourite_id: int, *, by: Actor) -> None:
        """Delete the doctor's favourite. Raises `NotFound`."""
        async with self._store.transaction() as work:
            if not await prescribing_list_rows.remove_favourite(work, by.id, favourite_id):
                raise NotFound("There is no such favourite.")

    async def keep_regimen(self, diagnosis: str, typed: Typed, *, by: Actor) -> None:
        """This is what the doctor usually prescribes for the diagnosis. Raises `BadInput`."""
        check_size(typed)
        words = " ".join(diagnosis.split())
        if not words or len(words) > LONGEST_DIAGNOSIS:
            raise BadInput("diagnosis", f"A template needs a diagnosis of at most {LONGEST_DIAGNOSIS} letters.")
        lines = [asdict(line) for line in typed.lines if not line.is_empty]
        if not lines:
            raise BadInput("lines", "A template needs at least one medicine.")
        async with self._store.transaction() as work:
            known = [name for _, name, _ in await prescribing_list_rows.regimens(work.connection, by.id)]
            if words not in known and len(known) >= MOST_REGIMENS:
                raise BadInput("diagnosis", f"{MOST_REGIMENS} templates are the most; remove one first.")
            await prescribing_list_rows.save_regimen(work, by.id, words, {"lines": lines, "note": typed.note})

    async def remove_regimen(self, regimen_id: int, *, by: Actor) -> None:
        """Delete the doctor's template. Raises `NotFound`."""
        async with self._store.transaction() as work:
            if not await prescribing_list_rows.remove_regimen(work, by.id, regimen_id):
                raise NotFound("There is no such template.")
