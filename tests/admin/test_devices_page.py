"""The administrator's page of devices."""

from __future__ import annotations

import asyncio
import json
import re

import httpx2
import pytest

from kiosk.printing import Slip, paper
from kiosk.printing.layout import lay_out
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.devices.print_jobs import PrintState
from tests.running import Running

PAGE = {"Accept": "text/html"}


async def test_the_page_lists_what_is_enrolled(running: Running, boss: httpx2.AsyncClient) -> None:
    page = await boss.get("/admin/devices")

    assert page.status_code == 200
    assert re.findall(r'data-device="(\d+)"', page.text) == ["3", "2", "1"]
    assert page.text.count("Never") == 3
    assert "Printer does not answer" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_a_device_that_was_heard_of_has_its_time(running: Running, boss: httpx2.AsyncClient) -> None:
    async with running.socket("/ws/kiosk", "kiosk") as line:
        await line.recv()

    page = await boss.get("/admin/devices")

    assert "22 Nov, 10:00" in page.text


async def test_a_code_enrols_one_device(running: Running, boss: httpx2.AsyncClient) -> None:
    form = {"kind": "display", "name": "Upstairs", "place": "main"}
    page = await boss.post("/admin/devices/codes", data=form)
    found = re.search(r'id="code">([A-Z0-9]{4}-[A-Z0-9]{4})<', page.text)
    assert found

    assert f"On the display, open {running.url}/display/main" in page.text
    answers = [await running.anonymous.post("/api/v1/devices/enrol", json={"code": found[1]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 401]
    assert "Upstairs" in (await boss.get("/admin/devices")).text


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "robot", "name": "One", "place": "main"},
        {"kind": "kiosk", "name": " ", "place": "main"},
        {"kind": "kiosk", "name": "x" * 65, "place": "main"},
        {},
    ],
)
async def test_what_makes_no_device_is_said_on_the_page(boss: httpx2.AsyncClient, form: dict[str, str]) -> None:
    page = await boss.post("/admin/devices/codes", data=form)

    assert page.status_code == 422
    assert "Please give the device a type, a name and a location." in page.text


async def test_a_display_that_does_not_exist_is_said_with_those_that_do(boss: httpx2.AsyncClient) -> None:
    page = await boss.post("/admin/devices/codes", data={"kind": "display", "name": "Hall", "place": "Waiting room"})

    assert page.status_code == 422
    assert "No display is called Waiting room. There are: main." in page.text


async def test_revoking_closes_the_open_line_within_five_seconds(running: Running, boss: httpx2.AsyncClient) -> None:
    async with running.socket("/ws/board/main", "display") as line:
        await line.recv()

        answer = await boss.post("/admin/devices/2/revoke")

        await asyncio.wait_for(line.wait_closed(), 5)
    assert (answer.status_code, line.close_code) == (303, 4403)
    assert 'data-device="2"' not in (await boss.get("/admin/devices")).text


async def test_what_is_not_there_cannot_be_revoked(boss: httpx2.AsyncClient) -> None:
    await boss.post("/admin/devices/2/revoke")

    answers = [await boss.post(f"/admin/devices/{device}/revoke") for device in (2, 99)]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_the_page_is_in_hindi_too(boss: httpx2.AsyncClient) -> None:
    page = await boss.get("/admin/devices?lang=hi")

    assert "उपकरण जोड़ें" in page.text
    assert "Add a device" not in page.text


async def test_who_did_it_is_in_the_journal(running: Running, boss: httpx2.AsyncClient) -> None:
    await boss.post("/admin/devices/codes", data={"kind": "kiosk", "name": "One", "place": "entrance"})
    await boss.post("/admin/devices/1/revoke")

    lines = [
        line for line in await running.services.programs.journal.events(0, 1000) if line["actor"].startswith("admin:")
    ]

    assert [line["kind"] for line in lines] == ["logged_in", "code_offered", "device_revoked"]


async def test_a_test_slip_is_printed_and_the_page_says_what_became_of_it(
    running: Running, boss: httpx2.AsyncClient
) -> None:
    printing = running.services.devices.printing
    [agent] = [one for one in await running.services.devices.registry.all() if one.kind == "agent"]
    kiosk = next(one for one in await running.services.devices.registry.all() if one.kind == "kiosk")

    assert (await boss.post(f"/admin/devices/{agent.id}/test")).status_code == 303
    assert (await boss.post(f"/admin/devices/{kiosk.id}/test")).status_code == 404

    asker = Actor(ActorKind.AGENT, agent.id, place=agent.place)
    [job] = await printing.open_jobs(asker)
    slip = Slip.from_json(await printing.compose(job))
    assert (slip.number, slip.ruler) == ("TEST", True)
    assert slip.sentence in lay_out(slip, paper(80)).text.replace("\nsentence: ", " ")
    await printing.report(asker, job.id, PrintState.FAILED, "out of paper")
    assert re.search(r"Test slip · .+ · Not printed \(out of paper\)", (await boss.get("/admin/devices")).text)
    assert (await running.services.screens.boards.desk()).data["prints"] == []


async def test_a_kiosk_keeps_its_buttons_within_reach(running: Running, boss: httpx2.AsyncClient) -> None:
    async with running.socket("/ws/kiosk", "kiosk") as line:
        assert json.loads(await line.recv())["data"]["reach"] == 1
        saved = await boss.post("/admin/devices/1/mount", data={"from_mm": "800", "high_mm": "598"})
        follows = json.loads(await line.recv())["data"]["reach"]

    assert (saved.status_code, follows) == (303, 0.669)
    assert 'value="800"' in (await boss.get("/admin/devices")).text
    refused = await boss.post("/admin/devices/1/mount", data={"from_mm": "1100", "high_mm": "598"})
    assert (refused.status_code, "hang below 1,200 mm" in refused.text) == (422, True)
    assert (await boss.post("/admin/devices/2/mount", data={"from_mm": "", "high_mm": ""})).status_code == 404
