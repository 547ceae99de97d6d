"""A stand-in for ABDM's gateway that behaves as docs/abdm.md says the real one does. Nothing of it is the real one's.

It asks for what the gateway asks for: a session before anything else, the standard headers on every call, one of two
bodies. It says what is wrong in five shapes and in none at all, repeats its callbacks, is late, and changes its keys.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import httpx2
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.abdm.settings import AbdmSettings
from queue_server.serving import listening_socket
from tests.running import a_browser
from tests.waiting import take_time

HIP, CLIENT, SECRET = "IN2710000042", "SBX_000042", "the-client-secret"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

#: A status and the text of a body: every shape in which the gateway says that something is wrong.
SHAPES: dict[str, tuple[int, str]] = {
    "nested": (400, '{"error": {"code": "ABDM-1006", "message": "refused"}}'),
    "array": (400, '[{"code": "ABDM-1006: ", "message": "refused"}]'),
    "flat": (400, '{"code": "ABDM-1006", "message": "refused"}'),
    "without a code": (400, '{"message": "refused", "timestamp": "2026-09-16 14:34:55"}'),
    "by field": (400, '{"tokenNumber": "refused", "timestamp": "2026-09-16 14:34:55"}'),
    "empty": (400, ""),
}


@cache
def rsa_key(kid: str) -> RSAKey:
    """A key of its own for every name; making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": kid})


@dataclass
class Answer:
    """How one call is answered in the stand-in's place; `late_s` seconds later."""

    status: int = 202
    body: str = ""
    late_s: float = 0.0


@dataclass
class StandIn:
    """`now` is its clock; `told` has every body that it took, by the REQUEST-ID of the share that it answers."""

    now: Callable[[], datetime]
    port: int = 0
    kid: str = "first"
    published: list[str] = field(default_factory=lambda: ["first"])
    session_lasts_s: int = 1200
    #: How the next answers to shares are taken, and the next sessions, one after the other.
    on_share: deque[Answer] = field(default_factory=deque)
    on_session: deque[Answer] = field(default_factory=deque)
    sessions: set[str] = field(default_factory=set)
    shared_at: dict[str, float] = field(default_factory=dict)
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    #: Its clock differs from `now` by so much.
    ahead: timedelta = timedelta(0)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> AbdmSettings:
        """What a clinic has to be told to use it."""
        place: dict[str, Any] = {"abdm_gateway_url": self.url, "abdm_client_secret": SecretStr(SECRET)}
        return AbdmSettings(abdm_hip_id=HIP, abdm_client_id=CLIENT, **place)

    def rotate(self, kid: str) -> None:
        """From now on it signs with another key, and publishes no other."""
        self.kid, self.published = kid, [kid]

    def end_sessions(self) -> None:
        """No session opens anything any more."""
        self.sessions.clear()

    def times(self, path_end: str) -> int:
        """How often something was asked for."""
        return sum(path.endswith(path_end) for _, path in self.asked)

    def token(
        self, *, kid: str = "", key: RSAKey | None = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """What a callback proves itself with; `claims` go before the usual ones, none leaves one out."""
        now = int((self.now() + self.ahead).timestamp())
        usual = {"iss": "gateway", "aud": CLIENT, "iat": now, "exp": now + 600} | claims
        kept = {name: value for name, value in usual.items() if value is not None}
        signs = kid or self.kid
        algorithm = {"alg": "RS256", "kid": signs} | (header or {})
        return jwt.encode(algorithm, kept, key or rsa_key(signs), algorithms=[str(algorithm["alg"])])

    async def share(self, server: httpx2.AsyncClient, body: Any, request_id: str = "", **more: Any) -> httpx2.Response:
        """Hand a share over, as the gateway does."""
        request_id = request_id or str(uuid4())
        self.shared_at.setdefault(request_id, time.monotonic())
        headers = {
            "Authorization": f"Bearer {more.get('token') or self.token()}",
            "REQUEST-ID": request_id,
            "TIMESTAMP": more.get("timestamp") or _stamp(self.now() + self.ahead),
            "X-HIP-ID": HIP,
        }
        return await server.post("/api/v3/hip/patient/share", json=body, headers=headers)

    def number(self, request_id: str) -> str:
        """The number that a share was answered with; there must be one."""
        said: str = self.told[request_id][0]["acknowledgement"]["profile"]["tokenNumber"]
        return said

    def refusal(self, request_id: str) -> str:
        """The words that a share was refused with; there must be some."""
        said: str = self.told[request_id][0]["error"]["message"]
        return said

    async def answer(self, request: Request) -> Response:
        """Whatever is asked for."""
        self.asked.append((request.method, request.url.path))
        made = await self._answered(request)
        made.headers["Date"] = format_datetime(self.now() + self.ahead, usegmt=True)
        return made

    async def _answered(self, request: Request) -> Response:
        if (wrong := self._wrong_headers(request)) is not None:
            return wrong
        if request.url.path.endswith("/sessions"):
            return await self._session(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.sessions:
            return Response(status_code=401)
        return self._certs() if request.url.path.endswith("/certs") else await self._on_share(request)

    def _wrong_headers(self, request: Request) -> Response | None:
        stamp, request_id = request.headers.get("timestamp", ""), request.headers.get("request-id", "")
        if not STAMP.fullmatch(stamp) or request.headers.get("x-cm-id") != "sbx":
            return Response(status_code=401)
        if UUID(request_id).version != 4 or request_id in self.request_ids:
            return _json(400, {"error": {"code": "ABDM-1015", "message": "REQUEST-ID"}})
        self.request_ids.append(request_id)
        if abs(datetime.fromisoformat(stamp) - self.now() - self.ahead) > timedelta(minutes=5):
            return _json(400, [{"code": "ABDM-2402: ", "message": "Invalid timestamp"}])
        return None

    async def _session(self, request: Request) -> Response:
        if self.on_session:
            return await _as_told(self.on_session.popleft())
        asked = await request.json()
        if asked != {"clientId": CLIENT, "clientSecret": SECRET, "grantType": "client_credentials"}:
            return _json(401, {"code": "900901", "message": "Invalid credentials"})
        self.sessions.add(token := str(uuid4()))
        return _json(200, {"accessToken": token, "expiresIn": self.session_lasts_s, "tokenType": "bearer"})

    def _certs(self) -> Response:
        algorithms = dict.fromkeys(self.published, "RS256") | {"other": "RS512"}
        keys = [rsa_key(kid).as_dict(private=False) | {"alg": name, "use": "sig"} for kid, name in algorithms.items()]
        return _json(200, {"keys": keys})

    async def _on_share(self, request: Request) -> Response:
        if self.on_share:
            chosen = self.on_share.popleft()
            if chosen.status != 202:
                return await _as_told(chosen)
            await take_time(chosen.late_s)
        body = await request.json()
        if request.headers.get("x-hip-id") != HIP or not _is_well_formed(body):
            return _json(400, {"error": {"code": "ABDM-1006", "message": "Bad request"}})
        request_id = body["response"]["requestId"]
        if request_id not in self.shared_at:
            return _json(404, [{"code": "ABDM-1001: ", "message": "No such share"}])
        if time.monotonic() - self.shared_at[request_id] > 30:
            return _json(400, {"code": "ABDM-1007", "message": "Too late"})
        self.told.setdefault(request_id, []).append(body)
        self.told_at.setdefault(request_id, time.monotonic())
        self.arrived.set()
        return Response(status_code=202)


def a_profile(address: str = "asha@sbx", counter: str = "GEN", **patient: Any) -> dict[str, Any]:
    """The body of a share, in the shape that was seen."""
    shared = {
        "abhaNumber": "91-1234-5678-9012",
        "abhaAddress": address,
        "name": "Asha Devi",
        "gender": "F",
        "dayOfBirth": "4",
        "monthOfBirth": None,
        "yearOfBirth": "1988",
        "address": {"line": "12 Hill Road", "district": "PUNE", "state": "MAHARASHTRA", "pincode": "411001"},
        "phoneNumber": "8123456789",
    }
    about = {"hipId": HIP, "context": counter, "hprId": None, "latitude": "18.5", "longitude": 73.8}
    return {"intent": "PROFILE_SHARE", "metaData": about, "profile": {"patient": shared | patient}}


@asynccontextmanager
async def a_gateway(now: Callable[[], datetime]) -> AsyncIterator[StandIn]:
    """The stand-in listens on loopback."""
    made = StandIn(now)
    app = Starlette(routes=[Route("/{path:path}", made.answer, methods=["GET", "POST", "PATCH"])])
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, date_header=False, lifespan="off")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    listener = listening_socket(config)
    made.port = listener.getsockname()[1]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield made
    finally:
        server.should_exit = True
        await serving
        listener.close()


def a_caller(url: str) -> httpx2.AsyncClient:
    """What the gateway calls a clinic's server with."""
    return a_browser(url)


def _is_well_formed(body: Any) -> bool:
    if not isinstance(body, dict) or ("acknowledgement" in body) == ("error" in body):
        return False
    if set(body.get("response", {})) != {"requestId"}:
        return False
    if "error" in body:
        return bool(body["error"]["code"] and body["error"]["message"])
    told = body["acknowledgement"]
    profile = told["profile"]
    is_said = told["status"] == "SUCCESS" and bool(told["abhaAddress"])
    return is_said and profile["expiry"].isdecimal() and bool(profile["context"] and profile["tokenNumber"])


def _json(status: int, content: object) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")


async def _as_told(answer: Answer) -> Response:
    await take_time(answer.late_s)
    return Response(answer.body, answer.status, media_type="application/json")


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
