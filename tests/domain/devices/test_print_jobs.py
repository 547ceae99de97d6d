"""How far a slip can come."""

from __future__ import annotations

from queue_server.domain.devices.print_jobs import DONE, PrintState


def test_a_slip_is_on_its_way_or_done() -> None:
    assert set(PrintState) - DONE == {PrintState.QUEUED, PrintState.SENT}


def test_a_slip_that_the_printer_did_not_confirm_is_not_printed_again() -> None:
    assert PrintState.UNCONFIRMED in DONE
