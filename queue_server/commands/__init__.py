"""The commands of `smart-queue`, a small module a subject; `cli` puts them together.

A new command: a module with `COMMANDS`, and one line here.
"""

from queue_server.commands import (
    accounts,
    backups,
    clock,
    demo,
    devices,
    documents,
    history,
    journal,
    keys,
    programs,
    serving,
    set_up,
    tls,
    tools,
)
from queue_server.commands.command import Command

#: What the commands with two words are about: the first word → a sentence.
GROUPS: dict[str, str] = {
    "departments": "Look after the departments.",
    "devices": "Look after kiosks, displays and print agents.",
    "keys": "Look after the master keys of the documents.",
    "programs": "Look after the keys of other programs.",
    "rooms": "Look after the rooms.",
    "staff": "Look after the accounts of staff.",
    "webhooks": "Look after what other programs are told.",
}

#: All commands in the order in which the help names them.
COMMANDS: tuple[Command, ...] = (
    *demo.COMMANDS,
    *serving.COMMANDS,
    *accounts.COMMANDS,
    *set_up.COMMANDS,
    *devices.COMMANDS,
    *programs.COMMANDS,
    *journal.COMMANDS,
    *backups.COMMANDS,
    *keys.COMMANDS,
    *clock.COMMANDS,
    *tls.COMMANDS,
    *tools.COMMANDS,
    *history.COMMANDS,
    *documents.COMMANDS,
)

__all__ = ["COMMANDS", "GROUPS", "Command"]
