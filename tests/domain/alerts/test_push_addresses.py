"""A browser's subscription, as it is kept."""

from __future__ import annotations

import base64
import json

import pytest

from queue_server.domain.alerts.push_addresses import LONGEST_ENDPOINT, push_address
from queue_server.domain.errors import BadInput

POINT = base64.urlsafe_b64encode(bytes(range(65))).decode()
SECRET = base64.urlsafe_b64encode(bytes(16)).decode()


def a_subscription(endpoint: object = "https://push.example/1", **more: object) -> dict[str, object]:
    """What a browser sends."""
    return {"endpoint": endpoint, "keys": {"p256dh": POINT.rstrip("="), "auth": SECRET.rstrip("="), **more}}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"endpoint": "https://x", "keys": {"p256dh": "AA", "auth": "AA"}}', "[" * 5000],
)
def test_what_is_no_subscription_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        push_address(text)


@pytest.mark.parametrize(
    "sent",
    [
        a_subscription("ftp://push.example/1"),
        a_subscription("https://püsh.example/1"),
        a_subscription("https://push.example/\n1"),
        a_subscription("https://push.example/" + "1" * LONGEST_ENDPOINT),
        a_subscription(5),
        a_subscription(p256dh=SECRET),
        a_subscription(auth=POINT),
        a_subscription(auth=5),
        a_subscription(auth="ü" * 22),
        {"endpoint": "https://push.example/1"},
        {"endpoint": "https://push.example/1", "keys": []},
    ],
)
def test_an_odd_endpoint_or_a_key_of_another_length_is_refused(sent: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        push_address(json.dumps(sent))

    assert refused.value.details["field"] == "subscription"


def test_one_subscription_is_always_written_the_same() -> None:
    sent = a_subscription()
    written_otherwise = [
        {**sent, "expirationTime": None},
        dict(reversed(sent.items())),
        a_subscription(p256dh=POINT, auth=SECRET),
        a_subscription(auth=f" {SECRET}\n", contentEncodings="aes128gcm"),
    ]

    assert {push_address(json.dumps(each)) for each in written_otherwise} == {push_address(json.dumps(sent))}


def test_what_is_kept_is_a_subscription_again() -> None:
    kept = push_address(json.dumps(a_subscription()))

    assert push_address(kept) == kept
