"""`smart-queue keys …`: the master keys of the documents."""

from __future__ import annotations

import argparse
import sys

from queue_server.commands.command import Command, database_flag, json_flag, settings_from, tell, with_services
from queue_server.services import Services
from queue_server.storage.records.keyring import keyring


def _rotate(given: argparse.Namespace) -> None:
    key_id, count = with_services(given, lambda services: services.records.master_keys.rotate())
    sentence = f"Key {key_id} is in use; {count} documents are under it now. Older backups still need the older keys."
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
        sys.stderr.write(f"The key {key_id} is missing; {count} documents and texts need it.\n")
    if bad:
        sys.stderr.write(f"These documents do not open: {', '.join(map(str, bad))}.\n")
    if bad_texts:
        sys.stderr.write(f"{bad_texts} texts that doctors wrote do not open.\n")
    fact = {"open": good, "damaged": bad, "texts": texts, "damaged_texts": bad_texts, "missing_keys": missing}
    sentence = f"{good} documents and {texts} texts that doctors wrote open."
    tell(given, fact, sentence)
    return 1 if bad or bad_texts or missing else 0


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
