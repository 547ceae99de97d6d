"""`smart-queue backup`, `restore` and `drill`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from datetime import UTC, timedelta
from getpass import getpass
from pathlib import Path

from sqlalchemy import URL

from queue_server.clock import SteadyClock
from queue_server.commands.command import Command, database_flag, events_flag, settings_from, with_services
from queue_server.domain.clinic.restoring import Known, Slip, highest_numbers
from queue_server.services import Services
from queue_server.services.clinic.backups import BackupPlaces, Backups
from queue_server.services.clinic.restored import Settled
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.serving import CannotServe, check_database
from queue_server.storage.clinic.restored_rows import Replaced
from queue_server.storage.engine import backup
from queue_server.storage.engine.backup_manifest import NoManifest, beside, check_manifest
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.engine.spare_database import drop_database, make_database
from queue_server.storage.engine.store import Store
from queue_server.storage.records.backup_files import is_encrypted, readable
from queue_server.storage.records.keyring import Keyring, keyring


def _backup(given: argparse.Namespace) -> None:
    file, keys = Path(given.file), keyring(settings_from(given))
    url = database_url(settings_from(given).database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise CannotServe(f"There is no database at {url.database}.")
    try:
        has_keys = asyncio.run(_write(given, keys, file))
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error
    sys.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB.\n")
    if is_encrypted(file):
        sys.stdout.write("The recovery key opens it, documents included.\n")
    elif has_keys:
        sys.stdout.write(f"{_keys_beside(file)} opens its documents: whoever has both can read them.\n")
    elif keys.path is not None:
        sys.stdout.write(f"Its documents can be read only with {keys.path}: keep a copy of that in another place.\n")


async def _write(given: argparse.Namespace, keys: Keyring, file: Path) -> bool:
    """Also of a database with the schema of an older version: one is wise to make a backup before an update."""
    store = Store(settings_from(given).database_url, SteadyClock(given.clock))
    try:
        return await Backups(store, Snapshots(store), keys, BackupPlaces()).write(file, with_keys=given.with_keys)
    finally:
        await store.close()


def _restore(given: argparse.Namespace) -> int:
    settings, file = settings_from(given), Path(given.file)
    known, slips = Known(highest_numbers(given.highest)), _slips(given.numbers_from)
    check(file, is_unchecked=given.unchecked)
    before, keys = _replaced(given), keyring(settings)
    url = database_url(settings.database_url)
    try:
        with readable(file, recovery_key(given, file)) as plain:
            asyncio.run(backup.check_unused(url))
            kept = backup.restore(url, plain)
            if _keys_beside(plain).exists():
                keys.add_from(_keys_beside(plain))
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error
    asyncio.run(migrate(settings.database_url))
    if before is None and slips is None and not given.highest:
        known = _asked()
    settled = with_services(given, lambda services: services.clinic.restored.settle(known, before, slips))
    sys.stdout.write("The database is as it was when the backup was made.\n")
    if kept is not None:
        sys.stdout.write(f"What was there before lies in {kept}.\n")
    sys.stdout.writelines(f"{line}\n" for line in _told(settled, before))
    needed = with_services(given, lambda services: services.records.master_keys.in_use())
    missing = keys.missing(needed)
    for key_id in missing:
        lacking = f"The key {key_id} is not here. Documents that need it: {needed[key_id]}"
        sys.stderr.write(f"{lacking}. Add its line to {keys.path}.\n")
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


def check_opens(given: argparse.Namespace) -> None:
    """Raises `CannotServe` unless the named recovery key opens the backup."""
    try:
        with readable(given.file, recovery_key(given, given.file)):
            sys.stdout.write("The recovery key opens it.\n")
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error


def recovery_key(given: argparse.Namespace, file: Path) -> str:
    """The key for an encrypted backup, from the file that was named or as somebody types it; else empty."""
    if given.recovery_key is not None:
        return str(given.recovery_key.read_text(encoding="utf-8").strip())
    return getpass("Recovery key: ") if is_encrypted(file) and sys.stdin.isatty() else ""


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


def _slips(ledgers: list[Path]) -> list[Slip] | None:
    """What print agents have printed; none without a ledger. Raises `CannotServe` for a file that is none."""
    found = []
    for ledger in ledgers:
        try:
            lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
            found += [Slip(int(line["job"]), str(line.get("number", ""))) for line in lines]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotServe(f"{ledger} is no ledger of a print agent.") from error
    return found if ledgers else None


def _asked() -> Known:
    """What somebody at the terminal knows of the numbers on paper."""
    if not sys.stdin.isatty():
        return Known({})
    return Known(
        highest_numbers(input("The highest numbers on paper today, such as G=123 D=40 (empty: unknown): ").split())
    )


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
    try:
        with readable(file, recovery_key(given, file)) as plain:
            # Named now, since the keys of a clinic lie beside its database, and the drill has another one.
            beside_it = _keys_beside(plain)
            given.document_key_file = beside_it if beside_it.exists() else keyring(settings_from(given)).path
            return _drill_postgres(given, plain) if backup.is_of_postgres(plain) else _drill_sqlite(given, plain)
    except backup.CannotBackUp as error:
        raise CannotServe(str(error)) from error


def _drill_sqlite(given: argparse.Namespace, plain: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        return _try_out(given, database_url(f"sqlite:///{folder}/queue.db"), plain)


def _drill_postgres(given: argparse.Namespace, plain: Path) -> int:
    """In a database of its own on the server of the settings."""
    own = database_url(settings_from(given).database_url)
    if own.get_backend_name() != "postgresql":
        raise backup.CannotBackUp("This is a backup of PostgreSQL: a drill needs a server (QUEUE_DATABASE_URL).")
    made = asyncio.run(make_database(own))
    try:
        return _try_out(given, made, plain)
    finally:
        asyncio.run(drop_database(made, own))


def _try_out(given: argparse.Namespace, url: URL, plain: Path) -> int:
    backup.restore(url, plain)
    given.database_url = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
    asyncio.run(migrate(given.database_url))
    return int(with_services(given, _look_through))


async def _look_through(services: Services) -> int:
    bad, good = await services.programs.journal.first_bad_line()
    damaged, opened = await services.records.documents.first_bad()
    spoilt, spoken = await services.clinic.voices.first_bad()
    newest = services.store.clock.newest
    found = f"documents that open: {opened}; recordings that are whole: {spoken}"
    sys.stdout.write(f"{good} journal lines fit the chain; {found}.\n")
    if newest is not None:
        hours = (services.store.clock.machine.now() - newest) // timedelta(hours=1)
        sys.stdout.write(f"The newest line is of {newest.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {hours} h ago.\n")
    if bad is not None:
        sys.stderr.write(f"Line {bad} does not fit the chain.\n")
    if damaged:
        sys.stderr.write(f"These documents do not open: {', '.join(map(str, damaged))}.\n")
    if spoilt:
        sys.stderr.write(f"These recordings are not as they were saved: {', '.join(spoilt)}.\n")
    return 1 if damaged or spoilt or bad is not None else 0


def _keys_beside(file: Path) -> Path:
    return beside(file, ".keys")


def _file_flag(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    events_flag(parser)
    parser.add_argument("file", metavar="FILE")


def _checked_flags(parser: argparse.ArgumentParser) -> None:
    _file_flag(parser)
    parser.add_argument("--unchecked", action="store_true", help="use an older backup, which has no manifest")
    key_flag(parser)


def key_flag(parser: argparse.ArgumentParser) -> None:
    """The command opens backups, which may be encrypted."""
    parser.add_argument("--recovery-key", type=Path, metavar="FILE", help="a file with the key of an encrypted backup")


def _restore_flags(parser: argparse.ArgumentParser) -> None:
    _checked_flags(parser)
    parser.add_argument(
        "--highest", action="append", default=[], metavar="G=123", help="the highest number of a prefix on paper today"
    )
    told = "a print agent's ledger, which knows the numbers that it has printed; may be given for each agent"
    parser.add_argument("--numbers-from", "--ledger", type=Path, action="append", default=[], metavar="FILE", help=told)


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
        task="Making a backup",
    ),
    Command(
        "restore",
        "Put a backup back, with the keys of FILE.keys if that is there; stop the server first.",
        "restore /media/stick/monday.backup --highest G=123 --highest D=40",
        _restore,
        _restore_flags,
        "Numbers go on above --highest, and above those of the replaced database if it can still be read; else above\n"
        "what the print agents have printed (--numbers-from), what is typed when it asks, or 500 above the backup's.\n",
        task="Putting the backup back",
    ),
    Command(
        "drill",
        "Put a backup into a temporary folder, check its journal and documents, and say how old it is.",
        "drill /media/stick/monday.backup",
        _drill,
        _checked_flags,
        task="Trying the backup out",
    ),
)
