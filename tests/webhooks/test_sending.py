"""A name leads to the address that was checked, and to none inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from queue_server.domain.alerts.alerts import Later, Sent
from queue_server.domain.programs.webhooks import Address, Topic, Webhook, WebhookState, networks
from queue_server.services.programs.webhook_deliveries import Job
from queue_server.webhooks import Sender
from tests.webhooks.receiver import Receiver

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
HERE = networks("127.0.0.0/8")


class Names:
    """A name service that gives another answer each time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """The next answer."""
        self.asked += 1
        return [ipaddress.ip_address(one) for one in self.answers.pop(0).split()]


def a_job(url: str) -> Job:
    """An event to deliver there."""
    webhook = Webhook(
        1,
        1,
        url,
        (Topic.ISSUED,),
        "secret",
        WebhookState.ACTIVE,
        0,
        0,
        None,
        None,
        due_at=NOW,
        created_at=NOW,
        version=1,
    )
    return Job(webhook, 7, "token.issued", b"{}")


@pytest.mark.parametrize(
    "answer", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "8.8.8.8 192.168.1.1"]
)
async def test_a_name_that_leads_inside_is_not_followed(answer: str) -> None:
    names = Names(answer)

    async with Sender(resolve=names.resolve) as sender:
        attempt = await sender.send(a_job("https://innocent.example/hook"), NOW)

    assert isinstance(attempt.outcome, Later)
    assert "private" in attempt.outcome.reason


async def test_the_address_that_was_checked_is_the_one_that_is_used(receiver: Receiver) -> None:
    names = Names("127.0.0.1", "127.0.0.2")

    async with Sender(HERE, resolve=names.resolve) as sender:
        attempt = await sender.send(a_job(f"http://innocent.example:{receiver.port}/hook?a=1"), NOW)

    assert (attempt.outcome, names.asked) == (Sent(), 1)
    assert receiver.received[0].headers["host"] == f"innocent.example:{receiver.port}"
    assert receiver.received[0].path == "/hook?a=1"


async def test_a_name_that_is_not_known_is_said(receiver: Receiver) -> None:
    async with Sender(HERE) as sender:
        attempt = await sender.send(a_job("https://nowhere.invalid/hook"), NOW)

    assert isinstance(attempt.outcome, Later)
    assert attempt.outcome.reason in {"the name is not known", "no answer in time"}


async def test_the_next_address_of_a_name_is_tried(receiver: Receiver) -> None:
    # Nobody listens at the first on this port.
    names = Names("127.0.0.9 127.0.0.1")

    async with Sender(HERE, resolve=names.resolve) as sender:
        attempt = await sender.send(a_job(f"http://innocent.example:{receiver.port}/hook"), NOW)

    assert attempt.status == 204


@pytest.mark.parametrize(("status", "after_s"), [(503, 30.0), (429, 30.0)])
async def test_a_target_that_says_when_to_come_again_is_heard(receiver: Receiver, status: int, after_s: float) -> None:
    receiver.answers.append(status)
    receiver.more = "Retry-After: 30\r\n"

    async with Sender(HERE) as sender:
        attempt = await sender.send(a_job(receiver.url), NOW)

    assert attempt.outcome == Later(f"answered {status}", after_s)
