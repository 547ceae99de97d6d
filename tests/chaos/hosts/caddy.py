"""Caddy before several servers, set as `deploy/container/Caddyfile` sets it."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.browser.conftest import free_port
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def a_caddy(folder: Path, ports: Sequence[int]) -> AsyncIterator[int]:
    """The port of loopback at which it passes on to these. Raises `FileNotFoundError` without Caddy."""
    program = shutil.which("caddy")
    if program is None:
        raise FileNotFoundError("Caddy is not here: apt install caddy")
    port = free_port()
    text = (ROOT / "deploy" / "container" / "Caddyfile").read_text()
    text = text.replace("{$CLINIC_NAME}", f"http://:{port}")
    text = re.sub(r"server1:8000 server2:8000", " ".join(f"127.0.0.1:{one}" for one in ports), text)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    command = [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with (folder / "caddy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        )
    try:
        await until(lambda: _listens(port))
        yield port
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
