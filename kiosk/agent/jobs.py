"""What to do with a job: print it, once."""

import logging
from collections.abc import Callable

from kiosk.agent.ledger import Ledger
from kiosk.agent.protocol import Job
from kiosk.printing import BadSlip, Outcome, Paper, PrintState, Slip, Transport, slip_document

logger = logging.getLogger(__name__)

STOPPED = Outcome(PrintState.UNCONFIRMED, "the agent stopped while printing")


def settle(job: Job, ledger: Ledger, printer: Transport, on: Paper) -> Outcome:
    """How the job ended: now, or when it was first here.

    Blocks until the printer is done; call it from one thread at a time. Never raises for a bad slip, a printer or a
    full disk. A slip that cannot be drawn is not remembered: it fails again in the same way.
    """
    try:
        slip = Slip.from_json(job.slip)
        document = slip_document(slip, on)
    except BadSlip as error:
        return Outcome(PrintState.FAILED, str(error))
    except Exception:
        logger.exception("The slip of job %s could not be drawn.", job.id)
        return Outcome(PrintState.FAILED, "the slip could not be drawn")
    return print_once(job.id, ledger, lambda: printer.send(document, slip.name))


def print_once(job_id: str, ledger: Ledger, send: Callable[[], Outcome]) -> Outcome:
    """Call `send`, unless it was called for this job before, by this process or another, and say how it ended."""
    entry = ledger.find(job_id)
    if entry:
        return entry.outcome or _end(job_id, ledger, STOPPED)
    try:
        ledger.begin(job_id)
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
