"""`smart-queue tls`: HTTPS in a network without a name on the internet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from queue_server.commands.command import Command, json_flag, settings_from, tell
from queue_server.qr_codes import for_terminal
from queue_server.settings import own_address

if TYPE_CHECKING:
    from queue_server.local_authority import LocalAuthority


def _tls(given: argparse.Namespace) -> None:
    # The server knows this module too, and would keep ten megabytes for it.
    from queue_server.local_authority import LocalAuthority, own_names

    settings = settings_from(given)
    names = list(dict.fromkeys([*given.name, *own_names(own_address("0.0.0.0"))]))  # noqa: S104  (asks for the own address)
    authority = LocalAuthority(settings.data / "tls")
    is_new = authority.prepare(names, given.clock.now())
    trust = settings.changed(tls_cert=authority.server, tls_key=authority.server, host=names[0]).phone_url + "/trust"
    fact = {
        "certificate": str(authority.server),
        "key": str(authority.server),
        "authority": str(authority.certificate),
        "names": names,
        "fingerprint": authority.fingerprint,
        "trust": trust,
        "ends_at": authority.ends_at.isoformat(),
        "is_new_authority": is_new,
    }
    tell(given, fact, _sentences(authority, names, trust))


def _sentences(authority: LocalAuthority, names: list[str], trust: str) -> str:
    return f"""The server's certificate is for {", ".join(names)}. Start the server with

  QUEUE_TLS_CERT={authority.server}
  QUEUE_TLS_KEY={authority.server}

It is renewed by itself. Each device must once be told to trust {authority.certificate}:
open {trust} there, go on in spite of the warning this once, and compare the fingerprint

  {authority.fingerprint}

{for_terminal(trust, is_inverted=sys.stdout.isatty())}"""


def _name(text: str) -> str:
    from queue_server.local_authority import server_name

    try:
        return server_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder for what is not in the database")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        type=_name,
        help="a further name or address of the server; may be repeated",
    )


COMMANDS = (
    Command(
        "tls",
        "Make a certificate for HTTPS in a network without a name on the internet, and say how devices trust it.",
        "tls --name queue.local",
        _tls,
        _flags,
    ),
)
