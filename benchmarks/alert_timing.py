"""How long before the call the "about ten minutes left" alert comes, in simulated clinics.

    PYTHONPATH=. python benchmarks/alert_timing.py
    PYTHONPATH=. python benchmarks/alert_timing.py --days 6 --seeds 1 2 3

The small clinic of the tests (two doctors who come late and rest, a mean wait of about an hour, 8 % who do not turn up)
is played on the real services with a clock that is moved from event to event. The first day only teaches the pace.
Those who were called within ten minutes of joining are left out of the shares: nobody can warn them ten minutes before.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from statistics import median

from tests.alerts.mornings import Visit, play_mornings

BINS = ((0, 2), (2, 5), (5, 8), (8, 11), (11, 14), (14, 17), (17, 20), (20, 30), (30, 600))


def report(visits: list[Visit]) -> str:
    """The distribution in words and bars."""
    judged = [visit for visit in visits if visit.waited_s > 600]
    leads = sorted(visit.warned_s / 60 for visit in judged if visit.warned_s is not None)
    lines = [f"{len(visits)} visits, {len(judged)} of them waited for more than ten minutes, {len(leads)} were warned"]
    for low, high in BINS:
        share = sum(low <= lead < high for lead in leads) / len(judged)
        lines.append(f"{low:>4}–{high:<3} min before the call  {share:6.1%}  {'█' * round(share * 60)}")
    good = sum(5 <= lead <= 20 for lead in leads) / len(judged)
    lines.append(f"never warned                   {1 - len(leads) / len(judged):6.1%}")
    lines.append(f"5–20 minutes before: {good:.1%} (goal: at least 80 %), median {median(leads):.1f} min")
    return "\n".join(lines)


async def play(days: int, seeds: list[int]) -> list[Visit]:
    """The visits of all clinics."""
    with tempfile.TemporaryDirectory() as folder:
        return [visit for seed in seeds for visit in await play_mornings(Path(folder), days, seed)]


def main() -> None:
    """Print the distribution."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=3, help="days of each clinic, the first of which is not judged")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    print(report(asyncio.run(play(chosen.days, chosen.seeds))))


if __name__ == "__main__":
    main()
