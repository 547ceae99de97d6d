"""What a database at fault tells programs."""

from __future__ import annotations

import pytest

from queue_server.domain.errors import DatabaseAway, DatabaseBusy, DatabaseFault, DatabaseFull


@pytest.mark.parametrize("fault", [DatabaseBusy, DatabaseFull, DatabaseAway])
def test_it_says_that_nothing_was_changed_and_when_to_come_again(fault: type[DatabaseFault]) -> None:
    error = fault()

    assert error.message.endswith("Nothing was changed.")
    assert error.details["retry_after_s"] == fault.retry_after_s
