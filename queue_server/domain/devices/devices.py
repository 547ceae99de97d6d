"""Enrolled machines: kiosks, displays, print agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from queue_server.domain.devices.reach import Mount


class DeviceKind(StrEnum):
    """What an enrolled machine is for."""

    KIOSK = "kiosk"
    DISPLAY = "display"
    AGENT = "agent"


class Sounding(StrEnum):
    """Why a display is heard or silent. Whether somebody has turned the loudspeaker down is seen by no browser."""

    SOUNDS = "sounds"
    #: The browser wants to be touched first.
    BLOCKED = "blocked"
    NO_DEVICE = "no-device"
    #: The sound does not go on.
    STUCK = "stuck"
    #: Its volume is 0, or these are quiet hours.
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled machine. `place` ties a kiosk to its printer and names a display's board.

    `sound` is a `Sounding` that a display has told at `sound_at`, empty before.
    """

    id: int
    kind: DeviceKind
    name: str
    place: str
    printer: str
    seen_at: datetime | None
    #: Of a kiosk whose buttons have to be within reach of a wheelchair.
    screen: Mount | None = None
    sound: str = ""
    sound_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a code will enrol, until `expires_at`."""

    kind: DeviceKind
    name: str
    place: str
    expires_at: datetime
