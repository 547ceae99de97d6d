"""Printers as they are found: one that was cut off in the middle of a picture goes on waiting for the rest of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.printing import paper
from kiosk.printing.document import slip_document
from kiosk.printing.paper import LARGEST_STRIP
from kiosk.printing.rendering import render
from tests.kiosk.fake_printer import a_printer
from tests.kiosk.slips import a_slip

SLIP = slip_document(a_slip(), paper(80))
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8])
def test_half_a_picture_does_not_spoil_the_next_slip(share: float) -> None:
    with a_printer() as printer:
        transport = printer.transport()
        assert transport.send(SLIP, "G-012-1").state == "printed"
        printer.received = b""
        printer.closes_after = round(len(SLIP) * share)
        assert transport.send(SLIP * 20, "G-012-1").state == "unconfirmed"
        # It kept what it had got, the beginning of a picture among it, and reads on where it was.
        printer.received = printer.received[: printer.closes_after]
        printer.closes_after = None

        outcome = transport.send(SLIP, "G-012-2")

    assert outcome.state == "printed"
    out, alone = render(printer.received, 576).picture, render(SLIP, 576).picture
    slip = out.crop((0, out.height - alone.height, 576, out.height))
    assert slip.tobytes() == alone.tobytes()


def test_a_new_agent_does_not_know_what_the_one_before_left_in_the_printer() -> None:
    half = SLIP[: len(SLIP) // 2]
    with a_printer() as printer:
        printer.received = half

        printer.transport().send(SLIP, "G-012-1")

    out, alone = render(printer.received, 576).picture, render(SLIP, 576).picture
    assert out.crop((0, out.height - alone.height, 576, out.height)).tobytes() == alone.tobytes()


def test_a_slip_after_a_good_one_is_sent_alone() -> None:
    with a_printer() as printer:
        transport = printer.transport()
        transport.send(SLIP, "G-012-1")
        before = len(printer.received)
        transport.send(SLIP, "G-013-1")

    assert bytes(LARGEST_STRIP) in printer.received[:before]
    assert bytes(LARGEST_STRIP) not in printer.received[before:]


def test_a_strip_is_small_enough_for_a_cheap_printers_buffer() -> None:
    assert LARGEST_STRIP <= 8 * 1024


def test_printing_leaves_no_folder_behind(tmp_path: Path) -> None:
    program = (
        "from kiosk.printing import paper; from kiosk.printing.document import slip_document;"
        "from tests.kiosk.slips import a_slip;"
        "print(len(slip_document(a_slip(), paper(80, 'TM-T88V'))))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert int(done.stdout) > 1000
    assert list(tmp_path.iterdir()) == []


def test_neither_files_nor_lines_nor_folders_grow_with_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with a_printer() as printer:
        transport = printer.transport()
        transport.send(SLIP, "G-001-1")
        before = len(list(Path("/proc/self/fd").iterdir()))

        for number in range(60):
            printer.closes_after = 20_000 if number % 5 == 0 else None
            transport.send(SLIP * (20 if number % 5 == 0 else 1), f"G-{number:03}-1")
            transport.state()
        for line in printer.lines:
            line.join(5)

        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
    assert list(tmp_path.iterdir()) == []
