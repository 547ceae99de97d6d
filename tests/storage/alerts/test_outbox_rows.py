"""The outbox: a message is written once, in the transaction of what it tells, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from queue_server.domain.alerts.alerts import (
    AlertKind,
    Channel,
)
from queue_server.storage.alerts import outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from tests.alerting import PHONE, AlertingClinic, an_alerting_clinic, put


@pytest.fixture
async def alerting(database_url: str) -> AsyncIterator[AlertingClinic]:
    """A clinic that alerts, on each kind of database."""
    async with an_alerting_clinic(database_url) as made:
        yield made


async def test_a_message_that_is_written_twice_is_sent_once(alerting: AlertingClinic) -> None:
    await put(alerting)
    await put(alerting)

    await alerting.settle()

    assert alerting.sms.kinds == ["document"]


async def test_a_message_belongs_to_its_transaction(alerting: AlertingClinic) -> None:
    async def fail() -> None:
        async with alerting.services.store.transaction() as work:
            new = NewMessage("x", Channel.SMS, AlertKind.DOCUMENT, PHONE, "en", work.now, work.now + timedelta(days=1))
            await outbox_rows.put(work, [new])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await alerting.settle()

    assert alerting.sms.given == []
