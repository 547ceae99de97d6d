"""`smart-queue clock`: whether the machine's clock is believed, and what the time is."""

from __future__ import annotations

import argparse

from queue_server.commands.command import Command, json_flag, tell, with_services
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.timekeeping import typed_time
from queue_server.services import Services
from queue_server.serving import CannotServe


def _clock(given: argparse.Namespace) -> int:
    async def use(services: Services) -> tuple[list[str], dict[str, str | None]]:
        staying = []
        zone = (await services.clinic.queues.clinic()).zone
        if given.confirm:
            staying = await services.queue.timekeeping.confirm(by=SYSTEM)
        elif given.set is not None:
            staying = await services.queue.timekeeping.set_to(typed_time(given.set, zone), by=SYSTEM)
        times = await services.queue.timekeeping.times()
        named = {"clinic": times.clinic, "machine": times.machine, "doubted_since": times.doubted_since}
        return staying, {
            name: at.astimezone(zone).isoformat(timespec="seconds") if at else None for name, at in named.items()
        }

    if given.confirm and given.set is not None:
        raise CannotServe("--confirm and --set do not go together.")
    staying, times = with_services(given, use)
    sentence = f"The clinic goes by {times['clinic']}; this machine's clock shows {times['machine']}."
    if times["doubted_since"]:
        sentence += f" It has been doubted since {times['doubted_since']}: see --confirm and --set."
    if staying:
        sentence += f" The right day has these numbers already; their patients need new ones: {', '.join(staying)}."
    tell(given, {**times, "numbers_left": staying}, sentence)
    # Whoever has just said what the time is, has said it with success, also while the machine's clock is still wrong.
    is_told = given.confirm or given.set is not None
    return 1 if times["doubted_since"] and not is_told else 0


def _flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("--confirm", action="store_true", help="this machine's clock is right")
    parser.add_argument("--set", metavar="TIME", help="the time is 2026-11-30T09:15 in the clinic")


COMMANDS = (
    Command(
        "clock",
        "Show the clinic's time and the machine's clock, and say which is right while it is doubted.",
        "clock --confirm",
        _clock,
        _flags,
    ),
)
