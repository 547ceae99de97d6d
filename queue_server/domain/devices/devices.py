"""Enrolled machines: kiosks, displays, print agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeviceKind(StrEnum):
    """What an enrolled machine is for."""

    KIOSK = "kiosk"
    DISPLAY = "display"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled machine. `place` ties a kiosk to its printer and names a display's board."""

    id: int
    kind: DeviceKind
    name: str
    place: str
    printer: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a code will enrol, until `expires_at`."""

    kind: DeviceKind
    name: str
    place: str
    expires_at: datetime
