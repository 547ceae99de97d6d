"""How far a slip can come."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.devices.print_jobs import DONE, WAITED_FOR, PrintJob, PrintState
from tests.clinics import MORNING


def test_a_slip_is_on_its_way_or_done() -> None:
    assert set(PrintState) - DONE == {PrintState.QUEUED, PrintState.SENT}


def test_a_slip_that_the_printer_did_not_confirm_is_not_printed_again() -> None:
    assert PrintState.UNCONFIRMED in DONE


def test_somebody_stands_at_the_printer_for_a_while_only() -> None:
    job = PrintJob(1, 1, "G-001", "entrance", 1, PrintState.QUEUED, None, MORNING)

    assert job.waited_for_s(MORNING + timedelta(seconds=30)) == WAITED_FOR.total_seconds() - 30
    assert job.waited_for_s(MORNING + timedelta(minutes=13)) == 0
