"""Choosing alerts on the phone: by the slip's link and by a patient's account."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.app import alert_settings
from queue_server.domain.alerts.alerts import Channel, Holder
from queue_server.settings import Settings
from tests.alerting import RememberingDriver
from tests.patients.sending import register
from tests.running import Running, a_running_clinic

OWN = "+918123456789"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A served clinic that sends SMS and e-mail, and writes to browsers."""
    drivers = [RememberingDriver(channel) for channel in (Channel.SMS, Channel.EMAIL, Channel.PUSH)]
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path, drivers=drivers) as served:
        yield served


@pytest.fixture
async def phone(running: Running) -> httpx2.AsyncClient:
    """A phone's browser."""
    running.anonymous.headers["Accept"] = "text/html"
    return running.anonymous


@pytest.fixture
async def slip(running: Running) -> str:
    """The link of a walk-in's slip, without the host."""
    address: str = (await running.issue())["status_url"]
    return f"/t/{address.rsplit('/', 1)[1]}"


async def kept(running: Running, holder: Holder) -> list[tuple[str, str]]:
    """Where the holder is told."""
    return [(one.channel, one.to) for one in await running.services.alerts.preferences.addresses(holder)]


async def choose(phone: httpx2.AsyncClient, page: str, **fields: str) -> httpx2.Response:
    """Send the form."""
    return await phone.post(f"{page}/alerts", data={"when": "minutes-10"} | fields)


async def test_a_walk_in_leaves_a_number_and_takes_it_back(
    running: Running, phone: httpx2.AsyncClient, slip: str
) -> None:
    holder = Holder(token_id=1)

    answer = await choose(phone, slip, when="ahead-5", sms="081234 56789")
    page = (await phone.get(answer.headers["location"])).text

    assert await kept(running, holder) == [("sms", OWN)]
    assert (await running.services.alerts.preferences.wish(holder)).ahead == 5
    assert "+91 •••• 6789" in page
    assert "3456789" not in page
    await choose(phone, slip, sms="kept")
    assert await kept(running, holder) == [("sms", OWN)]
    await choose(phone, slip)
    assert await kept(running, holder) == []


async def test_one_slip_has_one_number_so_that_strangers_are_not_written_to_by_the_dozen(
    running: Running, phone: httpx2.AsyncClient, slip: str
) -> None:
    for last in range(4):
        await choose(phone, slip, sms=f"+91 812345678{last}")

    assert await kept(running, Holder(token_id=1)) == [("sms", "+918123456783")]


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    running: Running, phone: httpx2.AsyncClient, slip: str
) -> None:
    answer = await choose(phone, slip, email="nobody@", when="ahead-3")

    assert answer.status_code == 422
    assert "This is not an e-mail address." in answer.text
    assert 'value="nobody@"' in answer.text
    assert '<option value="ahead-3" selected>' in answer.text
    assert await kept(running, Holder(token_id=1)) == []


async def test_a_patient_is_written_to_at_the_accounts_own_number_only(
    running: Running, phone: httpx2.AsyncClient
) -> None:
    await register(phone)

    await choose(phone, "/me", sms="+91 99999 99999", quiet_from="21:00", quiet_until="07:30")

    assert await kept(running, Holder(patient_id=1)) == [("sms", OWN)]
    wish = await running.services.alerts.preferences.wish(Holder(patient_id=1))
    assert (str(wish.quiet_from), str(wish.quiet_until)) == ("21:00:00", "07:30:00")
    assert 'value="21:00"' in (await phone.get("/me/alerts")).text


async def test_half_of_the_quiet_hours_is_none(phone: httpx2.AsyncClient) -> None:
    await register(phone)

    answer = await choose(phone, "/me", quiet_from="21:00")

    assert answer.status_code == 422
    assert "Quiet hours need a beginning and an end." in answer.text


async def test_a_browser_subscribes_and_stops(running: Running, phone: httpx2.AsyncClient, slip: str) -> None:
    def coded(length: int) -> str:
        return base64.urlsafe_b64encode(b"k" * length).rstrip(b"=").decode()

    keys = {"p256dh": coded(65), "auth": coded(16)}
    subscription = json.dumps({"endpoint": "https://push.test/" + "x" * 300, "keys": keys})

    started = await phone.post(f"{slip}/push", json={"subscription": subscription})
    addresses = await kept(running, Holder(token_id=1))
    stopped = await phone.post(f"{slip}/push", json={"subscription": subscription, "is_wanted": False})

    assert (started.status_code, stopped.status_code) == (200, 200)
    assert [channel for channel, _ in addresses] == ["push"]
    assert await kept(running, Holder(token_id=1)) == []


async def test_what_is_no_subscription_is_refused(phone: httpx2.AsyncClient, slip: str) -> None:
    headers = {"Accept": "application/json"}
    answer = await phone.post(f"{slip}/push", json={"subscription": "{}"}, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["field"] == "subscription"


async def test_choices_are_not_changed_by_the_hundred(phone: httpx2.AsyncClient, slip: str) -> None:
    answers = [await choose(phone, slip) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [303] * 30 + [429]


async def test_without_any_channel_the_page_says_so_and_works(tmp_path: Path) -> None:
    async with a_running_clinic(f"sqlite:///{tmp_path}/other.db", tmp_path) as served:
        slip = "/t/" + (await served.issue())["status_url"].rsplit("/", 1)[1]

        page = await served.anonymous.get(f"{slip}/alerts", headers={"Accept": "text/html"})
        answer = await choose(served.anonymous, slip, sms=OWN)

        assert "This clinic sends no SMS and no e-mail." in page.text
        assert answer.status_code == 303
        assert await kept(served, Holder(token_id=1)) == []


def test_the_key_for_web_push_lies_beside_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/queue.db", data=tmp_path)
    assert alert_settings(settings).push_key == tmp_path / "web-push.pem"
    monkeypatch.setenv("QUEUE_PUSH_KEY", "/keys/push.pem")
    assert alert_settings(settings).push_key == Path("/keys/push.pem")


@pytest.mark.parametrize("number", ["040 2345 6789", "1800 123 4567"])
async def test_a_number_that_gets_no_sms_is_told_so_when_it_is_typed(
    running: Running, phone: httpx2.AsyncClient, slip: str, number: str
) -> None:
    answer = await choose(phone, slip, sms=number)

    assert answer.status_code == 422
    assert "No SMS reaches this number." in answer.text
    assert number in answer.text
    assert await kept(running, Holder(token_id=1)) == []
