"""Daily limits of channels."""

from __future__ import annotations

from queue_server.domain.alerts.alerts import Channel
from queue_server.storage.alerts.limit_rows import DEFAULT_LIMITS, limits, save_limit
from queue_server.storage.engine.store import Transaction


async def test_until_somebody_decides_a_channel_that_costs_money_is_limited(work: Transaction) -> None:
    found = await limits(work.connection)

    assert found == DEFAULT_LIMITS
    assert found[Channel.SMS]


async def test_one_channels_limit_leaves_the_others_as_they_are(work: Transaction) -> None:
    await save_limit(work, Channel.EMAIL, 50)
    await save_limit(work, Channel.SMS, None)

    assert await limits(work.connection) == {Channel.SMS: None, Channel.EMAIL: 50}
