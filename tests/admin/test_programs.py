"""The administrator's page of other programs and their webhooks."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.running import Running

PAGE = {"Accept": "text/html"}
PATH = "/admin/programs"


async def test_a_key_is_shown_once_and_opens_what_was_chosen(running: Running, boss: httpx2.AsyncClient) -> None:
    made = await boss.post(PATH, data={"name": "Hospital records", "scopes": ["queues:read", "events:read"]})
    again = await boss.get(PATH)

    found = re.search(r'id="made-key">([\w-]+)<', made.text)
    assert found
    assert found[1] not in again.text
    assert "Hospital records" in again.text
    headers = {"Authorization": f"Bearer {found[1]}"}
    paths = ("/api/v1/rooms", "/api/v1/events", "/api/v1/patients")
    answers = [await running.anonymous.get(path, headers=headers) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 403]


@pytest.mark.parametrize(
    "form", [{"name": "One"}, {"scopes": ["events:read"]}, {"name": "One", "scopes": ["tokens:burn"]}, {}]
)
async def test_what_makes_no_key_is_said_on_the_page(boss: httpx2.AsyncClient, form: dict[str, str]) -> None:
    page = await boss.post(PATH, data=form)

    assert page.status_code == 422
    assert "choose at least one thing that it may do" in page.text


async def test_a_revoked_program_is_gone_from_the_page(running: Running, boss: httpx2.AsyncClient) -> None:
    answer = await boss.post(f"{PATH}/1/revoke")

    assert answer.status_code == 303
    assert 'data-program="1"' not in (await boss.get(PATH)).text
    assert (await running.client.get("/api/v1/rooms")).status_code == 401


async def test_a_webhook_is_added_looked_at_and_removed(running: Running, boss: httpx2.AsyncClient) -> None:
    form = {"program": "1", "url": "https://records.invalid/hooks/s3cr3t", "events": ["token.called"]}
    made = await boss.post(f"{PATH}/webhooks", data=form)
    listed = await boss.get(PATH)
    one = await boss.get(f"{PATH}/webhooks/1")

    assert 'id="made-secret"' in made.text
    assert ("records.invalid" in listed.text, "s3cr3t" in listed.text) == (True, False)
    assert "Nothing was sent yet." in one.text
    answers = [
        await boss.post(f"{PATH}/webhooks/1/state", data={"active": "no"}),
        await boss.post(f"{PATH}/webhooks/1/replay", data={"after": "0"}),
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    moved = await running.services.programs.webhooks.one(1, None)
    assert (moved.state, moved.position) == ("active", 0)
    assert (await boss.post(f"{PATH}/webhooks/1/remove")).status_code == 303
    assert (await boss.get(f"{PATH}/webhooks/1")).status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"program": "1", "url": "https://127.0.0.1/", "events": ["token.called"]}, "This address cannot be used"),
        ({"program": "1", "url": "https://records.invalid/"}, "Please choose at least one event."),
    ],
)
async def test_what_makes_no_webhook_is_said_on_the_page(
    boss: httpx2.AsyncClient, form: dict[str, str], said: str
) -> None:
    page = await boss.post(f"{PATH}/webhooks", data=form)

    assert page.status_code == 422
    assert said in page.text


async def test_an_event_that_the_key_may_not_read_is_refused(running: Running, boss: httpx2.AsyncClient) -> None:
    await running.services.programs.keys.add("narrow", ["events:read"])
    form = {"program": "2", "url": "https://records.invalid/", "events": ["document.added"]}

    page = await boss.post(f"{PATH}/webhooks", data=form)

    assert page.status_code == 422
    assert "does not allow these events" in page.text


async def test_the_pages_are_in_hindi_too(boss: httpx2.AsyncClient) -> None:
    page = await boss.get(f"{PATH}?lang=hi")

    assert "प्रोग्राम जोड़ें" in page.text
    assert "Add a program" not in page.text
