"""How signed papers are found: as a Composition, and as the Bundle that holds everything it names."""

from __future__ import annotations

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import NotFound
from queue_server.domain.records.records import RecordKind, SignedRecord
from queue_server.fhir import administrative_kinds as administrative
from queue_server.fhir import clinical_kinds as clinical
from queue_server.fhir import compositions as papers
from queue_server.fhir import records
from queue_server.fhir.administration import CLINIC
from queue_server.fhir.answers import base_url
from queue_server.fhir.elements import Resource
from queue_server.fhir.kind import Found
from queue_server.fhir.searching import Search
from queue_server.web.identity import services
from queue_server.web.state import Request


async def compositions(request: Request, wanted: Search, by: Actor) -> Found:
    """Signed prescriptions and certificates as a whole."""
    signed = await clinical.signed_records(request, wanted, by, [*RecordKind])
    return [papers.composition(one) for one in signed], signed[-1].record.id if len(signed) == wanted.count else None


async def document(request: Request, id_: str, by: Actor) -> Resource:
    """A paper as one Bundle, with everything that it names; of a certificate the signed PDF too. Raises `NotFound`."""
    found = await clinical.signed_records(request, Search(ids=(id_,)), by, [*RecordKind])
    if not found:
        raise NotFound("There is no such Composition.")
    signed = found[0]
    authorise(by, May.READ_PATIENTS)
    parts = [papers.composition(signed), *records.medication_requests(signed), *await _paper(request, signed, by)]
    named = [
        (clinical.encounters, signed.record.token_id),
        (administrative.practitioners, signed.record.doctor_id),
        (administrative.organizations, CLINIC),
        (administrative.patients, signed.patient_id),
    ]
    for find, other in named:
        if other is not None:
            parts += (await find(request, Search(ids=(str(other),)), by))[0]
    return papers.document(base_url(request), parts, signed)


async def _paper(request: Request, signed: SignedRecord, by: Actor) -> list[Resource]:
    """The certificate's DocumentReference, with the PDF within: whoever has the Bundle can read it without us."""
    if signed.record.kind is not RecordKind.CERTIFICATE or signed.record.document_id is None:
        return []
    opened = await services(request).records.documents.open(signed.record.document_id, by=by)
    return [records.document_reference(opened.document, b"".join([piece async for piece in opened.chunks]))]
