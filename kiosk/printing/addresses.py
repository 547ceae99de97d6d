"""A printer's address, one line of text, to the printer."""

import importlib.util
import re
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kiosk.printing.paper import Paper
from kiosk.printing.transports import FilePrinter, MemoryPrinter, Transport, WiredPrinter
from kiosk.printing.wires import NetworkWire, SerialWire, UsbWire

FORMS = "tcp://HOST:9100, usb:04b8:0202, serial:/dev/ttyUSB0?baud=19200, file:FOLDER or memory:"
RAW_PORT = 9100
BAUD = 9600


class BadAddress(ValueError):
    """An address that names no printer; the message says which and what an address looks like."""

    def __init__(self, address: str, rule: str) -> None:
        super().__init__(f"Printer address {address!r} {rule}. An address is {FORMS}.")


def open_printer(address: str, on: Paper) -> Transport:
    """The printer at the address. Nothing is connected yet, so a printer that is off is no error here.

    Raises `BadAddress` when the address is malformed, or needs an optional library that is not installed.
    """
    kind, colon, rest = address.partition(":")
    match kind if colon else "":
        case "tcp":
            return _network(address)
        case "usb":
            return _usb(address, rest)
        case "serial":
            return _serial(address, rest)
        case "file" if rest:
            return FilePrinter(Path(rest), on)
        case "memory" if not rest:
            return MemoryPrinter()
    raise BadAddress(address, "is not known")


def _network(address: str) -> WiredPrinter:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or RAW_PORT
    except ValueError as error:
        raise BadAddress(address, "has no valid host or port") from error
    if not host or parts.path.strip("/") or parts.query:
        raise BadAddress(address, "must be a host and a port, nothing else")
    return WiredPrinter(partial(NetworkWire, host, port))


def _usb(address: str, rest: str) -> WiredPrinter:
    ids = re.fullmatch(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", rest)
    if not ids:
        raise BadAddress(address, "must give vendor and product as four hexadecimal digits each")
    _require(address, "usb", extra="usb")
    return WiredPrinter(partial(UsbWire, int(ids[1], 16), int(ids[2], 16)))


def _serial(address: str, rest: str) -> WiredPrinter:
    port, _, query = rest.partition("?")
    options = parse_qs(query, keep_blank_values=True)
    baud = options.pop("baud", [str(BAUD)])[0]
    if not port or options or not baud.isdecimal() or int(baud) == 0:
        raise BadAddress(address, "must be a port, and at most ?baud= with a number")
    _require(address, "serial", extra="serial")
    return WiredPrinter(partial(SerialWire, port, int(baud)))


def _require(address: str, module: str, *, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise BadAddress(address, f"needs an optional library: install smart-queue[{extra}]")
