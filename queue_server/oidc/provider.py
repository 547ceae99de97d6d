"""The login provider over HTTP: what it says of itself, its keys, and what it gives for a code.

The authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9207).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from queue_server.domain.errors import ProviderAway, ProviderRefused
from queue_server.domain.people.provider_logins import Identity, groups_in
from queue_server.oidc.id_tokens import UnknownKey, claims_of
from queue_server.oidc.settings import OidcSettings, is_safe
from queue_server.tls import trusted_authorities

# It would write addresses into the log, and the one that comes back holds a code.
logging.getLogger("httpx2").setLevel(logging.WARNING)
logger = logging.getLogger(__name__)

#: A person waits in front of the page.
_TIMEOUT = httpx2.Timeout(5.0, connect=3.0, pool=3.0)
_LONGEST_ANSWER = 256 * 1024
#: What the provider says of itself is asked for again after this long; keys at once for one that is not known, but not
#: more often than every few seconds, so that nobody makes this server hammer the provider.
_KEPT = timedelta(hours=1)
_KEYS_NOT_BEFORE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 3)."""

    authorization: str
    token: str
    keys: str
    end_session: str
    by_post: bool


class Provider:
    """One login provider. Nothing of a login is kept here: all follows from the secret in the browser's cookie."""

    def __init__(self, settings: OidcSettings, back: str, now: Callable[[], datetime]) -> None:
        """`back` is the address to which the provider sends people back. Raises `OSError` for a missing secret file."""
        self.settings = settings
        self.name = settings.name
        self._secret = settings.secret
        self._back = back
        self._now = now
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def address(self, secret: str) -> str:
        """Where the browser that keeps this secret logs in. Raises `ProviderAway`."""
        verifier = hashlib.sha256(_part(secret, "verifier").encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self._back,
            "scope": self.settings.scopes,
            "state": _part(secret, "state"),
            "nonce": _part(secret, "nonce"),
            "code_challenge": _letters(verifier),
            "code_challenge_method": "S256",
            # Screens are shared: whoever was there before must not be let in without being asked.
            "prompt": "login",
        }
        start = (await self._about()).authorization
        return f"{start}{'&' if urlsplit(start).query else '?'}{urlencode(asked)}"

    async def identity(self, secret: str, sent: Mapping[str, str]) -> Identity:
        """Whom the provider has logged in, who came back with the query `sent`.

        Raises `ProviderRefused` for whatever is not in order, `ProviderAway`.
        """
        if not secret or not hmac.compare_digest(sent.get("state", "").encode(), _part(secret, "state").encode()):
            raise ProviderRefused("This is not the login that was begun in this browser.")
        if sent.get("iss", self.settings.issuer) != self.settings.issuer:
            raise ProviderRefused("Another login provider has answered.")
        if "error" in sent or not sent.get("code"):
            raise ProviderRefused("The login provider has let nobody in.")
        token = await self._token(sent["code"], _part(secret, "verifier"))
        claims = await self._claims(token, _part(secret, "nonce"))
        methods = claims.get("amr")
        return Identity(
            issuer=self.settings.issuer,
            subject=str(claims["sub"]),
            name=str(claims.get("name") or ""),
            login=str(claims.get("preferred_username") or ""),
            groups=groups_in(claims, self.settings.groups_claim),
            is_strong=isinstance(methods, list) and "mfa" in methods,  # RFC 8176
        )

    async def end_address(self, after: str) -> str:
        """Where the login at the provider itself is ended; empty where that is not known, or the provider is away."""
        try:
            end = (await self._about()).end_session
        except ProviderAway:
            return ""
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": after}
        return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(asked)}" if end else ""

    async def _about(self) -> Metadata:
        now = self._now()
        if self._metadata is None or not timedelta() <= now - self._metadata[0] < _KEPT:
            found = await self._ask("GET", f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            self._metadata = now, self._read(found)
        return self._metadata[1]

    def _read(self, found: Mapping[str, Any]) -> Metadata:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        addresses = [found.get(name) for name in names]
        if found.get("issuer") != self.settings.issuer:
            raise _away("it names itself otherwise than QUEUE_OIDC_ISSUER")
        if not all(isinstance(address, str) and is_safe(address) for address in addresses):
            raise _away("its addresses are not safe")
        end = found.get("end_session_endpoint")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_post = "client_secret_basic" not in methods
        authorization, token, keys = map(str, addresses)
        return Metadata(authorization, token, keys, end if isinstance(end, str) and is_safe(end) else "", by_post)

    async def _token(self, code: str, verifier: str) -> str:
        about = await self._about()
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": verifier}
        login = None
        if self._secret and not about.by_post:
            # RFC 6749, 2.3.1: both are encoded before they are joined.
            login = quote_plus(self.settings.client_id), quote_plus(self._secret)
        else:
            sent |= {"client_id": self.settings.client_id}
            sent |= {"client_secret": self._secret} if self._secret else {}
        token = (await self._ask("POST", about.token, sent, login)).get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused("The login provider has given no token.")
        return token

    async def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        asked = (self.settings.issuer, self.settings.client_id, nonce, self._now())
        try:
            return claims_of(token, await self._key_set(), *asked)
        except UnknownKey:
            logger.info("The login provider has signed with a key that is not known; its keys are asked for again.")
        try:
            return claims_of(token, await self._key_set(is_stale=True), *asked)
        except UnknownKey as error:
            raise ProviderRefused("The login provider's token is signed with a key that is not its own.") from error

    async def _key_set(self, *, is_stale: bool = False) -> KeySet:
        now = self._now()
        age = now - self._keys[0] if self._keys else None
        kept = _KEYS_NOT_BEFORE if is_stale else _KEPT
        if self._keys is None or age is None or not timedelta() <= age < kept:
            found = await self._ask("GET", (await self._about()).keys)
            try:
                self._keys = now, KeySet.import_key_set({"keys": [*found["keys"]]})
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise _away("its keys cannot be read") from error
        return self._keys[1]

    async def _ask(
        self,
        method: str,
        address: str,
        content: Mapping[str, str] | None = None,
        login: tuple[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """The provider's answer. Raises `ProviderAway`, and `ProviderRefused` for a code that it does not take."""
        try:
            async with (
                httpx2.AsyncClient(timeout=_TIMEOUT, auth=login, verify=trusted_authorities()) as client,
                client.stream(method, address, data=content, headers={"Accept": "application/json"}) as response,
            ):
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > _LONGEST_ANSWER:
                        raise _away("its answer is too long")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _away(type(error).__name__) from error
        if method == "POST" and 400 <= response.status_code < 500:
            raise ProviderRefused("The login provider does not take its code back.")
        if response.status_code != 200:
            raise _away(f"it answers {response.status_code}")
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _away("its answer is no JSON") from error
        if not isinstance(found, dict):
            raise _away("its answer is no object")
        return found


def _away(why: str) -> ProviderAway:
    logger.warning("The login provider cannot be asked: %s.", why)
    return ProviderAway()


def _part(secret: str, name: str) -> str:
    """What the login with this secret sends as `name`; from one of them nobody learns another."""
    return _letters(hmac.new(secret.encode(), name.encode(), hashlib.sha256).digest())


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
