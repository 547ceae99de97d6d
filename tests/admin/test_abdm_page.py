"""The administrator sees how the line to ABDM stands, tries it both ways, and prints what hangs at the counters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from queue_server.admin.navigation import groups_for
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.people.staff import Role
from tests.abdm.clinics import Abdm
from tests.abdm.stand_in import Answer
from tests.admin.test_set_up_pages import fields
from tests.running import Running, a_browser


async def _logged_in(running: Running, browser: httpx2.AsyncClient) -> None:
    await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
    await browser.post("/login", data={"login": "boss", "password": "correct horse", "next": "/admin"})


@pytest.fixture
async def boss(abdm: Abdm) -> AsyncIterator[httpx2.AsyncClient]:
    async with a_browser(abdm.running.url, headers={"Accept": "text/html"}) as browser:
        await _logged_in(abdm.running, browser)
        yield browser


def test_without_abdm_nothing_of_it_is_shown() -> None:
    def shown(*, with_abdm: bool) -> set[str]:
        groups = groups_for(Actor(ActorKind.ADMIN, 1), with_abdm=with_abdm)
        return {entry.path for group in groups for entry in group.entries}

    assert shown(with_abdm=True) - shown(with_abdm=False) == {"/admin/abdm"}


async def test_the_line_is_tried_both_ways(abdm: Abdm, boss: httpx2.AsyncClient) -> None:
    tried = await boss.post("/admin/abdm/try")
    assert tried.headers["location"] == "/admin/abdm?tried=1"
    assert "ABDM answers" in (await boss.get("/admin/abdm?tried=1")).text

    said = abdm.gateway.refusal(await abdm.share(counter="TRIAL"))

    assert said == "The trial has worked: the clinic hears your app."
    shown = (await boss.get("/admin/abdm")).text
    assert "The trial" in shown
    assert "asha" not in shown.lower()


async def test_what_is_wrong_with_the_line_is_shown(abdm: Abdm, boss: httpx2.AsyncClient) -> None:
    abdm.gateway.ahead = timedelta(hours=3)
    abdm.gateway.on_session.append(Answer(401, '{"code": "900901", "message": "Invalid credentials"}'))
    abdm.gateway.on_session.append(Answer(401, '{"code": "900901", "message": "Invalid credentials"}'))

    assert (await boss.post("/admin/abdm/try")).headers["location"] == "/admin/abdm"
    await abdm.refused(abdm.gateway.token(aud="account"))

    shown = (await boss.get("/admin/abdm")).text
    for words in ("Invalid credentials", "3:00:00 behind", "clock is wrong", "another audience", "HTTPS"):
        assert words in shown


async def test_kiosks_show_the_code_that_is_chosen(abdm: Abdm, boss: httpx2.AsyncClient) -> None:
    async with abdm.running.socket("/ws/kiosk", "kiosk") as line:
        assert json.loads(await line.recv())["data"]["abha_code"] == ""
        assert (await boss.post("/admin/abdm/kiosks", data={"counter": "LAB"})).status_code == 303
        assert json.loads(await line.recv())["data"]["abha_code"] == "LAB"

    assert (await boss.post("/admin/abdm/kiosks", data={"counter": "XYZ"})).status_code == 404
    assert '<option value="LAB" selected' in (await boss.get("/admin/abdm")).text


async def test_a_display_shows_the_code_that_is_chosen_for_it_while_its_department_gives_out_numbers(
    abdm: Abdm, boss: httpx2.AsyncClient
) -> None:
    clinic, boards = abdm.running.services.clinic, abdm.running.services.screens.boards

    async def shown() -> tuple[str, bool]:
        data: Any = (await boards.board("main")).data
        return data["abha_code"], data["abha_sms"]

    form = fields((await boss.get("/admin/displays/main")).text)
    assert (form["abha_code"], await shown()) == ("", ("", False))
    assert (await boss.post("/admin/displays/main", data={**form, "abha_code": "XYZ"})).status_code == 422
    assert (await boss.post("/admin/displays/main", data={**form, "abha_code": "LAB"})).status_code == 303

    assert await shown() == ("LAB", False)
    await boss.post("/admin/abdm/links", data={"sms": "yes"})
    assert await shown() == ("LAB", True)
    await clinic.departments.change("LAB", {"is_open": False}, by=SYSTEM)
    assert await shown() == ("", True)
    assert '<option value="LAB" selected' in (await boss.get("/admin/displays/main")).text


async def test_the_link_by_sms_is_switched_on_and_off_on_the_page(abdm: Abdm, boss: httpx2.AsyncClient) -> None:
    kiosks = {"counter": "LAB"}
    assert (await boss.post("/admin/abdm/kiosks", data=kiosks)).status_code == 303
    async with abdm.running.socket("/ws/kiosk", "kiosk") as line:
        assert json.loads(await line.recv())["data"]["abha_code"] == "LAB"
        assert (await boss.post("/admin/abdm/links", data={"sms": "yes"})).headers["location"] == "/admin/abdm"
        assert json.loads(await line.recv())["data"]["abha_code"] == ""
        assert 'value="yes" checked' in (await boss.get("/admin/abdm")).text
        assert (await boss.post("/admin/abdm/links", data={})).status_code == 303
        assert json.loads(await line.recv())["data"]["abha_code"] == "LAB"
    assert 'value="yes" checked' not in (await boss.get("/admin/abdm")).text

    assert (await abdm.running.anonymous.post("/admin/abdm/links", data={"sms": "yes"})).status_code in {303, 401}
    assert not (await abdm.running.services.clinic.queues.clinic()).abdm_sms


async def test_codes_and_posters_are_there_for_every_department(abdm: Abdm, boss: httpx2.AsyncClient) -> None:
    shown = (await boss.get("/admin/abdm")).text
    assert "/abdm/codes/GEN.svg" in shown
    assert "/admin/abdm/posters/LAB" in shown

    assert (await abdm.running.anonymous.get("/abdm/codes/GEN.svg")).headers["content-type"] == "image/svg+xml"
    assert (await abdm.running.anonymous.get("/abdm/codes/XYZ.svg")).status_code == 404
    poster = await boss.get("/admin/abdm/posters/GEN")
    assert poster.content.startswith(b"%PDF")
    assert (await abdm.running.anonymous.get("/admin/abdm/posters/GEN")).status_code in {303, 401}
