"""Every route and every live line, asked by everybody, answers as the table says; no route is without a row.

ok: it is done, or refused for another reason than who asks · login: a login or a key is asked for · no: not allowed ·
none: there is no such thing, as far as this asker may know · taken: another doctor has the room
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import websockets
from starlette.routing import Route, WebSocketRoute

from queue_server import faces
from queue_server.domain.tokens import DutyState
from queue_server.services.actors import Actor
from queue_server.storage.tables.devices import DeviceKind
from queue_server.web.identity import SESSION_COOKIE
from tests.running import Running

#: The columns. A further kind of asker is a further word here, a way to ask below, and a column in every row.
ASKERS = ["anonymous", "desk", "doctor", "admin", "program", "kiosk", "display", "agent"]

LOGINS = {"desk": "front", "doctor": "first", "admin": "boss"}

#: METHOD path whose → outcome for each asker. `own`: of the asker where it can be (the doctor has room 1, the display
#: the board "main"); `other`: somebody else's; `unknown`: nobody's.
TABLE = """
                                           anonymous desk  doctor admin program kiosk display agent
GET  /healthz                     own      ok        ok    ok     ok    ok      ok    ok      ok
GET  /readyz                      own      ok        ok    ok     ok    ok      ok    ok      ok
GET  /login                       own      ok        ok    ok     ok    ok      ok    ok      ok
POST /login                       own      ok        ok    ok     ok    ok      ok    ok      ok
POST /login                       unknown  login     login login  login login   login login   login
POST /logout                      own      ok        ok    ok     ok    ok      ok    ok      ok
POST /devices/session             own      ok        ok    ok     ok    ok      ok    ok      ok
POST /devices/session             unknown  login     login login  login login   login login   login
GET  /                            own      ok        ok    ok     ok    ok      ok    ok      ok
GET  /t/{key}                     own      ok        ok    ok     ok    ok      ok    ok      ok
GET  /t/{key}                     unknown  none      none  none   none  none    none  none    none
POST /t/{key}/return              own      ok        ok    ok     ok    ok      ok    ok      ok
POST /t/{key}/return              unknown  ok        ok    ok     ok    ok      ok    ok      ok
GET  /t/{key}/qr.svg              own      ok        ok    ok     ok    ok      ok    ok      ok
WS   /ws/token/{key}              own      ok        ok    ok     ok    ok      ok    ok      ok
WS   /ws/token/{key}              unknown  none      none  none   none  none    none  none    none
GET  /kiosk                       own      login     login login  login login   ok    login   login
GET  /kiosk/service-worker.js     own      ok        ok    ok     ok    ok      ok    ok      ok
POST /kiosk/tokens                own      login     no    no     no    no      ok    no      no
POST /kiosk/tokens/abandoned      own      login     no    no     no    no      ok    no      no
WS   /ws/kiosk                    own      login     no    no     no    no      ok    no      no
GET  /display/{board}             own      login     ok    ok     ok    ok      no    ok      no
GET  /display/{board}             unknown  login     none  none   none  none    no    none    no
WS   /ws/board/{board}            own      login     ok    ok     ok    ok      no    ok      no
WS   /ws/board/{board}            unknown  login     none  none   none  none    no    none    no
GET  /doctor                      own      login     no    ok     ok    no      no    no      no
GET  /doctor/{room}               own      login     no    ok     ok    no      no    no      no
GET  /doctor/{room}               other    login     no    ok     ok    no      no    no      no
GET  /doctor/{room}               unknown  login     no    none   none  no      no    no      no
POST /doctor/{room}/next          own      login     no    ok     ok    no      no    no      no
POST /doctor/{room}/next          other    login     no    taken  ok    no      no    no      no
POST /doctor/{room}/next          unknown  login     no    none   none  no      no    no      no
POST /doctor/{room}/call          own      login     no    ok     ok    no      no    no      no
POST /doctor/{room}/call          other    login     no    taken  ok    no      no    no      no
POST /doctor/{room}/call          unknown  login     no    none   none  no      no    no      no
POST /doctor/{room}/undo          own      login     no    ok     ok    no      no    no      no
POST /doctor/{room}/undo          other    login     no    taken  ok    no      no    no      no
POST /doctor/{room}/undo          unknown  login     no    none   none  no      no    no      no
POST /doctor/{room}/duty          own      login     no    ok     taken no      no    no      no
POST /doctor/{room}/duty          other    login     no    taken  taken no      no    no      no
POST /doctor/{room}/duty          unknown  login     no    none   none  no      no    no      no
POST /doctor/{room}/tokens/{token:int}/{action}  own      login  no  ok     ok    no  no  no  no
POST /doctor/{room}/tokens/{token:int}/{action}  other    login  no  taken  none  no  no  no  no
POST /doctor/{room}/tokens/{token:int}/{action}  unknown  login  no  none   none  no  no  no  no
POST /doctor/{room}/tokens/{token:int}/recall    own      login  no  ok     ok    no  no  no  no
POST /doctor/{room}/tokens/{token:int}/recall    other    login  no  taken  none  no  no  no  no
POST /doctor/{room}/tokens/{token:int}/recall    unknown  login  no  none   none  no  no  no  no
POST /doctor/{room}/tokens/{token:int}/transfer  own      login  no  ok     ok    no  no  no  no
POST /doctor/{room}/tokens/{token:int}/transfer  other    login  no  taken  none  no  no  no  no
POST /doctor/{room}/tokens/{token:int}/transfer  unknown  login  no  none   none  no  no  no  no
WS   /ws/room/{room}              own      login     ok    ok     ok    ok      no    no      no
WS   /ws/room/{room}              other    login     ok    ok     ok    ok      no    no      no
WS   /ws/room/{room}              unknown  login     none  none   none  none    no    no      no
GET  /desk                        own      login     ok    no     ok    no      no    no      no
POST /desk/prints/{job:int}/again own      login     ok    no     ok    no      no    no      no
POST /desk/prints/{job:int}/again unknown  login     none  no     none  no      no    no      no
WS   /ws/desk                     own      login     ok    no     ok    no      no    no      no
GET  /admin                       own      login     no    no     ok    no      no    no      no
GET  /admin/devices               own      login     no    no     ok    no      no    no      no
POST /admin/devices/codes         own      login     no    no     ok    no      no    no      no
POST /admin/devices/{device:int}/revoke          own      login  no  no     ok    no      no  no  no
POST /admin/devices/{device:int}/revoke          unknown  login  no  no     none  no      no  no  no
POST /api/v1/tokens               own      login     ok    no     ok    ok      ok    no      no
POST /api/v1/tokens               unknown  login     none  no     none  none    none  no      no
GET  /api/v1/tokens/{token:int}   own      login     no    no     ok    ok      no    no      no
GET  /api/v1/tokens/{token:int}   unknown  login     no    no     none  none    no    no      no
POST /api/v1/tokens/{token:int}/{action}         own      login  no  no     ok    ok      no  no  no
POST /api/v1/tokens/{token:int}/{action}         unknown  login  no  no     none  none    no  no  no
POST /api/v1/rooms/{room}/call-next              own      login  no  no     ok    ok      no  no  no
POST /api/v1/rooms/{room}/call-next              unknown  login  no  no     none  none    no  no  no
GET  /api/v1/departments/{department}/queue      own      login  no  no     ok    ok      no  no  no
GET  /api/v1/departments/{department}/queue      unknown  login  no  no     none  none    no  no  no
GET  /api/v1/events               own      login     no    no     ok    ok      no    no      no
POST /api/v1/devices/enrol        unknown  login     login login  login login   login login   login
GET  /api/v1/openapi.json         own      ok        ok    ok     ok    ok      ok    ok      ok
WS   /ws/agent                    own      login     no    no     no    no      no    no      ok
"""

#: What stands in a path's places. A token of nobody's room is the doctor's own, one of the laboratory is another's.
PLACES: Mapping[str, Mapping[str, str]] = {
    "own": {"room": "1", "board": "main", "department": "GEN", "action": "hold", "device": "4"},
    "other": {"room": "2", "action": "hold"},
    "unknown": {
        "room": "99",
        "board": "cellar",
        "department": "XYZ",
        "action": "hold",
        "key": "nobody-knows-this-key",
        "token": "999999",
        "job": "999999",
        "device": "999999",
    },
}

#: What is sent where something must be; $token is replaced.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "POST /kiosk/tokens": {"department": "GEN"},
    "POST /kiosk/tokens/abandoned": {"department": "GEN"},
    "POST /doctor/{room}/call": {"token": "$token"},
    "POST /doctor/{room}/duty": {"state": "on_duty"},
    "POST /doctor/{room}/tokens/{token:int}/transfer": {"department": "LAB"},
    "POST /desk/prints/{job:int}/again": {"place": "entrance"},
}

BODIES_OF: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("POST /api/v1/tokens", "own"): {"department": "GEN"},
    ("POST /api/v1/tokens", "unknown"): {"department": "XYZ"},
    ("POST /devices/session", "own"): {"code": "$display"},
    ("POST /devices/session", "unknown"): {"code": "AAAA-AAAA"},
    ("POST /api/v1/devices/enrol", "unknown"): {"code": "AAAA-AAAA"},
}

FORMS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("POST /admin/devices/codes", "own"): {"kind": "kiosk", "name": "One more", "place": "entrance"},
    ("POST /login", "own"): {"login": "second", "password": "correct horse", "next": "/"},
    ("POST /login", "unknown"): {"login": "second", "password": "wrong horse", "next": "/"},
}

#: Routes after which the asker has to log in again.
ENDING_SESSIONS = {"POST /logout"}

OUTCOMES = {401: "login", 403: "no", 404: "none", 4401: "login", 4403: "no", 4404: "none"}


@dataclass(frozen=True)
class Row:
    """A route, whose object is asked for, and what is declared for each asker."""

    route: str
    whose: str
    outcomes: tuple[str, ...]


def declared() -> list[Row]:
    """The rows of the table."""
    made = []
    for line in TABLE.strip().splitlines()[1:]:
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

    async def outcome(self, row: Row, asker: str) -> str:
        """What this asker is answered, on objects made for this question."""
        headers = await self._headers(asker)
        if row.route in ENDING_SESSIONS:
            self._sessions.pop(asker, None)
        method, path = row.route.split(" ")
        places = dict(PLACES[row.whose])
        if "{token" in path or "$token" in str(BODIES.get(row.route)) or "{key}" in path or "{job" in path:
            places = await self._objects(row.whose) | places
        for name, value in places.items():
            path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:int}}", value)
        if method == "WS":
            return await self._line(path, headers)
        return await self._answer(method, path, headers, row, places)

    async def _headers(self, asker: str) -> dict[str, str]:
        if asker in LOGINS:
            if asker not in self._sessions:
                secret = await self.running.services.accounts.log_in(LOGINS[asker], "correct horse")
                self._sessions[asker] = secret
            return {"Cookie": f"{SESSION_COOKIE}={self._sessions[asker]}"}
        return {"Authorization": f"Bearer {self.running.keys[asker]}"} if asker != "anonymous" else {}

    async def _objects(self, whose: str) -> dict[str, str]:
        token = await self.running.issue("LAB" if whose == "other" else "GEN", place="entrance")
        desk = (await self.running.services.boards.desk()).data
        return {
            "token": str(token["id"]),
            "key": token["status_url"].rsplit("/", 1)[1],
            "job": str(desk["prints"][0]["id"]),
        }

    async def _answer(self, method: str, path: str, headers: dict[str, str], row: Row, places: dict[str, str]) -> str:
        form = FORMS.get((row.route, row.whose))
        body = BODIES_OF.get((row.route, row.whose), BODIES.get(row.route))
        sent = json.loads(
            json.dumps(body).replace('"$token"', places.get("token", "1")).replace("$display", self._key("display"))
        )
        headers |= {"Accept": "application/json"}
        if "kiosk/tokens" in path:
            headers["Idempotency-Key"] = f"{path} {headers.get('Authorization')}"
        self.running.anonymous.cookies.clear()
        content: dict[str, Any] = {"data": form} if form else {"json": sent} if body else {}
        answer = await self.running.anonymous.request(method, path, headers=headers, **content)
        assert answer.status_code < 500, (row, answer.text)
        if answer.status_code == 200 and 'action="/devices/session"' in answer.text:
            return "login"
        if answer.status_code == 409 and answer.json()["error"]["code"] == "room_taken":
            return "taken"
        return OUTCOMES.get(answer.status_code, "ok")

    async def _line(self, path: str, headers: dict[str, str]) -> str:
        address = self.running.url.replace("http", "ws", 1) + path
        async with websockets.connect(address, additional_headers=headers) as line:
            try:
                first = json.loads(await asyncio.wait_for(line.recv(), 1 if path == "/ws/agent" else 20))
            except TimeoutError:
                return "ok"  # a print agent is told nothing while there is nothing to print
            if first["type"] != "error":
                return "ok"
            await line.wait_closed()
        return OUTCOMES[int(line.close_code or 0)]

    def _key(self, name: str) -> str:
        return self.running.keys[name]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {row.route for row in declared()} == served()


def test_every_row_has_an_outcome_for_everybody() -> None:
    assert TABLE.strip().splitlines()[0].split() == ASKERS
    assert {len(row.outcomes) for row in declared()} == {len(ASKERS)}


async def test_everybody_is_answered_as_declared(running: Running) -> None:
    second = await running.services.accounts.by_login("second")
    assert second is not None
    await running.services.duties.change("2", DutyState.ON_DUTY, doctor=Actor("doctor", second.id, second.name))
    await running.services.devices.add(DeviceKind.KIOSK, "A kiosk that is revoked", "entrance")
    world, different = World(running), list[str]()

    for row in declared():
        for asker, expected in zip(ASKERS, row.outcomes, strict=True):
            if (outcome := await world.outcome(row, asker)) != expected:
                different.append(f"{row.route} ({row.whose}), {asker}: {outcome}, not {expected}")

    assert not different, "\n" + "\n".join(different)
