"""A short day with everything going wrong; `scripts/chaos history` makes it longer, and has PostgreSQL as well."""

from __future__ import annotations

import asyncio
import importlib.util
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.chaos.history.checking import violations
from tests.chaos.history.day import Plan, live_through
from tests.chaos.history.mutations import MUTANTS, POSTGRES_MUTANTS, Mutant, mutated
from tests.chaos.mutants import caught, caught_in
from tests.postgres import PostgresServer

#: So many of the mutants are tried here, others every day; `scripts/chaos mutants` tries them all.
MUTANTS_AT_A_TIME = 2


def mutants_of_today() -> list[str]:
    """Some of them, by turns."""
    first = datetime.now(UTC).toordinal() * MUTANTS_AT_A_TIME
    names = sorted(MUTANTS)
    return [names[(first + turn) % len(names)] for turn in range(MUTANTS_AT_A_TIME)]


async def test_a_day_with_kills_and_lost_replies_keeps_every_rule(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)

    lived = await live_through(f"sqlite:///{tmp_path}/queue.db", tmp_path, Plan(8, seed, phones=20))

    assert (seed, violations(lived.history)) == (seed, [])
    assert lived.counted["kills"] >= 2
    assert lived.counted["dropped"] + lived.counted["reset"] > 2


@pytest.mark.parametrize("mutant", mutants_of_today())
async def test_a_server_with_a_fault_is_caught(mutant: str) -> None:
    assert await asyncio.to_thread(caught, mutant, seconds=5, seed=1, days=3)


@pytest.mark.postgres
@pytest.mark.parametrize("mutant", sorted(POSTGRES_MUTANTS))
async def test_a_fault_of_the_transactions_that_writers_of_postgresql_share_is_caught(
    mutant: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    def any_day() -> bool:
        for day in range(3):
            with postgres_server.database(f"history_{day}") as url:
                if caught_in(url, tmp_path / str(day), Plan(5, 1 + day, servers=2, phones=4, mutant=mutant)):
                    return True
        return False

    assert await asyncio.to_thread(any_day)


@pytest.mark.parametrize("mutant", [*MUTANTS.values(), *POSTGRES_MUTANTS.values()], ids=[*MUTANTS, *POSTGRES_MUTANTS])
def test_a_mutant_changes_the_code_as_it_is_now(mutant: Mutant) -> None:
    spec = importlib.util.find_spec(mutant.module)
    assert spec is not None
    assert spec.origin is not None

    compile(mutated(Path(spec.origin).read_text(), mutant), spec.origin, "exec")
