"""Departments, rooms, duties and devices over the API: what the pages do, by the same rules."""

from __future__ import annotations

from queue_server.domain.errors import UnknownStaff
from tests.running import Running

EYES = {"code": "EYE", "prefix": "E", "names": {"en": "Eye clinic"}, "rooms": ["7"]}


async def test_a_department_comes_with_its_rooms_and_goes_when_nobody_waits(running: Running) -> None:
    keyed = {"Idempotency-Key": "eyes-1"}
    made, repeated = [await running.client.post("/api/v1/departments", json=EYES, headers=keyed) for _ in "ab"]
    again = await running.client.post("/api/v1/departments", json=EYES)
    token = await running.issue("EYE")
    headers = {"If-Match": made.headers["etag"]}
    held = await running.client.delete("/api/v1/departments/EYE", headers=headers)
    await running.client.post(f"/api/v1/tokens/{token['id']}/cancel")

    gone = await running.client.delete("/api/v1/departments/EYE", headers=headers)

    assert made.json() == repeated.json()
    assert (made.status_code, made.json()["icon"], again.status_code) == (201, "eye", 422)
    assert (held.status_code, held.json()["error"]["code"]) == (409, "still_in_use")
    assert gone.status_code == 204
    assert (await running.client.get("/api/v1/rooms/7")).status_code == 404


async def test_a_room_is_added_moved_and_removed_from_the_version_that_was_read(running: Running) -> None:
    room, keyed = {"code": "9", "department": "GEN"}, {"Idempotency-Key": "room-9"}
    made, repeated = [await running.client.post("/api/v1/rooms", json=room, headers=keyed) for _ in "ab"]
    first = {"If-Match": made.headers["etag"]}

    moved = await running.client.patch(
        "/api/v1/rooms/9/plan", json={"department": "LAB", "name": "Xray"}, headers=first
    )
    stale = await running.client.delete("/api/v1/rooms/9", headers=first)
    gone = await running.client.delete("/api/v1/rooms/9", headers={"If-Match": moved.headers["etag"]})

    assert repeated.headers["etag"] == made.headers["etag"]
    named = {"code": "9", "name": "Xray", "names": {"en": "Xray"}, "department": "LAB"}
    assert (made.status_code, moved.json()) == (201, named)
    assert (stale.status_code, gone.status_code) == (412, 204)
    assert (await running.client.get("/api/v1/rooms/9/plan")).status_code == 404
    taken = await running.client.delete("/api/v1/rooms/1", headers={"If-Match": "*"})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "still_in_use")


async def test_a_room_has_a_name_in_each_language_and_one_without_a_language_replaces_them_all(
    running: Running,
) -> None:
    names = {"hi": "दवाखाना", "en": "Pharmacy"}
    made = await running.client.post("/api/v1/rooms", json={"code": "9", "department": "GEN", "names": names})
    listed = (await running.client.get("/api/v1/rooms/9")).json()
    seen = {"If-Match": made.headers["etag"]}
    changed = await running.client.patch("/api/v1/rooms/9/plan", json={"names": {"hi": "दवाएँ"}}, headers=seen)
    seen = {"If-Match": changed.headers["etag"]}
    wrong = await running.client.patch("/api/v1/rooms/9/plan", json={"names": {"xx": "Drugs"}}, headers=seen)
    renamed = await running.client.patch("/api/v1/rooms/9/plan", json={"name": "Drugs"}, headers=seen)

    assert (listed["name"], listed["names"], made.json()["names"]) == ("Pharmacy", names, names)
    assert (changed.json()["name"], changed.json()["names"]) == ("दवाएँ", {"hi": "दवाएँ"})
    assert wrong.status_code == 422
    assert renamed.json()["names"] == {"en": "Drugs"}


async def test_a_program_says_who_is_on_duty_and_the_journal_says_that_it_was_the_program(running: Running) -> None:
    doctors = (await running.client.get("/api/v1/doctors")).json()["doctors"]
    duty = {"doctor": doctors[1]["id"], "state": "expected", "back_at": "2030-01-01T10:00:00+05:30"}

    room = (await running.client.put("/api/v1/rooms/2/duty", json=duty)).json()
    taken = await running.client.put("/api/v1/rooms/1/duty", json=duty | {"state": "on_duty"})
    unknown = await running.client.put("/api/v1/rooms/2/duty", json=duty | {"doctor": 99})

    assert [(one["room"], one["state"]) for one in doctors] == [("1", "on_duty"), (None, None)]
    assert room["duty"] | {"doctor": ""} == {
        "doctor": "",
        "state": "expected",
        "reason": None,
        "back_at": "2030-01-01T04:30:00Z",
    }
    assert (taken.json()["error"]["code"], unknown.json()["error"]["code"]) == ("room_taken", UnknownStaff.code)
    lines = (await running.client.get("/api/v1/events?limit=1000")).json()["events"]
    assert [line["actor"] for line in lines if line["kind"] == "duty"] == ["doctor:1", "program:1"]


async def test_a_device_is_enrolled_by_a_code_listed_and_revoked(running: Running) -> None:
    wanted = {"kind": "kiosk", "name": "Second entrance", "place": "back"}
    code = (await running.client.post("/api/v1/devices/codes", json=wanted)).json()["code"]
    key = (await running.anonymous.post("/api/v1/devices/enrol", json={"code": code})).json()["key"]
    listed = (await running.client.get("/api/v1/devices")).json()["devices"]
    made = next(one for one in listed if one["name"] == "Second entrance")

    gone = await running.client.delete(f"/api/v1/devices/{made['id']}")

    assert (made["kind"], made["place"], made["printer"], gone.status_code) == ("kiosk", "back", None, 204)
    assert await running.services.devices.registry.who(key) is None
    displays = (await running.client.get("/api/v1/displays")).json()["displays"]
    assert [(one["name"], one["devices"]) for one in displays] == [("main", ["Display"])]


async def test_a_display_is_added_changed_and_removed_as_its_version_was_seen(running: Running) -> None:
    ask, path = running.client, "/api/v1/displays"
    sent = {"name": "hall", "departments": ["LAB"], "notices": {"en": "Welcome"}}
    made = await ask.post(path, json=sent, headers={"Idempotency-Key": "once"})
    again = await ask.post(path, json=sent, headers={"Idempotency-Key": "once"})
    taken = await ask.post(path, json=sent)
    version = (await ask.get(f"{path}/hall")).headers["etag"]

    changed = await ask.patch(f"{path}/hall", json={"volume": 40}, headers={"If-Match": version})
    stale = await ask.patch(f"{path}/hall", json={"volume": 0}, headers={"If-Match": version})
    wrong = await ask.patch(f"{path}/hall", json={"departments": ["XYZ"]}, headers={"If-Match": "*"})
    unseen = await ask.delete(f"{path}/hall")
    old = await ask.delete(f"{path}/hall", headers={"If-Match": version})
    gone = await ask.delete(f"{path}/hall", headers={"If-Match": changed.headers["etag"]})
    main = await ask.delete(f"{path}/main", headers={"If-Match": "*"})

    assert (made.status_code, again.json()) == (201, made.json())
    assert (made.json()["notices"], made.json()["distance_m"]) == ({"en": "Welcome"}, 8)
    assert (taken.status_code, taken.json()["error"]["code"]) == (422, "bad_input")
    assert changed.json() == made.json() | {"volume": 40}
    assert [one.status_code for one in (stale, wrong, unseen, old, gone)] == [412, 422, 428, 412, 204]
    assert main.json()["error"]["code"] == "still_in_use"
    assert (await ask.get(f"{path}/hall")).status_code == 404


async def test_the_set_up_needs_its_own_scope(running: Running) -> None:
    key = await running.services.programs.keys.add("narrow", ["queues:read", "tokens:write"])
    headers = {"Authorization": f"Bearer {key}"}

    asked = ("devices", "displays", "rooms/1/plan")
    answers = [await running.anonymous.get(f"/api/v1/{path}", headers=headers) for path in asked]

    assert [answer.status_code for answer in answers] == [403] * 3
