"""Printers on a line tell the truth about themselves and about each print."""

import os
import socket
import threading
import tty
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import usb.core
from PIL import Image

from kiosk.printing import (
    BadAddress,
    FilePrinter,
    MemoryPrinter,
    Outcome,
    PrinterState,
    PrintState,
    WiredPrinter,
    open_printer,
    paper,
)
from kiosk.printing.document import slip_document
from kiosk.printing.rendering import render
from kiosk.printing.wires import NetworkWire, SerialWire, UsbWire
from tests.kiosk.fake_printer import (
    COVER_OPEN,
    KNIFE_JAMMED,
    MUTE,
    PAPER_LOW,
    PAPER_OUT,
    READY,
    FakePrinter,
    a_printer,
)
from tests.kiosk.slips import a_slip

DOCUMENT = slip_document(a_slip(), paper(80))


def test_a_confirmed_slip_is_printed_and_is_the_slip() -> None:
    with a_printer() as printer:
        outcome = printer.transport().send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.PRINTED)
    (arrived,) = printer.printed
    assert render(arrived, 576).picture.tobytes() == render(DOCUMENT, 576).picture.tobytes()


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (READY, "ok"),
        (PAPER_LOW, "low"),
        (PAPER_OUT, "out"),
        (COVER_OPEN, "cover"),
        (KNIFE_JAMMED, "offline"),
        (MUTE, "unknown"),
        ({1: 0x12}, "unknown"),
        ({1: 0x00}, "unknown"),
    ],
)
def test_the_state_is_what_the_printer_answers(answers: dict[int, int], state: str) -> None:
    with a_printer(answers=answers) as printer:
        assert printer.transport().state() == state


@pytest.mark.parametrize(
    ("answers", "reason"),
    [(PAPER_OUT, "out of paper"), (COVER_OPEN, "cover open"), (KNIFE_JAMMED, "printer offline")],
)
def test_a_printer_that_cannot_print_gets_nothing(answers: dict[int, int], reason: str) -> None:
    with a_printer(answers=answers) as printer:
        outcome = printer.transport().send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.FAILED, reason)
    assert not printer.printed


def test_a_printer_low_on_paper_prints() -> None:
    with a_printer(answers=PAPER_LOW) as printer:
        assert printer.transport().send(DOCUMENT, "G-012-1") == Outcome(PrintState.PRINTED)


def test_a_mute_printer_gets_the_slip_and_nobody_claims_to_know() -> None:
    with a_printer(answers=MUTE) as printer:
        outcome = printer.transport().send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.UNCONFIRMED, "the printer does not confirm")
    (arrived,) = printer.printed
    assert arrived.endswith(DOCUMENT)


def test_a_printer_that_is_off_fails_and_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    printer = FakePrinter(port=port).transport()

    outcome = printer.send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.FAILED, "printer not reached: connection refused")
    assert printer.state() is PrinterState.OFFLINE


def test_a_printer_that_closes_before_the_slip_fails() -> None:
    with a_printer(closes_after=3) as printer:
        outcome = printer.transport().send(DOCUMENT, "G-012-1")

    assert outcome.state == "failed"


def test_a_printer_that_closes_in_the_middle_leaves_the_slip_unconfirmed() -> None:
    with a_printer(closes_after=len(DOCUMENT) // 2) as printer:
        outcome = printer.transport().send(DOCUMENT * 20, "G-012-1")

    assert outcome.state == "unconfirmed"
    assert str(outcome.reason).startswith("the line broke while printing")


def test_a_printer_that_swallows_half_leaves_the_slip_unconfirmed() -> None:
    with a_printer(confirms=False) as printer:
        outcome = printer.transport().send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.UNCONFIRMED, "the printer did not confirm")


def test_paper_that_ends_in_the_middle_of_a_slip_is_the_reason() -> None:
    with a_printer(confirms=False) as printer:
        printer.before_printing = lambda document: printer.answers.update(PAPER_OUT)

        outcome = printer.transport().send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.UNCONFIRMED, "out of paper")


def test_a_printer_that_stops_taking_data_leaves_the_slip_unconfirmed() -> None:
    release = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_and_stop() -> None:
            line, _ = server.accept()
            with line:
                for _ in READY:
                    line.recv(3)
                    line.sendall(b"\x12")
                release.wait(5)

        stuck = threading.Thread(target=answer_and_stop)
        stuck.start()
        connect = partial(NetworkWire, "127.0.0.1", server.getsockname()[1], timeout_s=0.1)
        printer = WiredPrinter(connect, answer_s=1, confirm_s=0.1)

        outcome = printer.send(DOCUMENT * 400, "G-012-1")

        release.set()
        stuck.join(5)
    assert outcome == Outcome(PrintState.UNCONFIRMED, "the line broke while printing: timed out")


def test_a_printer_that_answers_but_never_confirms_is_soon_no_longer_waited_for() -> None:
    with a_printer(confirms=False) as printer:
        transport = printer.transport()

        reasons = [transport.send(DOCUMENT, "G-012-1").reason for _ in range(3)]

    assert reasons == ["the printer did not confirm"] * 2 + ["the printer does not confirm"]
    assert [document.endswith(DOCUMENT) for document in printer.printed] == [False, False, True]


def test_a_printer_that_has_confirmed_once_is_always_asked() -> None:
    with a_printer() as printer:
        transport = printer.transport(confirm_s=0.3)
        transport.send(DOCUMENT, "G-012-1")
        printer.confirms = False
        silent = [transport.send(DOCUMENT, "G-012-1").state for _ in range(3)]
        printer.confirms = True

        assert transport.send(DOCUMENT, "G-012-1") == Outcome(PrintState.PRINTED)

    assert silent == ["unconfirmed"] * 3


def test_a_folder_gets_the_bytes_and_the_picture(tmp_path: Path) -> None:
    printer = open_printer(f"file:{tmp_path / 'slips'}", paper(80))

    outcome = printer.send(DOCUMENT, "G-012-1")

    assert outcome == Outcome(PrintState.PRINTED)
    assert printer.state() is PrinterState.OK
    assert sorted(path.name for path in (tmp_path / "slips").iterdir()) == ["G-012-1.bin", "G-012-1.png"]
    assert (tmp_path / "slips" / "G-012-1.bin").read_bytes() == DOCUMENT
    with Image.open(tmp_path / "slips" / "G-012-1.png") as picture:
        assert picture.tobytes() == render(DOCUMENT, 576).picture.tobytes()


def test_a_folder_that_cannot_be_written_to_fails_and_is_offline(tmp_path: Path) -> None:
    (tmp_path / "slips").write_text("not a folder")
    printer = FilePrinter(tmp_path / "slips", paper(80))

    assert printer.send(DOCUMENT, "G-012-1").state == "failed"
    assert printer.state() is PrinterState.OFFLINE


def test_memory_keeps_what_it_may_print() -> None:
    printer = MemoryPrinter()

    first = printer.send(DOCUMENT, "G-012-1")
    printer.current = PrinterState.OUT
    second = printer.send(DOCUMENT, "G-013-1")

    assert (first, second) == (Outcome(PrintState.PRINTED), Outcome(PrintState.FAILED, "out of paper"))
    assert printer.documents == [("G-012-1", DOCUMENT)]


def test_a_printer_on_a_serial_line_answers_and_confirms() -> None:
    inside, outside = os.openpty()
    tty.setraw(outside)
    fake = FakePrinter()
    near, far = socket.socketpair()
    pumps = [
        threading.Thread(target=_pump, args=(partial(os.read, inside, 4096), near.sendall)),
        threading.Thread(target=_pump, args=(partial(near.recv, 4096), partial(os.write, inside))),
        threading.Thread(target=fake.serve, args=(far,)),
    ]
    for pump in pumps:
        pump.start()
    printer = WiredPrinter(partial(SerialWire, os.ttyname(outside), 115_200), answer_s=1, confirm_s=2)

    try:
        outcome, state = printer.send(DOCUMENT, "G-012-1"), printer.state()
    finally:
        near.shutdown(socket.SHUT_RDWR)
        os.close(outside)
        for pump in pumps:
            pump.join(5)
        os.close(inside)
        near.close()

    assert (outcome, state) == (Outcome(PrintState.PRINTED), PrinterState.OK)
    assert render(fake.printed[0], 576).picture.tobytes() == render(DOCUMENT, 576).picture.tobytes()


def _pump(read: Any, write: Any) -> None:
    try:
        while data := read():
            write(data)
    except OSError:
        return


def test_a_serial_line_that_is_not_there_is_offline(tmp_path: Path) -> None:
    printer = open_printer(f"serial:{tmp_path / 'ttyUSB0'}?baud=19200", paper(58))

    assert printer.state() is PrinterState.OFFLINE
    assert printer.send(DOCUMENT, "G-012-1").state == "failed"


class UsbEnd:
    """One end of a USB printer, as pyusb shows it."""

    def __init__(self, address: int, printer: FakePrinter, line: socket.socket) -> None:
        self.bEndpointAddress = address
        self.printer = printer
        self.line = line

    def write(self, data: bytes, timeout_ms: int) -> int:
        self.line.sendall(data)
        return len(data)

    def read(self, count: int, timeout_ms: int) -> bytes:
        self.line.settimeout(timeout_ms / 1000)
        try:
            return self.line.recv(count)
        except TimeoutError as error:
            raise usb.core.USBTimeoutError("timed out") from error


def test_a_printer_on_usb_answers_and_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, claimed = FakePrinter(), []
    near, far = socket.socketpair()
    ends = [UsbEnd(0x81, fake, near), UsbEnd(0x02, fake, near)]

    class Device:
        def is_kernel_driver_active(self, interface: int) -> bool:
            return True

        def detach_kernel_driver(self, interface: int) -> None:
            claimed.append("detached")

        def set_configuration(self) -> None:
            claimed.append("configured")

        def get_active_configuration(self) -> dict[tuple[int, int], list[UsbEnd]]:
            return {(0, 0): ends}

    monkeypatch.setattr(
        usb.core, "find", lambda **ids: Device() if ids == {"idVendor": 1208, "idProduct": 514} else None
    )
    monkeypatch.setattr(usb.util, "dispose_resources", lambda device: claimed.append("disposed"))
    serving = threading.Thread(target=fake.serve, args=(far,))
    serving.start()

    outcome = open_printer("usb:04b8:0202", paper(80)).send(DOCUMENT, "G-012-1")

    near.close()
    serving.join(5)
    assert outcome == Outcome(PrintState.PRINTED)
    assert claimed == ["detached", "configured", "disposed"]


def test_a_printer_on_usb_that_is_not_plugged_in_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb.core, "find", lambda **ids: None)
    printer = WiredPrinter(partial(UsbWire, 0x04B8, 0x0202))

    assert printer.state() is PrinterState.OFFLINE
    assert printer.send(DOCUMENT, "G-012-1") == Outcome(
        PrintState.FAILED, "printer not reached: no usb device 04b8:0202"
    )


@pytest.mark.parametrize(
    "address",
    [
        "tcp://192.168.1.50:9100",
        "tcp://printer",
        "tcp://[::1]:9100",
        "usb:04b8:0202",
        "serial:/dev/ttyUSB0?baud=19200",
        "serial:COM3",
        "file:slips",
        "memory:",
    ],
)
def test_an_address_of_each_form_opens_without_touching_the_printer(address: str) -> None:
    assert open_printer(address, paper(58))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lpt1",
        "tcp://",
        "tcp://host:99999",
        "tcp://host:9100/queue",
        "tcp:host:9100",
        "usb:04b8",
        "usb:04b8:02021",
        "serial:",
        "serial:/dev/ttyUSB0?baud=fast",
        "serial:/dev/ttyUSB0?speed=9600",
        "file:",
        "memory:x",
        "http://host",
    ],
)
def test_an_address_of_no_form_is_named_with_the_forms_there_are(address: str) -> None:
    with pytest.raises(BadAddress, match="An address is tcp://") as raised:
        open_printer(address, paper(58))

    assert repr(address) in str(raised.value)


@pytest.mark.parametrize(
    ("width", "profile", "dots"),
    [(58, None, 384), (80, None, 576), (80, "TM-T88III", 512), (80, "POS-5890", 384), (80, "TUP500", 576)],
)
def test_the_paper_is_as_wide_as_the_model_prints(width: int, profile: str | None, dots: int) -> None:
    assert paper(width, profile).dots == dots


@pytest.mark.parametrize(("width", "profile"), [(76, None), (80, "TM-T1000")])
def test_unknown_paper_is_refused(width: int, profile: str | None) -> None:
    with pytest.raises(ValueError, match="is not known; it must be"):
        paper(width, profile)
