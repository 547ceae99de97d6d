"""Signing prescriptions and certificates, on both databases."""

import asyncio
from dataclasses import replace
from io import BytesIO

import pytest
from pikepdf import Pdf

from queue_server.domain.errors import BadInput, ChangedMeanwhile, IncompletePaper, KeyReused, NotFound, UnknownToken
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.certificates import TypedCertificate
from queue_server.domain.records.prescribing import Typed, TypedLine, TypedPerson
from queue_server.domain.records.records import CertificateKind, Missing, RecordKind
from queue_server.live.json_views import Json
from queue_server.services.people.staff_accounts import StaffForm
from queue_server.services.queue.issuing import IssuedToken
from tests.clinics import Clinic

PRESCRIPTION, CERTIFICATE = RecordKind.PRESCRIPTION, RecordKind.CERTIFICATE
LINES = (
    TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3"),
    TypedLine("Amoxicillin", "capsule", "500 mg", "1-1-1", "after", "5"),
    TypedLine("Tulsi drops", "drops", "", "5 sos", "any", ""),
)
TYPED = Typed(LINES, "Fever", "Drink much.", TypedPerson("A. Walker", "34", "female"))
LEAVE = TypedCertificate(
    "sick_leave", "en", "2026-11-22", "2026-11-24", "fever", "Rest.", "", TypedPerson("A. Walker", "34")
)


@pytest.fixture
async def token(clinic: Clinic) -> IssuedToken:
    """The first doctor has the patient in room 1."""
    await clinic.on_duty(0, "1")
    issued = await clinic.issue()
    await clinic.next("1")
    return issued


@pytest.fixture(autouse=True)
async def registered(clinic: Clinic) -> None:
    """Papers bear the doctors' registration numbers."""
    for doctor in clinic.doctors:
        await clinic.services.people.staffing.change(doctor.id, StaffForm(doctor.name, "MBBS", "12345"), by=doctor)


async def prescribed(clinic: Clinic, token: IssuedToken, typed: Typed = TYPED, key: str | None = None) -> Json:
    """A prescription is typed and signed."""
    doctor, services = clinic.doctors[0], clinic.services
    opened = await services.records.drafts.open(token.token_id, PRESCRIPTION, by=doctor)
    edit = opened["draft"]["edit"] if opened["draft"] else 0
    edit = await services.records.drafts.save(token.token_id, PRESCRIPTION, edit, typed, by=doctor)
    return await services.records.signing.sign(
        token.token_id, PRESCRIPTION, edit, by=doctor, key=key, without=[*Missing]
    )


async def certified(clinic: Clinic, token: IssuedToken, typed: TypedCertificate = LEAVE, doctor: int = 0) -> Json:
    """A certificate is typed and signed."""
    by, services = clinic.doctors[doctor], clinic.services
    edit = await services.records.drafts.save(token.token_id, CERTIFICATE, 0, typed, by=by)
    return await services.records.signing.sign(token.token_id, CERTIFICATE, edit, by=by, without=[*Missing])


async def content_of(clinic: Clinic, document_id: int) -> bytes:
    """The document's bytes, as the first doctor reads them."""
    opened = await clinic.services.records.documents.open(document_id, by=clinic.doctors[0])
    return b"".join([chunk async for chunk in opened.chunks])


async def test_a_signed_prescription_is_a_document_of_the_token(clinic: Clinic, token: IssuedToken) -> None:
    signed = await prescribed(clinic, token)

    (document,) = await clinic.services.records.documents.of_token(token.token_id, by=clinic.doctors[0])
    assert (document.id, document.media_type) == (signed["document"], "application/pdf")
    assert document.name == "prescription-G-001-2026-11-22.pdf"
    assert (await content_of(clinic, document.id)).startswith(b"%PDF")
    assert document.size <= 60_000
    opened = await clinic.services.records.drafts.open(token.token_id, PRESCRIPTION, by=clinic.doctors[0])
    assert opened["draft"] is None
    assert [(paper["version"], paper["document"]) for paper in opened["signed"]] == [(1, document.id)]
    assert {"prescription_signed", "document_added"} <= set(await clinic.kinds())


async def test_the_same_press_signs_once_and_another_finds_nothing_to_sign(clinic: Clinic, token: IssuedToken) -> None:
    records, doctor = clinic.services.records.signing, clinic.doctors[0]
    first = await prescribed(clinic, token, key="press")

    again = await records.sign(token.token_id, PRESCRIPTION, 1, by=doctor, key="press")

    assert again == first
    with pytest.raises(ChangedMeanwhile):
        await records.sign(token.token_id, PRESCRIPTION, 1, by=doctor, key="another press")
    with pytest.raises(KeyReused):
        await records.sign(token.token_id, PRESCRIPTION, 2, by=doctor, key="press")


async def test_presses_with_one_key_that_come_together_sign_once(clinic: Clinic, token: IssuedToken) -> None:
    records, doctor = clinic.services.records.signing, clinic.doctors[0]
    await clinic.services.records.drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=doctor)

    signed = await asyncio.gather(
        *(records.sign(token.token_id, PRESCRIPTION, 1, by=doctor, key="press") for _ in range(3))
    )

    assert signed == [signed[0]] * 3
    assert len(await clinic.services.records.documents.of_token(token.token_id, by=doctor)) == 1


async def test_two_windows_that_sign_together_make_one_paper(clinic: Clinic, token: IssuedToken) -> None:
    records, doctor = clinic.services.records.signing, clinic.doctors[0]
    await clinic.services.records.drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=doctor)

    async def press() -> bool:
        try:
            await records.sign(token.token_id, PRESCRIPTION, 1, by=doctor)
        except ChangedMeanwhile:
            return False
        return True

    assert sorted(await asyncio.gather(press(), press(), press())) == [False, False, True]
    assert len(await clinic.services.records.documents.of_token(token.token_id, by=doctor)) == 1


async def test_what_another_window_has_changed_is_not_signed(clinic: Clinic, token: IssuedToken) -> None:
    records, drafts, doctor = clinic.services.records.signing, clinic.services.records.drafts, clinic.doctors[0]
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=doctor)
    await drafts.save(token.token_id, PRESCRIPTION, 1, replace(TYPED, note="changed"), by=doctor)

    with pytest.raises(ChangedMeanwhile):
        await records.sign(token.token_id, PRESCRIPTION, 1, by=doctor)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed(), "lines"),
        (replace(TYPED, lines=(replace(LINES[0], days="0"),)), "lines.0.days"),
        (replace(TYPED, lines=(LINES[0], replace(LINES[1], dose="often"))), "lines.1.dose"),
        (replace(TYPED, person=TypedPerson(age="200")), "person.age"),
    ],
)
async def test_what_cannot_be_signed_says_where_and_stays_a_draft(
    clinic: Clinic, token: IssuedToken, typed: Typed, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await prescribed(clinic, token, typed)

    assert refused.value.details["field"] == field
    opened = await clinic.services.records.drafts.open(token.token_id, PRESCRIPTION, by=clinic.doctors[0])
    assert opened["draft"]["edit"] == 1
    assert await clinic.services.records.documents.of_token(token.token_id, by=clinic.doctors[0]) == []


async def test_a_paper_without_name_or_number_is_signed_only_by_a_doctor_who_says_so(
    clinic: Clinic, token: IssuedToken
) -> None:
    records, staffing, doctor = clinic.services.records, clinic.services.people.staffing, clinic.doctors[0]
    await staffing.change(doctor.id, StaffForm(doctor.name), by=doctor)
    await records.drafts.save(token.token_id, PRESCRIPTION, 0, replace(TYPED, person=TypedPerson()), by=doctor)

    async def sign(*without: Missing) -> Json:
        return await records.signing.sign(token.token_id, PRESCRIPTION, 1, by=doctor, without=without)

    assert (await records.drafts.open(token.token_id, PRESCRIPTION, by=doctor))["registration"] == ""
    with pytest.raises(IncompletePaper) as unnoticed:
        await sign()
    assert unnoticed.value.details["missing"] == ["name", "registration"]
    with pytest.raises(IncompletePaper) as unnoticed:
        await sign(Missing.NAME)
    assert unnoticed.value.details["missing"] == ["registration"]

    await staffing.add_registration(" 4711 ", by=doctor)
    await staffing.add_registration("another", by=doctor)

    assert (await records.drafts.open(token.token_id, PRESCRIPTION, by=doctor))["registration"] == "4711"
    assert (await sign(Missing.NAME))["version"] == 1


async def test_a_correction_is_a_new_version_that_replaces_the_old(clinic: Clinic, token: IssuedToken) -> None:
    drafts, doctor = clinic.services.records.drafts, clinic.doctors[0]
    first = await prescribed(clinic, token)

    await drafts.correct(token.token_id, PRESCRIPTION, first["record"], by=doctor)
    opened = await drafts.open(token.token_id, PRESCRIPTION, by=doctor)
    second = await prescribed(clinic, token, replace(TYPED, note="Rest as well."))

    assert (opened["corrects"], opened["draft"]["content"]["note"]) == (1, "Drink much.")
    assert second["version"] == 2
    documents = await clinic.services.records.documents.of_token(token.token_id, by=doctor)
    assert [document.replaces for document in documents] == [None, first["document"]]
    with pytest.raises(ChangedMeanwhile):
        await drafts.correct(token.token_id, PRESCRIPTION, first["record"], by=doctor)
    with pytest.raises(NotFound):
        await drafts.correct(token.token_id, CERTIFICATE, first["record"], by=doctor)


async def test_nobody_else_signs_and_nobody_after_the_patient_was_missed(clinic: Clinic, token: IssuedToken) -> None:
    records, drafts, (first, second) = clinic.services.records.signing, clinic.services.records.drafts, clinic.doctors
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=first)

    with pytest.raises(UnknownToken):
        await records.sign(token.token_id, PRESCRIPTION, 1, by=second)
    await clinic.act(token, Action.MISS)
    with pytest.raises(UnknownToken):
        await records.sign(token.token_id, PRESCRIPTION, 1, by=first)


async def test_a_registered_patient_is_offered_what_was_given_last_time(clinic: Clinic) -> None:
    drafts, doctor = clinic.services.records.drafts, clinic.doctors[0]
    asha = (await clinic.register()).family[0]
    await clinic.on_duty(0, "1")
    earlier = await clinic.services.screens.own_tokens.take(asha, "GEN")
    await clinic.next("1")
    await prescribed(clinic, earlier)
    await clinic.act(earlier, Action.ATTEND)
    clinic.clock.forward(days=1)
    await clinic.on_duty(0, "1")
    today = await clinic.services.screens.own_tokens.take(asha, "GEN")
    await clinic.next("1")

    opened = await drafts.open(today.token_id, PRESCRIPTION, by=doctor)

    assert [line["generic"] for line in opened["last"]["content"]["lines"]] == [line.generic for line in LINES]
    assert opened["patient"] == {"name": "Asha", "age": 34, "sex": "female"}
    assert (await drafts.open(today.token_id, CERTIFICATE, by=doctor))["last"] is None
    assert "record_read" in await clinic.kinds()


async def test_certificates_count_within_the_year_without_gaps(clinic: Clinic, token: IssuedToken) -> None:
    await clinic.on_duty(1, "3")
    others = [await clinic.issue("LAB") for _ in range(2)]
    first = await certified(clinic, token)
    with pytest.raises(BadInput):
        await certified(clinic, token, replace(LEAVE, to_date="2026-11-01"))
    await clinic.services.records.drafts.discard(token.token_id, CERTIFICATE, 1, by=clinic.doctors[0])
    await clinic.next("3")
    second = await certified(clinic, others[0], doctor=1)
    third = await certified(clinic, token, replace(LEAVE, kind="attendance"))

    assert [paper["number"] for paper in (first, second, third)] == ["2026-0001", "2026-0002", "2026-0003"]


async def test_certificates_signed_together_get_numbers_of_their_own(clinic: Clinic) -> None:
    services, doctor = clinic.services, clinic.doctors[0]
    await clinic.on_duty(0, "1")
    tokens = []
    for _ in range(4):
        tokens.append(await clinic.issue())
        await clinic.next("1")
    for token in tokens:
        await services.records.drafts.save(token.token_id, CERTIFICATE, 0, LEAVE, by=doctor)

    signed = await asyncio.gather(
        *(services.records.signing.sign(token.token_id, CERTIFICATE, 1, by=doctor) for token in tokens)
    )

    assert sorted(str(paper["number"]) for paper in signed) == [f"2026-000{count}" for count in range(1, 5)]


async def test_a_corrected_certificate_keeps_its_number(clinic: Clinic, token: IssuedToken) -> None:
    drafts, doctor = clinic.services.records.drafts, clinic.doctors[0]
    first = await certified(clinic, token)
    await drafts.correct(token.token_id, CERTIFICATE, first["record"], by=doctor)

    second = await clinic.services.records.signing.sign(token.token_id, CERTIFICATE, 1, by=doctor)

    assert (second["number"], second["version"]) == (first["number"], 2)


async def test_a_preview_says_what_would_be_signed_and_takes_no_number(clinic: Clinic, token: IssuedToken) -> None:
    doctor, services = clinic.doctors[0], clinic.services
    await services.records.drafts.save(token.token_id, CERTIFICATE, 0, LEAVE, by=doctor)

    shown = [await services.records.signing.preview(token.token_id, 1, by=doctor) for _ in range(2)]

    assert shown[0] == shown[1]
    assert shown[0]["number"] == "2026-0001"
    assert "A. Walker" in shown[0]["text"]
    assert "from 22 November 2026 to 24 November 2026 (number of days: 3)" in shown[0]["text"]
    assert "Diagnosis: fever." in shown[0]["text"]


async def test_every_kind_is_signed_in_every_language(clinic: Clinic, token: IssuedToken) -> None:
    for language in ("en", "hi"):
        for kind in CertificateKind:
            signed = await certified(clinic, token, replace(LEAVE, kind=kind, language=language))

            assert (await content_of(clinic, signed["document"])).startswith(b"%PDF")


async def test_a_certificate_needs_a_name(clinic: Clinic, token: IssuedToken) -> None:
    with pytest.raises(BadInput) as refused:
        await certified(clinic, token, replace(LEAVE, person=TypedPerson()))

    assert refused.value.details["field"] == "person.name"


@pytest.mark.parametrize(("chosen", "spoken"), [("ta", "ta"), ("", "en"), ("tlh", "en")])
async def test_the_paper_is_in_the_language_that_the_doctor_chose(
    clinic: Clinic, token: IssuedToken, chosen: str, spoken: str
) -> None:
    signed = await prescribed(clinic, token, replace(TYPED, language=chosen))

    with Pdf.open(BytesIO(await content_of(clinic, signed["document"]))) as pdf:
        assert str(pdf.Root.Lang) == spoken
