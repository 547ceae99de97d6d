"""Byte lines to printers: network, USB, serial. Blocking; each raises `OSError` when the line fails."""

import contextlib
import socket
from typing import Any, Protocol

#: Bytes written at a time, each with the full time-out: a slow printer is not a dead one.
CHUNK = 4096
#: How long opening, and writing one chunk, may take.
TIMEOUT_S = 3.0
LINGER_S = 0.2


class Wire(Protocol):
    """An open line to a printer."""

    def write(self, data: bytes) -> None:
        """Hand over all of the data, or raise `OSError`; some of it may have arrived then."""

    def read(self, within_s: float) -> bytes:
        """What arrives within that time, at least one byte of it, or nothing."""

    def close(self) -> None:
        """Let the line go."""


class NetworkWire:
    """A connection to the raw port of a printer on the network."""

    def __init__(self, host: str, port: int, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._socket = socket.create_connection((host, port), timeout=timeout_s)

    def write(self, data: bytes) -> None:
        self._socket.settimeout(self._timeout_s)
        for start in range(0, len(data), CHUNK):
            self._socket.sendall(data[start : start + CHUNK])

    def read(self, within_s: float) -> bytes:
        self._socket.settimeout(within_s)
        try:
            data = self._socket.recv(CHUNK)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionError("the printer closed the connection")
        return data

    def close(self) -> None:
        """End the sending side first: closing with unread answers would reset the line and lose what is on its way."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(LINGER_S)
            while self._socket.recv(CHUNK):
                pass
        self._socket.close()


class UsbWire:
    """A printer on USB, through pyusb."""

    def __init__(self, vendor: int, product: int, timeout_s: float = TIMEOUT_S) -> None:
        import usb.core
        import usb.util

        self._timeout_ms = round(timeout_s * 1000)
        self._util = usb.util
        try:
            self._device: Any = usb.core.find(idVendor=vendor, idProduct=product)
        except usb.core.NoBackendError as error:
            raise OSError("libusb is not installed") from error
        if self._device is None:
            raise OSError(f"no USB device {vendor:04x}:{product:04x}")
        try:
            self._claim()
        except OSError:
            self.close()
            raise

    def _claim(self) -> None:
        with contextlib.suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(0):
                self._device.detach_kernel_driver(0)
        self._device.set_configuration()
        interface = self._device.get_active_configuration()[(0, 0)]
        ends = {self._util.endpoint_direction(end.bEndpointAddress): end for end in reversed(list(interface))}
        self._in: Any = ends.get(self._util.ENDPOINT_IN)
        if self._util.ENDPOINT_OUT not in ends:
            raise OSError("the USB device takes no data")
        self._out: Any = ends[self._util.ENDPOINT_OUT]

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK):
            self._out.write(data[start : start + CHUNK], self._timeout_ms)

    def read(self, within_s: float) -> bytes:
        import usb.core

        if self._in is None:
            return b""
        try:
            return bytes(self._in.read(CHUNK, max(1, round(within_s * 1000))))
        except usb.core.USBTimeoutError:
            return b""

    def close(self) -> None:
        self._util.dispose_resources(self._device)


class SerialWire:
    """A printer on a serial line, through pyserial."""

    def __init__(self, port: str, baud: int, timeout_s: float = TIMEOUT_S) -> None:
        import serial

        self._line: Any = serial.Serial(port, baud, write_timeout=_seconds(CHUNK, baud) + timeout_s)

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK):
            self._line.write(data[start : start + CHUNK])
        self._drain()

    def _drain(self) -> None:
        """Wait until the last byte has left. A line that is gone raises `termios.error` here, which is no `OSError`."""
        try:
            self._line.flush()
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"the serial line is gone: {error}") from error

    def read(self, within_s: float) -> bytes:
        self._line.timeout = within_s
        return bytes(self._line.read(1) + self._line.read(self._line.in_waiting))

    def close(self) -> None:
        self._line.close()


def _seconds(count: int, baud: int) -> float:
    """How long that many bytes take on a serial line, ten bits a byte."""
    return count * 10 / baud
