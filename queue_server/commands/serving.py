"""`smart-queue serve` and `migrate`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from kiosk.printing.paper import add_flags
from queue_server.alerts.settings import AlertSettings
from queue_server.commands.command import Command, database_flag, events_flag, settings_from
from queue_server.serving import serve
from queue_server.settings import Settings
from queue_server.storage.engine.migrating import migrate


def _serve_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (8000)")
    parser.add_argument("--public-url", metavar="URL", help="how phones reach this server")
    parser.add_argument("--workers", type=int, help="server processes; more than one needs PostgreSQL")
    parser.add_argument("--printer", metavar="ADDRESS", help="a printer on this machine's network: tcp://host:9100, …")
    parser.add_argument("--printer-place", metavar="PLACE", help="the place whose slips it prints (entrance)")
    add_flags(parser, "printer-")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder for what is not in the database")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate, to serve HTTPS")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="key of the certificate")


def _serve(given: argparse.Namespace) -> None:
    serve(settings_from(given))


def _migrate_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    events_flag(parser)


def _migrate(given: argparse.Namespace) -> None:
    sys.stdout.write("Bringing the database to this version's schema …\n")
    sys.stdout.flush()
    asyncio.run(migrate(settings_from(given).database_url))
    sys.stdout.write("The database has this version's schema.\n")


def _settings_in_words() -> str:
    fields = [*Settings.model_fields.items(), *AlertSettings.model_fields.items()]
    lines = [f"  QUEUE_{name.upper()}\n      {field.description}" for name, field in fields if field.description]
    return "\nsettings in the environment:\n" + "\n".join(lines) + "\n"


COMMANDS = (
    Command(
        "serve",
        "Start the server; settings come from QUEUE_* and these flags.",
        "serve --host 0.0.0.0 --public-url https://queue.example",
        _serve,
        _serve_flags,
        _settings_in_words(),
    ),
    Command(
        "migrate",
        "Bring the database to this version's schema; repeating it changes nothing.",
        "migrate --database-url sqlite:////var/lib/smart-queue/queue.db",
        _migrate,
        _migrate_flags,
        task="Migrating",
    ),
)
