"""Patients, for programs whose key says so. Every reading of a patient leaves a line in the journal."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import NewPatient, PatientChange, PatientMerge, Patients, PatientView
from queue_server.api.openapi import Operation, Parameter
from queue_server.api.request_context import PAGE, at_version, cursor, paged, required_version, tagged, version_of
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, Outdated
from queue_server.domain.people.patients import LONGEST_NAME, Person
from queue_server.live.list_types import ListedPatient
from queue_server.services.people.merging import Seen
from queue_server.services.people.patients import PersonForm
from queue_server.web.bodies import idempotency_key, parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def list_patients(request: Request) -> Response:
    """List the registered patients, or find some: the page of a search is the only one."""
    by = await allowed(request, May.READ_PATIENTS)
    after, limit = cursor(request)
    known, sought = services(request).screens.lists, request.query_params.get("search")
    if sought is None:
        return paged("patients", await known.patients(after, limit, by=by))
    if not 1 <= len(sought.strip()) <= LONGEST_NAME:
        raise BadInput("search", f"A search has 1 to {LONGEST_NAME} characters.")
    return paged("patients", (await known.found_patients(sought.strip(), min(limit, _FOUND), by=by), None))


async def register_patient(request: Request) -> Response:
    """Register a patient who has agreed to how the data are kept, and has chosen the PIN.

    The same person sent again is the same patient, with or without an Idempotency-Key.
    """
    by = await allowed(request, May.REGISTER_PATIENTS)
    sent = await parsed(request, NewPatient)
    idempotency_key(request)
    form = PersonForm(sent.name, str(sent.birth_year), sent.sex, sent.language)
    made = await services(request).people.patients.register_for(
        sent.phone, sent.pin, form, "program", version=sent.consent
    )
    return _patient(await services(request).screens.lists.patient(made.id, by=by), 201)


async def get_patient(request: Request) -> Response:
    """Read a patient."""
    by = await allowed(request, May.READ_PATIENTS)
    return _patient(await services(request).screens.lists.patient(path_number(request, "patient"), by=by))


async def change_patient(request: Request) -> Response:
    """Change a patient's profile; what is left out stays.

    Whoever may not read patients has to name the version: then nothing is told that the key has not been told before.
    """
    by = await allowed(request, May.REGISTER_PATIENTS)
    if required_version(request) is None:
        by = await allowed(request, May.READ_PATIENTS)
    sent, known = await parsed(request, PatientChange), services(request)
    patient_id = path_number(request, "patient")
    seen = await known.screens.lists.patient(patient_id, by=by)
    wanted = {name: seen[name] for name in PatientChange.model_fields}  # type: ignore[literal-required]
    wanted |= sent.model_dump(exclude_none=True)
    form = PersonForm(wanted["name"], str(wanted["birth_year"]), wanted["sex"], wanted["language"])
    person = Person(seen["name"], seen["birth_year"], seen["sex"], seen["language"])
    with at_version(request, seen):
        await known.people.patients.correct(patient_id, person, form, by=by)
    return _patient(await known.screens.lists.patient(patient_id, by=by))


async def merge_patients(request: Request) -> Response:
    """Make one of two records of a patient: everything of `other` is this one's. It cannot be undone."""
    by = await allowed(request, May.MERGE_PATIENTS)
    await allowed(request, May.READ_PATIENTS)
    sent, known = await parsed(request, PatientMerge), services(request)
    kept, gone = [
        await known.screens.lists.patient(one, by=by) for one in (path_number(request, "patient"), sent.other)
    ]
    if sent.version.strip('"') != version_of(gone):
        raise Outdated
    with at_version(request, kept):
        await known.people.merging.merge(_seen(kept), _seen(gone), by=by)
    return _patient(await known.screens.lists.patient(kept["id"], by=by))


def _seen(found: ListedPatient) -> Seen:
    return Seen(found["id"], Person(found["name"], found["birth_year"], found["sex"], found["language"]))


def _patient(found: ListedPatient, status: int = 200) -> Response:
    return tagged(found, version_of(found), status)


async def get_patient_of_token(request: Request) -> Response:
    """Read whose token this is; 404 for a walk-in's."""
    by = await allowed(request, May.READ_PATIENTS)
    return JSONResponse(await services(request).screens.lists.patient_of_token(path_number(request, "token"), by=by))


_READ, _WRITE, _ONE = May.READ_PATIENTS, May.REGISTER_PATIENTS, "/api/v1/patients/{patient:int}"
#: A search gives so many at most: whoever looks for one person types more.
_FOUND = 20
_SEARCH = Parameter("search", "a part of a name, or the last four or more digits of a phone number", kind="string")

OPERATIONS = (
    Operation(
        "GET", "/api/v1/patients", list_patients, {200: Patients}, may=_READ, query=(_SEARCH, *PAGE), errors=(422,)
    ),
    Operation(
        "POST",
        "/api/v1/patients",
        register_patient,
        {201: PatientView},
        NewPatient,
        may=_WRITE,
        errors=(404, 409, 413, 422, 429),
        has_version=True,
    ),
    Operation("GET", _ONE, get_patient, {200: PatientView}, may=_READ, errors=(404,), has_version=True),
    Operation(
        "PATCH",
        _ONE,
        change_patient,
        {200: PatientView},
        PatientChange,
        may=_WRITE,
        errors=(404, 413, 422),
        has_version=True,
        match="must",
    ),
    Operation(
        "POST",
        f"{_ONE}/merge",
        merge_patients,
        {200: PatientView},
        PatientMerge,
        may=May.MERGE_PATIENTS,
        errors=(404, 409, 413, 422),
        has_version=True,
        match="must",
    ),
    Operation(
        "GET", "/api/v1/tokens/{token:int}/patient", get_patient_of_token, {200: PatientView}, may=_READ, errors=(404,)
    ),
)
