"""What a slip opens where its code is read, on both databases."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import PATIENT
from queue_server.domain.errors import Conflict, OldSlip, UnknownToken
from queue_server.domain.queue.tokens import Action
from queue_server.services.screens.phones import SELF_RETURNS
from tests.clinics import KIOSK, Clinic


async def test_a_slip_shows_how_its_own_number_stands(clinic: Clinic) -> None:
    await clinic.issue()
    mine = await clinic.issue()

    shown = await clinic.services.screens.scanned_slips.shown(mine.key)

    assert (shown["number"], shown["state"], shown["ahead"]) == ("G-002", "waiting", 1)
    assert (shown["can_give_up"], shown["can_return"], shown["has_papers"]) == (True, False, False)


async def test_whoever_was_missed_is_back_and_the_journal_says_at_which_kiosk(clinic: Clinic) -> None:
    mine = await clinic.issue()
    slips = clinic.services.screens.scanned_slips
    for _ in range(SELF_RETURNS):
        await clinic.next()
        await clinic.act(mine, Action.MISS)
        await slips.come_back(mine.key, by=KIOSK, once_key=None)
        assert await clinic.state(mine) == "waiting"
    await clinic.next()
    await clinic.act(mine, Action.MISS)

    with pytest.raises(Conflict):
        await slips.come_back(mine.key, by=KIOSK)

    assert await clinic.state(mine) == "missed"
    if clinic.services.store.is_postgres:
        await clinic.services.programs.journal.seal()
    lines = await clinic.services.programs.journal.events(0, 100)
    assert {line["actor"] for line in lines if line["kind"] == "requeue"} == {str(KIOSK)}


async def test_the_same_press_sent_again_gives_up_once(clinic: Clinic) -> None:
    mine = await clinic.issue()
    slips = clinic.services.screens.scanned_slips

    await slips.give_up(mine.key, by=KIOSK, once_key="press")
    await slips.give_up(mine.key, by=KIOSK, once_key="press")

    assert await clinic.state(mine) == "cancelled"
    assert (await clinic.kinds()).count("cancel") == 1


async def test_a_number_that_was_called_is_not_given_up_with_the_slip(clinic: Clinic) -> None:
    mine = await clinic.issue()
    await clinic.next()

    with pytest.raises(Conflict):
        await clinic.services.screens.scanned_slips.give_up(mine.key, by=KIOSK)

    assert await clinic.state(mine) == "called"


async def test_a_slip_of_another_day_says_so_and_a_foreign_code_is_unknown(clinic: Clinic) -> None:
    mine = await clinic.issue()
    slips = clinic.services.screens.scanned_slips
    clinic.clock.forward(days=1)

    for asked in (slips.shown(mine.key), slips.come_back(mine.key, by=PATIENT), slips.give_up(mine.key, by=KIOSK)):
        with pytest.raises(OldSlip):
            await asked
    for key in (mine.key[:-1], mine.key.swapcase(), "", "x" * 24):
        with pytest.raises(UnknownToken):
            await slips.shown(key)


async def test_staff_find_the_token_of_any_slip_of_theirs(clinic: Clinic) -> None:
    mine = await clinic.issue()
    await clinic.next("2")
    slips = clinic.services.screens.scanned_slips

    today = await slips.found(mine.key)
    clinic.clock.forward(days=1)
    later = await slips.found(mine.key)

    assert today == {
        "id": mine.token_id,
        "number": "G-001",
        "day": today["day"],
        "is_today": True,
        "department": "GEN",
        "state": "called",
        "room": "2",
        "is_here": True,
    }
    assert (later["id"], later["is_today"]) == (mine.token_id, False)
    with pytest.raises(UnknownToken):
        await slips.found("x" * 24)
