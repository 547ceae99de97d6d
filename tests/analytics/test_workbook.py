"""A report's tables as an Excel file, read as the format says (ECMA-376: a ZIP of XML)."""

from __future__ import annotations

import io
import zipfile
from xml.etree.ElementTree import Element, fromstring

from queue_server.analytics.report import Section
from queue_server.analytics.workbook import as_xlsx

NAMES = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def part(content: bytes, name: str) -> Element:
    """One file of the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return fromstring(archive.read(f"xl/{name}.xml"))  # noqa: S314  (it is our own)


def test_numbers_are_numbers_and_a_text_is_never_a_formula_or_a_link() -> None:
    rows = [("=1+1", "12"), ("+SUM(A1)", "−3.5"), ("https://evil.example", "35 min"), ("आशा", "–")]

    made = as_xlsx([Section("doctors", "Doctors", "", ("Doctor", "Patients"), rows)])

    sheet = part(made, "worksheets/sheet1")
    texts = ["".join(one.itertext()) for one in part(made, "sharedStrings").findall("x:si", NAMES)]
    assert {"=1+1", "+SUM(A1)", "https://evil.example", "आशा", "35 min"} <= set(texts)
    assert sheet.findall(".//x:f", NAMES) == sheet.findall(".//x:hyperlink", NAMES) == []
    numbers = [
        cell.findtext("x:v", namespaces=NAMES) for cell in sheet.findall(".//x:c", NAMES) if cell.get("t") is None
    ]
    assert numbers == ["12", "-3.5"]


def test_a_day_is_a_day_and_what_only_looks_like_one_is_a_text() -> None:
    rows = [("2026-12-01",), ("1900-01-01",), ("2026-13-45",), ("1899-12-31",)]

    made = as_xlsx([Section("visits", "Visits", "", ("Day",), rows)])

    cells = part(made, "worksheets/sheet1").findall(".//x:c", NAMES)[1:]
    formats = part(made, "styles").findall("x:cellXfs/x:xf", NAMES)
    shown = {one.get("numFmtId"): one.get("formatCode") for one in part(made, "styles").findall(".//x:numFmt", NAMES)}
    assert [cell.findtext("x:v", namespaces=NAMES) for cell in cells[:2]] == ["46357", "1"]
    assert {shown[formats[int(cell.get("s", "0"))].get("numFmtId")] for cell in cells[:2]} == {"yyyy-mm-dd"}
    assert [cell.get("t") for cell in cells] == [None, None, "s", "s"]


def test_each_table_is_a_sheet_whose_name_excel_takes() -> None:
    titles = ["Waits: by hour [median]", "Waits: by hour [median]", "A title that is far longer than Excel allows"]

    made = as_xlsx(Section("x", title, "", ("Hour",), []) for title in titles)

    names = [sheet.get("name") or "" for sheet in part(made, "workbook").findall(".//x:sheet", NAMES)]
    assert (names[0], names[1]) == ("Waits  by hour  median", "Waits  by hour  median (2)")
    assert len(set(names)) == 3
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
