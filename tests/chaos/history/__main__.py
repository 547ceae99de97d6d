"""Everybody at once, servers killed each second or two, a careless network; then each rule is checked.

    scripts/chaos history [--database sqlite|postgres] [--seconds 60] [--seed N] [--trouble 0.03] [--mutant NAME]

On PostgreSQL two servers share the database. Printed are what was done, what went wrong on purpose, and what broke.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.arguments import arguments
from tests.chaos.history.checking import violations
from tests.chaos.history.day import Plan, live_through
from tests.chaos.history.mutations import MUTANTS, POSTGRES_MUTANTS
from tests.postgres import running_postgres

#: PostgreSQL as it comes, which syncs every commit.
DURABLE = "-c listen_addresses='' -c max_connections=60"


def main() -> int:
    """0: every rule held."""
    parser = arguments(__doc__, seconds=60)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--mutant", choices=sorted({**MUTANTS, **POSTGRES_MUTANTS}))
    parser.add_argument("--trouble", type=float, default=0.03, help="share of replies that are dropped (%(default)s)")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, servers = f"sqlite:///{folder}/queue.db", 1
        if given.database == "postgres":
            postgres = stack.enter_context(running_postgres(DURABLE))
            url, servers = stack.enter_context(postgres.database("history")), 2
        plan = Plan(given.seconds, given.seed, servers, mutant=given.mutant, trouble=given.trouble)
        lived = asyncio.run(live_through(url, folder, plan))
    broken = violations(lived.history)
    counted = ", ".join(f"{times} {what}" for what, times in sorted(lived.counted.items()))
    print(f"{given.database}, seed {given.seed}: {counted}, {len(lived.history.journal)} journal lines")
    print(f"{len(broken)} violations", *broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
