"""Patients over the API: registered as at the desk, found as at the desk, changed from the version that was read."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.people.patients import CONSENT_VERSION
from tests.clinics import PIN
from tests.running import Running

pytestmark = pytest.mark.usefixtures("quick_hashes")

ASHA = {
    "name": "Asha D’Souza",
    "birth_year": 1992,
    "sex": "female",
    "language": "hi",
    "phone": "081234 56789",
    "pin": PIN,
    "consent": CONSENT_VERSION,
}


async def registered(running: Running, **other: Any) -> Any:
    """A patient who was registered over the API."""
    answer = await running.client.post("/api/v1/patients", json=ASHA | other)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_patient_is_registered_once_and_nobody_is_logged_in(running: Running) -> None:
    made = await registered(running)
    again = await registered(running)

    assert made.json() == again.json()
    assert made.json()["phone"] == "+918123456789"
    assert made.headers["etag"] == (await running.client.get("/api/v1/patients/1")).headers["etag"]
    patients = running.services.people.patients
    assert [consent["channel"] for consent in await patients.consents(1)] == ["program"]
    login = await patients.who((await patients.log_in("+918123456789", PIN)).secret)
    assert login is not None
    assert len(await patients.sessions(login)) == 1


async def test_whoever_cannot_be_registered_is_not(running: Running) -> None:
    wrong: list[dict[str, Any]] = [{"pin": "123456"}, {"consent": "2020-01"}, {"phone": "12"}, {"birth_year": 2199}]

    answers = [await running.client.post("/api/v1/patients", json=ASHA | other) for other in wrong]

    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in answers] == [(422, "bad_input")] * 4
    assert (await running.client.get("/api/v1/patients")).json()["patients"] == []


async def test_a_patient_is_found_by_a_part_of_the_name_or_the_end_of_the_number(running: Running) -> None:
    await registered(running)
    await registered(running, name="Ravi", birth_year=2019)

    async def found(text: str) -> list[str]:
        answer = await running.client.get("/api/v1/patients", params={"search": text})
        return [one["name"] for one in answer.json()["patients"]]

    assert await found("d'souza") == ["Asha D’Souza"]
    assert await found("56789") == ["Asha D’Souza", "Ravi"]
    assert await found("nobody") == []
    assert (await running.client.get("/api/v1/patients?search=")).status_code == 422


async def test_a_profile_is_changed_from_the_version_that_was_read(running: Running) -> None:
    headers = {"If-Match": (await registered(running)).headers["etag"]}

    answers = [
        await running.client.patch("/api/v1/patients/1", json={"birth_year": year}, headers=headers)
        for year in (1991, 1990)
    ]

    assert [answer.status_code for answer in answers] == [200, 412]
    assert answers[0].json() == (await running.client.get("/api/v1/patients/1")).json()
    assert (answers[0].json()["birth_year"], answers[0].json()["name"]) == (1991, "Asha D’Souza")
    assert (await running.client.patch("/api/v1/patients/1", json={})).status_code == 428


async def test_a_key_that_may_only_write_is_told_no_profile_that_it_has_not_seen(running: Running) -> None:
    made = await registered(running)
    key = await running.services.programs.keys.add("kiosk of others", ["patients:write"])
    headers = {"Authorization": f"Bearer {key}"}

    async def patch(match: str, body: dict[str, Any]) -> Any:
        sent = headers | {"If-Match": match}
        return await running.anonymous.patch("/api/v1/patients/1", json=body, headers=sent)

    for body in ({}, {"birth_year": 1990}):
        refused = [await patch(match, body) for match in ("*", '"guessed"')]
        assert [answer.status_code for answer in refused] == [403, 412]
        assert "Asha" not in refused[0].text + refused[1].text
    assert (await patch(made.headers["etag"], {"birth_year": 1990})).json()["birth_year"] == 1990


async def test_two_records_are_merged_from_the_versions_that_were_read_and_once(running: Running) -> None:
    kept = await registered(running)
    gone = await registered(running, name="Aasha", phone="+91 98765 43210")
    other = {"other": gone.json()["id"], "version": gone.headers["etag"]}
    path = f"/api/v1/patients/{kept.json()['id']}/merge"

    async def merge(match: str | None, body: dict[str, Any]) -> int:
        headers = {"If-Match": match} if match else {}
        return (await running.client.post(path, json=body, headers=headers)).status_code

    assert await merge(None, other) == 428
    assert await merge('"older"', other) == 412
    assert await merge(kept.headers["etag"], other | {"version": "older"}) == 412
    assert await merge(kept.headers["etag"], other) == 200
    assert await merge(kept.headers["etag"], other) == 404
    listed = (await running.client.get("/api/v1/patients")).json()["patients"]
    assert [one["name"] for one in listed] == ["Asha D’Souza"]
