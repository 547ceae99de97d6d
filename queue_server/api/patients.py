"""Patients, for programs whose key says so. Every reading of a patient leaves a line in the journal."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import Patients, PatientView
from queue_server.api.openapi import Operation
from queue_server.api.request_context import PAGE, cursor, paged
from queue_server.domain.access.authorisation import May
from queue_server.web.bodies import path_number
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def list_patients(request: Request) -> Response:
    """List the registered patients."""
    by = await allowed(request, May.READ_PATIENTS)
    return paged("patients", await services(request).screens.lists.patients(*cursor(request), by=by))


async def get_patient(request: Request) -> Response:
    """Read a patient."""
    by = await allowed(request, May.READ_PATIENTS)
    return JSONResponse(await services(request).screens.lists.patient(path_number(request, "patient"), by=by))


async def get_patient_of_token(request: Request) -> Response:
    """Read whose token this is; 404 for a walk-in's."""
    by = await allowed(request, May.READ_PATIENTS)
    return JSONResponse(await services(request).screens.lists.patient_of_token(path_number(request, "token"), by=by))


_READ = May.READ_PATIENTS

OPERATIONS = (
    Operation("GET", "/api/v1/patients", list_patients, {200: Patients}, may=_READ, query=PAGE, errors=(422,)),
    Operation("GET", "/api/v1/patients/{patient:int}", get_patient, {200: PatientView}, may=_READ, errors=(404,)),
    Operation(
        "GET", "/api/v1/tokens/{token:int}/patient", get_patient_of_token, {200: PatientView}, may=_READ, errors=(404,)
    ),
)
