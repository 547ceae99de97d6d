"""Where everything on a print of medicines goes: whose it is, then each medicine with signs and words."""

from kiosk.printing.layout import NARROW, WIDE, Column, Layout, Sizes
from kiosk.printing.medicines import MedicineLine, MedicineSlip
from kiosk.printing.paper import Paper
from kiosk.printing.signs import sign


def lay_out_medicines(medicines: MedicineSlip, on: Paper) -> Layout:
    """The print laid out on the paper; every item lies within it and none overlaps another, whatever the texts."""
    sizes = NARROW if on.is_narrow else WIDE
    column = Column(on.dots, sizes, medicines.language)
    column.heading("title", medicines.title, sizes.ahead)
    column.heading("number", medicines.number, sizes.department)
    if medicines.patient:
        column.paragraph("patient", medicines.patient, sizes.body, bold=True)
    column.paragraph("clinic", medicines.clinic, sizes.small)
    column.paragraph("issued_at", medicines.issued_at, sizes.small)
    for line in medicines.lines:
        column.rule()
        _medicine(line, column, sizes)
    column.rule()
    if medicines.advice:
        column.paragraph("advice", medicines.advice, sizes.body)
        column.skip()
    column.paragraph("doctor", medicines.doctor, sizes.small, bold=True)
    if medicines.url:
        column.code(medicines.url)
        if medicines.url_text:
            column.paragraph("url", medicines.url_text, sizes.small)
    column.skip()
    column.paragraph("end", medicines.end_text, sizes.small)
    return column.finished()


def _medicine(line: MedicineLine, column: Column, sizes: Sizes) -> None:
    column.heading("medicine", line.name, sizes.copy)
    if line.signs:
        column.skip()
        column.cells("amount", [(sign(time, sizes.ahead * 3 // 2), amount) for time, amount in line.signs], sizes.copy)
    column.paragraph("words", line.words, sizes.body, bold=True)
    if line.note:
        column.paragraph("note", line.note, sizes.body)
    for role, text in (("english", line.english), ("total", line.total)):
        if text:
            column.paragraph(role, text, sizes.small)
