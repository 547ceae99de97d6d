"""Papers of nobody, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.people.patients import Sex
from queue_server.domain.records.records import (
    Attendance,
    Bearer,
    Certificate,
    CertificateKind,
    Dose,
    Food,
    Line,
    Medicine,
    Prescription,
    Signer,
)

NOW = datetime(2026, 11, 22, 5, 12, tzinfo=UTC)
ONE, HALF = Fraction(1), Fraction(1, 2)

LETTERHEAD = Letterhead(
    "Sunrise Clinic", ("12 Station Road", "Phone 01234 567890 · Clinic reg. 4711"), None, "https://queue.example/verify"
)

DOCTOR = Signer("Dr. A. Example", "MBBS, MD (Medicine)", "DMC 12345")

NONE = Fraction(0)

LINES = (
    Line(Medicine("Paracetamol", "tablet", "500 mg"), Dose(ONE, NONE, NONE, ONE), Food.AFTER, 5, Fraction(10)),
    Line(
        Medicine("Amoxicillin + clavulanic acid", "tablet", "625 mg"),
        Dose(ONE, ONE, NONE, ONE),
        Food.AFTER,
        7,
        Fraction(21),
        "Finish the whole course.",
    ),
    Line(Medicine("Amlodipine", "tablet", "5 mg"), Dose(HALF), Food.ANY, 30, Fraction(15)),
)

NAMES = {
    "en": "Test Patient",
    "hi": "परीक्षा कुमारी",
    "bn": "পরীক্ষা কুমারী",
    "ta": "சோதனை நோயாளி",
    "te": "పరీక్ష రోగి",
    "mr": "चाचणी रुग्ण",
    "gu": "પરીક્ષા દર્દી",
    "kn": "ಪರೀಕ್ಷೆ ರೋಗಿ",
    "ur": "آزمائشی مریض",
}


def a_prescription(language: str = "en", lines: tuple[Line, ...] = LINES, **more: object) -> Prescription:
    """A signed prescription of three medicines."""
    seen = Attendance("G-012", "General", date(2026, 11, 22), DOCTOR, Bearer(NAMES[language], 34, Sex.FEMALE))
    given: dict[str, object] = {
        "key": "Zm9vYmFyMTIzNDU2Nzg5MA",
        "diagnosis": "Acute bronchitis",
        "note": "Drink plenty of water. Come back after 5 days if the fever stays.",
    }
    return Prescription(7, 1, seen, lines, NOW, **(given | more))  # type: ignore[arg-type]


def a_certificate(language: str = "en", **more: object) -> Certificate:
    """A signed sick-leave certificate."""
    seen = Attendance("G-012", "General", date(2026, 11, 22), DOCTOR, Bearer(NAMES[language], 34, Sex.FEMALE))
    text = (
        f"This is to certify that {NAMES[language]}, aged 34, was examined by me on 22 November 2026 and is suffering "
        "from acute bronchitis.\n\nRest is advised for 5 days from 22 November 2026 to 26 November 2026, after which "
        "she may return to work."
    )
    given: dict[str, object] = {
        "title": "Medical certificate",
        "text": text,
        "key": "Y2VydGlmaWNhdGUxMjM0NQ",
        "from_date": date(2026, 11, 22),
        "to_date": date(2026, 11, 26),
    }
    kind = CertificateKind.SICK_LEAVE
    return Certificate(3, 1, kind, "2026-0017", attendance=seen, signed_at=NOW, **(given | more))  # type: ignore[arg-type]
