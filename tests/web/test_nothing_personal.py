"""No name, phone or secret in logs, addresses, boards or the journal, whatever way the day goes."""

from __future__ import annotations

import json
import logging

import pytest
import websockets

from queue_server.services.access.credentials import new_key
from queue_server.web.identity import SESSION_COOKIE
from tests.running import Running

LOGIN, PASSWORD, NAME = "first", "correct horse", "Doctor first"


async def a_day(running: Running) -> tuple[list[str], list[str]]:
    """Everything that people do in a day, with right and wrong secrets; gives the secrets and the addresses used."""
    secrets, addresses = [*running.keys.values(), PASSWORD], []
    await running.anonymous.post("/login", data={"login": LOGIN, "password": "wrong horse", "next": "/doctor"})
    answer = await running.anonymous.post("/login", data={"login": LOGIN, "password": PASSWORD, "next": "/doctor"})
    addresses.append(answer.headers["location"])
    secrets += ["wrong horse", answer.cookies[SESSION_COOKIE]]
    code = await running.services.devices.registry.offer("kiosk", "Second kiosk", "entrance")
    enrolled = await running.anonymous.post("/api/v1/devices/enrol", json={"code": code})
    wrong = new_key()
    headers = {"Authorization": f"Bearer {wrong}"}
    addresses.append((await running.anonymous.get("/doctor", headers={"Accept": "text/html"} | headers)).url.path)
    secrets += [code, enrolled.json()["key"], wrong]
    token = await running.issue(place="entrance")
    secrets.append(token["status_url"].rsplit("/", 1)[1])
    await running.call_next()
    await running.anonymous.get(f"/t/{secrets[-1]}")
    await running.anonymous.post("/doctor/1/next", content=b"{not json")
    await running.anonymous.post("/logout")
    return secrets, addresses


async def test_logs_addresses_and_the_journal_hold_nothing_personal(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    secrets, addresses = await a_day(running)

    # The test's own client speaks into the same log.
    mine = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    written = "\n".join(
        [record.getMessage() + str(record.exc_text or "") for record in mine]
        + addresses
        + [json.dumps(line) for line in await running.services.programs.journal.events(0, 1000)]
    )
    # The names of staff are shown to colleagues, and never written down.
    assert [secret for secret in [*secrets, NAME] if secret in written] == []


async def test_the_display_shows_numbers_and_no_links(running: Running) -> None:
    token = await running.issue()
    await running.call_next()

    async with running.socket("/ws/board/main", "display") as line:
        frame = await line.recv()

    assert token["number"] in frame
    assert token["status_url"].rsplit("/", 1)[1] not in frame
    for key in running.keys.values():
        assert key not in frame


async def test_a_refused_line_repeats_no_key(running: Running) -> None:
    wrong = new_key()

    async with running.socket("/ws/board/main", wrong) as line:
        said = [str(await line.recv())]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.recv()

    assert wrong not in said[0] + str(closed.value)
