"""What to do with a job: print it, once."""

import logging
from collections.abc import Callable

from kiosk.agent.ledger import Ledger
from kiosk.agent.protocol import Job
from kiosk.printing import (
    BadSlip,
    MedicineSlip,
    Outcome,
    Paper,
    PrintState,
    Slip,
    Transport,
)
from kiosk.printing.medicines import is_medicines

logger = logging.getLogger(__name__)

NOBODY_WAITED = Outcome(PrintState.FAILED, "nobody waited for it")
STOPPED = Outcome(PrintState.UNCONFIRMED, "the agent stopped while printing")


def settle(job: Job, ledger: Ledger, printer: Transport, on: Paper, waited_s: float = 0) -> Outcome:
    """How the job ended: now, or when it was first here; `waited_s` seconds have gone by since the server sent it.

    One that was never begun, and for which nobody waits any more, is not printed.

    Blocks until the printer is done; call it from one thread at a time. Never raises for a bad slip, a printer or a
    full disk. A slip that cannot be drawn is not remembered: it fails again in the same way.
    """
    if waited_s >= job.left_s and ledger.find(job.id) is None:
        return NOBODY_WAITED
    try:
        document, shown = _drawn(job.slip, on)
    except BadSlip as error:
        return Outcome(PrintState.FAILED, str(error))
    except Exception:
        logger.exception("The slip of job %s could not be drawn.", job.id)
        return Outcome(PrintState.FAILED, "the slip could not be drawn")
    return print_once(job.id, ledger, lambda: printer.send(document, shown.name), shown.number)


def _drawn(sent: object, on: Paper) -> tuple[bytes, Slip | MedicineSlip]:
    """What is sent to the printer, and what it says. Raises `BadSlip`."""
    from kiosk.printing.document import medicines_document, slip_document

    if is_medicines(sent):
        medicines = MedicineSlip.from_json(sent)
        return medicines_document(medicines, on), medicines
    slip = Slip.from_json(sent)
    return slip_document(slip, on), slip


def load_drawing() -> None:
    """What slips are drawn with is in memory, so that the first is not later than the others."""
    import kiosk.printing.document  # noqa: F401


def print_once(job_id: str, ledger: Ledger, send: Callable[[], Outcome], number: str = "") -> Outcome:
    """Call `send`, unless it was called for this job before, by this process or another, and say how it ended."""
    entry = ledger.find(job_id)
    if entry:
        return entry.outcome or _end(job_id, ledger, STOPPED)
    try:
        ledger.begin(job_id, number)
    except OSError:
        logger.exception("Job %s is not printed, because the ledger cannot be written.", job_id)
        return Outcome(PrintState.FAILED, "the agent's disk cannot be written")
    try:
        outcome = send()
    except Exception:
        logger.exception("Printing job %s broke off.", job_id)
        outcome = Outcome(PrintState.UNCONFIRMED, "the agent failed while printing")
    return _end(job_id, ledger, outcome)


def _end(job_id: str, ledger: Ledger, outcome: Outcome) -> Outcome:
    """Remember the end. Where that fails the job stays begun, and is unconfirmed the next time it is asked for."""
    try:
        ledger.finish(job_id, outcome)
    except OSError:
        logger.exception("The end of job %s could not be written to the ledger.", job_id)
    return outcome
