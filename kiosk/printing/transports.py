"""One way to print for every kind of printer: `send` a document, ask for the `state`. Both block; use a thread."""

import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kiosk.printing.paper import LARGEST_STRIP, Paper
from kiosk.printing.states import (
    BLOCKING,
    QUESTIONS,
    Outcome,
    PrinterState,
    PrintState,
    confirmation,
    confirmation_request,
    is_answer,
    question,
    state_from,
)
from kiosk.printing.wires import Wire

#: How long a printer may take to say how it is.
ANSWER_S = 1.0
#: How long after the last byte the slowest printer may take until the slip is out.
CONFIRM_S = 8.0
#: After so many slips without any confirmation ever, a printer that answers otherwise is not asked again.
SILENCES = 2


class Transport(Protocol):
    """A printer."""

    def send(self, document: bytes, name: str) -> Outcome:
        """Print the document. Never raises for what a printer or a line does; `name` tells documents apart."""

    def state(self) -> PrinterState:
        """How the printer is, now."""


class WiredPrinter:
    """A printer on a wire, which is opened anew for each document: most printers serve one connection at a time."""

    def __init__(
        self, connect: Callable[[], Wire], *, answer_s: float = ANSWER_S, confirm_s: float = CONFIRM_S
    ) -> None:
        self._connect = connect
        self._answer_s = answer_s
        self._confirm_s = confirm_s
        self._process = secrets.randbelow(10_000)
        self._has_confirmed = False
        self._silences = 0
        # What the process before this one left in the printer is not known.
        self._is_picture_open = True

    def state(self) -> PrinterState:
        """How the printer is; offline when it cannot be reached, unknown when it does not answer."""
        try:
            with closing(self._connect()) as wire:
                self._end_picture(wire)
                return self._ask(wire)
        except OSError:
            return PrinterState.OFFLINE

    def send(self, document: bytes, name: str) -> Outcome:
        """Print, if the printer can.

        The outcome is `failed` only when nothing was sent, `printed` only when the printer says so itself.
        """
        try:
            wire = self._connect()
        except OSError as error:
            return Outcome(PrintState.FAILED, f"printer not reached: {_words(error)}")
        with closing(wire):
            try:
                self._end_picture(wire)
                state = self._ask(wire)
            except OSError as error:
                return Outcome(PrintState.FAILED, f"printer not reached: {_words(error)}")
            if state in BLOCKING:
                return Outcome(PrintState.FAILED, BLOCKING[state])
            return self._print(wire, document, can_answer=state is not PrinterState.UNKNOWN)

    def _print(self, wire: Wire, document: bytes, *, can_answer: bool) -> Outcome:
        try:
            self._is_picture_open = True
            if not can_answer or self._silences >= SILENCES:
                wire.write(document)
                self._is_picture_open = False
                return Outcome(PrintState.UNCONFIRMED, "the printer does not confirm")
            self._process = (self._process + 1) % 10_000
            process_id = b"%04d" % self._process
            wire.write(document + confirmation_request(process_id))
            if self._confirmed(wire, process_id):
                self._has_confirmed, self._silences, self._is_picture_open = True, 0, False
                return Outcome(PrintState.PRINTED)
            return self._unconfirmed(self._ask(wire))
        except OSError as error:
            return Outcome(PrintState.UNCONFIRMED, f"the line broke while printing: {_words(error)}")

    def _end_picture(self, wire: Wire) -> None:
        """End a picture that a broken line left unfinished in the printer, which would take the next slip for its rest.

        White dots for all that can be missing; where nothing is missing, printers ignore them.
        """
        if self._is_picture_open:
            wire.write(bytes(LARGEST_STRIP))
            self._is_picture_open = False

    def _unconfirmed(self, state: PrinterState) -> Outcome:
        """What to say of a slip that was sent and not confirmed, from how the printer is afterwards."""
        if state in BLOCKING:
            return Outcome(PrintState.UNCONFIRMED, BLOCKING[state])
        if state is not PrinterState.UNKNOWN and not self._has_confirmed:
            self._silences += 1
        return Outcome(PrintState.UNCONFIRMED, "the printer did not confirm")

    def _ask(self, wire: Wire) -> PrinterState:
        """Put the questions one by one; the first that is not answered is the last."""
        answers: dict[int, int] = {}
        for n in QUESTIONS:
            wire.write(question(n))
            data = self._read_until(wire, self._answer_s, lambda data: any(map(is_answer, data)))
            if data is None:
                break
            answers[n] = next(filter(is_answer, data))
        return state_from(answers)

    def _confirmed(self, wire: Wire, process_id: bytes) -> bool:
        expected = confirmation(process_id)
        return self._read_until(wire, self._confirm_s, lambda data: expected in data) is not None

    @staticmethod
    def _read_until(wire: Wire, within_s: float, is_enough: Callable[[bytes], bool]) -> bytes | None:
        """What was read once it is enough, or None when the time is over."""
        end = time.monotonic() + within_s
        data = b""
        while (left := end - time.monotonic()) > 0:
            data += wire.read(left)
            if is_enough(data):
                return data
        return None


class FilePrinter:
    """Writes each document to a folder, as bytes and as the picture that a printer would make of them."""

    def __init__(self, folder: Path, on: Paper) -> None:
        self._folder = folder
        self._dots = on.dots

    def state(self) -> PrinterState:
        """Offline when the folder cannot be written to."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return PrinterState.OFFLINE
        return PrinterState.OK if os.access(self._folder, os.W_OK) else PrinterState.OFFLINE

    def send(self, document: bytes, name: str) -> Outcome:
        """Write `name`.bin and `name`.png, whole or not at all; a file of that name is replaced."""
        from kiosk.printing.rendering import render

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            picture = render(document, self._dots).picture
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as draft:
                picture.save(Path(draft) / "png", format="PNG")
                (Path(draft) / "bin").write_bytes(document)
                for kind in ("png", "bin"):
                    (Path(draft) / kind).replace(self._folder / f"{name}.{kind}")
        except OSError as error:
            return Outcome(PrintState.FAILED, f"cannot write to the folder: {_words(error)}")
        return Outcome(PrintState.PRINTED)


@dataclass
class MemoryPrinter:
    """Keeps what was printed. For tests, and for a kiosk that has no printer."""

    #: The state to report; one in which a printer cannot print makes prints fail.
    current: PrinterState = PrinterState.OK
    #: Name and bytes of each print, oldest first.
    documents: list[tuple[str, bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def state(self) -> PrinterState:
        """The state that was set."""
        return self.current

    def send(self, document: bytes, name: str) -> Outcome:
        """Keep the document, unless the state that was set forbids it."""
        with self._lock:
            if self.current in BLOCKING:
                return Outcome(PrintState.FAILED, BLOCKING[self.current])
            self.documents.append((name, document))
        return Outcome(PrintState.PRINTED)


def _words(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
