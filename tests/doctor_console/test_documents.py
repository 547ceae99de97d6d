"""Files that doctors hand in for the patient in their room, and the patient's past on the console."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from PIL import Image

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.records.documents import LARGEST_FILE
from queue_server.services.queue.issuing import IssueRequest
from queue_server.services.records import uploads
from queue_server.storage.records import encrypted_blobs
from tests.doctor_console.conftest import LogIn
from tests.inspecting.corpus import a_pdf, a_picture
from tests.running import Running

ASHA = "+91 81234 56789"


async def called(running: Running, room: str = "1", patient_id: int | None = None) -> int:
    """A token that is in the room."""
    request = IssueRequest("GEN", patient_id=patient_id)
    token = await running.services.queue.issuing.issue(request, by=Actor(ActorKind.PROGRAM, 1))
    doctor = Actor(ActorKind.DOCTOR, 1 if room == "1" else 2)
    await running.services.queue.calling.call(token.token_id, room, by=doctor)
    return token.token_id


async def send(
    doctor: httpx2.AsyncClient, token: int, content: Any, kind: str = "report", name: str = "Scan.pdf", room: str = "1"
) -> httpx2.Response:
    """Hand a file in, as the console's script does."""
    headers = {"X-Document-Kind": kind, "X-Document-Name": quote(name)}
    return await doctor.post(f"/doctor/{room}/tokens/{token}/documents", content=content, headers=headers)


async def listed(doctor: httpx2.AsyncClient, token: int, room: str = "1") -> list[dict[str, Any]]:
    """The token's documents on the console."""
    documents: list[dict[str, Any]] = (await doctor.get(f"/doctor/{room}/tokens/{token}/history")).json()["documents"]
    return documents


async def stored(running: Running) -> list[int]:
    """How many rows there are: documents, contents, chunks."""
    async with running.services.store.reading() as connection:
        counts = [
            await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
            for table in ("document", "content", "content_chunk")
        ]
        return [count.scalar_one() for count in counts]


async def test_a_file_becomes_a_document_of_the_token_under_its_own_name(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)

    answer = await send(doctor, token, a_pdf(), "certificate", "../खून की जाँच.exe")

    assert answer.status_code == 201
    (document,) = await listed(doctor, token)
    assert (document["name"], document["kind"], document["can_remove"]) == ("खून की जाँच.pdf", "certificate", True)
    seen = await doctor.get(f"/doctor/documents/{answer.json()['id']}")
    assert seen.content.startswith(b"%PDF-")


async def test_a_photograph_of_fifteen_megabytes_goes_up_and_comes_down(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)
    photograph = a_picture() + bytes(LARGEST_FILE - len(a_picture()))

    answer = await send(doctor, token, photograph, name="IMG_1.HEIC")

    assert answer.status_code == 201
    seen = await doctor.get(f"/doctor/documents/{answer.json()['id']}")
    assert Image.open(io.BytesIO(seen.content)).size == (60, 40)
    assert len(seen.content) < 10_000
    assert (await listed(doctor, token))[0]["name"] == "IMG_1.jpg"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file_refused"),
        (b"<html>", 422, "file_refused"),
        (a_picture()[:400], 422, "file_refused"),
        (bytes(LARGEST_FILE + 1), 413, "too_large"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    running: Running, log_in: LogIn, content: bytes, status: int, code: str
) -> None:
    doctor, token = await log_in("first"), await called(running)

    answer = await send(doctor, token, content)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await stored(running) == [0, 0, 0]


async def test_the_reason_is_told_in_the_doctors_language(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)
    doctor.headers["Accept-Language"] = "hi"

    error = (await send(doctor, token, b"<html>")).json()["error"]

    assert error["details"]["reason"] == "other_type"
    assert "JPEG" in error["message"]
    assert not error["message"].isascii()


async def test_the_same_file_twice_is_one_document(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)
    first = await send(doctor, token, a_pdf())

    again = await send(doctor, token, a_pdf(), name="Other.pdf")

    assert (again.status_code, again.json()) == (200, {"id": first.json()["id"], "is_again": True})
    assert await stored(running) == [1, 1, 1]


async def test_a_token_of_another_doctor_does_not_exist_here(running: Running, log_in: LogIn) -> None:
    doctor, other = await log_in("first"), await log_in("second")
    await other.post("/doctor/2/duty", json={"state": "on_duty", "reason": None, "back_at": None})
    token = await called(running, "2")
    document = (await send(other, token, a_pdf(), room="2")).json()["id"]

    assert (await send(doctor, token, a_pdf(2))).status_code == 404
    assert (await send(doctor, token, a_pdf(2), room="2")).json()["error"]["code"] == "room_taken"
    assert (await doctor.get(f"/doctor/1/tokens/{token}/history")).status_code == 404
    assert (await doctor.get(f"/doctor/documents/{document}")).status_code == 404
    assert (await doctor.post(f"/doctor/1/tokens/{token}/documents/{document}/remove")).status_code == 404


async def test_a_token_takes_twenty_files(running: Running, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    doctor, token = await log_in("first"), await called(running)
    await send(doctor, token, a_pdf(1))

    answers = await asyncio.gather(send(doctor, token, a_pdf(2)), send(doctor, token, a_pdf(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await stored(running) == [2, 2, 2]


async def test_a_connection_that_breaks_off_leaves_nothing(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)

    async def half() -> AsyncIterator[bytes]:
        yield a_picture() + bytes(200_000)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await send(doctor, token, half())
    assert (await send(doctor, token, a_pdf())).status_code == 201
    assert await stored(running) == [1, 1, 1]


async def test_a_full_disk_is_said_and_leaves_nothing(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)
    noisy = Image.effect_noise((1500, 1500), 80).convert("RGB")
    out = io.BytesIO()
    noisy.save(out, "PNG")
    async with running.services.store.transaction() as work:
        pages = (await work.connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await work.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 60}")

    answer = await send(doctor, token, out.getvalue())

    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "storage_full")
    assert await stored(running) == [0, 0, 0]


async def test_a_file_that_was_a_mistake_is_taken_back_by_whoever_handed_it_in(running: Running, log_in: LogIn) -> None:
    doctor, boss, token = await log_in("first"), await log_in("boss"), await called(running)
    document = (await send(doctor, token, a_pdf())).json()["id"]

    refused = await boss.post(f"/doctor/1/tokens/{token}/documents/{document}/remove")
    done = await doctor.post(f"/doctor/1/tokens/{token}/documents/{document}/remove")

    assert (refused.status_code, done.status_code) == (404, 200)
    assert await stored(running) == [1, 0, 0]


async def test_the_doctor_sees_the_patients_past_while_the_patient_is_there(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    login = await running.services.people.patients.who(
        (await running.services.people.patients.register(ASHA, "271828", *_asha(), cost=4)).secret
    )
    assert login is not None
    assert login.patient is not None
    earlier = await called(running, patient_id=login.patient.id)
    await send(doctor, earlier, a_pdf(), name="Old.pdf")
    running.clock.forward(days=1)
    await running.services.queue.day_end.expire_leftovers()
    doctor = await log_in("first")
    await doctor.post("/doctor/1/duty", json={"state": "on_duty", "reason": None, "back_at": None})
    token = await called(running, patient_id=login.patient.id)

    history = (await doctor.get(f"/doctor/1/tokens/{token}/history")).json()

    assert history["patient"] == {"name": "Asha", "age": 34, "sex": "female"}
    assert [(visit["number"], visit["day"]) for visit in history["visits"]] == [("G-001", "22 Nov 2026")]
    assert [document["name"] for document in history["visits"][0]["documents"]] == ["Old.pdf"]
    assert history["documents"] == []


async def test_contents_that_a_power_cut_left_behind_are_cleaned_up(running: Running, log_in: LogIn) -> None:
    doctor, token = await log_in("first"), await called(running)
    await send(doctor, token, a_pdf())
    async with running.services.store.transaction() as work:
        await encrypted_blobs.begin(work, running.services.records.documents.keys)
    running.clock.forward(hours=3)

    assert await running.services.records.uploads.clean_up() == 1
    assert await stored(running) == [1, 1, 1]


def _asha() -> tuple[Any, Any]:
    from queue_server.domain.people.patients import CONSENT_VERSION
    from queue_server.services.people.patients import Consent, PersonForm

    return PersonForm("Asha", "34", "female", "en"), Consent(CONSENT_VERSION)
