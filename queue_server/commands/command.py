"""What every command is made of and shares: settings, services, tables for people and JSON for programs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queue_server.clock import SteadyClock
from queue_server.services import Services, compose
from queue_server.serving import check_database
from queue_server.settings import Settings
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import keyring


def no_flags(parser: argparse.ArgumentParser) -> None:
    """The command takes no flags."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. The name has one word, or two: then the first is a group of `GROUPS`.

    `about` is one sentence, `example` what is typed after `paths.PROGRAM`, `more` what the help says below it. `run`
    returns the exit status; none is 0.
    """

    name: str
    about: str
    example: str
    run: Callable[[argparse.Namespace], int | None]
    configure: Callable[[argparse.ArgumentParser], None] = no_flags
    more: str = ""
    #: What the command does for so long that it shows how far it is, such as "Making a backup"; else empty.
    task: str = ""


def events_flag(parser: argparse.ArgumentParser) -> None:
    """A program may read how far the command is."""
    parser.add_argument("--json", action="store_true", help="tell how far it is as JSON lines on standard error")


def database_flag(parser: argparse.ArgumentParser) -> None:
    """The command works on a database, which a flag may name."""
    parser.add_argument("--database-url", metavar="URL", help="sqlite:///path or postgresql://… (QUEUE_DATABASE_URL)")


def json_flag(parser: argparse.ArgumentParser) -> None:
    """The command works on a database and a program may read what it says."""
    database_flag(parser)
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def settings_from(given: argparse.Namespace) -> Settings:
    """The settings of the environment, with the given flags before them."""
    names = Settings.model_fields
    return Settings().changed(**{name: value for name, value in vars(given).items() if name in names})


def with_services(given: argparse.Namespace, use: Callable[[Services], Awaitable[Any]]) -> Any:
    """What `use` gives, on the database of the settings. Raises `CannotServe` as `check_database` does."""

    async def run() -> Any:
        settings = settings_from(given)
        await check_database(settings.database_url)
        store = Store(settings.database_url, SteadyClock(given.clock))
        try:
            await store.open()
            keys = keyring(settings)
            services = compose(
                store,
                lambda *_: [],
                settings.phone_url,
                keys=keys,
                webhook_networks=settings.networks,
            )
            return await use(services)
        finally:
            await store.close()

    return asyncio.run(run())


def tell(given: argparse.Namespace, fact: Mapping[str, object], sentence: str) -> None:
    """Write the fact as JSON if a program asked, else the sentence."""
    sys.stdout.write(f"{json.dumps(dict(fact), ensure_ascii=False, default=str) if given.json else sentence}\n")


def show(given: argparse.Namespace, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Write the rows: as a JSON list if a program asked, else as a table with these columns."""
    if given.json:
        sys.stdout.write(json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str) + "\n")
        return
    cells = [[column.upper() for column in columns]]
    cells += [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{key}: {one}" for key, one in value.items())
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(str, value))
        case _:
            return str(value)
