"""The desk's forms over HTTP, as a browser without scripts and as a script send them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.events import Event
from tests.clinics import PHONE, PIN
from tests.running import Running, a_browser, a_running_clinic

JSON = {"Accept": "application/json"}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback; `front` is at the desk, `boss` is the administrator."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        for login, role in (("front", Role.DESK), ("boss", Role.ADMIN)):
            await served.services.people.accounts.create(login, "correct horse", role, login.title(), cost=4)
        yield served


@pytest.fixture
async def front(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """The desk's browser."""
    async with a_browser(running.url, headers={"Accept": "text/html"}) as client:
        form = {"login": "front", "password": "correct horse", "next": "/desk"}
        assert (await client.post("/login", data=form)).status_code == 303
        yield client


async def test_a_token_by_hand_stands_on_the_page(running: Running, front: httpx2.AsyncClient) -> None:
    answer = await front.post("/desk/new", data={"department": "GEN", "priority": "assisted", "place": "entrance"})

    assert answer.status_code == 303
    page = (await front.get("/desk")).text
    assert re.search(r'<a href="/desk/tokens/\d+" class="number">G-001</a>', page)
    assert 'data-priority="assisted"' in page
    assert "Number given out" in (await front.get(answer.headers["location"])).text


async def test_each_kind_of_line_in_a_tokens_history_has_words(running: Running, front: httpx2.AsyncClient) -> None:
    token = await running.issue("GEN")
    kinds = {"prescription_signed", "certificate_signed", "document_removed", "document_damaged", "alerts_stopped"}
    kinds |= {"alerts_agreed", "document_added", "record_read", "patient_attached", "token_changed", "reprint"}
    kinds |= {"slip_removed"}
    async with running.services.store.transaction() as work:
        for kind in kinds:
            work.record(Event(kind, work.now, "system", token["id"]))

    page = (await front.get(f"/desk/tokens/{token['id']}")).text

    assert "Prescription signed" in page
    assert [kind for kind in kinds if f"<strong>{kind}</strong>" in page] == []


async def test_the_first_slip_is_not_printed_again(running: Running, front: httpx2.AsyncClient) -> None:
    await running.services.devices.registry.add(DeviceKind.AGENT, "Entrance printer", "entrance")
    path = f"/desk/tokens/{(await running.issue('GEN'))['id']}"

    assert "Print the slip again" not in (await front.get(path)).text
    await front.post(f"{path}/print", data={"place": "entrance"})

    assert "Print the slip again" in (await front.get(path)).text


async def test_a_press_that_is_sent_twice_gives_one_token(front: httpx2.AsyncClient) -> None:
    form = {"department": "GEN", "priority": "normal"}
    headers = {**JSON, "Idempotency-Key": "press-1"}

    answers = [(await front.post("/desk/new", data=form, headers=headers)).json() for _ in "ab"]

    assert answers[0] == answers[1]
    assert answers[0]["number"] == "G-001"


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"department": "GEN", "priority": "urgent", "reason": " "}, 422, "Please give a reason."),
        ({"department": "GEN", "priority": "emergency"}, 422, "Please give a reason."),
        ({"department": "GEN", "priority": "royal"}, 422, "That did not work"),
        ({"department": "GEN", "priority": "normal", "q": "Nobody Known"}, 404, "No patient matches"),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_stays(
    front: httpx2.AsyncClient, form: dict[str, str], status: int, said: str
) -> None:
    page = await front.post("/desk/new", data=form)

    assert page.status_code == status
    assert said in page.text
    assert f'value="{form.get("q", "")}"' in page.text


async def test_the_buttons_of_a_token_do_what_they_say(running: Running, front: httpx2.AsyncClient) -> None:
    token = await running.issue("GEN", place="entrance")
    path = f"/desk/tokens/{token['id']}"

    for what, form in (
        ("priority", {"priority": "urgent", "reason": "fever"}),
        ("transfer", {"department": "LAB"}),
        ("print", {"place": "entrance"}),
        ("edit", {"language": "hi"}),
        ("hold", {}),
        ("resume", {}),
        ("cancel", {}),
    ):
        assert (await front.post(f"{path}/{what}", data=form)).status_code == 303, what

    page = (await front.get(path)).text
    for told in ("Priority changed", "fever", "Transferred", "Printed again", "On hold", "Cancelled", "Front"):
        assert told in page
    refused = await front.post(f"{path}/resume", data={})
    assert refused.status_code == 409
    assert "the token has changed" in refused.text
    assert (await front.post(f"{path}/fly", headers=JSON)).status_code == 422


@pytest.mark.parametrize("priority", ["urgent", "emergency"])
async def test_a_priority_that_needs_a_reason_is_not_given_without_one(
    running: Running, front: httpx2.AsyncClient, priority: str
) -> None:
    token = await running.issue("GEN")
    path = f"/desk/tokens/{token['id']}"

    refused = await front.post(f"{path}/priority", data={"priority": priority, "reason": ""})

    assert refused.status_code == 422
    assert "Please give a reason." in refused.text
    queue = await running.services.screens.token_pages.queue("GEN")
    assert [one["priority"] for one in queue["tokens"]] == ["normal"]


async def test_only_an_administrator_deletes(running: Running, front: httpx2.AsyncClient) -> None:
    token = await running.issue("GEN")
    path = f"/desk/tokens/{token['id']}"

    assert "Delete the token" not in (await front.get(path)).text
    assert (await front.post(f"{path}/delete", data={"reason": "mistake"}, headers=JSON)).status_code == 403
    await front.post("/login", data={"login": "boss", "password": "correct horse", "next": "/desk"})
    assert "Delete the token" in (await front.get(path)).text
    assert (await front.post(f"{path}/delete", data={"reason": "mistake"})).status_code == 303

    assert "This token was deleted." in (await front.get(path)).text


async def test_a_patient_is_registered_at_the_desk_and_the_number_is_hers(
    running: Running, front: httpx2.AsyncClient
) -> None:
    await running.issue("GEN")
    page = (await front.get("/desk/patients/new?number=G-001")).text
    version = re.search(r'name="consent" value="([^"]+)"', page)
    assert version
    form = {"name": "Asha", "age": "34", "sex": "female", "language": "hi", "phone": PHONE, "pin": PIN}

    refused = await front.post("/desk/patients/new", data={**form, "number": "G-001"})
    assert refused.status_code == 422
    assert "The patient has to agree first." in refused.text
    assert f'value="{PIN}"' not in refused.text
    form["consent"] = version[1]
    refused = await front.post("/desk/patients/new", data={**form, "sex": "unheard of"})
    assert (refused.status_code, "The patient is registered" in refused.text) == (422, False)
    done = await front.post("/desk/patients/new", data={**form, "number": "G-001"})
    unknown = await front.post("/desk/patients/new", data={**form, "number": "Z-999"})

    assert "Asha is registered." in done.text
    assert (unknown.status_code, "The patient is registered, but" in unknown.text) == (404, True)
    found = (await front.get("/desk/find?q=asha")).text
    assert "G-001" in found
    assert "… 6789" in found


async def test_the_end_of_the_day_asks_first(running: Running, front: httpx2.AsyncClient) -> None:
    await running.issue("GEN")
    assert "1 token is still open" in (await front.get("/desk/end-of-day")).text
    await running.issue("LAB")

    late = await front.post("/desk/end-of-day", data={"count": "1"})
    assert late.status_code == 409
    done = await front.post("/desk/end-of-day", data={"count": "2"})

    assert "2 tokens have expired." in done.text
    assert "Nobody is left in the queues." in done.text


async def test_the_pages_are_in_hindi_too(running: Running, front: httpx2.AsyncClient) -> None:
    token = await running.issue("GEN")

    for path in ("/desk", "/desk/new", f"/desk/tokens/{token['id']}", "/desk/find?q=1", "/desk/end-of-day"):
        page = (await front.get(path, params={"lang": "hi"})).text
        assert '<html lang="hi"' in page
        assert "Department<" not in page
