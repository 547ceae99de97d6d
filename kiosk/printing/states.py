"""What a printer says about itself, and what became of a print. Pure: bytes in, a word out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PrinterState(StrEnum):
    """The state of a printer. A printer that does not answer is `UNKNOWN`, never `OK`."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    COVER = "cover"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class PrintState(StrEnum):
    """What is known of a print at its end. `UNCONFIRMED` means that it may or may not be on paper."""

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """The end of one print."""

    state: PrintState
    #: In a few words, why it is not simply printed.
    reason: str | None = None


#: States in which nothing is sent, and the reason that is given for it.
BLOCKING = {
    PrinterState.OUT: "out of paper",
    PrinterState.COVER: "cover open",
    PrinterState.OFFLINE: "printer offline",
}

#: The n of `DLE EOT n`: printer, paper, cause of being offline, error. The two that `OK` needs come first.
QUESTIONS = (1, 4, 2, 3)

_FIXED_BITS, _FIXED_VALUE = 0x93, 0x12
_OFFLINE = 0x08
_COVER_OPEN = 0x04
_STOPPED_BY_PAPER_END = 0x20
_ERRORS = 0x68
_PAPER_NEAR_END = 0x0C
_PAPER_END = 0x60


def question(n: int) -> bytes:
    """`DLE EOT n`, answered at once even while the printer is busy."""
    return bytes((0x10, 0x04, n))


def is_answer(byte: int) -> bool:
    """Whether the byte has the fixed bits that every answer to `DLE EOT` has."""
    return byte & _FIXED_BITS == _FIXED_VALUE


def state_from(answers: Mapping[int, int]) -> PrinterState:
    """The state that the answers to `DLE EOT n`, by n, amount to.

    Trouble is believed from any one answer; `OK` and `LOW` need both the printer's and the paper's. An open cover comes
    before the missing paper, because an open printer does not feel its paper. Bits: Epson's ESC/POS reference, DLE EOT.
    """
    printer, cause, error, paper = (answers.get(n, 0) for n in (1, 2, 3, 4))
    if cause & _COVER_OPEN:
        return PrinterState.COVER
    if paper & _PAPER_END or cause & _STOPPED_BY_PAPER_END:
        return PrinterState.OUT
    if printer & _OFFLINE or error & _ERRORS:
        return PrinterState.OFFLINE
    if 1 not in answers or 4 not in answers:
        return PrinterState.UNKNOWN
    return PrinterState.LOW if paper & _PAPER_NEAR_END else PrinterState.OK


def confirmation_request(process_id: bytes) -> bytes:
    """`GS ( H` function 48: asks the printer to answer once everything before it is on paper.

    `process_id` is four bytes from 20h to 7Eh.
    """
    return b"\x1d(H\x06\x00\x30\x30" + process_id


def confirmation(process_id: bytes) -> bytes:
    """The answer to `confirmation_request`."""
    return b"\x37\x22" + process_id + b"\x00"
