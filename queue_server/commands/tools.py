"""Commands that are programs of their own: the print agent, the simulated clinic and the forecast's replay."""

from __future__ import annotations

from kiosk.agent import command as agent
from queue_server.commands.command import Command
from queue_server.simulation import replay, simulate

COMMANDS = (
    Command(
        "kiosk-agent",
        "Print slips on this machine's printer.",
        "kiosk-agent --server http://192.168.1.20:8000 --key-file agent.key --printer usb:04b8:0202",
        agent.run,
        agent.configure,
    ),
    Command(
        "simulate",
        "Make days of a seeded clinic, as a log.",
        "simulate --days 20 --out log.csv --duty-out duty.csv",
        simulate.run,
        simulate.configure,
    ),
    Command(
        "replay-waits",
        "Play a queue's log through the waiting-time forecast.",
        "replay-waits log.csv --duty duty.csv",
        replay.run,
        replay.configure,
    ),
)
