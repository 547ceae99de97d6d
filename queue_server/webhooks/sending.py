"""One signed POST to another program's server, and to no address that it must not reach.

The name is resolved here and the connection goes to the very address that was checked, so a name that resolves
differently a moment later leads nowhere else. Redirects are not followed, proxies of the environment not used, no
connection is kept, and nothing of the answer is read but its head.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property

import httpx2

from queue_server import __version__
from queue_server.domain.alerts.alerts import Later, Outcome, Refused, Sent
from queue_server.domain.errors import BadInput
from queue_server.domain.programs.webhooks import Address, Network, Target, asks_again, check_address, signature, target
from queue_server.services.programs.webhook_deliveries import Attempt, Job
from queue_server.tls import trusted_authorities

#: A target has so long to answer, with everything.
TIMEOUT_S = 10.0
_RESOLVED_WITHIN_S = 5.0
#: So many of a name's addresses are tried.
_ADDRESSES = 3

#: Host and port → its addresses. Raises `OSError`.
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


class Sender:
    """Sends jobs; use it inside `async with`."""

    def __init__(
        self, allowed: Sequence[Network] = (), resolve: Resolve | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        """`allowed`: networks that may be reached although they are private."""
        self._allowed = allowed
        self._timeout_s = timeout_s
        # Threads of its own: names that hang must not keep passwords waiting.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="names of webhooks")
        self._resolve = resolve or self._look_up

    @cached_property
    def _client(self) -> httpx2.AsyncClient:
        """Made at the first job: most clinics have none, and the authorities take megabytes."""
        # A kept connection belongs to an address, not to a name, so another name there could be given it.
        return httpx2.AsyncClient(
            verify=trusted_authorities(),
            trust_env=False,
            follow_redirects=False,
            timeout=self._timeout_s,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def __aenter__(self) -> Sender:
        return self

    async def __aexit__(self, *_: object) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, job: Job, now: datetime) -> Attempt:
        """Hand the job over once and say what became of it; raises nothing that can be foreseen."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                outcome, status = await self._send(job, int(now.timestamp()))
        except TimeoutError:
            outcome, status = Later(f"no answer within {self._timeout_s:g} seconds"), None
        except (BadInput, OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            outcome, status = Later(_reason(error)), None
        return Attempt(outcome, status, round((time.monotonic() - began) * 1000))

    async def _send(self, job: Job, at: int) -> tuple[Outcome, int | None]:
        where = target(job.webhook.url, self._allowed)
        addresses = [where.address] if where.address else list(await self._resolve(where.host, where.port))
        for address in addresses:
            check_address(address, where.scheme, self._allowed)
        message_id = f"{job.webhook.id}-{job.event}"
        headers = {
            "Host": where.host if where.port in {80, 443} else f"{where.host}:{where.port}",
            "Content-Type": "application/json",
            "User-Agent": f"smart-queue/{__version__}",
            "Webhook-Id": message_id,
            "Webhook-Timestamp": str(at),
            "Webhook-Signature": signature(job.webhook.secret, message_id, at, job.body),
        }
        for address in addresses[:_ADDRESSES]:
            try:
                return await self._post(where, address, headers, job.body)
            except httpx2.ConnectError as error:
                failed = error
        raise failed if addresses else OSError("the name has no address")

    async def _post(
        self, where: Target, address: Address, headers: dict[str, str], body: bytes
    ) -> tuple[Outcome, int | None]:
        url = httpx2.URL(where.url).copy_with(host=str(address))
        more = {"sni_hostname": where.host} if where.scheme == "https" and where.address is None else {}
        async with self._client.stream("POST", url, content=body, headers=headers, extensions=more) as answer:
            status = answer.status_code
            after = answer.headers.get("retry-after", "")
        if 200 <= status < 300:
            return Sent(), status
        if asks_again(status):
            return Later(f"answered {status}", float(after[:6]) if after.isdecimal() else None), status
        return Refused(f"answered {status}"), status

    async def _look_up(self, host: str, port: int) -> Sequence[Address]:
        def ask() -> list[Address]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))

        async with asyncio.timeout(_RESOLVED_WITHIN_S):
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


def _reason(error: Exception) -> str:
    """Why it failed, for whoever set the webhook up; it never holds the address's path, which may be secret."""
    match error:
        case BadInput():
            return error.message
        case socket.gaierror():
            return "the name is not known"
        case httpx2.ConnectError():
            return "no connection"
        case httpx2.TimeoutException():
            return "no answer in time"
        case _:
            return f"broken off ({type(error).__name__})"
