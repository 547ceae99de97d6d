"""What prescriptions and certificates have in common: doctor, patient, signature, and the line that verifies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.people.patients import Sex
from queue_server.domain.records.records import Attendance, Certificate, Prescription, Signer
from queue_server.domain.records.verification import content_hash
from queue_server.papers.blocks import INK, LINE, SOFT, Look, said
from queue_server.papers.grids import Grid
from queue_server.papers.tags import marked
from queue_server.papers.words import Words, words

_ENGLISH = words("en")


def verify_link(signed: Prescription | Certificate, letterhead: Letterhead) -> str:
    """Where anybody who holds the paper verifies it; no personal data."""
    return f"{letterhead.verify_at}/{signed.key}?h={content_hash(signed)}"


def verify_lines(signed: Prescription | Certificate, letterhead: Letterhead, spoken: Words) -> list[str]:
    """What stands beside the code."""
    version = f"Version {signed.version}" + (", replaces the earlier version" if signed.replaces is not None else "")
    digits = content_hash(signed)
    return [
        *([spoken["scan"]] if spoken is not _ENGLISH else []),
        _ENGLISH["scan"],
        f"{letterhead.verify_at}/{signed.key}",
        f"{version} · SHA-256 {digits[:8]} {digits[8:16]} {digits[16:24]} …",
    ]


def correction(signed: Prescription | Certificate, spoken: Words) -> list[Flowable]:
    """Says first of all that an earlier version is not to be used; nothing on a first version."""
    if signed.version == 1:
        return []
    align = "right" if spoken.is_right_to_left else "left"
    local = [] if spoken is _ENGLISH else [said(spoken["corrected"] % signed.version, Look(9, "Bold", align=align))]
    return [*local, said(_ENGLISH["corrected"] % signed.version, Look(9, "Bold")), Spacer(0, 1.5 * mm)]


def doctor_block(doctor: Signer, scale: float = 1) -> list[Flowable]:
    """Name, qualification, registration number."""
    right = Look(7.5 * scale, colour=SOFT, align="right")
    registration = f"Reg. No. {doctor.registration}" if doctor.registration else ""
    return [
        said(doctor.name, Look(10 * scale, "Bold", align="right")),
        *(said(line, right) for line in (doctor.qualification, registration) if line),
    ]


def patient_blocks(seen: Attendance, spoken: Words, scale: float = 1) -> list[Flowable]:
    """Who it is for: on every page, so that a single one cannot be taken for another patient's."""
    person = seen.patient
    sexes = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other"}
    about = [spoken["age"] % person.age] if person.age is not None else []
    about += [spoken[sexes[person.sex]]] if person.sex in sexes else []
    cells = [
        (both("patient", spoken), person.name or "–"),
        ("", " · ".join(about)),
        (both("token", spoken), f"{seen.token} · {seen.department}" if seen.department else seen.token),
        (both("date", spoken), day(seen.seen_on)),
    ]
    row = [
        [said(label, Look(6.5 * scale, colour=SOFT)), said(text, Look(9 * scale, "Bold"))]
        if label
        else [said("\u00a0", Look(6.5 * scale)), said(text, Look(9 * scale))]
        for label, text in cells
    ]
    widths = ["31%", "24%", "26%", "19%"]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
    ]
    return [Grid([row], colWidths=widths, style=style)]


def both(name: str, spoken: Words) -> str:
    """The label in English and in the patient's language."""
    return _ENGLISH[name] if spoken is _ENGLISH else f"{_ENGLISH[name]} · {spoken[name]}"


def day(on: date) -> str:
    """`23 Nov 2026`: the same in every language, so that nobody mistakes the month."""
    return format_date(on, "d MMM y", locale="en")


def signature(doctor: Signer, signed_at: datetime, scale: float = 1) -> KeepTogether:
    """Room for a hand and a stamp, and who signed when."""
    at = format_date(signed_at, "d MMM y", locale="en") + signed_at.strftime(", %H:%M %Z")
    look = Look(7 * scale, colour=SOFT, align="right")
    lines: list[Flowable] = [Spacer(0, 11 * mm * scale), _Rule(55 * mm * scale)]
    lines += [said(doctor.name, Look(8.5 * scale, "Bold", align="right"))]
    registration = f"Reg. No. {doctor.registration}" if doctor.registration else ""
    known = " · ".join(part for part in (doctor.qualification, registration) if part)
    lines += [*([said(known, look)] if known else []), said(f"Signed in Smart Queue on {at}", look)]
    return KeepTogether(lines)


class _Rule(Flowable):
    """The line that is signed on, at the right."""

    def __init__(self, length: float) -> None:
        super().__init__()
        self.length = length

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """A hair high."""
        self._width = available
        return available, 2

    def draw(self) -> None:
        """From the right edge."""
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(0.6)
        with marked(self.canv, None):
            self.canv.line(self._width - self.length, 1, self._width, 1)
