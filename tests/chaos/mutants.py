"""Servers with one fault each live through the same days: each must be noticed, and the real server must pass.

    scripts/chaos mutants [NAME …] [--seconds 6] [--seed N]

A mutant that a day does not show gets up to three days. Printed are the rules that each one broke.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.arguments import arguments
from tests.chaos.history.checking import violations
from tests.chaos.history.day import Plan, live_through
from tests.chaos.history.mutations import MUTANTS

DAYS = 3
#: Phones have a rule of their own that no mutant breaks; a few are enough here.
PHONES = 4


def caught(mutant: str | None, seconds: float, seed: int, days: int) -> list[str]:
    """What was broken on the first day on which anything was; nothing where all days were as they must be."""
    for day in range(days):
        with tempfile.TemporaryDirectory() as folder:
            plan = Plan(seconds, seed + day, phones=PHONES, mutant=mutant)
            broken = caught_in(f"sqlite:///{folder}/queue.db", Path(folder), plan)
        if broken:
            return broken
    return []


def caught_in(url: str, folder: Path, plan: Plan) -> list[str]:
    """What was broken on this day, in the database at `url`; the folder is made."""
    folder.mkdir(exist_ok=True)
    return violations(asyncio.run(live_through(url, folder, plan)).history)


def main() -> int:
    """0: all were caught, and the real server passed."""
    parser = arguments(__doc__, seconds=6)
    parser.add_argument("names", nargs="*", metavar="NAME", default=sorted(MUTANTS))
    given = parser.parse_args()
    real = caught(None, given.seconds, given.seed, days=1)
    print(f"the real server: {len(real)} violations", *real, sep="\n", flush=True)
    count = 0
    for name in given.names:
        broken = caught(name, given.seconds, given.seed, DAYS)
        count += bool(broken)
        rules = dict.fromkeys(one.partition(":")[0] for one in broken)
        print(f"{name}: {', '.join(rules) or 'NOT CAUGHT'}", *broken[:1], sep="\n    ", flush=True)
    print(f"{count} of {len(given.names)} mutants caught")
    return 0 if count == len(given.names) and not real else 1


if __name__ == "__main__":
    sys.exit(main())
