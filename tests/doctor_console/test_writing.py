"""Writing over HTTP: what is sent wrongly, and what the phone hears."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.doctor_console.conftest import LogIn
from tests.running import Running

LINE = {"generic": "Paracetamol", "form": "tablet", "strength": "500 mg", "dose": "1-1-1", "food": "after", "days": "3"}


@pytest.fixture
async def token(running: Running) -> dict[str, Any]:
    """The first doctor has the patient in room 1."""
    issued = await running.issue()
    await running.call_next("1")
    return issued


async def test_saving_says_what_each_line_means(running: Running, log_in: LogIn, token: dict[str, Any]) -> None:
    doctor = await log_in("first")
    content = {"lines": [LINE, LINE | {"days": "0"}, LINE | {"generic": "Tulsi", "dose": "½ bd"}]}

    answer = await doctor.post(f"/doctor/tokens/{token['id']}/prescription/draft", json={"edit": 0, "content": content})

    good, bad, unknown = answer.json()["lines"]
    assert (good["quantity"], good["parts"], good["is_listed"]) == ("9", ["1", "1", "0", "1"], True)
    assert bad["field"] == "days"
    assert (unknown["parts"], unknown["is_listed"]) == (["½", "0", "0", "½"], False)


async def test_a_new_doctor_is_offered_what_is_common_in_the_department(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    own = "/doctor/writing/favourites"

    new = (await doctor.get(f"{own}?department=GEN")).json()
    await doctor.post(own, json={"line": LINE})
    later = (await doctor.get(f"{own}?department=GEN")).json()

    assert len(new["suggested"]) == 9
    assert new["suggested"][0] == {"generic": "Paracetamol", "form": "tablet", "strength": "500 mg", "is_listed": True}
    assert [one["generic"] for one in later["suggested"]] == [one["generic"] for one in new["suggested"]][1:]


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"lines": "none"},
        {"lines": [{"generic": 5}]},
        {"lines": [LINE] * 500},
        {"lines": [LINE | {"price": "1"}]},
        {"unknown": ""},
        {"note": "x" * 5000},
        {"person": {"name": "x" * 300}},
    ],
)
async def test_what_is_no_draft_is_refused_with_a_field(log_in: LogIn, token: dict[str, Any], content: object) -> None:
    doctor = await log_in("first")

    answer = await doctor.post(f"/doctor/tokens/{token['id']}/prescription/draft", json={"edit": 0, "content": content})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["field"]


async def test_another_kind_of_paper_does_not_exist(log_in: LogIn, token: dict[str, Any]) -> None:
    doctor = await log_in("first")

    assert (await doctor.get(f"/doctor/tokens/{token['id']}/invoice")).status_code == 404
    sent = await doctor.post(f"/doctor/tokens/{token['id']}/prescription/preview", json={"edit": 1})
    assert sent.status_code == 404


async def test_a_lost_session_refuses_and_the_draft_is_there_after_the_next_login(
    log_in: LogIn, token: dict[str, Any]
) -> None:
    doctor = await log_in("first")
    path = f"/doctor/tokens/{token['id']}/prescription"
    await doctor.post(f"{path}/draft", json={"edit": 0, "content": {"lines": [LINE]}})
    doctor.cookies.clear()

    refused = await doctor.post(f"{path}/draft", json={"edit": 1, "content": {}})

    assert refused.status_code == 401
    opened = (await (await log_in("first")).get(path)).json()
    assert opened["draft"]["content"]["lines"][0]["dose"] == "1-1-1"


async def test_the_patients_phone_hears_of_a_signed_paper(
    running: Running, log_in: LogIn, token: dict[str, Any]
) -> None:
    doctor = await log_in("first")
    path = f"/doctor/tokens/{token['id']}/prescription"
    await doctor.post(f"{path}/draft", json={"edit": 0, "content": {"lines": [LINE]}})
    key = token["status_url"].rsplit("/", 1)[1]

    async with running.socket(f"/ws/token/{key}", None) as phone:
        before = await _view(phone)
        refused = await doctor.post(f"{path}/sign", json={"edit": 1})
        press = {"edit": 1, "without": ["name", "registration"]}
        signed = await doctor.post(f"{path}/sign", json=press, headers={"Idempotency-Key": "one"})
        again = await doctor.post(f"{path}/sign", json=press, headers={"Idempotency-Key": "one"})
        after = await _view(phone)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "incomplete_paper")
    assert signed.status_code == 200
    assert again.json() == signed.json()
    assert after != before


async def _view(phone: Any) -> Any:
    while True:
        frame = json.loads(await asyncio.wait_for(phone.recv(), 10))
        if frame["type"] == "view":
            return frame["data"]
