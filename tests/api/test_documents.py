"""Documents over the API: listed, downloaded, and every look noted."""

from __future__ import annotations

from typing import Any

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.people.patients import Consent, PersonForm
from tests.clinics import PHONE, PIN
from tests.inspecting.corpus import a_pdf
from tests.running import Running

CONTENT = b"%PDF-1.7 a report"


async def filed(running: Running, count: int = 1) -> tuple[int, list[int]]:
    """A patient's token with so many documents."""
    known = running.services
    opened = await known.people.patients.register(
        PHONE, PIN, PersonForm("Asha", "34"), Consent(CONSENT_VERSION), cost=4
    )
    login = await known.people.patients.who(opened.secret)
    assert login is not None
    assert login.patient is not None
    token = (await known.screens.own_tokens.take(login.patient, "GEN")).token_id
    made = []
    for number in range(count):
        given: dict[str, Any] = {"kind": DocumentKind.REPORT, "name": f"Blood {number}.pdf"}
        async with known.store.transaction() as work:
            made.append(
                await known.records.documents.add(
                    work,
                    token_id=token,
                    patient_id=None,
                    media_type="application/pdf",
                    content=CONTENT,
                    by=SYSTEM,
                    **given,
                )
            )
    return token, made


async def test_a_document_is_listed_by_patient_and_by_token_and_downloaded(running: Running) -> None:
    token, (document,) = await filed(running)

    of_patient = (await running.client.get("/api/v1/patients/1/documents")).json()
    of_token = (await running.client.get(f"/api/v1/tokens/{token}/documents")).json()
    answer = await running.client.get(f"/api/v1/documents/{document}")

    assert of_patient == of_token
    assert [(one["id"], one["name"], one["size"]) for one in of_token["documents"]] == [
        (document, "Blood 0.pdf", len(CONTENT))
    ]
    assert (answer.content, answer.headers["content-type"]) == (CONTENT, "application/pdf")
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_list_of_documents_comes_in_pages(running: Running) -> None:
    token, made = await filed(running, 3)
    path = f"/api/v1/tokens/{token}/documents"

    first = (await running.client.get(f"{path}?limit=2")).json()
    second = (await running.client.get(f"{path}?limit=2&after={first['next']}")).json()

    assert [one["id"] for page in (first, second) for one in page["documents"]] == made
    assert second["next"] is None


async def test_every_look_is_noted(running: Running) -> None:
    _, (document,) = await filed(running)

    await running.client.get("/api/v1/patients/1/documents")
    await running.client.get(f"/api/v1/documents/{document}")

    reads = await running.services.records.histories.reads(1)
    assert [(str(read.reader), read.what) for read in reads] == [("program:1", "document"), ("program:1", "history")]


async def test_a_key_without_the_scope_is_not_told_whether_there_is_a_document(running: Running) -> None:
    _, (document,) = await filed(running)
    key = await running.services.programs.keys.add("narrow", ["patients:read", "queues:read"])
    headers = {"Authorization": f"Bearer {key}"}

    answers = [await running.anonymous.get(f"/api/v1/documents/{one}", headers=headers) for one in (document, 999)]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_a_document_is_handed_in_with_the_same_checks_as_on_the_console(running: Running) -> None:
    token = (await running.issue())["id"]
    path, headers = f"/api/v1/tokens/{token}/documents", {"X-Document-Kind": "report", "X-Document-Name": "Blood.pdf"}

    first = await running.client.post(path, content=a_pdf(), headers=headers)
    again = await running.client.post(path, content=a_pdf(), headers=headers)
    refused = await running.client.post(path, content=b"MZ\x90", headers=headers)
    odd = await running.client.post(path, content=a_pdf(2), headers={"X-Document-Kind": "photo"})

    assert (first.status_code, again.status_code, again.json()["is_again"]) == (201, 200, True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "file_refused")
    assert odd.status_code == 422
    (listed,) = (await running.client.get(path)).json()["documents"]
    assert (listed["id"], listed["name"], listed["kind"]) == (first.json()["id"], "Blood.pdf", "report")
    assert (await running.client.get(f"/api/v1/documents/{listed['id']}")).content.startswith(b"%PDF")
    assert (await running.client.post("/api/v1/tokens/999/documents", headers=headers)).status_code == 404
