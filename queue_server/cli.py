"""The command `smart-queue`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.agent import command as agent_command
from queue_server import __version__, demo
from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.errors import QueueError
from queue_server.services import Services, compose
from queue_server.serving import CannotServe, check_database, serve
from queue_server.settings import Settings
from queue_server.simulation import replay, simulate
from queue_server.storage.engines import BadDatabaseURL
from queue_server.storage.migrating import migrate
from queue_server.storage.store import Store
from queue_server.storage.tables.devices import DeviceKind
from queue_server.storage.tables.staff import Role

Command = Callable[[argparse.Namespace], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 1 refused with a reason, 2 used wrongly."""
    parsed = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    command: Command = parsed.command
    try:
        return command(parsed) or 0
    except KeyboardInterrupt:
        return 0
    except (QueueError, CannotServe, BadDatabaseURL) as error:
        sys.stderr.write(f"{error}\n")
    except ValidationError as error:
        for problem in error.errors():
            sys.stderr.write(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}\n")
    return 1


def parser() -> argparse.ArgumentParser:
    """All commands and their flags; the help is the manual."""
    made = argparse.ArgumentParser(prog="smart-queue", description="A queue system for clinics.")
    made.add_argument("--version", action="version", version=f"smart-queue {__version__}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, command: Command, about: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=about, description=about)
        one.set_defaults(command=command)
        return one

    _demo_flags(add("demo", _demo, "Start a seeded clinic on SQLite, to look round."))
    _serve_flags(add("serve", _serve, "Start the server; settings come from QUEUE_* and these flags."))
    _database_flag(add("migrate", _migrate, "Bring the database to this version's schema."))
    _create_admin_flags(add("create-admin", _create_admin, "Create an administrator; the password is asked for."))
    _enrol_flags(add("enrol", _enrol, "Show a code that enrols one device within ten minutes."))
    _database_flag(add("verify", _verify, "Check the journal's chain and name the first bad line."))
    agent_command.configure(add("kiosk-agent", agent_command.run, "Print slips on this machine's printer."))
    simulate.configure(add("simulate", simulate.run, "Make days of a seeded clinic, as a log."))
    replay.configure(add("replay-waits", replay.run, "Play a queue's log through the waiting-time forecast."))
    return made


def _database_flag(one: argparse.ArgumentParser) -> None:
    one.add_argument("--database-url", metavar="URL", help="sqlite:///path or postgresql://… (QUEUE_DATABASE_URL)")


def _demo_flags(one: argparse.ArgumentParser) -> None:
    one.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    one.add_argument("--host", default="0.0.0.0", help="address to listen on (0.0.0.0, so that phones reach it)")  # noqa: S104
    one.add_argument("--data", type=Path, default=Path("demo-data"), metavar="DIR", help="where everything is kept")
    one.add_argument("--public-url", metavar="URL", help="how phones reach this machine (its own address)")
    one.add_argument("--printer", metavar="ADDRESS", help="a real printer instead of files, such as tcp://host:9100")
    one.add_argument("--printer-width", type=int, choices=(58, 80), default=80, help="width of the paper in mm (80)")
    one.add_argument(
        "--traffic",
        type=float,
        nargs="?",
        const=5.0,
        metavar="SPEED",
        help="play a clinic morning, SPEED times faster than life (5)",
    )


def _serve_flags(one: argparse.ArgumentParser) -> None:
    _database_flag(one)
    one.add_argument("--host", help="address to listen on (127.0.0.1)")
    one.add_argument("--port", type=int, help="port to listen on (8000)")
    one.add_argument("--public-url", metavar="URL", help="how phones reach this server")
    one.add_argument("--workers", type=int, help="server processes; more than one needs PostgreSQL")
    one.add_argument("--printer", metavar="ADDRESS", help="a printer on this machine's network: tcp://host:9100, …")
    one.add_argument("--printer-place", metavar="PLACE", help="the place whose slips it prints (entrance)")
    one.add_argument("--printer-width", type=int, choices=(58, 80), help="width of its paper in mm (80)")
    one.add_argument("--data", type=Path, metavar="DIR", help="folder for what is not in the database")
    one.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate, to serve HTTPS")
    one.add_argument("--tls-key", type=Path, metavar="FILE", help="key of the certificate")


def _create_admin_flags(one: argparse.ArgumentParser) -> None:
    _database_flag(one)
    one.add_argument("login")
    one.add_argument("--password-file", type=Path, metavar="FILE", help="read the password from a file")


def _enrol_flags(one: argparse.ArgumentParser) -> None:
    _database_flag(one)
    one.add_argument("kind", choices=[kind.value for kind in DeviceKind])
    one.add_argument("name", help="what the desk calls it, such as 'Entrance kiosk'")
    one.add_argument("--place", default="", help="ties a kiosk to its printer (entrance); a display's board (main)")


def _demo(given: argparse.Namespace) -> None:
    data: Path = given.data
    settings = Settings(
        database_url=f"sqlite:///{data.resolve()}/queue.db",
        host=given.host,
        port=given.port,
        public_url=given.public_url or "",
        data=data,
        printer=given.printer or f"file:{data.resolve()}/slips",
        printer_place=demo.PLACE,
        printer_width=given.printer_width,
    )
    asyncio.run(demo.run(settings, speed=given.traffic))


def _serve(given: argparse.Namespace) -> None:
    serve(_settings(given))


def _migrate(given: argparse.Namespace) -> None:
    asyncio.run(migrate(_settings(given).database_url))


def _create_admin(given: argparse.Namespace) -> None:
    password = given.password_file.read_text().strip() if given.password_file else getpass.getpass()
    _with_services(given, lambda services: services.accounts.create(given.login, password, Role.ADMIN, given.login))


def _enrol(given: argparse.Namespace) -> None:
    kind = DeviceKind(given.kind)
    place = given.place or ("main" if kind is DeviceKind.DISPLAY else "entrance")
    code = _with_services(given, lambda services: services.devices.offer(kind, given.name, place))
    sys.stdout.write(f"{code[:4]}-{code[4:]}\n")


def _verify(given: argparse.Namespace) -> int:
    bad, good = _with_services(given, lambda services: services.reports.first_bad_line())
    if bad is not None:
        sys.stderr.write(f"Line {bad} does not fit the chain; the {good} lines before it do.\n")
        return 1
    sys.stdout.write(f"All {good} lines fit the chain.\n")
    return 0


def _settings(given: argparse.Namespace) -> Settings:
    names = Settings.model_fields
    return Settings().changed(**{name: value for name, value in vars(given).items() if name in names})


def _with_services(given: argparse.Namespace, use: Callable[[Services], Awaitable[Any]]) -> Any:
    """What `use` gives, on the database of the settings. Raises `CannotServe` as `check_database` does."""

    async def run() -> Any:
        settings = _settings(given)
        await check_database(settings.database_url)
        store = Store(settings.database_url, SteadyClock(SystemClock()))
        try:
            await store.open()
            return await use(compose(store, lambda number, room, languages: [], settings.phone_url))
        finally:
            await store.close()

    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
