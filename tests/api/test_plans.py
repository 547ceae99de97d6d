"""A program changes a department from the version that it has read."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from queue_server.api import models
from queue_server.domain.clinic import configuration
from queue_server.domain.clinic.clinic import Department
from queue_server.storage.tables import DepartmentRow
from tests.running import Running

PATH = "/api/v1/departments/GEN/plan"


async def test_a_change_is_made_from_the_version_that_was_read_and_shown_at_once(running: Running) -> None:
    read = await running.client.get(PATH)

    changed = await running.client.patch(PATH, json={"daily_quota": 1}, headers={"If-Match": read.headers["etag"]})

    assert changed.status_code == 200
    assert changed.json() == read.json() | {"daily_quota": 1}
    await running.issue()
    full = await running.client.post("/api/v1/tokens", json={"department": "GEN"})
    assert (full.status_code, full.json()["error"]["code"]) == (409, "quota_reached")


async def test_of_two_changes_from_one_version_the_second_is_refused(running: Running) -> None:
    headers = {"If-Match": (await running.client.get(PATH)).headers["etag"]}

    answers = [await running.client.patch(PATH, json={"pace_s": pace}, headers=headers) for pace in (200, 300)]

    assert [answer.status_code for answer in answers] == [200, 412]
    assert (await running.client.get(PATH)).json()["pace_s"] == 200


async def test_a_change_that_names_no_version_is_refused(running: Running) -> None:
    answer = await running.client.patch(PATH, json={"pace_s": 200})

    assert (answer.status_code, answer.json()["error"]["code"]) == (428, "precondition_required")


@pytest.mark.parametrize(
    "change",
    [{"prefix": "L"}, {"hours": {"mon": [["13:00", "09:00"]]}}, {"colour": "invisible"}, {"names": {}}, {"x": 1}],
)
async def test_a_plan_that_cannot_be_is_refused(running: Running, change: dict[str, Any]) -> None:
    before = (await running.client.get(PATH)).json()

    answer = await running.client.patch(PATH, json=change, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_input")
    assert (await running.client.get(PATH)).json() == before


async def test_it_needs_its_own_scope(running: Running) -> None:
    key = await running.services.programs.keys.add("narrow", ["queues:read", "tokens:write"])

    answer = await running.anonymous.get(PATH, headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 403


def test_a_field_of_a_department_is_written_in_the_plan_the_table_and_the_api_alone() -> None:
    planned = [field.name for field in fields(configuration.DepartmentPlan)]

    assert set(models.DepartmentPlan.model_fields) == set(planned)
    assert set(models.DepartmentChange.model_fields) == set(planned) - {"code"}
    assert set(DepartmentRow.model_fields) == set(planned) | {"id", "position", "is_removed"}
    assert [field.name for field in fields(Department)] == [*planned, "id", "holidays"]


async def test_a_new_departments_rooms_have_the_codes_that_were_sent_and_no_guessed_ones(running: Running) -> None:
    dental = {"code": "DEN", "prefix": "D", "names": {"en": "Dental"}}

    guessed = await running.client.post("/api/v1/departments", json=dental | {"rooms": ["Lab 1"]})
    made = await running.client.post("/api/v1/departments", json=dental | {"rooms": ["7", "L1 = Lab 1"]})

    assert (guessed.status_code, made.status_code) == (422, 201)
    rooms = (await running.client.get("/api/v1/rooms")).json()["rooms"]
    assert [(room["code"], room["name"]) for room in rooms if room["department"] == "DEN"] == [
        ("7", ""),
        ("L1", "Lab 1"),
    ]
