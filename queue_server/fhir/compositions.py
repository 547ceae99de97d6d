"""Signed prescriptions and certificates as a whole, as India's profiles (NRCeS) describe them publicly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from queue_server.domain.records.records import RecordKind, SignedRecord
from queue_server.fhir.administration import CLINIC
from queue_server.fhir.codes import CERTIFICATE, COMPOSITION, SNOMED, coding
from queue_server.fhir.elements import Resource, compact, instant, reference, versioned
from queue_server.fhir.records import line_text


def composition(signed: SignedRecord) -> Resource:
    """A signed prescription, whose entries are its lines, or a certificate, whose entry is the signed paper."""
    record = signed.record
    number = {"system": f"urn:smart-queue:{record.kind.value}", "value": record.number}
    corrected = {"code": "replaces", "targetReference": reference("Composition", record.corrects_id)}
    return versioned(
        compact(
            resourceType="Composition",
            id=str(record.id),
            identifier=number if record.number else None,
            status="final",
            type=_kind(signed),
            subject=reference("Patient", signed.patient_id) if signed.patient_id else None,
            encounter=reference("Encounter", record.token_id),
            date=instant(record.signed_at),
            author=[reference("Practitioner", record.doctor_id)],
            title=title(signed),
            custodian=reference("Organization", CLINIC),
            relatesTo=[corrected] if record.corrects_id else [],
            section=[_section(signed)],
        ),
        record.signed_at,
    )


def title(signed: SignedRecord) -> str:
    """What the paper is, in English."""
    return "Prescription" if signed.record.kind is RecordKind.PRESCRIPTION else CERTIFICATE[signed.certificate]


def document(base: str, parts: Sequence[Resource], signed: SignedRecord) -> Resource:
    """The Bundle of type document: the Composition first, then everything that it names."""
    record = signed.record
    return versioned(
        {
            "resourceType": "Bundle",
            "id": f"{record.kind.value}-{record.id}",
            "identifier": {"system": f"{base}/Composition", "value": f"{record.id}"},
            "type": "document",
            "timestamp": instant(record.signed_at),
            "entry": [{"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one} for one in parts],
        },
        record.signed_at,
    )


def _kind(signed: SignedRecord) -> Resource:
    return {"coding": [coding(SNOMED, *COMPOSITION[signed.record.kind])], "text": title(signed)}


def _section(signed: SignedRecord) -> Resource:
    """The one section. It has words as well: FHIR wants something in it where no entry is left."""
    record = signed.record
    if record.kind is RecordKind.PRESCRIPTION:
        places = range(1, len(signed.lines) + 1)
        name, entries = "Medicines", [reference("MedicationRequest", f"{record.id}-{place}") for place in places]
        words = [line_text(line) for line in signed.lines]
    else:
        name, words = title(signed), [" ".join(part for part in (title(signed), record.number) if part)]
        entries = [reference("DocumentReference", record.document_id)] if record.document_id else []
    lines = "".join(f"<p>{escape(line)}</p>" for line in words) or "<p>The content was erased.</p>"
    narrative = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'}
    return compact(title=name, code=_kind(signed), text=narrative, entry=entries)
