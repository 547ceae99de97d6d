"""What an agent does with a job: it prints it once, and not for strangers."""

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.agent.jobs import NOBODY_WAITED, settle
from kiosk.agent.ledger import Ledger
from kiosk.agent.protocol import Job
from kiosk.printing import MemoryPrinter, Outcome, PrintState, paper
from tests.kiosk.slips import ENGLISH

PRINTED = Outcome(PrintState.PRINTED)


@pytest.mark.parametrize(
    ("left_s", "waited_s", "outcome"),
    [(90, 2, PRINTED), (90, 90, NOBODY_WAITED), (0, 0, NOBODY_WAITED), (float("inf"), 9_000, PRINTED)],
)
def test_a_slip_for_which_nobody_waits_is_not_begun(
    tmp_path: Path, left_s: float, waited_s: float, outcome: Outcome
) -> None:
    printer = MemoryPrinter()
    with closing(Ledger(tmp_path / "ledger")) as ledger:
        assert settle(Job("1", ENGLISH, left_s), ledger, printer, paper(58), waited_s) == outcome

    assert len(printer.documents) == (outcome == PRINTED)


def test_one_that_was_printed_in_time_is_told_so_later(tmp_path: Path) -> None:
    printer = MemoryPrinter()
    with closing(Ledger(tmp_path / "ledger")) as ledger:
        settle(Job("1", ENGLISH, 90), ledger, printer, paper(58))

        assert settle(Job("1", ENGLISH, 0), ledger, printer, paper(58)) == PRINTED

    assert len(printer.documents) == 1
