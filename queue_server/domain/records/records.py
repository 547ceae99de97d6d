"""What a doctor hands to a patient: prescriptions and certificates, as they stand when they are signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from queue_server.domain.access.actors import Actor
from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.tokens import State


class RecordKind(StrEnum):
    """What a doctor writes."""

    PRESCRIPTION = "prescription"
    CERTIFICATE = "certificate"


class Food(StrEnum):
    """How a medicine goes with meals."""

    BEFORE = "before"
    AFTER = "after"
    WITH = "with"
    ANY = "any"


class CertificateKind(StrEnum):
    """What a certificate says."""

    SICK_LEAVE = "sick_leave"
    FITNESS = "fitness"
    ATTENDANCE = "attendance"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Medicine:
    """A generic name ("Paracetamol"), a form ("tablet") and a strength ("500 mg"); form and strength may be empty.

    `is_listed` is false for a name that the doctor typed and the clinic's list does not hold.
    """

    generic: str
    form: str = ""
    strength: str = ""
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Dose:
    """How much at which time of the day, in units of the form (1/2: half a tablet).

    `single` is one dose without a time of day, for `at_once` ("stat") or `as_needed` ("SOS"); the pattern is zero then.
    With a pattern, `as_needed` means at most this pattern, and `at_once` that its first dose is taken now.
    """

    morning: Fraction = Fraction(0)
    noon: Fraction = Fraction(0)
    evening: Fraction = Fraction(0)
    night: Fraction = Fraction(0)
    as_needed: bool = False
    at_once: bool = False
    single: Fraction = Fraction(0)

    @property
    def parts(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """Morning, noon, evening, night."""
        return self.morning, self.noon, self.evening, self.night


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine: how much, when, for how many days (none: as long as stated in the note, or one dose).

    `quantity` is what the pharmacy hands out, in units of the form; none where it cannot be counted (syrup, cream).
    """

    medicine: Medicine
    dose: Dose
    food: Food = Food.ANY
    days: int | None = None
    quantity: Fraction | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """The doctor, as the paper names him or her; qualification and registration may be empty."""

    name: str
    qualification: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Bearer:
    """The patient, as the paper names him or her; the name is empty for a walk-in who gave none."""

    name: str = ""
    age: int | None = None
    sex: Sex = Sex.UNSAID


class Missing(StrEnum):
    """What a paper is signed without only when the doctor says so: its reader would look for it."""

    NAME = "name"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Attendance:
    """When, where and by whom the patient was seen. `department` is in the language of the paper."""

    token: str
    department: str
    seen_on: date
    doctor: Signer
    patient: Bearer

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What a reader of the paper would look for in vain."""
        found = {Missing.NAME: self.patient.name, Missing.REGISTRATION: self.doctor.registration}
        return tuple(what for what, words in found.items() if not words)


@dataclass(frozen=True, slots=True)
class Prescription:
    """A signed prescription. `version` counts from 1; `replaces` is the version that this one corrects.

    `id` names the prescription in the clinic through all its versions. `key` is unguessable and ends the link by which
    anybody who holds the paper verifies it.
    """

    id: int
    version: int
    attendance: Attendance
    lines: tuple[Line, ...]
    signed_at: datetime
    key: str = ""
    diagnosis: str = ""
    note: str = ""
    replaces: int | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A signed certificate. `number` counts per year ("2026-0017"); `text` is final, paragraphs parted by empty lines.

    `from_date` and `to_date` (included) are none where the kind has no dates. `version`, `replaces`, `key`: as in
    `Prescription`.
    """

    id: int
    version: int
    kind: CertificateKind
    number: str
    title: str
    text: str
    attendance: Attendance
    signed_at: datetime
    key: str = ""
    from_date: date | None = None
    to_date: date | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a doctor writes: one draft of a kind for one token."""

    token_id: int
    doctor_id: int
    kind: RecordKind


@dataclass(frozen=True, slots=True)
class Record:
    """One version; a draft while `signed_at` is none. What was typed is `plain`.

    `bears_name`: whether the signed paper names its patient, none where that was not kept.
    """

    id: int
    kind: RecordKind
    token_id: int
    doctor_id: int
    content_id: str | None
    edit: int
    saved_at: datetime
    corrects_id: int | None
    series_id: int | None
    version: int
    signed_at: datetime | None
    key: str | None
    number: str | None
    document_id: int | None
    bears_name: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenToken:
    """What a paper says of the token, its department (language → name) and its patient, if one is registered."""

    id: int
    number: str
    service_day: date
    language: str
    department_id: int
    departments: dict[str, str]
    patient_id: int | None
    name: str | None
    birth_year: int | None
    sex: Sex | None


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """Somebody looked: who, with the name if it is one of the clinic's; `document_id` if it was a document."""

    at: datetime
    what: str
    reader: Actor
    reason: str | None
    token_id: int | None
    document_id: int | None
    id: int = 0
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A signed version, whose it is, and whether a later one stands in its place.

    Of a prescription the lines, of a certificate its kind (`certificate`); neither where the content does not open.
    """

    record: Record
    patient_id: int | None
    number: str
    is_replaced: bool
    lines: tuple[Line, ...] = ()
    certificate: CertificateKind | None = None


@dataclass(slots=True)
class PastVisit:
    """One token of a patient: where it went (department ids, in order), the doctors who called, its last state."""

    token_id: int
    number: str
    day: date
    issued_at: datetime
    departments: list[int] = field(default_factory=list)
    doctors: list[str] = field(default_factory=list)
    state: State = State.WAITING
