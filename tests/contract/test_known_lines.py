"""What the process knows after its own commit it does not read again, and it is never wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from queue_server.domain.queue.tokens import Action, DutyState
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic, SettableClock, open_services
from tests.statements import known_and_stored, statements


async def test_after_each_step_what_is_known_is_what_the_rows_say(clinic: Clinic) -> None:
    calling, doctor = clinic.services.queue.calling, clinic.doctors[0]
    await clinic.on_duty(0, "1")
    first, second, third = [await clinic.issue() for _ in range(3)]

    async def transferred() -> None:
        await calling.transfer(first.token_id, "LAB", by=doctor, returning=True, room_code="1")

    async def back_from_the_laboratory() -> None:
        await calling.call_next("3", by=PROGRAM)
        await calling.act(first.token_id, Action.ATTEND, by=PROGRAM)

    async def undone() -> None:
        await calling.undo("1", by=doctor)

    async def off_duty() -> None:
        await clinic.services.queue.duties.change("1", DutyState.OFF_DUTY, doctor=doctor)

    async def done(token_id: int, action: Action) -> None:
        await calling.act(token_id, action, by=PROGRAM, room_code="1")

    steps: list[Callable[[], Awaitable[object]]] = [
        lambda: calling.call_next("1", by=doctor),
        undone,
        lambda: calling.call_next("1", by=doctor),
        transferred,
        undone,
        transferred,
        back_from_the_laboratory,
        off_duty,
        lambda: done(second.token_id, Action.CANCEL),
        lambda: calling.call(third.token_id, "2", by=PROGRAM),
        lambda: done(third.token_id, Action.MISS),
        lambda: done(third.token_id, Action.REQUEUE),
    ]
    for step in steps:
        await step()
        for department_id in (1, 2):
            known, stored = await known_and_stored(clinic, department_id)
            assert known == stored


async def test_a_commit_of_somebody_else_is_not_missed(clinic: Clinic, database_url: str) -> None:
    await clinic.issue()
    queues = clinic.services.clinic.queues
    await queues.of(1)
    async with open_services(database_url, SettableClock()) as other:
        await other.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)

    await clinic.issue()
    known, stored = await known_and_stored(clinic, 1)

    assert known == stored
    assert len(known) == 3


async def test_of_a_long_line_only_what_has_changed_is_read(clinic: Clinic) -> None:
    costs = []
    for more in (2, 40):
        for _ in range(more):
            await clinic.issue()
        await clinic.services.clinic.queues.of(1)
        await clinic.next()
        with statements() as run:
            await clinic.services.clinic.queues.of(1)
        costs.append(len(run))
        looks = [one for one in run if "queue_entry.version" in one]
        assert looks
        assert all("queue_entry.id =" in one for one in looks)

    assert costs[0] <= costs[1] <= costs[0] + 2
