"""SMS to servers on loopback that behave like Twilio and like other gateways, on good days and on bad ones."""

import base64
import json
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from queue_server.alerts import configured
from queue_server.alerts.gateway_http import LONGEST_ANSWER
from queue_server.alerts.settings import AlertSettings
from queue_server.alerts.sms_gateway import Gateway, GatewayDriver, fill, found_in, template_name
from queue_server.alerts.sms_twilio import TwilioDriver
from queue_server.domain.alerts.alerts import AlertKind, Later, Message, Refused, Sent, Unknown
from queue_server.serving import CannotServe, check_alerts
from queue_server.settings import Settings
from tests.alerts.gateways import Asked, Reply, an_http_gateway

TO = "+918123456789"
MESSAGE = Message("4f" * 16, AlertKind.CALLED, TO, "", 'G-012: कमरा "3" & 100%', "hi", {"room": "3"})
SOON = Message("5f" * 16, AlertKind.SOON, TO, "", "soon", "en", {"ahead": 3})
HASTY = httpx2.Timeout(0.3)


async def twilio_says(reply: Reply) -> object:
    async with an_http_gateway(reply) as gateway:
        driver = TwilioDriver("AC1", "secret", "+15005550006", url=gateway.url, patience=HASTY)
        return await driver.send(MESSAGE)


async def test_twilio_gets_the_message_with_login_sender_and_callback() -> None:
    async with an_http_gateway() as gateway:
        driver = TwilioDriver("AC1", "secret", "MG1", url=gateway.url, callback="https://queue.test/alerts/reports/x")

        assert await driver.send(MESSAGE) == Sent("SM1")

    [asked] = gateway.asked
    assert (asked.method, asked.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(b'AC1:secret').decode()}"
    assert asked.fields == {
        "To": TO,
        "Body": MESSAGE.body,
        "MessagingServiceSid": "MG1",
        "StatusCallback": f"https://queue.test/alerts/reports/x?message={MESSAGE.id}",
    }


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(400, '{"code": 21211}'), Refused("the gateway refuses the message (21211)", is_bad_address=True)),
        (Reply(400, '{"code": 21610}'), Refused("the gateway refuses the message (21610)", is_bad_address=True)),
        (Reply(400, '{"code": 30001}'), Refused("the gateway refuses the message (30001)")),
        (Reply(400, "<html>"), Refused("the gateway refuses the message (400)")),
        (Reply(401, "{}"), Later("the gateway refuses the login or the account (401)")),
        (Reply(429, "{}", "Retry-After: 17\r\n"), Later("too many requests to the gateway (429)", 17.0)),
        (Reply(429, "{}", "Retry-After: soon\r\n"), Later("too many requests to the gateway (429)", 10.0)),
        (Reply(503, ""), Later("the gateway is not ready (503)")),
        (Reply(500, ""), Unknown("the gateway failed (500)")),
        (Reply(201, "rubbish"), Unknown("the gateway's answer is not from Twilio")),
        (Reply(201, '["a", "list"]'), Unknown("the gateway's answer is not from Twilio")),
        (Reply(201, '{"sid": 7}'), Unknown("the gateway's answer is not from Twilio")),
        (Reply(None), Unknown("no answer from the gateway: RemoteProtocolError")),
        (Reply(201, after_s=0.6), Unknown("no answer from the gateway: ReadTimeout")),
    ],
)
async def test_each_answer_of_twilios_means_one_thing(reply: Reply, outcome: object) -> None:
    assert await twilio_says(reply) == outcome


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    assert isinstance(await twilio_says(Reply(201, "x" * (LONGEST_ANSWER * 4))), Unknown)


async def test_a_gateway_that_is_not_there_means_later() -> None:
    async with an_http_gateway() as gateway:
        pass

    assert isinstance(await TwilioDriver("AC1", "s", "+1", url=gateway.url).send(MESSAGE), Later)


@pytest.mark.parametrize("url", ["ftp://gateway.test", "gateway.test/send", "http://[::", "http://gateway.test:99999/"])
async def test_an_address_that_is_none_can_be_put_right(url: str) -> None:
    assert isinstance(await GatewayDriver(Gateway(url=url, patience=HASTY)).send(MESSAGE), Later)


async def test_any_gateway_gets_what_its_templates_say() -> None:
    reply = Reply(200, '{"type": "success", "data": [{"id": 815}]}')
    body = '{"to": "{to_digits}", "text": "{text}", "dlt": "{template_id}", "from": "{sender}", "ref": "{id}"}'
    async with an_http_gateway(reply) as gateway:
        driver = GatewayDriver(
            Gateway(
                url=f"{gateway.url}/send?ref={{id}}",
                body=body,
                header="authkey: {secret}",
                secret="s3cret",
                sender="CLINIC",
                templates={"called.hi": "1207"},
                ok='"type": "success"',
                id_field="data.0.id",
            )
        )

        assert await driver.send(MESSAGE) == Sent("815")

    [asked] = gateway.asked
    assert asked.path == f"/send?ref={MESSAGE.id}"
    assert asked.headers["authkey"] == "s3cret"
    assert json.loads(asked.body) == {
        "to": "918123456789",
        "text": MESSAGE.body,
        "dlt": "1207",
        "from": "CLINIC",
        "ref": MESSAGE.id,
    }


async def test_a_gateway_without_a_body_is_asked_by_its_address_alone() -> None:
    async with an_http_gateway(Reply(200, "OK 1")) as gateway:
        driver = GatewayDriver(Gateway(url=f"{gateway.url}/?to={{to}}&m={{text}}", ok="OK"))

        assert await driver.send(MESSAGE) == Sent()

    assert gateway.asked[0].method == "GET"
    assert str(httpx2.URL(gateway.url + gateway.asked[0].path).params["m"]) == MESSAGE.body
    assert "to=%2B918123456789" in gateway.asked[0].path


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200, '{"type": "error"}'), Refused("the gateway's answer does not say that the message was taken")),
        (Reply(200, '{"type" : "success"}'), Sent()),
        (Reply(200, "Thank you"), Unknown("the gateway's answer is not one of those configured")),
        (Reply(404, "no"), Refused("the gateway refuses the message (404)")),
    ],
)
async def test_a_gateway_that_says_no_in_its_own_words(reply: Reply, outcome: object) -> None:
    async with an_http_gateway(reply) as gateway:
        assert await GatewayDriver(Gateway(url=gateway.url, ok='"type": "success"')).send(MESSAGE) == outcome


async def test_without_a_registered_template_nothing_is_asked() -> None:
    async with an_http_gateway() as gateway:
        driver = GatewayDriver(Gateway(url=gateway.url, templates={"called.en": "1"}))

        assert await driver.send(MESSAGE) == Refused("there is no registered template for called.hi")

    assert gateway.asked == []


def test_each_registered_text_has_its_own_name() -> None:
    assert template_name(MESSAGE) == "called.hi"
    assert template_name(SOON) == "soon_ahead.en"


@pytest.mark.parametrize("text", ['"', "\\", "\n", "ए&=%", "{id}", "\u2028"])
def test_what_is_filled_in_stays_inside_its_place(text: str) -> None:
    assert json.loads(fill('{"t": "{text}"}', {"text": text, "id": "7"}, is_form=False)) == {"t": text}
    assert httpx2.QueryParams(fill("t={text}&x=1", {"text": text, "id": "7"}, is_form=True))["t"] == text


def test_an_id_is_found_where_the_setting_says() -> None:
    assert found_in({"data": [{"id": 7}]}, "data.0.id") == "7"
    assert found_in({"data": []}, "data.0.id") == ""
    assert found_in("text", "a") == ""
    assert found_in({"a": {"b": 1}}, "a") == ""


def test_settings_choose_the_driver_and_read_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    templates = tmp_path / "templates.json"
    templates.write_text('{"called.hi": 1207}')

    [twilio] = configured(AlertSettings(twilio_account="AC1", sms_url="http://x.test"), "http://queue.test")
    assert isinstance(twilio, TwilioDriver)
    [other] = configured(
        AlertSettings(sms_url="http://x.test", sms_secret_file=tmp_path / "secret", sms_templates=templates),
        "http://queue.test",
    )
    assert isinstance(other, GatewayDriver)
    assert configured(AlertSettings(), "http://queue.test") == []


def test_a_server_with_a_secret_that_cannot_be_read_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUE_SMS_URL", "http://x.test")
    monkeypatch.setenv("QUEUE_SMS_SECRET_FILE", str(tmp_path / "missing"))

    with pytest.raises(CannotServe, match=r"settings of the alerts cannot be used.*missing"):
        check_alerts(Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/queue.db"))


def test_secrets_are_not_shown_with_the_settings() -> None:
    assert "hunter2" not in repr(AlertSettings(smtp_password=SecretStr("hunter2"), twilio_secret=SecretStr("hunter2")))


async def test_each_request_is_one_of_its_own() -> None:
    def count(asked: Asked) -> Reply:
        return Reply(201, json.dumps({"sid": f"SM{len(gateway.asked)}"}))

    async with an_http_gateway(count) as gateway:
        driver = TwilioDriver("AC1", "s", "+1", url=gateway.url)

        assert [await driver.send(MESSAGE), await driver.send(MESSAGE)] == [Sent("SM1"), Sent("SM2")]
