"""Settings by name."""

from __future__ import annotations

import pytest

from queue_server.storage.engine.setting_rows import save_setting, setting
from queue_server.storage.engine.store import Transaction


@pytest.mark.parametrize("value", ["text", 5, 0, False, [], ["en", "hi"], {"sms": None}, "खून"])
async def test_a_setting_is_read_as_it_was_saved_last(work: Transaction, value: object) -> None:
    assert await setting(work.connection, "of_this_test") is None

    await save_setting(work, "of_this_test", "earlier")
    await save_setting(work, "of_this_test", value)

    assert await setting(work.connection, "of_this_test") == value
