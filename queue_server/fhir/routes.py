"""FHIR R4 (4.0.1), read-only, under /fhir/R4: one table of kinds makes the routes and the CapabilityStatement."""

from __future__ import annotations

import base64

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server import __version__
from queue_server.domain.access.authorisation import SCOPES, May
from queue_server.domain.errors import NotFound
from queue_server.fhir import administrative_kinds as administrative
from queue_server.fhir import answers, composition_kind
from queue_server.fhir import clinical_kinds as clinical
from queue_server.fhir.elements import Resource
from queue_server.fhir.including import included, includes_of, read_includes
from queue_server.fhir.kind import TYPES, Kind
from queue_server.fhir.searching import Search, number, read_search
from queue_server.web.files import document_answer
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request

BASE = "/fhir/R4"

#: The day on which the table below was last changed.
CHANGED_ON = "2026-11-30"

#: The operation that makes a Bundle of a Composition.
DOCUMENT = {"name": "document", "definition": "http://hl7.org/fhir/OperationDefinition/Composition-document"}

KINDS = (
    Kind("Organization", May.READ_QUEUES, administrative.organizations),
    Kind("HealthcareService", May.READ_QUEUES, administrative.healthcare_services),
    Kind("Location", May.READ_QUEUES, administrative.locations),
    Kind("Practitioner", May.READ_QUEUES, administrative.practitioners),
    Kind("PractitionerRole", May.READ_QUEUES, administrative.practitioner_roles),
    Kind("Patient", May.READ_PATIENTS, administrative.patients, ("name", "phone")),
    Kind("Encounter", May.READ_QUEUES, clinical.encounters, ("patient", "date", "status", "_lastUpdated")),
    Kind("Task", May.READ_QUEUES, clinical.tasks, ("patient", "date", "status", "_lastUpdated")),
    Kind("MedicationRequest", May.READ_DOCUMENTS, clinical.medication_requests, ("patient", "status", "_lastUpdated")),
    Kind("Composition", May.READ_DOCUMENTS, composition_kind.compositions, ("patient", "_lastUpdated")),
    Kind("DocumentReference", May.READ_DOCUMENTS, clinical.document_references, ("patient", "_lastUpdated")),
    Kind("AuditEvent", May.READ_EVENTS, clinical.audit_events, ("patient", "_lastUpdated")),
)


KINDS_BY_NAME = {kind.name: kind for kind in KINDS}


def _routes_of(kind: Kind) -> list[BaseRoute]:
    async def search(request: Request) -> Response:
        """A page of the kind's resources, with what was asked for along with it."""
        by = await allowed(request, kind.may)
        along = read_includes(kind.name, request.query_params.getlist("_include"))
        found, after = await kind.find(request, read_search(request, kind.params), by)
        return answers.bundle(request, found, after, await included(request, found, along, KINDS_BY_NAME, by))

    async def read(request: Request) -> Response:
        """One resource. Raises `NotFound`."""
        by = await allowed(request, kind.may)
        found, _ = await kind.find(request, Search(ids=(request.path_params["id"],), count=1), by)
        if not found:
            raise NotFound(f"There is no such {kind.name}.")
        return answers.one(request, found[0])

    return [Route(f"{BASE}/{kind.name}", search), Route(f"{BASE}/{kind.name}/{{id}}", read)]


async def binary(request: Request) -> Response:
    """A document's content: as it is, or as a Binary where FHIR is asked for. The patient sees who looked."""
    by = await allowed(request, May.READ_DOCUMENTS)
    opened = await services(request).records.documents.open(number(request.path_params["id"]), by=by)
    if "json" not in request.headers.get("accept", ""):
        return document_answer(request, opened)
    content = b"".join([piece async for piece in opened.chunks])
    document = opened.document
    data = base64.b64encode(content).decode()
    resource = {"resourceType": "Binary", "id": str(document.id), "contentType": document.media_type, "data": data}
    return answers.one(request, resource)


async def document(request: Request) -> Response:
    """A signed prescription or certificate as a Bundle of type document."""
    by = await allowed(request, May.READ_DOCUMENTS)
    return answers.one(request, await composition_kind.document(request, request.path_params["id"], by))


async def metadata(request: Request) -> Response:
    """What this server can do. Open: it says nothing of the clinic."""
    return answers.one(request, capabilities(answers.base_url(request)))


def capabilities(base: str) -> Resource:
    """The CapabilityStatement of the table of kinds."""
    kinds = [
        {
            "type": kind.name,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "no-version",
            "documentation": f"Needs a key with the scope {SCOPES[kind.may]}.",
            "searchParam": [{"name": name, "type": TYPES[name]} for name in ("_id", *kind.params)],
        }
        | ({"searchInclude": includes_of(kind.name)} if includes_of(kind.name) else {})
        | ({"operation": [DOCUMENT]} if kind.name == "Composition" else {})
        for kind in KINDS
    ]
    binaries = {
        "type": "Binary",
        "interaction": [{"code": "read"}],
        "versioning": "no-version",
        "documentation": f"Needs a key with the scope {SCOPES[May.READ_DOCUMENTS]}.",
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED_ON,
        "kind": "instance",
        "software": {"name": "Smart Queue", "version": __version__},
        "implementation": {"description": "Smart Queue, read-only", "url": base},
        "fhirVersion": "4.0.1",
        "format": [answers.MEDIA_TYPE],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Authorization: Bearer, with the key of a program."},
                "resource": [*kinds, binaries],
            }
        ],
    }


routes: list[BaseRoute] = [
    Route(f"{BASE}/metadata", metadata),
    *(route for kind in KINDS for route in _routes_of(kind)),
    Route(f"{BASE}/Binary/{{id}}", binary),
    Route(f"{BASE}/Composition/{{id}}/$document", document),
]
