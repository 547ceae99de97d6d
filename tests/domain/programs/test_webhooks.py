"""Where webhooks may go, and what they tell."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest

from queue_server.api.webhook_models import WebhookMessage
from queue_server.domain.errors import BadInput
from queue_server.domain.programs.webhooks import TOPICS, check_address, is_public, message, networks, signature, target
from queue_server.domain.queue.events import Event


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.1.2",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  (nobody listens)
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://queue.example/hook",
        "https://",
        "https:///hook",
        "//queue.example/hook",
        "file:///etc/passwd",
        "https://user:secret@queue.example/",
        "https://user@queue.example/",
        "https://queue.example/#part",
        "https://queue.example:99999/",
        "https://queue.example:0/",
        "https://queue.example/a b",
        "https://queue.example/a\nb",
        "https://[::1",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "http://8.8.8.8/",
        "https://queue.example/" + "x" * 600,
    ],
)
def test_what_is_no_plain_address_of_a_public_server_is_refused(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        target(url)

    assert refused.value.details["field"] == "url"


def test_a_name_is_left_to_be_resolved() -> None:
    found = target("https://queue.example:8443/hook?key=1")

    assert (found.host, found.port, found.address) == ("queue.example", 8443, None)


@pytest.mark.parametrize("shorthand", ["https://2130706433/", "https://0x7f.1/", "https://127.1/"])
def test_an_odd_spelling_of_an_address_is_a_name_that_is_checked_once_it_is_resolved(shorthand: str) -> None:
    assert target(shorthand).address is None


def test_an_allowed_network_may_be_reached_without_tls() -> None:
    allowed = networks("192.168.1.0/24, fd00::/8")

    assert target("http://192.168.1.7/hook", allowed).port == 80
    with pytest.raises(BadInput):
        target("http://192.168.2.7/hook", allowed)
    check_address(ipaddress.ip_address("::ffff:192.168.1.9"), "http", allowed)


def test_only_what_is_named_is_told() -> None:
    data = {"number": "G-012", "state": "waiting", "priority": "emergency", "reason": "chest pain", "room": None}
    event = Event("issue", datetime(2026, 11, 22, 4, 30, tzinfo=UTC), "kiosk:1", 12, 1, data)

    told = message(418, event, "GEN")

    assert told == {
        "id": 418,
        "type": "token.issued",
        "at": "2026-11-22T04:30:00Z",
        "data": {
            "token": 12,
            "department": "GEN",
            "number": "G-012",
            "state": "waiting",
            "priority": "emergency",
        },
    }


@pytest.mark.parametrize("kind", TOPICS)
def test_what_is_told_has_the_shape_that_is_described(kind: str) -> None:
    data = {"number": "G-012", "state": "called", "room": "1", "document": 7, "kind": "report", "patient": 3}
    event = Event(kind, datetime(2026, 11, 22, 4, 30, tzinfo=UTC), "doctor:1", 12, 1, data | {"undone": "call"})

    told = message(418, event, "GEN")

    assert WebhookMessage.model_validate(told).model_dump(mode="json", exclude_unset=True) == told


def test_a_signature_is_that_of_the_conventions_own_example() -> None:
    # From the specification of Standard Webhooks, "Signing with an HMAC".
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330

    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_from_before_signs_as_its_program_was_told() -> None:
    # printf '1763800000.{}' | openssl dgst -sha256 -hmac secret
    assert signature("secret", "3-418", 1763800000, b"{}") == (
        "v1=1a95e68b67391eed8f30d3f5d50f4201c096f3bfc9eb7b2219f215c3858e73e2"
    )
