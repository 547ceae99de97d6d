"""Commands that are programs of their own: the print agent, the simulated clinic and the forecast's replay."""

from __future__ import annotations

import argparse

from kiosk.keeper import command as agent
from queue_server.commands.command import Command, events_flag
from queue_server.simulation import replay, simulate


def _simulate_flags(parser: argparse.ArgumentParser) -> None:
    simulate.configure(parser)
    events_flag(parser)


COMMANDS = (
    Command(
        "kiosk-agent",
        "Print slips on this machine's printer; with --kiosk-code, be the kiosk's keeper too.",
        "kiosk-agent --server http://192.168.1.20:8000 --key-file agent.key --printer usb:04b8:0202",
        agent.run,
        agent.configure,
    ),
    Command(
        "simulate",
        "Make days of a seeded clinic, as a log.",
        "simulate --days 20 --out log.csv --duty-out duty.csv",
        simulate.run,
        _simulate_flags,
        task="Playing days",
    ),
    Command(
        "replay-waits",
        "Play a queue's log through the waiting-time forecast.",
        "replay-waits log.csv --duty duty.csv",
        replay.run,
        replay.configure,
    ),
)
