"""`smart-queue enrol` and `devices …`: kiosks, displays and printers."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from queue_server.commands.command import Command, database_flag, json_flag, settings_from, show, tell, with_services
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.devices.devices import DeviceKind
from queue_server.paths import agent_command
from queue_server.services import Services
from queue_server.services.devices.devices import CODE_VALID


def _enrol_flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("kind", choices=[kind.value for kind in DeviceKind])
    parser.add_argument("name", help="what the desk calls it, such as 'Entrance kiosk'")
    parser.add_argument("--place", default="", help="ties a kiosk to its printer (entrance); a display's board (main)")


def _enrol(given: argparse.Namespace) -> None:
    kind = DeviceKind(given.kind)
    place = given.place or ("main" if kind is DeviceKind.DISPLAY else "entrance")

    async def offer(services: Services) -> tuple[str, datetime]:
        code = await services.devices.registry.offer(kind, given.name, place)
        zone = (await services.clinic.queues.clinic()).zone
        return f"{code[:4]}-{code[4:]}", (services.clinic.queues.now() + CODE_VALID).astimezone(zone)

    code, until = with_services(given, offer)
    where = _where(kind, place, settings_from(given).phone_url, code)
    fact = {"code": code, "kind": kind, "name": given.name, "place": place, "where": where, "until": until.isoformat()}
    tell(given, fact, code)
    if not given.json:
        # Beside the code, not in it: scripts read standard output. A command stands on a line of its own.
        after = "\n" if kind is DeviceKind.AGENT else " "
        sys.stderr.write(f"{where}{after}It is valid until {until:%H:%M} and makes one device.\n")


def _where(kind: DeviceKind, place: str, address: str, code: str) -> str:
    """What is done with the code, and where."""
    if kind is DeviceKind.AGENT:
        return f"Beside the printer, start this with your printer's address:\n  {agent_command(address, code)}"
    path = "/kiosk" if kind is DeviceKind.KIOSK else f"/display/{place}"
    return f"Open {address}{path} on the {kind} and type this code."


def _devices(given: argparse.Namespace) -> None:
    columns = ["id", "kind", "name", "place", "printer", "seen_at"]
    found = with_services(given, lambda services: services.devices.registry.all())
    show(given, [{column: getattr(one, column) for column in columns} for one in found], columns)


def _revoke_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("id", type=int, help="its id, as `devices list` shows it")


def _revoke(given: argparse.Namespace) -> None:
    with_services(given, lambda services: services.devices.registry.revoke(given.id, by=SYSTEM))


COMMANDS = (
    Command(
        "enrol",
        "Show a code that enrols one device within ten minutes.",
        "enrol kiosk 'Entrance kiosk' --place entrance",
        _enrol,
        _enrol_flags,
    ),
    Command(
        "devices list",
        "List the devices, when they were heard of, and their printers.",
        "devices list --json",
        _devices,
        json_flag,
    ),
    Command(
        "devices revoke",
        "Revoke a lost device: its key opens nothing any more.",
        "devices revoke 3",
        _revoke,
        _revoke_flags,
    ),
)
