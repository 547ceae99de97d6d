"""`smart-queue backup`, `restore` and `drill`."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from datetime import UTC, timedelta
from pathlib import Path

from queue_server.commands.command import Command, database_flag, settings_from, with_services
from queue_server.domain.clinic.restoring import Known, highest_numbers
from queue_server.services import Services
from queue_server.services.clinic.restored import Settled
from queue_server.serving import CannotServe, check_database
from queue_server.storage.clinic.restored_rows import Replaced
from queue_server.storage.engine import backup
from queue_server.storage.engine.backup_manifest import NoManifest, beside, check_manifest, write_manifest
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
    write_manifest(file, given.clock.now())
    sys.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB.\n")
    if given.with_keys:
        sys.stdout.write(f"{_keys_beside(file)} opens its documents: whoever has both can read them.\n")
    elif keys.path is not None:
        sys.stdout.write(f"Its documents can be read only with {keys.path}: keep a copy of that in another place.\n")


def _restore(given: argparse.Namespace) -> int:
    settings, file = settings_from(given), Path(given.file)
    known, newest_job = Known(highest_numbers(given.highest)), _newest_job(given.ledger)
    check(file, is_unchecked=given.unchecked)
    before, keys = _replaced(given), keyring(settings)
    url = database_url(settings.database_url)
    try:
        asyncio.run(backup.check_unused(url))
        backup.restore(url, file)
        if _keys_beside(file).exists():
            keys.add_from(_keys_beside(file))
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error
    asyncio.run(migrate(settings.database_url))
    settled = with_services(given, lambda services: services.clinic.restored.settle(known, before, newest_job))
    sys.stdout.write("The database is as it was when the backup was made.\n")
    if url.get_backend_name() == "sqlite" and backup.kept(Path(str(url.database))).exists():
        sys.stdout.write(f"What was there before lies in {backup.kept(Path(str(url.database)))}.\n")
    sys.stdout.writelines(f"{line}\n" for line in _told(settled, before))
    needed = with_services(given, lambda services: services.records.master_keys.in_use())
    missing = keys.missing(needed)
    for key_id in missing:
        lacking = f"{needed[key_id]} documents need the key {key_id}"
        sys.stderr.write(f"{lacking}, which is not here: add its line to {keys.path}.\n")
    return 1 if missing else 0


def check(file: Path, *, is_unchecked: bool) -> None:
    """Raises `CannotServe` unless the backup is as it was written, or has no manifest and that is known."""
    try:
        made_at = check_manifest(file)
    except NoManifest as error:
        if not file.exists():
            raise CannotServe(f"{file} is not there.") from error
        if not is_unchecked:
            raise CannotServe(f"{error} Add --unchecked to use it all the same.") from error
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error
    else:
        sys.stdout.write(f"{file} is as it was written on {made_at:%Y-%m-%d at %H:%M} UTC.\n")


def _replaced(given: argparse.Namespace) -> Replaced | None:
    """What the database knows that is about to be replaced; none when there is none, or it cannot be read."""
    url = database_url(settings_from(given).database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return None
    try:
        asyncio.run(check_database(settings_from(given).database_url))
        found: Replaced = with_services(given, lambda services: services.clinic.restored.replaced())
    except Exception:
        return None
    return found


def _newest_job(ledger: Path | None) -> int | None:
    """The newest job in a print agent's ledger. Raises `CannotServe` for a file that is none."""
    if ledger is None:
        return None
    try:
        jobs = [int(json.loads(line)["job"]) for line in ledger.read_text(encoding="utf-8").splitlines()]
    except (ValueError, KeyError, TypeError) as error:
        raise CannotServe(f"{ledger} is no ledger of a print agent.") from error
    return max(jobs, default=0)


def _told(settled: Settled, before: Replaced | None) -> list[str]:
    """What whoever restores has to know."""
    lines = ["Everybody has to log in again."]
    if settled.next_numbers:
        lines.append(f"Today goes on with {', '.join(settled.next_numbers)}; if one is on paper, see --highest.")
    if before is None:
        lines.append("What was replaced could not be read. Keys and devices revoked since the backup are valid again,")
        lines.append("and passwords and PINs are the old ones: look at `programs list`, `devices list`, `staff list`.")
    else:
        told = ", ".join(f"{table} {count}" for table, count in settled.changed.items())
        lines.append(f"Withdrawn or changed since the backup, and so again: {told}.")
    lines.append(f"Programs that read the journal go on after line {settled.last_line}: see `webhooks replay`.")
    return lines


def _drill(given: argparse.Namespace) -> int:
    file = Path(given.file)
    check(file, is_unchecked=given.unchecked)
    if not settings_from(given).database_url.startswith("sqlite"):
        raise CannotServe("A drill needs a backup of SQLite; restore PostgreSQL's into an empty database instead.")
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        path = Path(folder) / "queue.db"
        shutil.copyfile(file, path)
        given.database_url = f"sqlite:///{path}"
        asyncio.run(migrate(given.database_url))
        return int(with_services(given, _look_through))


async def _look_through(services: Services) -> int:
    bad, good = await services.programs.journal.first_bad_line()
    damaged, opened = await services.records.documents.first_bad()
    newest = services.store.clock.newest
    sys.stdout.write(f"{good} journal lines fit the chain; {opened} documents open.\n")
    if newest is not None:
        hours = (services.store.clock.machine.now() - newest) // timedelta(hours=1)
        sys.stdout.write(f"The newest line is of {newest.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {hours} h ago.\n")
    if bad is not None:
        sys.stderr.write(f"Line {bad} does not fit the chain.\n")
    if damaged:
        sys.stderr.write(f"These documents do not open: {', '.join(map(str, damaged))}.\n")
    return 1 if damaged or bad is not None else 0


def _keys_beside(file: Path) -> Path:
    return beside(file, ".keys")


def _file_flag(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("file", metavar="FILE")


def _checked_flags(parser: argparse.ArgumentParser) -> None:
    _file_flag(parser)
    parser.add_argument("--unchecked", action="store_true", help="use an older backup, which has no manifest")


def _restore_flags(parser: argparse.ArgumentParser) -> None:
    _checked_flags(parser)
    parser.add_argument(
        "--highest", action="append", default=[], metavar="G=123", help="the highest number of a prefix on paper today"
    )
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="a print agent's ledger, for what it has printed")


def _backup_flags(parser: argparse.ArgumentParser) -> None:
    _file_flag(parser)
    parser.add_argument("--with-keys", action="store_true", help="copy the documents' keys to FILE.keys as well")


COMMANDS = (
    Command(
        "backup",
        "Copy the whole database, documents included, to a new file; the server may go on running.",
        "backup /media/stick/monday.backup",
        _backup,
        _backup_flags,
        "FILE.manifest beside it has the checksums; keep them together.\n",
    ),
    Command(
        "restore",
        "Put a backup back, with the keys of FILE.keys if that is there; stop the server first.",
        "restore /media/stick/monday.backup --highest G=123 --highest D=40",
        _restore,
        _restore_flags,
        "Numbers go on above --highest, and above those of the replaced database if it can still be read; else above\n"
        "what a print agent's --ledger allows, or 500 above the backup's.\n",
    ),
    Command(
        "drill",
        "Put a backup into a temporary folder, check its journal and documents, and say how old it is.",
        "drill /media/stick/monday.backup",
        _drill,
        _checked_flags,
    ),
)
