"""The frames between agent and server. Pure: text to values and back."""

import json
from dataclasses import dataclass
from math import inf

from kiosk.printing import Outcome, PrinterState

LONGEST_JOB_ID = 100
#: Bytes of the largest frame that is read.
LARGEST_FRAME = 65_536

#: Codes with which the server closes on a key that is unknown or revoked.
REFUSED_CLOSES = {4401, 4403}
#: HTTP statuses with which it refuses the handshake for the same reason.
REFUSED_STATUSES = {401, 403}


class BadFrame(ValueError):
    """A frame from the server that breaks the protocol."""


@dataclass(frozen=True)
class Job:
    """One slip to print. `slip` is the document as it came, not yet checked.

    For `left_s` seconds more somebody waits at the printer; without it nothing is known of that.
    """

    id: str
    slip: object
    left_s: float = inf


@dataclass(frozen=True)
class ErrorFrame:
    """What the server says before it closes."""

    code: str
    message: str


def read_frame(text: str | bytes) -> Job | ErrorFrame | None:
    """A print job, an error, or None for a frame of a kind that an agent need not know.

    Raises `BadFrame` when the frame is no JSON object, or a job without an id.
    """
    try:
        frame = json.loads(text)
    except ValueError as error:
        raise BadFrame("The frame is not JSON.") from error
    if not isinstance(frame, dict):
        raise BadFrame("The frame is not a JSON object.")
    match frame.get("type"):
        case "print":
            return _job(frame)
        case "error":
            return ErrorFrame(str(frame.get("code")), str(frame.get("message")))
    return None


def _job(frame: dict[str, object]) -> Job:
    job_id = frame.get("job")
    if not isinstance(job_id, str) or not 0 < len(job_id) <= LONGEST_JOB_ID:
        raise BadFrame(f"The job id {job_id!r:.120} is not a text of 1 to {LONGEST_JOB_ID} characters.")
    left_s = frame.get("left_s")
    return Job(job_id, frame.get("slip"), left_s if isinstance(left_s, int | float) else inf)


def hello(agent: str, printer: PrinterState) -> str:
    """The first frame of a connection."""
    return json.dumps({"type": "hello", "agent": agent, "printer": printer})


def printer_is(state: PrinterState) -> str:
    """How the printer is."""
    return json.dumps({"type": "printer", "state": state})


def job_received(job_id: str) -> str:
    """The job is here; its end follows."""
    return json.dumps({"type": "job", "job": job_id, "state": "sent"})


def job_ended(job_id: str, outcome: Outcome) -> str:
    """How the job ended, for good."""
    return json.dumps({"type": "job", "job": job_id, "state": outcome.state, "reason": outcome.reason})
