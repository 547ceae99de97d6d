"""No name, phone, password or PIN of staff and patients in logs, addresses, the journal, on displays or consoles."""

from __future__ import annotations

import json
import logging
import re

import pytest

from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.services.people.accounts import mark_of
from queue_server.web.identity import SESSION_COOKIE
from tests.clinics import PHONE
from tests.running import Running, a_browser

PASSWORD, OWN, UNLOCK, NEW_PIN = "correct horse", "a nicer mule", "8402", "161803"
HTML = {"Accept": "text/html", "Accept-Language": "en"}
WORKER = {"login": "meera", "role": "desk", "name": "Meera Worker", "qualification": "MBBS", "registration": "REG-4711"}
PATIENT = {"name": "Asha Patient", "age": "34", "sex": "female", "language": "en", "consent": CONSENT_VERSION}


class Day:
    """What people send, and where they are led."""

    def __init__(self, url: str) -> None:
        self.client = a_browser(url, headers=HTML)
        self.addresses: list[str] = []
        self.secrets = [PASSWORD, OWN, "wrong horse", NEW_PIN, "271828", "314159"]
        self.secrets += ["Meera Worker", "REG-4711", "Asha Patient", "8123456789", "81234 56789", PHONE]

    async def post(self, path: str, **data: str) -> str:
        answer = await self.client.post(path, data=data)
        assert answer.status_code < 500, answer.text
        self.addresses += [str(answer.url), answer.headers.get("location", "")]
        return answer.text

    async def log_in(self, login: str, password: str) -> None:
        await self.post("/login", login=login, password=password, next="/account")
        self.secrets.append(self.client.cookies.get(SESSION_COOKIE) or "none")

    def shown(self, pattern: str, page: str) -> str:
        found = re.search(pattern, page)
        assert found, page
        self.secrets.append("".join(found.groups()))
        return self.secrets[-1]


async def a_day(running: Running) -> Day:
    """Staff and patients come, forget, are reset, lock, unlock and go."""
    day = Day(running.url)
    await day.post("/me/register", phone=PHONE, pin="271828", **PATIENT)
    await day.post("/me/tokens", department="GEN")
    await day.post("/me/pin", old_pin="314159", pin=NEW_PIN)
    await day.post("/me/logout")
    await day.post("/me/login", phone=PHONE, pin="314159")
    await day.post("/me/pin/forgotten", phone=PHONE)
    await day.log_in("boss", PASSWORD)
    first = day.shown(r'id="password">([a-z0-9-]+)<', await day.post("/admin/staff", **WORKER))
    await day.post("/logout")
    await day.log_in("meera", "wrong horse")
    await day.log_in("meera", first)
    await day.client.get("/desk")
    await day.post("/account/password", old=first, password=OWN, again=OWN, next="/desk")
    await day.post("/account/pin", password="wrong horse", pin=UNLOCK)
    await day.post("/account/pin", password=OWN, pin=UNLOCK)
    await day.post("/lock")
    await day.client.get("/desk")
    await day.post("/unlock", secret="wrong horse", next="/desk")
    await day.post("/unlock", secret=UNLOCK, next="/desk")
    await day.post("/desk/pin", phone=PHONE)
    pin = day.shown(r'id="pin">(\d{3}) (\d{3})<', await day.post("/desk/pin/reset", phone=PHONE, checked="photo_id"))
    await day.post("/me/login", phone=PHONE, pin=pin)
    for session in await running.services.people.accounts.sessions(5):
        await day.post(f"/account/sessions/{mark_of(session)}/end")
    await day.post("/logout")
    await day.client.aclose()
    return day


@pytest.mark.usefixtures("quick_hashes")
async def test_logs_addresses_the_journal_displays_and_consoles(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    day = await a_day(running)

    mine = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    written = [record.getMessage() + str(record.exc_text or "") for record in mine] + day.addresses
    written += [
        json.dumps(line, ensure_ascii=False) for line in await running.services.programs.journal.events(0, 1000)
    ]
    kinds = {line["kind"] for line in await running.services.programs.journal.events(0, 1000)}
    assert {"staff_added", "password_changed", "unlock_pin_changed", "record_read", "pin_reset"} <= kinds
    assert [secret for secret in day.secrets if secret in "\n".join(written)] == []

    secret = await running.services.people.accounts.log_in("front", PASSWORD)
    personal = [one for one in day.secrets if one != "Meera Worker"]
    for path in ("/ws/board/main", "/ws/room/1", "/ws/desk"):
        async with running.socket(path, None, extra={"Cookie": f"{SESSION_COOKIE}={secret}"}) as line:
            frame = str(await line.recv())
        assert [one for one in personal if one in frame] == [], path
