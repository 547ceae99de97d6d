"""REST v1, as another program uses it."""

import asyncio
from typing import Any

from queue_server.domain.devices.devices import DeviceKind
from tests.running import Running


async def test_a_token_is_issued_and_says_where_it_stands(running: Running) -> None:
    await running.issue()

    token = await running.issue(priority="assisted")

    assert token["number"] == "G-002"
    assert (token["department"], token["state"], token["ahead"]) == ("GEN", "waiting", 0)
    assert token["status_url"].startswith("http://queue.test/t/")
    page = await running.anonymous.get(token["status_url"].removeprefix("http://queue.test"))
    assert "G-002" in page.text


async def test_a_token_can_be_looked_at_again(running: Running) -> None:
    token = await running.issue()

    again = (await running.client.get(f"/api/v1/tokens/{token['id']}")).json()

    assert again == token


async def test_a_repeated_request_with_one_key_gives_one_token(running: Running) -> None:
    headers = {"Idempotency-Key": "press-1"}

    answers = [await running.client.post("/api/v1/tokens", json={"department": "GEN"}, headers=headers) for _ in "ab"]

    assert answers[0].json() == answers[1].json()
    assert [answer.status_code for answer in answers] == [201, 201]


async def test_a_room_calls_the_next_until_nobody_waits(running: Running) -> None:
    await running.issue()

    first = await running.client.post("/api/v1/rooms/1/call-next")
    second = await running.client.post("/api/v1/rooms/1/call-next")

    assert (first.status_code, first.json()["number"], first.json()["room"]) == (200, "G-001", "1")
    assert (second.status_code, second.content) == (204, b"")


async def test_a_program_says_whether_the_patient_who_was_called_was_seen(running: Running) -> None:
    tokens = [await running.issue() for _ in range(3)]

    for body in ({}, {}, {"was_seen": True}):
        await running.client.post("/api/v1/rooms/1/call-next", json=body)

    states = [(await running.client.get(f"/api/v1/tokens/{token['id']}")).json()["state"] for token in tokens]
    assert states == ["missed", "attended", "called"]


async def test_what_was_done_by_voice_is_entered_afterwards_without_a_call(running: Running) -> None:
    token = await running.issue()
    address = f"/api/v1/tokens/{token['id']}/attend"

    refused = await running.client.post(address, json={})
    answer = await running.client.post(address, json={"afterwards": True})

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "illegal_transition")
    assert (answer.status_code, answer.json()["state"]) == (200, "attended")


async def test_a_whole_attendance_by_actions(running: Running) -> None:
    token = await running.issue()

    async def act(action: str, **body: Any) -> str:
        answer = await running.client.post(f"/api/v1/tokens/{token['id']}/{action}", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])

    states = [
        await act("hold"),
        await act("resume"),
        await act("call", room="1"),
        await act("recall"),
        await act("miss"),
        await act("requeue"),
        await act("call", room="2"),
        await act("start"),
        await act("transfer", department="LAB", returning=True, room="2"),
        await act("call", room="3"),
        await act("attend"),
        await act("call", room="2"),
        await act("attend"),
        await act("undo"),
    ]

    assert states == [
        "held",
        "waiting",
        "called",
        "called",
        "missed",
        "waiting",
        "called",
        "serving",
        "waiting",
        "called",
        "waiting",
        "called",
        "attended",
        "called",
    ]


async def test_a_queue_lists_the_served_first_and_then_the_waiting_in_order(running: Running) -> None:
    for _ in range(3):
        await running.issue()
    await running.call_next()

    queue = (await running.client.get("/api/v1/departments/GEN/queue")).json()

    assert [(token["number"], token["ahead"]) for token in queue["tokens"]] == [
        ("G-001", None),
        ("G-002", 0),
        ("G-003", 1),
    ]
    assert queue["waiting"] == 2


async def test_events_are_read_from_a_cursor_on(running: Running) -> None:
    start = (await running.client.get("/api/v1/events?limit=1000")).json()["next"]
    await running.issue()
    await running.call_next()

    page = (await running.client.get(f"/api/v1/events?after={start}&limit=1")).json()
    rest = (await running.client.get(f"/api/v1/events?after={page['next']}")).json()

    assert [event["kind"] for event in page["events"] + rest["events"]] == ["issue", "call"]
    assert rest["next"] == start + 2


async def test_ten_programs_at_once_get_distinct_numbers(running: Running) -> None:
    async def program() -> list[str]:
        return [(await running.issue())["number"] for _ in range(10)]

    numbers = [number for got in await asyncio.gather(*(program() for _ in range(10))) for number in got]

    assert sorted(numbers) == [f"G-{counter:03d}" for counter in range(1, 101)]


async def test_two_rooms_pressing_together_never_get_the_same_patient(running: Running) -> None:
    for _ in range(30):
        await running.issue()

    called = [
        token["number"]
        for _ in range(15)
        for token in await asyncio.gather(running.call_next("1"), running.call_next("2"))
        if token
    ]

    assert sorted(called) == [f"G-{counter:03d}" for counter in range(1, 31)]


async def test_the_description_names_every_route_of_the_api(running: Running) -> None:
    document = (await running.anonymous.get("/api/v1/openapi.json")).json()

    described = set(document["paths"])
    paths = {getattr(route, "path", "").replace(":int}", "}") for route in running.app.routes}
    served = {path for path in paths if path.startswith("/api/v1/")} - {"/api/v1/openapi.json", "/api/v1/docs"}
    assert document["openapi"] == "3.1.0"
    assert described == served


async def test_a_device_is_enrolled_once_by_its_code(running: Running) -> None:
    code = await running.services.devices.registry.offer(DeviceKind.AGENT, "Second printer", "ward")

    first = await running.anonymous.post("/api/v1/devices/enrol", json={"code": f"{code[:4]}-{code[4:].lower()}"})
    again = await running.anonymous.post("/api/v1/devices/enrol", json={"code": code})

    assert (first.status_code, first.json()["place"]) == (201, "ward")
    assert again.status_code == 401
    assert (await running.services.devices.registry.who(first.json()["key"])) is not None


async def test_a_code_is_no_good_after_ten_minutes(running: Running) -> None:
    code = await running.services.devices.registry.offer(DeviceKind.KIOSK, "Late kiosk", "entrance")

    running.clock.forward(minutes=11)

    answer = await running.anonymous.post("/api/v1/devices/enrol", json={"code": code})
    assert answer.status_code == 401
