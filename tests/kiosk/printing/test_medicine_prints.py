"""A patient's medicines on thermal paper: words, signs, and what is refused."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import ImageOps

from kiosk.agent.jobs import settle
from kiosk.agent.ledger import Ledger
from kiosk.agent.protocol import Job
from kiosk.printing import BadSlip, MedicineSlip, Paper, PrintState, paper
from kiosk.printing.document import medicines_document, medicines_picture
from kiosk.printing.layout import Line, Picture
from kiosk.printing.medicine_layout import lay_out_medicines
from kiosk.printing.medicines import TIMES
from kiosk.printing.rendering import render
from kiosk.printing.signs import sign
from tests.kiosk.fake_printer import a_printer
from tests.kiosk.printing.test_slip_layout import PAPERS, ink, stays_on_paper

URL = "http://192.168.1.20:8000/verify/mF3x9QvT2LkWq8ZrB5nYcA?h=" + "a1" * 32
LINE: dict[str, Any] = {
    "name": "1. Paracetamol 500 mg, tablet",
    "words": "सुबह\u00a01\u00a0गोली, रात\u00a01\u00a0गोली\u00a0· खाने\u00a0के\u00a0बाद\u00a0· 5\u00a0दिन",
    "signs": [["morning", "1"], ["noon", "–"], ["evening", "½"], ["night", "1"]],
    "english": "Morning 1 tablet, Night 1 tablet · after food · for 5 days",
    "note": "Not on an empty stomach, and never more than four in one day",
    "total": "Total: 10 tablets",
}
MEDICINES: dict[str, Any] = {
    "kind": "medicines",
    "number": "G-012",
    "language": "hi",
    "clinic": "सिटी हेल्थ क्लिनिक",
    "title": "आपकी दवाएँ",
    "issued_at": "22 नवंबर 2026, 10:42",
    "patient": "Asha Devi · 34 साल",
    "doctor": "Dr. Meera Rao · MBBS, MD (Paediatrics) · Reg. No. KMC 12345",
    "advice": "Drink much water. Come again on Monday.",
    "url": URL,
    "url_text": "पर्चा असली है या नहीं, जाँचने के लिए स्कैन करें।",
    "end_text": "यह नक़ल है।",
    "lines": [LINE, LINE | {"name": "2. Betamethasone valerate and neomycin 0.1 %, cream", "signs": []}],
}

papers = pytest.mark.parametrize("on", PAPERS, ids=lambda on: str(on.dots))


@papers
@pytest.mark.parametrize("lines", [MEDICINES["lines"], [LINE] * 20], ids=["two", "twenty"])
def test_everything_is_on_the_paper_and_nothing_touches(on: Paper, lines: list[object]) -> None:
    layout = lay_out_medicines(MedicineSlip.from_json(MEDICINES | {"lines": lines}), on)
    boxes = [ink(item) for item in layout.items]

    near = [(a, b) for (i, a), (j, b) in combinations(enumerate(boxes), 2) if j - i < 12]
    touching = [(a, b) for a, b in near if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]

    assert touching == []
    assert stays_on_paper(layout)


@papers
def test_the_printed_picture_holds_each_sign_above_its_amount_and_the_code(on: Paper) -> None:
    medicines = MedicineSlip.from_json(MEDICINES)
    layout = lay_out_medicines(medicines, on)

    printed = render(medicines_document(medicines, on), on.dots)

    picture = medicines_picture(medicines, on)
    assert printed.picture.crop((0, 0, picture.width, picture.height)).tobytes() == picture.tobytes()
    assert (printed.text, printed.cuts) == ("G-012\n", (printed.picture.height,))
    signs = [item for item in layout.items if isinstance(item, Picture)]
    amounts = [item for item in layout.items if isinstance(item, Line) and item.role == "amount"]
    assert [item.text for item in amounts] == ["1", "–", "½", "1"]
    for time, shown, amount in zip(TIMES, signs, amounts, strict=True):
        box = (shown.x, shown.y, shown.x + shown.dots.width, shown.y + shown.dots.height)
        assert printed.picture.crop(box).tobytes() == sign(time, shown.dots.width).tobytes()
        assert shown.x < amount.x + amount.typeface.width(amount.text) // 2 < shown.x + shown.dots.width
    (code,) = zxingcpp.read_barcodes(ImageOps.expand(printed.picture.convert("L"), 20, 255))
    assert code.text == URL


def test_a_dose_is_not_torn_from_its_time_of_the_day() -> None:
    for on in PAPERS:
        layout = lay_out_medicines(MedicineSlip.from_json(MEDICINES), on)
        said = [item.text for item in layout.items if isinstance(item, Line) and item.role == "words"]
        assert any("सुबह\u00a01\u00a0गोली," in line for line in said)


def test_the_four_signs_differ_and_none_is_empty() -> None:
    drawn = {time: sign(time, 48).tobytes() for time in TIMES}

    assert len(set(drawn.values())) == 4
    assert all(sign(time, 48).convert("L").getextrema() == (0, 255) for time in TIMES)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "G 12"}, "number"),
        ({"language": 5}, "language"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"lines": []}, "lines"),
        ({"lines": [LINE] * 21}, "lines"),
        ({"lines": ["Paracetamol"]}, "lines.0"),
        ({"lines": [LINE | {"signs": [["midnight", "1"]]}]}, "lines.0.signs"),
        ({"lines": [LINE | {"signs": [["noon", "1" * 9]]}]}, "lines.0.signs"),
        ({"lines": [LINE | {"words": "one\ntwo"}]}, "lines.0.words"),
        ({"doctor": None}, "doctor"),
    ],
)
def test_what_is_no_list_of_medicines_is_refused_with_the_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(BadSlip) as refused:
        MedicineSlip.from_json(MEDICINES | wrong)

    assert refused.value.field == field


def test_a_print_agent_sends_medicines_to_a_printer_on_the_network(tmp_path: Path) -> None:
    with a_printer() as printer:
        ledger, job = Ledger(tmp_path / "ledger"), Job("7", MEDICINES)
        outcome = settle(job, ledger, printer.transport(), paper(58))

        assert outcome.state is PrintState.PRINTED
        (document,) = printer.printed
    shown = render(document, 384).picture
    drawn = medicines_picture(MedicineSlip.from_json(MEDICINES), paper(58))
    assert shown.crop((0, 0, drawn.width, drawn.height)).tobytes() == drawn.tobytes()
    assert (
        settle(Job("8", MEDICINES | {"lines": []}), ledger, printer.transport(), paper(58)).state is PrintState.FAILED
    )
