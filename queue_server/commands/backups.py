"""`smart-queue backup` and `smart-queue restore`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from queue_server.commands.command import Command, database_flag, settings_from, with_services
from queue_server.serving import CannotServe
from queue_server.storage.engine import backup
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.records.keyring import keyring


def _backup(given: argparse.Namespace) -> None:
    settings, file = settings_from(given), Path(given.file)
    keys = keyring(settings)
    try:
        backup.back_up(database_url(settings.database_url), file)
        if given.with_keys:
            keys.copy_to(_keys_beside(file))
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error
    sys.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB.\n")
    if given.with_keys:
        sys.stdout.write(f"{_keys_beside(file)} opens its documents: whoever has both can read them.\n")
    elif keys.path is not None:
        sys.stdout.write(f"Its documents can be read only with {keys.path}: keep a copy of that in another place.\n")


def _restore(given: argparse.Namespace) -> int:
    settings, file = settings_from(given), Path(given.file)
    keys = keyring(settings)
    try:
        backup.restore(database_url(settings.database_url), file)
        if _keys_beside(file).exists():
            keys.add_from(_keys_beside(file))
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error
    asyncio.run(migrate(settings.database_url))
    needed = with_services(given, lambda services: services.records.master_keys.in_use())
    missing = keys.missing(needed)
    sys.stdout.write("The database is as it was when the backup was made.\n")
    for key_id in missing:
        lacking = f"{needed[key_id]} documents need the key {key_id}"
        sys.stderr.write(f"{lacking}, which is not here: add its line to {keys.path}.\n")
    return 1 if missing else 0


def _keys_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.keys")


def _file_flag(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("file", metavar="FILE")


def _backup_flags(parser: argparse.ArgumentParser) -> None:
    _file_flag(parser)
    parser.add_argument("--with-keys", action="store_true", help="copy the documents' keys to FILE.keys as well")


COMMANDS = (
    Command(
        "backup",
        "Copy the whole database, documents included, to a new file; the server may go on running.",
        "smart-queue backup /media/stick/monday.backup",
        _backup,
        _backup_flags,
    ),
    Command(
        "restore",
        "Put a backup back, with the keys of FILE.keys if that is there; stop the server first.",
        "smart-queue restore /media/stick/monday.backup",
        _restore,
        _file_flag,
    ),
)
