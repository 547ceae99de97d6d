"""A morning's crowd with the app: everybody has a number, and nobody has another's."""

from tests.abdm.clinics import Abdm
from tests.abdm.crowd import a_crowd


async def test_a_crowd_gets_a_number_each_while_its_apps_wait(on_both: Abdm) -> None:
    """The short form of `benchmarks/abdm_shares.py`, which also measures how long they wait on a quiet machine."""
    told = await a_crowd(on_both, people=40, within_s=1.0)

    assert len(set(told.numbers)) == 40
    # Repeated callbacks are answered once.
    assert told.answers == 40
    assert told.quantile(1.0) < 27.0
