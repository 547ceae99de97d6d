"""A certificate on A4: the clinic's own wording, numbered, signed and verifiable."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.records.records import Certificate
from queue_server.papers.blocks import SOFT, Look, said
from queue_server.papers.heads import (
    correction,
    day,
    doctor_block,
    patient_blocks,
    signature,
    verify_lines,
    verify_link,
)
from queue_server.papers.sheets import Sheet
from queue_server.papers.words import words

_SCALE = 1.25
_BODY = 11.5


def certificate_pdf(signed: Certificate, letterhead: Letterhead, language: str) -> bytes:
    """The certificate in its language on as many pages of A4 as it needs; labels stand in English as well."""
    spoken = words(language)
    seen = signed.attendance
    signed_at = signed.signed_at.astimezone(letterhead.zone)
    sheet = Sheet(
        size=A4,
        margin=20 * mm,
        letterhead=letterhead,
        title=f"{signed.title} {signed.number}",
        language=spoken.language,
        scale=_SCALE,
        beside=doctor_block(seen.doctor, _SCALE),
        below=patient_blocks(seen, spoken, _SCALE),
        link=verify_link(signed, letterhead),
        foot=verify_lines(signed, letterhead, spoken),
        made_at=signed_at,
    )
    align = "right" if spoken.is_right_to_left else "left"
    story: list[Flowable] = [
        Spacer(0, 9 * mm),
        *correction(signed, spoken),
        said(signed.title, Look(18, "Bold", align="centre"), "H1"),
        said(f"No. {signed.number} · {day(signed_at.date())}", Look(9, colour=SOFT, align="centre")),
        Spacer(0, 8 * mm),
    ]
    for paragraph in filter(None, (part.strip() for part in signed.text.split("\n\n"))):
        story += [said(paragraph, Look(_BODY, align=align)), Spacer(0, 3.5 * mm)]
    return sheet.pdf([*story, Spacer(0, 8 * mm), CondPageBreak(30 * mm), signature(seen.doctor, signed_at, _SCALE)])
