"""`smart-queue keys …`: the master keys of the documents."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from queue_server.commands.command import Command, database_flag, json_flag, settings_from, tell, with_services
from queue_server.services import Services
from queue_server.storage.records.keyring import keyring


def _rotate(given: argparse.Namespace) -> None:
    key_id, count = with_services(given, lambda services: services.records.master_keys.rotate())
    sentence = f"Key {key_id} is in use. Documents under it now: {count}. Older backups still need the older keys."
    fact = {"key": key_id, "documents": count}
    tell(given, fact, sentence)


def _verify(given: argparse.Namespace) -> int:
    async def look(services: Services) -> tuple[list[int], int, tuple[int, int], dict[str, int]]:
        bad, good = await services.records.documents.first_bad()
        return bad, good, await services.records.master_keys.written(), await services.records.master_keys.in_use()

    known = set(keyring(settings_from(given)).ids())
    bad, good, (texts, bad_texts), needed = with_services(given, look)
    missing = {key_id: count for key_id, count in needed.items() if key_id not in known}
    for key_id, count in missing.items():
        sys.stderr.write(f"The key {key_id} is missing. Documents and texts that need it: {count}.\n")
    if bad:
        sys.stderr.write(f"These documents do not open: {', '.join(map(str, bad))}.\n")
    if bad_texts:
        sys.stderr.write(f"Texts of doctors that do not open: {bad_texts}.\n")
    fact = {"open": good, "damaged": bad, "texts": texts, "damaged_texts": bad_texts, "missing_keys": missing}
    sentence = f"Documents that open: {good}. Texts of doctors that open: {texts}."
    tell(given, fact, sentence)
    return 1 if bad or bad_texts or missing else 0


def _copy(given: argparse.Namespace) -> None:
    keys, file = keyring(settings_from(given)), Path(given.file)
    keys.copy_to(file)
    with_services(given, lambda services: services.clinic.backups.keys_were_copied())
    sys.stdout.write(f"{file} opens every document: keep it where the backups are not.\n")


def _copy_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("file", metavar="FILE")


def _recovery(given: argparse.Namespace) -> None:
    secret = with_services(given, lambda services: services.clinic.backups.make_recovery_key())
    sys.stdout.write(f"{secret}\n")
    sys.stderr.write(
        "Write it down and keep it away from the server: it is shown only now. Backups are encrypted from now\n"
    )
    sys.stderr.write(
        "on, with the documents' keys in them, and nobody opens them without it. Older ones need the older key.\n"
    )


def _forget(given: argparse.Namespace) -> None:
    with_services(given, lambda services: services.records.master_keys.forget(given.key_id))
    sys.stdout.write(f"The key {given.key_id} is gone. Backups made under it can no longer be read.\n")


def _forget_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("key_id", metavar="KEY", help="id of an older key, as `keys verify` and the file name it")


COMMANDS = (
    Command(
        "keys rotate",
        "Make a new master key and put all documents under it; the server may go on running.",
        "keys rotate",
        _rotate,
        json_flag,
        task="Wrapping the documents' keys anew",
    ),
    Command(
        "keys copy",
        "Copy the master keys to a new file, to be kept in another place.",
        "keys copy /media/stick/document.keys",
        _copy,
        _copy_flags,
    ),
    Command(
        "keys recovery",
        "Make a recovery key, which is shown once, and encrypt all backups for it from now on.",
        "keys recovery",
        _recovery,
        database_flag,
    ),
    Command(
        "keys verify",
        "Open every document and name those that do not open, and keys that are missing.",
        "keys verify",
        _verify,
        json_flag,
    ),
    Command(
        "keys forget",
        "Destroy an older master key that no document needs any more.",
        "keys forget 1a2b3c4d",
        _forget,
        _forget_flags,
    ),
)
