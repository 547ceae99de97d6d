"""Slips on thermal paper: `Slip` → `slip_document` → a printer from `open_printer`.

Knows nothing of the server. slip, medicines (what is said) → layout, medicine_layout (where) → raster (dots) →
document (ESC/POS bytes) → transports (a printer, and what it says about itself). `rendering` goes back from bytes to a
picture.
"""

from kiosk.printing.addresses import BadAddress, open_printer
from kiosk.printing.medicines import MedicineSlip
from kiosk.printing.paper import Paper, paper
from kiosk.printing.slip import BadSlip, Slip
from kiosk.printing.states import Outcome, PrinterState, PrintState
from kiosk.printing.transports import FilePrinter, MemoryPrinter, Transport, WiredPrinter

__all__ = [
    "BadAddress",
    "BadSlip",
    "FilePrinter",
    "MedicineSlip",
    "MemoryPrinter",
    "Outcome",
    "Paper",
    "PrintState",
    "PrinterState",
    "Slip",
    "Transport",
    "WiredPrinter",
    "open_printer",
    "paper",
]
