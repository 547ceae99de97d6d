"""How long before the call the "about ten minutes left" alert comes, in simulated clinics.

    PYTHONPATH=. python benchmarks/alert_timing.py
    PYTHONPATH=. python benchmarks/alert_timing.py --shapes usual "unannounced lunch" --days 6 --seeds 1 2 3

The small clinic of the tests (two doctors who come late and rest, a mean wait of about an hour, 8 % who do not turn up)
is played on the real services with a clock that is moved from event to event. The first day is a usual one and only
teaches the pace; the others have one of the troubles of `benchmarks/waits.py`. Those who were called within ten minutes
of joining are left out of the shares: nobody can warn them ten minutes before.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.wait_scores import say
from benchmarks.waits import shapes
from queue_server.simulation.clinic import ClinicPlan
from tests.alerts.mornings import Visit, play_mornings

GOAL, MOST_TOO_LATE = 0.90, 0.03
BINS = ((0, 2), (2, 5), (5, 8), (8, 11), (11, 14), (14, 17), (17, 20), (20, 30), (30, 600))


def report(visits: list[Visit]) -> str:
    """The distribution in words and bars."""
    judged = [visit for visit in visits if visit.waited_s > 600]
    leads = sorted(visit.warned_s / 60 for visit in judged if visit.warned_s is not None)
    lines = [f"{len(visits)} visits, {len(judged)} of them waited for more than ten minutes, {len(leads)} were warned"]
    for low, high in BINS:
        share = sum(low <= lead < high for lead in leads) / len(judged)
        lines.append(f"{low:>4}–{high:<3} min before the call  {share:6.1%}  {'█' * round(share * 60)}")
    lines.append(f"never warned                   {1 - len(leads) / len(judged):6.1%}")
    return "\n".join([*lines, f"median {median(leads):.1f} min before; {in_short(visits)}"])


def in_short(visits: list[Visit]) -> str:
    """The shares that there are goals for; `!` marks what misses."""
    leads = [visit.warned_s for visit in visits if visit.waited_s > 600]
    warned = [lead for lead in leads if lead is not None]
    good = sum(300 <= lead <= 1_200 for lead in warned) / len(leads)
    short, long = sum(lead < 300 for lead in warned) / len(leads), sum(lead > 1_200 for lead in warned) / len(leads)
    never = 1 - len(warned) / len(leads)
    shares = f"5-20 min {good:6.1%}  under 5 {short:5.1%}  over 20 {long:5.1%}  never {never:5.1%}"
    return f"n {len(leads):5}  {shares}{'  !' * (good < GOAL or short > MOST_TOO_LATE)}"


async def play(days: int, seeds: list[int], plan: ClinicPlan) -> list[Visit]:
    """The visits of all clinics."""
    with tempfile.TemporaryDirectory() as folder:
        return [visit for seed in seeds for visit in await play_mornings(Path(folder), days, seed, plan)]


def main() -> None:
    """Print the distribution on usual days, and a line for each kind of bad ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=3, help="days of each clinic, the first of which is not judged")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--shapes", nargs="+", metavar="NAME", help="only these days")
    chosen = parser.parse_args()
    for name, plan in shapes().items():
        if not chosen.shapes or name in chosen.shapes:
            visits = asyncio.run(play(chosen.days, chosen.seeds, plan))
            say(report(visits) if name == "usual" else f"{name:26} {in_short(visits)}")


if __name__ == "__main__":
    main()
