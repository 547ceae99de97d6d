"""A prescription on A5: for the patient in words and pictograms, for the pharmacy in English."""

from __future__ import annotations

from typing import Any

from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.records.records import Line, Prescription
from queue_server.papers.blocks import LINE, SHADE, SOFT, Look, said
from queue_server.papers.grids import Grid, told
from queue_server.papers.heads import (
    both,
    correction,
    day,
    doctor_block,
    patient_blocks,
    signature,
    verify_lines,
    verify_link,
)
from queue_server.papers.phrases import TIMES, is_applied, phrase, total
from queue_server.papers.pictograms import Pictogram
from queue_server.papers.sheets import Sheet
from queue_server.papers.words import Words, unbroken, words, written

_ENGLISH = words("en")
_SMALL = Look(7, colour=SOFT)
_HEADING = Look(7, "Bold", SOFT, "centre", is_fitted=True)
_AMOUNT = Look(13, "Bold", align="centre", is_fitted=True)


def prescription_pdf(signed: Prescription, letterhead: Letterhead, language: str) -> bytes:
    """The prescription in the patient's language and in English, on as many pages of A5 as it needs."""
    spoken = words(language)
    sheet = Sheet(
        size=A5,
        margin=9 * mm,
        letterhead=letterhead,
        title=f"Prescription {signed.id}",
        language=spoken.language,
        beside=doctor_block(signed.attendance.doctor),
        below=patient_blocks(signed.attendance, spoken),
        link=verify_link(signed, letterhead),
        foot=verify_lines(signed, letterhead, spoken),
        made_at=signed.signed_at.astimezone(letterhead.zone),
    )
    story = [*_heading(signed, spoken), _lines(signed, spoken, sheet.width), *_end(signed, spoken, letterhead)]
    return sheet.pdf(story)


def _heading(signed: Prescription, spoken: Words) -> list[Flowable]:
    title = said(both("prescription", spoken), Look(12, "Bold"), "H1")
    blocks: list[Flowable] = [title, *correction(signed, spoken)]
    if signed.diagnosis:
        label = both("diagnosis", spoken)
        blocks += [said(f"{label}: {signed.diagnosis}", Look(8.5, space_before=2))]
    return [*blocks, Spacer(0, 2 * mm)]


def _lines(signed: Prescription, spoken: Words, width: float) -> Grid:
    """A row a medicine, with a column for each time of the day; evening only where it is used."""
    times = [time for time in TIMES if time != "evening" or any(line.dose.evening for line in signed.lines)]
    narrow = 11.5 * mm
    sides = [5 * mm, *[narrow] * len(times), 11 * mm, 15 * mm]
    widths = [sides[0], width - sum(sides), *sides[1:]]
    head = ["", said(both("medicine", spoken), Look(7, "Bold", SOFT)), *(_time(time, spoken) for time in times)]
    head += [_column("days_heading", spoken), _column("total", spoken)]
    rows = [row for number, line in enumerate(signed.lines, start=1) for row in _rows(number, line, times, spoken)]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
    singles = [index for index, line in enumerate(signed.lines) if line.dose.single]
    style += [("SPAN", (2, 2 * index + 1), (len(times) + 1, 2 * index + 1)) for index in singles]
    for first in range(1, len(rows) + 1, 2):
        style += [
            ("SPAN", (1, first + 1), (-1, first + 1)),
            ("NOSPLIT", (0, first), (-1, first + 1)),
            ("TOPPADDING", (0, first + 1), (-1, first + 1), 0),
            ("BOTTOMPADDING", (0, first + 1), (-1, first + 1), 5),
            ("LINEBELOW", (0, first + 1), (-1, first + 1), 0.5, LINE),
        ]
    return Grid(told([head, *rows], 1), colWidths=widths, repeatRows=1, style=style)


def _time(name: str, spoken: Words) -> list[Flowable]:
    return [Pictogram(name), *_column(name, spoken)]


def _column(name: str, spoken: Words) -> list[Flowable]:
    local = [] if spoken is _ENGLISH else [said(spoken[name], _HEADING)]
    return [*local, said(_ENGLISH[name], Look(5.5, colour=SOFT, align="centre", is_fitted=True))]


def _rows(number: int, line: Line, times: list[str], spoken: Words) -> list[list[object]]:
    """What the pharmacy reads at a glance, and below it, as wide as the paper, what the patient reads."""
    medicine = line.medicine
    name = " ".join(part for part in (medicine.generic, unbroken(medicine.strength)) if part)
    local = "" if spoken is _ENGLISH else spoken.form(medicine.form)
    form = [said(local, Look(8, colour=SOFT))] if local else []
    totals = dict.fromkeys((total(line, _ENGLISH), total(line, spoken)))
    above: list[object] = [
        said(f"{number}.", _SMALL),
        [said(f"{name}, {medicine.form}" if medicine.form else name, Look(10, "Bold")), *form],
        *_amounts(line, times),
        said(str(line.days or "–"), Look(11, "Bold", align="centre", is_fitted=True)),
        [said(text or "–", Look(7.5, align="centre", is_fitted=True)) for text in totals],
    ]
    align = "right" if spoken.is_right_to_left else "left"
    words_of = [] if spoken is _ENGLISH else [said(phrase(line, spoken), Look(10, align=align))]
    words_of.append(said(phrase(line, _ENGLISH), Look(7.5, colour=SOFT) if words_of else Look(9.5)))
    if line.note:
        words_of.append(said(line.note, Look(8.5, "Bold", space_before=1)))
    return [above, ["", words_of]]


def _amounts(line: Line, times: list[str]) -> list[object]:
    """A cell for each time; one dose without a time goes over all of them, as doctors write it (`1 SOS`, `2 STAT`)."""
    if line.dose.single:
        when = [word for word, is_so in (("SOS", line.dose.as_needed), ("STAT", line.dose.at_once)) if is_so]
        return [said(" ".join([written(line.dose.single), *when]), _AMOUNT), *[""] * (len(times) - 1)]
    amounts = dict(zip(TIMES, line.dose.parts, strict=True))
    taken = ["•" if is_applied(line) and amounts[time] else written(amounts[time]) for time in times]
    return [said("–" if text == "0" else text, _AMOUNT) for text in taken]


def _end(signed: Prescription, spoken: Words, letterhead: Letterhead) -> list[Flowable]:
    blocks: list[Flowable] = [Spacer(0, 3 * mm)]
    if signed.note:
        label = said(both("advice", spoken), Look(7, "Bold", SOFT))
        blocks += [label, said(signed.note, Look(9)), Spacer(0, 2 * mm)]
    if signed.valid_until:
        blocks.append(said(f"{both('valid_until', spoken)}: {day(signed.valid_until)}", Look(8)))
    signed_at = signed.signed_at.astimezone(letterhead.zone)
    return [*blocks, CondPageBreak(22 * mm), signature(signed.attendance.doctor, signed_at)]
