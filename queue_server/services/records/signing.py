"""Signing: a draft becomes a paper with its PDF, in one transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from queue_server import papers
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Clinic
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import BadInput, ChangedMeanwhile, IncompletePaper, UnknownToken
from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.events import Event
from queue_server.domain.records.certificates import (
    TypedCertificate,
    certificate_number,
    check_typed,
    dates_of,
    days_between,
    fill,
)
from queue_server.domain.records.documents import DocumentKind
from queue_server.domain.records.prescribing import Typed, bearer_of, lines_of
from queue_server.domain.records.records import (
    Attendance,
    Certificate,
    Missing,
    Place,
    Prescription,
    Record,
    RecordKind,
    SeenToken,
)
from queue_server.live.json_views import Json
from queue_server.locale import texts
from queue_server.papers import LANGUAGES
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.certificate_wordings import CertificateWordings
from queue_server.services.records.documents import Documents
from queue_server.services.records.drafts import Content, Drafts, bearer, check_attended, check_newest
from queue_server.services.records.medicines import Medicines
from queue_server.services.records.signed_papers import MadePaper, SignedPapers
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue.idempotency_rows import known_answer, once
from queue_server.storage.records import record_rows

#: So often a certificate's number is taken anew when other processes sign certificates at the same moment.
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft with everything that its paper will say; `corrected` is the version that it replaces."""

    draft: Record
    content: Content
    token: SeenToken
    corrected: Record | None
    attendance: Attendance
    key: str
    at: datetime

    @property
    def series_id(self) -> int:
        """The first version's id."""
        return (self.corrected.series_id or self.corrected.id) if self.corrected else self.draft.id

    @property
    def version(self) -> int:
        """1, or one more than what is corrected."""
        return self.corrected.version + 1 if self.corrected else 1


class Signing:
    """What is signed is never changed; a correction is a new version that names the old one."""

    def __init__(
        self,
        store: Store,
        queues: Snapshots,
        drafts: Drafts,
        medicines: Medicines,
        wordings: CertificateWordings,
        documents: Documents,
        papers: SignedPapers,
    ) -> None:
        self._store = store
        self._queues = queues
        self._drafts = drafts
        self._medicines = medicines
        self._wordings = wordings
        self._documents = documents
        self._papers = papers
        # Within one process nobody's certificate is made twice because another took its number meanwhile.
        self._numbering = asyncio.Lock()
        self._is_prepared = False

    async def sign(
        self,
        token_id: int,
        kind: RecordKind,
        edit: int,
        *,
        by: Actor,
        without: Collection[Missing] = (),
        key: str | None = None,
    ) -> Json:
        """The draft that stands at `edit` is final, and the patient has the PDF; returns `record`, `version`, `number`,
        `document`.

        `without`: what the doctor knows to be missing and signs without. The same `key` again gives the same answer.
        Raises `UnknownToken`, `BadInput` with the field that cannot be signed, `IncompletePaper`, and
        `ChangedMeanwhile` when another window has changed or signed it; then nothing is changed.
        """
        try:
            ready = await self._ready(token_id, kind, edit, by)
        except ChangedMeanwhile:
            # It may be this very press that has signed the draft.
            if (first := await self._first_answer(token_id, kind, edit, by, key)) is None:
                raise
            return first
        unnoticed = [one for one in ready.attendance.missing if one not in without]
        if isinstance(ready.content, Typed):
            signed = await self._prescription(ready, ready.content)
            _check_complete(unnoticed)
            made = await self._papers.make(signed, _language(ready.content, ready.token))
            return await self._finish(ready, signed, made, by, key)
        async with self._numbering:
            for _ in range(_TRIES):
                certificate = await self._certificate(ready, ready.content)
                _check_complete(unnoticed)
                made = await self._papers.make(certificate, ready.content.language)
                try:
                    return await self._finish(ready, certificate, made, by, key)
                except _NumberTaken:
                    continue
        raise ChangedMeanwhile("Many certificates are being signed at this moment; please sign once more.")

    async def prepare(self) -> None:
        """What signing needs is loaded, while the doctor is still typing. Cheap when it was done before."""
        if not self._is_prepared:
            self._is_prepared = True
            await papers.prepare()

    async def preview(self, token_id: int, edit: int, *, by: Actor) -> Json:
        """What the certificate would say if it were signed now: title and text. Raises as `sign` does."""
        ready = await self._ready(token_id, RecordKind.CERTIFICATE, edit, by)
        if not isinstance(ready.content, TypedCertificate):
            raise UnknownToken
        signed = await self._certificate(ready, ready.content)
        return {"title": signed.title, "text": signed.text, "number": signed.number}

    async def _first_answer(
        self, token_id: int, kind: RecordKind, edit: int, by: Actor, key: str | None
    ) -> Json | None:
        if key is None:
            return None
        async with self._store.reading() as connection:
            await check_attended(connection, token_id, by)
            return await known_answer(connection, _scope(token_id, kind, by), key, {"edit": edit})

    async def _ready(self, token_id: int, kind: RecordKind, edit: int, by: Actor) -> Ready:
        clinic = await self._queues.clinic()
        async with self._store.reading() as connection:
            await check_attended(connection, token_id, by)
            draft = await record_rows.draft(connection, Place(token_id, by.id, kind))
            if draft is None or draft.edit != edit:
                raise ChangedMeanwhile("This draft was changed or signed in another window.")
            content = await self._drafts.content(connection, draft)
            token = await record_rows.seen_token(connection, token_id)
            corrected = await record_rows.record(connection, draft.corrects_id) if draft.corrects_id else None
            signer = await record_rows.signer(connection, by.id)
        language = _language(content, token)
        now = self._store.clock.now()
        patient = bearer(token, now.astimezone(clinic.zone).date()) or bearer_of(content.person)
        department = text_in(token.departments, language) or token.number
        attendance = Attendance(token.number, department, token.service_day, signer, patient)
        return Ready(draft, content, token, corrected, attendance, secrets.token_urlsafe(16), now)

    async def _prescription(self, ready: Ready, typed: Typed) -> Prescription:
        lines = lines_of(typed, await self._medicines.all())
        return Prescription(
            id=ready.series_id,
            version=ready.version,
            attendance=ready.attendance,
            lines=lines,
            signed_at=ready.at,
            key=ready.key,
            diagnosis=" ".join(typed.diagnosis.split()),
            note=typed.note.strip(),
            replaces=ready.corrected.version if ready.corrected else None,
        )

    async def _certificate(self, ready: Ready, typed: TypedCertificate) -> Certificate:
        """The certificate with the number that is the next one now; a correction keeps the number."""
        kind = check_typed(typed)
        clinic = await self._queues.clinic()
        today = ready.at.astimezone(clinic.zone).date()
        begins, ends = dates_of(typed, kind, today)
        if not ready.attendance.patient.name:
            raise BadInput("person.name", "A certificate needs the patient's name.")
        wording = await self._wordings.one(kind, typed.language)
        values = _values(ready.attendance, typed, clinic, today, begins, ends)
        if ready.corrected and ready.corrected.number:
            number = ready.corrected.number
        else:
            async with self._store.reading() as connection:
                number = certificate_number(today.year, await record_rows.certificates_in(connection, today.year) + 1)
        return Certificate(
            id=ready.series_id,
            version=ready.version,
            kind=kind,
            number=number,
            title=fill(wording.title, values),
            text=fill(wording.text, values),
            attendance=ready.attendance,
            signed_at=ready.at,
            key=ready.key,
            from_date=begins,
            to_date=ends,
            replaces=ready.corrected.version if ready.corrected else None,
        )

    async def _finish(
        self, ready: Ready, signed: Prescription | Certificate, made: MadePaper, by: Actor, key: str | None
    ) -> Json:
        token, draft, kind = ready.token, ready.draft, ready.draft.kind
        number = signed.number if isinstance(signed, Certificate) else None
        scope, asked = _scope(token.id, kind, by), {"edit": draft.edit}
        async with self._store.transaction() as work, once(work, scope, key, asked) as this:
            if this.is_repeated:
                return dict(this.answer)
            await check_attended(work.connection, token.id, by)
            if ready.corrected is not None:
                await check_newest(work, ready.corrected)
            elif number is not None:
                await _take(work, number)
            document_id = await self._documents.add(
                work,
                token_id=token.id,
                patient_id=token.patient_id,
                kind=DocumentKind(kind),
                name=_file_name(signed, token),
                media_type="application/pdf",
                content=made.pdf,
                by=by,
                replaces=ready.corrected.document_id if ready.corrected else None,
            )
            values = {"version": ready.version, "series_id": ready.series_id, "number": number, "key": ready.key}
            values["bears_name"] = bool(ready.attendance.patient.name)
            if not await record_rows.sign(work, draft, signed_at=ready.at, document_id=document_id, **values):
                raise ChangedMeanwhile("This draft was changed or signed in another window.")
            await self._papers.keep(work, made, ready.corrected.key if ready.corrected else None)
            this.answer = {"record": draft.id, "version": ready.version, "number": number, "document": document_id}
            work.record(Event(f"{kind}_signed", work.now, str(by), token.id, data=this.answer))
        return dict(this.answer)


def _check_complete(unnoticed: Sequence[Missing]) -> None:
    if unnoticed:
        raise IncompletePaper(unnoticed)


class _NumberTaken(Exception):
    """Somebody else has signed the certificate with this number meanwhile."""


async def _take(work: Transaction, number: str) -> None:
    """The certificate's number is the next one, and taken now. Raises `_NumberTaken`."""
    year = int(number.partition("-")[0])
    if certificate_number(year, await record_rows.next_certificate(work, year)) != number:
        raise _NumberTaken


def _language(content: Typed | TypedCertificate, token: SeenToken) -> str:
    """The paper's: what the doctor chose, where papers know it, else the token's."""
    is_known = isinstance(content, TypedCertificate) or content.language in LANGUAGES
    return content.language if is_known else token.language


def _scope(token_id: int, kind: RecordKind, by: Actor) -> str:
    return f"sign:{kind}:{token_id}:{by.id}"


def _file_name(signed: Prescription | Certificate, token: SeenToken) -> str:
    version = f"-v{signed.version}" if signed.version > 1 else ""
    what = signed.number if isinstance(signed, Certificate) else f"{token.number}-{token.service_day}"
    kind = signed.kind.replace("_", "-") if isinstance(signed, Certificate) else "prescription"
    return f"{kind}-{what}{version}.pdf"


def _values(
    attendance: Attendance,
    typed: TypedCertificate,
    clinic: Clinic,
    today: date,
    begins: date | None,
    ends: date | None,
) -> Mapping[str, str]:
    """What stands in the wording's places, in the certificate's language."""
    words = texts(typed.language)

    def written(day: date | None) -> str:
        return format_date(day, "d MMMM y", locale=words.language) if day else ""

    patient = attendance.patient
    sexes = {Sex.FEMALE: words.gettext("female"), Sex.MALE: words.gettext("male"), Sex.OTHER: words.gettext("other")}
    days = days_between(begins, ends)
    return {
        "patient": patient.name,
        "age": str(patient.age) if patient.age is not None else "",
        "sex": sexes.get(patient.sex, ""),
        "doctor": attendance.doctor.name,
        "clinic": clinic.name,
        "department": attendance.department,
        "token": attendance.token,
        "seen_on": written(attendance.seen_on),
        "today": written(today),
        "from_date": written(begins),
        "to_date": written(ends),
        "days": str(days) if days else "",
        "diagnosis": " ".join(typed.diagnosis.split()),
        "remarks": typed.remarks.strip(),
        "to_whom": " ".join(typed.to_whom.split()),
    }
