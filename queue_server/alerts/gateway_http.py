"""One request to a gateway over HTTP, and what its failure tells about the message."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from queue_server.domain.alerts.alerts import Later, Outcome, Unknown
from queue_server.tls import trusted_authorities

# It would write the address of each request into the log, and a gateway's address may hold number, text and key.
logging.getLogger("httpx2").setLevel(logging.WARNING)

#: More of an answer is not read: no gateway's answer is that long.
LONGEST_ANSWER = 64 * 1024
#: No connection is kept: one that the gateway closes while it is used would leave the message's fate unknown.
LIMITS = httpx2.Limits(max_keepalive_connections=0)
TIMEOUT = httpx2.Timeout(30.0, connect=5.0, pool=5.0)


def patience(seconds: float) -> httpx2.Timeout:
    """Wait so long for an answer, and at most five seconds for the connection."""
    return httpx2.Timeout(seconds, connect=min(seconds, 5.0), pool=5.0)


#: After these the gateway surely knows nothing of the message.
NOTHING_WENT_OUT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway has answered, and for how long it asks to be left alone."""

    status: int
    text: str
    retry_after_s: float | None


async def ask(
    method: str,
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
    within: httpx2.Timeout = TIMEOUT,
) -> Answer | Outcome:
    """The gateway's answer; `Later` when it surely did not get the request, `Unknown` when it may have."""
    try:
        async with (
            httpx2.AsyncClient(timeout=within, limits=LIMITS, auth=login, verify=trusted_authorities()) as client,
            client.stream(method, url, content=content, headers=headers) as response,
        ):
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LONGEST_ANSWER:
                    break
            text = body.decode("utf-8-sig", "replace")
            return Answer(response.status_code, text, _retry_after(response.headers.get("retry-after")))
    except NOTHING_WENT_OUT as error:
        return Later(f"no gateway: {type(error).__name__}")
    except httpx2.HTTPError as error:
        return Unknown(f"no answer from the gateway: {type(error).__name__}")


def failure(answer: Answer) -> Outcome | None:
    """What a status says that has the same meaning at every gateway; none when the gateway's own words decide."""
    if answer.status == 429:
        after_s = 10.0 if answer.retry_after_s is None else answer.retry_after_s
        return Later("too many requests to the gateway (429)", after_s)
    if answer.status == 503:
        return Later("the gateway is not ready (503)", answer.retry_after_s)
    if answer.status in {401, 402, 403}:
        return Later(f"the gateway refuses the login or the account ({answer.status})")
    if answer.status in {407, 511}:  # a proxy's and a network's own, RFC 9110 and RFC 6585
        return Later(f"the network wants a login before the gateway ({answer.status})")
    if answer.status >= 500:
        return Unknown(f"the gateway failed ({answer.status})")
    return None


def _retry_after(text: str | None) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3); none for anything else."""
    if not text:
        return None
    if text.strip().isdecimal() and text.isascii():
        return float(text.strip()[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((at - datetime.now(at.tzinfo or UTC)).total_seconds(), 0.0) if at.tzinfo else None
