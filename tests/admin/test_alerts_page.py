"""The page of the outbox, and the address at which gateways report."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from queue_server.admin.alerts import KINDS
from queue_server.alerts.sms_gateway import Gateway, GatewayDriver
from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import AlertKind, Channel, Holder, Refused, Sent, Unknown
from queue_server.domain.people.staff import Role
from queue_server.web.identity import SESSION_COOKIE
from tests.alerting import PHONE, RememberingDriver
from tests.running import Running, a_browser, a_running_clinic

PATH = "/admin/alerts"


@pytest.fixture
def sms() -> RememberingDriver:
    """The gateway."""
    return RememberingDriver()


@pytest.fixture
async def running(tmp_path: Path, sms: RememberingDriver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A server that sends SMS, to which the gateway reports."""
    monkeypatch.setenv("QUEUE_ALERTS_SECRET", "reports-secret")
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path, [sms]) as made:
        yield made


@pytest.fixture
async def admin(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """An administrator's browser."""
    await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
    secret = await running.services.people.accounts.log_in("boss", "correct horse")
    headers = {"Cookie": f"{SESSION_COOKIE}={secret}", "Accept": "text/html"}
    async with a_browser(running.url, headers=headers) as client:
        yield client


async def called(running: Running) -> None:
    """A patient is called and told by SMS."""
    token = await running.issue()
    await running.services.alerts.preferences.agree(Holder(token_id=token["id"]), Channel.SMS, PHONE, by=PATIENT)
    await running.call_next()


async def shown(running: Running, admin: httpx2.AsyncClient, words: str, query: str = "") -> str:
    """The page, once it has these words."""
    for _ in range(200):
        page = await admin.get(PATH + query)
        if words in page.text:
            return page.text
        await running.services.alerts.sending.drain()
    raise AssertionError(page.text)


async def test_the_page_says_what_became_of_a_message_and_hides_the_number(
    running: Running, admin: httpx2.AsyncClient
) -> None:
    await called(running)

    page = await shown(running, admin, "G-001: please come to room 1 now.")

    ids = re.findall(r' id="([^"]+)"', page)
    assert "field-to" in ids, "the form for a test message is on the page"
    assert sorted(set(ids)) == sorted(ids)
    assert "+91 •••• 6789" in page
    assert PHONE not in page
    assert "G-001" not in (await admin.get(f"{PATH}?state=failed")).text
    assert (await admin.get(f"{PATH}?state=lost")).status_code == 422


async def test_the_outbox_can_be_taken_away_with_what_the_page_looks_for(
    running: Running, admin: httpx2.AsyncClient
) -> None:
    await called(running)
    page = await shown(running, admin, "G-001: please come to room 1 now.", "?channel=sms")

    assert 'href="/admin/tables/alerts?channel=sms&amp;state=&amp;as=xlsx"' in page
    table = (await admin.get("/admin/tables/alerts?channel=sms")).text
    assert "G-001" in table
    assert "+91 •••• 6789" in table
    assert PHONE not in table
    assert "G-001" not in (await admin.get("/admin/tables/alerts?channel=email")).text


async def test_an_unknown_message_is_sent_again_on_purpose_only(
    running: Running, admin: httpx2.AsyncClient, sms: RememberingDriver
) -> None:
    sms.answer = lambda message: Unknown("no answer")
    await called(running)
    await shown(running, admin, "It may have arrived already")
    [message] = await running.services.alerts.preferences.page()

    sms.answer = lambda message: Sent("SM1")
    answer = await admin.post(f"{PATH}/{message['id']}/again")

    assert answer.status_code == 303
    await shown(running, admin, '"ok">Sent<')
    assert len(sms.given) == 2


async def test_a_test_message_goes_to_a_real_address_only(
    running: Running, admin: httpx2.AsyncClient, sms: RememberingDriver
) -> None:
    wrong = await admin.post(f"{PATH}/test", data={"channel": "sms", "to": "nobody"})
    assert (wrong.status_code, sms.given) == (422, [])
    assert (await admin.post(f"{PATH}/test", data={"channel": "email", "to": "a@mail.example"})).status_code == 422

    assert (await admin.post(f"{PATH}/test", data={"channel": "sms", "to": "081234 56789"})).status_code == 303
    await shown(running, admin, "This is a test message from Test clinic.")


async def test_staff_are_chosen_who_are_told_what_is_wrong_and_removed_again(
    running: Running, admin: httpx2.AsyncClient
) -> None:
    wrong = await admin.post(f"{PATH}/staff", data={"staff": "1", "channel": "sms", "to": "nobody"})
    nobody = await admin.post(f"{PATH}/staff", data={"staff": "many", "channel": "sms", "to": "081234 56789"})
    [(boss, _)] = [one for one in await running.services.people.staffing.everybody() if one[0].login == "boss"]
    data = {"staff": str(boss.id), "channel": "sms", "to": "081234 56789"}

    assert (wrong.status_code, nobody.status_code) == (422, 422)
    assert "does not fit the channel" in wrong.text
    assert "Please choose a member of staff." in nobody.text
    assert (await admin.post(f"{PATH}/staff", data=data)).status_code == 303
    assert "+91 •••• 6789" in await shown(running, admin, '<ul class="stack tight" id="recipients">')
    assert (await admin.post(f"{PATH}/staff/{boss.id}/sms/remove")).status_code == 303
    await shown(running, admin, "Nobody is told yet")
    assert (await admin.post(f"{PATH}/staff/{boss.id}/smoke/remove")).status_code == 404


async def test_a_daily_limit_is_set_and_taken_away(running: Running, admin: httpx2.AsyncClient) -> None:
    assert (await admin.post(f"{PATH}/limits/sms", data={"limit": "7"})).status_code == 303
    await shown(running, admin, "0 of 7 used today")

    assert (await admin.post(f"{PATH}/limits/sms", data={"limit": "many"})).status_code == 422
    assert (await admin.post(f"{PATH}/limits/sms", data={"limit": ""})).status_code == 303
    await shown(running, admin, "0 used today, no limit")


async def test_a_refused_message_shows_the_gateways_reason_as_text(
    running: Running, admin: httpx2.AsyncClient, sms: RememberingDriver
) -> None:
    sms.answer = lambda message: Refused("<b>no</b>")
    await called(running)

    await shown(running, admin, "&lt;b&gt;no&lt;/b&gt;")


async def test_the_gateway_reports_at_an_address_with_a_secret(
    running: Running, admin: httpx2.AsyncClient, sms: RememberingDriver
) -> None:
    await called(running)
    await shown(running, admin, '"ok">Sent<')
    gateway, report = running.anonymous, "/alerts/reports/reports-secret"

    assert (await gateway.post("/alerts/reports/wrong", data={})).status_code == 404
    answers: tuple[dict[str, Any], ...] = (
        {"json": [[[]]]},
        {"content": b"\xff{", "headers": {"Content-Type": "application/json"}},
        {},
    )
    for rubbish in answers:
        assert (await gateway.post(report, **rubbish)).status_code == 204
    answer = await gateway.post(f"{report}?message={sms.given[0].id}", data={"MessageStatus": "delivered"})

    assert answer.status_code == 204
    await shown(running, admin, '"ok">Delivered<')


def test_every_kind_has_its_words_on_the_page() -> None:
    assert {str(kind) for kind in AlertKind} <= set(KINDS)


async def test_without_any_channel_the_page_says_so(tmp_path: Path) -> None:
    assert not any(name.startswith(("QUEUE_SMTP", "QUEUE_SMS", "QUEUE_TWILIO")) for name in os.environ)
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as running:
        await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        secret = await running.services.people.accounts.log_in("boss", "correct horse")
        headers = {"Cookie": f"{SESSION_COOKIE}={secret}", "Accept-Language": "en"}

        page = await running.anonymous.get(PATH, headers=headers)

    assert "neither e-mail nor SMS is set up" in page.text


async def test_a_gateway_whose_answers_nobody_explained_is_pointed_out(tmp_path: Path) -> None:
    unexplained = GatewayDriver(Gateway(url="http://127.0.0.1:9"))
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path, [unexplained]) as running:
        await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        secret = await running.services.people.accounts.log_in("boss", "correct horse")
        headers = {"Cookie": f"{SESSION_COOKIE}={secret}", "Accept": "text/html"}

        page = (await running.anonymous.get(f"{running.url}{PATH}", headers=headers)).text

    assert "How to read this gateway" in page


async def test_a_gateway_that_is_understood_is_not_pointed_out(admin: httpx2.AsyncClient) -> None:
    assert "How to read this gateway" not in (await admin.get(PATH)).text
