"""What the administration's front page is sent, field by field; `scripts/views` writes the scripts' types from it."""

from __future__ import annotations

from typing import TypedDict

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.troubles import TroubleView
from queue_server.domain.queue.tokens import DutyState
from queue_server.live.view_types import NamedDepartment


class TodayView(NamedDepartment):
    """A department today: how many wait, are called or in a room, were attended, and are missed; since when the one
    waits who has waited longest, and who that is.
    """

    waiting: int
    called: int
    attended: int
    missed: int
    longest: str | None
    since: str | None


class DashboardWait(TypedDict):
    """One of those who have waited longest."""

    id: int
    number: str
    department: str
    since: str


class DashboardDoctor(TypedDict):
    """A doctor with a duty today; `is_late`: the announced time has passed."""

    doctor: str
    room: str
    department: str
    state: DutyState
    back_at: str | None
    is_late: bool


class DashboardDevice(TypedDict):
    """A kiosk, display or printer; `printer` is its state, of printers only."""

    name: str
    kind: DeviceKind
    printer: str | None
    seen_at: str | None
    is_away: bool


class DashboardView(TypedDict):
    """The clinic today. `longest`: who waits longest, at most five. `refused`: messages of today that were given up.

    `backup`: none where the server makes none, else when the newest good one was made. `key_copied`: whether the
    documents' key is known to lie in another place.
    """

    day: str
    departments: list[TodayView]
    longest: list[DashboardWait]
    doctors: list[DashboardDoctor]
    devices: list[DashboardDevice]
    troubles: list[TroubleView]
    backup: str | None
    has_backups: bool
    key_copied: bool
    refused: int


DASHBOARD_VIEWS: tuple[type, ...] = (
    TroubleView,
    TodayView,
    DashboardWait,
    DashboardDoctor,
    DashboardDevice,
    DashboardView,
)
