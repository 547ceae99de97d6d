"""The command `smart-queue`: puts the commands together, and says what went wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from pydantic import ValidationError

from queue_server import __version__, logs, progress
from queue_server.clock import Clock, SystemClock
from queue_server.commands import COMMANDS, GROUPS, Command
from queue_server.domain.errors import BadFields, QueueError
from queue_server.paths import PROGRAM
from queue_server.serving import CannotServe
from queue_server.settings import Settings
from queue_server.storage.engine.engines import BadDatabaseURL
from queue_server.storage.records.keyring import BadKeys

EXIT_CODES = f"""\
exit codes:
  0  done
  1  refused, with the reason on standard error: nothing was changed; or what was checked is not whole
  2  used wrongly: an unknown command or flag, or a file that cannot be read

Settings come from QUEUE_* in the environment; a flag goes before them. `{PROGRAM} COMMAND --help` has an example.
"""


def main(arguments: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 1 refused with a reason, 2 used wrongly.

    A command that changes or reads a clinic takes the time from `clock`, or else from the machine.
    """
    parsed = parser().parse_args(arguments, argparse.Namespace(clock=clock or SystemClock()))
    command: Callable[[argparse.Namespace], int | None] = parsed.command
    try:
        logs.configure(Settings().log_format)
        with _progress(parsed):
            return command(parsed) or 0
    except KeyboardInterrupt:
        return 0
    except BadFields as error:
        sys.stderr.writelines(f"{problem.field}: {problem.sentence}\n" for problem in error.problems)
    except (QueueError, CannotServe, BadDatabaseURL, BadKeys) as error:
        sys.stderr.write(f"{error}\n")
    except ValidationError as error:
        for problem in error.errors():
            if problem["type"] == "default_factory_not_called":
                continue  # only follows from another field's problem
            sys.stderr.write(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}\n")
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        advice = " Choose a place that you may use, or get the right to this one." * isinstance(error, PermissionError)
        sys.stderr.write(f"{error.filename}: {error.strerror}.{advice}\n")
        return 2
    return 1


def _progress(parsed: argparse.Namespace) -> AbstractContextManager[None]:
    if not parsed.task:
        return nullcontext()
    return progress.shown(parsed.task, sys.stderr, as_json=getattr(parsed, "json", False))


def parser() -> argparse.ArgumentParser:
    """All commands and their flags; the help is the manual."""
    made = argparse.ArgumentParser(
        prog=PROGRAM,
        description="A queue system for clinics.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"smart-queue {__version__}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in COMMANDS:
        group, _, name = command.name.rpartition(" ")
        if group and group not in groups:
            about = GROUPS[group]
            outer = commands.add_parser(group, help=about, description=about)
            groups[group] = outer.add_subparsers(title="commands", required=True, metavar="COMMAND")
        _add(groups[group] if group else commands, name, command)
    return made


def _add(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command) -> None:
    one = commands.add_parser(
        name,
        help=command.about,
        description=command.about,
        epilog=f"example:\n  {PROGRAM} {command.example}\n{command.more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.set_defaults(command=command.run, task=command.task)
    command.configure(one)


if __name__ == "__main__":
    sys.exit(main())
