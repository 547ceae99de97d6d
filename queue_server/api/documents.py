"""Documents of patients and tokens. Every look at a list and every download leaves a line in the journal."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import JSONResponse, Response

from queue_server.api.models import DocumentPage, UploadedDocument
from queue_server.api.openapi import Operation, Parameter
from queue_server.api.request_context import PAGE, cursor, paged
from queue_server.domain.access.authorisation import May
from queue_server.domain.records.documents import DocumentKind
from queue_server.live.json_views import moment
from queue_server.services.records.medical_history import DocumentSummary
from queue_server.web.bodies import path_number
from queue_server.web.files import document_answer
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request
from queue_server.web.uploads import KIND, NAME, handed_in


async def list_documents_of_patient(request: Request) -> Response:
    """List a patient's documents; one that was replaced is not listed."""
    by = await allowed(request, May.READ_DOCUMENTS)
    history = await services(request).records.histories.of_patient(path_number(request, "patient"), by=by)
    return _page(request, (filed for visit in history.visits for filed in visit.documents))


async def list_documents_of_token(request: Request) -> Response:
    """List the documents that were added to a token."""
    by = await allowed(request, May.READ_DOCUMENTS)
    token_id = path_number(request, "token")
    await services(request).screens.token_pages.version(token_id)
    _, filed = await services(request).records.histories.of_token(token_id, by=by)
    return _page(request, filed)


async def get_document(request: Request) -> Response:
    """Download a document: a PDF, JPEG or PNG."""
    by = await allowed(request, May.READ_DOCUMENTS)
    opened = await services(request).records.documents.open(path_number(request, "document"), by=by)
    return document_answer(request, opened)


async def add_document(request: Request) -> Response:
    """Hand in a document for a token: a PDF, JPEG, PNG or HEIC, as the body.

    It is looked into and cleaned as on the doctor's console. The same file again is the same document (200).
    """
    by = await allowed(request, May.ADD_DOCUMENTS)
    token_id = path_number(request, "token")
    await services(request).screens.token_pages.version(token_id)
    done = await handed_in(request, token_id, by)
    return JSONResponse({"id": done.id, "is_again": done.is_again}, 200 if done.is_again else 201)


def _page(request: Request, filed: Iterable[DocumentSummary]) -> Response:
    after, limit = cursor(request)
    found = sorted((one for one in filed if one.document.id > after), key=lambda one: one.document.id)
    views = [
        {
            "id": one.document.id,
            "token": one.document.token_id,
            "patient": one.document.patient_id,
            "kind": one.document.kind,
            "name": one.document.name,
            "media_type": one.document.media_type,
            "size": one.document.size,
            "added_at": moment(one.document.added_at),
            "replaces": one.document.replaces,
            "is_damaged": one.is_damaged,
        }
        for one in found[:limit]
    ]
    return paged("documents", (views, found[limit - 1].document.id if len(found) > limit else None))


_READ = May.READ_DOCUMENTS
_LABEL = (
    Parameter(KIND, "what it is to the patient", "string", choices=list(DocumentKind), place="header", is_needed=True),
    Parameter(NAME, "its file's name, percent-encoded", "string", place="header"),
)

OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/patients/{patient:int}/documents",
        list_documents_of_patient,
        {200: DocumentPage},
        may=_READ,
        query=PAGE,
        errors=(404, 422),
    ),
    Operation(
        "GET",
        "/api/v1/tokens/{token:int}/documents",
        list_documents_of_token,
        {200: DocumentPage},
        may=_READ,
        query=PAGE,
        errors=(404, 422),
    ),
    Operation(
        "GET",
        "/api/v1/documents/{document:int}",
        get_document,
        {200: None},
        may=_READ,
        errors=(404, 410, 503),
        downloads=("application/pdf", "image/jpeg", "image/png"),
    ),
    Operation(
        "POST",
        "/api/v1/tokens/{token:int}/documents",
        add_document,
        {200: UploadedDocument, 201: UploadedDocument},
        may=May.ADD_DOCUMENTS,
        query=_LABEL,
        errors=(404, 409, 413, 422, 503, 507),
        is_idempotent=False,
        takes_file=True,
    ),
)
