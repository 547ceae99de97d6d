"""`smart-queue kiosk-agent`: the print agent, and with a kiosk's key the keeper."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sqlite3
import sys
from pathlib import Path

from kiosk.agent import command as agent
from kiosk.agent.agent import AgentSettings, run_agent
from kiosk.agent.enrolment import EnrolmentFailed, enrol, read_key, write_key
from kiosk.agent.ledger import LedgerInUse
from kiosk.keeper.keeper import PORT, KeeperSettings, run_keeper


def configure(parser: argparse.ArgumentParser) -> None:
    """The parser knows the arguments of the agent and of the keeper."""
    agent.configure(parser)
    parser.add_argument(
        "--kiosk-code",
        metavar="CODE",
        help="serve the touch screen here too, and give out numbers while the server is away: enrols the kiosk first",
    )
    parser.add_argument(
        "--kiosk-port", type=int, default=PORT, metavar="N", help="the touch screen's port on localhost (%(default)s)"
    )
    parser.add_argument(
        "--enrol-only", action="store_true", help="trade the codes for keys, and end; the service starts what runs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGINT or SIGTERM. 0 when it was stopped, 2 when it could not start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        settings = agent.settings_from(arguments)
        keeper = keeper_settings(arguments, settings)
        if arguments.enrol_only:
            return 0
        asyncio.run(_until_stopped(keeper or settings))
    except (EnrolmentFailed, LedgerInUse, OSError, ValueError, sqlite3.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def keeper_settings(arguments: argparse.Namespace, settings: AgentSettings) -> KeeperSettings | None:
    """What makes the agent a keeper: the kiosk's key, which lies beside the agent's once it was enrolled."""
    key_file: Path = arguments.key_file.with_name(f"{arguments.key_file.name}.kiosk")
    if arguments.kiosk_code:
        write_key(key_file, enrol(arguments.server, arguments.kiosk_code, kind="kiosk").key)
    if not key_file.exists():
        return None
    database = arguments.key_file.with_name(f"{arguments.key_file.name}.numbers")
    return KeeperSettings(settings, read_key(key_file), database, arguments.kiosk_port)


async def _until_stopped(settings: KeeperSettings | AgentSettings) -> None:
    running = run_keeper(settings) if isinstance(settings, KeeperSettings) else run_agent(settings)
    task = asyncio.ensure_future(running)
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C works without
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
