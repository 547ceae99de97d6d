"""Each button of the console, over HTTP."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.doctor_console.conftest import LogIn, numbers, shown
from tests.running import Running


async def current(running: Running, room: str = "1") -> str | None:
    """The number in the room."""
    entry = (await shown(running, room))["current"]
    return entry["number"] if entry else None


async def test_one_press_finishes_the_patient_and_calls_the_next(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    first = await running.issue()
    await running.issue()
    await doctor.post("/doctor/1/next", json={"expected": None})

    answer = await doctor.post("/doctor/1/next", json={"expected": first["id"]})

    assert (answer.status_code, answer.json()) == (200, {})
    assert await current(running) == "G-002"
    assert (await shown(running))["waiting"] == []


async def test_the_second_of_a_double_press_changes_nothing(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    for _ in range(3):
        await running.issue()
    await doctor.post("/doctor/1/next", json={"expected": None}, headers={"Idempotency-Key": "press-1"})

    second = await doctor.post("/doctor/1/next", json={"expected": None}, headers={"Idempotency-Key": "press-2"})

    assert (second.status_code, second.json()["error"]["code"]) == (409, "changed_meanwhile")
    assert await current(running) == "G-001"


async def test_a_press_whose_answer_was_lost_is_done_once(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    for _ in range(3):
        await running.issue()
    press: dict[str, Any] = {"json": {"expected": None}, "headers": {"Idempotency-Key": "press-1"}}

    answers = [await doctor.post("/doctor/1/next", **press) for _ in "ab"]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert await current(running) == "G-001"


async def test_a_chosen_patient_is_called_out_of_turn(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    await running.issue()
    chosen = await running.issue()

    answer = await doctor.post("/doctor/1/call", json={"token": chosen["id"], "expected": None})

    assert answer.status_code == 200
    assert await current(running) == "G-002"


async def test_a_patient_is_begun_called_again_and_attended(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    token = await running.issue()
    await doctor.post("/doctor/1/next", json={})

    for action in ("recall", "start", "attend"):
        answer = await doctor.post(f"/doctor/1/tokens/{token['id']}/{action}")
        assert (answer.status_code, answer.json()) == (200, {})

    assert await current(running) is None
    assert (await running.client.get(f"/api/v1/tokens/{token['id']}")).json()["state"] == "attended"


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        (["miss"], "missed"),
        (["miss", "requeue"], "waiting"),
        (["hold"], "held"),
        (["hold", "resume"], "waiting"),
    ],
)
async def test_a_patient_is_put_aside_and_comes_back(
    running: Running, log_in: LogIn, steps: list[str], where: str
) -> None:
    doctor = await log_in("first")
    token = await running.issue()
    await doctor.post("/doctor/1/next", json={})

    for action in steps:
        assert (await doctor.post(f"/doctor/1/tokens/{token['id']}/{action}", json={})).status_code == 200

    view = await shown(running)
    assert {name: numbers(view[name]) for name in ("waiting", "held", "missed")} == {
        "waiting": [],
        "held": [],
        "missed": [],
        where: ["G-001"],
    }


async def test_a_waiting_patient_is_cancelled(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    token = await running.issue()

    await doctor.post(f"/doctor/1/tokens/{token['id']}/cancel", json={})

    assert (await shown(running))["waiting"] == []


async def test_a_transferred_patient_comes_back_to_the_same_doctor(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    token = await running.issue()
    await doctor.post("/doctor/1/next", json={})

    answer = await doctor.post(
        f"/doctor/1/tokens/{token['id']}/transfer", json={"department": "LAB", "returning": True}
    )
    there = (await shown(running, "3"))["waiting"][0]
    await running.call_next("3")
    await running.client.post(f"/api/v1/tokens/{token['id']}/attend")

    assert answer.json() == {}
    assert (there["number"], there["came_from"], there["return_to"]) == ("G-001", "GEN", "1")
    back = (await shown(running))["waiting"][0]
    assert (back["number"], back["came_from"], back["for_doctor"]) == ("G-001", "LAB", "Doctor first")


async def test_undo_takes_finish_and_call_back_together(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    for _ in range(2):
        await running.issue()
    await doctor.post("/doctor/1/next", json={})
    await doctor.post("/doctor/1/next", json={})

    answer = await doctor.post("/doctor/1/undo")

    assert answer.json() == {}
    assert await current(running) == "G-001"
    assert numbers((await shown(running))["waiting"]) == ["G-002"]


async def test_undo_comes_too_late_after_eight_seconds(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    await running.issue()
    await doctor.post("/doctor/1/next", json={})
    running.clock.forward(seconds=9)

    answer = await doctor.post("/doctor/1/undo")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_undo")
    assert await current(running) == "G-001"


async def test_a_doctor_takes_a_room_rests_comes_back_and_leaves(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("second")
    seen = []

    for change in (
        {"state": "on_duty"},
        {"state": "on_break", "reason": "tea", "back_at": "10:15"},
        {"state": "on_duty"},
        {"state": "off_duty"},
    ):
        assert (await doctor.post("/doctor/2/duty", json=change)).json() == {}
        seen.append((await shown(running, "2"))["duty"])

    assert [duty["state"] for duty in seen] == ["on_duty", "on_break", "on_duty", "off_duty"]
    # 10:15 in the clinic, which is five and a half hours ahead.
    assert (seen[1]["reason"], seen[1]["back_at"]) == ("tea", "2026-11-22T04:45:00Z")
    assert (seen[2]["reason"], seen[2]["back_at"]) == (None, None)


async def test_the_sheet_for_afterwards_leads_to_the_room_until_it_is_taken(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("second")

    before = await doctor.get("/doctor/2/afterwards", headers={"Accept": "text/html"})
    await doctor.post("/doctor/2/duty", json={"state": "on_duty"})
    after = await doctor.get("/doctor/2/afterwards", headers={"Accept": "text/html"})

    assert (before.status_code, before.headers.get("location"), after.status_code) == (303, "/doctor/2", 200)


async def test_taking_another_room_leaves_the_first(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")

    await doctor.post("/doctor/2/duty", json={"state": "on_duty"})

    assert (await shown(running, "1"))["duty"] is None
    assert (await shown(running, "2"))["duty"]["doctor"] == "Doctor first"


@pytest.mark.parametrize("press", ["next", "call"])
async def test_calling_somebody_ends_the_break(running: Running, log_in: LogIn, press: str) -> None:
    doctor = await log_in("first")
    token = await running.issue()
    await doctor.post("/doctor/1/duty", json={"state": "on_break", "reason": "tea"})

    await doctor.post(f"/doctor/1/{press}", json={} if press == "next" else {"token": token["id"]})

    view = await shown(running)
    assert (view["duty"]["state"], view["current"]["number"]) == ("on_duty", "G-001")


async def test_two_doctors_pressing_together_get_two_patients(running: Running, log_in: LogIn) -> None:
    doctors: list[httpx2.AsyncClient] = [await log_in("first"), await log_in("second")]
    await doctors[1].post("/doctor/2/duty", json={"state": "on_duty"})
    for _ in range(2):
        await running.issue()

    await asyncio.gather(
        *(doctor.post(f"/doctor/{room}/next", json={}) for doctor, room in zip(doctors, "12", strict=True))
    )

    assert {await current(running, "1"), await current(running, "2")} == {"G-001", "G-002"}
    assert numbers((await shown(running, "1"))["elsewhere"]) == [await current(running, "2")]
