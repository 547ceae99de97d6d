"""What documents cost the server: memory while 15 MB go up and come down, and calls while a hundred phones download.

    PYTHONPATH=. python benchmarks/documents.py
    PYTHONPATH=. python benchmarks/documents.py --databases sqlite --presses 100

The first figures are how much the server's own process grows at its peak, in MB, for the third file of that size (the
first ones also bring code and buffers that stay). The last are a press of "next" with nothing else going on, and while
a hundred phones, in a process of their own, download documents of 1 MB side by side, again and again.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import httpx2
import pikepdf

from benchmarks.calling import log_in, press
from benchmarks.parts import Clinic, Line, a_served_clinic, databases_here, lines, milliseconds, table

MB = 1_000_000
PHONES = 100


def a_pdf(size: int) -> bytes:
    """A PDF of about so many bytes that cannot be made smaller: one picture of noise."""
    side = int((size / 3) ** 0.5)
    made = pikepdf.new()
    made.add_blank_page()
    noise = os.urandom(3 * side * side)
    names = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": side, "Height": side}
    image = made.make_stream(noise, **names, BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceRGB)
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def resident_mb(pid: int) -> float:
    """Resident memory of the process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


async def growth(pid: int, work: Awaitable[Any]) -> tuple[Any, float]:
    """What `work` gives, and by how many MB the process has grown at its peak meanwhile."""
    before = peak = resident_mb(pid)
    task = asyncio.ensure_future(work)
    while not task.done():
        peak = max(peak, resident_mb(pid))
        await asyncio.sleep(0.005)
    return await task, peak - before


async def hand_in(doctor: httpx2.AsyncClient, token: int, content: bytes) -> int:
    """Upload the file; its document's id."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65536):
            yield content[start : start + 65536]

    headers = {"X-Document-Kind": "report", "X-Document-Name": "noise.pdf"}
    answer = await doctor.post(f"/doctor/1/tokens/{token}/documents", content=pieces(), headers=headers)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def fetch(doctor: httpx2.AsyncClient, document: int) -> int:
    """Download the document; how many bytes came."""
    size = 0
    async with doctor.stream("GET", f"/doctor/documents/{document}") as answer:
        assert answer.status_code == 200
        async for piece in answer.aiter_raw():
            size += len(piece)
    return size


async def measure(kind: str, presses: int) -> tuple[list[object], list[object], list[object]]:
    """The rows for one kind of database: memory, calls at rest, calls during downloads."""
    async with a_served_clinic(kind) as clinic, lines(clinic, 1) as (program,):
        cookie = await log_in(clinic, "doctor1")
        async with (
            httpx2.AsyncClient(base_url=clinic.server.url, headers={"cookie": cookie}, timeout=60) as doctor,
            lines(clinic, 1, cookie=cookie) as (console,),
        ):
            await issue(program, 2 * presses + 1)
            await press(console, "1")
            up, down = await memory(clinic, doctor)
            document = await hand_in(doctor, 1, a_pdf(MB))
            rest = [await press(console, "1") for _ in range(presses)]
            busy, count, took_s = await under_load(clinic, cookie, document, console, presses)
    row = [f"{kind}: next, at rest", *milliseconds(rest), ""]
    return (
        [kind, f"{up:.1f}", f"{down:.1f}"],
        row,
        [f"{kind}: next, {PHONES} downloads", *milliseconds(busy), f"{count / took_s:.0f} MB/s"],
    )


async def issue(program: Any, count: int) -> None:
    """So many patients wait."""
    for _ in range(count):
        status, _, _ = await program.ask("POST", "/api/v1/tokens", {"department": "GEN"})
        assert status == 201, status


async def memory(clinic: Clinic, doctor: httpx2.AsyncClient) -> tuple[float, float]:
    """By how many MB the server grows while 15 MB go up, and while they come down."""
    up = down = 0.0
    for _ in range(3):
        document, up = await growth(clinic.server.pid, hand_in(doctor, 1, a_pdf(15 * MB)))
        size, down = await growth(clinic.server.pid, fetch(doctor, document))
        assert size > 14.9 * MB
    return up, down


async def under_load(
    clinic: Clinic, cookie: str, document: int, console: Line, presses: int
) -> tuple[list[float], int, float]:
    """(how long each press took while all phones download, MB that came, seconds)."""
    command = [sys.executable, "-m", "benchmarks.documents", "--phones", f"{clinic.server.port} {cookie} {document}"]
    phones = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert phones.stdin is not None
    assert phones.stdout is not None
    await phones.stdout.readline()
    began, busy = time.monotonic(), []
    for _ in range(presses):
        busy.append(await press(console, "1"))
        await asyncio.sleep(0.05)
    took_s = time.monotonic() - began
    phones.stdin.close()
    count = int(await phones.stdout.readline())
    await phones.wait()
    return busy, count, took_s


async def phones_download(port: int, cookie: str, document: int) -> None:
    """Download again and again with all phones, until standard input ends; then say how often."""
    count = 0
    ask = f"GET /doctor/documents/{document} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n".encode()

    async def phone() -> None:
        nonlocal count
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            writer.write(ask)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert head.startswith(b"http/1.1 200"), head
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            count += 1

    phones = [asyncio.create_task(phone()) for _ in range(PHONES)]
    await asyncio.sleep(1)
    print("downloading", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    assert not any(task.done() for task in phones)
    print(count, flush=True)
    for task in phones:
        task.cancel()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--presses", type=int, default=100)
    parser.add_argument("--phones", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.phones:
        port, cookie, document = chosen.phones.split(" ")
        asyncio.run(phones_download(int(port), cookie, int(document)))
        return
    found = [asyncio.run(measure(kind, chosen.presses)) for kind in databases_here(chosen.databases)]
    table(["", "15 MB up: grows by MB", "down: MB"], [rows[0] for rows in found])
    print()
    table(["", "p50 ms", "p95 ms", "max ms", "downloads"], [row for rows in found for row in rows[1:]])


if __name__ == "__main__":
    main()
