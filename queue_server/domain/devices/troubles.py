"""What is wrong now that staff should see to, and whom to tell of it once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from queue_server.domain.clinic.backup_plan import OLD_AFTER
from queue_server.domain.devices.devices import Device, DeviceKind

#: A device that nothing was heard of for longer is away.
AWAY_AFTER = timedelta(minutes=2)
#: A server that has just started has so long to make a backup that was due.
TIME_FOR_BACKUP = timedelta(minutes=10)
#: The disk is nearly full with less than this free, in bytes, or less than this share of a small one.
LEAST_FREE, LEAST_SHARE = 1_000_000_000, 0.05
#: What was well for so short a time only was not well: it is not told again.
WELL_AFTER = timedelta(minutes=10)


class TroubleKind(StrEnum):
    """What is wrong, the worst first."""

    CLOCK = "clock"
    DISK = "disk"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    PRINTER_OFFLINE = "printer_offline"
    PRINTER_AWAY = "printer_away"
    DESK_TASKS = "desk_tasks"
    KIOSK_AWAY = "kiosk_away"
    DISPLAY_AWAY = "display_away"
    NO_BACKUP = "no_backup"
    BACKUP_OLD = "backup_old"


_PRINTERS = {
    "out": TroubleKind.PAPER_OUT,
    "cover": TroubleKind.COVER_OPEN,
    "offline": TroubleKind.PRINTER_OFFLINE,
}
_AWAY = {
    DeviceKind.AGENT: TroubleKind.PRINTER_AWAY,
    DeviceKind.KIOSK: TroubleKind.KIOSK_AWAY,
    DeviceKind.DISPLAY: TroubleKind.DISPLAY_AWAY,
}
_ORDER = list(TroubleKind)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong; `name` and `device_id` are the device's, if it is one."""

    kind: TroubleKind
    name: str = ""
    device_id: int | None = None

    @property
    def key(self) -> str:
        """The same as long as the same is wrong."""
        return self.kind if self.device_id is None else f"{self.kind}:{self.device_id}"


class TroubleView(TypedDict):
    """A `Trouble` as screens are sent it; `name` is the device's, empty where it is none."""

    kind: TroubleKind
    name: str


@dataclass(frozen=True, slots=True)
class BackupFact:
    """`is_expected`: the server makes backups. `newest_at`: when the newest good one was made; none without one.

    `is_key_copied`: whether the documents' keys are known to lie in another place too.
    """

    is_expected: bool = False
    newest_at: datetime | None = None
    is_key_copied: bool = True


@dataclass(frozen=True, slots=True)
class DiskFact:
    """Bytes of the disk on which the database lies."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand. `is_working`: patients are there or a doctor is on duty, so that a dark screen is missed.

    `disk`: none where it is not ours to see. `listening_since`: when this server began; nothing could be heard before.
    """

    devices: Sequence[Device]
    backup: BackupFact
    disk: DiskFact | None
    is_clock_wrong: bool
    is_working: bool
    listening_since: datetime
    #: How many numbers from kiosks the desk should look at.
    tasks: int = 0


def what_is_wrong(facts: Facts, now: datetime) -> list[Trouble]:
    """Everything that is wrong now, the worst first.

    Screens and printers may be dark while nobody works: at night nobody is told. A device that was never heard of is
    just being set up.
    """
    found = [*_of_the_server(facts, now)]
    if facts.tasks:
        found.append(Trouble(TroubleKind.DESK_TASKS, str(facts.tasks)))
    if facts.is_working:
        found += [trouble for device in facts.devices for trouble in _of_device(device, facts.listening_since, now)]
    return sorted(found, key=lambda trouble: (_ORDER.index(trouble.kind), trouble.name))


def is_away(device: Device, listening_since: datetime, now: datetime) -> bool:
    """Whether nothing was heard of the device for too long; one that was never heard of is not away yet."""
    return device.seen_at is not None and now - max(device.seen_at, listening_since) > AWAY_AFTER


def _of_device(device: Device, listening_since: datetime, now: datetime) -> Iterator[Trouble]:
    if is_away(device, listening_since, now):
        yield Trouble(_AWAY[device.kind], device.name, device.id)
    elif device.kind is DeviceKind.AGENT and device.printer in _PRINTERS:
        yield Trouble(_PRINTERS[device.printer], device.name, device.id)


def _of_the_server(facts: Facts, now: datetime) -> Iterator[Trouble]:
    if facts.is_clock_wrong:
        yield Trouble(TroubleKind.CLOCK)
    if facts.disk is not None and facts.disk.free < min(LEAST_FREE, LEAST_SHARE * facts.disk.total):
        yield Trouble(TroubleKind.DISK)
    if facts.backup.is_expected and now - facts.listening_since > TIME_FOR_BACKUP:
        yield from _of_backups(facts.backup.newest_at, now)


def _of_backups(newest_at: datetime | None, now: datetime) -> Iterator[Trouble]:
    if newest_at is None:
        yield Trouble(TroubleKind.NO_BACKUP)
    elif now - newest_at > OLD_AFTER:
        yield Trouble(TroubleKind.BACKUP_OLD)


@dataclass(frozen=True, slots=True)
class Told:
    """What staff were told of: since when, and since when it has been well again, if it has."""

    since: datetime
    well_since: datetime | None = None


def to_tell(
    troubles: Sequence[Trouble], told: Mapping[str, Told], now: datetime
) -> tuple[list[Trouble], dict[str, Told]]:
    """Which of these staff were not told of yet, and what they have been told of afterwards.

    Each is told once, and not again until it has been well for `WELL_AFTER`; whatever has been is forgotten.
    """
    wrong = {trouble.key: trouble for trouble in troubles}
    kept = {key: one for key, one in told.items() if one.well_since is None or now - one.well_since < WELL_AFTER}
    new = [trouble for key, trouble in wrong.items() if key not in kept]
    after = {key: Told(one.since, None if key in wrong else one.well_since or now) for key, one in kept.items()}
    return new, after | {trouble.key: Told(now) for trouble in new}
