"""Who may open and use a console."""

import json

import pytest
import websockets

from tests.doctor_console.conftest import LogIn, numbers, shown
from tests.running import Running

PRESSES = [
    ("/doctor/1/next", {}),
    ("/doctor/1/call", {"token": 1}),
    ("/doctor/1/undo", {}),
    ("/doctor/1/duty", {"state": "on_duty"}),
    ("/doctor/1/tokens/1/recall", {}),
    ("/doctor/1/tokens/1/cancel", {}),
    ("/doctor/1/tokens/1/transfer", {"department": "LAB"}),
]


@pytest.mark.parametrize(("path", "body"), PRESSES)
async def test_nobody_acts_without_a_login(running: Running, path: str, body: dict[str, object]) -> None:
    await running.issue()

    answer = await running.anonymous.post(path, json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login_required")
    assert numbers((await shown(running))["waiting"]) == ["G-001"]


@pytest.mark.parametrize(("path", "body"), PRESSES)
async def test_the_desk_and_programs_do_not_press_a_doctors_buttons(
    running: Running, log_in: LogIn, path: str, body: dict[str, object]
) -> None:
    await running.issue()
    desk = await log_in("front")

    answers = [await desk.post(path, json=body), await running.client.post(path, json=body)]

    assert [answer.json()["error"]["code"] for answer in answers] == ["not_allowed", "not_allowed"]
    assert numbers((await shown(running))["waiting"]) == ["G-001"]


@pytest.mark.parametrize("path", ["/doctor", "/doctor/1"])
async def test_a_page_without_a_login_leads_to_the_login_and_back(running: Running, path: str) -> None:
    answer = await running.anonymous.get(path, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


async def test_opening_a_console_puts_nobody_on_duty(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("second")

    page = await doctor.get("/doctor/2", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert (await shown(running, "2"))["duty"] is None


async def test_the_choice_of_rooms_says_who_is_where(running: Running, log_in: LogIn) -> None:
    await running.issue()
    doctor = await log_in("second")

    page = (await doctor.get("/doctor", headers={"Accept": "text/html"})).text

    assert "Doctor first" in page
    assert page.count("Free") == 2
    assert page.count("1 waiting") == 2


async def test_a_room_that_nobody_has_taken_must_be_taken_first(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("second")
    await running.issue()

    answer = await doctor.post("/doctor/2/next", json={})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert numbers((await shown(running))["waiting"]) == ["G-001"]


@pytest.mark.parametrize(("path", "body"), [press for press in PRESSES if "tokens" not in press[0]])
async def test_another_doctors_room_is_only_watched(
    running: Running, log_in: LogIn, path: str, body: dict[str, object]
) -> None:
    doctor = await log_in("second")
    await running.issue()

    answer = await doctor.post(path, json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "room_taken")
    assert (await shown(running))["duty"]["doctor"] == "Doctor first"


async def test_an_administrator_helps_in_any_room(running: Running, log_in: LogIn) -> None:
    boss = await log_in("boss")
    await running.issue()

    answer = await boss.post("/doctor/1/next", json={})

    assert answer.status_code == 200
    assert (await shown(running))["current"]["number"] == "G-001"
    assert (await shown(running))["duty"]["doctor"] == "Doctor first"


async def test_a_patient_in_another_room_is_left_alone(running: Running, log_in: LogIn) -> None:
    first, second = await log_in("first"), await log_in("second")
    await second.post("/doctor/2/duty", json={"state": "on_duty"})
    token = await running.issue()
    await first.post("/doctor/1/next", json={})

    answer = await second.post(f"/doctor/2/tokens/{token['id']}/attend")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed_meanwhile")
    assert (await shown(running))["current"]["number"] == "G-001"


async def test_a_patient_of_another_department_is_unknown_here(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    token = await running.issue("LAB")

    answer = await doctor.post(f"/doctor/1/tokens/{token['id']}/cancel")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_token")
    assert numbers((await shown(running, "3"))["waiting"]) == ["L-001"]


async def test_the_line_shows_the_room_to_staff_and_programs(running: Running, log_in: LogIn) -> None:
    await running.issue()
    doctor = await log_in("second")
    cookies = "; ".join(f"{name}={value}" for name, value in doctor.cookies.items())

    address = running.url.replace("http", "ws", 1) + "/ws/room/1"

    async with (
        websockets.connect(address, additional_headers={"Cookie": cookies}) as by_session,
        running.socket("/ws/room/1") as by_key,
    ):
        frames = [json.loads(await line.recv()) for line in (by_session, by_key)]

    assert [numbers(frame["data"]["waiting"]) for frame in frames] == [["G-001"], ["G-001"]]


@pytest.mark.parametrize(
    ("key", "room", "code"), [(None, "1", 4401), ("kiosk", "1", 4403), ("display", "1", 4403), ("program", "9", 4404)]
)
async def test_the_line_is_closed_to_others(running: Running, key: str | None, room: str, code: int) -> None:
    async with running.socket(f"/ws/room/{room}", key) as line:
        await line.wait_closed()

    assert line.close_code == code
