"""Webhooks over the API: a program keeps its own, from versions that it has seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, a_running_clinic
from tests.waiting import until
from tests.webhooks.receiver import Receiver, a_receiver

PATH = "/api/v1/webhooks"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """The program's own server."""
    async with a_receiver() as made:
        yield made


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, whose webhooks may reach this machine."""
    url = f"sqlite:///{tmp_path}/queue.db"
    async with a_running_clinic(url, tmp_path, webhook_networks="127.0.0.0/8") as served:
        yield served


async def add(running: Running, url: str, **more: Any) -> dict[str, Any]:
    """A webhook, over HTTP."""
    answer = await running.client.post(PATH, json={"url": url, "events": ["token.issued"], **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_what_is_issued_reaches_the_program_and_is_listed(running: Running, receiver: Receiver) -> None:
    webhook = await add(running, receiver.url)
    token = await running.issue()

    await _delivered(running, webhook)

    assert [sent.event["data"]["token"] for sent in receiver.received] == [token["id"]]
    assert [(one["state"], one["status"]) for one in await _deliveries(running, webhook)] == [("delivered", 204)]


async def test_the_secret_is_told_once(running: Running) -> None:
    made = await add(running, "https://program.example/hook")

    read = (await running.client.get(f"{PATH}/{made['id']}")).json()

    assert len(made["secret"]) >= 40
    assert read == {name: value for name, value in made.items() if name != "secret"}
    assert (await running.client.get(PATH)).json() == {"webhooks": [read], "next": None}


async def test_an_addition_that_is_repeated_makes_one(running: Running) -> None:
    body, headers = {"url": "https://program.example/", "events": ["token.issued"]}, {"Idempotency-Key": "once"}

    answers = [await running.client.post(PATH, json=body, headers=headers) for _ in "ab"]

    assert answers[0].json() == answers[1].json()
    assert len((await running.client.get(PATH)).json()["webhooks"]) == 1


async def test_a_change_names_the_version_that_it_was_made_from(running: Running) -> None:
    made = await add(running, "https://program.example/hook")
    path, change = f"{PATH}/{made['id']}", {"is_active": False}
    tag = (await running.client.get(path)).headers["etag"]

    unnamed = await running.client.patch(path, json=change)
    first = await running.client.patch(path, json=change, headers={"If-Match": tag})
    second = await running.client.patch(path, json=change, headers={"If-Match": tag})
    removal = await running.client.delete(path, headers={"If-Match": tag})
    removed = await running.client.delete(path, headers={"If-Match": first.headers["etag"]})

    assert (unnamed.status_code, unnamed.json()["error"]["code"]) == (428, "precondition_required")
    assert (first.status_code, first.json()["state"]) == (200, "paused")
    assert (second.status_code, removal.status_code, removed.status_code) == (412, 412, 204)
    assert (await running.client.get(path)).status_code == 404


async def test_another_programs_webhook_does_not_exist(running: Running) -> None:
    made = await add(running, "https://program.example/hook")
    headers = {"Authorization": f"Bearer {await running.services.programs.keys.add('other')}", "If-Match": "*"}
    path = f"{PATH}/{made['id']}"

    answers = [
        await running.anonymous.get(path, headers=headers),
        await running.anonymous.get(f"{path}/deliveries", headers=headers),
        await running.anonymous.patch(path, json={"is_active": False}, headers=headers),
        await running.anonymous.post(f"{path}/replay", json={"after": 0}, headers=headers),
        await running.anonymous.delete(path, headers=headers),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert (await running.anonymous.get(PATH, headers=headers)).json()["webhooks"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://10.0.0.1/", "events": ["token.issued"]}, "url"),
        ({"url": "https://a:b@program.example/", "events": ["token.issued"]}, "url"),
        ({"url": "https://program.example/", "events": []}, "events"),
        ({"url": "https://program.example/", "events": ["token.eaten"]}, "events.0"),
        ({"url": "https://program.example/", "events": ["token.issued"], "after": -1}, "after"),
        ({"events": ["token.issued"]}, "url"),
    ],
)
async def test_what_is_no_webhook_is_refused(running: Running, body: dict[str, Any], field: str) -> None:
    answer = await running.client.post(PATH, json=body)

    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, field)


async def test_a_program_may_have_ten(running: Running) -> None:
    for number in range(10):
        await add(running, f"https://program.example/{number}")

    answer = await running.client.post(PATH, json={"url": "https://program.example/", "events": ["token.issued"]})

    assert answer.status_code == 422


async def test_a_new_webhook_may_begin_in_the_past(running: Running, receiver: Receiver) -> None:
    await running.issue()
    webhook = await add(running, receiver.url, after=0)

    await _delivered(running, webhook)

    assert receiver.types == ["token.issued"]


async def _deliveries(running: Running, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = (await running.client.get(f"{PATH}/{webhook['id']}/deliveries")).json()
    found: list[dict[str, Any]] = answer["deliveries"]
    return found


async def _delivered(running: Running, webhook: dict[str, Any]) -> None:
    """Something of the webhook has been delivered."""

    async def is_delivered() -> bool:
        return bool(await _deliveries(running, webhook))

    await until(is_delivered)
