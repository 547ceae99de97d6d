"""A clock that is doubted ends no day, and an administrator says what the time is."""

from datetime import timedelta

import pytest

from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import ADMIN, KIOSK, MORNING, Clinic, open_services


async def _issue(clinic: Clinic, key: str) -> str:
    return (await clinic.services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK, key=key)).number


async def test_a_month_ahead_for_a_minute_changes_nothing(clinic: Clinic) -> None:
    services = clinic.services
    await clinic.register()
    login = await services.people.accounts.log_in("first", "correct horse")
    first = [await _issue(clinic, f"key-{one}") for one in range(3)]

    clinic.clock.jump(days=30)
    clinic.clock.forward(seconds=65)
    await services.queue.timekeeping.keep()
    ended = await services.queue.day_end.expire_leftovers(), await services.people.cleaning.sweep()
    purged = await services.records.retention.daily()
    again, new = await _issue(clinic, "key-1"), await _issue(clinic, "key-3")
    clinic.clock.jump(days=-30)
    await services.queue.timekeeping.keep()

    assert (ended, purged) == ((0, 0), None)
    assert (again, new) == (first[1], "G-004")
    assert await clinic.order() == ["G-001", "G-002", "G-003", "G-004"]
    assert await _issue(clinic, "key-4") == "G-005"
    assert await services.people.accounts.who(login)
    assert [kind for kind in await clinic.kinds() if "clock" in kind] == ["clock_doubted", "clock_believed"]


async def test_a_doubt_survives_a_restart_of_the_server_and_of_the_machine(clinic: Clinic, database_url: str) -> None:
    await clinic.services.queue.timekeeping.keep()
    await clinic.issue()
    clinic.clock.jump(days=3)
    await clinic.services.queue.timekeeping.keep()

    for _ in range(2):
        async with open_services(database_url, clinic.clock) as restarted:
            assert (await restarted.queue.timekeeping.times()).doubted_since
            assert restarted.store.clock.is_doubted()
            assert (await restarted.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)).number != "G-001"
        clinic.clock.reboot()


@pytest.mark.parametrize("days", [3, -3])
async def test_a_clock_that_was_put_while_the_server_was_stopped_is_doubted(
    clinic: Clinic, database_url: str, days: int
) -> None:
    await clinic.services.queue.timekeeping.keep()
    await clinic.issue()
    clinic.clock.jump(days=days)
    clinic.clock.forward(minutes=20)
    expected = MORNING + timedelta(minutes=20, seconds=1)

    async with open_services(database_url, clinic.clock) as restarted:
        assert restarted.store.clock.is_doubted()
        assert restarted.store.clock.now() == expected
        assert (await restarted.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)).number == "G-002"


async def test_after_a_long_closure_who_came_before_the_clock_was_confirmed_keeps_place_and_number(
    clinic: Clinic, database_url: str
) -> None:
    await clinic.issue()
    clinic.clock.moment += timedelta(days=40)
    clinic.clock.reboot()
    async with open_services(database_url, clinic.clock) as services:
        await services.queue.timekeeping.keep()
        early = [await services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK) for _ in range(2)]

        staying = await services.queue.timekeeping.confirm(by=ADMIN)
        await services.queue.day_end.expire_leftovers()
        late = await services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)

        shown = await services.screens.token_pages.queue("GEN")
        assert staying == []
        assert [token["number"] for token in shown["tokens"]] == ["G-002", "G-003", "G-004"]
        assert (early[0].number, late.number) == ("G-002", "G-004")
        assert not services.store.clock.is_doubted()


async def test_a_time_that_was_wrongly_ahead_is_put_back_and_stays_so(clinic: Clinic, database_url: str) -> None:
    await clinic.issue()
    clinic.clock.moment += timedelta(days=2)
    clinic.clock.reboot()
    async with open_services(database_url, clinic.clock) as believed:
        assert (await believed.queue.issuing.issue(IssueRequest("LAB"), by=KIOSK)).number == "L-001"
        await believed.queue.timekeeping.keep()
        clinic.clock.forward(minutes=20)
        clinic.clock.jump(days=-2)
        waiting = await believed.queue.issuing.issue(IssueRequest("LAB"), by=KIOSK)
        await believed.queue.timekeeping.keep()

        staying = await believed.queue.timekeeping.confirm(by=ADMIN)

        assert staying == []
        assert believed.store.clock.now() < MORNING + timedelta(hours=1)
        assert [token["number"] for token in (await believed.screens.token_pages.queue("LAB"))["tokens"]] == [
            waiting.number
        ]
    clinic.clock.reboot()
    async with open_services(database_url, clinic.clock) as restarted:
        assert restarted.store.clock.now() < MORNING + timedelta(hours=1)
        assert not restarted.store.clock.is_doubted()


async def test_what_one_process_has_set_holds_in_the_others(clinic: Clinic, database_url: str) -> None:
    await clinic.services.queue.timekeeping.keep()
    clinic.clock.jump(hours=3)
    async with open_services(database_url, clinic.clock) as command:
        assert command.store.clock.is_doubted()
        await command.queue.timekeeping.confirm(by=ADMIN)

    await clinic.services.queue.timekeeping.keep()

    assert clinic.services.store.clock.now() == clinic.clock.moment
    assert (await clinic.services.queue.timekeeping.times()).doubted_since is None
