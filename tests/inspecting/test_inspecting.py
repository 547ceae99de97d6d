"""What came from outside is looked at by its content; what is kept of it is never the bytes that came."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pikepdf
import pytest
from PIL import Image

from queue_server.domain.errors import FileRefused
from queue_server.domain.records.documents import LARGEST_FILE
from queue_server.domain.records.refused_files import MESSAGES, Refusal
from queue_server.inspecting import Inspector
from queue_server.inspecting.fork_server import LONGEST_S
from tests.inspecting.corpus import PAYLOAD, a_pdf, a_picture, bad_files


@dataclass
class Answer:
    """What became of a file, and how long it took."""

    reason: str | None
    media_type: str
    content: bytes
    seconds: float


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    made = Inspector()
    yield made
    made.close()


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


async def looked(inspector: Inspector, content: bytes) -> Answer:
    """Send the file to a child."""
    began = time.monotonic()
    try:
        async with inspector.inspect(pieces(content)) as clean:
            made = b"".join([piece async for piece in clean.pieces])
            assert len(made) == clean.size
            return Answer(None, clean.media_type, made, time.monotonic() - began)
    except FileRefused as refused:
        return Answer(str(refused.details["reason"]), "", b"", time.monotonic() - began)


async def test_no_bad_file_is_kept_as_it_came_and_each_has_a_clear_answer(inspector: Inspector) -> None:
    corpus = bad_files()
    assert len(corpus) >= 200
    turns, bad, reasons = asyncio.Semaphore(2), list[str](), Counter[str]()

    async def check(name: str, content: bytes) -> None:
        async with turns:
            answer = await looked(inspector, content)
        reasons[answer.reason or "redrawn"] += 1
        if answer.reason is None and (PAYLOAD in answer.content or answer.content == content or not answer.content):
            bad.append(f"{name}: served with what it hid")
        if answer.reason is not None and answer.reason not in list(Refusal):
            bad.append(f"{name}: {answer.reason}")
        if answer.seconds > LONGEST_S:
            bad.append(f"{name}: {answer.seconds:.1f} s")

    await asyncio.gather(*(check(name, content) for name, content in corpus.items()))

    assert bad == []
    assert {Refusal.SCRIPTED, Refusal.LAUNCHING, Refusal.ENCRYPTED, Refusal.TOO_MANY_PIXELS} <= reasons.keys()
    assert reasons["redrawn"] < len(corpus) / 4


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html>", "other_type"),
        (b"\x00\x00\x00\x18ftypheic", "broken"),
        (b"\x00\x00\x00\x18ftypavif", "other_type"),
        (a_picture()[:500], "broken"),
        (b"\xff\xd8\xff" + bytes(LARGEST_FILE), "too_large"),
    ],
)
async def test_the_reason_is_named(inspector: Inspector, content: bytes, reason: str) -> None:
    assert (await looked(inspector, content)).reason == reason


def test_every_reason_has_a_sentence() -> None:
    assert set(MESSAGES) == set(Refusal)


async def test_a_photograph_stays_upright_and_loses_its_metadata(inspector: Inspector) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"

    answer = await looked(inspector, a_picture("JPEG", (60, 40), exif=exif))

    kept = Image.open(io.BytesIO(answer.content))
    assert (answer.media_type, kept.size, dict(kept.getexif())) == ("image/jpeg", (40, 60), {})
    assert kept.convert("RGB").getpixel((20, 5))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
async def test_png_of_every_mode_is_kept(inspector: Inspector, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, "PNG")

    answer = await looked(inspector, out.getvalue())

    assert (answer.media_type, Image.open(io.BytesIO(answer.content)).size) == ("image/png", (30, 20))


async def test_a_large_photograph_is_made_smaller_within_the_limits(inspector: Inspector) -> None:
    answer = await looked(inspector, a_picture("JPEG", (9000, 6000)))

    assert Image.open(io.BytesIO(answer.content)).size == (4096, 2731)


async def test_a_sound_pdf_keeps_its_pages_and_loses_what_it_says_of_its_author(inspector: Inspector) -> None:
    made = pikepdf.open(io.BytesIO(a_pdf(3)))
    made.docinfo["/Author"] = "Somebody"
    out = io.BytesIO()
    made.save(out)

    answer = await looked(inspector, out.getvalue())

    with pikepdf.open(io.BytesIO(answer.content)) as kept:
        assert len(kept.pages) == 3
        assert "/Info" not in kept.trailer
    assert answer.content.startswith(b"%PDF-")
    assert (await looked(inspector, out.getvalue())).content == answer.content


async def test_a_child_that_dies_takes_nothing_with_it(inspector: Inspector) -> None:
    assert (await looked(inspector, a_pdf())).reason is None
    assert inspector.pid is not None
    os.kill(inspector.pid, signal.SIGKILL)
    await asyncio.to_thread(os.waitpid, inspector.pid, 0)

    assert (await looked(inspector, a_pdf())).reason is None
