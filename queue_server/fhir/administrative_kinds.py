"""How the resources of the clinic itself are found: organization, departments, rooms, doctors, patients."""

from __future__ import annotations

from queue_server.domain.access.actors import Actor
from queue_server.domain.people.staff import Role, Staff
from queue_server.fhir import administration
from queue_server.fhir.elements import Resource
from queue_server.fhir.kind import Found, matching
from queue_server.fhir.searching import Search
from queue_server.web.identity import services
from queue_server.web.state import Request


async def organizations(request: Request, wanted: Search, by: Actor) -> Found:
    """The clinic."""
    return matching([administration.organization(await services(request).clinic.queues.clinic())], wanted)


async def healthcare_services(request: Request, wanted: Search, by: Actor) -> Found:
    """The departments."""
    queues = services(request).clinic.queues
    rooms = await queues.rooms()
    return matching([administration.healthcare_service(one, rooms) for one in await queues.departments()], wanted)


async def locations(request: Request, wanted: Search, by: Actor) -> Found:
    """The rooms."""
    return matching([administration.location(one) for one in await services(request).clinic.queues.rooms()], wanted)


async def practitioners(request: Request, wanted: Search, by: Actor) -> Found:
    """The doctors, those whose account is closed as well: old visits name them."""
    return matching([administration.practitioner(one) for one in await _doctors(request)], wanted)


async def practitioner_roles(request: Request, wanted: Search, by: Actor) -> Found:
    """The doctors, with where they are."""
    known = services(request)
    rooms = {room.id: room for room in await known.clinic.queues.rooms()}
    duties = {duty.doctor_id: duty for queue in await known.clinic.queues.all() for duty in queue.duties}
    shifts = await known.clinic.roster.shifts()
    made = list[Resource]()
    for doctor in await _doctors(request):
        duty = duties.get(doctor.id)
        own = [(one["weekday"], one["begins"], one["ends"]) for one in shifts if one["doctor"] == doctor.login]
        room = rooms.get(duty.room_id) if duty else None
        made.append(administration.practitioner_role(doctor, duty, room, own))
    return matching(made, wanted)


async def patients(request: Request, wanted: Search, by: Actor) -> Found:
    """The registered patients; each reading is noted."""
    lists = services(request).screens.lists
    if wanted.ids:
        return [administration.patient(one) for one in await lists.named_patients(wanted.numbers, by=by)], None
    if wanted.words:
        some, after = await lists.sought_patients(wanted.words, wanted.after, wanted.count, by=by)
        return [administration.patient(one) for one in some], after
    page, after = await lists.patients(wanted.after, wanted.count, by=by)
    return [administration.patient(one) for one in page], after


async def _doctors(request: Request) -> list[Staff]:
    everybody = await services(request).people.staffing.everybody()
    return sorted((one for one, _ in everybody if one.role is Role.DOCTOR), key=lambda one: one.id)
