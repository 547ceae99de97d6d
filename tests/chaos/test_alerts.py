"""Servers are killed while they send, through a gateway that fails one time in five."""

from pathlib import Path

import pytest

from queue_server.domain.alerts.alerts import MessageState
from queue_server.storage.engine.migrating import migrate
from tests.alerts.unreliable import send_through
from tests.browser.conftest import free_port


@pytest.mark.parametrize("is_repeatable", [True, False])
async def test_no_message_is_lost_and_none_is_sent_twice(tmp_path: Path, is_repeatable: bool) -> None:
    await migrate(f"sqlite:///{tmp_path}/queue.db")

    account = await send_through(tmp_path, free_port(), messages=80, kills=1, is_repeatable=is_repeatable)

    assert "8123450" not in (tmp_path / "log").read_text()
    assert (account.lost, account.twice) == (0, 0)
    if is_repeatable:
        assert account.states == {"sent": 80}
        assert account.taken == 80
    else:
        assert account.states[MessageState.SENT] + account.states[MessageState.UNKNOWN] == 80
        assert account.taken <= 80
