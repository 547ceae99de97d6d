"""The administrator's pages of the staff."""

from __future__ import annotations

import re

import httpx2
import pytest

from queue_server.web.identity import SESSION_COOKIE
from tests.running import Running, a_browser

pytestmark = pytest.mark.usefixtures("quick_hashes")

PAGE = {"Accept": "text/html", "Accept-Language": "en"}
PASSWORD = "correct horse"
MEERA = {"login": "Meera", "role": "doctor", "name": "Meera N", "qualification": "MBBS", "registration": "42/2011"}


def shown_password(page: httpx2.Response) -> str:
    found = re.search(r'id="password">([a-z0-9-]{14})<', page.text)
    assert found
    return found[1]


async def test_a_doctor_is_added_with_a_password_that_is_shown_once(running: Running, boss: httpx2.AsyncClient) -> None:
    page = await boss.post("/admin/staff", data=MEERA)

    assert page.status_code == 201
    password = shown_password(page)
    assert await running.services.people.accounts.log_in("meera", password)
    listed = (await boss.get("/admin/staff")).text
    assert password not in listed
    assert "MBBS · 42/2011" in listed
    assert password not in str(await running.services.programs.journal.events(0, 1000))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"login": "BOSS"}, "login is in use"),
        ({"login": "two words"}, "login is in use"),
        ({"login": ""}, "login is in use"),
        ({"role": "owner"}, "choose a role"),
        ({"name": "\u202e\u200b"}, "a name with letters"),
        ({"qualification": "x" * 65}, "too long"),
        ({"registration": "4\x012"}, "too long"),
    ],
)
async def test_a_form_with_a_mistake_comes_back_as_typed(
    running: Running, boss: httpx2.AsyncClient, change: dict[str, str], said: str
) -> None:
    page = await boss.post("/admin/staff", data=MEERA | change)

    assert (page.status_code, said in page.text) == (422, True)
    assert len(await running.services.people.staffing.everybody()) == 3


@pytest.mark.parametrize("name", ["डॉ. मीरा", "د. میرا", "Meera 🌼 <b>", "Meera\u202e\x01N"])
async def test_a_name_in_any_script_is_shown_as_it_is_and_never_as_markup(boss: httpx2.AsyncClient, name: str) -> None:
    page = await boss.post("/admin/staff", data=MEERA | {"name": name})

    assert page.status_code == 201
    listed = (await boss.get("/admin/staff")).text
    clean = name.replace("\u202e", "").replace("\x01", "")
    assert clean.replace("<", "&lt;").replace(">", "&gt;") in listed
    assert "\u202e" not in listed


async def test_what_is_known_is_changed(running: Running, boss: httpx2.AsyncClient) -> None:
    answer = await boss.post("/admin/staff/1", data={"name": "Dr First", "qualification": "MD", "registration": "7"})

    assert answer.status_code == 303
    one = await running.services.people.staffing.one(1)
    assert (one.name, one.qualification, one.registration, one.login) == ("Dr First", "MD", "7", "first")
    wrong = await boss.post("/admin/staff/1", data={"name": "", "qualification": "MD", "registration": "7"})
    assert (wrong.status_code, "a name with letters" in wrong.text) == (422, True)


async def test_the_administrator_sees_and_ends_logins(running: Running, boss: httpx2.AsyncClient) -> None:
    secrets = [await running.services.people.accounts.log_in("first", PASSWORD) for _ in range(3)]
    page = (await boss.get("/admin/staff/1")).text
    marks = re.findall(r'action="/admin/staff/1/sessions/(\w+)/end"', page)

    assert len(marks) == 3
    assert not [secret for secret in secrets if secret in page]
    await boss.post(f"/admin/staff/1/sessions/{marks[0]}/end")
    assert (await boss.get("/admin/staff/1")).text.count("Last used") == 2
    await boss.post("/admin/staff/1/sessions/end")
    assert "Not logged in anywhere" in (await boss.get("/admin/staff/1")).text


async def test_a_new_password_is_shown_once_and_the_old_one_is_over(running: Running, boss: httpx2.AsyncClient) -> None:
    password = shown_password(await boss.post("/admin/staff/1/password"))

    answer = await running.anonymous.post("/login", data={"login": "first", "password": PASSWORD, "next": "/"})
    assert answer.status_code == 401
    answer = await running.anonymous.post("/login", data={"login": "first", "password": password, "next": "/"})
    assert answer.status_code == 303
    assert password not in (await boss.get("/admin/staff/1")).text


async def test_an_account_is_closed_and_opened_again(running: Running, boss: httpx2.AsyncClient) -> None:
    secret = await running.services.people.accounts.log_in("first", PASSWORD)
    headers = {"Cookie": f"{SESSION_COOKIE}={secret}"}
    assert (await running.anonymous.get("/doctor", headers=headers)).status_code == 200

    await boss.post("/admin/staff/1/close")

    assert (await running.anonymous.get("/doctor", headers=headers)).status_code == 401
    assert "closed" in (await boss.get("/admin/staff")).text
    await boss.post("/admin/staff/1/open")
    assert await running.services.people.accounts.log_in("first", PASSWORD)


async def test_the_last_administrator_cannot_close_the_own_account(boss: httpx2.AsyncClient) -> None:
    page = await boss.post("/admin/staff/3/close")

    assert (page.status_code, "last administrator" in page.text) == (409, True)
    assert (await boss.get("/admin/staff")).status_code == 200


async def test_a_role_of_the_clinics_own_is_made_given_and_hides_what_it_does_not_open(
    running: Running, boss: httpx2.AsyncClient
) -> None:
    ward = {"name": "Ward desk", "base": "desk", "rights": ["run_desk", "keep_roster"]}
    assert (await boss.post("/admin/roles", data=ward | {"departments": ["LAB"]})).status_code == 422
    assert (await boss.post("/admin/roles", data=ward)).status_code == 303
    first = await running.services.people.accounts.by_login("first")
    assert first is not None

    given = await boss.post(f"/admin/staff/{first.id}/role", data={"role": "Ward desk"})

    assert given.status_code == 303
    assert "Ward desk" in (await boss.get("/admin/staff")).text
    async with a_browser(running.url, headers=PAGE) as nurse:
        logged_in = await nurse.post("/login", data={"login": "first", "password": PASSWORD, "next": ""})
        assert logged_in.headers["location"] == "/desk"
        assert "/desk/pin" not in (await nurse.get("/desk")).text
        assert (await nurse.get("/admin")).headers["location"] == "/admin/roster"
        roster = (await nurse.get("/admin/roster")).text
        assert "/admin/holidays" in roster
        assert "/admin/staff" not in roster
        refused = await nurse.get("/admin/staff")
        assert refused.status_code == 403
        assert "(Ward desk)" in refused.text


async def test_nobody_is_offered_to_change_the_own_role(running: Running, boss: httpx2.AsyncClient) -> None:
    me = await running.services.people.accounts.by_login("boss")
    assert me is not None

    assert 'name="role"' not in (await boss.get(f"/admin/staff/{me.id}")).text
    assert (await boss.post(f"/admin/staff/{me.id}/role", data={"role": "desk"})).status_code == 403
