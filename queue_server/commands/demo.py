"""`smart-queue demo`."""

from __future__ import annotations

import argparse
from pathlib import Path

from kiosk.printing.paper import add_flags
from queue_server import demo
from queue_server.commands.command import Command
from queue_server.settings import Settings


def _flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on (0.0.0.0, so that phones reach it)")  # noqa: S104
    parser.add_argument("--data", type=Path, default=Path("demo-data"), metavar="DIR", help="where everything is kept")
    parser.add_argument("--public-url", metavar="URL", help="how phones reach this machine (its own address)")
    parser.add_argument("--printer", metavar="ADDRESS", help="a real printer instead of files, such as tcp://host:9100")
    add_flags(parser, "printer-", width_mm=80)
    parser.add_argument(
        "--traffic",
        type=float,
        nargs="?",
        const=5.0,
        metavar="SPEED",
        help="play a clinic morning, SPEED times faster than life (5)",
    )


def _run(given: argparse.Namespace) -> None:
    data: Path = given.data
    settings = Settings(
        database_url=f"sqlite:///{data.resolve()}/queue.db",
        host=given.host,
        port=given.port,
        public_url=given.public_url or "",
        data=data,
        printer=given.printer or f"file:{data.resolve()}/slips",
        printer_place=demo.PLACE,
        printer_width=given.printer_width,
        printer_profile=given.printer_profile or "",
        printer_dots=given.printer_dots,
    )
    demo.run(settings, speed=given.traffic)


COMMANDS = (
    Command(
        "demo",
        "Start a seeded clinic on SQLite, to look round.",
        "demo --port 8080 --traffic 20",
        _run,
        _flags,
    ),
)
