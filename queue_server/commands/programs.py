"""`smart-queue programs …` and `webhooks …`: other software, its keys, and what it is told."""

from __future__ import annotations

import argparse
from typing import Any

from queue_server.commands.command import Command, database_flag, json_flag, show, tell, with_services
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.access.scopes import EVERYTHING, Scope, kept_scopes
from queue_server.services.programs.webhooks import delivery_view, webhook_view


def _programs(given: argparse.Namespace) -> None:
    found = with_services(given, lambda services: services.programs.keys.all())
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "name": one.name,
            "scopes": kept_scopes(one.scopes),
            "created_at": one.created_at,
            "seen_at": one.seen_at,
        }
        for one in found
    ]
    show(given, rows, ["id", "name", "scopes", "created_at", "seen_at"])


def _add_flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("name", help="what the administrator calls it, such as 'Hospital records'")
    parser.add_argument(
        "--scope",
        action="append",
        choices=[*(scope.value for scope in Scope), EVERYTHING],
        required=True,
        help=f"what its key opens; repeatable: {', '.join(Scope)}, or '*' for everything",
        metavar="SCOPE",
    )


def _add(given: argparse.Namespace) -> None:
    key = with_services(given, lambda services: services.programs.keys.add(given.name, given.scope))
    tell(given, {"name": given.name, "key": key}, f"{key}\nThis is its key. It is shown only now.")


def _id_flag(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("id", type=int, help="its id, as the list shows it")


def _revoke(given: argparse.Namespace) -> None:
    with_services(given, lambda services: services.programs.keys.revoke(given.id))


def _webhooks(given: argparse.Namespace) -> None:
    found, _ = with_services(given, lambda services: services.programs.webhooks.all(None))
    rows = [webhook_view(one) | {"program": one.program_id} for one in found]
    show(given, rows, ["id", "program", "url", "events", "state", "position", "reason"])


def _deliveries_flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("id", type=int, help="the webhook's id")
    parser.add_argument("--limit", type=int, default=50, help="how many, newest first (50)")


def _deliveries(given: argparse.Namespace) -> None:
    found, _ = with_services(
        given,
        lambda services: services.programs.webhooks.deliveries(given.id, None, limit=given.limit, newest_first=True),
    )
    rows = [delivery_view(one) for one in found]
    show(given, rows, ["at", "event", "type", "state", "tries", "status", "reason"])


def _resume(given: argparse.Namespace) -> None:
    with_services(given, lambda services: services.programs.webhooks.change(given.id, None, by=SYSTEM, is_active=True))


def _replay_flags(parser: argparse.ArgumentParser) -> None:
    _id_flag(parser)
    parser.add_argument("after", type=int, help="the number of the event after which everything is sent again")


def _replay(given: argparse.Namespace) -> None:
    with_services(given, lambda services: services.programs.webhooks.replay(given.id, given.after, None, by=SYSTEM))


COMMANDS = (
    Command(
        "programs list",
        "List the programs that have a key, what it opens and when it was last used.",
        "programs list --json",
        _programs,
        json_flag,
    ),
    Command(
        "programs add",
        "Create a key for another program; it is shown once.",
        "programs add 'Hospital records' --scope queues:read --scope events:read",
        _add,
        _add_flags,
    ),
    Command(
        "programs revoke",
        "Revoke a program's key; its webhooks rest.",
        "programs revoke 2",
        _revoke,
        _id_flag,
    ),
    Command(
        "webhooks list",
        "List the webhooks, where they are in the journal, and why they fail if they do.",
        "webhooks list",
        _webhooks,
        json_flag,
    ),
    Command(
        "webhooks deliveries",
        "List what became of the newest events at a webhook.",
        "webhooks deliveries 1 --json",
        _deliveries,
        _deliveries_flags,
    ),
    Command(
        "webhooks resume",
        "Try a paused or given-up webhook again, from where it stopped.",
        "webhooks resume 1",
        _resume,
        _id_flag,
    ),
    Command(
        "webhooks replay",
        "Send everything after an event again.",
        "webhooks replay 1 418",
        _replay,
        _replay_flags,
    ),
)
