"""What other programs read: tokens of any day, rooms, and patients. Reading a patient leaves a journal line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import DepartmentQueue, Room
from queue_server.domain.errors import UnknownPatient
from queue_server.domain.people.patients import PatientRecord, Sought
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import IN_ROOM
from queue_server.live.json_views import moment
from queue_server.live.list_types import ListedDepartment, ListedDoctor, ListedPatient, ListedRoom, ListedToken
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import note_reads
from queue_server.services.screens.boards import Boards
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store
from queue_server.storage.people import patient_rows, staff_rows
from queue_server.storage.screens import desk_rows, list_rows


class Lists:
    """Each list is a page: what comes after a cursor, and the cursor for the next page (none at the end)."""

    def __init__(self, store: Store, queues: Snapshots, waits: Waits, boards: Boards) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._boards = boards

    async def tokens(
        self, day: date | None, department: str | None, after: int, limit: int
    ) -> tuple[list[ListedToken], int | None]:
        """The tokens of a service day (none: today), in the order of their issue. Raises `UnknownDepartment`."""
        wanted = (await self._queues.department(department)).id if department else None
        codes = {known.id: known.code for known in await self._queues.departments()}
        rooms = {room.id: room.code for room in await self._queues.rooms()}
        asked = day or await self._queues.day()
        async with self._store.surveying() as connection:
            found = await list_rows.tokens(connection, asked, after, limit, wanted)
        views: list[ListedToken] = [
            {
                "id": one.id,
                "number": one.number,
                "service_day": one.service_day.isoformat(),
                "department": codes.get(one.department_id, ""),
                "state": one.state,
                "priority": one.priority,
                "channel": one.channel,
                "room": rooms.get(one.room_id or 0),
                "issued_at": moment(one.issued_at),
                "called_at": moment(one.called_at),
                "started_at": moment(one.started_at),
                "finished_at": moment(one.finished_at),
            }
            for one in found
        ]
        return views, found[-1].id if len(found) == limit else None

    async def department(self, code: str) -> ListedDepartment:
        """The department as it stands. Raises `UnknownDepartment`."""
        (found,), _ = await self.departments((await self._queues.department(code)).id - 1, 1)
        return found

    async def departments(self, after: int, limit: int) -> tuple[list[ListedDepartment], int | None]:
        """The departments as they stand, in the order of their ids."""
        known = {one.code: one.id for one in await self._queues.departments()}
        rooms: defaultdict[int, list[str]] = defaultdict(list)
        for room in await self._queues.rooms():
            rooms[room.department_id].append(room.code)
        waits = {queue.department.code: await self._waits.joining_figures(queue) for queue in await self._queues.all()}
        found = [one for one in await self._boards.departments() if known[one["code"]] > after]
        found.sort(key=lambda one: known[one["code"]])
        views: list[ListedDepartment] = [
            {**one, "rooms": rooms[known[one["code"]]], "wait": waits[one["code"]]} for one in found[:limit]
        ]
        return views, known[views[-1]["code"]] if len(found) > limit else None

    async def doctors(self) -> list[ListedDoctor]:
        """The doctors who may log in, in the order of their ids."""
        rooms = {room.id: room.code for room in await self._queues.rooms()}
        duties = {duty.doctor_id: duty for queue in await self._queues.all() for duty in queue.duties}
        async with self._store.reading() as connection:
            everybody = await staff_rows.everybody(connection)
        doctors = [one for one in everybody if one.role is Role.DOCTOR and one.is_active]
        return [
            {
                "id": one.id,
                "name": one.name,
                "room": rooms.get(duty.room_id) if (duty := duties.get(one.id)) else None,
                "state": duty.state if duty else None,
            }
            for one in sorted(doctors, key=lambda one: one.id)
        ]

    async def room(self, code: str) -> ListedRoom:
        """The room with who is on duty there and the token that is called or served. Raises `UnknownRoom`."""
        room = await self._queues.room(code)
        return _room(room, await self._queues.of(room.department_id))

    async def rooms(self, after: int, limit: int) -> tuple[list[ListedRoom], int | None]:
        """The rooms, each as `room` shows it, in the order of their ids."""
        queues = {queue.department.id: queue for queue in await self._queues.all()}
        rooms = sorted((room for room in await self._queues.rooms() if room.id > after), key=lambda room: room.id)
        views = [_room(room, queues[room.department_id]) for room in rooms[:limit]]
        return views, rooms[limit - 1].id if len(rooms) > limit else None

    async def patients(self, after: int, limit: int, *, by: Actor) -> tuple[list[ListedPatient], int | None]:
        """Patients in the order of their ids. The journal says which were read, by whom."""
        async with self._store.reading() as connection:
            found = await list_rows.patients(connection, after, limit)
        await self._note([one.id for one in found], by)
        return [_patient(one) for one in found], found[-1].id if len(found) == limit else None

    async def found_patients(self, text: str, limit: int, *, by: Actor) -> list[ListedPatient]:
        """Patients as the desk's search finds them, by name or the end of the phone number; the journal says who."""
        wanted = Sought.of(text)
        async with self._store.reading() as connection:
            people = await desk_rows.find_people(connection, wanted.name, wanted.phone_end, limit)
            found = await list_rows.patients(connection, 0, limit, *(one.id for one in people)) if people else []
        await self._note([one.id for one in found], by)
        return [_patient(one) for one in found]

    async def sought_patients(
        self, text: str, after: int, limit: int, *, by: Actor
    ) -> tuple[list[ListedPatient], int | None]:
        """A page of all whom that search finds, in the order of their ids; the journal says who read them."""
        wanted = Sought.of(text)
        async with self._store.reading() as connection:
            ids = await desk_rows.sought_ids(connection, wanted.name, wanted.phone_end, after, limit + 1)
            found = await list_rows.patients(connection, after, limit, *ids[:limit]) if ids else []
        await self._note([one.id for one in found], by)
        return [_patient(one) for one in found], ids[limit - 1] if len(ids) > limit else None

    async def patient(self, patient_id: int, *, by: Actor) -> ListedPatient:
        """One patient; the journal says who read it. Raises `UnknownPatient`."""
        found = await self.named_patients([patient_id], by=by)
        if not found:
            raise UnknownPatient
        return found[0]

    async def named_patients(self, ids: Collection[int], *, by: Actor) -> list[ListedPatient]:
        """Those of these patients that are there, in the order of their ids; the journal says who read them."""
        async with self._store.reading() as connection:
            found = await list_rows.patients(connection, 0, len(ids), *ids) if ids else []
        await self._note([one.id for one in found], by)
        return [_patient(one) for one in found]

    async def patient_of_token(self, token_id: int, *, by: Actor) -> ListedPatient:
        """Whose token this is; the journal says who asked. Raises `UnknownPatient` for a walk-in's."""
        async with self._store.reading() as connection:
            patient_id = await patient_rows.patient_of_token(connection, token_id)
        if patient_id is None:
            raise UnknownPatient
        return await self.patient(patient_id, by=by)

    async def _note(self, patients: list[int], by: Actor) -> None:
        async with self._store.transaction() as work:
            await note_reads(work, by, "profile", [(patient, None) for patient in patients])


def _room(room: Room, queue: DepartmentQueue) -> ListedRoom:
    duty = queue.duty_in(room.id)
    token = next((entry for entry in queue.entries if entry.room_id == room.id and entry.state in IN_ROOM), None)
    return {
        "code": room.code,
        "name": room.name("en"),
        "names": dict(room.names),
        "department": queue.department.code,
        "duty": {"doctor": duty.doctor, "state": duty.state, "reason": duty.reason, "back_at": moment(duty.back_at)}
        if duty
        else None,
        "token": {"id": token.token_id, "number": token.number, "state": token.state} if token else None,
    }


def _patient(found: PatientRecord) -> ListedPatient:
    person = found.person
    return {
        "id": found.id,
        "name": person.name,
        "birth_year": person.birth_year,
        "sex": person.sex,
        "language": person.language,
        "phone": found.phone,
    }
