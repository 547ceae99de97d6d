"""What proxies make of the Host header, and whom the server takes for itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import pytest
from starlette.datastructures import Headers

from queue_server.web.body_limits import LARGEST_BODY
from queue_server.web.origins import is_foreign
from queue_server.web.static import static
from tests.running import Running


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://queue.example", "queue.example:443"),
        ("https://queue.example:443", "queue.example"),
        ("http://queue.example", "queue.example:80"),
        ("https://QUEUE.example", "queue.EXAMPLE"),
        ("http://192.168.1.20:8000", "192.168.1.20:8000"),
        ("https://[2001:db8::1]", "[2001:DB8::1]:443"),
        ("http://[2001:db8::1]:8000", "[2001:db8::1]:8000"),
    ],
)
def test_a_page_of_this_site_is_known_however_the_proxy_spells_the_host(origin: str, host: str) -> None:
    assert not is_foreign(Headers({"origin": origin, "host": host}))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "queue.example"),
        ("https://other.queue.example", "queue.example"),
        ("https://queue.example.evil.example", "queue.example"),
        ("https://queue.example:8443", "queue.example"),
        ("http://queue.example", "queue.example:443"),
        ("null", "queue.example"),
        ("https://queue.example", ""),
        ("https://queue.example:port", "queue.example"),
        ("https://[queue.example", "queue.example"),
        ("https://queue.example", "[queue.example"),
    ],
)
def test_every_other_page_stays_foreign(origin: str, host: str) -> None:
    assert is_foreign(Headers({"origin": origin, "host": host}))


@pytest.mark.parametrize(("site", "is_refused"), [("same-origin", False), ("none", False), ("same-site", True)])
def test_what_the_browser_itself_has_compared_goes_before_the_host(site: str, is_refused: bool) -> None:
    headers = Headers({"sec-fetch-site": site, "origin": "https://queue.example", "host": "backend:8000"})

    assert is_foreign(headers) is is_refused


def test_the_configured_address_is_this_site_though_the_proxy_passes_its_own_host() -> None:
    headers = Headers({"origin": "https://queue.example", "host": "backend:8000"})

    assert not is_foreign(headers, "https://queue.example")
    assert is_foreign(headers, "https://elsewhere.example")


async def test_the_log_says_what_was_compared(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answer = await running.client.post(
            "/api/v1/rooms/1/call-next", headers={"Origin": "https://queue.example", "Host": "backend:8000"}
        )

    assert answer.status_code == 403
    assert "https://queue.example" in caplog.text
    assert "backend:8000" in caplog.text


@pytest.mark.parametrize("more", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}])
async def test_the_link_of_a_token_leads_to_the_configured_address(running: Running, more: Mapping[str, str]) -> None:
    answer = await running.client.post("/api/v1/tokens", json={"department": "GEN"}, headers=more)

    assert answer.json()["status_url"].startswith("http://queue.test/t/")


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
        b"Transfer-Encoding: CHUNKED\r\ncontent-length: 5\r\n",
    ],
)
async def test_a_request_with_a_length_and_chunks_is_refused_and_its_line_ends(
    running: Running, framing: bytes
) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    request = b"POST /login HTTP/1.1\r\nHost: queue.test\r\n%b\r\n5\r\nlogin\r\n0\r\n\r\n" % framing
    writer.write(request * 2)

    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


async def test_a_body_is_counted_also_when_it_comes_in_chunks(running: Running) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /login HTTP/1.1\r\nHost: queue.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"login=" + b"x" * 8000
    for _ in range(LARGEST_BODY // len(chunk) + 2):
        writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    writer.write(b"0\r\n\r\n")

    status = await reader.readline()
    writer.close()

    assert status.split()[1] == b"413"


@pytest.mark.parametrize(
    ("path", "allowed"), [("/api/v1/tokens", "GET, HEAD, POST"), (static("css/base.css"), "GET, HEAD")]
)
async def test_a_refused_method_names_all_that_the_address_takes(running: Running, path: str, allowed: str) -> None:
    answer = await running.client.delete(path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


async def test_an_empty_department_is_an_error_and_not_an_empty_list(running: Running) -> None:
    answer = await running.client.get("/api/v1/tokens?department=")

    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "department")
