"""Lists by cursor, versions of tokens, and patients whose reading is noted."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.services.people.patients import Consent, PersonForm
from tests.clinics import PHONE, PIN
from tests.running import Running


async def pages(running: Running, path: str, name: str, limit: int) -> list[list[dict[str, Any]]]:
    """All pages of a list."""
    found, after = [], 0
    while True:
        answer = (await running.client.get(f"{path}{'&' if '?' in path else '?'}after={after}&limit={limit}")).json()
        found.append(answer[name])
        if answer["next"] is None:
            return found
        after = answer["next"]


@pytest.mark.parametrize(("path", "name", "key"), [("departments", "departments", "code"), ("rooms", "rooms", "code")])
async def test_a_list_comes_whole_whatever_the_page(running: Running, path: str, name: str, key: str) -> None:
    whole = await pages(running, f"/api/v1/{path}", name, 100)

    by_one = await pages(running, f"/api/v1/{path}", name, 1)

    assert len(whole) == 1
    assert [one[key] for page in by_one for one in page] == [one[key] for one in whole[0]]


async def test_tokens_of_a_day_are_listed_in_the_order_of_their_issue(running: Running) -> None:
    for department in ("GEN", "LAB", "GEN"):
        await running.issue(department)
    await running.call_next()

    listed = [one for page in await pages(running, "/api/v1/tokens", "tokens", 2) for one in page]

    assert [(one["number"], one["state"], one["room"]) for one in listed] == [
        ("G-001", "called", "1"),
        ("L-001", "waiting", None),
        ("G-002", "waiting", None),
    ]
    laboratory = (await running.client.get("/api/v1/tokens?department=LAB")).json()["tokens"]
    assert [one["number"] for one in laboratory] == ["L-001"]
    assert (await running.client.get("/api/v1/tokens?day=2026-11-21")).json() == {"tokens": [], "next": None}


async def test_a_transferred_token_is_listed_once_where_it_is_now(running: Running) -> None:
    token = await running.issue()
    await running.call_next()
    await running.client.post(f"/api/v1/tokens/{token['id']}/transfer", json={"department": "LAB"})

    listed = (await running.client.get("/api/v1/tokens")).json()["tokens"]

    assert [(one["number"], one["department"], one["state"]) for one in listed] == [("G-001", "LAB", "waiting")]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", ""])
async def test_a_day_that_is_none_is_refused(running: Running, day: str) -> None:
    answer = await running.client.get("/api/v1/tokens", params={"day": day})

    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "day")


async def test_a_room_says_who_is_there(running: Running) -> None:
    token = await running.issue()
    await running.call_next()

    room = (await running.client.get("/api/v1/rooms/1")).json()

    assert room["department"] == "GEN"
    assert (room["duty"]["doctor"], room["duty"]["state"]) == ("Doctor first", "on_duty")
    assert room["token"] == {"id": token["id"], "number": "G-001", "state": "called"}


async def test_a_change_from_an_old_version_is_refused_and_one_from_the_present_is_made(running: Running) -> None:
    token = await running.issue()
    path = f"/api/v1/tokens/{token['id']}"
    seen = (await running.client.get(path)).headers["etag"]
    await running.client.post(f"{path}/hold")

    old = await running.client.post(f"{path}/resume", headers={"If-Match": seen})
    present = (await running.client.get(path)).headers["etag"]
    new = await running.client.post(f"{path}/resume", headers={"If-Match": present})

    assert (old.status_code, old.json()["error"]["code"]) == (412, "precondition_failed")
    assert (new.status_code, new.json()["state"]) == (200, "waiting")
    assert len({seen, present, new.headers["etag"]}) == 3


async def test_a_repetition_is_answered_though_its_version_is_old_by_now(running: Running) -> None:
    token = await running.issue()
    path = f"/api/v1/tokens/{token['id']}"
    headers = {"If-Match": (await running.client.get(path)).headers["etag"], "Idempotency-Key": "once"}

    answers = [await running.client.post(f"{path}/hold", headers=headers) for _ in "ab"]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_an_undo_with_a_key_is_done_once(running: Running) -> None:
    token = await running.issue()
    path = f"/api/v1/tokens/{token['id']}"
    await running.client.post(f"{path}/hold", json={"room": "1"})

    answers = [await running.client.post(f"{path}/undo", headers={"Idempotency-Key": "once"}) for _ in "ab"]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "waiting")] * 2


async def test_reading_a_patient_leaves_a_line_in_the_journal(running: Running) -> None:
    await running.services.people.patients.register(
        PHONE, PIN, PersonForm("Asha", "34"), Consent(CONSENT_VERSION), cost=4
    )

    listed = (await running.client.get("/api/v1/patients")).json()
    read = (await running.client.get("/api/v1/patients/1")).json()

    assert listed["patients"] == [read]
    assert (await running.client.get("/api/v1/patients/1")).headers["cache-control"] == "no-store"
    assert (read["name"], read["phone"]) == ("Asha", "+918123456789")
    lines = [line for line in await running.services.programs.journal.events(0, 1000) if line["kind"] == "record_read"]
    assert [(line["actor"], line["data"]["patient"]) for line in lines] == [("program:1", 1)] * 3


async def test_an_erased_patient_is_not_there(running: Running) -> None:
    await running.services.people.patients.register(
        PHONE, PIN, PersonForm("Asha", "34"), Consent(CONSENT_VERSION), cost=4
    )
    login = (await running.services.screens.lists.patients(0, 10, by=SYSTEM))[0][0]

    await running.services.records.personal_data.erase(login["id"], by=SYSTEM)

    assert (await running.client.get("/api/v1/patients")).json()["patients"] == []
    assert (await running.client.get("/api/v1/patients/1")).status_code == 404


async def test_a_walk_ins_token_has_no_patient(running: Running) -> None:
    token = await running.issue()

    answer = await running.client.get(f"/api/v1/tokens/{token['id']}/patient")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_patient")
