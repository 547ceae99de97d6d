"""Prescriptions and certificates as files, and as they come out of a printer."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from queue_server import papers
from queue_server.domain.records.records import Dose, Medicine
from queue_server.domain.records.verification import content_hash
from queue_server.papers.certificates import certificate_pdf
from queue_server.papers.prescriptions import prescription_pdf
from queue_server.papers.words import LANGUAGES
from tests.papers.examples import LETTERHEAD, LINES, a_certificate, a_prescription
from tests.papers.pictures import codes, ink, pages, texts

ROOT = Path(__file__).resolve().parents[2]


def a_logo() -> bytes:
    written = BytesIO()
    Image.linear_gradient("L").resize((320, 160)).convert("RGB").save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_medicines_make_one_small_page_in_every_language(language: str) -> None:
    pdf = prescription_pdf(a_prescription(language), replace(LETTERHEAD, logo=a_logo()), language)

    assert len(pages(pdf)) == 1
    assert len(pdf) <= 60_000


@pytest.mark.parametrize("signed", [a_prescription("hi"), a_certificate("hi")], ids=["prescription", "certificate"])
async def test_the_code_leads_to_the_verification_of_what_was_signed(signed: object) -> None:
    make: Any = papers.certificate if signed == a_certificate("hi") else papers.prescription
    pdf = await make(signed, LETTERHEAD, "hi")

    assert codes(pdf) == [[f"https://queue.example/verify/{signed.key}?h={content_hash(signed)}"]]  # type: ignore


def test_a_long_prescription_repeats_patient_doctor_and_code_on_every_page() -> None:
    pdf = prescription_pdf(a_prescription(lines=LINES * 6), LETTERHEAD, "en")

    assert len(texts(pdf)) == 3
    for number, text in enumerate(texts(pdf), start=1):
        for words in ("Test Patient", "Dr. A. Example", "DMC 12345", "G-012", "22 Nov 2026", f"Page {number} of 3"):
            assert words in text
    assert [len(found) for found in codes(pdf)] == [1, 1, 1]


def test_a_medicine_never_stands_on_another_page_than_its_dose() -> None:
    pdf = prescription_pdf(a_prescription(lines=LINES * 6), LETTERHEAD, "en")

    for text in texts(pdf):
        assert text.count("Paracetamol") == text.count("for 5 days")
        assert text.count("clavulanic") == text.count("for 7 days") == text.count("Finish the whole course.")


def test_the_pharmacy_reads_everything_in_english() -> None:
    (text,) = texts(prescription_pdf(a_prescription("ta"), LETTERHEAD, "ta"))

    for words in ("Paracetamol 500 mg, tablet", "10 tablets", "Finish the whole course.", "Reg. No. DMC 12345"):
        assert words in text
    assert "Morning 1 tablet, Night 1 tablet · after food · for 5 days" in text.replace("\u00a0", " ")


def test_a_correction_says_that_it_replaces() -> None:
    corrected = replace(a_prescription(), version=2, replaces=7)

    (text,) = texts(prescription_pdf(corrected, LETTERHEAD, "en"))

    assert "Version 2, replaces the earlier version" in text
    assert "Corrected (version 2). Do not use the earlier one." in text


def test_one_dose_without_a_time_is_written_as_doctors_do() -> None:
    needed = replace(LINES[0], dose=Dose(single=Fraction(2), as_needed=True), days=None, quantity=None)

    (text,) = texts(prescription_pdf(a_prescription(lines=(needed,)), LETTERHEAD, "en"))

    assert "2 SOS" in text
    assert "2 tablets · only when needed" in text.replace("\u00a0", " ")


def test_times_are_the_clinics() -> None:
    (text,) = texts(prescription_pdf(a_prescription(), replace(LETTERHEAD, zone=ZoneInfo("Asia/Kolkata")), "en"))

    assert "22 Nov 2026, 10:42 IST" in text


def test_the_same_paper_is_the_same_file_whatever_was_made_before() -> None:
    languages = ("hi", "ta", "ur")
    code = (
        "import hashlib, sys; from queue_server.papers.prescriptions import prescription_pdf as make; "
        "from tests.papers.examples import LETTERHEAD, a_prescription as signed; "
        "[print(hashlib.sha256(make(signed(one), LETTERHEAD, one)).hexdigest()) for one in sys.argv[1:]]"
    )
    fresh = subprocess.run(
        [sys.executable, "-c", code, *languages], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for other in reversed(LANGUAGES):
        prescription_pdf(a_prescription(other, diagnosis="কফ ક્ષય काली खाँसी"), LETTERHEAD, other)

    again = [prescription_pdf(a_prescription(language), LETTERHEAD, language) for language in languages]

    assert [hashlib.sha256(pdf).hexdigest() for pdf in again] == fresh.stdout.split()


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=80), st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_whatever_a_doctor_types_becomes_a_paper(name: str, note: str, language: str) -> None:
    line = replace(LINES[0], medicine=Medicine(name, note[:40], name[:40]), note=note)
    signed = a_prescription(language, lines=(line,), diagnosis=note, note=name)

    assert prescription_pdf(signed, replace(LETTERHEAD, name=name, lines=(note,)), language).startswith(b"%PDF")


def test_markup_in_a_name_is_only_letters() -> None:
    name = '<b>A</b> & <font name="x">B</font> <br/>'
    signed = a_prescription(lines=(replace(LINES[0], note=name),))

    (text,) = texts(prescription_pdf(signed, LETTERHEAD, "en"))

    assert name in text.replace("\u00a0", " ").replace("\r\n", " ")


@pytest.mark.parametrize("word", ["W" * 200, "ക" * 80, "स्त्री" * 40, "மருந்து" * 30, "ڈاکٹر" * 40])
def test_a_word_without_end_stays_between_the_margins(word: str) -> None:
    line = replace(LINES[0], medicine=Medicine(word[:80], "tablet", "500 mg"), note=word)

    for page in pages(prescription_pdf(a_prescription(lines=(line,), note=word), LETTERHEAD, "en"), scale=1):
        left, _, right, _ = ink(page)
        assert left >= 17
        assert right <= page.width - 24


async def test_the_loop_goes_on_while_a_paper_is_made() -> None:
    beats = 0
    making = asyncio.create_task(papers.prescription(a_prescription("hi"), LETTERHEAD, "hi"))
    while not making.done():
        beats += 1
        await asyncio.sleep(0)

    assert (await making).startswith(b"%PDF")
    assert beats > 5


def test_a_certificate_flows_to_more_pages() -> None:
    pdf = certificate_pdf(
        a_certificate(text="\n\n".join(["A paragraph of the clinic's own wording. " * 8] * 20)), LETTERHEAD, "en"
    )

    assert len(texts(pdf)) > 1
    assert all("Test Patient" in text for text in texts(pdf))
    assert "Signed in Smart Queue" in texts(pdf)[-1]
