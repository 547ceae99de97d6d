"""A login provider for tests: it answers as OpenID Connect says, and badly where a test asks it to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "smart-queue", "a secret: with % and +"


@dataclass
class StandIn:
    """`person` are the claims of whoever logs in; `bend` changes what a token says, its header or its key."""

    now: Callable[[], datetime]
    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "248289761001", "preferred_username": "anna"})
    bend: Callable[[dict[str, Any]], None] = lambda claims: None
    algorithm: str = "RS256"
    is_away: bool = False
    about: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: Any = field(default_factory=lambda: _rsa("first"))
    published: list[Any] | None = None
    signs_with: Any = None
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        """Another key signs, and the old one is gone."""
        self.key = ECKey.generate_key("P-256", {"kid": f"key {len(self.asked)}", "use": "sig"})
        self.algorithm = "ES256"

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._about),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/keys", self._keys),
        ]

    async def _about(self, request: Request) -> Response:
        self.asked.append("about")
        if self.is_away:
            return Response("busy", 503)
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.url}/{path}" for name, path in names.items()}
        return JSONResponse(found | {"issuer": self.url, "end_session_endpoint": f"{self.url}/end"} | self.about)

    async def _authorize(self, request: Request) -> Response:
        """Everybody is let in at once."""
        sent = dict(request.query_params)
        assert sent["prompt"] == "login"
        assert sent["code_challenge_method"] == "S256"
        code = f"code {len(self._codes)}"
        self._codes[code] = sent
        return RedirectResponse(f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}")

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        if self.is_away:
            return Response("busy", 503)
        async with request.form() as form:
            sent = {name: str(value) for name, value in form.items()}
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        begun = self._codes.pop(sent["code"], None)
        digest = _letters(hashlib.sha256(sent["code_verifier"].encode()).digest())
        is_known = given == f"{CLIENT}:a+secret%3A+with+%25+and+%2B"
        if begun is None or not is_known or digest != begun["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        at = int(self.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": begun["nonce"], **self.person}
        self.bend(claims)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.signed(claims)})

    def signed(self, claims: dict[str, Any]) -> str:
        """The claims as a token."""
        if self.algorithm in {"none", "HS256"}:
            head = {"alg": self.algorithm, "kid": self.key.kid}
            body = ".".join(_letters(json.dumps(part).encode()) for part in (head, claims))
            # Whoever checks HS256 with a public key takes what everybody knows for a secret.
            by = hmac.new(self.key.as_pem(private=False), body.encode(), hashlib.sha256).digest()
            return f"{body}.{_letters(by) if self.algorithm == 'HS256' else ''}"
        key = self.signs_with or self.key
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key, algorithms=[self.algorithm])

    async def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        keys = [self.key] if self.published is None else self.published
        return JSONResponse({"keys": [key.as_dict(private=False) for key in keys]})


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _rsa(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


class _QuietServer(uvicorn.Server):
    """Leaves the signals to the tests' own process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def a_provider(now: Callable[[], datetime]) -> AsyncIterator[StandIn]:
    """The provider answers at its `url` until the end."""
    stand_in = StandIn(now)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = _QuietServer(uvicorn.Config(Starlette(routes=stand_in.routes()), log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stand_in.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield stand_in
        finally:
            server.should_exit = True
            await serving
