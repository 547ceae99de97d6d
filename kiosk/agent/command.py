"""`smart-queue kiosk-agent`: the agent's command line."""

import argparse
import asyncio
import contextlib
import logging
import platform
import signal
import sys
from pathlib import Path

from kiosk.agent.agent import AgentSettings, run_agent, websocket_address
from kiosk.agent.enrolment import EnrolmentFailed, enrol, read_key, write_key
from kiosk.agent.jobs import load_drawing
from kiosk.agent.ledger import LedgerInUse
from kiosk.printing import open_printer, paper
from kiosk.printing.addresses import FORMS
from kiosk.printing.paper import add_flags


def configure(parser: argparse.ArgumentParser) -> None:
    """The parser knows the agent's arguments."""
    parser.add_argument("--server", required=True, metavar="URL", help="the server, such as http://192.168.1.20:8000")
    parser.add_argument("--key-file", required=True, type=Path, metavar="FILE", help="file with this device's key")
    parser.add_argument("--printer", required=True, metavar="ADDRESS", help=FORMS)
    add_flags(parser, width_mm=80)
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="remembers the jobs (default: beside the key)")
    parser.add_argument("--name", help="what the server's pages call this printer (default: the machine's name)")
    parser.add_argument("--code", help="enrol first: trade this one-time code for a key, written to the key file")


def run(arguments: argparse.Namespace) -> int:
    """Run the agent until SIGINT or SIGTERM. 0 when it was stopped, 2 when it could not start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = settings_from(arguments)
        asyncio.run(_until_stopped(settings))
    except (EnrolmentFailed, LedgerInUse, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def settings_from(arguments: argparse.Namespace) -> AgentSettings:
    """The arguments checked, so that a mistyped printer does not use up the one-time code."""
    on = paper(arguments.width, arguments.profile, arguments.dots)
    open_printer(arguments.printer, on)
    load_drawing()
    websocket_address(arguments.server)
    if arguments.code:
        write_key(arguments.key_file, enrol(arguments.server, arguments.code).key)
    return AgentSettings(
        server=arguments.server,
        key=read_key(arguments.key_file),
        printer=arguments.printer,
        ledger=arguments.ledger or arguments.key_file.with_name(f"{arguments.key_file.name}.ledger"),
        name=arguments.name or platform.node() or "printer",
        on=on,
    )


async def _until_stopped(settings: AgentSettings) -> None:
    agent = asyncio.ensure_future(run_agent(settings))
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C works without
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, agent.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await agent
