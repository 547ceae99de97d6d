"""`smart-queue create-admin` and `staff …`: who may log in."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from queue_server.commands.command import Command, database_flag, json_flag, show, tell, with_services
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.errors import UnknownStaff
from queue_server.domain.people.staff import Role
from queue_server.services import Services
from queue_server.services.people.staff_accounts import StaffForm


def _create_admin_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("login")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="read the password from a file")


def _create_admin(given: argparse.Namespace) -> None:
    # Never a flag: other users of the machine would see it.
    password = given.password_file.read_text().strip() if given.password_file else getpass.getpass()
    with_services(
        given, lambda services: services.people.accounts.create(given.login, password, Role.ADMIN, given.login)
    )


def _staff(given: argparse.Namespace) -> None:
    everybody = with_services(given, lambda services: services.people.staffing.everybody())
    rows = [
        {"login": one.login, "role": one.role, "name": one.name, "is_active": one.is_active, "seen_at": seen_at}
        for one, seen_at in everybody
    ]
    show(given, rows, ["login", "role", "name", "is_active", "seen_at"])


def _role_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("role", help=f"{', '.join(Role)}, or the name of one of your own")


def _add_flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("login")
    _role_flag(parser)
    parser.add_argument("name", help="what colleagues and boards show, such as 'Dr. Rao'")
    parser.add_argument("--qualification", default="", help="for a doctor's papers, such as MBBS")
    parser.add_argument("--registration", default="", help="a doctor's registration number, for the papers")


def _add(given: argparse.Namespace) -> None:
    form = StaffForm(given.name, given.qualification, given.registration)
    _, password = with_services(
        given, lambda services: services.people.staffing.add(given.login, given.role, form, by=SYSTEM)
    )
    _tell_password(given, password)


def _login_flag(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("login")


def _reset_password(given: argparse.Namespace) -> None:
    password = _with_account(given, lambda services, id_: services.people.staffing.reset_password(id_, by=SYSTEM))
    _tell_password(given, password)


def _role_flags(parser: argparse.ArgumentParser) -> None:
    _login_flag(parser)
    _role_flag(parser)


def _role(given: argparse.Namespace) -> None:
    _with_account(given, lambda services, id_: services.people.roles.give(id_, given.role, by=SYSTEM))
    tell(given, {"login": given.login, "role": given.role}, f"{given.login} has the role {given.role}.")


def _remove_factor(given: argparse.Namespace) -> None:
    _with_account(given, lambda services, id_: services.people.factors.reset(id_, by=SYSTEM))
    tell(given, {"login": given.login, "has_factor": False}, f"{given.login} logs in with the password alone.")


def _open(given: argparse.Namespace) -> None:
    _with_account(given, lambda services, id_: services.people.staffing.set_active(id_, is_active=True, by=SYSTEM))
    tell(given, {"login": given.login, "is_active": True}, f"{given.login} may log in.")


def _close(given: argparse.Namespace) -> None:
    _with_account(given, lambda services, id_: services.people.staffing.set_active(id_, is_active=False, by=SYSTEM))
    tell(given, {"login": given.login, "is_active": False}, f"{given.login} is out.")


def _with_account(given: argparse.Namespace, use: Callable[[Services, int], Awaitable[Any]]) -> Any:
    async def find_and_use(services: Services) -> Any:
        for one, _ in await services.people.staffing.everybody():
            if one.login == given.login:
                return await use(services, one.id)
        raise UnknownStaff

    return with_services(given, find_and_use)


def _tell_password(given: argparse.Namespace, password: str) -> None:
    fact = {"login": given.login, "password": password}
    tell(given, fact, f"{given.login}: first password {password} (it must be changed, and is shown only now)")


COMMANDS = (
    Command(
        "create-admin",
        "Create an administrator; the password is asked for.",
        "create-admin anna",
        _create_admin,
        _create_admin_flags,
    ),
    Command("staff list", "List the accounts of staff.", "staff list --json", _staff, json_flag),
    Command(
        "staff add",
        "Add an account and show its first password, which must be changed.",
        "staff add rao doctor 'Dr. Rao' --qualification MBBS --registration 12345",
        _add,
        _add_flags,
    ),
    Command(
        "staff role",
        "Give an account another role; it is logged out everywhere.",
        "staff role rao 'Ward desk'",
        _role,
        _role_flags,
    ),
    Command(
        "staff reset-password",
        "End an account's logins and show a new first password.",
        "staff reset-password rao",
        _reset_password,
        _login_flag,
    ),
    Command(
        "staff remove-factor",
        "Remove the second factor of an account whose phone is lost.",
        "staff remove-factor anna",
        _remove_factor,
        _login_flag,
    ),
    Command(
        "staff close",
        "Close an account: it is out at once, and its history stays.",
        "staff close rao",
        _close,
        _login_flag,
    ),
    Command("staff open", "Open a closed account again.", "staff open rao", _open, _login_flag),
)
