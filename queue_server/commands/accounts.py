"""`smart-queue create-admin`."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from queue_server.commands.command import Command, database_flag, with_services
from queue_server.storage.tables.staff import Role


def _create_admin_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("login")
    password_flag(parser)


def password_flag(parser: argparse.ArgumentParser) -> None:
    """The command needs a password, which is never a flag: other users of the machine would see it."""
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="read the password from a file")


def password_from(given: argparse.Namespace) -> str:
    """The password of the named file, else what is typed without being shown."""
    return given.password_file.read_text().strip() if given.password_file else getpass.getpass()


def _create_admin(given: argparse.Namespace) -> None:
    password = password_from(given)
    with_services(given, lambda services: services.accounts.create(given.login, password, Role.ADMIN, given.login))


COMMANDS = (
    Command(
        "create-admin",
        "Create an administrator; the password is asked for.",
        "smart-queue create-admin anna",
        _create_admin,
        _create_admin_flags,
    ),
)
