"""Above which numbers a department goes on after a restore."""

import pytest

from queue_server.domain.clinic.restoring import UNKNOWN_NUMBERS, Known, goes_on_above, highest_numbers
from queue_server.domain.errors import BadInput


@pytest.mark.parametrize(
    ("known", "above"),
    [
        (Known({}, is_complete=True), 40),
        (Known({"G": 123}, slips=5, is_complete=True), 123),
        (Known({"G": 7}), 40),
        (Known({"D": 123}, slips=5), 45),
        (Known({}), 40 + UNKNOWN_NUMBERS),
    ],
)
def test_the_best_that_is_known_counts_and_never_less_than_the_backup(known: Known, above: int) -> None:
    assert goes_on_above("G", 40, known) == above


def test_highest_numbers_are_read_by_prefix() -> None:
    assert highest_numbers(["G=123", "ENT=7"]) == {"G": 123, "ENT": 7}


@pytest.mark.parametrize("said", ["G", "G=", "=12", "G=-1", "G=1234567", "G=٣"])
def test_what_is_no_number_of_a_prefix_is_refused(said: str) -> None:
    with pytest.raises(BadInput):
        highest_numbers([said])
