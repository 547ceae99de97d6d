"""How visits, places in queues, prescriptions, documents and looks at records are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import BadInput, NotAllowed
from queue_server.domain.queue.tokens import LIVE, State
from queue_server.domain.queue.visits import VisitQuery
from queue_server.domain.records.records import RecordKind, SignedRecord
from queue_server.fhir import attendance, codes, records
from queue_server.fhir.answers import base_url
from queue_server.fhir.elements import Resource
from queue_server.fhir.kind import Found
from queue_server.fhir.searching import Search, number
from queue_server.web.identity import services
from queue_server.web.state import Request


async def encounters(request: Request, wanted: Search, by: Actor) -> Found:
    """Visits, in the order of their ids."""
    known = services(request)
    found = await known.screens.visits.visits(_query(wanted, codes.ENCOUNTER, codes.ENCOUNTER_NOT_HERE, by), by=by)
    names = {one.id: one.name("en") for one in await known.clinic.queues.departments()}
    base, has_subject = base_url(request), _may_know_whose(by)
    made = [attendance.encounter(one, names, base, has_subject=has_subject) for one in found]
    return made, found[-1].id if len(found) == wanted.count else None


async def tasks(request: Request, wanted: Search, by: Actor) -> Found:
    """Places in queues, in the order of their ids."""
    visits = services(request).screens.visits
    found = await visits.stays(_query(wanted, codes.TASK, codes.TASK_NOT_HERE, by), by=by)
    live = {stay.department_id for _, stay in found if stay.state in LIVE}
    standing = await visits.standing(live) if live else {}
    base, has_subject = base_url(request), _may_know_whose(by)
    made = [
        attendance.task(
            visit, stay, standing.get(visit.id) if stay.state in LIVE else None, base, has_subject=has_subject
        )
        for visit, stay in found
    ]
    return made, found[-1][1].id if len(found) == wanted.count else None


async def medication_requests(request: Request, wanted: Search, by: Actor) -> Found:
    """The lines of signed prescriptions; a page ends with a whole prescription."""
    signed = await signed_records(request, wanted, by, [RecordKind.PRESCRIPTION])
    made, after = list[Resource](), signed[-1].record.id if len(signed) == wanted.count else None
    for place, one in enumerate(signed):
        lines = records.medication_requests(one)
        if place and len(made) + len(lines) > wanted.count and not wanted.ids:
            after = signed[place - 1].record.id
            break
        made += lines
    if wanted.statuses is not None:
        made = [one for one in made if one["status"] in wanted.statuses]
    if wanted.ids:
        return [one for one in made if one["id"] in wanted.ids], None
    return made, after


async def signed_records(
    request: Request, wanted: Search, by: Actor, kinds: Sequence[RecordKind]
) -> list[SignedRecord]:
    """Signed versions of these kinds; each look is noted."""
    return await services(request).records.signed.page(
        kinds,
        wanted.after,
        wanted.count,
        by=by,
        ids=[number(one.partition("-")[0]) for one in wanted.ids],
        patient_id=wanted.patient,
        since=wanted.since,
        until=wanted.until,
    )


async def document_references(request: Request, wanted: Search, by: Actor) -> Found:
    """One patient's documents, those that were replaced as well, or those that are named; each look is noted."""
    known = services(request).records
    if wanted.ids:
        named = await known.documents.labels(wanted.numbers, by=by, patient_id=wanted.patient)
        return [records.document_reference(one) for one in named if _is_within(wanted, one.changed_at)], None
    if wanted.patient is None:
        raise BadInput("patient", "Documents are looked for by patient, or by _id.")
    filed = await known.documents.of_patient(wanted.patient, by=by)
    found = [one for one in filed if one.id > wanted.after and _is_within(wanted, one.changed_at)]
    more = found[wanted.count - 1].id if len(found) > wanted.count else None
    return [records.document_reference(one) for one in found[: wanted.count]], more


async def audit_events(request: Request, wanted: Search, by: Actor) -> Found:
    """Looks at patients' records, oldest first."""
    found = await services(request).records.histories.looks(
        wanted.after,
        wanted.count,
        ids=wanted.numbers,
        patient_id=wanted.patient,
        since=wanted.since,
        until=wanted.until,
    )
    return [records.audit_event(one) for one in found], found[-1].id if len(found) == wanted.count else None


def _query(wanted: Search, words: Mapping[State, str], not_here: str, by: Actor) -> VisitQuery:
    """The search as the queue knows it; `not_here` is the word for who waits and is not here yet.

    Raises `NotAllowed` for one patient's where the asker may read none.
    """
    if wanted.patient is not None:
        authorise(by, May.READ_PATIENTS)
    asked = wanted.statuses or frozenset()
    states, is_away = codes.states_of(words, asked), not_here in asked
    has_both = is_away and State.WAITING in states
    return VisitQuery(
        ids=wanted.numbers,
        patient_id=wanted.patient,
        states=None if wanted.statuses is None else states | ({State.WAITING} if is_away else frozenset()),
        is_here=None if wanted.statuses is None or has_both else not is_away,
        first=wanted.first,
        last=wanted.last,
        since=wanted.since,
        until=wanted.until,
        after=wanted.after,
        limit=wanted.count,
    )


def _may_know_whose(by: Actor) -> bool:
    try:
        return bool(authorise(by, May.READ_PATIENTS))
    except NotAllowed:
        return False


def _is_within(wanted: Search, at: object) -> bool:
    since, until = wanted.since, wanted.until
    return (since is None or at >= since) and (until is None or at <= until)  # type: ignore[operator]
