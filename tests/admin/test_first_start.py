"""The first start of an empty clinic in the browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from queue_server.domain.errors import NotFound
from tests.clinics import SettableClock
from tests.running import a_browser, a_server
from tests.schemas import with_schema

ROOMS = "1, 2\r\nRoom 5 upstairs\r\n"
PASSWORD = "a quiet horse eats hay"


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, Starlette]]:
    """A server on a database without a single account, and a stranger's browser."""
    url = f"sqlite:///{tmp_path}/queue.db"
    await with_schema(url)
    async with (
        a_server(url, tmp_path, SettableClock()) as (address, app),
        a_browser(address, headers={"Accept": "text/html"}) as client,
    ):
        yield client, app


async def test_the_code_leads_from_an_empty_clinic_to_the_first_number(
    empty: tuple[httpx2.AsyncClient, Starlette],
) -> None:
    client, app = empty
    code = await app.state.services.people.first_start.offer()
    assert (await client.get("/login")).headers["location"] == "/set-up"
    assert (await client.get("/")).headers["location"] == "/set-up"
    form = {"code": f"{code[:4].lower()}-{code[4:]}", "login": "boss", "password": PASSWORD, "name": "Boss"}

    begun = await client.post("/set-up", data=form)
    assert begun.headers["location"] == "/set-up/clinic"
    assert (await client.get("/set-up")).headers["location"] == "/set-up/clinic"
    page = (await client.get("/set-up/clinic")).text
    assert '<option value="Asia/Kolkata" selected>Kolkata (Asia)</option>' in page
    assert '<option value="IN" selected>India</option>' in page
    settings = {"name": "Sunrise", "time_zone": "Asia/Kathmandu", "roll_over": "3 am", "phone_region": "NP"}
    saved = await client.post("/set-up/clinic", data={**settings, "languages": ["en", "hi"], "first": "hi"})
    assert saved.headers["location"] == "/set-up/departments"
    assert (await client.get("/set-up")).headers["location"] == "/set-up/departments"
    assert (await app.state.services.clinic.settings.read())["roll_over"] == "03:00"
    assert '<a href="/set-up/clinic">' in (await client.get("/set-up/departments")).text, "one can go back a step"
    wrong = await client.post("/set-up/departments", data={"names.en": "", "prefix": "G"})
    assert wrong.status_code == 422
    assert (await client.get("/set-up/done")).headers["location"] == "/set-up/departments", "nothing is ready yet"
    added = await client.post("/set-up/departments", data={"names.en": "General", "prefix": "g", "rooms": ROOMS})
    assert added.status_code == 303
    known = app.state.services.clinic.departments
    rooms = {room["code"]: room for room in await known.rooms()}
    assert {code: room["names"] for code, room in rooms.items()} == {"1": {}, "2": {}, "R5U": {"en": "Room 5 upstairs"}}
    upstairs = f"/set-up/rooms/{rooms['R5U']['id']}"
    page = (await client.get("/set-up/departments")).text
    assert f'action="{upstairs}"' in page
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', page) == ["names.en"], "the next department is typed at once"
    changed = await client.post(upstairs, data={"code": "5", "names.en": "Room 5, first floor", "department": "G"})
    assert changed.status_code == 303
    too_long = await client.post(upstairs, data={"code": "5", "names.en": "x" * 41, "department": "G"})
    assert (too_long.status_code, "At most 40 letters fit here." in too_long.text) == (422, True)
    assert (await client.post(f"/set-up/rooms/{rooms['2']['id']}/remove")).status_code == 303
    assert [(room["code"], room["names"].get("en")) for room in await known.rooms()] == [
        ("1", None),
        ("5", "Room 5, first floor"),
    ]
    assert "Your clinic is ready." in (await client.get("/set-up/done")).text

    issued = await client.post("/desk/new", data={"department": "G", "priority": "normal"})
    assert issued.status_code == 303
    clinic = await app.state.services.clinic.queues.clinic()
    assert (clinic.name, clinic.languages, str(clinic.zone)) == ("Sunrise", ("hi", "en"), "Asia/Kathmandu")
    assert (await client.get("/set-up")).headers["location"] == "/admin"


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"code": "AAAA-AAAA"}, 401, "This is not the code."),
        ({"code": ""}, 401, "This is not the code."),
        ({"password": "short"}, 422, "a password needs at least 8 letters"),
        ({"password": "password"}, 422, "This password is among the first that people guess."),
        ({"login": "two words"}, 422, "login without spaces"),
    ],
)
async def test_nobody_gets_in_with_a_mistake_and_what_was_typed_stays(
    empty: tuple[httpx2.AsyncClient, Starlette], wrong: dict[str, str], status: int, said: str
) -> None:
    client, app = empty
    code = await app.state.services.people.first_start.offer()
    form = {"code": code, "login": "boss", "password": PASSWORD, "name": "Somebody Here"} | wrong

    page = await client.post("/set-up", data=form)

    assert page.status_code == status
    assert said in page.text
    assert 'value="Somebody Here"' in page.text
    assert PASSWORD not in page.text
    assert await app.state.services.people.first_start.is_due()


async def test_the_code_is_void_afterwards_and_guesses_are_few(empty: tuple[httpx2.AsyncClient, Starlette]) -> None:
    client, app = empty
    code = await app.state.services.people.first_start.offer()
    form = {"code": "AAAA-AAAA", "login": "boss", "password": PASSWORD}
    answers = [(await client.post("/set-up", data=form)).status_code for _ in range(25)]
    assert answers[:20] == [401] * 20
    assert set(answers[20:]) == {429}

    await app.state.services.people.first_start.begin(code, "boss", PASSWORD, "Boss", cost=4)

    assert await app.state.services.people.first_start.offer() is None
    with pytest.raises(NotFound):
        await app.state.services.people.first_start.begin(code, "thief", PASSWORD, "Thief", cost=4)
