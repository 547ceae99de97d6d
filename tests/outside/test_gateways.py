"""SMS gateways as they are found: errors with status 200, a network's login page instead, JSON in any spacing."""

from __future__ import annotations

import pytest

from queue_server.alerts.sms_gateway import Gateway, GatewayDriver, has_said
from queue_server.domain.alerts.alerts import AlertKind, Later, Message, Outcome, Refused, Sent, Unknown
from queue_server.domain.people.patients import gets_sms, phone_number
from tests.alerts.gateways import Reply, an_http_gateway

MESSAGE = Message("4f" * 16, AlertKind.CALLED, "+918123456789", "", "G-012", "en", {"room": "3"})
PORTAL = "<!DOCTYPE html><html><title>Guest network</title>Please accept the terms of use.</html>"
NOT_TAKEN = Refused("the gateway's answer does not say that the message was taken")
NOT_AGREED = Unknown("the gateway's answer is not one of those configured")
WEB_PAGE = Later("the gateway's address shows a web page")


async def said(reply: Reply, *, ok: str = "", id_field: str = "") -> Outcome:
    """What the driver makes of this answer."""
    async with an_http_gateway(reply) as gateway:
        return await GatewayDriver(Gateway(url=gateway.url, ok=ok, id_field=id_field)).send(MESSAGE)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"type": "error", "message": "Invalid key"}', NOT_TAKEN),
        ('{"status": "FAILED"}', NOT_TAKEN),
        ('{"success": false}', NOT_TAKEN),
        ('{"error": {"code": 7}}', NOT_TAKEN),
        ('[{"status": "error"}]', NOT_TAKEN),
        ('{"data": {"messages": [{"status": "Failed"}]}}', NOT_TAKEN),
        ('{"ErrorCode": "13", "ErrorMessage": "Invalid login"}', NOT_TAKEN),
        ("ERR: 104 invalid key", NOT_TAKEN),
        (PORTAL, WEB_PAGE),
        ('<?xml version="1.0"?>\n<!-- portal\n-->\n<html>Log in</html>', WEB_PAGE),
        ("\ufeff<HEAD><meta http-equiv=refresh></HEAD>", WEB_PAGE),
        ('{"type": "success", "error": null}', Sent()),
        ('{"ErrorCode": "000", "ErrorMessage": "Success", "JobId": "815"}', Sent()),
        ("[" * 600 + "]" * 600, Sent()),
        ("1701|919876543210", Sent()),
    ],
)
async def test_an_error_is_none_although_nothing_was_agreed_on(body: str, outcome: Outcome) -> None:
    assert await said(Reply(200, body)) == outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"data": [{"id": 815}]}', Sent("815")),
        ('{"data": []}', NOT_AGREED),
        ('{"data": [{"id": " "}]}', NOT_AGREED),
        ('{"type": "error"}', NOT_TAKEN),
        ("OK", NOT_AGREED),
        (PORTAL, WEB_PAGE),
    ],
)
async def test_an_answer_without_the_agreed_id_leaves_the_message_unknown(body: str, outcome: Outcome) -> None:
    assert await said(Reply(200, body), id_field="data.0.id") == outcome


ANSWERS = ('{"type":"success"}', '{"type": "success", "id": 1}', '{"id": 1,\n "type" : "success"}')


@pytest.mark.parametrize("ok", ["type=success", '"type":"success"', '"type" : "success"'])
@pytest.mark.parametrize(
    "body", ['{"type":"success"}', '{"type": "success", "id": 1}', '{"id": 1,\n "type" : "success"}']
)
async def test_json_is_compared_as_json(ok: str, body: str) -> None:
    assert await said(Reply(200, body), ok=ok) == Sent()
    assert await said(Reply(200, body.replace("success", "successless")), ok=ok) == NOT_TAKEN


def test_what_was_agreed_is_looked_for_where_it_stands() -> None:
    answer = {"data": [{"sent": True, "code": 0}], "note": "type=success"}

    assert has_said("data.0.sent=true", "", answer)
    assert has_said("data.0.code=0", "", answer)
    assert not has_said("type=success", '{"note": "type=success"}', answer)
    assert has_said("status=OK", "status=OK id=7", None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_login_page_in_the_gateways_place_means_later(status: int) -> None:
    reply = Reply(status, "", "Location: http://127.0.0.1:9/login\r\n")

    assert await said(reply, ok="type=success") == Later(f"the gateway's address leads elsewhere ({status})")
    assert await said(Reply(200, f"\n {PORTAL}"), ok="type=success") == WEB_PAGE
    assert await said(Reply(404, PORTAL), ok="type=success") == WEB_PAGE


@pytest.mark.parametrize("status", [407, 511])
async def test_a_network_that_wants_a_login_first_means_later(status: int) -> None:
    assert await said(Reply(status, PORTAL)) == Later(f"the network wants a login before the gateway ({status})")


async def test_a_byte_order_mark_before_json_is_no_part_of_it() -> None:
    assert await said(Reply(200, '\ufeff{"type": "success"}'), ok="type=success") == Sent()


async def test_a_gateway_that_answers_in_html_can_be_agreed_with() -> None:
    assert await said(Reply(200, "<html>Message accepted</html>"), ok="Message accepted") == Sent()


LANDLINES_AND_COMPANIES = (
    "040 2345 6789",
    "1800 123 4567",
    "1860 123 4567",
    "+91 140 123 4567",
    "1600 112345",
    "+44 20 7183 8750",
)


@pytest.mark.parametrize("text", LANDLINES_AND_COMPANIES)
def test_no_sms_reaches_landlines_and_companies(text: str) -> None:
    assert not gets_sms(phone_number(text))


@pytest.mark.parametrize("text", ["81234 56789", "+91 98765 43210", "+1 202 555 0123", "+971 50 123 4567"])
def test_sms_reach_what_may_be_a_mobile_phone(text: str) -> None:
    assert gets_sms(phone_number(text))
