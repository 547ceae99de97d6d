#!/usr/bin/env bash
# A list of appointments and dates of birth from XlsxWriter, opened by two JavaScript libraries on a computer in India.
#
# Excel's days are numbers without a zone.
# Guessed: a day is the same day and ten o'clock is ten o'clock, wherever the reader stands.
# Seen (xlsx 0.18.5, SheetJS' newest on npm, with `cellDates: true`): in the zone of India all is ten seconds early,
# since the zone's old local time of 5:21:10 is reckoned in: 1 May 1944 is 30 April, 23:59:50, and an appointment of
# 30 November is on the 29th for whatever prints the date; in UTC the days are right, so a test there finds nothing.
# exceljs 4.4.0 has the clock's reading in UTC, in both zones. openpyxl 3.1.5 is right.
# So read the cell's text or number (`raw`, `cellText`), not its Date.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5
cd "$folder"
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0 >/dev/null
venv/bin/python - <<'PYTHON'
from datetime import datetime
from importlib.metadata import version

import openpyxl
import xlsxwriter

print("xlsxwriter", version("xlsxwriter"), "openpyxl", version("openpyxl"))
DAYS = [datetime(2026, 11, 30), datetime(1944, 5, 1)]
with xlsxwriter.Workbook("list.xlsx") as book:
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for row, moment in enumerate(DAYS):
        sheet.write_datetime(row, 0, moment, day)
assert [cell.value for cell in openpyxl.load_workbook("list.xlsx").active["A"]] == DAYS
PYTHON
cat >read.cjs <<'JAVASCRIPT'
const assert = require("assert");
const XLSX = require("xlsx");
const ExcelJS = require("exceljs");
const INDIA = process.env.TZ === "Asia/Kolkata";
const sheet = XLSX.readFile("list.xlsx", { cellDates: true }).Sheets.Sheet1;
const days = ["A1", "A2"].map((cell) => sheet[cell].v.toLocaleString("sv"));
console.log("xlsx", XLSX.version, process.env.TZ, days, ["A1", "A2"].map((cell) => sheet[cell].w));
assert.deepStrictEqual(
  days,
  INDIA ? ["2026-11-29 23:59:50", "1944-04-30 23:59:50"] : ["2026-11-30 00:00:00", "1944-05-01 00:00:00"],
);
assert.deepStrictEqual(["A1", "A2"].map((cell) => sheet[cell].w), ["2026-11-30", "1944-05-01"]);
const book = new ExcelJS.Workbook();
book.xlsx.readFile("list.xlsx").then(() => {
  const [first] = book.worksheets;
  const read = [1, 2].map((row) => first.getCell(row, 1).value.toISOString());
  console.log("exceljs", read);
  assert.deepStrictEqual(read, ["2026-11-30T00:00:00.000Z", "1944-05-01T00:00:00.000Z"]);
});
JAVASCRIPT
TZ=UTC node read.cjs
TZ=Asia/Kolkata node read.cjs
