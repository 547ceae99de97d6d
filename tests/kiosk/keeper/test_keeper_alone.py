"""A kiosk whose server is away: what its keeper shows and refuses, and what can be read on its machine."""

from __future__ import annotations

import hashlib

import pytest

from tests.kiosk.keeper.keepers import PRESS, Kiosk, given_out
from tests.waiting import until

#: They share a clinic, so they share a loop.
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_page_and_all_its_files_come_without_the_server(lonely: Kiosk) -> None:
    page = await lonely.page.get("/kiosk")
    worker = await lonely.page.get("/kiosk/service-worker.js")
    script = page.text.partition('type="module" src="')[2].partition('"')[0]
    qr = await lonely.page.get("/t/some-link-or-other/qr.svg")

    assert "Kiosk-Version" in page.headers
    assert worker.text.startswith("self.SHELL = ")
    assert (await lonely.page.get(script)).headers["content-type"].startswith("text/javascript")
    assert qr.headers["content-type"].startswith("image/svg")
    assert (await lonely.page.post("/kiosk/papers/asked", json={"key": "any"})).status_code == 503


async def test_the_page_that_waits_for_a_server_finds_the_keeper(lonely: Kiosk) -> None:
    answer = await lonely.page.get("/healthz", headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert answer.headers["Access-Control-Expose-Headers"] in answer.headers


async def test_the_voices_are_kept_and_heard_without_the_server(lonely: Kiosk) -> None:
    voices = (await lonely.view())["voices"].values()

    clips = [await lonely.page.get(path) for path in voices]

    assert [hashlib.sha256(one.content).hexdigest() for one in clips] == [path.split("/")[3] for path in voices]
    assert len(clips) == 2


@pytest.mark.parametrize(
    "headers",
    [{"Host": "kiosk.evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://localhost:9"}],
    ids=["another name", "another site's page", "another port's page"],
)
async def test_the_page_is_for_this_machine_only(lonely: Kiosk, headers: dict[str, str]) -> None:
    before = given_out(lonely.settings.database)

    answer = await lonely.page.post("/kiosk/tokens", json=PRESS, headers={"Idempotency-Key": "a" * 16} | headers)

    assert answer.status_code == 403
    assert given_out(lonely.settings.database) == before


async def test_a_closed_department_gives_out_nothing_as_far_as_the_keeper_knows(lonely: Kiosk) -> None:
    answer = await lonely.page.post(
        "/kiosk/tokens", json=PRESS | {"department": "XYZ"}, headers={"Idempotency-Key": "a" * 16}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "department_closed")


async def test_nothing_that_leads_to_a_patient_can_be_read_on_the_machine(lonely: Kiosk) -> None:
    given = await lonely.press("a press that is secret", language="hi")
    await until(lambda: len(lonely.printer.documents) == 1)

    files = b"".join(path.read_bytes() for path in lonely.settings.database.parent.glob("numbers.db*"))

    assert given["number"].encode() in files
    assert given["status_url"].removeprefix("/t/").encode() not in files
    assert b"a press that is secret" not in files
