"""Above which numbers a department goes on after a restore."""

import pytest

from queue_server.domain.clinic.restoring import (
    EPOCH,
    UNKNOWN_NUMBERS,
    WITHOUT_PAPER,
    Known,
    Slip,
    goes_on_above,
    highest_numbers,
    printed_since,
)
from queue_server.domain.errors import BadInput


@pytest.mark.parametrize(
    ("known", "above"),
    [
        (Known({}, is_complete=True), 40),
        (Known({"G": 123}, slips=5, is_complete=True), 123),
        (Known({"G": 7}), 40),
        (Known({"D": 123}, slips=5), 45),
        (Known({}, printed={"G": 123}, slips=5), 123 + WITHOUT_PAPER),
        (Known({"G": 125}, printed={"G": 123}), 125),
        (Known({}, printed={"G": 123}, is_complete=True), 40),
        (Known({}), 40 + UNKNOWN_NUMBERS),
    ],
)
def test_the_best_that_is_known_counts_and_never_less_than_the_backup(known: Known, above: int) -> None:
    assert goes_on_above("G", 40, known) == above


def test_of_a_ledger_the_slips_after_the_backup_count_also_where_it_has_forgotten_their_numbers() -> None:
    slips = [Slip(3, "G-900"), Slip(7, "G-012"), Slip(8, "G-011"), Slip(9, "ENT-1000"), Slip(11, ""), Slip(10, "odd")]

    assert printed_since(slips, 5) == ({"G": 12, "ENT": 1000}, 6)
    assert printed_since([], 5) == ({}, 0)


def test_the_leap_of_an_earlier_restore_is_not_counted_as_slips() -> None:
    slips = [Slip(7, ""), Slip(EPOCH + 8, ""), Slip(EPOCH + 17, "")]

    assert printed_since(slips, 5) == ({}, 12)


def test_highest_numbers_are_read_by_prefix() -> None:
    assert highest_numbers(["G=123", "ENT=7"]) == {"G": 123, "ENT": 7}


@pytest.mark.parametrize("said", ["G", "G=", "=12", "G=-1", "G=1234567", "G=٣"])
def test_what_is_no_number_of_a_prefix_is_refused(said: str) -> None:
    with pytest.raises(BadInput):
        highest_numbers([said])
