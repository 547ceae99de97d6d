"""Prescriptions, documents, and looks at records as resources. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from fractions import Fraction

from queue_server.domain.access.actors import ActorKind
from queue_server.domain.records.documents import Document
from queue_server.domain.records.dosing import write_amount
from queue_server.domain.records.records import Line, RecordAccess, SignedRecord
from queue_server.fhir.administration import CLINIC
from queue_server.fhir.codes import AUDIT_TYPE, DOCUMENT, FOOD, LOINC, READERS, WHEN, coding
from queue_server.fhir.elements import Resource, compact, decimal, instant, reference, versioned


def medication_requests(signed: SignedRecord) -> list[Resource]:
    """A resource for each line of a signed prescription; its id is the version's and the line's."""
    record = signed.record
    subject = reference("Patient", signed.patient_id) if signed.patient_id else {"display": f"Token {signed.number}"}
    return [
        versioned(
            compact(
                resourceType="MedicationRequest",
                id=f"{record.id}-{place}",
                status="cancelled" if signed.is_replaced else "active",
                statusReason={"text": "replaced by a corrected version"} if signed.is_replaced else None,
                intent="order",
                medicationCodeableConcept={"text": _medicine(line)},
                subject=subject,
                encounter=reference("Encounter", record.token_id),
                authoredOn=instant(record.signed_at),
                requester=reference("Practitioner", record.doctor_id),
                groupIdentifier={"system": "urn:smart-queue:prescription", "value": str(record.series_id or record.id)},
                dosageInstruction=list(_dosages(line)),
                dispenseRequest=_dispense(line),
            ),
            record.signed_at,
        )
        for place, line in enumerate(signed.lines, 1)
    ]


def document_reference(one: Document, content: bytes | None = None) -> Resource:
    """A document; its content is a Binary of the same id, and within where it is given."""
    known = DOCUMENT[one.kind]
    kind = compact(coding=[coding(LOINC, *known)] if known else [], text=one.kind.value)
    doctor, _, number = one.by.partition(":")
    return versioned(
        compact(
            resourceType="DocumentReference",
            id=str(one.id),
            status="superseded" if one.replaced_at else "current",
            type=kind,
            subject=reference("Patient", one.patient_id) if one.patient_id else None,
            date=instant(one.added_at),
            author=[reference("Practitioner", number)] if doctor == ActorKind.DOCTOR else [],
            custodian=reference("Organization", CLINIC),
            relatesTo=[{"code": "replaces", "target": reference("DocumentReference", one.replaces)}]
            if one.replaces
            else [],
            content=[
                {
                    "attachment": compact(
                        contentType=one.media_type,
                        data=base64.b64encode(content).decode() if content is not None else None,
                        url=f"Binary/{one.id}",
                        size=one.size,
                        title=one.name,
                        creation=instant(one.added_at),
                    )
                }
            ],
            context={"encounter": [reference("Encounter", one.token_id)]},
        ),
        one.changed_at,
    )


def audit_event(look: RecordAccess) -> Resource:
    """Somebody looked at a patient's records."""
    reader = look.reader
    known = READERS.get(reader.kind)
    who = reference(known, reader.id, reader.name) if known and reader.id else {"display": reader.name or str(reader)}
    things = [("Patient", look.patient_id), ("Encounter", look.token_id), ("DocumentReference", look.document_id)]
    return versioned(
        compact(
            resourceType="AuditEvent",
            id=str(look.id),
            type=coding(AUDIT_TYPE, "rest", "RESTful Operation"),
            subtype=[{"system": "urn:smart-queue:look", "code": look.what}],
            action="R",
            recorded=instant(look.at),
            outcome="0",
            purposeOfEvent=[{"text": look.reason}] if look.reason else [],
            agent=[{"who": who, "requestor": True}],
            source={"observer": reference("Organization", CLINIC)},
            entity=[{"what": reference(kind, id_)} for kind, id_ in things if id_],
        ),
        look.at,
    )


def line_text(line: Line) -> str:
    """The line as one reads it: medicine, pattern, food, course, note."""
    return ", ".join([_medicine(line), _instruction(line)])


def _instruction(line: Line) -> str:
    return ", ".join(part for part in (_pattern(line), FOOD[line.food], _course(line), line.note) if part)


def _medicine(line: Line) -> str:
    medicine = line.medicine
    return " ".join(part for part in (medicine.generic, medicine.form, medicine.strength) if part)


def _dosages(line: Line) -> Iterator[Resource]:
    """One instruction for each amount of the day; an amount that no decimal says stands in the text alone."""
    dose = line.dose
    parts = [(when, amount) for when, amount in zip(WHEN, dose.parts, strict=True) if amount]
    amounts = list(dict.fromkeys(amount for _, amount in parts)) or [dose.single]
    for sequence, amount in enumerate(amounts, 1):
        times = [when for when, other in parts if other == amount]
        bounds = {"value": line.days, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
        repeat = compact(boundsDuration=bounds if line.days else None, when=times)
        if times:
            repeat |= {"frequency": len(times), "period": 1, "periodUnit": "d"}
        value = decimal(amount) if amount else None
        yield compact(
            sequence=sequence,
            text=_instruction(line),
            timing={"repeat": repeat} if repeat else None,
            asNeededBoolean=True if dose.as_needed else None,
            doseAndRate=[{"doseQuantity": compact(value=value, unit=line.medicine.form)}] if value is not None else [],
        )


def _pattern(line: Line) -> str:
    dose = line.dose
    amounts = "-".join(map(write_amount, dose.parts)) if any(dose.parts) else write_amount(dose.single or Fraction(1))
    return amounts + (" as needed" if dose.as_needed else "") + (" at once" if dose.at_once else "")


def _course(line: Line) -> str:
    return f"{line.days} days" if line.days else ""


def _dispense(line: Line) -> Resource | None:
    value = decimal(line.quantity) if line.quantity else None
    days = {"value": line.days, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"} if line.days else None
    return (
        compact(
            quantity=compact(value=value, unit=line.medicine.form) if value is not None else None,
            expectedSupplyDuration=days,
        )
        or None
    )
