"""`smart-queue enrol`."""

from __future__ import annotations

import argparse
import sys

from queue_server.commands.command import Command, database_flag, with_services
from queue_server.storage.tables.devices import DeviceKind


def _enrol_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("kind", choices=[kind.value for kind in DeviceKind])
    parser.add_argument("name", help="what the desk calls it, such as 'Entrance kiosk'")
    parser.add_argument("--place", default="", help="ties a kiosk to its printer (entrance); a display's board (main)")


def _enrol(given: argparse.Namespace) -> None:
    kind = DeviceKind(given.kind)
    place = given.place or ("main" if kind is DeviceKind.DISPLAY else "entrance")
    code = with_services(given, lambda services: services.devices.offer(kind, given.name, place))
    sys.stdout.write(f"{code[:4]}-{code[4:]}\n")


COMMANDS = (
    Command(
        "enrol",
        "Show a code that enrols one device within ten minutes.",
        "smart-queue enrol kiosk 'Entrance kiosk' --place entrance",
        _enrol,
        _enrol_flags,
    ),
)
