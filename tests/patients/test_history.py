"""A patient's medical history on the phone: what is there, how it comes, and who else looked."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile

import httpx2
import pytest
import websockets

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.queue.issuing import IssueRequest
from tests.patients.conftest import Phone
from tests.patients.sending import register
from tests.running import Running

SPOIL = "UPDATE content_chunk SET data = x'00' WHERE content_id = (SELECT content_id FROM document WHERE id = 1)"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 800


async def visited(running: Running, phone: httpx2.AsyncClient, name: str = "Blood.pdf", **more: str) -> tuple[int, int]:
    """The phone's patient was called to room 1 and got a document: (token, document)."""
    await register(phone, **more)
    family = await running.services.people.patients.who(phone.cookies["queue_patient"])
    assert family is not None
    assert family.patient is not None
    token = await running.services.screens.own_tokens.take(family.patient, "GEN")
    await running.services.queue.calling.call(token.token_id, "1", by=Actor(ActorKind.DOCTOR, 1))
    return token.token_id, await add(running, token.token_id, name)


async def add(running: Running, token: int, name: str = "Blood.pdf", content: bytes = PDF) -> int:
    """One more document of the token, by the first doctor."""
    async with running.services.store.transaction() as work:
        return await running.services.records.documents.add(
            work,
            token_id=token,
            patient_id=None,
            kind=DocumentKind.REPORT,
            name=name,
            media_type="application/pdf",
            content=content,
            by=Actor(ActorKind.DOCTOR, 1, "Doctor first"),
        )


async def test_the_history_lists_visits_with_their_documents_newest_first(running: Running, phone: Phone) -> None:
    mine = await phone()
    token, document = await visited(running, mine)
    running.clock.forward(days=1)
    await running.services.queue.issuing.issue(IssueRequest("LAB", patient_id=1), by=Actor(ActorKind.PATIENT, 1))

    page = (await mine.get("/me/history")).text

    assert page.index("L-001") < page.index("G-001")
    assert "Sunday, 22 November 2026" in page
    assert "General · Doctor first" in page
    assert f'href="/me/history/documents/{document}"' in page
    assert "205 KB" in page
    assert token


async def test_a_document_comes_with_its_name_in_any_script_and_can_run_nothing(running: Running, phone: Phone) -> None:
    mine = await phone()
    _, document = await visited(running, mine, 'रिपोर्ट "1"; ../x.pdf')

    seen = await mine.get(f"/me/history/documents/{document}")
    saved = await mine.get(f"/me/history/documents/{document}?save")

    assert seen.content == saved.content == PDF
    assert seen.headers["content-type"] == "application/pdf"
    assert seen.headers["content-length"] == str(len(PDF))
    assert seen.headers["content-disposition"] == "inline; filename=\"x.pdf\"; filename*=UTF-8''x.pdf"
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in seen.headers["content-security-policy"]
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["cache-control"] == "private, no-store"
    assert "content-encoding" not in seen.headers


async def test_a_name_in_hindi_is_kept(running: Running, phone: Phone) -> None:
    mine = await phone()
    _, document = await visited(running, mine, "खून की जाँच.pdf")

    answer = await mine.get(f"/me/history/documents/{document}?save")

    assert "filename*=UTF-8''%E0%A4%96%E0%A5%82%E0%A4%A8%20" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].isascii()


async def test_everything_comes_in_one_archive_with_a_name_for_each(running: Running, phone: Phone) -> None:
    mine = await phone()
    token, _ = await visited(running, mine)
    await add(running, token, content=PDF[::-1])
    await add(running, token, "खून.pdf", b"")

    answer = await mine.get("/me/history/all.zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {
        "2026-11-22 Blood.pdf": PDF,
        "2026-11-22 Blood (2).pdf": PDF[::-1],
        "2026-11-22 खून.pdf": b"",
    }
    assert answer.headers["content-type"] == "application/zip"


async def test_another_patient_sees_none_of_it(running: Running, phone: Phone) -> None:
    mine, other = await phone(), await phone()
    _, document = await visited(running, mine)
    await register(other, phone="+91 98765 43210", name="Ravi")

    assert (await other.get(f"/me/history/documents/{document}")).status_code == 404
    assert "Blood" not in (await other.get("/me/history")).text
    assert (await (await phone()).get(f"/me/history/documents/{document}")).status_code == 303


async def test_a_member_of_the_family_may_look(running: Running, phone: Phone) -> None:
    mine = await phone()
    _, document = await visited(running, mine)
    secret = mine.cookies["queue_patient"]
    await register(mine, name="Mohan")

    assert mine.cookies["queue_patient"] != secret
    await mine.post("/me/family/2")
    assert (await mine.get(f"/me/history/documents/{document}")).content == PDF


async def test_who_looked_is_shown_with_name_time_and_reason(running: Running, phone: Phone) -> None:
    mine = await phone()
    _, document = await visited(running, mine)
    opened = await running.services.records.documents.open(document, by=Actor(ActorKind.DOCTOR, 1))
    async for _ in opened.chunks:
        pass
    await running.services.records.histories.state_reason(1, "Insurance asks for a copy", by=Actor(ActorKind.ADMIN, 2))
    await mine.get(f"/me/history/documents/{document}")

    page = (await mine.get("/me/history/readers")).text

    assert "Doctor first" in page
    assert "Insurance asks for a copy" in page
    assert "Asha Devi" in page
    assert "22 Nov 2026, 10:00" in page


async def test_a_new_document_is_told_on_the_live_line(running: Running, phone: Phone) -> None:
    mine = await phone()
    token, document = await visited(running, mine)
    cookie = f"queue_patient={mine.cookies['queue_patient']}"
    address = running.url.replace("http", "ws", 1) + "/ws/history"

    async with websockets.connect(address, additional_headers={"Cookie": cookie}) as line:
        first = json.loads(await asyncio.wait_for(line.recv(), 10))
        newer = await add(running, token)
        second = json.loads(await asyncio.wait_for(line.recv(), 10))
        while second["type"] != "view":
            second = json.loads(await asyncio.wait_for(line.recv(), 10))

    assert (first["data"], second["data"]) == ({"documents": [document]}, {"documents": [document, newer]})


async def test_a_damaged_document_is_named_and_costs_nobody_the_others(running: Running, phone: Phone) -> None:
    mine = await phone()
    token, document = await visited(running, mine)
    await add(running, token, "Good.pdf")
    async with running.services.store.transaction() as work:
        await work.connection.exec_driver_sql(SPOIL)

    answer = await mine.get(f"/me/history/documents/{document}")
    archive = await mine.get("/me/history/all.zip")

    assert answer.status_code == 410
    assert "%PDF" not in answer.text
    assert "damaged" in (await mine.get("/me/history")).text
    assert zipfile.ZipFile(io.BytesIO(archive.content)).namelist() == ["2026-11-22 Good.pdf"]


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_an_empty_history_says_so(phone: Phone, language: str) -> None:
    mine = await phone()
    await register(mine)

    page = await mine.get(f"/me/history?lang={language}")

    assert page.status_code == 200
    assert 'class="empty"' in page.text
