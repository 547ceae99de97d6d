"""What is kept of the clock."""

from datetime import timedelta

from queue_server.domain.queue.events import Event
from queue_server.domain.queue.timekeeping import Anchor
from queue_server.storage.engine import clock_state
from queue_server.storage.engine.clock_state import ClockState, Doubt
from queue_server.storage.engine.store import Transaction
from tests.clinics import MORNING

ANCHOR = Anchor(MORNING, 12.5)


async def test_what_is_kept_is_read_as_it_was(work: Transaction) -> None:
    state = ClockState({"boot": ANCHOR}, Doubt("boot", MORNING, is_ahead=True), 7, 2, MORNING + timedelta(days=1))

    assert await clock_state.load(work.connection) == ClockState()
    await clock_state.save(work, ClockState())
    await clock_state.save(work, state)

    assert await clock_state.load(work.connection, is_locked=True) == state


def test_only_the_newest_boots_are_kept() -> None:
    state = ClockState()

    for boot in range(20):
        state = state.with_anchor(str(boot), ANCHOR)

    assert list(state.anchors) == [str(boot) for boot in range(12, 20)]


async def test_lines_up_to_an_id_are_not_asked_for_their_time(work: Transaction) -> None:
    newest = await clock_state.newest_id(work.connection)
    assert await clock_state.newest_moment(work.connection, newest) is None

    work.record(Event("settings", MORNING + timedelta(days=3), "system"))
    await work.finish()

    assert await clock_state.newest_moment(work.connection, newest) == MORNING + timedelta(days=3)
    assert await clock_state.newest_id(work.connection) > newest
