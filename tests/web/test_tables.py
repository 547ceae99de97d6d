"""The lists of pages can be taken away, for Excel too, by whoever may see the page."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.people.staff import Role
from queue_server.services.people.staff_accounts import StaffForm
from queue_server.services.programs.webhooks import Subscription
from queue_server.services.queue.issuing import IssueRequest
from queue_server.services.screens import desk
from tests.clinics import KIOSK
from tests.running import Running, a_running_clinic

pytestmark = pytest.mark.usefixtures("quick_hashes")

LISTS = {
    "/admin/tables/staff": ("/admin/staff", ["Name", "Login", "Role", "On papers", "Last seen", "State"]),
    "/admin/tables/rooms": ("/admin/rooms", ["Short code", "Name", "Department"]),
    "/admin/tables/departments": (
        "/admin/departments",
        ["Short code", "Name", "Prefix", "Rooms", "Waiting", "Opening hours"],
    ),
    "/admin/tables/medicines": ("/admin/medicines", ["Medicine", "Form", "Strength"]),
    "/admin/tables/displays": (
        "/admin/displays",
        ["Name", "Departments", "Layout", "Readable up to", "Volume", "Devices"],
    ),
    "/admin/tables/devices": ("/admin/devices", ["Type", "Name", "Location", "Last seen", "Printer, sound"]),
    "/admin/tables/roles": ("/admin/roles", ["Name", "Rights", "Departments", "Accounts"]),
    "/admin/tables/roster": ("/admin/roster", ["Weekday", "From", "Until", "Doctor", "Room"]),
    "/admin/tables/holidays": ("/admin/holidays", ["Day", "Name", "Department"]),
    "/admin/tables/programs": ("/admin/programs", ["Name", "Permissions", "Created", "Last used"]),
    "/admin/tables/webhooks": ("/admin/programs", ["Server", "Program", "Events", "State", "Why"]),
    "/desk/day": ("/desk/end-of-day", ["Number", "Department", "State", "Priority", "Room", "At"]),
}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, looked at by `boss`, with a doctor whose name is a formula."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        await served.services.people.staffing.add("meera", "doctor", StaffForm("=SUM(A1)", "MBBS", "42"), by=SYSTEM)
        await served.services.records.medicines.extend(b"generic,form,strength\nZinc,syrup,10 mg\n", by=SYSTEM)
        await _set_up(served)
        form = {"login": "boss", "password": "correct horse", "next": "/admin"}
        assert (await served.anonymous.post("/login", data=form)).status_code == 303
        yield served


async def _set_up(running: Running) -> None:
    """Something in every list."""
    known = running.services
    role = {"name": "Nurse", "base": "desk", "rights": ["run_desk"], "departments": ["GEN"]}
    await known.people.roles.add(role, by=SYSTEM)
    shift = {"doctor": "first", "room": "1", "weekday": "mon", "begins": "9", "ends": "13"}
    await known.clinic.roster.add_shift(shift, by=SYSTEM)
    await known.clinic.roster.add_holiday({"day": "2026-12-25", "name": "Christmas"}, by=SYSTEM)
    [program, *_] = await known.programs.keys.all()
    await known.programs.webhooks.add(program.id, Subscription("https://example.org/hook", ["token.called"]), by=SYSTEM)


async def _lines(running: Running, path: str) -> list[list[str]]:
    answer = await running.anonymous.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def _cells(book: bytes) -> set[str]:
    """What stands in the cells: texts, and numbers as they are written in the file."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        texts = fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314  (it is our own)
        sheet = fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    numbers = (cell.findtext("{*}v") or "" for cell in sheet.findall(".//{*}c") if cell.get("t") is None)
    return {"".join(one.itertext()) for one in texts} | set(numbers)


def _in_excel(cell: str) -> str:
    """What the CSV's cell is there: a day is the number of days since the eve of 1900."""
    try:
        return str((date.fromisoformat(cell) - date(1899, 12, 30)).days)
    except ValueError:
        return cell.removeprefix("'")


async def test_every_list_is_offered_and_the_same_in_both_files_without_a_formula(running: Running) -> None:
    await running.services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)

    for path, (page, headings) in LISTS.items():
        shown = await running.anonymous.get(page, headers={"Accept": "text/html"})
        assert f'href="{path}"' in shown.text
        assert f'href="{path}?as=xlsx"' in shown.text
        first, *rows = await _lines(running, path)
        assert first == headings
        assert rows
        book = await running.anonymous.get(f"{path}?as=xlsx")
        assert ".xlsx" in book.headers["content-disposition"]
        assert {*first, *map(_in_excel, rows[0])} - {""} <= _cells(book.content)
    assert ["Monday", "09:00", "13:00", "Doctor first", "Room 1"] in await _lines(running, "/admin/tables/roster")
    assert ["Printer", "Printer", "entrance", "Never", "Printer does not answer"] in await _lines(
        running, "/admin/tables/devices"
    )
    assert "'=SUM(A1)" in {row[0] for row in await _lines(running, "/admin/tables/staff")}
    assert "=SUM(A1)" in _cells((await running.anonymous.get("/admin/tables/staff?as=xlsx")).content)


async def test_the_days_list_has_more_than_the_page_shows(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SHOWN", 1)
    for _ in range(3):
        await running.services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)
    await running.services.screens.desk.end_day(None, 3, by=SYSTEM)
    await running.services.queue.issuing.issue(IssueRequest("LAB"), by=KIOSK)

    states = [row[2] for row in (await _lines(running, "/desk/day"))[1:]]

    assert states == ["Waiting", "Expired", "Expired", "Expired"]
