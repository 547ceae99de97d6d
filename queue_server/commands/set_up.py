"""`smart-queue departments …`, `rooms …`, `export` and `import`: the set-up of the clinic."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from queue_server.commands.command import (
    Command,
    database_flag,
    events_flag,
    json_flag,
    show,
    tell,
    with_services,
)
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.clinic.rooms import LONGEST_CODE, LONGEST_NAME
from queue_server.domain.errors import BadInput, UnknownRoom
from queue_server.locale import LANGUAGES
from queue_server.services import Services
from queue_server.services.clinic.configuration_file import BadFile


def _departments(given: argparse.Namespace) -> None:
    rows = with_services(given, lambda services: services.clinic.departments.all())
    show(given, rows, ["code", "prefix", "names", "is_open", "waiting", "rooms", "daily_quota"])


_ROOM_HELP = "a room of its own: 3, 'Pharmacy window' or 'PW = Pharmacy window'; repeatable"


def _add_flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("code", help="a short code that stays, such as GEN")
    parser.add_argument("--prefix", required=True, help="the letters before its numbers, such as G")
    parser.add_argument(
        "--name", action="append", required=True, metavar="LANGUAGE=NAME", help="its name; once for each language"
    )
    parser.add_argument("--room", action="append", default=[], metavar="ROOM", help=_ROOM_HELP)
    parser.add_argument("--icon", help="its icon (one that suits its name)")
    parser.add_argument("--colour", help="its colour (one that no other has)")


def _add_department(given: argparse.Namespace) -> None:
    names = dict(_pair(name) for name in given.name)
    sent: dict[str, Any] = {"code": given.code, "prefix": given.prefix, "names": names, "rooms": given.room}
    sent |= {"icon": given.icon, "colour": given.colour}
    code = with_services(given, lambda services: services.clinic.departments.add(sent, by=SYSTEM))
    tell(given, {"code": code}, f"Department {code} is there.")


def _code_flag(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("code")


def _set_open(given: argparse.Namespace) -> None:
    fields = {"is_open": given.is_open}
    with_services(given, lambda services: services.clinic.departments.change(given.code, fields, by=SYSTEM))


def _remove_department(given: argparse.Namespace) -> None:
    with_services(given, lambda services: services.clinic.departments.remove(given.code, by=SYSTEM))


def _rooms(given: argparse.Namespace) -> None:
    show(
        given,
        with_services(given, lambda services: services.clinic.departments.rooms()),
        ["code", "names", "department"],
    )


_NAME_HELP = (
    "what is on the door, if it is more than a number: 'Pharmacy window', or once for each language, "
    f"'hi=दवा की खिड़की'; at most {LONGEST_NAME} letters"
)


def _room_names(given: list[str]) -> dict[str, str]:
    """Language → name; a name that does not say its language is the English one, which stands in for the others."""
    return dict(_pair(name) if name.partition("=")[0] in LANGUAGES else ("en", name) for name in given)


def _room_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("code", help=f"a short code, such as 3; at most {LONGEST_CODE} letters and digits")
    parser.add_argument("department", help="the code of its department")
    parser.add_argument("--name", action="append", default=[], metavar="NAME", help=_NAME_HELP)


def _add_room(given: argparse.Namespace) -> None:
    sent = {"code": given.code, "department": given.department, "names": _room_names(given.name)}
    with_services(given, lambda services: services.clinic.departments.add_room(sent, by=SYSTEM))


def _rename_flags(parser: argparse.ArgumentParser) -> None:
    _code_flag(parser)
    parser.add_argument("name", nargs="+", metavar="NAME", help=f"{_NAME_HELP}; '' for none")


def _rename_room(given: argparse.Namespace) -> None:
    async def rename(services: Services) -> None:
        room = await _room(services, given.code)
        sent = {"code": room["code"], "department": room["department"], "names": _room_names(given.name)}
        await services.clinic.departments.save_room(room["id"], sent, None, by=SYSTEM)

    with_services(given, rename)


async def _room(services: Services, code: str) -> dict[str, Any]:
    for room in await services.clinic.departments.rooms():
        if room["code"] == code:
            return room
    raise UnknownRoom(code)


def _remove_room(given: argparse.Namespace) -> None:
    async def remove(services: Services) -> None:
        room = await _room(services, given.code)
        await services.clinic.departments.remove_room(room["id"], by=SYSTEM)

    with_services(given, remove)


def _export_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="standard output if not named")


def _export(given: argparse.Namespace) -> None:
    text: str = with_services(given, lambda services: services.clinic.configuration.export())
    if given.file:
        given.file.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def _import_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    events_flag(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="as `export` writes it; - reads standard input")


def _import(given: argparse.Namespace) -> int:
    text = sys.stdin.read() if str(given.file) == "-" else given.file.read_text(encoding="utf-8-sig")
    try:
        made = with_services(given, lambda services: services.clinic.configuration.load(text, by=SYSTEM))
    except BadFile as error:
        for line, problem in error.lines:
            sys.stderr.write(f"line {line}: {problem.field}: {problem.sentence}\n")
        sys.stderr.write("Nothing was changed.\n")
        return 1
    sys.stdout.write(f"{len(made.departments)} departments and {len(made.rooms)} rooms are set up.\n")
    return 0


def _pair(text: str) -> tuple[str, str]:
    language, equals, name = text.partition("=")
    if not equals or not name:
        raise BadInput("name", f"--name {text!r} is not LANGUAGE=NAME, such as en=General.")
    return language, name


def _open(parser: argparse.ArgumentParser) -> None:
    _code_flag(parser)
    parser.set_defaults(is_open=True)


def _closed(parser: argparse.ArgumentParser) -> None:
    _code_flag(parser)
    parser.set_defaults(is_open=False)


COMMANDS = (
    Command(
        "departments list",
        "List the departments with their rooms and who waits there.",
        "departments list --json",
        _departments,
        json_flag,
    ),
    Command(
        "departments add",
        "Add a department, with its rooms.",
        "departments add EYE --prefix E --name en=Eyes --name hi=आँख --room 7 --icon eye",
        _add_department,
        _add_flags,
    ),
    Command("departments open", "Let a department give out numbers.", "departments open EYE", _set_open, _open),
    Command(
        "departments close",
        "Let a department give out no more numbers; whoever waits is still called.",
        "departments close EYE",
        _set_open,
        _closed,
    ),
    Command(
        "departments remove",
        "Remove a department with its rooms; refused while somebody waits there.",
        "departments remove EYE",
        _remove_department,
        _code_flag,
    ),
    Command("rooms list", "List the rooms.", "rooms list", _rooms, json_flag),
    Command(
        "rooms add",
        "Add a room to a department.",
        "rooms add PW EYE --name 'Pharmacy window' --name 'hi=दवा की खिड़की'",
        _add_room,
        _room_flags,
    ),
    Command(
        "rooms rename",
        "Give a room another name, in one language or several; its code stays.",
        "rooms rename PW 'Pharmacy, window 2' 'hi=दवा, खिड़की 2'",
        _rename_room,
        _rename_flags,
    ),
    Command(
        "rooms remove",
        "Remove a room; refused while somebody is there.",
        "rooms remove 8",
        _remove_room,
        _code_flag,
    ),
    Command(
        "export",
        "Write the set-up (departments, rooms, hours, displays, roster, settings) as one file.",
        "export set-up.json",
        _export,
        _export_flags,
    ),
    Command(
        "import",
        "Set the clinic up as a file says, or name every bad line and change nothing.",
        "import set-up.json",
        _import,
        _import_flags,
        task="Setting the clinic up",
    ),
)
