"""The file for nginx in deploy/, tried with the real nginx in front of a real server."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
import websockets

from queue_server.web.limits import WRONG_PASSWORDS
from tests.alerts.gateways import a_certificate
from tests.browser.conftest import ROOT, free_port
from tests.running import Running, a_running_clinic
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: What surrounds a site's file; nothing of it lies outside the folder.
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log stderr warn;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
  server {{ listen 127.0.0.1:{bare}; location / {{ proxy_pass http://127.0.0.1:{server}; }} }}
}}
"""


@pytest.fixture(scope="module")
def nginx() -> str:
    """Path of nginx; the test is skipped without one, or fails under QUEUE_REQUIRE_ALL=1."""
    path = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if path:
        return path
    reason = "No nginx on this machine: install the package 'nginx-light'."
    if os.environ.get("QUEUE_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One for all tests here."""
    folder = tmp_path_factory.mktemp("clinic")
    async with a_running_clinic(f"sqlite:///{folder}/queue.db", folder) as served:
        yield served


class Site:
    """The site of deploy/nginx.conf on ports of its own; at `bare` nginx was told where the server is, and no more."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.plain, self.port, self.bare = free_port(), free_port(), free_port()
        _, authority = a_certificate(folder)
        self.trust = ssl.create_default_context(cafile=authority)
        written = (ROOT / "deploy/nginx.conf").read_text()
        for word, instead in {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "/etc/ssl/queue.example.pem": f"{folder}/own.pem",
            "/etc/ssl/private/queue.example.key": f"{folder}/own.pem",
            "127.0.0.1:8000": f"127.0.0.1:{server}",
        }.items():
            assert word in written
            written = written.replace(word, instead)
        (folder / "site.conf").write_text(written)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, bare=self.bare, server=server))

    @property
    def url(self) -> str:
        """Where it answers over HTTPS."""
        return f"https://localhost:{self.port}"

    def client(self) -> httpx2.AsyncClient:
        """Asks over HTTPS."""
        return httpx2.AsyncClient(base_url=self.url, verify=self.trust, timeout=20)

    async def answers(self) -> None:
        """Once it is up."""

        async def is_up() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                return False
            writer.close()
            return True

        await until(is_up)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(nginx: str, running: Running, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """nginx in front of the server."""
    made = Site(tmp_path_factory.mktemp("nginx"), running.url.rsplit(":", 1)[1])
    process = await asyncio.create_subprocess_exec(nginx, "-p", made.folder, "-c", made.folder / "nginx.conf")
    try:
        await made.answers()
        yield made
    finally:
        process.terminate()
        await process.wait()


async def test_live_lines_pass(site: Site, running: Running) -> None:
    headers = {"Authorization": f"Bearer {running.keys['display']}", "Origin": site.url}

    async with websockets.connect(
        site.url.replace("http", "ws", 1) + "/ws/board/main", ssl=site.trust, additional_headers=headers
    ) as line:
        frame = json.loads(await line.recv())

    assert frame["type"] == "view"


async def test_forms_of_this_site_are_taken_and_foreign_ones_are_not(site: Site) -> None:
    form = {"login": "first", "password": "correct horse", "next": "/"}
    async with site.client() as client:
        own = await client.post("/login", data=form, headers={"Origin": site.url})
        foreign = await client.post("/login", data=form, headers={"Origin": "https://evil.example"})

    assert (own.status_code, foreign.status_code) == (303, 403)
    assert "secure" in own.headers["Set-Cookie"].lower()


async def test_a_body_that_is_too_large_is_refused_by_the_server_in_words(site: Site) -> None:
    async with site.client() as client:
        answer = await client.post("/login", data={"login": "x" * 2_000_000})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_what_the_asker_says_of_its_own_address_counts_for_nothing(site: Site) -> None:
    form = {"login": "second", "password": "wrong horse", "next": "/"}
    async with site.client() as client:
        answers = [
            await client.post("/login", data=form, headers={"X-Forwarded-For": f"192.0.2.{number}"})
            for number in range(WRONG_PASSWORDS.amount + 1)
        ]

    assert [answer.status_code for answer in answers] == [401] * WRONG_PASSWORDS.amount + [429]


async def test_the_figures_ask_for_a_key_also_behind_an_nginx_that_says_nothing_of_itself(site: Site) -> None:
    async with site.client() as client, httpx2.AsyncClient() as plain:
        told = await client.get("/metrics")
        bare = await plain.get(f"http://127.0.0.1:{site.bare}/metrics")

    assert (told.status_code, bare.status_code) == (401, 401)


async def test_plain_http_leads_to_https(site: Site) -> None:
    async with httpx2.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{site.plain}/kiosk")

    assert answer.headers["Location"] == "https://127.0.0.1/kiosk"
