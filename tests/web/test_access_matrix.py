"""Every route and every live line, asked by everybody, answers as the table says; no route is without a row.

ok: it is done, or refused for another reason than who asks · login: a login or a key is asked for · no: not allowed ·
none: there is no such thing, as far as this asker may know · taken: another doctor has the room
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websockets
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import ConnectionClosed

from queue_server import faces
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import QueueError
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.people.staff_accounts import StaffForm
from queue_server.web.identity import SESSION_COOKIE
from queue_server.web.patient_login import SESSION_COOKIE as PATIENT_COOKIE
from tests.clinics import PIN
from tests.papers.examples import a_prescription
from tests.running import Running

#: The columns. A further kind of asker is a further word here, a way to ask below, and a column in every row.
ASKERS = ["anonymous", "patient", "other", "desk", "doctor", "admin", "program", "kiosk", "display", "agent", "nurse"]

#: The nurse has a role of the clinic's own: desk and console of the general department, the roster of none.
LOGINS = {"desk": "front", "doctor": "first", "admin": "boss", "nurse": "nurse"}
NURSE = {"name": "Nurse", "base": "doctor", "rights": ["run_desk", "work_in_room"], "departments": ["GEN"]}
PHONES = {"patient": "+91 98765 43210", "other": "+91 81234 56780"}

#: The declared table: see the head of the file.
TABLE = [
    line
    for line in (Path(__file__).parent / "access_matrix.txt").read_text().splitlines()
    if line and not line.startswith("#")
]

#: What stands in a path's places. A token of nobody's room is the doctor's own, one of the laboratory is another's.
PLACES: Mapping[str, Mapping[str, str]] = {
    "own": {
        "room": "1",
        "kind": "certificate",
        "certificate": "fitness",
        "language": "hi",
        "board": "main",
        "display": "main",
        "department": "GEN",
        "action": "hold",
        "device": "4",
        "mark": "0",
        "section": "all",
        "code": "GEN",
        "name": "main",
        "staff": "5",
        "role": "2",
        "channel": "sms",
        "paper": "signed",
        "webhook": "1",
        "counter": "GEN",
        "part": "requirements.lock",
    },
    "other": {"room": "2", "kind": "certificate", "action": "hold"},
    #: Of the laboratory, for which the nurse's role is not.
    "far": {"room": "3", "action": "hold"},
    "unknown": {
        "room": "99",
        "kind": "certificate",
        "certificate": "birth",
        "language": "hi",
        "medicine": "999999",
        "favourite": "999999",
        "template": "999999",
        "board": "cellar",
        "display": "cellar",
        "department": "XYZ",
        "action": "hold",
        "key": "nobody-knows-this-key",
        "token": "999999",
        "task": "999999",
        "job": "999999",
        "device": "999999",
        "code": "XYZ",
        "name": "cellar",
        "holiday": "999999",
        "shift": "999999",
        "document": "999999",
        "mark": "nobody",
        "patient": "999999",
        "webhook": "999999",
        "program": "999999",
        "staff": "999999",
        "role": "999999",
        "message": "999999",
        "channel": "smoke",
        "secret": "nobody-knows-it",
        "stop": "of-no-message",
        "section": "nonsense",
        "paper": "never-signed",
        "digest": "0" * 64,
        "id": "999999",
    },
}

#: What is sent where something must be; $token is replaced.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "POST /kiosk/patient": {"key": "nobody-knows-this-key", "code": "AAAAAAAA"},
    "POST /kiosk/keeper": {"store": "0" * 32},
    "POST /kiosk/keeper/numbers": {"store": "0" * 32, "numbers": []},
    "POST /kiosk/papers": {"key": "nobody-knows-this-key", "digits": "1234"},
    "POST /desk/scan": {"key": "nobody-knows-this-key"},
    "POST /doctor/{room}/scan": {"key": "nobody-knows-this-key"},
    "POST /kiosk/slip": {"key": "nobody-knows-this-key"},
    "POST /kiosk/slip/arrive": {"key": "nobody-knows-this-key"},
    "POST /kiosk/slip/return": {"key": "nobody-knows-this-key"},
    "POST /kiosk/slip/give-up": {"key": "nobody-knows-this-key"},
    "POST /kiosk/tokens": {"department": "GEN"},
    "POST /kiosk/tokens/abandoned": {"department": "GEN"},
    "POST /display/{board}/sound": {"sound": "sounds"},
    "POST /doctor/{room}/call": {"token": "$token"},
    "POST /doctor/{room}/duty": {"state": "on_duty"},
    "POST /doctor/{room}/tokens/{token:int}/transfer": {"department": "LAB"},
    "POST /doctor/tokens/{token:int}/{kind}/draft": {"edit": 0, "content": {}},
    "POST /doctor/tokens/{token:int}/{kind}/discard": {"edit": 1},
    "POST /doctor/tokens/{token:int}/{kind}/correct": {"record": 1},
    "POST /doctor/tokens/{token:int}/{kind}/preview": {"edit": 1},
    "POST /doctor/tokens/{token:int}/{kind}/sign": {"edit": 1},
    "POST /doctor/writing/check": {"edit": 0, "content": {}},
    "POST /doctor/writing/registration": {"registration": "12345"},
    "POST /doctor/writing/favourites": {"line": {"generic": "Paracetamol"}},
    "POST /doctor/writing/templates": {"diagnosis": "Fever", "content": {"lines": [{"generic": "Paracetamol"}]}},
    "POST /desk/prints/{job:int}/again": {"place": "entrance"},
    "PUT /api/v1/rooms/{room}/duty": {"doctor": 1, "state": "on_duty"},
    "PATCH /api/v1/webhooks/{webhook:int}": {"is_active": True},
    "POST /api/v1/patients/{patient:int}/merge": {"other": 1, "version": "older"},
    "POST /api/v1/webhooks/{webhook:int}/replay": {"after": 0},
}

BODIES_OF: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("POST /api/v1/tokens", "own"): {"department": "GEN"},
    ("POST /api/v1/displays", "own"): {"name": "hall"},
    ("POST /api/v1/webhooks", "own"): {"url": "https://program.example/", "events": ["token.issued"]},
    ("POST /api/v1/tokens", "unknown"): {"department": "XYZ"},
    ("POST /devices/session", "own"): {"code": "$display"},
    ("POST /devices/session", "unknown"): {"code": "AAAA-AAAA"},
    ("POST /api/v1/devices/enrol", "unknown"): {"code": "AAAA-AAAA"},
}

FORMS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("POST /admin/alerts/limits/{channel}", "own"): {"limit": "100"},
    ("POST /admin/devices/codes", "own"): {"kind": "kiosk", "name": "One more", "place": "entrance"},
    ("POST /me/tokens", "own"): {"department": "GEN"},
    ("POST /login", "own"): {"login": "second", "password": "correct horse", "next": "/"},
    ("POST /login", "unknown"): {"login": "second", "password": "wrong horse", "next": "/"},
}

#: Routes after which the asker has to log in again.
ENDING_SESSIONS = {"POST /logout", "POST /me/logout", "POST /me/logins/end", "POST /lock", "POST /account/sessions/end"}

OUTCOMES = {401: "login", 403: "no", 404: "none", 423: "locked", 4401: "login", 4403: "no", 4404: "none"}


@dataclass(frozen=True)
class Row:
    """A route, whose object is asked for, and what is declared for each asker."""

    route: str
    whose: str
    outcomes: tuple[str, ...]


def declared() -> list[Row]:
    """The rows of the table."""
    made = []
    for line in TABLE[1:]:
        method, path, whose, *outcomes = line.split()
        made.append(Row(f"{method} {path}", whose, tuple(outcomes)))
    return made


def served() -> set[str]:
    """Every route of the application; the mount of the static files is open to everybody."""
    found = set()
    for route in faces.routes():
        if isinstance(route, WebSocketRoute):
            found.add(f"WS {route.path}")
        elif isinstance(route, Route):
            found |= {f"{method} {route.path}" for method in route.methods or () if method != "HEAD"}
    return found


class World:
    """The served clinic as all askers meet it."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._sessions: dict[str, str] = {}
        self._looked_at: tuple[Row, dict[str, str]] | None = None

    async def outcome(self, row: Row, asker: str) -> str:
        """What this asker is answered on objects made for this question; a look changes nothing, so all look at one."""
        headers = await self._headers(asker)
        method, path = row.route.split(" ")
        if method != "GET" or self._looked_at is None or self._looked_at[0] != row:
            self._looked_at = row, await self._places(row, path)
        places = self._looked_at[1]
        for name, value in places.items():
            path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:int}}", value)
        if method == "WS":
            return await self._line(path, headers)
        answer = await self._answer(method, path, headers, row, places)
        if row.route in ENDING_SESSIONS:
            self._sessions.pop(asker, None)
        return answer

    async def _places(self, row: Row, path: str) -> dict[str, str]:
        places = dict(PLACES[row.whose])
        if "document" in path or path.endswith("/history") or path.startswith("/doctor/tokens/"):
            return await self._records(row.whose) | places
        if path.startswith("/me/") or "{patient" in path:
            return await self._patients_objects() | places
        if "{token" in path or "$token" in str(BODIES.get(row.route)) or "{key}" in path or "{job" in path:
            return await self._objects(row.whose) | places
        return places

    async def _headers(self, asker: str) -> dict[str, str]:
        if asker in LOGINS or asker in PHONES:
            cookie = SESSION_COOKIE if asker in LOGINS else PATIENT_COOKIE
            return {"Cookie": f"{cookie}={await self._session(asker)}"}
        return {"Authorization": f"Bearer {self.running.keys[asker]}"} if asker != "anonymous" else {}

    async def _session(self, asker: str) -> str:
        if asker not in self._sessions:
            known = self.running.services
            if asker in LOGINS:
                self._sessions[asker] = await known.people.accounts.log_in(LOGINS[asker], "correct horse")
            else:
                self._sessions[asker] = await self._registered(asker)
        return self._sessions[asker]

    async def _registered(self, asker: str) -> str:
        person, consent = PersonForm(asker.title(), "40"), Consent(CONSENT_VERSION)
        return (
            await self.running.services.people.patients.register(PHONES[asker], PIN, person, consent, cost=4)
        ).secret

    async def _objects(self, whose: str) -> dict[str, str]:
        token = await self.running.issue("LAB" if whose in {"other", "far"} else "GEN", place="entrance")
        desk: Any = (await self.running.services.screens.boards.desk()).data
        return {
            "token": str(token["id"]),
            "key": token["status_url"].rsplit("/", 1)[1],
            "job": str(desk["prints"][0]["id"]),
        }

    async def _patients_objects(self) -> dict[str, str]:
        login = await self.running.services.people.patients.who(await self._session("patient"))
        assert login is not None
        assert login.patient is not None
        issued = await self.running.services.screens.own_tokens.take(login.patient, "GEN")
        return {"patient": str(login.patient.id), "token": str(issued.token_id)}

    async def _records(self, whose: str) -> dict[str, str]:
        """A document of a patient who is in room 1 (own), or of another one, who is in room 2 (other)."""
        known, is_other = self.running.services, whose == "other"
        login = await known.people.patients.who(await self._session("other" if is_other else "patient"))
        doctor = await known.people.accounts.by_login("second" if is_other else "first")
        assert login is not None
        assert login.patient is not None
        assert doctor is not None
        token = (await known.screens.own_tokens.take(login.patient, "GEN")).token_id
        by = Actor(ActorKind.DOCTOR, doctor.id)
        with suppress(QueueError):
            await known.queue.calling.call(token, "2" if is_other else "1", by=by)
        async with known.store.transaction() as work:
            document = await known.records.documents.add(
                work,
                token_id=token,
                patient_id=None,
                kind=DocumentKind.REPORT,
                name="x",
                media_type="application/pdf",
                content=b"%PDF-",
                by=Actor(ActorKind.SYSTEM),
            )
        return {"token": str(token), "document": str(document), "patient": str(login.patient.id)}

    async def _answer(self, method: str, path: str, headers: dict[str, str], row: Row, places: dict[str, str]) -> str:
        form = FORMS.get((row.route, row.whose))
        body = BODIES_OF.get((row.route, row.whose), BODIES.get(row.route))
        sent = json.loads(
            json.dumps(body).replace('"$token"', places.get("token", "1")).replace("$display", self._key("display"))
        )
        headers |= {"Accept": "application/json", "If-Match": "*"}
        if "kiosk/tokens" in path:
            headers["Idempotency-Key"] = f"{path} {headers.get('Authorization')}"
        self.running.anonymous.cookies.clear()
        content: dict[str, Any] = {"data": form} if form else {"json": sent} if body else {}
        answer = await self.running.anonymous.request(method, path, headers=headers, **content)
        assert answer.status_code < 500, (row, answer.text)
        if answer.status_code == 200 and 'action="/devices/session"' in answer.text:
            return "login"
        if answer.status_code == 409 and "room_taken" in answer.text:
            return "taken"
        return OUTCOMES.get(answer.status_code, "ok")

    async def _line(self, path: str, headers: dict[str, str]) -> str:
        address = self.running.url.replace("http", "ws", 1) + path
        async with websockets.connect(address, additional_headers=headers) as line:
            if path == "/ws/agent":  # an agent is told nothing while there is nothing to print, but heard out
                with suppress(ConnectionClosed):
                    await line.send("Good morning")
            first = json.loads(await asyncio.wait_for(line.recv(), 20))
            if first["type"] != "error" or first["code"] == "bad_frame":
                return "ok"
            await line.wait_closed()
        return OUTCOMES[int(line.close_code or 0)]

    def _key(self, name: str) -> str:
        return self.running.keys[name]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {row.route for row in declared()} == served()


def test_every_row_has_an_outcome_for_everybody() -> None:
    assert TABLE[0].split() == ASKERS
    assert {len(row.outcomes) for row in declared()} == {len(ASKERS)}


async def test_everybody_is_answered_as_declared(running: Running) -> None:
    second = await running.services.people.accounts.by_login("second")
    assert second is not None
    await running.services.queue.duties.change(
        "2", DutyState.ON_DUTY, doctor=Actor(ActorKind.DOCTOR, second.id, second.name)
    )
    await running.services.devices.registry.add(DeviceKind.KIOSK, "A kiosk that is revoked", "entrance")
    paper = await running.services.records.papers.make(a_prescription(key="signed"), "en")
    async with running.services.store.transaction() as work:
        await running.services.records.papers.keep(work, paper)
    await running.services.people.staffing.add("spare", "desk", StaffForm("Whose account is closed"), by=SYSTEM, cost=4)
    for name in ("Nurse", "Spare"):
        await running.services.people.roles.add(NURSE | {"name": name}, by=SYSTEM)
    await running.services.people.accounts.create("nurse", "correct horse", Role.DOCTOR, "Nurse", cost=4)
    nurse = await running.services.people.accounts.by_login("nurse")
    assert nurse is not None
    await running.services.people.roles.give(nurse.id, "Nurse", by=SYSTEM)
    world, different = World(running), list[str]()

    for row in declared():
        # So many askers who all know nothing are one address that guesses.
        running.limits.counters.reset()
        for asker, expected in zip(ASKERS, row.outcomes, strict=True):
            if (outcome := await world.outcome(row, asker)) != expected:
                different.append(f"{row.route} ({row.whose}), {asker}: {outcome}, not {expected}")

    assert not different, "\n" + "\n".join(different)
