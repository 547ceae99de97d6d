"""The client of ABDM's gateway: one session, its published keys, and answers that still reach the patient.

What cannot be known from here is a setting. The gateway's own `Date` corrects our TIMESTAMP, because a wrong one makes
every call fail, and a box without a clock chip could not even say so.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import httpx2
from joserfc.jwk import RSAKey

from queue_server.abdm.proof import prove, usable_keys
from queue_server.abdm.settings import AbdmSettings
from queue_server.abdm.states import GatewayFailed, GatewayState, NotProven
from queue_server.domain.programs.abdm import GatewayFault, gateway_fault, is_final, written
from queue_server.tls import trusted_authorities

logger = logging.getLogger(__name__)

SESSIONS = "/api/hiecm/gateway/v3/sessions"
CERTS = "/api/hiecm/gateway/v3/certs"
ON_SHARE = "/api/hiecm/patient-share/v3/on-share"

#: A session is renewed so long before its end.
RENEWED_BEFORE = timedelta(seconds=30)
#: One call may take so long: the patient waits thirty seconds for all of them.
CALL_S = 8.0
#: Between tries of one answer, in seconds; the time of the patient's app ends them earlier.
PAUSES_S = (0.3, 0.7, 1.5, 3.0, 5.0, 8.0)
#: Published keys are fetched anew after so long, and used for a day if they cannot be.
KEYS_KEPT_S, KEYS_USED_S = 3600.0, 86_400.0
#: Whoever names unknown keys makes us fetch them at most so often.
KEYS_ASKED_EVERY_S = 5.0
#: Clocks that differ by less are right.
SAME_CLOCK = timedelta(seconds=5)
LONGEST_ANSWER = 256 * 1024


class Gateway:
    """One process's line to the gateway. `now` is the clinic's clock, `pause` waits so many seconds."""

    def __init__(
        self,
        settings: AbdmSettings,
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self.state = GatewayState()
        self._clock = now
        self._pause = pause
        self._client: httpx2.AsyncClient | None = None
        self._session: str | None = None
        self._session_lock, self._keys_lock = asyncio.Lock(), asyncio.Lock()
        self._keys: Mapping[str, RSAKey] = {}
        self._keys_at = self._asked_at = float("-inf")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, it can be talked to."""
        limits = httpx2.Limits(max_connections=40, max_keepalive_connections=10, keepalive_expiry=20)
        timeout = httpx2.Timeout(CALL_S, connect=4.0)
        async with httpx2.AsyncClient(timeout=timeout, limits=limits, verify=trusted_authorities()) as client:
            self._client = client
            yield

    def now(self) -> datetime:
        """The moment at the gateway, as far as it is known."""
        difference = self.state.difference
        return self._clock() + difference if difference and abs(difference) > SAME_CLOCK else self._clock()

    async def prove(self, authorization: str) -> None:
        """The callback with this header is the gateway's. Raises `NotProven`."""
        try:
            await self._prove(authorization)
        except NotProven as error:
            self.state.refused_at, self.state.refused_because = self._clock(), str(error)
            raise

    async def _prove(self, authorization: str) -> None:
        """What is wrong only by the time is looked at once more by the gateway's present time: clocks are put right."""
        try:
            await prove(authorization, self._key, self.settings.audiences, self.now())
        except NotProven as error:
            if not error.is_about_time:
                raise
            await self._fetch_keys_seldom()
            await prove(authorization, self._key, self.settings.audiences, self.now())

    async def connect(self) -> None:
        """A session and the keys are there, both new. Raises `GatewayFailed`."""
        self._session = None
        await self._fetch_keys()

    async def tell(self, body: Mapping[str, object], until_s: float) -> GatewayFault | None:
        """The gateway has taken the answer: none; else why not. Tried until `time.monotonic()` would pass `until_s`."""
        content = json.dumps(body, ensure_ascii=False).encode()
        for pause_s in (*PAUSES_S, None):
            try:
                async with asyncio.timeout(max(0.1, until_s - time.monotonic())):
                    await self._asked("POST", ON_SHARE, content)
            except TimeoutError:
                return GatewayFault(0, "", "no answer in time")
            except GatewayFailed as failure:
                if pause_s is None or is_final(failure.error) or time.monotonic() + pause_s >= until_s:
                    return failure.error
                await self._pause(pause_s)
            else:
                return None
        raise AssertionError("unreachable")

    async def _key(self, kid: str) -> RSAKey | None:
        """The published key with this id, which is fetched once when it is not known; none means: do not believe it."""
        if kid in self._keys and time.monotonic() - self._keys_at < KEYS_KEPT_S:
            return self._keys[kid]
        async with self._keys_lock:
            if kid not in self._keys or time.monotonic() - self._keys_at >= KEYS_KEPT_S:
                await self._fetch_keys_seldom()
            return self._keys.get(kid) if time.monotonic() - self._keys_at < KEYS_USED_S else None

    async def _fetch_keys_seldom(self) -> None:
        """The keys are those of now, unless that was asked a moment ago or cannot be asked."""
        if time.monotonic() - self._asked_at < KEYS_ASKED_EVERY_S:
            return
        self._asked_at = time.monotonic()
        try:
            await self._fetch_keys()
        except GatewayFailed as failure:
            logger.warning("ABDM's keys could not be fetched: %s.", failure.error)

    async def _fetch_keys(self) -> None:
        answer = await self._asked("GET", CERTS)
        try:
            keys = usable_keys(json.loads(answer))
        except (ValueError, RecursionError):
            keys = {}
        if not keys:
            raise self._failed(GatewayFault(200, "", "no usable keys"))
        self._keys, self._keys_at, self.state.keys = keys, time.monotonic(), len(keys)

    async def _asked(self, method: str, path: str, content: bytes | None = None) -> str:
        """The body of a good answer. A session that is over is renewed once. Raises `GatewayFailed`."""
        session = await self._session_token()
        try:
            return await self._sent(method, path, content, session)
        except GatewayFailed as failure:
            if failure.error.status != 401:
                raise
        if self._session == session:
            self._session = None
        return await self._sent(method, path, content, await self._session_token())

    async def _session_token(self) -> str:
        async with self._session_lock:
            until = self.state.session_until
            if self._session is None or until is None or self._clock() >= until - RENEWED_BEFORE:
                self._session = None
                self._session = await self._new_session()
            return self._session

    async def _new_session(self) -> str:
        try:
            secret = self.settings.secret()
        except OSError as error:
            raise self._failed(GatewayFault(0, "", f"the secret's file: {type(error).__name__}")) from error
        asked = {"clientId": self.settings.abdm_client_id, "clientSecret": secret, "grantType": "client_credentials"}
        answer = await self._sent("POST", SESSIONS, json.dumps(asked).encode(), None)
        try:
            read: Any = json.loads(answer)
            token, lasts = read["accessToken"], timedelta(seconds=float(read.get("expiresIn", 0)))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise self._failed(GatewayFault(200, "", "no session in the answer")) from error
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise self._failed(GatewayFault(200, "", "no session in the answer"))
        self.state.session_until = self._clock() + min(lasts, timedelta(days=1))
        self.state.failed = None
        return token

    async def _sent(self, method: str, path: str, content: bytes | None, session: str | None) -> str:
        """The body of a good answer; sent once more when the answer shows that our clock is wrong."""
        for is_last in (False, True):
            before = self.now()
            status, body, date = await self._exchange(method, path, content, session)
            self._hear_clock(date)
            if 200 <= status < 300:
                return body
            if is_last or abs(self.now() - before) <= SAME_CLOCK or status >= 500:
                raise self._failed(gateway_fault(status, body))
        raise AssertionError("unreachable")

    async def _exchange(
        self, method: str, path: str, content: bytes | None, session: str | None
    ) -> tuple[int, str, str]:
        assert self._client is not None, "the gateway is not running"  # noqa: S101
        headers = {
            "REQUEST-ID": str(uuid4()),
            "TIMESTAMP": written(self.now()),
            "X-CM-ID": self.settings.abdm_cm_id,
            "X-HIP-ID": self.settings.abdm_hip_id,
            "Accept": "application/json",
        }
        headers |= {"Content-Type": "application/json"} if content is not None else {}
        headers |= {"Authorization": f"Bearer {session}"} if session else {}
        url = self.settings.abdm_gateway_url + path
        try:
            async with self._client.stream(method, url, content=content, headers=headers) as answer:
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > LONGEST_ANSWER:
                        raise self._failed(GatewayFault(answer.status_code, "", "a far too long answer"))
                return answer.status_code, body.decode("utf-8-sig", "replace"), answer.headers.get("date", "")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise self._failed(GatewayFault(0, "", type(error).__name__)) from error

    def _hear_clock(self, date: str) -> None:
        try:
            at = parsedate_to_datetime(date)
        except (ValueError, TypeError, OverflowError):
            return
        if at.tzinfo is not None:
            self.state.difference = at - self._clock()

    def _failed(self, error: GatewayFault) -> GatewayFailed:
        self.state.failed_at, self.state.failed = self._clock(), error
        return GatewayFailed(error)
